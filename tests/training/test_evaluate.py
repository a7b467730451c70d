from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from training.__main__ import app

KEYS = {
    "model", "attribute", "labels", "split", "n", "accuracy", "accuracy_ci95", "macro_f1", "ece",
    "kappa", "auroc", "per_class",
}  # fmt: skip


@pytest.mark.parametrize("split", ["test", "validation"])
def test_every_model_gets_its_rows(drawn_zip, tiny_root, tmp_path, split):
    (tiny_root / "pattern-stack" / "report.json").write_text(json.dumps({"validation": []}))
    result = CliRunner().invoke(
        app,
        ["evaluate", "--json", "--split", split, "--data", str(drawn_zip), "--root", str(tiny_root),
         "--packs", str(tmp_path)],
        catch_exceptions=False,
    )  # fmt: skip
    rows = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    assert all(set(row) >= KEYS for row in rows)
    assert all(row["split"] == split and row["labels"] == "shop" for row in rows)
    models = {row["model"] for row in rows}
    assert {"pattern-cnn1", "transfer", "sleeve-length", "fit"} <= models
    assert ("pattern-stack" in models) == (split == "test")


def test_a_split_without_its_data_is_refused(tmp_path):
    from training.errors import DataError
    from training.evaluate import evaluate

    nothing = dict.fromkeys(("data", "photos", "worn", "labels"))
    for split in ("test", "dev", "worn", "nonsense"):
        with pytest.raises(DataError):
            list(evaluate(split, **nothing, root=tmp_path, packs=tmp_path, runs=tmp_path))
