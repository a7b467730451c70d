from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from fashion_core.reader import GarmentReader
from fashion_core.taxonomy import ATTRIBUTES
from training.data.conditions import believed, readings
from training.data.relabel import relabelled
from training.tasks.stack_members import predictions_of


@pytest.fixture(scope="module")
def reader(tiny_root) -> GarmentReader:
    return GarmentReader.load(tiny_root, "cpu")


@pytest.fixture(scope="module")
def packed() -> SimpleNamespace:
    """Six pictures of noise; what they show is tagged wrong as often as right."""
    random = np.random.default_rng(1)
    images = random.integers(0, 256, (6, 8, 8, 3), np.uint8).repeat(32, 1).repeat(32, 2)
    rows = [
        SimpleNamespace(
            image=f"{i}", labels={k: a.classes[i % len(a.classes)] for k, a in ATTRIBUTES.items()}
        )
        for i in range(6)
    ]
    return SimpleNamespace(
        images=images, rows=rows, fingerprint="six", select=lambda _: np.arange(6)
    )


def test_conditions_are_read_by_the_heads_on_one_backbone(reader, packed, tmp_path):
    read = readings(packed, reader, tmp_path, "train")
    features = reader.features("transfer", list(packed.images), mirrored=False)
    expected = reader.answers_from({"transfer": features})
    assert read.keys() == {*ATTRIBUTES, "colour"}
    for key in ATTRIBUTES:
        np.testing.assert_allclose(read[key], expected[key], atol=1e-6)


def test_without_classifiers_conditions_know_the_colour_alone(packed, tmp_path):
    assert readings(packed, None, tmp_path, "train").keys() == {"colour"}


def test_rows_are_relabelled_by_both_backbones_pooled(reader, packed, tiny_root, tmp_path):
    found = relabelled(packed, {}, tiny_root, tmp_path / "packs", tmp_path / "runs")
    pictures = list(packed.images)
    features = {
        "transfer": reader.features("transfer", pictures, mirrored=False),
        "detail": reader.features("detail", pictures),
    }
    expected = reader.answers_from(features)
    assert found.keys() == ATTRIBUTES.keys()
    for key, attribute in ATTRIBUTES.items():
        np.testing.assert_array_equal(
            found[key], believed(packed.rows, {}, attribute, expected[key])
        )


def test_the_stack_learns_from_the_votes_that_it_is_shown(reader, packed, tiny_root, tmp_path):
    votes = reader.read(list(packed.images)).votes
    found = predictions_of(list(votes), tiny_root, packed.images, tmp_path)
    np.testing.assert_allclose(found, np.concatenate(list(votes.values()), axis=1), atol=2e-3)
