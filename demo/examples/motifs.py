"""The cloth laid flat: its colour and the motif printed on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from demo.examples.dresses import RGB, Drawing, Picture, Points


def motif(d: Drawing, side: int, random: np.random.Generator) -> Picture:
    """The cloth laid flat, float RGB ``[side, side, 3]``."""
    cloth = np.empty((side, side, 3), np.float32)
    cloth[:] = d.cloth
    if d.motif == "stripes":
        cloth[(np.arange(side) / side * 24 % 1) < 0.42] = d.second
    if d.motif == "polkadots":
        for x, y in _places(0.036, random, loose=0):
            disc(cloth, (x, y), 0.0068, d.second)
    if d.motif == "floral":
        for x, y in _places(0.068, random, loose=0.011):
            _flower(cloth, (x, y), d, random)
    if d.motif == "print":
        for x, y in _places(0.052, random, loose=0.013):
            _leaf(cloth, (x, y), d, random)
    return cloth


def _places(step: float, random: np.random.Generator, loose: float) -> Points:
    """Places in rows that are set off against each other, each moved by about ``loose``."""
    rows = np.arange(0.08, 1, step * 0.87)
    places = [
        (x, y) for i, y in enumerate(rows) for x in np.arange(0.1 + step / 2 * (i % 2), 0.92, step)
    ]
    return np.array(places) + random.normal(0, 1, (len(places), 2)) * loose


def _flower(
    cloth: Picture, at: tuple[float, float], d: Drawing, random: np.random.Generator
) -> None:
    size, turn = 0.0135 * random.uniform(0.75, 1.3), random.uniform(0, 6.3)
    petal, green = tint(d.second, random.uniform(0.95, 1.07)), (126, 156, 126)
    x, y = at
    for side_turn in (0.5, 2.2):
        away = turn + side_turn
        leaf = (x + 1.9 * size * np.cos(away), y + 1.9 * size * np.sin(away))
        _ellipse(cloth, leaf, (0.6 * size, 0.24 * size), away, green)
    for angle in turn + np.arange(5) * 2 * np.pi / 5:
        middle = (x + size * 0.85 * np.cos(angle), y + size * 0.85 * np.sin(angle))
        _ellipse(cloth, middle, (size * 0.68, size * 0.56), angle, petal)
        _ellipse(cloth, middle, (size * 0.45, size * 0.08), angle, tint(petal, 0.94))
    disc(cloth, at, size * 0.34, d.third)


def _leaf(cloth: Picture, at: tuple[float, float], d: Drawing, random: np.random.Generator) -> None:
    """A leaf of two halves and a rib, in one of three colours."""
    colour = (d.second, d.third, tint(d.second, 1.18))[random.integers(3)]
    length, turn = 0.030 * random.uniform(0.8, 1.25), random.uniform(-0.9, 0.5)
    t = np.linspace(0, 1, 20)
    bulge = 0.32 * length * np.sin(np.pi * t) ** 0.8
    along = np.array([np.cos(turn), np.sin(turn)])
    across = np.array([-along[1], along[0]])
    rib = np.array(at) + ((t - 0.5) * 2 * length)[:, None] * along
    for sign, light in ((1, 1.0), (-1, 0.86)):
        half = np.vstack([rib, (rib + sign * bulge[:, None] * across)[::-1]])
        points = np.round(half * cloth.shape[0] * 16).astype(np.int32)
        cv2.fillPoly(cloth, [points], tint(colour, light), cv2.LINE_AA, 4)


def disc(cloth: Picture, centre: tuple[float, float], radius: float, colour: RGB) -> None:
    """Draw a filled circle."""
    _ellipse(cloth, centre, (radius, radius), 0, colour)


def _ellipse(
    cloth: Picture,
    centre: tuple[float, float],
    radii: tuple[float, float],
    turn: float,
    colour: RGB,
) -> None:
    side = cloth.shape[0]
    x, y, a, b = (round(v * side * 16) for v in (*centre, *radii))
    cv2.ellipse(cloth, (x, y), (a, b), float(np.degrees(turn)), 0, 360, colour, -1, cv2.LINE_AA, 4)


def tint(colour: RGB, amount: float) -> RGB:
    """Lighter above 1, darker below."""
    r, g, b = (round(min(255, v * amount)) for v in colour)
    return r, g, b
