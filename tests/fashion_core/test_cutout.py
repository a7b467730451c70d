from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from fashion_core.cutout import FRAME_SHARE, find_garment, frame, same_frame
from tests.drawing import draw_dress


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / (a | b).sum())


@pytest.mark.parametrize(("ground", "least"), [("white", 0.96), ("panel", 0.96), ("wood", 0.85)])
def test_the_dress_is_found_on_plain_panelled_and_wooden_ground(ground, least):
    image, truth = draw_dress(ground=ground)
    found = find_garment(image)
    assert overlap(found.mask, truth) > least
    assert found.confidence > 0.4
    x0, y0, x1, y1 = found.box
    assert abs(y0 - 40) < 8
    assert abs(y1 - 361) < 8
    assert 0 <= x0 < x1 <= 400


def test_large_photos_get_a_mask_of_their_own_size():
    image, truth = draw_dress(size=(1500, 2000))
    found = find_garment(image)
    assert found.mask.shape == (2000, 1500)
    assert overlap(found.mask, truth) > 0.96


def test_where_nothing_stands_out_the_whole_picture_is_read_and_said_so():
    found = find_garment(Image.new("RGB", (300, 200), (250, 250, 250)))
    assert found.method == "whole"
    assert found.box == (0, 0, 300, 200)
    assert found.mask.all()
    assert found.confidence < 0.35


def test_the_framed_garment_takes_its_share_of_a_white_square():
    image, _ = draw_dress(colour=(10, 10, 10))
    framed = np.asarray(frame(image, find_garment(image), 256))
    assert framed.shape == (256, 256, 3)
    assert (framed[0] == 255).all()
    rows = np.flatnonzero((framed < 128).all(2).any(1))
    assert abs((rows[-1] - rows[0] + 1) / 256 - FRAME_SHARE) < 0.03
    assert abs((rows[0] + rows[-1]) / 2 - 127.5) < 4


def test_photo_and_cutout_share_one_frame():
    image, _ = draw_dress(ground="wood", size=(500, 700))
    photo, cut = same_frame(image, find_garment(image))
    assert photo.size == cut.size
    a, b = np.asarray(photo, int), np.asarray(cut, int)
    kept = (b < 250).any(2)
    assert kept.any()
    assert np.abs(a - b)[kept].mean() < 12


def test_the_same_picture_gives_the_same_mask():
    image, _ = draw_dress(ground="wood")
    assert np.array_equal(find_garment(image).mask, find_garment(image).mask)
