from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from fashion_core import Analyser, CheckpointError, ImageError
from fashion_core.analyser import Reading, _report, whole
from fashion_core.checkpoint import load_checkpoint, save_checkpoint
from fashion_core.colour import palette
from fashion_core.cutout import GarmentFinder, frame
from fashion_core.report import NO_GARMENT, Garment
from fashion_core.taxonomy import ATTRIBUTES, WORN_CLASSES, WORN_HEAD
from tests.drawing import draw_dress
from training.publish.reader_manifest import write_reader


@pytest.fixture(scope="module")
def analyser(tiny_root) -> Analyser:
    return Analyser.load(tiny_root, device="cpu")


def test_the_report_is_exactly_the_contracts_object(analyser):
    image, _ = draw_dress(ground="wood")
    report = analyser.analyse(image).to_dict()
    assert list(report) == ["garment", "attributes", "colours"]
    assert list(report["garment"]) == [
        "is_dress",
        "probability",
        "category",
        "cutout",
        "cutout_confidence",
    ]
    assert list(report["attributes"]) == ["pattern", "sleeve_length", "length", "neckline", "fit"]
    for key, reading in report["attributes"].items():
        assert list(reading) == ["label", "probability", "probabilities", "votes"]
        assert tuple(reading["probabilities"]) == ATTRIBUTES[key].classes
        assert sum(reading["probabilities"].values()) == pytest.approx(1, abs=0.01)
        assert reading["probability"] == max(reading["probabilities"].values())
        assert reading["probabilities"][reading["label"]] == reading["probability"]
    assert list(report["attributes"]["pattern"]["votes"]) == ["cnn1", "transfer"]
    assert report["attributes"]["fit"]["votes"] == {}
    assert list(report["colours"][0]) == ["hex", "name", "family", "share"]
    assert report["garment"]["is_dress"] == (report["garment"]["probability"] >= 0.5)
    json.dumps(report)


def test_the_cutout_is_in_pixels_of_the_upright_picture(analyser):
    image, _ = draw_dress(size=(300, 600))
    x0, _, x1, y1 = analyser.analyse(image).garment.cutout
    assert 0 <= x0 < x1 <= 300
    assert 500 < y1 <= 600


def test_a_white_dress_that_was_cut_out_is_read_by_its_alpha(analyser):
    image, mask = draw_dress((255, 255, 255), size=(240, 320))
    image.putalpha(Image.fromarray(mask.astype(np.uint8) * 255))
    photo = analyser.open(image)
    assert (photo.cutout.method, photo.is_empty) == ("outline", False)
    report = photo.report()
    assert report.palette.family == "white"
    assert report.method == "outline"
    assert report.garment.cutout[1] == np.flatnonzero(mask.any(1))[0]


@pytest.mark.parametrize("colour", ["white", "navy", (0, 0, 0, 0)])
def test_a_picture_with_nothing_in_it_is_no_garment(analyser, colour):
    report = analyser.analyse(Image.new("RGBA", (90, 120), colour))
    assert report.garment == Garment(False, 0.0, NO_GARMENT, (0, 0, 90, 120), 0.0)
    assert report.method == "nothing"
    assert list(report.attributes) == list(ATTRIBUTES)


def test_progress_names_each_step_once(analyser):
    told = []
    analyser.analyse(draw_dress()[0], lambda *step: told.append(step))
    assert told == [("Cutting out", 1, 3), ("Reading", 2, 3), ("Naming the colours", 3, 3)]


def test_the_fast_profile_asks_the_transfer_model_alone(tiny_root):
    report = Analyser.load(tiny_root, "cpu", profile="fast").analyse(draw_dress()[0]).to_dict()
    assert report["attributes"]["pattern"]["votes"] == {}
    with pytest.raises(ValueError, match="No profile"):
        Analyser.load(tiny_root, profile="best")


def test_a_refusal_passes_through(analyser, tmp_path):
    (tmp_path / "a.jpg").write_text("text")
    with pytest.raises(ImageError, match="not a picture"):
        analyser.analyse(tmp_path / "a.jpg")


def test_heads_of_another_backbone_and_missing_folders_are_refused(tiny_root, tmp_path):
    root = shutil.copytree(tiny_root, tmp_path / "root")
    network, config = load_checkpoint(root / "transfer")
    with torch.no_grad():
        network.norm.bias += 1
    save_checkpoint(root / "transfer", network, config)
    with pytest.raises(CheckpointError, match=r"transfer holds other weights than reader\.json"):
        Analyser.load(root, "cpu")
    # The trainers' manifest leaves out what was fitted on the backbone that was there before.
    write_reader(root)
    with pytest.raises(CheckpointError, match="fit, garment, length, neckline, sleeve_length"):
        Analyser.load(root, "cpu")
    root = shutil.copytree(tiny_root, tmp_path / "another")
    shutil.rmtree(root / "garment")
    with pytest.raises(CheckpointError, match=r"garment.*config\.json is missing"):
        Analyser.load(root, "cpu")


ASKED = [("pattern", "lace"), ("sleeve_length", "long"), ("fit", "loose")]


@pytest.mark.parametrize(("attribute", "label"), ASKED)
def test_where_it_looked_is_the_cut_out_faded(analyser, attribute, label):
    image, _ = draw_dress()
    seen = analyser.explain(image, attribute, label)
    assert seen.size == (256, 256)
    assert np.asarray(seen).mean() > 60
    assert np.array_equal(np.asarray(seen), np.asarray(analyser.explain(image, attribute, label)))


def test_an_opened_photo_is_reported_and_explained_as_from_the_start(analyser, monkeypatch):
    image, _ = draw_dress(ground="wood")
    report = analyser.analyse(image).to_dict()
    seen = np.asarray(analyser.explain(image, "fit", "loose"))
    photo = analyser.open(image)
    monkeypatch.setattr(analyser, "finder", None)
    read = photo.report()
    assert read.to_dict() == report
    assert list(read.seconds) == ["open", "cutout", "read", "colours"]
    assert np.array_equal(np.asarray(photo.explain("fit", "loose")), seen)


def test_an_unknown_attribute_is_refused(analyser):
    with pytest.raises(ValueError, match="neckline"):
        analyser.explain(draw_dress()[0], "mood", "gay")
    with pytest.raises(ValueError, match="stripes"):
        analyser.explain(draw_dress()[0], "pattern", "tartan")


def test_what_is_less_likely_a_dress_than_not_is_named_otherwise():
    """Of eleven kinds a dress may lead with .44."""
    odds = {"dress": 0.44, "top": 0.3, "skirt": 0.26}
    garment = Reading("dress", 0.44, odds)
    readings = {"garment": garment, **dict.fromkeys(ATTRIBUTES, Reading("any", 0.5, {"any": 0.5}))}
    image, _ = draw_dress()
    found = GarmentFinder.load(device="cpu").find(image)
    for dress, category in ((0.44, "top"), (0.5, "dress")):
        odds["dress"] = dress
        told = _report(image, found, readings, palette(image), {}).garment
        assert (told.is_dress, told.category) == (dress >= 0.5, category)


def _always_answers(folder: Path, logits: Sequence[float]) -> None:
    """Make of a linear head one that says the same of every picture."""
    head, config = load_checkpoint(folder)
    torch.nn.init.zeros_(head.linear.weight)
    head.linear.bias.copy_(torch.tensor(logits))
    save_checkpoint(folder, head, config)
    write_reader(folder.parent)


@pytest.mark.parametrize(("seen", "is_dress"), [("dress", True), ("outfit", False)])
def test_where_somebody_wears_it_the_whole_photo_decides(tiny_root, tmp_path, seen, is_dress):
    root = shutil.copytree(tiny_root, tmp_path / "root")
    _always_answers(root / WORN_HEAD, [9.0 * (kind == seen) for kind in WORN_CLASSES])
    garment = Analyser.load(root, device="cpu").analyse(draw_dress()[0]).garment
    assert garment.is_dress == is_dress
    assert garment.category == seen


def test_where_nobody_wears_it_the_garment_decides(tiny_root, tmp_path):
    root = shutil.copytree(tiny_root, tmp_path / "root")
    _always_answers(root / WORN_HEAD, [99, 0, 0])
    analyser, picture = Analyser.load(root, device="cpu"), draw_dress()[0]
    cut = np.asarray(frame(picture, analyser.finder.find(picture), 256))
    alone = analyser.read_framed([cut])[0]["garment"].probabilities["dress"]
    assert analyser.analyse(picture).garment.probability == pytest.approx(alone, abs=1e-5)


def test_half_worn_is_half_of_each(tiny_root, tmp_path):
    """The kind of garment stays probabilities; the attributes are read from the cut-out alone."""
    root = shutil.copytree(tiny_root, tmp_path / "root")
    _always_answers(root / WORN_HEAD, np.log([0.5, 0.3, 0.2]))
    analyser = Analyser.load(root, device="cpu")
    cut = np.full((256, 256, 3), 200, np.uint8)
    alone, seen = (analyser.read_framed([cut], photos)[0] for photos in (None, [cut]))
    assert all(seen[key] == alone[key] for key in ATTRIBUTES)
    garment, before = seen["garment"].probabilities, alone["garment"].probabilities
    assert sum(garment.values()) == pytest.approx(1, abs=1e-5)
    assert garment["dress"] == pytest.approx(before["dress"] / 2 + 0.3, abs=1e-3)
    assert garment["outfit"] == pytest.approx(before["outfit"] / 2 + 0.2, abs=1e-3)
    with pytest.raises(ValueError, match="2 photos"):
        analyser.read_framed([cut], [cut, cut])


def test_a_box_means_that_garment_whoever_else_is_there(tiny_root, tmp_path):
    root = shutil.copytree(tiny_root, tmp_path / "root")
    _always_answers(root / WORN_HEAD, [0, 0, 99])
    analyser, (picture, _) = Analyser.load(root, device="cpu"), draw_dress()
    assert analyser.analyse(picture).garment.category == "outfit"
    box = (0, 0, *picture.size)
    cut = np.asarray(frame(picture, analyser.finder.find(picture, box), 256))
    alone = analyser.read_framed([cut])[0]["garment"].probabilities["dress"]
    boxed = analyser.analyse(picture, box=box).garment
    assert boxed.probability == pytest.approx(alone, abs=1e-5)


def test_a_mask_means_that_garment_and_is_what_was_read(tiny_root, tmp_path):
    root = shutil.copytree(tiny_root, tmp_path / "root")
    _always_answers(root / WORN_HEAD, [0, 0, 99])
    analyser, (picture, truth) = Analyser.load(root, device="cpu"), draw_dress()
    report = analyser.analyse(picture, mask=truth)
    assert report.method == "mask"
    cut = np.asarray(frame(picture, analyser.finder.find(picture, mask=truth), 256))
    alone = analyser.read_framed([cut])[0]["garment"].probabilities["dress"]
    assert report.garment.probability == pytest.approx(alone, abs=1e-5)
    small = np.asarray(Image.fromarray(truth).resize(report.mask.shape[::-1]))
    assert (report.mask ^ small).mean() < 0.01
    assert analyser.explain(picture, "fit", "loose", mask=truth).size == (256, 256)


def test_the_whole_photo_is_shrunk_before_it_is_squared():
    wide = Image.new("RGB", (4000, 200), (200, 0, 0))
    seen = whole(wide)
    assert seen.shape == (256, 256, 3)
    rows = np.flatnonzero((seen[:, 128] != 255).any(1))
    assert 11 <= len(rows) <= 15
    assert 115 < rows.mean() < 140
