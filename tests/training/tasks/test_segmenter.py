"""The cut-out and the colours trained by their commands, on drawn dresses, photos and people."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import replace

import numpy as np
import torch

from fashion_core.checkpoint import DEFAULT_ROOT, load_checkpoint
from fashion_core.colour.family import load_family_network
from fashion_core.cutout import GarmentFinder
from fashion_core.taxonomy import COLOUR
from tests.drawing import draw_dress
from tests.training.conftest import table
from tests.training.test_pipeline import call
from training.data.splits import is_worn_training
from training.publish import colours
from training.tasks.colour import ColourSettings
from training.tasks.segmenter import BASE, FINE, SETTINGS, segmentation_loss


def test_the_commands_train_a_cutout_that_loads(real_sources, monkeypatch, tmp_path):
    folder = real_sources["folder"]
    small = {"batch": 4, "sizes": (64,), "size_odds": (1.0,)}
    monkeypatch.setitem(SETTINGS, "cutout-base", replace(BASE, steps=3, **small))
    monkeypatch.setitem(SETTINGS, "cutout", replace(FINE, steps=2, **small))
    words = ["--data", real_sources["dresses"], "--photos", folder / "photos.zip"]
    words += ["--worn", folder / "worn.zip", "--teacher", folder / "teacher.onnx"]
    words += ["--packs", folder / "packs", "--runs", tmp_path / "runs", "--root", tmp_path / "root"]
    for name in ("cutout-base", "cutout"):
        call("cutout", name, *map(str, words))
    finder = GarmentFinder.load(tmp_path / "root", "cpu")
    assert finder.config["training"]["base_steps"] == 3
    assert finder.config["training"]["steps"] == 2
    report = json.loads((tmp_path / "root" / "cutout" / "report.json").read_text())
    assert report["street photos"] == sum(map(is_worn_training, real_sources["stems"]))
    assert report["dresses"] > 15
    image, truth = draw_dress()
    assert finder.segment(np.asarray(image))[0].shape == truth.shape


def test_the_colours_are_fitted_and_each_fold_gets_its_own(real_sources, monkeypatch, tmp_path):
    folder = real_sources["folder"]
    columns = "image source sample pattern sleeve length neckline colour note"
    blank = ["", "", "", ""]
    with zipfile.ZipFile(real_sources["dresses"]) as archive:
        dresses = [n.removeprefix("images/fashion/") for n in archive.namelist() if n[-1] == "g"]
    rows = [[d, "dresses", "random", *blank, "blue", ""] for d in dresses]
    rows += [[f"{i}.jpg", "photos", "random", *blank, "green", ""] for i in range(24)]
    rows += [[f"{s}.jpg", "worn", "random", *blank, "red", ""] for s in real_sources["stems"]]
    labels = tmp_path / "labels.csv"
    labels.write_text(table(columns, rows))
    root = tmp_path / "root"
    shutil.copytree(DEFAULT_ROOT / "cutout", root / "cutout")
    monkeypatch.setattr(colours, "ColourSettings", lambda: TINY_COLOUR)
    words = [
        "--data",
        real_sources["dresses"],
        "--photos",
        folder / "photos.zip",
        "--labels",
        labels,
    ]
    words += ["--worn", folder / "worn.zip", "--packs", folder / "packs"]
    words += ["--runs", tmp_path / "runs", "--root", root]
    scores = json.loads(call("colour", *map(str, words)).splitlines()[-1])
    assert set(scores) == {"validation dresses", "validation photos"}
    report = json.loads((root / "colour-family" / "report.json").read_text())
    assert report["accuracy on validation dresses"] == scores["validation dresses"]
    network, config = load_checkpoint(root / "colour-family")
    seen = sum(map(is_worn_training, real_sources["stems"]))
    assert f"{seen} street photos" in config["data"]["statement"]
    assert config["classes"] == list(COLOUR.classes)
    for fold in range(3):
        of_fold = load_family_network(tmp_path / "runs" / f"colour-fold-{fold}")
        # The drawn people of other folds are what it learnt from beside the same dresses and photos.
        assert not torch.equal(of_fold.pixel[0].weight, network.pixel[0].weight)


TINY_COLOUR = ColourSettings(width=4, epochs=1, members=2)


def test_unknown_pixels_cost_nothing_and_the_truth_costs_least():
    truth = torch.zeros(1, 16, 16)
    truth[:, 4:12, 4:12] = 1
    right = (truth * 2 - 1) * 12
    assert segmentation_loss(right, truth) < 0.02 < segmentation_loss(-right, truth)
    unknown = truth.clone()
    unknown[:, 14:] = 127 / 255
    wrong = right.clone()
    wrong[:, 14:] = 12
    assert segmentation_loss(wrong, unknown) < 0.02
