"""Dots: pin, coin, scattered, ring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fashion_core.cloth import curves
from fashion_core.cloth.repeat import DEEP, LIGHT, MAIN, SECOND, Repeat
from fashion_core.cloth.scatter import half_drop, tossed

if TYPE_CHECKING:
    import numpy as np


def pin(rng: np.random.Generator, density: float) -> Repeat:
    """Small dots on a half-drop lattice."""
    return _lattice(rng.uniform(15, 19) / density, rng.uniform(0.15, 0.19))


def coin(rng: np.random.Generator, density: float) -> Repeat:
    """Dots of a coin's size, close together."""
    return _lattice(rng.uniform(40, 52) / density, rng.uniform(0.25, 0.3))


def _lattice(pitch: float, radius: float) -> Repeat:
    repeat = Repeat(pitch * 2, pitch)
    for x, y in half_drop(2, 1, pitch * 2, pitch):
        repeat.add(curves.move(curves.circle(pitch * radius, 40), x, y), MAIN)
    return repeat


def scattered(rng: np.random.Generator, density: float) -> Repeat:
    """Dots of many sizes, thrown."""
    repeat = Repeat(130, 130)
    inks = [MAIN, MAIN, SECOND, MAIN, LIGHT]
    for k, (x, y) in enumerate(tossed(rng, max(3, round(34 * density)), 130, 130)):
        radius = (2.2 if k % 3 else 5.2) * rng.uniform(0.8, 1.25)
        repeat.add(curves.move(curves.circle(radius, 36), x, y), inks[k % len(inks)])
    return repeat


def ring(rng: np.random.Generator, density: float) -> Repeat:
    """Rings with a dot inside every second one."""
    pitch = rng.uniform(34, 44) / density
    repeat = Repeat(pitch * 2, pitch)
    for k, (x, y) in enumerate(half_drop(2, 1, pitch * 2, pitch)):
        radius = pitch * 0.3
        hole = curves.move(curves.circle(radius * 0.68, 40), x, y)
        repeat.add(curves.move(curves.circle(radius, 40), x, y), SECOND if k % 2 else MAIN, hole)
        if k % 2:
            repeat.add(curves.move(curves.circle(radius * 0.3, 24), x, y), DEEP)
    return repeat
