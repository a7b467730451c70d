"""Lace, see-through: net, guipure, scallop. The thread is the ground colour of the palette."""

from __future__ import annotations

import numpy as np

from fashion_core.cloth import curves, motifs
from fashion_core.cloth.repeat import DEEP, GROUND, HOLE, Ink, Repeat, Shape
from fashion_core.cloth.scatter import tossed

#: A thread seen against the light: a little darker than cloth, a little lighter at its edge.
THREAD, SHADED = Ink(GROUND), Ink(GROUND, DEEP, 0.2)


def net(rng: np.random.Generator, density: float) -> Repeat:
    """Sprays of flowers and leaves in close thread, on a fine net."""
    width, height = 124.0, 112.0
    repeat = Repeat(width, height, see_through=True)
    _mesh(repeat, 2.6, 0.5)
    points = tossed(rng, max(3, round(9 * density)), width, height)
    for k, (x, y) in enumerate(points):
        start = rng.uniform(0, 2 * np.pi)
        for turn in (0.0, 2.1, 4.2):
            spray = _in_thread(motifs.sprig(rng, GROUND, 5))
            repeat.place(spray, (x, y), start + turn + rng.uniform(-0.4, 0.4), rng.uniform(20, 30))
        flower = motifs.simple(rng, GROUND, 5 + k % 2)[:-1]
        repeat.place(_thread(flower, 0.06), (x, y), start, rng.uniform(15, 20))
        repeat.add(curves.move(curves.circle(1.8, 20), x, y), Ink(HOLE))
        repeat.add(curves.move(curves.circle(1.1, 16), x, y), THREAD)
    for x, y in tossed(rng, round(12 * density), width, height, points):
        flower = motifs.simple(rng, GROUND, 5)[:-1]
        repeat.place(_in_thread(flower), (x, y), rng.uniform(0, 6), rng.uniform(5, 8))
        repeat.add(curves.move(curves.circle(0.8, 12), x, y), Ink(HOLE))
    return repeat


def guipure(rng: np.random.Generator, density: float) -> Repeat:
    """Heavy flowers and leaves held together by bars, with no net between them."""
    size = 104.0
    repeat = Repeat(size, size, see_through=True)
    _mesh(repeat, 8.0, 1.3)
    points = tossed(rng, max(3, round(12 * density)), size, size)
    leaves = tossed(rng, round(14 * density), size, size, points)
    for x, y in leaves:
        angle = rng.uniform(0, 2 * np.pi)
        for side in (-0.45, 0.45):
            leaf = _thread(motifs.leaf(rng)[:1], 0.1)
            repeat.place(leaf, (x, y), angle + side, rng.uniform(13, 17))
    for k, (x, y) in enumerate(points):
        reach, count = rng.uniform(11, 15), 6 + k % 3
        start = rng.uniform(0, 2 * np.pi)
        for j in range(count):
            angle = start + 2 * np.pi * j / count
            outer = curves.turn(curves.petal(reach, reach * 4.4 / count, 0.6), angle)
            inner = curves.turn(curves.petal(reach * 0.8, reach * 2.2 / count, 0.6), angle)
            repeat.add(curves.move(outer, x, y), THREAD, curves.move(inner, x, y))
            line = np.stack([outer[0] * 0, outer[13] * 0.82])
            repeat.add(curves.move(curves.stroke(line, 0.9), x, y), SHADED)
        repeat.add(curves.move(curves.circle(reach * 0.24, 24), x, y), THREAD)
        repeat.add(curves.move(curves.circle(reach * 0.1, 16), x, y), Ink(HOLE))
    return repeat


def scallop(rng: np.random.Generator, density: float) -> Repeat:
    """Rows of fans with eyelets, edged in scallops, and flowers on net between the rows."""
    pitch = rng.uniform(26, 32) / density
    columns = 4
    width, height = pitch * columns, pitch * 4.6
    repeat = Repeat(width, height, see_through=True)
    _mesh(repeat, 2.8, 0.5)
    low = height - pitch
    for x, y in tossed(rng, 13, width, low - pitch * 0.7):
        place, start = (x, y + pitch * 0.95), rng.uniform(0, 2 * np.pi)
        for turn in (0.0, np.pi):
            spray = _in_thread(motifs.sprig(rng, GROUND, 4))
            repeat.place(spray, place, start + turn, pitch * rng.uniform(0.45, 0.65))
        flower = motifs.simple(rng, GROUND, 6)[:-1]
        repeat.place(_thread(flower, 0.06), place, start, pitch * rng.uniform(0.4, 0.55))
    for column in range(columns):
        x, y = (column + 0.5) * pitch, pitch * 0.2
        for reach, thick in ((0.5, 2.4), (0.4, 1.1), (0.24, 1.6)):
            sweep = np.linspace(0, np.pi, 30)
            bow = np.stack([pitch * reach * np.cos(sweep), pitch * reach * np.sin(sweep) * 1.15], 1)
            repeat.add(curves.move(curves.stroke(bow, thick), x, y), THREAD)
        for angle in np.linspace(0.15, np.pi - 0.15, 7):
            ray = curves.turn(curves.petal(pitch * 0.2, pitch * 0.075, 0.6), angle)
            at = pitch * 0.26 * np.array([np.cos(angle), np.sin(angle) * 1.1])
            repeat.add(curves.move(ray + at, x, y), THREAD)
        for angle in np.linspace(0, np.pi, 10):
            at = np.array([x, y]) + pitch * 0.55 * np.array([np.cos(angle), np.sin(angle) * 1.15])
            repeat.add(
                curves.circle(pitch * 0.042, 16) + at, THREAD, curves.circle(pitch * 0.018, 12) + at
            )
    for y in (pitch * 0.15, pitch * 0.06):
        repeat.add(curves.rectangle(0, y, width, y + 1.1), THREAD)
    for k in range(int(width / 5)):
        at = np.array([(k + 0.5) * width / int(width / 5), pitch * 0.12])
        repeat.add(curves.circle(1.5, 14) + at, THREAD, curves.circle(0.7, 10) + at)
    return repeat


def _thread(motif: motifs.Motif, rim: float) -> motifs.Motif:
    """A motif in thread: a light rim around close stitches, its middle a little open."""
    parts = []
    for shape in motif:
        outline = shape.outlines[0]
        middle = outline.mean(0)
        parts.append(Shape((outline,), THREAD))
        inside = middle + (outline - middle) * (1 - 2.4 * rim)
        parts.append(Shape((inside,), SHADED))
        parts.append(Shape((middle + (inside - middle) * 0.45,), Ink(HOLE)))
    return parts


def _in_thread(motif: motifs.Motif) -> motifs.Motif:
    """A motif whose every part is close thread."""
    return [Shape(shape.outlines, THREAD) for shape in motif]


def _mesh(repeat: Repeat, pitch: float, thread: float) -> None:
    """A hexagonal net that closes at the seams: close cloth, cut by six-cornered holes."""
    columns = max(2, round(repeat.width / pitch))
    rows = max(1, round(repeat.height / (pitch * 1.732)))
    step, rise = repeat.width / columns, repeat.height / rows
    repeat.add(curves.rectangle(0, 0, repeat.width, repeat.height), THREAD)
    hexagon = curves.regular(6, 1 / np.sqrt(3), np.pi / 6) * [step, rise / np.sqrt(3)]
    hexagon *= 1 - thread / pitch
    shift = np.array([0.0, 0.5])
    x = (np.arange(columns)[:, None, None] + shift) * step
    y = (np.arange(rows)[:, None] + shift) * rise
    at = np.stack(np.broadcast_arrays(x, y), -1).reshape(-1, 1, 2)
    hole = Ink(HOLE)
    repeat.shapes += [Shape((outline,), hole) for outline in hexagon + at]
