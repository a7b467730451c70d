"""Lace, see-through: net, guipure, scallop. The thread is the ground colour of the palette."""

from __future__ import annotations

import numpy as np

from fashion_core.cloth import curves, motifs
from fashion_core.cloth.repeat import DEEP, GROUND, HOLE, Ink, Repeat, Shape
from fashion_core.cloth.scatter import half_drop, tossed

#: A thread seen against the light: a little darker than cloth, a little lighter at its edge.
THREAD, SHADED = Ink(GROUND), Ink(GROUND, DEEP, 0.2)


def net(rng: np.random.Generator, density: float) -> Repeat:
    """Flowers and leaves of close thread on a fine net."""
    size = 90.0
    repeat = Repeat(size, size, see_through=True)
    _mesh(repeat, 3.2, 0.62)
    points = tossed(rng, max(2, round(7 * density)), size, size)
    for x, y in points:
        for k in range(3):
            leaf = _thread(motifs.leaf(rng)[:1], 0.16)
            repeat.place(leaf, (x, y), rng.uniform(0, 0.6) + k * 2.1, rng.uniform(14, 18))
    for k, (x, y) in enumerate(points):
        flower = motifs.simple(rng, GROUND, 6 if k % 2 else 5)
        repeat.place(_thread(flower[:-1], 0.1), (x, y), rng.uniform(0, 6), rng.uniform(18, 23))
        repeat.add(curves.move(curves.circle(1.9, 20), x, y), Ink(HOLE))
        repeat.add(curves.move(curves.circle(1.1, 16), x, y), THREAD)
    for x, y in tossed(rng, round(22 * density), size, size, points):
        repeat.add(curves.move(curves.circle(1.0, 12), x, y), THREAD)
    return repeat


def guipure(rng: np.random.Generator, density: float) -> Repeat:
    """Heavy flowers held together by bars, with no net between them."""
    columns = max(2, round(3 * density) // 2 * 2)
    size = 84.0
    repeat = Repeat(size, size, see_through=True)
    points = half_drop(columns, columns, size, size)
    pitch = size / columns
    for x, y in points:
        for dx, dy in ((1, 0.5), (1, -0.5), (0, 1)):
            end = np.array([x + dx * pitch, y + dy * pitch])
            for bow in (-0.07, 0.07):
                repeat.add(curves.stroke(curves.arc((x, y), end, bow), 1.6), SHADED)
            repeat.add(curves.circle(2.4, 16) + (np.array([x, y]) + end) / 2, THREAD)
    start = rng.uniform(0, 1)
    for k, (x, y) in enumerate(points):
        count = 8 if k % 2 else 6
        for j in range(count):
            angle = start + 2 * np.pi * j / count
            outer = curves.turn(curves.petal(pitch * 0.46, pitch * 1.9 / count, 0.6), angle)
            inner = curves.turn(curves.petal(pitch * 0.36, pitch * 0.8 / count, 0.6), angle)
            repeat.add(curves.move(outer, x, y), THREAD, curves.move(inner, x, y))
            line = np.stack([outer[0] * 0, outer[13] * 0.82])
            repeat.add(curves.move(curves.stroke(line, 0.8), x, y), SHADED)
        repeat.add(curves.move(curves.circle(pitch * 0.11, 24), x, y), THREAD)
        repeat.add(curves.move(curves.circle(pitch * 0.045, 16), x, y), Ink(HOLE))
    return repeat


def scallop(rng: np.random.Generator, density: float) -> Repeat:
    """Rows of fans with eyelets, each row edged in scallops, on net."""
    pitch = rng.uniform(26, 32) / density
    width, height = pitch * 2, pitch * 1.7
    repeat = Repeat(width, height, see_through=True)
    _mesh(repeat, 3.2, 0.6)
    for column in range(2):
        x, y = (column + 0.5) * pitch, height * 0.3
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
    for y in (height * 0.27, height * 0.22):
        repeat.add(curves.rectangle(0, y, width, y + 1.1), THREAD)
    for k in range(int(width / 5)):
        at = np.array([(k + 0.5) * width / int(width / 5), height * 0.25])
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


def _mesh(repeat: Repeat, pitch: float, thread: float) -> None:
    """A hexagonal net that closes at the seams: close cloth, cut by six-cornered holes."""
    columns = max(2, round(repeat.width / pitch))
    rows = max(1, round(repeat.height / (pitch * 1.732)))
    step, rise = repeat.width / columns, repeat.height / rows
    repeat.add(curves.rectangle(0, 0, repeat.width, repeat.height), THREAD)
    hexagon = curves.regular(6, 1 / np.sqrt(3), np.pi / 6) * [step, rise / np.sqrt(3)]
    hexagon *= 1 - thread / pitch
    for column in range(columns):
        for row in range(rows):
            for shift in (0.0, 0.5):
                at = np.array([(column + shift) * step, (row + shift) * rise])
                repeat.add(hexagon + at, Ink(HOLE))
