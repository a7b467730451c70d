"""Any picture in: decoded safely, upright, sRGB, alpha on white.

Inputs are hostile until decoded. The number of bytes is checked before reading, format and number of
pixels before decoding, and every refusal is one sentence that says what to do.
"""

from fashion_core.imaging.formats import FORMATS, NOT_A_PICTURE, SUFFIXES, is_picture_name
from fashion_core.imaging.limits import (
    DAMAGED,
    LEAST_SIDE,
    MOST_ASPECT,
    MOST_BYTES,
    MOST_PIXELS,
)
from fashion_core.imaging.reading import ImageSource, Picture, open_image, open_picture

__all__ = [
    "DAMAGED",
    "FORMATS",
    "LEAST_SIDE",
    "MOST_ASPECT",
    "MOST_BYTES",
    "MOST_PIXELS",
    "NOT_A_PICTURE",
    "SUFFIXES",
    "ImageSource",
    "Picture",
    "is_picture_name",
    "open_image",
    "open_picture",
]
