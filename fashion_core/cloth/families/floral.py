"""Flowers: ditsy, bloom, leaf, tossed, border."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fashion_core.cloth import curves, motifs
from fashion_core.cloth.repeat import DEEP, GROUND, LEAF, LIGHT, MAIN, SECOND, Ink, Repeat
from fashion_core.cloth.scatter import tossed

if TYPE_CHECKING:
    from fashion_core.cloth.motifs import Motif


def ditsy(rng: np.random.Generator, density: float) -> Repeat:
    """Small flowers and leaves thrown close together, in all directions."""
    repeat = Repeat(110, 110)
    points = tossed(rng, max(4, round(30 * density)), 110, 110)
    for x, y in points:
        angle = rng.uniform(0, 2 * np.pi)
        for side in (0.0, 2.3):
            leaf = motifs.leaf(rng, LEAF)
            repeat.place(leaf, (x, y), angle + side + rng.normal(0, 0.2), rng.uniform(9.5, 12))
    for k, (x, y) in enumerate(points):
        colour = (MAIN, MAIN, SECOND, LIGHT)[k % 4]
        flower = motifs.simple(rng, colour, 5 if k % 4 != 3 else 6)
        repeat.place(flower, (x, y), rng.uniform(0, 6), rng.uniform(10, 13.5))
    for x, y in tossed(rng, round(26 * density), 110, 110, points):
        repeat.add(curves.move(curves.circle(rng.uniform(0.7, 1.2), 14), x, y), LIGHT)
    return repeat


def bloom(rng: np.random.Generator, density: float) -> Repeat:
    """A few large flowers with buds and leaves, overlapping as in a bunch."""
    size = 300
    repeat = Repeat(size, size)
    heads = tossed(rng, max(2, round(5 * density)), size, size)
    kinds = [motifs.rose, motifs.poppy, motifs.rose, motifs.blossom]
    for x, y in heads:
        _foliage(repeat, rng, x, y, 66)
    for k, (x, y) in enumerate(heads):
        small = heads[k] + rng.choice([-1, 1], 2) * rng.uniform(38, 54, 2)
        head = motifs.blossom(rng, SECOND)
        repeat.place(head, small, rng.uniform(0, 6), rng.uniform(34, 46))
        flower = kinds[k % len(kinds)](rng, MAIN if k % 3 != 2 else SECOND)
        repeat.place(flower, (x, y), rng.uniform(0, 6), rng.uniform(82, 108))
    for x, y in tossed(rng, round(4 * density), size, size, heads):
        repeat.place(motifs.bud(rng, MAIN), (x, y), rng.uniform(0, 6), rng.uniform(40, 52))
    return repeat


def _foliage(repeat: Repeat, rng: np.random.Generator, x: float, y: float, length: float) -> None:
    """Leaves and sprigs that come out from under a flower."""
    start = rng.uniform(0, 2 * np.pi)
    for k in range(5):
        angle = start + k * 2 * np.pi / 5 + rng.normal(0, 0.25)
        motif: Motif = motifs.leaf(rng, LEAF) if k % 5 != 2 else motifs.sprig(rng, LEAF)
        out = length * 0.3
        at = x + out * np.cos(angle), y + out * np.sin(angle)
        repeat.place(motif, at, angle, length * rng.uniform(0.75, 1.1))


def leaf(rng: np.random.Generator, density: float) -> Repeat:
    """Tropical leaves, light ones behind and dark ones in front."""
    size = 300
    repeat = Repeat(size, size)
    back = tossed(rng, max(2, round(6 * density)), size, size)
    for x, y in back:
        repeat.place(motifs.palm(rng, SECOND), (x, y), rng.uniform(0, 6), rng.uniform(120, 150))
    front = tossed(rng, max(2, round(7 * density)), size, size, back)
    for k, (x, y) in enumerate(front):
        motif = motifs.monstera(rng, LEAF) if k % 2 else motifs.palm(rng, LEAF)
        repeat.place(motif, (x, y), rng.uniform(0, 6), rng.uniform(100, 130))
    for x, y in tossed(rng, round(2 * density), size, size, np.concatenate([back, front])):
        repeat.place(motifs.blossom(rng, MAIN), (x, y), rng.uniform(0, 6), rng.uniform(46, 58))
    return repeat


def border(rng: np.random.Generator, density: float) -> Repeat:
    """A meadow along the hem: one band to the length of a dress, with a small scatter above it."""
    width, height = 260.0, 960.0
    middle = 790.0
    repeat = Repeat(width, height)
    for x, y in tossed(rng, round(62 * density), width, middle - 150):
        repeat.place(motifs.simple(rng, MAIN), (x, y), rng.uniform(0, 6), rng.uniform(8, 12))
    count = max(3, round(7 * density))
    heads = np.stack([(np.arange(count) + 0.5) / count * width, np.full(count, middle)], 1)
    heads += rng.normal(0, (6, 20), heads.shape)
    for x, y in heads:
        for angle in (-1.57, -2.1, -1.0, 1.57):
            sprig = motifs.sprig(rng, LEAF, 6)
            repeat.place(sprig, (x, y), angle + rng.normal(0, 0.2), rng.uniform(70, 120))
        stem = curves.arc((x, y), (x + rng.normal(0, 12), y - rng.uniform(70, 130)), 0.1)
        repeat.add(curves.stroke(stem, np.linspace(1.8, 1.0, len(stem))), Ink(LEAF, DEEP, 0.2))
        repeat.place(motifs.blossom(rng, LIGHT), stem[-1], rng.uniform(0, 6), rng.uniform(20, 30))
    kinds = [motifs.rose, motifs.poppy, motifs.blossom]
    for k, (x, y) in enumerate(heads):
        flower = kinds[k % len(kinds)](rng, SECOND if k % 2 else MAIN)
        repeat.place(flower, (x, y), rng.uniform(0, 6), rng.uniform(44, 68))
        below = (x + rng.uniform(12, 26), y + rng.uniform(34, 60))
        repeat.place(motifs.daisy(rng, LIGHT), below, rng.uniform(0, 6), rng.uniform(24, 34))
    return repeat


def tossed_flowers(rng: np.random.Generator, density: float) -> Repeat:
    """Single stems thrown in all directions, flowers, buds and sprigs in turn."""
    size = 190
    repeat = Repeat(size, size)
    points = tossed(rng, max(4, round(18 * density)), size, size)
    for k, (x, y) in enumerate(points):
        angle = rng.uniform(0, 2 * np.pi)
        if k % 4 == 3:
            repeat.place(motifs.sprig(rng, LEAF), (x, y), angle, rng.uniform(28, 38))
            continue
        if k % 4 == 2:
            repeat.place(motifs.bud(rng, SECOND), (x, y), angle, rng.uniform(30, 36))
            continue
        stem = curves.arc((0, 0), (-0.9, 0), rng.uniform(-0.2, 0.2))
        path = curves.move(curves.turn(stem * 30, angle), x, y)
        repeat.add(curves.stroke(path, np.linspace(1.1, 1.7, len(path))), Ink(LEAF, DEEP, 0.2))
        for where, side in ((5, -1), (7, 1)):
            repeat.place(motifs.leaf(rng, LEAF), path[where], angle + np.pi + side * 0.8, 14)
        flower = motifs.blossom(rng, MAIN) if k % 4 == 0 else motifs.daisy(rng, LIGHT)
        repeat.place(flower, (x, y), rng.uniform(0, 6), rng.uniform(24, 31))
    for x, y in tossed(rng, round(14 * density), size, size, points):
        repeat.add(
            curves.move(curves.circle(rng.uniform(1, 1.6), 14), x, y), Ink(MAIN, GROUND, 0.3)
        )
    return repeat
