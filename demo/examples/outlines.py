"""Outlines of a dress, as points and as masks.

A dress is drawn as its right half, ``(u, y)`` with ``u`` counted from the middle, and mirrored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from demo.examples.dresses import SHOULDER, WAIST, Drawing, Picture, Points

if TYPE_CHECKING:
    from numpy.typing import NDArray


def curve(points: list[tuple[float, float]], steps: int = 24) -> Points:
    """A smooth line ``[N, 2]`` through ``points`` (Catmull-Rom)."""
    p = np.array([points[0], *points, points[-1]], float)
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False):
        cubic = (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
        pieces.append((2 * b + (c - a) * t + cubic) / 2)
    return np.vstack([*pieces, p[-1:]])


def to_pixels(half: Points, side: int, sign: int = 1) -> NDArray[np.int32]:
    """Points ``(u, y)`` in pixels, for OpenCV with four bits behind the point."""
    points: Points = np.c_[0.5 + sign * half[:, 0], half[:, 1]]
    return np.round(points * side * 16).astype(np.int32)


def fill(half: Points, side: int) -> Picture:
    """The shape that ``half`` and its mirror image close, 0..1."""
    mask = np.zeros((side, side), np.uint8)
    whole = np.vstack([to_pixels(half, side), to_pixels(half[::-1], side, -1)])
    cv2.fillPoly(mask, [whole], 255, cv2.LINE_AA, 4)
    return mask.astype(np.float32) / np.float32(255)


def body_outline(d: Drawing) -> Points:
    """The right half of bodice and skirt, from the neck down to the hem, ``[N, 2]``."""
    bodice = curve([(0.058, 0.120), (0.135, 0.147), (0.122, 0.215), (0.127, 0.275), (0.098, WAIST)])
    hip = WAIST + 0.28 * (d.hem - WAIST)
    low = (0.93 * d.flare, d.hem - 0.16)
    skirt = curve([(0.098, WAIST), (0.46 * d.flare + 0.045, hip), low, (d.flare, d.hem - 0.012)])
    across = np.linspace(1, 0, 60)
    wave = 0.003 * np.sin(across * 12 + 0.6)
    hem = np.c_[d.flare * across, d.hem + 0.012 * np.cos(across * np.pi) + wave]
    return np.vstack([bodice, skirt, hem])


def sleeve_line(d: Drawing) -> tuple[Points, Points]:
    """The middle of a sleeve from shoulder to cuff ``[N, 2]``, and half its width ``[N]``."""
    t = np.linspace(0, 1, 40)[:, None]
    angle = np.radians(np.interp(d.sleeve, [0.1, 0.45], [54, 74]))
    end = np.array(SHOULDER) + d.sleeve * np.array([np.cos(angle), np.sin(angle)])
    bend = (np.array(SHOULDER) + end) / 2 + (0.016 + 0.03 * d.sleeve, -0.016)
    line = (1 - t) ** 2 * SHOULDER + 2 * t * (1 - t) * bend + t**2 * end
    cuff = np.interp(d.sleeve, [0.1, 0.45], [0.043, 0.024])
    width = np.interp(t[:, 0], [0, 1], [0.034, cuff]) + 0.012 * np.sin(np.pi * t[:, 0])
    return line, width


def sleeves_mask(d: Drawing, side: int) -> Picture:
    """Both sleeves, 0..1 ``[side, side]``; empty for a dress without."""
    mask = np.zeros((side, side), np.uint8)
    if d.sleeve > 0:
        line, width = sleeve_line(d)
        along = np.gradient(line, axis=0)
        normal = np.c_[along[:, 1], -along[:, 0]] / np.linalg.norm(along, axis=1)[:, None]
        shape = np.vstack([line + normal * width[:, None], (line - normal * width[:, None])[::-1]])
        for sign in (1, -1):
            cv2.fillPoly(mask, [to_pixels(shape, side, sign)], 255, cv2.LINE_AA, 4)
    return mask.astype(np.float32) / np.float32(255)


def neckline_mask(d: Drawing, side: int) -> Picture:
    """What the neckline leaves open, 0..1 ``[side, side]``."""
    if d.neck == "v":
        half = curve([(0.060, 0.117), (0.038, 0.165), (0.0, 0.246)])
    else:
        turn = np.linspace(0, np.pi / 2, 30)
        half = np.c_[0.062 * np.cos(turn), 0.118 + 0.047 * np.sin(turn)]
    return fill(half, side)
