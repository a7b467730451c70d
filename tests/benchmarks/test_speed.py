from __future__ import annotations

from typer.testing import CliRunner

from benchmarks.__main__ import app


def test_both_profiles_and_the_sheet_are_timed(tiny_root):
    words = ["speed", "--rounds", "1", "--device", "cpu", "--checkpoints", str(tiny_root)]
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0
    for name in ("full", "fast", "cutout", "sixteen designs of dcgan-64"):
        assert name in result.stdout
