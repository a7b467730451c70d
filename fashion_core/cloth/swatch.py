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
    upright = cloth.with_(scale=1.0, angle=0.0)
    return piece(upright, (pixels, pixels), pixels / SIDE, _TABLE)


def piece(
    cloth: Cloth, size: tuple[int, int], pixels_a_mm: float, behind: tuple[int, int, int]
) -> NDArray[np.uint8]:
    """A piece of cloth, RGB ``[H, W, 3]``.

    Args:
        cloth: what is drawn.
        size: width and height in pixels.
        pixels_a_mm: pixels a millimetre on a dress.
        behind: RGB of what lace lies on.
    """
    repeat, by = cloth.repeat().turned(cloth.angle), cloth.scale * pixels_a_mm
    once = max(1, round(repeat.width * by)), max(1, round(repeat.height * by))
    tile = raster(repeat, cloth.inks(), once)
    across, down = -(-size[0] // once[0]), -(-size[1] // once[1])
    laid = np.tile(tile, (down, across, 1))[: size[1], : size[0]]
    thread = laid[..., 3:].astype(np.float32) / 255
    mixed = laid[..., :3] * thread + np.array(behind, np.float32) * (1 - thread)
    return np.asarray(np.rint(mixed), np.uint8)
