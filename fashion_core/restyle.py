"""A photo's own garment in another cloth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from fashion_core.compose import dress, form_of_photo, over
from fashion_core.composition import FLAT, Composition
from fashion_core.taxonomy import PLAIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fashion_core.analyser import Photo
    from fashion_core.cloth import Cloth

#: Longest side in pixels of what is drawn; a larger photo is made smaller first.
MOST_SIDE = 2048


def restyle(
    photo: Photo,
    cloth: Cloth,
    composition: Composition = FLAT,
    most_side: int = MOST_SIDE,
) -> NDArray[np.uint8]:
    """The photo with its garment in ``cloth``; everything else stays as it is.

    Args:
        photo: opened and cut out by :meth:`fashion_core.Analyser.open`.
        cloth: what it is to be made of.
        composition: how the cloth lies on it.
        most_side: longest side of the result in pixels.

    Returns:
        RGB ``[H, W, 3]``.

    Raises:
        ImageError: nothing was cut out of the photo.
    """
    photo.require_garment()
    pixels = np.asarray(photo.picture)
    smaller = most_side / max(pixels.shape[:2])
    if smaller < 1:
        pixels = cv2.resize(pixels, None, fx=smaller, fy=smaller, interpolation=cv2.INTER_AREA)
    (reading,) = photo.analyser.read_framed([photo.framed])
    form = form_of_photo(pixels, photo.cutout.mask, patterned=reading["pattern"].label != PLAIN)
    return over(dress(form, cloth, composition), pixels)
