"""A repeat as pixels."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from fashion_core.cloth.repeat import GROUND, HOLE, Ink
from fashion_core.colour.colours import plain_picture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fashion_core.cloth.inks import Inks
    from fashion_core.cloth.repeat import Repeat

#: Fractional bits of a point's place, and how many times larger than the result is drawn.
_BITS, _OVERSAMPLING = 6, 8
#: Pixels around what is drawn.
_MARGIN = 2
#: A large tile is drawn less enlarged, as its edges are fine anyway; at least three times.
_MOST_PIXELS, _LEAST_OVERSAMPLING = 400_000, 3


def raster(repeat: Repeat, inks: Inks, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The piece that repeats, once.

    Drawn up to eight times larger without smoothing and averaged down, so that opposite edges fit to the level.

    Args:
        repeat: its shapes.
        inks: their colours.
        size: width and height in pixels.

    Returns:
        RGBA ``[H, W, 4]``, not premultiplied; alpha is 255 everywhere but in lace.
    """
    width, height = size
    larger = _oversampling(width, height)
    # OpenCV marks the picture's edge where an outline leaves it; so a margin is drawn and cut off.
    drawn = height * larger + 2 * _MARGIN, width * larger + 2 * _MARGIN
    colours = plain_picture(*drawn, inks.rgb(Ink(GROUND)))
    covered = np.zeros(drawn, np.uint8) if repeat.see_through else None
    by = np.array([width * larger / repeat.width, height * larger / repeat.height]) * 2**_BITS
    points, begins, shapes = repeat.points
    # A pixel's centre is at a whole number for OpenCV, and half a pixel further for us.
    placed = np.rint(points * by + (_MARGIN - 0.5) * 2**_BITS).astype(np.int32)
    ends = [0, *begins.tolist(), len(placed)]
    outlines = iter([placed[start:end] for start, end in pairwise(ends)])
    painted = inks.table({ink for _, ink in shapes})
    for count, ink in shapes:
        area = [next(outlines) for _ in range(count)]
        if ink.colour != HOLE:
            cv2.fillPoly(colours, area, painted[ink], cv2.LINE_8, _BITS)
        if covered is not None:
            cv2.fillPoly(covered, area, 0 if ink.colour == HOLE else 255, cv2.LINE_8, _BITS)
    inner = slice(_MARGIN, -_MARGIN), slice(_MARGIN, -_MARGIN)
    small = cv2.resize(colours[inner], size, interpolation=cv2.INTER_AREA)
    if covered is None:
        return np.dstack([small, np.full((height, width), 255, np.uint8)])
    alpha = cv2.resize(covered[inner], size, interpolation=cv2.INTER_AREA)
    return np.dstack([small, alpha]).astype(np.uint8)


def _oversampling(width: int, height: int) -> int:
    fits = int((_MOST_PIXELS / (width * height)) ** 0.5)
    return min(_OVERSAMPLING, max(_LEAST_OVERSAMPLING, fits))
