from __future__ import annotations

import numpy as np
import pytest

from training.evaluation.generation import Family, Reals, distances, of_real
from training.evaluation.metrics import LITE2, VGG, kernel_distance


def _features(count: int, seed: int, at: float = 0.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(at, 1, (count, 16)).astype(np.float32)


def test_figures_of_samples_and_of_training_pictures_in_their_place():
    validation = {name: _features(200, i) for i, name in enumerate((LITE2, VGG))}
    train = {name: _features(200, i + 10) for i, name in enumerate((LITE2, VGG))}
    reals = Reals(validation, train, train[LITE2])
    real = of_real(reals)
    far = distances({name: _features(300, i, 2.0) for i, name in enumerate((LITE2, VGG))}, reals)
    assert abs(real[LITE2]["kid"]) < 100 < far[LITE2]["kid"]
    assert real[VGG]["precision"] > 0.6 > far[VGG]["precision"]
    assert real["nearest training picture"]["median"] < far["nearest training picture"]["median"]
    low, high = far[VGG]["kid_ci95"]
    assert low < far[VGG]["kid"] < high
    assert far["samples"] == 300


def test_a_family_sees_pictures_enlarged():
    seen = []
    family = Family(
        lambda x: seen.append(x.shape) or x.mean((2, 3)),
        lambda side: 2 * side,
        (0.0,) * 3,
        (1.0,) * 3,
    )
    assert family.features(np.full((3, 8, 8, 3), 255, np.uint8)) == pytest.approx(1.0)
    assert seen == [(3, 3, 16, 16)]


def test_equal_samples_have_no_distance():
    features = _features(100, 1)
    assert kernel_distance(features, features)[0] < 0
