"""Phone photos, phone views and worn dresses for the classifiers, and the commands that use them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from fashion_core.checkpoint import load_checkpoint
from fashion_core.cutout import GarmentFinder, box_of
from fashion_core.networks import build
from fashion_core.taxonomy import WORN_CLASSES
from tests.conftest import VIEW, blind_segmenter
from tests.drawing import draw_dress
from tests.training.conftest import SENDERS, table
from tests.training.evaluation.test_evaluate import KEYS
from tests.training.test_pipeline import call
from training.data.framed import framed
from training.data.garments import CLASSES, NOTHING, framed_pictures
from training.data.phone import phone_photos
from training.data.real import read_real
from training.data.run_record import read_record
from training.data.shop import prepare
from training.data.splits import is_validation, is_worn_training
from training.data.synthetic.composites import foreground_of
from training.data.synthetic.empty import drawing
from training.data.synthetic.phone_views import phone_view
from training.tasks.classifier_settings import SETTINGS
from training.tasks.labelled import LABELS_FILE
from training.trainers import classifier_module
from training.workspace import Workspace

SMALL = {"input_size": 64, "epochs": 0.1, "batch": 8, "imagenet": None}
COLUMNS = "image source sample pattern sleeve length neckline colour note"


@pytest.fixture(scope="module")
def labels(real_sources, drawn_rows, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("labels") / "clean-labels.csv"
    seen = ["stripes", "long", "knee", "round", "blue", ""]
    rows = [[r["img_path"], "dresses", "random", *seen] for r in drawn_rows[0]]
    rows += [[f"{i}.jpg", "photos", "random", *seen] for i in range(24)]
    nobody = ["?"] * 5 + ["notdress"]
    rows += [
        [f"{s}.jpg", "worn", "random", *(nobody if i % 4 == 0 else seen)]
        for i, s in enumerate(real_sources["stems"])
    ]
    path.write_text(table(COLUMNS, rows))
    return path


@pytest.fixture(scope="module")
def finder():
    config = {**VIEW, "sha256": "0" * 64}
    return GarmentFinder(blind_segmenter(), config, torch.device("cpu"))


def test_photos_are_split_by_sender(real_sources, labels, finder, tmp_path):
    photos = real_sources["folder"] / "photos.zip"
    train, validation = (
        phone_photos(photos, labels, split, finder, tmp_path) for split in ("train", "validation")
    )
    assert len(train.names) + len(validation.names) == 24
    assert not set(train.groups) & set(validation.groups)
    assert set(validation.groups) == {s for s in SENDERS if is_validation(s)}
    assert train.pictures.shape[1:] == (256, 256, 3)
    assert train.labels[0]["pattern"] == "stripes"
    again = phone_photos(photos, labels, "train", finder, tmp_path)
    assert np.array_equal(again.pictures, train.pictures)


def test_a_phone_view_is_framed_and_keeps_the_cloth():
    image, mask = draw_dress((200, 30, 60), size=(256, 256))
    foreground = foreground_of(np.asarray(image), mask)
    for seed in range(8):
        view = phone_view(foreground, np.random.default_rng(seed))
        assert view.shape == (256, 256, 3)
        garment = view[(view < 250).any(2)].astype(int)
        assert len(garment) > 3000
        assert np.median(garment[:, 0] - garment[:, 1]) > 30


def test_an_empty_mask_frames_the_whole_picture():
    pixels = np.full((40, 60, 3), 90, np.uint8)
    seen = framed(pixels, np.zeros((40, 60), np.bool_), 64)
    x0, _, x1, _ = box_of((seen < 250).any(2))
    assert x1 - x0 > 50


def test_drawings_differ_and_are_never_blank():
    drawn = [drawing(np.random.default_rng(i), 64) for i in range(6)]
    assert len({d.tobytes() for d in drawn}) == 6
    assert all(d.std() > 3 for d in drawn)


def test_the_garment_set_holds_dresses_others_and_nothing(
    real_sources, drawn_zip, finder, tmp_path
):
    packed = prepare(drawn_zip, tmp_path, 256)
    photos = real_sources["folder"] / "photos.zip"
    pictures, truth = framed_pictures(packed, photos, "validation", tmp_path, finder)
    assert len(pictures) == len(truth)
    assert {0, CLASSES.index(NOTHING)} < set(truth.tolist())


def test_views_are_of_clean_rows_with_a_mask(real_sources, drawn_zip, labels, finder, tmp_path):
    packed = prepare(drawn_zip, tmp_path, 256)
    photos = real_sources["folder"] / "photos.zip"
    real = read_real(packed, photos, labels, finder, tmp_path)
    assert len(real.train_views.names) > 10
    assert not set(real.train_views.groups) & set(real.validation_views.groups)


def test_the_transfer_model_goes_on_from_its_base_with_real_photos(
    real_sources, drawn_zip, labels, tiny_root, monkeypatch, tmp_path
):
    root = shutil.copytree(tiny_root, tmp_path / "root")
    for name in ("transfer-base", "transfer", "transfer-student"):
        monkeypatch.setitem(SETTINGS, name, replace(SETTINGS[name], **SMALL))
    words = ["--data", drawn_zip, "--labels", labels, "--packs", tmp_path / "packs"]
    words += ["--photos", real_sources["folder"] / "photos.zip", "--runs", tmp_path / "runs"]
    words += ["--root", root]
    for name in ("transfer-base", "transfer"):
        call("classifier", name, *map(str, words))
    call("export", "transfer", *map(str, words))
    _, config = load_checkpoint(root / "transfer")
    assert config["training"]["phone"] == 0.5
    assert config["training"]["steps"] >= 1
    first = config["sha256"]
    call("classifier", "transfer-student", *map(str, words))
    call("export", "transfer-student", *map(str, words))
    _, config = load_checkpoint(root / "transfer")
    assert config["training"]["teacher"] == "transfer"
    assert config["sha256"] != first
    assert json.loads((root / "length/config.json").read_text())["features"] != first
    # The card counts what was relabelled: every training row; phone photos as often as they were seen.
    packed = prepare(drawn_zip, tmp_path / "packs", 256)
    counts = read_record(tmp_path / "runs/transfer-student").counts
    assert counts["images"] == len(packed.select("train"))
    repeats = SETTINGS["transfer-student"].photo_repeats
    assert config["data"]["images"] == counts["images"] + repeats * counts["phone photos"]
    # It took the place of the model that relabelled its rows: resumed, it learns from the same labels.
    taught = (tmp_path / "runs/transfer-student" / LABELS_FILE).read_bytes()
    monkeypatch.setattr("training.data.relabel.relabelled", _never)
    work = Workspace(
        drawn_zip, labels, real_sources["folder"] / "photos.zip",
        packs=tmp_path / "packs", runs=tmp_path / "runs", root=root,
    )  # fmt: skip
    module = classifier_module(work, "transfer-student")
    assert len(module.train_data.images) == config["data"]["images"]
    assert (tmp_path / "runs/transfer-student" / LABELS_FILE).read_bytes() == taught


def _never(*_: object) -> None:
    raise AssertionError("a run that has begun relabels nothing")


def test_other_garments_get_their_row(real_sources, labels, tiny_root, monkeypatch, tmp_path):
    monkeypatch.setattr("training.data.phone.is_validation", lambda _: True)
    photos = real_sources["folder"] / "photos.zip"
    words = ["--split", "category", "--photos", photos, "--labels", labels]
    rows = evaluated(*words, "--root", tiny_root, "--runs", tmp_path)
    assert [row["attribute"] for row in rows] == ["dress"]


def evaluated(*words: object) -> list[dict]:
    out = call("evaluate", "--json", *map(str, words))
    rows = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    assert all(set(row) >= KEYS for row in rows)
    return rows


def test_heads_learn_from_worn_dresses_and_are_measured_in_folds(
    real_sources, drawn_zip, labels, tiny_root, monkeypatch, tmp_path
):
    from training.evaluation import evaluate

    root = shutil.copytree(tiny_root, tmp_path / "root")
    finder = GarmentFinder.load(root, "cpu")
    monkeypatch.setattr("training.evaluation.evaluate.fold_finders", lambda *_: [finder] * 3)
    monkeypatch.setitem(SETTINGS, "transfer-base", replace(SETTINGS["transfer-base"], **SMALL))
    monkeypatch.setitem(SETTINGS, "transfer", replace(SETTINGS["transfer"], **SMALL))
    folder, runs = real_sources["folder"], ["--runs", tmp_path / "runs", "--root", root]
    worn = ["--worn", folder / "worn.zip", "--labels", labels]
    with pytest.raises(evaluate.DataError, match="fold 0"):
        list(
            evaluate.evaluate(
                "worn", data=None, photos=None, worn=worn[1], labels=labels, root=root,
                packs=tmp_path, runs=tmp_path / "runs",
            )
        )  # fmt: skip
    data = ["--data", drawn_zip, "--packs", tmp_path / "packs", "--photos", folder / "photos.zip"]
    for name in ("transfer-base", "transfer"):
        call("classifier", name, *map(str, [*data, "--labels", labels, *runs]))
    call("export", "transfer", *map(str, [*data, *worn, *runs]))
    _fit_detail([*data, "--labels", labels, *runs], monkeypatch, tmp_path)
    _, config = load_checkpoint(root / "detail")
    assert set(config["joint_temperatures"]) == {"pattern"}
    call("garment", *map(str, [*data, *worn, *runs]))
    call("worn", *map(str, [*data, *worn, *runs]))
    for name in ("garment", "garment-detail"):
        _, config = load_checkpoint(root / name)
        assert "outfit" in config["classes"]
    assert config["joint_temperature"] > 0
    assert load_checkpoint(root / "worn")[1]["classes"] == list(WORN_CLASSES)
    assert json.loads((root / "worn/report.json").read_text())["validation"][0]["n"] > 0
    rows = evaluated("--split", "worn", *worn, *runs)
    attributes = ["pattern", "sleeve_length", "length", "neckline", "dress"]
    assert [row["attribute"] for row in rows] == attributes
    taught = [i for i, s in enumerate(real_sources["stems"]) if is_worn_training(s)]
    assert rows[-1]["n"] == len(taught)
    assert rows[0]["n"] == sum(i % 4 > 0 for i in taught)


def _fit_detail(words: list[object], monkeypatch, imagenet) -> None:
    """Fit ``detail`` anew beside a new transfer model, on small pictures and random weights."""
    torch.manual_seed(1)
    backbone = build("efficientnet_lite", variant="efficientnet-lite2")
    safetensors.torch.save_file(backbone.state_dict(), imagenet / "efficientnet-lite2.safetensors")
    monkeypatch.setattr("training.tasks.auxiliary_backbone.SIDE", 64)
    call("detail", *map(str, [*words, "--imagenet", imagenet]))


def test_folds_that_are_not_trained_are_asked_for(tiny_root, tmp_path):
    from training.errors import DataError
    from training.tasks.segmenter import fold_finders

    with pytest.raises(DataError, match="cutout-fold-0"):
        fold_finders(tiny_root, tmp_path)
