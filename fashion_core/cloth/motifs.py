"""Flowers and leaves, about one unit across, as lists of shapes to be placed in a repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fashion_core.cloth import curves
from fashion_core.cloth.repeat import DEEP, GROUND, LEAF, LIGHT, MAIN, SECOND, Ink, Shape

if TYPE_CHECKING:
    from fashion_core.cloth.curves import Outline

Motif = list[Shape]


def _shape(outline: Outline, ink: int | Ink) -> Shape:
    return Shape((outline,), ink if isinstance(ink, Ink) else Ink(ink))


def _petals(
    rng: np.random.Generator, count: int, length: float, width: float, ink: Ink, notch: float = 0.0
) -> Motif:
    """A ring of petals, each a little different."""
    start = rng.uniform(0, 2 * np.pi)
    sizes = rng.uniform(0.92, 1.08, (count, 1, 2)) * (length, width)
    turns = [curves.turning(start + 2 * np.pi * k / count) for k in range(count)]
    outlines = curves.petal(1.0, 1.0, 0.62, notch) * sizes @ np.stack(turns)
    return [_shape(outline, ink) for outline in outlines]


def blossom(rng: np.random.Generator, colour: int = MAIN) -> Motif:
    """Five round petals, streaks towards the middle, an eye with stamens."""
    shaded = Ink(colour, DEEP, 0.22)
    flower = _petals(rng, 5, 0.5, 0.44, shaded)
    flower += _petals_like(flower, 0.9, Ink(colour))
    flower += _petals_like(flower[:5], 0.5, Ink(colour, DEEP, 0.35), 0.35)
    flower.append(_shape(curves.circle(0.1, 20), Ink(LIGHT)))
    for angle in np.arange(5) * 2 * np.pi / 5 + rng.uniform(0, 1):
        flower.append(
            _shape(curves.move(curves.circle(0.022, 10), *_polar(0.065, angle)), Ink(DEEP))
        )
    return flower


def _petals_like(petals: Motif, size: float, ink: Ink, width: float = 1.0) -> Motif:
    """The same petals drawn smaller (and narrower) over themselves."""
    inner = []
    for petal in petals:
        outline = petal.outlines[0]
        tip = outline[np.argmax(np.square(outline).sum(1))]
        along = tip / np.hypot(*tip)
        on_axis = (outline @ along)[:, None] * along
        inner.append(_shape((on_axis + (outline - on_axis) * width) * size, ink))
    return inner


def daisy(rng: np.random.Generator, colour: int = LIGHT) -> Motif:
    """Many narrow petals and a domed middle."""
    count = int(rng.integers(10, 14))
    flower = _petals(rng, count, 0.5, 0.17, Ink(colour, GROUND, 0.18))
    flower += _petals_like(flower, 0.9, Ink(colour))
    flower.append(_shape(curves.circle(0.135, 24), Ink(SECOND, DEEP, 0.2)))
    flower.append(_shape(curves.move(curves.circle(0.1, 20), -0.015, -0.02), Ink(SECOND)))
    return flower


def simple(rng: np.random.Generator, colour: int = MAIN, petals: int = 5) -> Motif:
    """A small flower that reads at a few millimetres: petals and an eye."""
    flower = _petals(rng, petals, 0.5, 2.1 / petals, Ink(colour))
    flower.append(_shape(curves.circle(0.13, 16), Ink(LIGHT if colour != LIGHT else SECOND)))
    return flower


def rose(rng: np.random.Generator, colour: int = MAIN) -> Motif:
    """A full rose: rings of petals that darken towards the heart."""
    flower: Motif = []
    start = rng.uniform(0, 2 * np.pi)
    for ring, (reach, count, deep) in enumerate(
        [(0.5, 6, 0.0), (0.39, 5, 0.16), (0.29, 5, 0.04), (0.2, 4, 0.28), (0.12, 3, 0.1)]
    ):
        for k in range(count):
            angle = start + ring * 0.7 + 2 * np.pi * k / count + rng.normal(0, 0.08)
            size = reach * rng.uniform(0.52, 0.6)
            outline = curves.ellipse(size * 0.86, size * rng.uniform(1.05, 1.2), 26)
            centre = _polar(reach - size * 0.62, angle)
            edge = curves.move(curves.turn(outline, angle), *centre)
            inner = curves.move(curves.turn(outline * 0.87, angle), *(0.94 * np.array(centre)))
            flower.append(_shape(edge, Ink(colour, DEEP, min(1.0, deep + 0.26))))
            flower.append(_shape(inner, Ink(colour, DEEP, deep)))
    flower.append(_shape(curves.blob(rng, 0.055, 0.2, 16), Ink(DEEP, colour, 0.25)))
    return flower


def poppy(rng: np.random.Generator, colour: int = MAIN) -> Motif:
    """Four broad crumpled petals, a dark heart with a ring of stamens."""
    flower: Motif = []
    start = rng.uniform(0, 2 * np.pi)
    for k in (0, 2, 1, 3):
        angle = start + np.pi / 2 * k + rng.normal(0, 0.1)
        outline = curves.blob(rng, 0.29, 0.16, 30) * np.array([0.9, 1.15])
        at = _polar(0.23, angle)
        flower.append(_shape(curves.move(curves.turn(outline, angle), *at), Ink(colour, DEEP, 0.3)))
        inner = curves.move(curves.turn(outline * 0.9, angle), *_polar(0.235, angle))
        flower.append(_shape(inner, Ink(colour, LIGHT, 0.12 if k % 2 else 0.0)))
        for bend in (-0.5, -0.2, 0.15, 0.45):
            reach = np.linspace(0.1, 0.36, 8)
            along = angle + bend * reach * 2
            line = np.stack([reach * np.cos(along), reach * np.sin(along)], 1)
            flower.append(
                _shape(curves.stroke(line, np.linspace(0.022, 0.002, 8)), Ink(colour, DEEP, 0.45))
            )
    flower.append(_shape(curves.blob(rng, 0.1, 0.2, 20), Ink(DEEP)))
    for angle in np.linspace(0, 2 * np.pi, 16, endpoint=False):
        at = _polar(0.125 * rng.uniform(0.9, 1.25), angle)
        flower.append(_shape(curves.move(curves.circle(0.014, 8), *at), Ink(DEEP)))
    flower.append(_shape(curves.circle(0.035, 12), Ink(LEAF, LIGHT, 0.4)))
    return flower


def bud(rng: np.random.Generator, colour: int = MAIN) -> Motif:
    """A closed flower seen from the side, on a stem of its own, pointing to the right."""
    stem = curves.arc((-0.5, 0.05), (0, 0), rng.uniform(-0.12, 0.12))
    parts = [_shape(curves.stroke(stem, np.linspace(0.03, 0.045, len(stem))), Ink(LEAF))]
    for angle, width in ((-0.32, 0.2), (0.32, 0.2), (0.0, 0.24)):
        outline = curves.turn(curves.petal(0.42, width, 0.45), angle)
        parts.append(_shape(outline, Ink(colour, DEEP, 0.25 if angle else 0.0)))
    calyx = curves.leaf(0.17, 0.08)
    parts += [_shape(curves.turn(calyx, a), Ink(LEAF, DEEP, 0.2)) for a in (-0.55, 0.55, 0.0)]
    return parts


def leaf(rng: np.random.Generator, colour: int = LEAF) -> Motif:
    """A leaf with its midrib, from the origin to the right."""
    bend = rng.uniform(-0.12, 0.12)
    width = rng.uniform(0.3, 0.42)
    rib = curves.arc((0, 0), (0.9, 0), -bend * 0.9)
    lower = curves.leaf(1.0, width, bend)
    half = len(lower) // 2
    side = np.concatenate([lower[: half + 1], curves.arc((1, 0), (0, 0), bend, 10)[1:-1]])
    return [
        _shape(lower, Ink(colour)),
        _shape(side, Ink(colour, DEEP, 0.2)),
        _shape(curves.stroke(rib, np.linspace(0.04, 0.008, len(rib))), Ink(colour, LIGHT, 0.4)),
    ]


def sprig(rng: np.random.Generator, colour: int = LEAF, pairs: int = 4) -> Motif:
    """A stem with pairs of small leaves, from the origin to the right."""
    stem = curves.arc((0, 0), (1, 0), rng.uniform(-0.18, 0.18), 16)
    parts = [_shape(curves.stroke(stem, np.linspace(0.035, 0.012, 16)), Ink(colour, DEEP, 0.25))]
    for k in range(pairs):
        at = stem[int((k + 1) / (pairs + 1) * 15)]
        for side in (-1, 1):
            length = 0.3 * (1 - 0.4 * k / pairs) * rng.uniform(0.9, 1.1)
            one = curves.turn(curves.leaf(length, length * 0.42, 0.08 * side), side * 0.85)
            parts.append(
                _shape(curves.move(one, *at), Ink(colour, LIGHT, 0.12 if side > 0 else 0.0))
            )
    end = curves.move(curves.leaf(0.26, 0.11), *stem[-1])
    parts.append(_shape(end, Ink(colour)))
    return parts


def palm(rng: np.random.Generator, colour: int = LEAF) -> Motif:
    """A palm frond: leaflets on both sides of a bowed rib, from the origin to the right."""
    rib = curves.arc((0, 0), (1, 0), rng.choice([-1, 1]) * rng.uniform(0.08, 0.16), 30)
    parts: Motif = []
    for k in range(4, 30, 2):
        along = k / 29
        way = rib[min(k + 1, 29)] - rib[k - 1]
        heading = np.arctan2(way[1], way[0])
        length = 0.1 + 0.36 * np.sin(np.pi * min(1.0, 0.12 + 0.8 * along))
        for side in (-1, 1):
            angle = heading + side * (1.0 - 0.7 * along) + rng.normal(0, 0.03)
            outline = curves.turn(curves.leaf(length, 0.062, 0.1 * side), angle)
            tone = Ink(colour, DEEP, 0.28) if side < 0 else Ink(colour)
            parts.append(_shape(curves.move(outline, *rib[k]), tone))
    parts.append(_shape(curves.stroke(rib, np.linspace(0.028, 0.008, 30)), Ink(colour, DEEP, 0.15)))
    return parts


def monstera(rng: np.random.Generator, colour: int = LEAF) -> Motif:
    """A broad leaf with deep cuts between its veins, from the origin to the right."""
    angle = np.linspace(-np.pi, np.pi, 120, endpoint=False)
    heart = (
        0.52
        * (1 + 0.25 * np.cos(angle))
        * (1 - 0.42 * np.exp(-(((np.abs(angle) - np.pi) / 0.4) ** 2)))
    )
    cuts = np.ones_like(angle)
    for place in np.array([0.42, 0.85, 1.3, 1.8, 2.3]):
        for side in (-1, 1):
            at = side * (place + rng.normal(0, 0.04))
            cuts -= rng.uniform(0.42, 0.6) * np.exp(-(((angle - at) / 0.055) ** 2))
    reach = heart * np.clip(cuts, 0.3, 1)
    outline = np.stack([reach * np.cos(angle) + 0.4, reach * np.sin(angle)], 1)
    parts = [_shape(outline, Ink(colour))]
    half = outline[outline[:, 1] <= 0.004]
    order = np.argsort(np.arctan2(half[:, 1], half[:, 0] - 0.4))
    parts.append(_shape(half[order], Ink(colour, DEEP, 0.22)))
    for place in (0.64, 1.07, 1.55, 2.05):
        for side in (-1, 1):
            end = np.array([0.4, 0]) + 0.42 * np.array(_polar(1.0, side * place))
            vein = curves.arc((0.16 + 0.3 * np.cos(place), 0), end, 0.06 * side, 8)
            parts.append(
                _shape(curves.stroke(vein, np.linspace(0.014, 0.004, 8)), Ink(colour, LIGHT, 0.35))
            )
    rib = curves.arc((-0.02, 0), (0.98, 0), 0.01, 10)
    parts.append(_shape(curves.stroke(rib, np.linspace(0.03, 0.008, 10)), Ink(colour, LIGHT, 0.35)))
    return parts


def _polar(radius: float, angle: float) -> tuple[float, float]:
    return radius * float(np.cos(angle)), radius * float(np.sin(angle))
