"""Whether there is anything in a picture: a sheet of paper, a wall or noise shows no garment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from fashion_core.cutout.masks import Floats, Pixels

#: Cells a side, each the mean of its pixels: noise and weave vanish in it, a garment covers several.
CELLS = 24
#: CIELAB distances from an evenly lit ground: below the first nothing can be seen; below the second what is
#: seen may be the unevenness of the ground.
UNSEEN, FAINT = 0.6, 1.5
#: Cells of mere noise differ by no more than this times what chance lets them; those of 800 photos of garments
#: by 2.9 times and more.
CHANCE = 1.8


def is_empty(pixels: Pixels, *, found: bool) -> bool:
    """Whether a picture shows nothing: one colour, falling light, noise, or an even weave, from edge to edge.

    Args:
        pixels: RGB ``[H, W, 3]``.
        found: whether a garment's edge was found; then only what nobody can see is nothing.
    """
    # Of eight bits, which is several times as fast; lightness comes as 0..255.
    lab = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)
    scale = np.array((100 / 255, 1, 1), np.float32)
    means = cv2.resize(lab.astype(np.float32), (CELLS, CELLS), interpolation=cv2.INTER_AREA)
    cells = np.asarray(means * scale, np.float32)
    unevenness = cells - _falling_light(cells)
    distances = np.linalg.norm(unevenness, axis=-1)
    seen = float(np.percentile(distances, 97))
    if seen < UNSEEN:
        return True
    pixels_a_cell = lab.shape[0] * lab.shape[1] / CELLS**2
    by_chance = float((cv2.meanStdDev(lab)[1].ravel() * scale).max()) / pixels_a_cell**0.5
    is_noise = float(unevenness.std((0, 1)).max()) < CHANCE * by_chance
    return is_noise or (not found and seen < FAINT)


def _falling_light(cells: Floats) -> Floats:
    """The quadratic surface through ``[h, w, C]`` by least squares."""
    y, x = np.mgrid[-1 : 1 : cells.shape[0] * 1j, -1 : 1 : cells.shape[1] * 1j]
    terms = np.stack([np.ones_like(x), x, y, x * y, x**2, y**2], -1).reshape(-1, 6)
    flat = cells.reshape(-1, cells.shape[2])
    surface = terms @ np.linalg.lstsq(terms, flat, rcond=None)[0]
    return np.asarray(surface.reshape(cells.shape), np.float32)
