"""A small piece of cloth as a picture, to choose it by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fashion_core.cloth.raster import raster

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fashion_core.cloth.cloth import Cloth

#: Millimetres of cloth along a swatch's side.
SIDE = 140.0
#: RGB of what lace lies on: paler than most threads, so that the holes are seen.
_TABLE = (239, 236, 230)


def swatch(cloth: Cloth, pixels: int = 160) -> NDArray[np.uint8]:
    """A square of cloth, upright at its natural scale, lace on a pale table, RGB ``[pixels, pixels, 3]``."""
    repeat, inks = cloth.repeat(), cloth.inks()
    scale = pixels / SIDE
    size = max(2, round(repeat.width * scale)), max(2, round(repeat.height * scale))
    tile = raster(repeat, inks, size)
    across, down = -(-pixels // size[0]), -(-pixels // size[1])
    laid = np.tile(tile, (down, across, 1))[:pixels, :pixels]
    thread = laid[..., 3:].astype(np.float32) / 255
    mixed = laid[..., :3] * thread + np.array(_TABLE, np.float32) * (1 - thread)
    return np.asarray(np.rint(mixed), np.uint8)
