"""Garments in the cloth of other garments: a collar, a hem, or a whole worn dress."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from training.data.synthetic.camera import blend, tint, to_pixels
from training.data.synthetic.composites import Foreground

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]


def with_second_cloth(
    foreground: Foreground, other: Foreground, random: np.random.Generator
) -> Foreground:
    """The garment with a collar, cuffs, a hem, a bodice or a skirt of another one's cloth.

    Without these a network learns that one garment has one colour, and leaves collars and cuffs behind.
    """
    rows, columns = (np.flatnonzero((foreground.alpha > 127).any(axis)) for axis in (1, 0))
    top, height = rows[0], rows[-1] + 1 - rows[0]
    left, width = columns[0], columns[-1] + 1 - columns[0]
    part = np.zeros(foreground.alpha.shape, np.bool_)
    kind = random.choice(["collar", "cuffs", "hem", "halves"])
    if kind == "collar":
        centre = int(left + width / 2), int(top)
        axes = int(width * random.uniform(0.1, 0.3)), int(height * random.uniform(0.04, 0.14))
        part = cv2.ellipse(part.astype(np.uint8), centre, axes, 0, 0, 360, 1, -1) > 0
    elif kind == "cuffs":
        cuff = int(width * random.uniform(0.05, 0.2))
        part[:, : left + cuff] = part[:, left + width - cuff :] = True
    elif kind == "hem":
        part[int(top + height * random.uniform(0.75, 0.95)) :] = True
    else:
        part[int(top + height * random.uniform(0.25, 0.6)) :] = True
    cloth = tint(other.pixels, random, 0.3)
    pixels = np.where(part[..., None], cloth, foreground.pixels)
    return Foreground(pixels, foreground.alpha)


def reclothed(
    picture: Pixels, mask: Pixels, cloth: Foreground, random: np.random.Generator
) -> Pixels:
    """A worn dress in another garment's cloth, under the folds and the light of the photo.

    A few street photos show few dresses; shapes and poses stay, what they are made of changes.

    Args:
        picture: RGB ``[H, W, 3]``.
        mask: uint8 ``[H, W]``, 255 the dress.
        cloth: where the cloth comes from; its colours are drawn on past its edge.
        random: the choices.

    Returns:
        RGB ``[H, W, 3]``.
    """
    inside = mask > 127
    if not inside.any():
        return picture
    alpha = np.asarray(cv2.GaussianBlur(inside.astype(np.float32), (3, 3), 0.7), np.float32)
    light = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) + 12
    # Folds and shadows are broad; the print of the dress that was is fine.
    broad = cv2.GaussianBlur(light * alpha, (0, 0), 1.5) / np.maximum(
        cv2.GaussianBlur(alpha, (0, 0), 1.5), 1e-3
    )
    shade = (broad / np.median(broad[inside])).clip(0.35, 1.8) ** np.float32(random.uniform(0.5, 1))
    height, width = inside.shape
    piece = cloth.pixels[:, :: random.choice([-1, 1])]
    grown = cv2.resize(np.ascontiguousarray(piece), (width, height), interpolation=cv2.INTER_LINEAR)
    worn = tint(np.asarray(grown, np.uint8), random, 0.2).astype(np.float32) * shade[..., None]
    return to_pixels(blend(picture.astype(np.float32), worn, alpha))
