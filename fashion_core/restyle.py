"""A photo's own garment in another cloth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from fashion_core.compose import Form, dress, form_of_photo, over
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
    pixels, form = photo_form(photo, most_side)
    return over(dress(form, cloth, composition), pixels)


def photo_form(
    photo: Photo, most_side: int = MOST_SIDE, *, patterned: bool | None = None
) -> tuple[NDArray[np.uint8], Form]:
    """The photo's pixels and the form of its garment, for one cloth after another.

    Args:
        photo: opened and cut out.
        most_side: longest side in pixels; a larger photo is made smaller.
        patterned: whether the garment has a print, which is taken out of its shade; read where it is not said.

    Returns:
        RGB ``[H, W, 3]``, and the form at that size.

    Raises:
        ImageError: nothing was cut out of the photo.
    """
    photo.require_garment()
    pixels = np.asarray(photo.picture)
    smaller = most_side / max(pixels.shape[:2])
    if smaller < 1:
        pixels = cv2.resize(pixels, None, fx=smaller, fy=smaller, interpolation=cv2.INTER_AREA)
    if patterned is None:
        (reading,) = photo.analyser.read_framed([photo.framed])
        patterned = reading["pattern"].label != PLAIN
    return pixels, form_of_photo(pixels, photo.cutout.mask, patterned=patterned)
