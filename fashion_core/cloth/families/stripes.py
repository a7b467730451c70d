"""Stripes, lengthways of the repeat: breton, pinstripe, awning, chevron, multi."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fashion_core.cloth import curves
from fashion_core.cloth.repeat import DEEP, LEAF, LIGHT, MAIN, SECOND, Ink, Repeat

if TYPE_CHECKING:
    from collections.abc import Sequence


def breton(rng: np.random.Generator, density: float) -> Repeat:
    """Narrow even stripes across, on a wider ground; now and then a pair."""
    pitch = rng.uniform(17, 24) / density
    band = pitch * rng.uniform(0.34, 0.44)
    return _across([(pitch - band, None), (band, MAIN)])


def pinstripe(rng: np.random.Generator, density: float) -> Repeat:
    """Hairlines lengthways, far apart."""
    pitch, line = rng.uniform(15, 21) / density, rng.uniform(1.3, 1.9)
    return _quarter_turn(_across([(pitch - line, None), (line, MAIN)]))


def awning(rng: np.random.Generator, density: float) -> Repeat:
    """Broad stripes lengthways, as wide as the ground between them."""
    pitch = rng.uniform(40, 64) / density
    return _quarter_turn(_across([(pitch / 2, None), (pitch / 2, MAIN)]))


def chevron(rng: np.random.Generator, density: float) -> Repeat:
    """Zigzags in two colours."""
    width = rng.uniform(38, 52) / density
    pitch = width * rng.uniform(0.5, 0.66)
    rise = width * rng.uniform(0.34, 0.44)
    repeat = Repeat(width, pitch * 2)
    for k, ink in enumerate((MAIN, SECOND)):
        y = pitch * k + pitch * 0.25
        # Both ends lie half way down a slope, beyond the edges of the repeat.
        corners = [[-0.25, 0.5], [0, 0], [0.5, 1], [1, 0], [1.25, 0.5]]
        line = curves.move(np.array(corners) * [width, rise], 0, y)
        band = pitch * (0.5 if k == 0 else 0.38)
        repeat.add(np.concatenate([line, curves.move(line[::-1], 0, band)]), ink)
    return repeat


def multi(rng: np.random.Generator, density: float) -> Repeat:
    """Stripes across in all colours and in uneven widths, mirrored so that they read as a set."""
    inks = [MAIN, SECOND, LEAF, LIGHT, DEEP]
    rng.shuffle(inks)
    widths = rng.choice([3.0, 5.0, 8.0, 13.0, 18.0], 6) / density
    half: list[tuple[float, int | None]] = []
    for k, width in enumerate(widths):
        half += [
            (float(width), inks[k % len(inks)]),
            (float(rng.choice([2.5, 6.0, 10.0])) / density, None),
        ]
    return _across([*half, *half[::-1][1:]])


def _across(bands: Sequence[tuple[float, int | None]]) -> Repeat:
    """Bands from the top, each of a height in millimetres; None leaves the ground."""
    height = sum(band for band, _ in bands)
    repeat = Repeat(height, height)
    # From the middle of the first band, so that the seam lies within one colour.
    y = -bands[0][0] / 2
    for band, ink in bands:
        if ink is not None:
            repeat.add(curves.rectangle(0, y, height, y + band), Ink(ink))
        y += band
    return repeat


def _quarter_turn(repeat: Repeat) -> Repeat:
    """Lengthways in place of across: x and y change places."""
    turned = Repeat(repeat.height, repeat.width, repeat.see_through)
    for shape in repeat.shapes:
        turned.add(shape.outlines[0][:, ::-1], shape.ink)
    return turned
