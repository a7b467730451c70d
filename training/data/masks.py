"""Where the garment is in shop photos: masks from the plain background, and which of them are good enough.

A mask that misses half of a white dress would teach a network, or make a composite, with half a dress. So a
mask counts only where its size, its contrast to the background and its outline are those of a whole garment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from tqdm import tqdm

from fashion_core.cutout import border_mask
from training.data.cache import save_arrays

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from training.data.shop import Packed

    Pixels = NDArray[np.uint8]

#: What a believable border mask looks like: its share of the picture, how far the cloth is from the
#: background (CIELAB, median and within two pixels of the edge), and how much of its closing it fills.
AREA = (0.05, 0.8)
LEAST_CONTRAST, LEAST_EDGE_CONTRAST, LEAST_WHOLENESS = 20.0, 10.0, 0.955


def sane_border_mask(picture: Pixels) -> NDArray[np.bool_] | None:
    """The border mask of a shop photo ``[H, W, 3]``, or None where it cannot be believed.

    White dresses on white background are the usual reason: their masks have bays and holes.
    """
    mask, _ = border_mask(picture)
    if not AREA[0] < mask.mean() < AREA[1]:
        return None
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32)
    rim = np.concatenate([lab[0], lab[:, 0], lab[:, -1]])
    distance = np.linalg.norm(lab - np.median(rim, axis=0), axis=2)
    edge = mask & ~eroded(mask, 5)
    contrasts = float(np.median(distance[mask])), float(np.percentile(distance[edge], 25))
    if contrasts[0] < LEAST_CONTRAST or contrasts[1] < LEAST_EDGE_CONTRAST:
        return None
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (15, 15))
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    return mask if mask.sum() / closed.sum() >= LEAST_WHOLENESS else None


def sane_masks(packed: Packed, split: str, cache: Path, most: int | None = None) -> np.ndarray:
    """Border masks of the rows of ``split``, bits uint8 ``[N, S, S / 8]``, none set where none is sane.

    Kept in ``cache``, as they take minutes.
    """
    path = cache / f"border-{split}-{packed.fingerprint[:8]}.npz"
    rows = packed.select(split)[:most]
    if path.exists():
        masks: np.ndarray = np.load(path)["masks"]
        if len(masks) >= len(rows):
            return masks[: len(rows)]
    pictures = (packed.images[i] for i in tqdm(rows, desc="border masks", unit="image"))
    believed = [sane_border_mask(np.asarray(p)) for p in pictures]
    empty = np.zeros(packed.images.shape[1:3], np.bool_)
    masks = np.packbits([empty if mask is None else mask for mask in believed], axis=-1)
    save_arrays(path, masks=masks)
    return masks


def eroded(mask: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    """A mask ``[H, W]`` without its rim, by an ellipse ``size`` pixels wide."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return np.asarray(cv2.erode(mask.astype(np.uint8), kernel) > 0)
