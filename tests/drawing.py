"""Drawn garments with their true masks, for tests."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from PIL import Image

from demo.examples.dresses import Drawing
from demo.examples.outlines import body_outline, fill, neckline_mask, sleeves_mask
from fashion_core.compose import Form

DRESS = np.array(
    [[0.40, 0.1], [0.6, 0.1], [0.72, 0.22], [0.66, 0.28], [0.6, 0.24], [0.6, 0.45], [0.75, 0.9],
     [0.25, 0.9], [0.4, 0.45], [0.4, 0.24], [0.34, 0.28], [0.28, 0.22]]
)  # fmt: skip


def draw_dress(
    colour: tuple[int, int, int] = (40, 80, 150),
    second: tuple[int, int, int] | None = None,
    ground: str = "white",
    size: tuple[int, int] = (400, 400),
) -> tuple[Image.Image, np.ndarray]:
    """A dress of one colour, or striped with a second, and its mask ``[H, W]`` bool.

    Grounds: ``white``, ``panel`` (light grey between white strips), ``wood`` (planks with grain).
    """
    width, height = size
    random = np.random.default_rng(3)
    picture = np.full((height, width, 3), 255, np.float32)
    if ground == "panel":
        picture[:, width * 48 // 256 : width * 208 // 256] = 245
    if ground == "wood":
        planks = np.repeat(random.uniform(0.8, 1.15, height // 40 + 1), 40)[:height, None, None]
        picture[:] = np.array((176, 128, 84)) * planks + random.normal(0, 6, (height, width, 1))
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [np.round(DRESS * size).astype(np.int32)], 1)
    cloth = np.empty_like(picture)
    cloth[:] = colour
    if second:
        cloth[(np.arange(height) // 12) % 2 == 1] = second
    picture = np.where(mask[..., None] > 0, cloth, picture)
    return Image.fromarray(picture.clip(0, 255).astype(np.uint8)), mask > 0


SKIN, HAIR = (224, 172, 136), (70, 45, 30)
#: Arms, legs and neck, from and to, in shares of the frame that the dress is drawn in.
LIMBS = (
    ((0.69, 0.24), (0.84, 0.62)), ((0.31, 0.24), (0.16, 0.62)),
    ((0.42, 0.85), (0.42, 1.18)), ((0.58, 0.85), (0.58, 1.18)), ((0.50, 0.00), (0.50, 0.12)),
)  # fmt: skip


def draw_person(
    colour: tuple[int, int, int] = (40, 80, 150), size: tuple[int, int] = (400, 600)
) -> tuple[Image.Image, np.ndarray]:
    """Somebody in the dress, in a blurred street: head, arms and legs around it; and the dress's mask."""
    width, height = size
    picture = _street(width, height)
    frame = np.array((round(width * 0.9), round(height * 0.66)))
    corner = np.array((width - frame[0], height * 0.28)) / 2

    def at(x: float, y: float) -> tuple[int, int]:
        left, top = np.round(corner + frame * (x, y)).astype(int).tolist()
        return left, top

    for start, end in LIMBS:
        cv2.line(picture, at(*start), at(*end), SKIN, width // 14)
    cv2.ellipse(picture, at(0.5, -0.04), (width // 11, height // 12), 0, 0, 360, HAIR, -1)
    cv2.ellipse(picture, at(0.5, -0.02), (width // 14, height // 16), 0, 0, 360, SKIN, -1)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [np.array([at(*point) for point in DRESS], np.int32)], 1)
    picture[mask > 0] = colour
    return Image.fromarray(picture), mask > 0


def _street(width: int, height: int) -> np.ndarray:
    """Blurred houses above a pavement, uint8 ``[height, width, 3]``."""
    random = np.random.default_rng(4)
    picture = np.full((height, width, 3), (120, 130, 120), np.uint8)
    for _ in range(40):
        x, y = random.integers(0, width), random.integers(0, height * 86 // 100)
        wide, high = random.integers(width // 24, width // 4, 2)
        picture[y : y + high, x : x + wide] = random.integers(40, 220, 3)
    picture[height * 86 // 100 :] = (150, 130, 110)
    return cv2.GaussianBlur(picture, (0, 0), width / 60)


@cache
def draw_parts(sleeve: float, side: int = 768, **shape: object) -> tuple[np.ndarray, np.ndarray]:
    """A dress of the page's examples, 0..1 ``[side, side]``, and its sleeves alone.

    ``sleeve`` is their length in shares of the side; ``shape`` takes other fields of ``Drawing``.
    """
    drawing = Drawing("drawn", "a dress", (0, 0, 0), sleeve=sleeve, **shape)
    body = fill(body_outline(drawing), side) * (1 - neckline_mask(drawing, side))
    sleeves = sleeves_mask(drawing, side)
    return np.maximum(body, sleeves * (1 - neckline_mask(drawing, side))), sleeves * (1 - body)


def draw_form(sleeve: float, height: int = 768, **shape: object) -> Form:
    """Such a dress without folds, as the composer takes it."""
    # Drawn large and averaged down, so that it is the same at every size.
    alpha, _ = draw_parts(sleeve, 2048, **shape)
    alpha = alpha[:, 340:1708]
    size = height * 2 // 3, height
    alpha = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    return Form(alpha, np.zeros_like(alpha), 1150 / height)
