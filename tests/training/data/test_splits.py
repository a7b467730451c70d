"""Who is learnt from: no garment, sender or person is on two sides."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.conftest import BOUNDARY, SENDERS
from training.data.shop import read_rows
from training.data.splits import (
    CUTOUT_FOLDS,
    HEAD_FOLDS,
    SENDER_FOLDS,
    halves,
    head_fold,
    is_validation,
    phone_photos_to_learn,
    sender_fold,
    style_of,
    worn_fold,
)
from training.data.street import read_worn


def test_styles_follow_the_three_shops_naming():
    assert style_of("dresses/ON321C0WX-Q11.jpg") == "ON321C0WX"
    assert style_of("dresses/VER1234567890123.jpg") == "VER1234"
    assert style_of("dresses/05.803.82.8357_595932.jpg") == "05.803.82.8357"
    assert style_of("dresses/539982229.jpg") == "539982229"


def test_the_splits_are_fixed_by_file_order_and_by_style(drawn_zip):
    rows = read_rows(drawn_zip, boundary=BOUNDARY)
    assert [r.split for r in rows[50:]] == ["test"] * 10
    assert all((r.split == "validation") == is_validation(r.style) for r in rows[:50])
    assert {"train", "validation"} == {r.split for r in rows[:50]}


def test_worn_photos_of_the_test_part_are_not_trained_on(real_sources):
    worn = real_sources["folder"] / "worn.zip"
    train, test = (read_worn(worn, training=t) for t in (True, False))
    assert {w.stem for w in train}.isdisjoint(w.stem for w in test)
    assert {w.stem for w in train + test} == set(real_sources["stems"])
    assert train[0].mask.shape == train[0].pixels.shape[:2]


def test_senders_of_both_splits_are_drawn():
    assert {is_validation(s) for s in SENDERS} == {True, False}


def test_every_fold_has_somebody_in_it():
    names = [f"somebody-{i}" for i in range(100)]
    for fold_of, folds in (
        (sender_fold, SENDER_FOLDS),
        (worn_fold, CUTOUT_FOLDS),
        (head_fold, HEAD_FOLDS),
    ):
        assert {fold_of(name) for name in names} == set(range(folds))
    assert set(halves(names)) == {0, 1}
    # A sender of validation is one of the first fold.
    assert all((sender_fold(name) == 0) == is_validation(name) for name in names)


@pytest.mark.parametrize(
    ("fold", "ships", "expected"),
    [
        (None, False, [True, False, False, False]),
        (None, True, [True, False, True, True]),
        (1, False, [False, False, False, True]),
        (2, False, [True, False, True, False]),
    ],
)
def test_dev_is_learnt_from_in_folds_or_by_what_ships(fold, ships, expected):
    in_dev = np.array([False, False, True, True])
    validation = np.array([False, True, False, False])
    folds = np.array([1, 0, 1, 2])
    learnt = phone_photos_to_learn(in_dev, validation, folds, fold=fold, ships=ships)
    assert learnt.tolist() == expected
