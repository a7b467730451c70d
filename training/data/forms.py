"""Forms of training dresses: silhouettes as distance maps, and light and shade, for the form generator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from fashion_core.maps import maps_of
from training.data.cache import save_arrays

if TYPE_CHECKING:
    from pathlib import Path

    from training.data.shop import Packed


#: Labels are this much lighter than the cloth around them, in int8 of the shade map (L* 40 is 127), lie in this
#: upper share of the canvas, and cover so many of its pixels.
_LABEL_LIGHTER, _LABEL_REGION, _LABEL_SIZE = 40, 0.3, (6, 260)


def without_labels(maps: np.ndarray) -> np.ndarray:
    """Forms int8 ``[N, 2, H, W]`` without the shop's white label inside the neckline; others as they were.

    A brand's label is on the rack, not in the design. What is much lighter than its surroundings in the middle
    of the neckline, and small, is filled from around it.
    """
    cleared = maps.copy()
    height, width = maps.shape[2:]
    rows, columns = round(height * _LABEL_REGION), slice(width // 3, width - width // 3)
    for form in cleared:
        inside = form[0, :rows] > 0
        shade = form[1, :rows].astype(np.float32)
        around = cv2.morphologyEx(shade, cv2.MORPH_OPEN, np.ones((13, 21), np.uint8))
        light = np.zeros_like(inside)
        light[:, columns] = (shade - around > _LABEL_LIGHTER)[:, columns] & inside[:, columns]
        count, pieces, sizes, _ = cv2.connectedComponentsWithStats(light.astype(np.uint8))
        area = sizes[:, cv2.CC_STAT_AREA]
        chosen = [i for i in range(1, count) if _LABEL_SIZE[0] <= area[i] <= _LABEL_SIZE[1]]
        if not chosen:
            continue
        label = cv2.dilate(np.isin(pieces, chosen).astype(np.uint8), np.ones((5, 5), np.uint8))
        filled = cv2.inpaint(
            (form[1, :rows].astype(np.int16) + 128).astype(np.uint8), label, 5, cv2.INPAINT_TELEA
        )
        form[1, :rows] = (filled.astype(np.int16) - 128).clip(-127, 127)
    return cleared


#: Shade beyond this (in int8; L* 20) is another cloth, or skin and wall behind a sheer one, where it covers
#: more than these shares of a garment: lighter, and darker, where inner folds and deep shadows are many.
_OTHER_CLOTH, _MOST_LIGHTER, _MOST_DARKER = 64, 0.03, 0.1


def of_one_cloth(maps: np.ndarray) -> np.ndarray:
    """Which of forms int8 ``[N, 2, H, W]`` show light and shade alone, bool ``[N]``: no sheer part."""
    inside = maps[:, 0] > 0
    whole = inside.sum((1, 2)).clip(1)
    lighter = ((maps[:, 1] > _OTHER_CLOTH) & inside).sum((1, 2)) / whole
    darker = ((maps[:, 1] < -_OTHER_CLOTH) & inside).sum((1, 2)) / whole
    even: np.ndarray = (lighter <= _MOST_LIGHTER) & (darker <= _MOST_DARKER)
    return even


def forms(packed: Packed, cache: Path, split: str = "train") -> tuple[np.ndarray, np.ndarray]:
    """The forms of the dresses of ``split`` whose border mask can be believed.

    Kept in ``cache``, as they take minutes.

    Args:
        packed: pictures at 256 px.
        cache: folder.
        split: which rows.

    Returns:
        int8 ``[N, 2, 192, 128]`` (:func:`fashion_core.maps.maps_of`, times 127), and which of the rows of
        ``split`` they are.
    """
    # A rented machine, which has its forms from a pack, may lack what these import.
    from tqdm import tqdm

    from training.data.masks import sane_masks

    path = cache / f"forms-{split}-{packed.fingerprint[:8]}.npz"
    if not path.exists():
        rows = packed.select(split)
        masks = np.unpackbits(sane_masks(packed, split, cache), axis=-1).astype(bool)
        sane = np.flatnonzero(masks.any((1, 2)))
        maps = [
            maps_of(np.asarray(packed.images[rows[i]]), masks[i])
            for i in tqdm(sane, desc="forms", unit="dress")
        ]
        save_arrays(path, maps=np.rint(np.stack(maps) * 127).astype(np.int8), rows=sane)
    with np.load(path) as content:
        return content["maps"], content["rows"]
