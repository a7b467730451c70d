"""The garment alone on white, as the networks are trained on it; photo and cut-out in one shared crop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from fashion_core.cutout.finder import Cutout
    from fashion_core.cutout.masks import Floats, Pixels

#: The share of the square that the garment's longer side takes: as in the shop photos of the training data.
FRAME_SHARE = 0.88


def frame(image: Image.Image, cutout: Cutout, size: int = 256) -> Image.Image:
    """The garment alone on white, centred in a square as in the training data.

    Args:
        image: the upright RGB picture that ``cutout`` belongs to.
        cutout: where the garment is; with method ``whole`` the whole picture is framed.
        size: pixels a side.

    Returns:
        RGB ``size`` x ``size``; the garment's longer side takes ``FRAME_SHARE`` of it.
    """
    x0, y0, x1, y1 = cutout.box
    pixels = np.asarray(image.crop(cutout.box))
    a0, b0, a1, b1 = cutout.small_box
    mask = cutout.mask[b0:b1, a0:a1].astype(np.float32)
    scale = size * FRAME_SHARE / max(x1 - x0, y1 - y0)
    wide, high = max(1, round((x1 - x0) * scale)), max(1, round((y1 - y0) * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    soft = cv2.INTER_AREA if wide < mask.shape[1] else cv2.INTER_LINEAR
    alpha = cv2.resize(mask, (wide, high), interpolation=soft)[..., None]
    cloth = cv2.resize(pixels, (wide, high), interpolation=method).astype(np.float32)
    square = np.full((size, size, 3), 255, np.uint8)
    top, left = (size - high) // 2, (size - wide) // 2
    blended = cloth * alpha + 255 * (1 - alpha)
    square[top : top + high, left : left + wide] = blended.round().astype(np.uint8)
    return Image.fromarray(square)


def same_frame(
    image: Image.Image, cutout: Cutout, most: int = 1080
) -> tuple[Image.Image, Image.Image]:
    """The photo and the cut-out in one square crop, so that one can be laid over the other.

    Args:
        image: the upright RGB picture.
        cutout: where the garment is.
        most: pixels a side at most.

    Returns:
        Photo and cut-out on white, RGB, of the same size; white beyond the picture's edge.
    """
    x0, y0, x1, y1 = cutout.box
    side = min(max(round(max(x1 - x0, y1 - y0) * 1.16), 1), max(image.size))
    left, top = (x0 + x1 - side) // 2, (y0 + y1 - side) // 2
    # Inside the picture where it is large enough, so that no white bar is shown without need.
    left = (
        min(max(left, 0), image.width - side) if side <= image.width else (image.width - side) // 2
    )
    top = (
        min(max(top, 0), image.height - side)
        if side <= image.height
        else (image.height - side) // 2
    )
    shown = min(side, most)
    photo = _window(np.asarray(image), left, top, side, shown, 255)
    alpha = _mask_window(cutout, image.size, left, top, side, shown)[..., None]
    cut = (photo * alpha + 255 * (1 - alpha)).round().astype(np.uint8)
    return Image.fromarray(photo), Image.fromarray(cut)


def _window(pixels: Pixels, left: int, top: int, side: int, shown: int, beyond: int) -> Pixels:
    """The square from ``left``, ``top``, resized to ``shown``; filled with ``beyond`` outside."""
    height, width = pixels.shape[:2]
    inside = pixels[max(top, 0) : top + side, max(left, 0) : left + side]
    above, before = max(-top, 0), max(-left, 0)
    below, after = max(top + side - height, 0), max(left + side - width, 0)
    square = cv2.copyMakeBorder(
        inside, above, below, before, after, cv2.BORDER_CONSTANT, value=(beyond,) * 3
    )
    return np.asarray(cv2.resize(square, (shown, shown), interpolation=cv2.INTER_AREA), np.uint8)


def _mask_window(
    cutout: Cutout, size: tuple[int, int], left: int, top: int, side: int, shown: int
) -> Floats:
    """The same square of the mask as :func:`_window` shows of the picture, 0..1."""
    x, y = cutout.mask.shape[1] / size[0], cutout.mask.shape[0] / size[1]
    step = side / shown
    # Pixel centres: half a pixel of the window, of the picture and of the mask differ.
    matrix = np.array(
        [
            [step * x, 0, (left + step / 2) * x - 0.5],
            [0, step * y, (top + step / 2) * y - 0.5],
        ],
        np.float32,
    )
    soft = cv2.GaussianBlur(cutout.mask.astype(np.float32), (3, 3), 0.8)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    alpha = cv2.warpAffine(soft, matrix, (shown, shown), flags=flags)
    # Enlarged, the steps of the mask are smoothed and the edge made crisp again.
    return np.asarray(((alpha - 0.5) * min(4.0, 1 + 1 / (step * x)) + 0.5).clip(0, 1), np.float32)
