from __future__ import annotations

import io

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
