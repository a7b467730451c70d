from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from fashion_core.networks import build
from fashion_core.taxonomy import WISHES
from training.evaluation.generation import (
    LITE2,
    VGG,
    Family,
    Reals,
    condition_adherence,
    distances,
    draw,
    of_real,
    squares,
)
from training.evaluation.metrics import kernel_distance

PAINTS = {"red": (0.8, -1, -1), "blue": (-1, -1, 0.8), "green": (-0.9, 0.2, -0.9)}


class Painter(nn.Module):
    """A generator that paints the colour it is asked for, and the latent's first number into one corner."""

    latent_dim = 4
    image_size = (12, 8)

    def forward(self, latent: torch.Tensor, wishes: torch.Tensor) -> torch.Tensor:
        images = torch.ones(len(latent), 3, *self.image_size)
        classes = WISHES["colour"].classes
        for image, asked in zip(images, wishes[:, list(WISHES).index("colour")], strict=True):
            rgb = PAINTS.get(classes[asked], (-1, -1, -1))
            image[:, 2:11, 2:6] = torch.tensor(rgb)[:, None, None]
        return images


class Parrot:
    """A reader that always says the same."""

    def features(self, pictures: np.ndarray) -> np.ndarray:
        return np.zeros((len(pictures), 1))

    def read(self, key: str, features: np.ndarray) -> np.ndarray:
        return np.zeros(len(features), int)


def _features(count: int, seed: int, at: float = 0.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(at, 1, (count, 16)).astype(np.float32)


def test_samples_follow_seed_and_count_only():
    network = build("dcgan_generator", width=4).eval()
    first, more = draw(network, 10, seed=3), draw(network, 60, seed=3)
    assert first.shape == (10, 64, 64, 3)
    assert first.dtype == np.uint8
    assert more.shape[0] == 60
    assert (draw(network, 10, seed=3) == first).all()
    assert (draw(network, 10, seed=4) != first).any()


def test_portraits_become_white_squares():
    black = np.zeros((2, 96, 64, 3), np.uint8)
    square = squares(black)
    assert square.shape == (2, 64, 64, 3)
    assert (square[:, :, 0] == 255).all()
    assert (square[:, :, 32] == 0).all()


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


def test_condition_adherence_counts_what_is_read_back():
    found = condition_adherence(Painter(), Parrot(), per_class=2)
    colours = found["colour"]["per_class"]
    assert {name: colours[name] for name in ("red", "blue", "black", "pink")} == {
        "red": 1.0,
        "blue": 1.0,
        "black": 1.0,
        "pink": 0.0,
    }
    # The parrot is right once a wish; `normal` length is not asked for.
    assert found["pattern"]["mean"] == pytest.approx(1 / 6)
    assert found["length"]["mean"] == pytest.approx(1 / 4)
    assert "normal" not in found["length"]["per_class"]


def test_a_family_sees_pictures_enlarged():
    seen = []
    family = Family(lambda x: seen.append(x.shape) or x.mean((2, 3)), 2, (0.0,) * 3, (1.0,) * 3)
    assert family.features(np.full((3, 8, 8, 3), 255, np.uint8)) == pytest.approx(1.0)
    assert seen == [(3, 3, 16, 16)]


def test_equal_samples_have_no_distance():
    features = _features(100, 1)
    assert kernel_distance(features, features)[0] < 0
