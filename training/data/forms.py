"""Forms of training dresses: silhouettes as distance maps, and light and shade, for the form generator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from fashion_core.maps import maps_of
from training.data.cache import save_arrays
from training.data.masks import sane_masks

if TYPE_CHECKING:
    from pathlib import Path

    from training.data.shop import Packed


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
