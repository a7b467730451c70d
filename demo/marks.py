"""What a visitor marked as garment, to the browser and back: a small PNG, opaque where it is garment."""

from __future__ import annotations

import base64
import binascii
import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from fashion_core.errors import MaskError

if TYPE_CHECKING:
    from numpy.typing import NDArray

HEAD = "data:image/png;base64,"
#: Letters of a URL from the page at most, and pixels of a side: the editor's photo is smaller.
MOST_LETTERS, MOST_SIDE = 4_000_000, 2_000
UNREADABLE = "Your marks did not arrive whole. Please press the button again."


def mask_url(mask: NDArray[np.bool_]) -> str:
    """A mask ``[H, W]`` as a ``data:`` URL."""
    alpha = Image.fromarray(mask.astype(np.uint8) * 255)
    file = io.BytesIO()
    Image.merge("LA", (alpha, alpha)).save(file, "PNG", optimize=True)
    return HEAD + base64.b64encode(file.getvalue()).decode()


def mask_from_url(url: str) -> NDArray[np.uint8]:
    """The mask of a ``data:`` URL, uint8 ``[H, W]``, 255 where it is garment.

    Raises:
        MaskError: it is none, or is not of the editor's making.
    """
    if not url.startswith(HEAD) or len(url) > MOST_LETTERS:
        raise MaskError(UNREADABLE)
    try:
        content = base64.b64decode(url[len(HEAD) :], validate=True)
        with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
            if max(picture.size) > MOST_SIDE:
                raise MaskError(UNREADABLE)
            return np.asarray(picture.convert("RGBA").getchannel("A"))
    except (OSError, ValueError, SyntaxError, binascii.Error) as error:
        raise MaskError(UNREADABLE) from error
