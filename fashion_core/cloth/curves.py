"""Closed outlines of motifs: points ``[N, 2]`` of (x, y), y downwards, around the origin.

Everything is made of straight pieces short enough to look round at print resolution, so that one
outline serves the raster and the SVG alike.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Points of a closed outline, ``[N, 2]``.
Outline = NDArray[np.float64]

#: Along petals and leaves, from the origin to the tip.
_ALONG = np.linspace(0, 1, 14)


def circle(radius: float, points: int = 32) -> Outline:
    """A circle around the origin."""
    return ellipse(radius, radius, points)


def ellipse(width: float, height: float, points: int = 32) -> Outline:
    """An ellipse with half axes ``width`` and ``height``."""
    return np.asarray(_unit_circle(points) * (width, height))


@lru_cache(maxsize=64)
def _unit_circle(points: int) -> Outline:
    angle = _angles(points)
    return np.stack([np.cos(angle), np.sin(angle)], 1)


@lru_cache(maxsize=64)
def _angles(points: int) -> NDArray[np.float64]:
    return np.linspace(0, 2 * np.pi, points, endpoint=False)


def rectangle(x0: float, y0: float, x1: float, y1: float) -> Outline:
    """An upright rectangle."""
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], float)


def regular(sides: int, radius: float, turned: float = 0.0) -> Outline:
    """A regular polygon whose first corner points to the right, ``turned`` radians further."""
    return turn(circle(radius, sides), turned)


def petal(length: float, width: float, waist: float = 0.5, notch: float = 0.0) -> Outline:
    """A petal from the origin to the right.

    Args:
        length: from the origin to the tip.
        width: across the widest place.
        waist: 0..1, where along the length it is widest.
        notch: 0..1, how deep the tip is cut in, in shares of a fifth of the length.
    """
    half = width / 2 * _petal_width(waist)
    x = length * _ALONG
    if notch:
        x = x * (1 - notch * 0.2 * np.exp(-(((_ALONG - 1) / 0.12) ** 2)))
    return _closed(x, -half, half)


@lru_cache(maxsize=64)
def _petal_width(waist: float) -> NDArray[np.float64]:
    """A curve that leaves the origin slowly, is widest at ``waist`` and closes round at the tip."""
    power = np.log(0.5) / np.log(np.clip(waist, 0.2, 0.8))
    return np.asarray(np.sin(np.pi * _ALONG**power) ** 0.75)


def leaf(length: float, width: float, bend: float = 0.0) -> Outline:
    """A pointed leaf from the origin to the right; ``bend`` bows it, in shares of its length."""
    half = width / 2 * _LEAF_WIDTH
    middle = bend * length * _LEAF_BOW
    return _closed(length * _ALONG, middle - half, middle + half)


_LEAF_WIDTH, _LEAF_BOW = np.sin(np.pi * _ALONG**0.8), np.sin(np.pi * _ALONG)


def _closed(
    x: NDArray[np.float64], upper: NDArray[np.float64], lower: NDArray[np.float64]
) -> Outline:
    """There along the upper side and back along the lower one; both ends are shared."""
    count = len(x)
    outline = np.empty((2 * count - 2, 2))
    outline[:count, 0], outline[:count, 1] = x, upper
    outline[count:, 0], outline[count:, 1] = x[-2:0:-1], lower[-2:0:-1]
    return outline


def stroke(path: Outline, width: float | Sequence[float] | NDArray[np.float64]) -> Outline:
    """A line of a given width along ``path`` ``[N, 2]``; ``width`` is one number or one a point."""
    step = np.empty_like(path)
    step[1:-1] = (path[2:] - path[:-2]) / 2
    step[0], step[-1] = path[1] - path[0], path[-1] - path[-2]
    half = np.asarray(width, float) / 2 / np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)
    across = np.empty_like(path)
    across[:, 0], across[:, 1] = -step[:, 1] * half, step[:, 0] * half
    return np.concatenate([path + across, (path - across)[::-1]])


def arc(
    start: Sequence[float] | Outline, end: Sequence[float] | Outline, bow: float, points: int = 12
) -> Outline:
    """An open curve from ``start`` to ``end``, bowed sideways by ``bow`` times their distance."""
    a, b = np.asarray(start, float), np.asarray(end, float)
    t, bowed = _way(points)
    way = b - a
    return np.asarray(a + way * t + np.array([-way[1], way[0]]) * bow * bowed)


@lru_cache(maxsize=64)
def _way(points: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shares of a way ``[N, 1]``, and how far a bow stands off there, its height as one."""
    t = np.linspace(0, 1, points)[:, None]
    return t, 4 * t * (1 - t)


def blob(
    rng: np.random.Generator, radius: float, roughness: float = 0.25, points: int = 28
) -> Outline:
    """A round shape with a soft, uneven edge."""
    angle = _angles(points)
    reach = np.ones(points)
    for wave in (2, 3, 5):
        reach += roughness / wave * rng.normal() * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    reach = radius * np.minimum(np.maximum(reach, 0.35), 1.7)
    return np.asarray(reach[:, None] * _unit_circle(points))


def turn(outline: Outline, angle: float) -> Outline:
    """Turned clockwise (as y points down) by ``angle`` radians around the origin."""
    return np.asarray(outline @ turning(angle))


def turning(angle: float, size: float = 1.0) -> NDArray[np.float64]:
    """The matrix ``[2, 2]`` from the right that turns points as :func:`turn` does, and enlarges them."""
    cos, sin = size * math.cos(angle), size * math.sin(angle)
    return np.array([[cos, sin], [-sin, cos]])


def move(outline: Outline, x: float, y: float) -> Outline:
    """Shifted by (x, y)."""
    return np.asarray(outline + np.array([x, y]))
