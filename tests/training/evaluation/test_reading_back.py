from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from fashion_core.taxonomy import WISHES
from training.evaluation.drawing import NetworkDrawing
from training.evaluation.reading_back import condition_adherence

PAINTS = {"red": (0.8, -1, -1), "blue": (-1, -1, 0.8), "green": (-0.9, 0.2, -0.9)}


class Painter(nn.Module):
    """A generator that paints the colour it is asked for, and the latent's first number into one corner."""

    latent_dim = 4
    image_size = (12, 8)

    def condition(self, wishes: torch.Tensor) -> torch.Tensor:
        return wishes

    def forward(self, latent: torch.Tensor, wishes: torch.Tensor) -> torch.Tensor:
        images = torch.ones(len(latent), 3, *self.image_size)
        classes = WISHES["colour"].classes
        for image, asked in zip(images, wishes[:, list(WISHES).index("colour")], strict=True):
            rgb = PAINTS.get(classes[asked], (-1, -1, -1))
            image[:, 2:11, 2:6] = torch.tensor(rgb)[:, None, None]
        return images


class Parrot:
    """A reader that always says the same."""

    def __init__(self) -> None:
        self.known = {"neckline": ("round", "v")}

    def features(self, pictures: np.ndarray) -> np.ndarray:
        return np.zeros((len(pictures), 1))

    def read(self, key: str, features: np.ndarray) -> np.ndarray:
        return np.zeros(len(features), int)


def test_condition_adherence_counts_what_is_read_back():
    found = condition_adherence(NetworkDrawing(Painter()), Parrot(), per_class=2)
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
    # Of the neckline the reader knows two classes.
    assert found["neckline"] == {"mean": 0.5, "per_class": {"round": 1.0, "v": 0.0}}
