"""Draws the example photos of the page: a dress on a hanger on a rail, with shadow. No photo is used.

``python -m demo.examples.draw`` writes them anew beside this file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

SIZE, SCALE = 900, 2
Picture = NDArray[np.float32]


@dataclass(frozen=True)
class Drawing:
    """What to draw. Colours are RGB in 0..255; lengths are shares of the picture's side."""

    name: str
    title: str
    cloth: tuple[int, int, int]
    motif: str = "plain"
    second: tuple[int, int, int] = (244, 222, 208)
    sleeve: float = 0.16
    hem: float = 0.93
    flare: float = 0.24
    neck: str = "round"
    belt: tuple[int, int, int] | None = None


EXAMPLES = (
    Drawing("teal-flowers", "a teal dress with flowers", (44, 98, 100), "floral"),
    Drawing(
        "cream-belt",
        "a plain cream dress",
        (226, 208, 180),
        neck="v",
        belt=(166, 120, 78),
        sleeve=0.14,
    ),
    Drawing(
        "navy-dots",
        "a navy dress with dots",
        (38, 44, 76),
        "polkadots",
        (238, 234, 224),
        sleeve=0.0,
        hem=0.86,
    ),
    Drawing(
        "striped-long-sleeve",
        "a striped dress",
        (240, 238, 232),
        "stripes",
        (44, 72, 142),
        sleeve=0.42,
        hem=0.82,
        flare=0.17,
    ),
)


def _curve(points: list[tuple[float, float]], steps: int = 24) -> list[tuple[float, float]]:
    """A smooth line through ``points`` (Catmull-Rom)."""
    p = np.array([points[0], *points, points[-1]], float)
    line = []
    for i in range(1, len(p) - 2):
        for t in np.linspace(0, 1, steps, endpoint=False):
            a, b, c, d = p[i - 1 : i + 3]
            line.append(
                tuple(
                    0.5
                    * (
                        2 * b
                        + (c - a) * t
                        + (2 * a - 5 * b + 4 * c - d) * t**2
                        + (3 * b - a - 3 * c + d) * t**3
                    )
                )
            )
    return [*line, points[-1]]


def _fill(shape: list[tuple[float, float]], side: int) -> Picture:
    mask = np.zeros((side, side), np.uint8)
    cv2.fillPoly(mask, [np.round(np.array(shape) * side).astype(np.int32)], 255, cv2.LINE_AA)
    return mask.astype(np.float32) / 255


def _mirror(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(1 - x, y) for x, y in reversed(points)]


def _body(d: Drawing, side: int) -> Picture:
    right = [(0.60, 0.125), (0.645, 0.15), (0.63, 0.22), (0.628, 0.32), (0.60, 0.42)]
    skirt = [(0.60, 0.42), (0.615, 0.5), (0.5 + d.flare * 0.75, 0.72), (0.5 + d.flare, d.hem)]
    edge = _curve(right) + _curve(skirt)
    hem = [
        (0.5 + d.flare * (1 - 2 * t), d.hem + 0.014 * np.sin(np.pi * t))
        for t in np.linspace(0, 1, 30)
    ]
    return _fill([*edge, *hem, *_mirror(edge)], side)


def _sleeves(d: Drawing, side: int) -> Picture:
    if d.sleeve == 0:
        return np.zeros((side, side), np.float32)
    down, out = d.sleeve, 0.09 + d.sleeve * 0.22
    sleeve = [
        (0.595, 0.125),
        (0.66, 0.15),
        (0.66 + out * 0.7, 0.15 + down * 0.55),
        (0.66 + out, 0.17 + down),
        (0.60 + out, 0.20 + down),
        (0.63, 0.27),
    ]
    shape = [*_curve(sleeve[:4]), *_curve(sleeve[3:])]
    return np.maximum(_fill(shape, side), _fill(_mirror(shape), side))


def _neck(d: Drawing, side: int) -> Picture:
    if d.neck == "v":
        return _fill([(0.435, 0.11), (0.565, 0.11), (0.5, 0.245)], side)
    mask = np.zeros((side, side), np.uint8)
    centre = (round(0.5 * side), round(0.118 * side))
    cv2.ellipse(
        mask, centre, (round(0.075 * side), round(0.052 * side)), 0, 0, 360, 255, -1, cv2.LINE_AA
    )
    return mask.astype(np.float32) / 255


def _motif(d: Drawing, side: int, random: np.random.Generator) -> Picture:
    """The cloth, float RGB ``[side, side, 3]``."""
    cloth = np.empty((side, side, 3), np.float32)
    cloth[:] = d.cloth
    if d.motif == "stripes":
        rows = (np.arange(side) / side * 22 % 1) < 0.42
        cloth[rows] = d.second
    if d.motif in {"floral", "polkadots"}:
        step = 0.052 if d.motif == "polkadots" else 0.098
        for row, y in enumerate(np.arange(0.1, 0.97, step * 0.8)):
            for x in np.arange(0.1 + step / 2 * (row % 2), 0.92, step):
                _mark(cloth, d, side, x, y, random)
    return cloth


def _mark(
    cloth: Picture, d: Drawing, side: int, x: float, y: float, random: np.random.Generator
) -> None:
    if d.motif == "polkadots":
        cv2.circle(
            cloth,
            (round(x * side), round(y * side)),
            round(0.0095 * side),
            d.second,
            -1,
            cv2.LINE_AA,
        )
        return
    x, y = x + random.normal(0, 0.012), y + random.normal(0, 0.012)
    size, turn = 0.017 * random.uniform(0.8, 1.25), random.uniform(0, 6.3)
    for k in range(5):
        angle = turn + k * 2 * np.pi / 5
        petal = (round((x + np.cos(angle) * size) * side), round((y + np.sin(angle) * size) * side))
        cv2.ellipse(
            cloth,
            petal,
            (round(size * 0.95 * side), round(size * 0.62 * side)),
            float(np.degrees(angle)),
            0,
            360,
            d.second,
            -1,
            cv2.LINE_AA,
        )
    cv2.circle(
        cloth,
        (round(x * side), round(y * side)),
        round(size * 0.5 * side),
        (203, 150, 78),
        -1,
        cv2.LINE_AA,
    )
    leaf = (round((x + 0.034) * side), round((y + 0.026) * side))
    cv2.ellipse(
        cloth,
        leaf,
        (round(0.011 * side), round(0.005 * side)),
        float(np.degrees(turn)),
        0,
        360,
        (110, 150, 120),
        -1,
        cv2.LINE_AA,
    )


def _folds(d: Drawing, side: int) -> Picture:
    """Light on the cloth, around 1: folds that open towards the hem, and a round body."""
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side
    width = np.interp(y, [0.1, 0.42, d.hem], [0.13, 0.1, d.flare]).astype(np.float32)
    across = (x - 0.5) / width
    depth = np.clip((y - 0.44) / 0.4, 0, 1)
    folds = 0.10 * depth * np.sin(across * 11 + 0.7) + 0.05 * depth * np.sin(across * 23)
    return 1.04 - 0.16 * np.abs(across) ** 2.2 + folds - 0.05 * (y > 0.415) * (y < 0.425)


def _room(side: int, random: np.random.Generator) -> Picture:
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side
    wall = np.array((219, 211, 198), np.float32) * (
        1.05 - 0.16 * x[..., None] - 0.05 * y[..., None]
    )
    wall += random.normal(0, 2.2, (side, side, 1)).astype(np.float32)
    top, bottom = round(0.018 * side), round(0.05 * side)
    wall[top:bottom] = (
        np.array((140, 106, 78), np.float32)
        * (1 + 0.12 * np.sin(np.linspace(0, 3, bottom - top)))[:, None, None]
    )
    wall[bottom : bottom + side // 120] *= 0.8
    return wall


def _hanger(picture: Picture, side: int) -> None:
    brown = (112, 78, 54)
    points = [(0.5, 0.09), (0.615, 0.142), (0.385, 0.142)]
    corners = np.round(np.array(points) * side).astype(np.int32)
    cv2.polylines(picture, [corners], True, brown, side // 75, cv2.LINE_AA)
    centre = (round(0.506 * side), round(0.052 * side))
    cv2.ellipse(
        picture,
        centre,
        (side // 48, side // 44),
        0,
        150,
        425,
        (90, 86, 82),
        side // 150,
        cv2.LINE_AA,
    )


def draw(d: Drawing) -> NDArray[np.uint8]:
    """The picture, RGB uint8 ``[SIZE, SIZE, 3]``; the same for the same ``d``."""
    side = SIZE * SCALE
    random = np.random.default_rng(7)
    picture = _room(side, random)
    body, sleeves = _body(d, side), _sleeves(d, side)
    shape = np.maximum(body, sleeves)
    shadow = cv2.GaussianBlur(np.roll(shape, (side // 60, side // 45), (0, 1)), (0, 0), side / 60)
    picture *= 1 - 0.42 * shadow[..., None]
    _hanger(picture, side)
    light = _folds(d, side)
    light = np.where(body > 0.5, light, light * 0.0 + 0.93)
    cloth = _motif(d, side, random) * light[..., None]
    if d.belt:
        y = np.arange(side) / side
        cloth[(y > 0.405) & (y < 0.43)] = np.array(d.belt, np.float32)
    neck = _neck(d, side) * shape
    inside = np.array(d.cloth, np.float32) * 0.5
    cloth = cloth * (1 - neck[..., None]) + inside * neck[..., None]
    picture = picture * (1 - shape[..., None]) + cloth * shape[..., None]
    small = cv2.resize(picture, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    return small.clip(0, 255).round().astype(np.uint8)


def main() -> None:
    """Write all examples beside this file."""
    for d in EXAMPLES:
        path = Path(__file__).with_name(f"{d.name}.jpg")
        cv2.imwrite(str(path), draw(d)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 82])


if __name__ == "__main__":
    main()
