from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from fashion_core import Analyser
from fashion_core.checkpoint import load_checkpoint
from fashion_core.reader import GarmentReader
from fashion_core.taxonomy import ATTRIBUTES
from training.commands import app
from training.data.shop import prepare
from training.errors import DataError
from training.evaluation import evaluate

KEYS = {
    "model", "attribute", "labels", "split", "n", "accuracy", "accuracy_ci95", "macro_f1", "ece",
    "kappa", "auroc", "per_class",
}  # fmt: skip
#: Of a stack, as fitting it leaves it: the transfer model was best on validation.
REPORT = {
    "validation": [],
    "members": {
        "cnn1": [{"labels": "shop", "accuracy": 0.5}],
        "transfer": [{"labels": "shop", "accuracy": 0.6}],
    },
}


@pytest.mark.parametrize("split", ["test", "validation"])
def test_every_model_gets_its_rows(drawn_zip, tiny_root, tmp_path, monkeypatch, split):
    scored, scores_of = {}, evaluate._scored

    def note(packed, clean, split, model, attribute, answers, *classes):
        scored[model, attribute] = answers
        return scores_of(packed, clean, split, model, attribute, answers, *classes)

    monkeypatch.setattr(evaluate, "_scored", note)
    (tiny_root / "pattern-stack" / "report.json").write_text(json.dumps(REPORT))
    result = CliRunner().invoke(
        app,
        ["evaluate", "--json", "--split", split, "--data", str(drawn_zip), "--root", str(tiny_root),
         "--packs", str(tmp_path), "--runs", str(tmp_path)],
        catch_exceptions=False,
    )  # fmt: skip
    rows = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    assert all(set(row) >= KEYS for row in rows)
    assert all(row["split"] == split and row["labels"] == "shop" for row in rows)
    models = {row["model"] for row in rows}
    assert {"pattern-cnn1", "transfer", "sleeve-length", "fit"} <= models
    assert ("pattern-stack" in models) == (split == "test")
    for row in rows:
        if row["model"] == "pattern-stack":
            low, high = row["less_baseline_ci95"]
            assert row["baseline"] == "transfer"
            assert low <= row["less_baseline"] <= high
    # What is published was read as the app reads; features are kept in half precision.
    packed = prepare(drawn_zip, tmp_path, 256)
    reader = GarmentReader.load(tiny_root, "cpu", "fast")
    read = reader.read(list(packed.images[packed.select(split)])).probabilities
    for model, attribute in (("transfer", "pattern"), ("length", "length"), ("fit", "fit")):
        np.testing.assert_allclose(scored[model, attribute], read[attribute], atol=2e-3)


def test_a_split_without_its_data_is_refused(tmp_path):
    nothing = dict.fromkeys(("data", "photos", "worn", "labels"))
    for split in ("test", "dev", "worn", "nonsense"):
        with pytest.raises(DataError):
            list(evaluate.evaluate(split, **nothing, root=tmp_path, packs=tmp_path, runs=tmp_path))


def test_people_are_read_by_the_heads_of_their_fold(tiny_root, tmp_path):
    """No checkpoint is written for that, and the shipped reader stays as it was."""
    shipped = Analyser.load(tiny_root, "cpu", "fast")
    with pytest.raises(DataError, match="no heads for fold 0"):
        evaluate._fold_analyser(shipped, tiny_root, tmp_path, 0)
    folder = tmp_path / "worn-heads"
    folder.mkdir()
    for file, heads in {"fold": ["length"], "garment": ["garment"], "worn": []}.items():
        states = {name: load_checkpoint(tiny_root / name)[0].state_dict() for name in heads}
        for state in states.values():
            state["linear.weight"].zero_()
            state["linear.bias"].zero_()[-1] = 50
        torch.save(states, folder / f"{file}-0.pt")
    picture = np.full((256, 256, 3), 200, np.uint8)
    before = shipped.read_framed([picture])[0]
    fold = evaluate._fold_analyser(shipped, tiny_root, tmp_path, 0).read_framed([picture])[0]
    assert fold["length"].label == ATTRIBUTES["length"].classes[-1]
    assert fold["length"].probability > 0.99
    assert fold["garment"].probabilities["outfit"] > before["garment"].probabilities["outfit"]
    assert fold["fit"] == before["fit"]
    assert shipped.read_framed([picture])[0] == before


def test_results_keep_every_split_and_say_what_models_cost(tiny_root, tmp_path):
    from training.publish.results import STALE, WEIGHTS, keep_rows, write_results

    root = shutil.copytree(tiny_root, tmp_path / "root")
    (root / "results.json").unlink(missing_ok=True)
    row = {"model": "transfer", "attribute": "length", "labels": "clean", "n": 10, "accuracy": 0.5}
    row |= {"accuracy_ci95": [0.2, 0.8], "macro_f1": None, "ece": 0.1, "ece_perfect": 0.05}
    row |= {"baseline": "detail", "less_baseline": 0.1, "less_baseline_ci95": [-0.05, 0.25]}
    keep_rows(root, "dev", [{**row, "kappa": 0.4}])
    keep_rows(root, "validation", [row])
    kept = keep_rows(root, "validation", [{**row, "accuracy": 0.6}])
    (tmp_path / "discussion.md").write_text("## Discussion\n\nThe last word.\n")
    text = write_results(root, kept, tmp_path / "discussion.md").read_text()
    assert "0.600 (0.200 to 0.800)" in text
    assert "0.500 (0.200 to 0.800)" in text
    assert "kappa 0.400" in text
    assert "0.100 (0.050)" in text
    assert "+0.100 (-0.050 to +0.250) on detail" in text
    assert "| pattern-cnn1 |" in text
    assert text.endswith("The last word.\n")
    assert STALE not in text
    kept[WEIGHTS]["dev"] = "of another"
    text = write_results(root, kept, tmp_path / "discussion.md").read_text()
    assert text.count(STALE) == 1


def test_benchmark_heads_and_the_reports_models_are_measured_on_shop_labels(
    drawn_zip, tiny_root, tmp_path
):
    root = shutil.copytree(tiny_root, tmp_path / "root")
    (root / "pattern-stack" / "report.json").write_text(json.dumps(REPORT))
    data = ["--data", str(drawn_zip), "--packs", str(tmp_path / "packs")]
    runs = ["--runs", str(tmp_path / "runs")]

    def call(*words: str) -> str:
        result = CliRunner().invoke(app, [*words, *data, *runs], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    call("shop-heads", "--root", str(root))
    call("classifier", "sleeve-length-report", "--epochs", "0.2")
    call("export", "sleeve-length-report", "--root", str(root))
    assert (root / "sleeve-length-report" / "report.json").exists()
    assert not list((root / "sleeve-length-report").glob("*.safetensors"))
    lines = call("evaluate", "--json", "--split", "validation", "--root", str(root)).splitlines()
    rows = {row["model"]: row for row in map(json.loads, (x for x in lines if x.startswith("{")))}
    for name in ("sleeve-length-shop", "sleeve-length-report"):
        assert rows[name]["labels"] == "shop"
        assert rows[name]["n"] > 0
