"""Draws the page's example photos: a dress on a hanger on a rail, with its shadow. No photo is used.

``python -m demo.examples.draw`` writes them anew beside this file.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from demo.examples.dresses import EXAMPLES, WAIST, Drawing, Picture
from demo.examples.light import body_light, grid, sleeve_light
from demo.examples.motifs import disc, motif, tint
from demo.examples.outlines import body_outline, curve, fill, neckline_mask, sleeves_mask, to_pixels
from demo.examples.scene import cast_shadow, hang, wall_and_rail

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Pixels a side of the examples, and how much larger they are drawn before they are made small.
SIZE, OVER = 800, 2


def draw(d: Drawing, size: int = SIZE, *, room: bool = True) -> NDArray[np.uint8]:
    """The picture, RGB uint8 ``[size, size, 3]``; the same for the same arguments.

    Args:
        d: the dress.
        size: pixels a side.
        room: before a wall, on a rail; else on white as in a shop.
    """
    side = size * OVER
    random = np.random.default_rng(7)
    body, sleeves = fill(body_outline(d), side), sleeves_mask(d, side)
    shape = np.maximum(body, sleeves)
    picture = wall_and_rail(side, random) if room else np.full((side, side, 3), 255, np.float32)
    if room:
        cast_shadow(picture, shape, side)
        hang(picture, side)
    cloth = motif(d, side, random)
    # Sleeves lie under the body, which darkens them a little where they meet.
    near = cv2.GaussianBlur(body, (0, 0), side / 90)
    _lay(picture, cloth * (sleeve_light(d, side) * (1 - 0.2 * near))[..., None], sleeves)
    _lay(picture, cloth * body_light(d, side)[..., None], body)
    _sew(picture, d, body, side)
    small = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
    return small.clip(0, 255).round().astype(np.uint8)


def _sew(picture: Picture, d: Drawing, body: Picture, side: int) -> None:
    """What is seen of the inside, seams, and a belt with its knot."""
    inside = np.empty_like(picture)
    _, y = grid(side)
    inside[:] = np.array(d.cloth, np.float32) * (0.40 + 1.3 * np.clip(y - 0.11, 0, 0.2))[..., None]
    neck = neckline_mask(d, side) * body
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
            tail = curve([(0.020, WAIST), (0.024, WAIST + 0.04), (end, WAIST + 0.085)])
            cv2.polylines(
                picture,
                [to_pixels(tail, side)],
                False,
                tint(d.belt, 0.92),
                round(0.009 * side),
                cv2.LINE_AA,
                4,
            )
        disc(picture, (0.52, WAIST), 0.014, tint(d.belt, 1.1))


def _lay(picture: Picture, cloth: Picture, mask: Picture) -> None:
    picture += (cloth - picture) * mask[..., None]


def main() -> None:
    """Write all examples beside this file."""
    for d in EXAMPLES:
        path = Path(__file__).with_name(f"{d.name}.jpg")
        cv2.imwrite(str(path), draw(d)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 76])
