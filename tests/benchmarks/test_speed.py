from __future__ import annotations

from typer.testing import CliRunner

from benchmarks.__main__ import app
from benchmarks.designs import cloth_changes, design_lines, drawn_form
from fashion_core.cloth import FAMILIES


def test_both_profiles_and_the_sheet_are_timed(tiny_root):
    words = ["speed", "--rounds", "1", "--device", "cpu", "--checkpoints", str(tiny_root)]
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0
    for name in (
        "full",
        "fast",
        "cutout",
        "sixteen designs of dcgan-64",
        "another cloth on a form",
    ):
        assert name in result.stdout


def test_sheets_and_large_pictures_are_drawn_anew_each_round():
    class Drawn:
        def __init__(self):
            self.asked = []

        def sample(self, count=16, seed=0):
            return [f"{seed}/{i}" for i in range(count)]

        def preview(self, recipes, batch=32, size=None):
            self.asked.append((len(recipes), recipes[0], size))

        def render(self, recipe, size=None):
            self.asked.append((1, recipe, size))

    designer = Drawn()
    lines = list(design_lines(designer, rounds=2))
    assert lines[0].startswith("16 designs at 256 x 384: ")
    assert lines[1].startswith("one design at 1024 x 1536: ")
    assert [(n, size) for n, _, size in designer.asked] == [(16, (256, 384))] * 3 + [
        (1, (1024, 1536))
    ] * 3
    assert len({recipe for _, recipe, _ in designer.asked}) == 6


def test_every_family_is_laid_on_the_form_that_stands_for_a_dress():
    form = drawn_form((256, 384))
    assert 0.2 < form.alpha.mean() < 0.45
    spent = cloth_changes(drawn_form((64, 96)), rounds=1)
    assert len(spent) == sum(len(families) for families in FAMILIES.values())
    assert min(spent.values()) > 0
