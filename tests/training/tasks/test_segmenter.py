"""The cut-out and the colours trained by their commands, on drawn dresses, photos and people."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from fashion_core.checkpoint import DEFAULT_ROOT, load_checkpoint
from fashion_core.colour.family import load_family_network
from fashion_core.cutout import GarmentFinder, box_of
from fashion_core.taxonomy import COLOUR
from tests.drawing import draw_dress
from tests.training.conftest import SENDERS, table
from tests.training.test_pipeline import call
from training.data.cutout_material import draw_composite
from training.data.masks import sane_border_mask
from training.data.splits import is_validation, is_worn_training
from training.data.street import read_worn
from training.data.synthetic.backgrounds import Backgrounds, procedural_background
from training.data.synthetic.composites import foreground_of, warped
from training.data.synthetic.recloth import reclothed, with_second_cloth
from training.data.teacher import believed
from training.tasks import colour
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
    monkeypatch.setattr(colour, "ColourSettings", lambda: TINY_COLOUR)
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


TINY_COLOUR = colour.ColourSettings(width=4, epochs=1, members=2)


def test_worn_photos_of_the_test_part_are_not_trained_on(real_sources):
    worn = real_sources["folder"] / "worn.zip"
    train, test = (read_worn(worn, training=t) for t in (True, False))
    assert {w.stem for w in train}.isdisjoint(w.stem for w in test)
    assert {w.stem for w in train + test} == set(real_sources["stems"])
    assert train[0].mask.shape == train[0].pixels.shape[:2]


def test_senders_of_both_splits_are_drawn():
    assert {is_validation(s) for s in SENDERS} == {True, False}


@pytest.fixture(scope="module")
def foregrounds():
    found = []
    for colour_, second in (((40, 80, 150), None), ((160, 40, 60), (250, 220, 30))):
        picture = np.asarray(draw_dress(colour_, second, size=(256, 256))[0])
        found.append(foreground_of(picture, sane_border_mask(picture)))
    return found


def test_a_composite_is_exact_and_repeats(foregrounds):
    backgrounds = Backgrounds(np.full((1, 64, 64, 3), 120, np.uint8))
    drawn = [
        draw_composite(foregrounds, 0, backgrounds, 96, np.random.default_rng(5), 1.0)
        for _ in range(2)
    ]
    assert np.array_equal(drawn[0][0], drawn[1][0])
    assert np.array_equal(drawn[0][1], drawn[1][1])
    assert 0.05 < (drawn[0][1] > 127).mean() < 0.9


@pytest.mark.parametrize("kind", ["cloth", "wood", "floor", "wall", "plain"])
def test_procedural_backgrounds_fill_the_canvas(kind):
    drawn = procedural_background(kind, 48, np.random.default_rng(2))
    assert drawn.shape == (48, 48, 3)
    assert drawn.dtype == np.uint8


def test_a_warped_garment_stays_in_sight(foregrounds):
    for seed in range(20):
        alpha = warped(foregrounds[0], 96, np.random.default_rng(seed)).alpha
        x0, y0, x1, y1 = box_of(alpha > 127)
        assert x1 - x0 > 10
        assert y1 - y0 > 10


def test_a_second_cloth_keeps_the_shape(foregrounds):
    for seed in range(12):
        dressed = with_second_cloth(*foregrounds, np.random.default_rng(seed))
        assert np.array_equal(dressed.alpha, foregrounds[0].alpha)
        changed = (dressed.pixels != foregrounds[0].pixels).any(2)
        assert changed.any()
        assert not changed.all()


def test_a_worn_dress_gets_another_cloth_and_nothing_else_changes(foregrounds):
    image, mask = draw_dress((30, 30, 30), ground="wood", size=(120, 180))
    before = np.asarray(image)
    after = reclothed(before, mask.astype(np.uint8) * 255, foregrounds[1], np.random.default_rng(1))
    near = cv2.dilate(mask.astype(np.uint8), np.ones((7, 7))) > 0
    assert np.array_equal(before[~near], after[~near])
    assert np.abs(after[mask].astype(int) - before[mask]).mean() > 20
    empty = np.zeros(mask.shape, np.uint8)
    assert reclothed(before, empty, foregrounds[1], np.random.default_rng(1)) is before


def test_only_masks_that_can_be_believed_are():
    soft = np.zeros((10, 10), np.uint8)
    assert not believed(soft)
    soft[2:7, 2:7] = 255
    assert believed(soft)
    soft[soft > 0] = 120
    assert not believed(soft)


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
