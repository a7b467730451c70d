"""Prints without flowers: geometric, paisley, animal, brush, ikat."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from fashion_core.cloth import curves, motifs
from fashion_core.cloth.repeat import DEEP, GROUND, LEAF, LIGHT, MAIN, SECOND, Ink, Repeat, Shape
from fashion_core.cloth.scatter import half_drop, tossed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fashion_core.cloth.motifs import Motif


def geometric(rng: np.random.Generator, density: float) -> Repeat:
    """One of five: fans, diamonds, triangles, hexagons, interlaced circles."""
    pitch = rng.uniform(34, 52) / density
    drawn = (_fans, _diamonds, _triangles, _hexagons, _circles)
    return drawn[int(rng.integers(len(drawn)))](pitch)


def _fans(pitch: float) -> Repeat:
    """Scales, each with smaller ones inside that stand on its lower tip."""
    repeat = Repeat(pitch, pitch)
    radius = pitch / 2
    top = np.linspace(-np.pi, 0, 30)
    side = np.linspace(-np.pi / 2, -np.pi, 14)[1:]
    dome = np.stack([np.cos(top), np.sin(top)], 1)
    right = np.stack([1 + np.cos(side), 1 + np.sin(side)], 1)
    left = (right * [-1, 1])[::-1][1:]
    scale = np.concatenate([dome, right, left]) * radius
    tip = np.array([0, radius])
    for x, y in ((0.5, 0.5), (0.0, 0.0)):
        for reach, ink in (
            (0.94, MAIN),
            (0.76, GROUND),
            (0.68, SECOND),
            (0.5, GROUND),
            (0.42, MAIN),
            (0.2, LIGHT),
        ):
            repeat.add(curves.move(tip + (scale - tip) * reach, x * pitch, y * pitch), ink)
    return repeat


def _diamonds(pitch: float) -> Repeat:
    repeat = Repeat(pitch * 2, pitch * 1.5)
    for k, (x, y) in enumerate(half_drop(2, 1, pitch * 2, pitch * 1.5)):
        for reach, ink in (
            (0.98, (MAIN, SECOND)[k % 2]),
            (0.62, GROUND),
            (0.4, (SECOND, MAIN)[k % 2]),
        ):
            corners = np.array([[1, 0], [0, 0.75], [-1, 0], [0, -0.75]]) * pitch * reach
            repeat.add(curves.move(corners, x, y), ink)
    return repeat


def _triangles(pitch: float) -> Repeat:
    repeat = Repeat(pitch * 2, pitch * 1.6)
    inks: list[int | Ink] = [MAIN, SECOND, Ink(MAIN, GROUND, 0.45)]
    inks += [DEEP, Ink(SECOND, GROUND, 0.4), LIGHT]
    half = pitch * 0.8
    for row in range(2):
        for column in range(4):
            x, y = (column * 0.5 + row * 0.25) * pitch, row * half
            corners = curves.move(np.array([[0, half], [pitch / 4, 0], [pitch / 2, half]]), x, y)
            repeat.add(corners, inks[(column * 2 + row * 3) % len(inks)])
    return repeat


def _hexagons(pitch: float) -> Repeat:
    high = pitch * np.sqrt(3) / 2
    repeat = Repeat(pitch * 1.5, high)
    for k, (x, y) in enumerate([(0.0, 0.0), (pitch * 0.75, high / 2)]):
        for reach, ink in (
            (0.44, (MAIN, SECOND)[k]),
            (0.33, GROUND),
            (0.24, (SECOND, MAIN)[k]),
            (0.1, LIGHT),
        ):
            repeat.add(curves.move(curves.regular(6, pitch * reach), x, y), ink)
    return repeat


def _circles(pitch: float) -> Repeat:
    """Circles whose overlaps make petals."""
    repeat = Repeat(pitch, pitch)
    for x, y in ((0.5, 0.5), (0.0, 0.0)):
        centre = np.array([x, y]) * pitch
        repeat.add(
            curves.circle(pitch * 0.5, 60) + centre, MAIN, curves.circle(pitch * 0.44, 60) + centre
        )
        repeat.add(curves.circle(pitch * 0.12, 30) + centre, SECOND)
    for k in range(4):
        middle = np.array([0.5 + 0.25 * (1, -1, -1, 1)[k], 0.5 + 0.25 * (1, 1, -1, -1)[k]]) * pitch
        eye = curves.turn(curves.leaf(pitch * 0.4, pitch * 0.14), np.pi / 4 + k * np.pi / 2)
        repeat.add(eye - eye.mean(0) + middle, SECOND)
    return repeat


def paisley(rng: np.random.Generator, density: float) -> Repeat:
    """Bent drops with a flower inside and a dotted edge, in both directions."""
    size = 150.0
    repeat = Repeat(size, size)
    points = tossed(rng, max(2, round(8 * density)), size, size)
    for k, (x, y) in enumerate(points):
        large = k % 3 != 2
        drop = _drop(rng, (MAIN, SECOND)[k % 2], (SECOND, MAIN)[k % 2])
        repeat.place(drop, (x, y), rng.uniform(0, 2 * np.pi), rng.uniform(46, 56) if large else 30)
    for k, (x, y) in enumerate(tossed(rng, round(18 * density), size, size, points)):
        if k % 3:
            repeat.place(motifs.simple(rng, LIGHT, 6), (x, y), rng.uniform(0, 6), rng.uniform(6, 9))
        else:
            repeat.place(motifs.sprig(rng, LEAF, 3), (x, y), rng.uniform(0, 6), rng.uniform(14, 18))
    return repeat


def _drop(rng: np.random.Generator, colour: int, inner: int) -> Motif:
    """A paisley drop, one unit long, as rings of smaller drops."""
    hand = rng.choice([-1.0, 1.0])
    parts: Motif = []
    for reach, ink in (
        (1.0, Ink(colour)),
        (0.82, Ink(GROUND)),
        (0.74, Ink(inner)),
        (0.5, Ink(colour, GROUND, 0.35)),
    ):
        parts.append(Shape((_drop_outline(reach, hand),), ink))
    flower = motifs.simple(rng, LIGHT, 6)
    parts += [
        Shape(tuple(curves.move(o * 0.2, 0.02, 0) for o in s.outlines), s.ink) for s in flower
    ]
    for reach, count, radius, ink in ((0.91, 26, 0.018, Ink(LIGHT)), (1.14, 30, 0.024, Ink(DEEP))):
        dots = _evenly(_drop_outline(reach, hand), count)[:, None] + curves.circle(radius, 10)
        parts += [Shape((dot,), ink) for dot in dots]
    middle = np.array([-0.16, -0.1 * hand])
    return [Shape(tuple(o + middle for o in s.outlines), s.ink) for s in parts]


def _drop_outline(size: float, hand: float) -> NDArray[np.float64]:
    return np.asarray(size * _whole_drop(hand))


@cache
def _whole_drop(hand: float) -> NDArray[np.float64]:
    """A drop around the origin whose tip curls sideways, to the side that ``hand`` (-1 or 1) says."""
    t = np.linspace(0, 1, 26)
    spine = np.stack([0.62 * t, hand * 0.28 * t**2.4], 1)
    width = 0.58 * np.sqrt(np.clip(1 - t, 0, 1)) * (1 - 0.35 * t)
    body = curves.stroke(spine, width)
    back = np.linspace(np.pi / 2, 3 * np.pi / 2, 16)[1:-1]
    round_end = np.stack([0.29 * np.cos(back), 0.29 * np.sin(back)], 1)
    return np.concatenate([body, round_end[::-1]])


def _evenly(outline: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """``count`` points along a closed outline, equally far apart."""
    closed = np.concatenate([outline, outline[:1]])
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    at = np.linspace(0, length[-1], count, endpoint=False)
    return np.stack([np.interp(at, length, closed[:, k]) for k in (0, 1)], 1)


def animal(rng: np.random.Generator, density: float) -> Repeat:
    """Leopard: broken dark rings around a warmer spot."""
    size = 150.0
    repeat = Repeat(size, size)
    thick = np.sin(np.linspace(0.35, np.pi - 0.35, 12)) ** 0.6
    points = tossed(rng, max(6, round(46 * density)), size, size, tries=40)
    for x, y in points:
        radius, angle = rng.uniform(6.2, 8.6), rng.uniform(0, 2 * np.pi)
        spot = curves.blob(rng, radius * 0.8, 0.35) * [1.15, 0.85]
        repeat.add(curves.move(curves.turn(spot, angle), x, y), Ink(MAIN, GROUND, 0.25))
        count = int(rng.integers(2, 4))
        for k in range(count):
            start = angle + 2 * np.pi * k / count + rng.normal(0, 0.2)
            sweep = np.linspace(0, 2 * np.pi / count * rng.uniform(0.6, 0.8), 12)
            ring = radius * (1 + 0.1 * np.sin(3 * sweep + rng.uniform(0, 6)))
            path = np.stack([ring * np.cos(start + sweep), ring * np.sin(start + sweep)], 1)
            width = radius * rng.uniform(0.42, 0.6) * thick
            repeat.add(curves.move(curves.stroke(path, width), x, y), DEEP)
    for x, y in tossed(rng, round(40 * density), size, size, points):
        repeat.add(curves.move(curves.blob(rng, rng.uniform(1.2, 2.4), 0.4, 16), x, y), DEEP)
    return repeat


def brush(rng: np.random.Generator, density: float) -> Repeat:
    """Broad dry strokes in all colours."""
    size = 220.0
    repeat = Repeat(size, size)
    lean = rng.uniform(-0.7, 0.7)
    inks: list[int | Ink] = [MAIN, SECOND, Ink(MAIN, GROUND, 0.45), LEAF, LIGHT, DEEP]
    for k, (x, y) in enumerate(tossed(rng, max(3, round(15 * density)), size, size)):
        ink = inks[k % len(inks)]
        length, width = rng.uniform(60, 110), rng.uniform(16, 30)
        path = curves.arc((-length / 2, 0), (length / 2, 0), rng.uniform(-0.14, 0.14), 24)
        angle = lean + rng.normal(0, 0.3)
        for hair in np.linspace(-1, 1, 15):
            # Each hair of the brush starts and stops where it likes: the ends are ragged, the tail dry.
            first = int(rng.integers(0, 4))
            last = 24 - int(abs(rng.normal(0, 3 + 4 * abs(hair))))
            if last - first < 5:
                continue
            strand = curves.move(path[first:last], 0, hair * width / 2)
            thick = width / 15 * rng.uniform(0.85, 1.9) * np.linspace(1.1, 0.7, len(strand))
            repeat.add(curves.move(curves.turn(curves.stroke(strand, thick), angle), x, y), ink)
    return repeat


def ikat(rng: np.random.Generator, density: float) -> Repeat:
    """Diamonds whose edges are feathered along the warp, as dyed threads shift in weaving."""
    width, height = 96.0 / density, 140.0 / density
    repeat = Repeat(width, height)
    threads = 72
    step = width / threads
    # Threads are tied in bundles of three, and a bundle slips as one.
    slip = np.repeat(rng.normal(0, 0.022, threads // 3), 3) * height + rng.normal(0, 0.4, threads)
    bands = ((1.0, MAIN), (0.74, LIGHT), (0.6, SECOND), (0.34, GROUND), (0.2, MAIN))
    for x0, y0 in ((0.5, 0.5), (0.0, 0.0)):
        for reach, ink in bands:
            for k in range(threads):
                from_middle = abs(((k + 0.5) / threads - x0 + 0.5) % 1 - 0.5) * 2
                half = (reach - from_middle) * height * 0.25
                if half <= 0:
                    continue
                y = y0 * height + slip[k]
                repeat.add(curves.rectangle(k * step, y - half, (k + 1.05) * step, y + half), ink)
    return repeat
