"""Cloth of one colour: plain, marl."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fashion_core.cloth import curves
from fashion_core.cloth.repeat import DEEP, GROUND, LIGHT, Ink, Repeat

if TYPE_CHECKING:
    import numpy as np


def plain(rng: np.random.Generator, density: float) -> Repeat:  # noqa: ARG001 - as all families
    """Nothing but the ground."""
    return Repeat(10, 10)


def marl(rng: np.random.Generator, density: float) -> Repeat:
    """Yarn spun from a lighter and a darker shade of one colour: short flecks lengthways."""
    size = 40.0
    repeat = Repeat(size, size)
    low, high = (0.0, 0.0, 1.2, 0.08), (size, size, 3.4, 0.2)
    flecks = rng.uniform(low, high, (round(420 * density), 4)).tolist()
    for k, (x, y, length, share) in enumerate(flecks):
        shade = Ink(GROUND, LIGHT if k % 2 else DEEP, share)
        repeat.add(curves.rectangle(x, y, x + 0.45, y + length), shade)
    return repeat
