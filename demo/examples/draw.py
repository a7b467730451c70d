"""Draws the page's example photos: a dress on a hanger on a rail, with its shadow. No photo is used.

``python -m demo.examples.draw`` writes them anew beside this file. Lengths are shares of the picture's
side; a dress is drawn as its right half, ``(u, y)`` with ``u`` counted from the middle, and mirrored.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

#: Pixels a side of the examples, and how much larger they are drawn before they are made small.
SIZE, OVER = 800, 2
WAIST, SHOULDER = 0.42, (0.106, 0.176)
Picture = NDArray[np.float32]
Points = NDArray[np.float64]
RGB = tuple[int, int, int]


@dataclass(frozen=True)
class Drawing:
    """What to draw. Colours are RGB in 0..255.

    ``motif`` is plain, floral, polkadots, stripes or print (leaves); ``neck`` is round or v;
    ``sleeve`` is the length of a sleeve, 0 for none.
    """

    name: str
    title: str
    cloth: RGB
    motif: str = "plain"
    second: RGB = (244, 222, 208)
    third: RGB = (203, 150, 78)
    sleeve: float = 0.13
    hem: float = 0.93
    flare: float = 0.235
    neck: str = "round"
    belt: RGB | None = None


EXAMPLES = (
    Drawing(
        "teal-flowers", "a teal dress with flowers", (43, 95, 97), "floral",
        (239, 178, 170), (248, 222, 150),
    ),
    Drawing(
        "rust-belt", "a plain rust dress", (172, 82, 62), neck="v", belt=(92, 56, 40)
    ),
    Drawing(
        "navy-dots", "a navy dress with dots", (36, 42, 74), "polkadots", (238, 234, 224),
        sleeve=0.0, hem=0.86, flare=0.20,
    ),
    Drawing(
        "blue-leaves", "a blue dress with a print of leaves", (31, 46, 92), "print",
        (212, 172, 74), (120, 148, 190), sleeve=0.15, hem=0.95, flare=0.22,
    ),
)  # fmt: skip


def draw(d: Drawing, size: int = SIZE, *, room: bool = True) -> NDArray[np.uint8]:
    """The picture, RGB uint8 ``[size, size, 3]``; the same for the same arguments.

    Args:
        d: the dress.
        size: pixels a side.
        room: before a wall, on a rail; else on white as in a shop.
    """
    side = size * OVER
    random = np.random.default_rng(7)
    body, sleeves = _fill(_body(d), side), _sleeves(d, side)
    shape = np.maximum(body, sleeves)
    picture = _room(side, random) if room else np.full((side, side, 3), 255, np.float32)
    if room:
        _cast_shadow(picture, shape, side)
        _hang(picture, side)
    cloth = _motif(d, side, random)
    # Sleeves lie under the body, which darkens them a little where they meet.
    near = cv2.GaussianBlur(body, (0, 0), side / 90)
    _lay(picture, cloth * (_sleeve_light(d, side) * (1 - 0.2 * near))[..., None], sleeves)
    _lay(picture, cloth * _body_light(d, side)[..., None], body)
    _sew(picture, d, body, side)
    small = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
    return small.clip(0, 255).round().astype(np.uint8)


# Outlines.


def _curve(points: list[tuple[float, float]], steps: int = 24) -> Points:
    """A smooth line ``[N, 2]`` through ``points`` (Catmull-Rom)."""
    p = np.array([points[0], *points, points[-1]], float)
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False):
        cubic = (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
        pieces.append((2 * b + (c - a) * t + cubic) / 2)
    return np.vstack([*pieces, p[-1:]])


def _pixels(half: Points, side: int, sign: int = 1) -> NDArray[np.int32]:
    """Points ``(u, y)`` in pixels, for OpenCV with four bits behind the point."""
    return np.round(np.c_[0.5 + sign * half[:, 0], half[:, 1]] * side * 16).astype(np.int32)


def _fill(half: Points, side: int) -> Picture:
    """The shape that ``half`` and its mirror image close, 0..1."""
    mask = np.zeros((side, side), np.uint8)
    whole = np.vstack([_pixels(half, side), _pixels(half[::-1], side, -1)])
    cv2.fillPoly(mask, [whole], 255, cv2.LINE_AA, 4)
    return mask.astype(np.float32) / 255


def _body(d: Drawing) -> Points:
    bodice = _curve(
        [(0.058, 0.120), (0.135, 0.147), (0.122, 0.215), (0.127, 0.275), (0.098, WAIST)]
    )
    hip = WAIST + 0.28 * (d.hem - WAIST)
    low = (0.93 * d.flare, d.hem - 0.16)
    skirt = _curve([(0.098, WAIST), (0.46 * d.flare + 0.045, hip), low, (d.flare, d.hem - 0.012)])
    across = np.linspace(1, 0, 60)
    wave = 0.003 * np.sin(across * 12 + 0.6)
    hem = np.c_[d.flare * across, d.hem + 0.012 * np.cos(across * np.pi) + wave]
    return np.vstack([bodice, skirt, hem])


def _sleeve_line(d: Drawing) -> tuple[Points, Points]:
    """The middle of a sleeve from shoulder to cuff ``[N, 2]``, and half its width ``[N]``."""
    t = np.linspace(0, 1, 40)[:, None]
    angle = np.radians(np.interp(d.sleeve, [0.1, 0.45], [54, 74]))
    end = np.array(SHOULDER) + d.sleeve * np.array([np.cos(angle), np.sin(angle)])
    bend = (np.array(SHOULDER) + end) / 2 + (0.016 + 0.03 * d.sleeve, -0.016)
    line = (1 - t) ** 2 * SHOULDER + 2 * t * (1 - t) * bend + t**2 * end
    cuff = np.interp(d.sleeve, [0.1, 0.45], [0.043, 0.024])
    width = np.interp(t[:, 0], [0, 1], [0.034, cuff]) + 0.012 * np.sin(np.pi * t[:, 0])
    return line, width


def _sleeves(d: Drawing, side: int) -> Picture:
    mask = np.zeros((side, side), np.uint8)
    if d.sleeve > 0:
        line, width = _sleeve_line(d)
        along = np.gradient(line, axis=0)
        normal = np.c_[along[:, 1], -along[:, 0]] / np.linalg.norm(along, axis=1)[:, None]
        shape = np.vstack([line + normal * width[:, None], (line - normal * width[:, None])[::-1]])
        for sign in (1, -1):
            cv2.fillPoly(mask, [_pixels(shape, side, sign)], 255, cv2.LINE_AA, 4)
    return mask.astype(np.float32) / 255


def _neck(d: Drawing, side: int) -> Picture:
    if d.neck == "v":
        half = _curve([(0.060, 0.117), (0.038, 0.165), (0.0, 0.246)])
    else:
        turn = np.linspace(0, np.pi / 2, 30)
        half = np.c_[0.062 * np.cos(turn), 0.118 + 0.047 * np.sin(turn)]
    return _fill(half, side)


# Cloth.


def _motif(d: Drawing, side: int, random: np.random.Generator) -> Picture:
    """The cloth laid flat, float RGB ``[side, side, 3]``."""
    cloth = np.empty((side, side, 3), np.float32)
    cloth[:] = d.cloth
    if d.motif == "stripes":
        cloth[(np.arange(side) / side * 24 % 1) < 0.42] = d.second
    if d.motif == "polkadots":
        for x, y in _places(0.036, random, loose=0):
            _disc(cloth, (x, y), 0.0068, d.second)
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


def _disc(cloth: Picture, centre: tuple[float, float], radius: float, colour: RGB) -> None:
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


def _tint(colour: RGB, amount: float) -> RGB:
    """Lighter above 1, darker below."""
    r, g, b = (round(min(255, v * amount)) for v in colour)
    return r, g, b


def _flower(
    cloth: Picture, at: tuple[float, float], d: Drawing, random: np.random.Generator
) -> None:
    size, turn = 0.0135 * random.uniform(0.75, 1.3), random.uniform(0, 6.3)
    petal, green = _tint(d.second, random.uniform(0.95, 1.07)), (126, 156, 126)
    x, y = at
    for side_turn in (0.5, 2.2):
        away = turn + side_turn
        leaf = (x + 1.9 * size * np.cos(away), y + 1.9 * size * np.sin(away))
        _ellipse(cloth, leaf, (0.6 * size, 0.24 * size), away, green)
    for angle in turn + np.arange(5) * 2 * np.pi / 5:
        middle = (x + size * 0.85 * np.cos(angle), y + size * 0.85 * np.sin(angle))
        _ellipse(cloth, middle, (size * 0.68, size * 0.56), angle, petal)
        _ellipse(cloth, middle, (size * 0.45, size * 0.08), angle, _tint(petal, 0.94))
    _disc(cloth, at, size * 0.34, d.third)


def _leaf(cloth: Picture, at: tuple[float, float], d: Drawing, random: np.random.Generator) -> None:
    """A leaf of two halves and a rib, in one of three colours."""
    colour = (d.second, d.third, _tint(d.second, 1.18))[random.integers(3)]
    length, turn = 0.030 * random.uniform(0.8, 1.25), random.uniform(-0.9, 0.5)
    t = np.linspace(0, 1, 20)
    bulge = 0.32 * length * np.sin(np.pi * t) ** 0.8
    along = np.array([np.cos(turn), np.sin(turn)])
    across = np.array([-along[1], along[0]])
    rib = np.array(at) + ((t - 0.5) * 2 * length)[:, None] * along
    for sign, light in ((1, 1.0), (-1, 0.86)):
        half = np.vstack([rib, (rib + sign * bulge[:, None] * across)[::-1]])
        points = np.round(half * cloth.shape[0] * 16).astype(np.int32)
        cv2.fillPoly(cloth, [points], _tint(colour, light), cv2.LINE_AA, 4)


# Light.


def _grid(side: int) -> tuple[Picture, Picture]:
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side
    return x - 0.5, y


def _body_light(d: Drawing, side: int) -> Picture:
    """Light on bodice and skirt, around 1: round sides, folds that open towards the hem."""
    u, y = _grid(side)
    width = np.interp(y, [0.12, 0.27, WAIST, d.hem], [0.13, 0.127, 0.098, d.flare]).astype(
        np.float32
    )
    across = u / width
    depth = np.clip((y - WAIST) / (d.hem - WAIST), 0, 1) ** 0.7
    folds = (
        0.085 * np.sin(across * 10.5 + 0.8)
        + 0.05 * np.sin(across * 19 + 2)
        + 0.02 * np.sin(across * 37)
    )
    bust = 0.035 * np.exp(-(((np.abs(across) - 0.45) / 0.3) ** 2) - ((y - 0.28) / 0.07) ** 2)
    return 1.03 - 0.2 * np.abs(across) ** 2.6 - 0.05 * across + folds * depth + bust


def _sleeve_light(d: Drawing, side: int) -> Picture:
    """Light on the sleeves: lightest along their middle."""
    light = np.ones((side, side), np.uint8)
    if d.sleeve <= 0:
        return light.astype(np.float32)
    line, _ = _sleeve_line(d)
    for sign in (1, -1):
        cv2.polylines(light, [_pixels(line, side, sign)], False, 0, 1, cv2.LINE_8, 4)
    away = cv2.distanceTransform(light, cv2.DIST_L2, 5) / side
    return 1.0 - 0.24 * np.clip(away / 0.045, 0, 1.3) ** 2


def _room(side: int, random: np.random.Generator) -> Picture:
    """A wall in evening light, and a rail with pegs."""
    u, y = _grid(side)
    shade = 1.06 - 0.17 * (u + 0.5) - 0.09 * y
    beam = cv2.GaussianBlur(((u + 0.42 * y) < -0.02).astype(np.float32), (0, 0), side / 40)
    wall = np.array((214, 205, 190), np.float32) * (shade + 0.045 * beam)[..., None]
    wall += random.normal(0, 1.2, (side, side, 1)).astype(np.float32)
    top, bottom = round(0.014 * side), round(0.042 * side)
    wall[bottom : bottom + side // 60] *= np.linspace(0.78, 1, side // 60, dtype=np.float32)[
        :, None, None
    ]
    grain = (
        1 + 0.05 * np.sin(np.linspace(0, 9, bottom - top)) - np.linspace(-0.06, 0.12, bottom - top)
    )
    wall[top:bottom] = np.array((141, 106, 76), np.float32) * grain[:, None, None]
    for x in (0.15, 0.85):
        _disc(wall, (x, 0.028), 0.0085, (96, 70, 50))
    return wall


def _cast_shadow(picture: Picture, shape: Picture, side: int) -> None:
    """A wide soft shadow to the lower right, and a narrow one where the cloth nearly touches."""
    for strength, away, soft in ((0.20, 0.028, 0.042), (0.08, 0.006, 0.006)):
        moved = np.roll(shape, (round(away * side * 0.8), round(away * side)), (0, 1))
        picture *= 1 - strength * cv2.GaussianBlur(moved, (0, 0), soft * side)[..., None]


def _hang(picture: Picture, side: int) -> None:
    """A wooden hanger on a steel hook over the rail."""
    arm = _curve([(0.0, 0.092), (0.05, 0.105), (0.115, 0.140)])
    for colour, thick in (((92, 62, 42), 0.017), ((138, 96, 64), 0.010)):
        for sign in (1, -1):
            cv2.polylines(
                picture,
                [_pixels(arm, side, sign)],
                False,
                colour,
                round(thick * side),
                cv2.LINE_AA,
                4,
            )
    turn = np.radians(np.linspace(-200, 60, 40))
    loop = np.c_[0.019 * np.cos(turn), 0.036 + 0.019 * np.sin(turn)]
    hook = np.vstack([loop, _curve([(0.0095, 0.0525), (0.0, 0.064), (0.0, 0.092)])])
    cv2.polylines(
        picture, [_pixels(hook, side)], False, (84, 80, 76), round(0.0055 * side), cv2.LINE_AA, 4
    )


def _lay(picture: Picture, cloth: Picture, mask: Picture) -> None:
    picture += (cloth - picture) * mask[..., None]


def _sew(picture: Picture, d: Drawing, body: Picture, side: int) -> None:
    """What is seen of the inside, seams, and a belt with its knot."""
    inside = np.empty_like(picture)
    _, y = _grid(side)
    inside[:] = np.array(d.cloth, np.float32) * (0.40 + 1.3 * np.clip(y - 0.11, 0, 0.2))[..., None]
    neck = _neck(d, side) * body
    _lay(picture, inside, neck)
    waist = np.exp(-(((y - WAIST) / 0.0022) ** 2)) * body
    picture *= 1 - 0.28 * waist[..., None]
    edge = cv2.morphologyEx(body, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) * body
    picture *= 1 - 0.22 * edge[..., None]
    if d.belt:
        band = ((np.abs(y - WAIST) < 0.011) * body).astype(np.float32)
        leather = np.empty_like(picture)
        leather[:] = d.belt
        _lay(picture, leather * (1.05 - 12 * np.abs(y - WAIST))[..., None], band)
        for end in (0.028, 0.046):
            tail = _curve([(0.020, WAIST), (0.024, WAIST + 0.04), (end, WAIST + 0.085)])
            cv2.polylines(
                picture,
                [_pixels(tail, side)],
                False,
                _tint(d.belt, 0.92),
                round(0.009 * side),
                cv2.LINE_AA,
                4,
            )
        _disc(picture, (0.52, WAIST), 0.014, _tint(d.belt, 1.1))


def main() -> None:
    """Write all examples beside this file."""
    for d in EXAMPLES:
        path = Path(__file__).with_name(f"{d.name}.jpg")
        cv2.imwrite(str(path), draw(d)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 76])


if __name__ == "__main__":
    main()
