"""Light and folds on a dress, as factors around 1."""

from __future__ import annotations

import cv2
import numpy as np

from demo.examples.dresses import WAIST, Drawing, Picture
from demo.examples.outlines import sleeve_line, to_pixels


def body_light(d: Drawing, side: int) -> Picture:
    """Light on bodice and skirt, around 1: round sides, folds that open towards the hem."""
    u, y = grid(side)
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
    light: Picture = 1.03 - 0.2 * np.abs(across) ** 2.6 - 0.05 * across + folds * depth + bust
    return light


def sleeve_light(d: Drawing, side: int) -> Picture:
    """Light on the sleeves: lightest along their middle."""
    if d.sleeve <= 0:
        return np.ones((side, side), np.float32)
    beside = np.ones((side, side), np.uint8)
    line, _ = sleeve_line(d)
    for sign in (1, -1):
        cv2.polylines(beside, [to_pixels(line, side, sign)], False, 0, 1, cv2.LINE_8, 4)
    away = cv2.distanceTransform(beside, cv2.DIST_L2, 5) / np.float32(side)
    light: Picture = 1.0 - 0.24 * np.clip(away / np.float32(0.045), 0, 1.3) ** 2
    return light


def grid(side: int) -> tuple[Picture, Picture]:
    """``u`` from the middle and ``y`` from the top of every pixel, each ``[side, side]``."""
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side
    return x - 0.5, y
