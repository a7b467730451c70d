from __future__ import annotations

import cv2
import numpy as np
import pytest

from fashion_core.cutout import box_of
from tests.drawing import draw_dress
from training.data.cutout_material import draw_composite
from training.data.masks import sane_border_mask
from training.data.synthetic.backgrounds import Backgrounds, procedural_background
from training.data.synthetic.composites import foreground_of, warped
from training.data.synthetic.recloth import reclothed, with_second_cloth


@pytest.fixture(scope="module")
def foregrounds():
    cut_out = []
    for colour_, second in (((40, 80, 150), None), ((160, 40, 60), (250, 220, 30))):
        picture = np.asarray(draw_dress(colour_, second, size=(256, 256))[0])
        cut_out.append(foreground_of(picture, sane_border_mask(picture)))
    return cut_out


def test_a_composite_is_exact_and_repeats(foregrounds):
    backgrounds = Backgrounds(np.full((1, 64, 64, 3), 120, np.uint8))
    drawn = [
        draw_composite(foregrounds, 0, backgrounds, 96, np.random.default_rng(5), 1.0)
        for _ in range(2)
    ]
    assert np.array_equal(drawn[0][0], drawn[1][0])
    assert np.array_equal(drawn[0][1], drawn[1][1])
    assert 0.05 < (drawn[0][1] > 127).mean() < 0.9


@pytest.mark.parametrize("kind", ["cloth", "wood", "floor", "wall", "plain"])
def test_procedural_backgrounds_fill_the_canvas(kind):
    drawn = procedural_background(kind, 48, np.random.default_rng(2))
    assert drawn.shape == (48, 48, 3)
    assert drawn.dtype == np.uint8


def test_a_warped_garment_stays_in_sight(foregrounds):
    for seed in range(20):
        alpha = warped(foregrounds[0], 96, np.random.default_rng(seed)).alpha
        x0, y0, x1, y1 = box_of(alpha > 127)
        assert x1 - x0 > 10
        assert y1 - y0 > 10


def test_a_second_cloth_keeps_the_shape(foregrounds):
    for seed in range(12):
        dressed = with_second_cloth(*foregrounds, np.random.default_rng(seed))
        assert np.array_equal(dressed.alpha, foregrounds[0].alpha)
        changed = (dressed.pixels != foregrounds[0].pixels).any(2)
        assert changed.any()
        assert not changed.all()


def test_a_worn_dress_gets_another_cloth_and_nothing_else_changes(foregrounds):
    image, mask = draw_dress((30, 30, 30), ground="wood", size=(120, 180))
    before = np.asarray(image)
    after = reclothed(before, mask.astype(np.uint8) * 255, foregrounds[1], np.random.default_rng(1))
    near = cv2.dilate(mask.astype(np.uint8), np.ones((7, 7))) > 0
    assert np.array_equal(before[~near], after[~near])
    assert np.abs(after[mask].astype(int) - before[mask]).mean() > 20
    empty = np.zeros(mask.shape, np.uint8)
    assert reclothed(before, empty, foregrounds[1], np.random.default_rng(1)) is before
