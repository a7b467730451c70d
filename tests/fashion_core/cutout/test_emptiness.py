from __future__ import annotations

import numpy as np
import pytest

from fashion_core.cutout import is_empty
from tests.drawing import draw_dress, draw_person

HEIGHT, WIDTH = 400, 300
Y, X = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]


def pixels(values: object) -> np.ndarray:
    return (np.zeros((HEIGHT, WIDTH, 3)) + values).clip(0, 255).astype(np.uint8)


def noise(mean: float, spread: float) -> np.ndarray:
    return mean + np.random.default_rng(0).normal(0, spread, (HEIGHT, WIDTH, 3))


@pytest.mark.parametrize(
    "values",
    [
        0,
        (200, 30, 60),
        255,
        noise(200, 6),
        noise(128, 50),
        np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3)),
        (140 + 60 * Y)[..., None],
        (230 - 90 * (Y**2 + X**2))[..., None],
        np.where((np.arange(HEIGHT) // 4 % 2)[:, None, None], (200, 30, 60), 240),
    ],
    ids=["black", "red", "white", "grain", "noise", "random", "light", "vignette", "fine stripes"],
)
@pytest.mark.parametrize("found", [False, True])
def test_one_colour_falling_light_noise_and_weave_are_nothing(values, found):
    assert is_empty(pixels(values), found=found)


@pytest.mark.parametrize("ground", ["white", "panel", "wood"])
@pytest.mark.parametrize("colour", [(240, 240, 240), (20, 20, 25), (200, 30, 60)])
def test_a_dress_is_something(ground, colour):
    picture, _ = draw_dress(colour, ground=ground)
    assert not is_empty(np.asarray(picture), found=True)


def test_a_white_dress_that_was_found_on_white_is_something():
    assert not is_empty(np.asarray(draw_dress((251, 251, 250))[0]), found=True)


def test_somebody_in_a_street_is_something():
    assert not is_empty(np.asarray(draw_person()[0]), found=False)
