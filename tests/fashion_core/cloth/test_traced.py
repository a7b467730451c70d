"""From shares of colours to shapes: outlines keep to the shares, close at the edges and leave no gaps."""

from __future__ import annotations

import cv2
import numpy as np

from fashion_core.cloth import Inks, raster
from fashion_core.cloth.repeat import Ink
from fashion_core.cloth.traced import traced

PALETTE = ("#000000", "#ff0000", "#00ff00", "#0000ff")


def shares(labels: np.ndarray, colours: int = 4) -> np.ndarray:
    return np.stack([(labels == k).astype(np.float32) for k in range(colours)])


def test_each_colour_covers_what_its_share_says():
    labels = np.zeros((32, 48), int)
    labels[4:16, 6:20] = 1
    labels[8:12, 10:16] = 2
    labels[20:30, 24:40] = 3
    repeat = traced(shares(labels), 96, 64)
    assert (repeat.width, repeat.height, repeat.see_through) == (96, 64, False)
    drawn = raster(repeat, Inks(PALETTE), (48, 32))[..., :3]
    expected = np.array([Inks(PALETTE).rgb(Ink(k)) for k in range(4)])[labels]
    apart = np.abs(drawn.astype(int) - expected).max(2) > 60
    # Corners are rounded; nothing else moves.
    assert apart.mean() < 0.03


def test_what_reaches_over_an_edge_comes_in_at_the_other_side():
    labels = np.zeros((32, 32), int)
    labels[10:20, 10:20] = 1
    here = raster(traced(shares(labels), 50, 50), Inks(PALETTE), (64, 64)).astype(int)
    moved = np.roll(labels, (16, 14), (0, 1))
    there = raster(traced(shares(moved), 50, 50), Inks(PALETTE), (64, 64)).astype(int)
    assert np.abs(np.roll(here, (32, 28), (0, 1)) - there).mean() < 1


def test_a_plain_tile_has_no_shape_and_a_full_one_covers_all():
    ground = np.zeros((16, 16), int)
    assert not traced(shares(ground), 10, 10).shapes
    full = raster(traced(shares(ground + 2), 10, 10), Inks(PALETTE), (20, 20))[..., :3]
    assert np.ptp(full.reshape(-1, 3), axis=0).max() == 0
    assert full[0, 0].argmax() == 1


def test_specks_are_left_out_and_holes_are_kept():
    labels = np.zeros((40, 40), int)
    labels[10:30, 10:30] = 1
    labels[17:23, 17:23] = 0
    soft = cv2.GaussianBlur(shares(labels)[1], (0, 0), 0.8)
    (shape,) = traced(np.stack([1 - soft, soft]), 40, 40).shapes
    assert len(shape.outlines) == 2
    labels[:] = 0
    labels[5, 5] = 1
    weak = shares(labels, 2) * 0.6
    weak[0] = 1 - weak[1]
    assert not traced(weak, 40, 40).shapes
