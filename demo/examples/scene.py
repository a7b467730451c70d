"""What is around a dress: the wall, a rail, a hanger, and the shadow that the dress casts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from demo.examples.light import grid
from demo.examples.motifs import disc
from demo.examples.outlines import curve, to_pixels

if TYPE_CHECKING:
    from demo.examples.dresses import Picture


def wall_and_rail(side: int, random: np.random.Generator) -> Picture:
    """A wall in evening light, and a rail with pegs."""
    u, y = grid(side)
    shade = 1.06 - 0.17 * (u + 0.5) - 0.09 * y
    beam = cv2.GaussianBlur(((u + 0.42 * y) < -0.02).astype(np.float32), (0, 0), side / 40)
    wall: Picture = np.array((214, 205, 190), np.float32) * (shade + 0.045 * beam)[..., None]
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
        disc(wall, (x, 0.028), 0.0085, (96, 70, 50))
    return wall


def cast_shadow(picture: Picture, shape: Picture, side: int) -> None:
    """A wide soft shadow to the lower right, and a narrow one where the cloth nearly touches."""
    for strength, away, soft in ((0.20, 0.028, 0.042), (0.08, 0.006, 0.006)):
        moved = np.roll(shape, (round(away * side * 0.8), round(away * side)), (0, 1))
        picture *= 1 - strength * cv2.GaussianBlur(moved, (0, 0), soft * side)[..., None]


def hang(picture: Picture, side: int) -> None:
    """A wooden hanger on a steel hook over the rail."""
    arm = curve([(0.0, 0.092), (0.05, 0.105), (0.115, 0.140)])
    for colour, thick in (((92, 62, 42), 0.017), ((138, 96, 64), 0.010)):
        for sign in (1, -1):
            cv2.polylines(
                picture,
                [to_pixels(arm, side, sign)],
                False,
                colour,
                round(thick * side),
                cv2.LINE_AA,
                4,
            )
    turn = np.radians(np.linspace(-200, 60, 40))
    loop = np.c_[0.019 * np.cos(turn), 0.036 + 0.019 * np.sin(turn)]
    hook = np.vstack([loop, curve([(0.0095, 0.0525), (0.0, 0.064), (0.0, 0.092)])])
    cv2.polylines(
        picture, [to_pixels(hook, side)], False, (84, 80, 76), round(0.0055 * side), cv2.LINE_AA, 4
    )
