from __future__ import annotations

import io
import time

import numpy as np
import pytest
from PIL import Image

from fashion_core import Designer
from fashion_core.exports import enlarge, gif_bytes, png_bytes


@pytest.fixture(scope="module")
def designer(tiny_root) -> Designer:
    return Designer.load(tiny_root, device="cpu")


def test_downloads_are_large_and_carry_recipe_and_origin(designer):
    recipe = designer.sample(1, seed=3)[0]
    large = enlarge(designer.render(recipe))
    assert min(large.size) >= 1024
    notes = Image.open(io.BytesIO(png_bytes(large, recipe, designer))).text
    assert notes["Toile recipe"] == recipe.encode()
    assert "dcgan-64" in notes["Toile origin"]
    assert "Learnt from drawn dresses." in notes["Toile origin"]
    assert "Upscaled from 64 x 64" in notes["Toile origin"]
    assert "Upscaled" not in Image.open(io.BytesIO(png_bytes(designer.render(recipe), recipe, designer))).text["Toile origin"]  # fmt: skip


def test_a_film_returns_to_its_start(designer):
    a, b = designer.sample(2, seed=3)
    film = Image.open(io.BytesIO(gif_bytes(designer.interpolate(a, b, 5))))
    assert film.n_frames == 8
    assert min(film.size) >= 256
    film = Image.open(io.BytesIO(gif_bytes(designer.interpolate(a, b, 5), designer)))
    assert b"Learnt from drawn dresses." in film.info["comment"]
    assert b"Upscaled from 64 x 64" in film.info["comment"]
    assert gif_bytes(designer.interpolate(a, b, 5)) == gif_bytes(designer.interpolate(a, b, 5))


def test_a_film_is_quick_and_true_in_its_colours():
    """25 frames of the size that the default generator draws."""
    across = np.linspace(0, 1, 256, dtype=np.float32)[None, :, None]
    down = np.linspace(0, 1, 384, dtype=np.float32)[:, None, None]
    ends = np.array([[200, 40, 60], [30, 80, 160]], np.float32)
    images = []
    for t in np.linspace(0, 1, 25):
        cloth = ((1 - t) * ends[0] + t * ends[1]) * (0.7 + 0.3 * across) + 20 * np.sin(40 * down)
        cloth[:, :60] = cloth[:, -60:] = 255
        images.append(Image.fromarray(cloth.clip(0, 255).astype(np.uint8)))
    start = time.process_time()
    film = Image.open(io.BytesIO(gif_bytes(images)))
    assert time.process_time() - start < 2
    assert film.n_frames == 48
    for i in (0, 12, 24):
        film.seek(i)
        shown, meant = film.convert("RGB"), enlarge(images[i], 384)
        # Its dots are mixed by the eye.
        apart = np.asarray(shown.reduce(8), float) - np.asarray(meant.reduce(8), float)
        assert np.abs(apart).mean() < 2
        assert (np.asarray(shown)[:, :60] == 255).all()
