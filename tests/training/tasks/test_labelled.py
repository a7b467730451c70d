"""What a classifier learns from, and that it stays so for all of a run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fashion_core.taxonomy import ATTRIBUTES
from training.data.framed import RealPhotos
from training.data.shop import prepare
from training.tasks.classifier_settings import SETTINGS
from training.tasks.labelled import (
    Labelled,
    keep_labels,
    kept_shop_photos,
    kept_training_data,
    labelled,
)

SHOP = SETTINGS["pattern-resnet"]
STUDENT = replace(SETTINGS["transfer-student"], phone=0.0, input_size=32)


@pytest.fixture(scope="module")
def packed(drawn_zip, tmp_path_factory):
    return prepare(drawn_zip, tmp_path_factory.mktemp("packs"), 32)


def same(first: Labelled, second: Labelled) -> bool:
    pairs = [(first.images, second.images), (first.weights, second.weights)]
    pairs += [(first.labels[a], second.labels[a]) for a in first.labels]
    return all(np.array_equal(a, b) for a, b in pairs)


def believed(packed, value: int) -> dict[str, np.ndarray]:
    return {a: np.full(len(packed.select("train")), value) for a in ATTRIBUTES}


def test_corrected_labels_do_not_reach_a_run_that_has_begun(packed, tmp_path):
    counts = keep_labels(tmp_path, SHOP, packed, {})
    kept = kept_training_data(tmp_path, SHOP, packed)
    assert same(kept, labelled(SHOP, packed, {}, "train"))
    assert counts == {
        "images": len(kept.images), "images with clean labels": 0, "phone photos": 0
    }  # fmt: skip
    image = packed.rows[packed.select("train")[0]].image
    corrected = {image: {"pattern": "lace", "sample": "random"}}
    assert not same(labelled(SHOP, packed, corrected, "train"), kept)
    assert same(kept_training_data(tmp_path, SHOP, packed), kept)


def test_relabelled_rows_and_phone_photos_are_counted_and_kept(packed, tmp_path):
    pictures = np.full((2, 32, 32, 3), 90, np.uint8)
    photos = RealPhotos(["a", "b"], ["s", "t"], pictures, [{"pattern": "stripes"}, {}])
    counts = keep_labels(tmp_path, STUDENT, packed, {}, believed(packed, 1), photos)
    assert counts["images"] == len(packed.select("train"))
    assert counts["phone photos"] == 2
    shop = kept_shop_photos(tmp_path, STUDENT, packed)
    assert all((values == 1).all() for values in shop.labels.values())
    whole = kept_training_data(tmp_path, STUDENT, packed)
    repeated = STUDENT.photo_repeats * 2
    assert len(whole.images) == len(shop.images) + repeated
    assert (whole.images[-repeated:] == 90).all()
    assert (whole.weights[-repeated:] == STUDENT.clean_weight).all()
    stripes = ATTRIBUTES["pattern"].classes.index("stripes")
    assert whole.labels["pattern"][-repeated:].tolist() == [stripes, -1] * STUDENT.photo_repeats


def test_rows_that_only_relabelling_named_are_counted(packed, tmp_path):
    settings = replace(STUDENT, attributes=("sleeve_length",))
    named_by_the_shop = len(labelled(settings, packed, {}, "train").images)
    counts = keep_labels(tmp_path, settings, packed, {}, believed(packed, 1))
    assert named_by_the_shop < counts["images"] == len(packed.select("train"))


def test_masks_follow_the_rows_that_are_kept(packed, tmp_path):
    rows = packed.select("train")
    clean = {packed.rows[i].image: {"pattern": "lace"} for i in rows[::3]}
    settings = replace(SHOP, clean_only=True)
    keep_labels(tmp_path, settings, packed, clean)
    masks = np.arange(len(rows), dtype=np.uint8)[:, None, None] * np.ones((1, 32, 4), np.uint8)
    kept = kept_shop_photos(tmp_path, settings, packed, masks)
    assert kept.masks is not None
    assert kept.masks[:, 0, 0].tolist() == list(range(0, len(rows), 3))
