"""Forms of training dresses: silhouettes as distance maps, and light and shade, for the form generator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from tqdm import tqdm

from fashion_core.networks.form import MOST_DISTANCE, MOST_SHADE
from training.data.cache import save_arrays
from training.data.masks import sane_masks

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from training.data.shop import Packed

#: Height and width of a form, and the share of a square picture's columns that it keeps.
SIZE, PORTRAIT = (144, 96), 2 / 3
#: Shade is smoothed by this many pixels of a picture of 256: yarn and noise are no folds.
_GRAIN = 1.0


def forms(packed: Packed, cache: Path, split: str = "train") -> tuple[np.ndarray, np.ndarray]:
    """The forms of the dresses of ``split`` whose border mask can be believed.

    Kept in ``cache``, as they take minutes.

    Args:
        packed: pictures at 256 px.
        cache: folder.
        split: which rows.

    Returns:
        int8 ``[N, 2, 144, 96]`` (:func:`form_of`, times 127), and which of the rows of ``split`` they are.
    """
    path = cache / f"forms-{split}-{packed.fingerprint[:8]}.npz"
    if not path.exists():
        rows = packed.select(split)
        masks = np.unpackbits(sane_masks(packed, split, cache), axis=-1).astype(bool)
        sane = np.flatnonzero(masks.any((1, 2)))
        maps = [
            form_of(np.asarray(packed.images[rows[i]]), masks[i])
            for i in tqdm(sane, desc="forms", unit="dress")
        ]
        save_arrays(path, maps=np.rint(np.stack(maps) * 127).astype(np.int8), rows=sane)
    with np.load(path) as content:
        return content["maps"], content["rows"]


def form_of(picture: NDArray[np.uint8], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Distance and shade ``[2, 144, 96]`` in -1..1 of a square picture ``[S, S, 3]`` under a mask ``[S, S]``.

    Units are those of :class:`fashion_core.networks.form.FormGenerator`; outside the garment the shade is
    carried on from inside, so that an edge is no step in it.
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
