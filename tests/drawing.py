"""Drawn garments with their true masks, for tests."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

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
