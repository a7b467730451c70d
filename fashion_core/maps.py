"""Forms as networks see them: the distance to the silhouette, and light and shade, of a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from fashion_core.networks.form import MOST_DISTANCE, MOST_SHADE, SIZE

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The share of a square picture's columns that a form keeps.
PORTRAIT = 2 / 3
#: Shade is smoothed by this many pixels of a picture of 256: yarn and noise are no folds.
_GRAIN = 1.0


def maps_of(picture: NDArray[np.uint8], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Distance and shade ``[2, 192, 128]`` in -1..1 of a square picture ``[S, S, 3]`` under a mask ``[S, S]``.

    Units are those of :class:`fashion_core.networks.form_generator.FormGenerator`; outside the garment the
    shade is carried on from inside, so that an edge is no step in it.
    """
    side = picture.shape[0]
    scale = SIZE[0] / side
    solid = mask.astype(np.uint8)
    distance = cv2.distanceTransform(solid, cv2.DIST_L2, 5) - cv2.distanceTransform(
        1 - solid, cv2.DIST_L2, 5
    )
    # The border runs between the pixels of both sides, half a pixel from each.
    distance = (distance - np.sign(distance) * 0.5) * scale
    lightness = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[..., 0]
    shade = _carried_on(lightness - float(np.median(lightness[mask])), mask)
    maps = np.stack([distance / MOST_DISTANCE, shade / MOST_SHADE], -1).clip(-1, 1)
    width = round(side * PORTRAIT)
    left = (side - width) // 2
    small = cv2.resize(
        maps[:, left : left + width].astype(np.float32), SIZE[::-1], interpolation=cv2.INTER_AREA
    )
    return np.ascontiguousarray(small.transpose(2, 0, 1))


def _carried_on(shade: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Shade inside the mask, a little smoothed; beyond it what lies near inside, fading to none."""
    inside = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    filled = np.zeros_like(shade)
    known = np.zeros_like(shade)
    for sigma in (_GRAIN, 3.0, 8.0):
        weight = cv2.GaussianBlur(inside, (0, 0), sigma)
        value = cv2.GaussianBlur(shade * inside, (0, 0), sigma) / np.maximum(weight, 1e-6)
        share = np.clip(weight * 4, 0, 1) * (1 - known)
        filled += value * share
        known += share
    return filled.astype(np.float32)
