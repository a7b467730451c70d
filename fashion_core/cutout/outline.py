"""A picture whose alpha is the outline of the garment: it was cut out before it came."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from fashion_core.cutout.masks import LEAST_AREA, MOST_AREA, box_of

if TYPE_CHECKING:
    from PIL import Image

    from fashion_core.cutout.masks import Box, Mask

#: Alpha from which a pixel is garment.
OPAQUE = 128
#: Pieces smaller than this share of the largest are what a tool left behind.
LEAST_PIECE = 0.02
#: A shape that fills this much of its box is a rectangle.
RECTANGLE = 0.97


class Shown(NamedTuple):
    """What an alpha shows.

    Attributes:
        mask: at working size.
        box: of the large picture, ends exclusive.
        is_rectangle: whether it has the shape of a photo.
    """

    mask: Mask
    box: Box
    is_rectangle: bool


def mask_of_outline(
    outline: Image.Image, shape: tuple[int, ...], box: Box | None = None
) -> Shown | None:
    """Make a mask of alpha.

    Args:
        outline: alpha, L.
        shape: height and width of the mask.
        box: nothing outside it is garment.

    Returns:
        None where next to nothing or nearly all is opaque: that is no garment's outline.
    """
    opaque = np.asarray(outline) >= OPAQUE
    if box is not None:
        x0, y0, x1, y1 = box
        inside = np.zeros_like(opaque)
        inside[y0:y1, x0:x1] = opaque[y0:y1, x0:x1]
        opaque = inside
    opaque = _without_specks(opaque)
    if not LEAST_AREA / 3 < opaque.mean() < MOST_AREA:
        return None
    height, width = shape[:2]
    soft = cv2.resize(opaque.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    x0, y0, x1, y1 = where = box_of(opaque)
    fill = opaque.sum() / ((x1 - x0) * (y1 - y0))
    return Shown(soft >= 0.5, where, bool(fill > RECTANGLE))


def _without_specks(opaque: Mask) -> Mask:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(opaque.astype(np.uint8))
    areas = stats[:, cv2.CC_STAT_AREA]
    kept = areas >= LEAST_PIECE * max(areas[1:], default=0)
    kept[0] = False
    return np.asarray(kept[labels], np.bool_)
