"""Woven checks: gingham, check, houndstooth. Where two bands of a weave cross their colours mix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fashion_core.cloth import curves
from fashion_core.cloth.repeat import DEEP, GROUND, LEAF, LIGHT, MAIN, SECOND, Ink, Repeat

if TYPE_CHECKING:
    from collections.abc import Sequence


def gingham(rng: np.random.Generator, density: float) -> Repeat:
    """Two even bands a side."""
    pitch = rng.uniform(16, 30) / density
    return _weave(pitch, [(0.25, 0.5, MAIN)])


def check(rng: np.random.Generator, density: float) -> Repeat:
    """A tartan: broad bands, narrow ones beside them and a bright overcheck."""
    pitch = rng.uniform(70, 100) / density
    broad = rng.uniform(0.26, 0.34)
    bands = [
        (0.08, broad, MAIN),
        (0.08 + broad + 0.05, 0.05, DEEP),
        (0.08 + broad + 0.14, 0.05, DEEP),
        (0.82, 0.025, LIGHT),
    ]
    if rng.random() < 0.6:
        bands.append((0.68, 0.06, SECOND if rng.random() < 0.6 else LEAF))
    return _weave(pitch, bands)


def _weave(pitch: float, bands: Sequence[tuple[float, float, int]]) -> Repeat:
    """The same bands (start, width, colour; in shares of the pitch) lengthways and across."""
    repeat = Repeat(pitch, pitch)
    for start, width, ink in bands:
        mixed = Ink(ink, GROUND, 0.5)
        low, high = start * pitch, (start + width) * pitch
        repeat.add(curves.rectangle(low, 0, high, pitch), mixed)
        repeat.add(curves.rectangle(0, low, pitch, high), mixed)
    for start_x, width_x, across in bands:
        for start_y, width_y, down in bands:
            area = curves.rectangle(
                start_x * pitch,
                start_y * pitch,
                (start_x + width_x) * pitch,
                (start_y + width_y) * pitch,
            )
            repeat.add(area, Ink(across, down, 0.5))
    return repeat


#: Where the dark threads lie on top, on a grid of 4 x 4 light and 4 x 4 dark threads in a twill: the
#: square of dark on dark, and diagonals where dark crosses light; together they make the teeth.
_TEETH = (
    [(0, 0), (4, 0), (4, 4), (0, 4)],
    [(6, 0), (8, 0), (8, 2)],
    [(4, 0), (8, 4), (6, 4), (4, 2)],
    [(0, 4), (2, 4), (4, 6), (4, 8)],
    [(0, 6), (2, 8), (0, 8)],
)


def houndstooth(rng: np.random.Generator, density: float) -> Repeat:
    """Broken checks in two colours."""
    pitch = rng.uniform(20, 34) / density
    repeat = Repeat(pitch, pitch)
    for corners in _TEETH:
        repeat.add(np.array(corners, float) * pitch / 8, MAIN)
    return repeat
