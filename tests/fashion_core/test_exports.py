from __future__ import annotations

import io
import time
import zipfile
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from fashion_core import Designer
from fashion_core.exports import (
    enlarge,
    film,
    frames_zip,
    gif_bytes,
    joined,
    mp4_bytes,
    png_bytes,
)


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


def test_a_film_is_h264_that_browsers_play_with_its_index_first_and_the_same_every_time(designer):
    import av

    a, b = designer.sample(2, seed=3)
    frames = designer.interpolate(a, b, 7)
    content = mp4_bytes(frames, designer, 15)
    assert mp4_bytes(frames, designer, 15) == content
    assert content.index(b"moov") < content.index(b"mdat")
    with av.open(io.BytesIO(content)) as film:
        stream = film.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height, stream.frames) == (384, 384, 7)
        assert "Learnt from drawn dresses." in film.metadata["comment"]
        first = next(film.decode(stream)).to_ndarray(format="rgb24")
    apart = np.abs(first.astype(int) - np.asarray(enlarge(frames[0], 384), int))
    assert apart.mean() < 6


def test_a_film_of_odd_sides_is_made_even():
    import av

    frames = [Image.new("RGB", (385, 577), (200, 30, 30))] * 3
    with av.open(io.BytesIO(mp4_bytes(frames))) as film:
        assert (film.streams.video[0].width, film.streams.video[0].height) == (384, 576)


def test_frames_are_numbered_pictures_in_one_archive(designer):
    a, b = designer.sample(2, seed=3)
    frames = designer.interpolate(a, b, 3)
    content = frames_zip(frames, designer)
    assert frames_zip(frames, designer) == content
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert opened.namelist() == ["frame-001.png", "frame-002.png", "frame-003.png"]
        assert min(Image.open(io.BytesIO(opened.read("frame-002.png"))).size) == 384


def test_a_film_through_several_designs_shows_each_once(designer):
    stops = designer.sample(4, seed=3)
    frames = joined([film(a, b, 6, designer) for a, b in pairwise(stops)])
    assert len(frames) == 5 + 5 + 6
    for frame, stop in zip(frames[::5], stops, strict=True):
        assert np.array_equal(np.asarray(frame), np.asarray(designer.render(stop)))
