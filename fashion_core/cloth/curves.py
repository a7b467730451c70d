"""Closed outlines of motifs: points ``[N, 2]`` of (x, y), y downwards, around the origin.

Everything is made of straight pieces short enough to look round at print resolution, so that one
outline serves the raster and the SVG alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Points of a closed outline, ``[N, 2]``.
Outline = NDArray[np.float64]


def circle(radius: float, points: int = 32) -> Outline:
    """A circle around the origin."""
    return ellipse(radius, radius, points)


def ellipse(width: float, height: float, points: int = 32) -> Outline:
    """An ellipse with half axes ``width`` and ``height``."""
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return np.stack([width * np.cos(angle), height * np.sin(angle)], 1)


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
    along = np.linspace(0, 1, 14)
    # A curve that leaves the origin slowly, is widest at `waist` and closes round at the tip.
    power = np.log(0.5) / np.log(np.clip(waist, 0.2, 0.8))
    half = width / 2 * np.sin(np.pi * along**power) ** 0.75
    x = length * along
    tip = 1 - notch * 0.2 * np.exp(-(((along - 1) / 0.12) ** 2))
    upper = np.stack([x * tip, -half], 1)
    lower = np.stack([x * tip, half], 1)[::-1]
    return np.concatenate([upper, lower[1:-1]])


def leaf(length: float, width: float, bend: float = 0.0) -> Outline:
    """A pointed leaf from the origin to the right; ``bend`` bows it, in shares of its length."""
    along = np.linspace(0, 1, 14)
    half = width / 2 * np.sin(np.pi * along**0.8)
    middle = bend * length * np.sin(np.pi * along)
    upper = np.stack([length * along, middle - half], 1)
    lower = np.stack([length * along, middle + half], 1)[::-1]
    return np.concatenate([upper, lower[1:-1]])


def stroke(path: Outline, width: float | Sequence[float] | NDArray[np.float64]) -> Outline:
    """A line of a given width along ``path`` ``[N, 2]``; ``width`` is one number or one a point."""
    step = np.gradient(path, axis=0)
    across = np.stack([-step[:, 1], step[:, 0]], 1)
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-9)
    half = np.broadcast_to(np.asarray(width, float) / 2, len(path))[:, None]
    return np.concatenate([path + across * half, (path - across * half)[::-1]])


def arc(
    start: Sequence[float] | Outline, end: Sequence[float] | Outline, bow: float, points: int = 12
) -> Outline:
    """An open curve from ``start`` to ``end``, bowed sideways by ``bow`` times their distance."""
    a, b = np.asarray(start, float), np.asarray(end, float)
    t = np.linspace(0, 1, points)[:, None]
    aside = np.array([-(b - a)[1], (b - a)[0]])
    return np.asarray(a + (b - a) * t + aside * bow * 4 * t * (1 - t))


def blob(
    rng: np.random.Generator, radius: float, roughness: float = 0.25, points: int = 28
) -> Outline:
    """A round shape with a soft, uneven edge."""
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    reach = np.ones(points)
    for wave in (2, 3, 5):
        reach += roughness / wave * rng.normal() * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    reach = radius * np.clip(reach, 0.35, 1.7)
    return np.stack([reach * np.cos(angle), reach * np.sin(angle)], 1)


def turn(outline: Outline, angle: float) -> Outline:
    """Turned clockwise (as y points down) by ``angle`` radians around the origin."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.asarray(outline @ np.array([[cos, sin], [-sin, cos]]))


def move(outline: Outline, x: float, y: float) -> Outline:
    """Shifted by (x, y)."""
    return np.asarray(outline + np.array([x, y], float))
