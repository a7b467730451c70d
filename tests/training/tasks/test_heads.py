"""The table of heads, and how its rows become examples."""

from __future__ import annotations

import numpy as np
import pytest

from fashion_core.checkpoint import DEFAULT_ROOT
from fashion_core.reader_manifest import ReaderManifest
from training.data.splits import head_fold
from training.errors import DataError
from training.tasks import heads
from training.tasks.head_sources import Examples, Source, examples_of
from training.tasks.heads import HeadSpec, fit_spec

SPECS = tuple(heads.HEADS.values())


def test_examples_are_labelled_rows_in_the_order_of_the_table():
    picture = np.zeros((2, 4, 4, 3), np.uint8)
    sources = {
        "shop": Source(picture, [{"kind": "a"}, {}], ["", ""]),
        "worn": Source(picture, [{"kind": "b"}, {"kind": "a"}], ["ann", "bea"]),
    }
    features = {
        "shop": np.array([[1.0], [2.0]], "f"),
        "worn": np.array([[3.0], [4.0]], "f"),
        "worn-mirrored": np.array([[5.0], [6.0]], "f"),
    }
    order = ("worn-mirrored", "shop", "photos", "worn", "worn")
    spec = HeadSpec("kind", "transfer", "kind", ("a", "b"), order)
    examples = examples_of(spec, sources, features)
    assert examples.features[:, 0].tolist() == [5, 6, 1, 3, 4, 3, 4]
    assert examples.truth.tolist() == [1, 0, 0, 1, 0, 1, 0]
    people = [head_fold("ann"), head_fold("bea")]
    assert examples.folds.tolist() == [*people, -1, *people, *people]


def test_without_a_label_the_error_says_which_are_missing(tmp_path):
    nothing = Examples(np.zeros((0, 3), "f"), np.zeros(0, np.int64), np.zeros(0, np.int64))
    with pytest.raises(DataError, match="label of kind"):
        fit_spec(HeadSpec("kind", "transfer", "kind", ("a", "b"), ()), nothing, tmp_path)


@pytest.mark.parametrize("spec", SPECS, ids=lambda s: s.name)
def test_what_learns_from_people_is_fitted_in_folds_too(spec):
    assert bool(spec.folds) == any(name.startswith(("worn", "people")) for name in spec.learns_from)


def test_the_table_knows_every_head_of_the_app_by_the_name_that_the_app_gives_it():
    manifest = ReaderManifest.load(DEFAULT_ROOT)
    for name, head in manifest.heads.items():
        spec, features = heads.HEADS[name], manifest.features[head.features]
        assert (spec.name, spec.attribute) == (head.checkpoint, head.reads)
        assert spec.backbone == features.backbone
        assert spec.classes == manifest.classes[head.reads]


def test_heads_that_are_pooled_name_each_other():
    by_name = {spec.name: spec for spec in SPECS}
    assert len(by_name) == len(SPECS)
    for first, second in (heads.GARMENT_HEADS, heads.GARMENT_HEADS[::-1]):
        assert by_name[first.pooled_with] is second
