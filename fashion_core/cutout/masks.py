"""Masks and boxes: their overlap, their cleaning and their edges.

A mask is bool ``[H, W]``, True on the garment. A box is x0, y0, x1, y1 in pixels, x1 and y1 exclusive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fashion_core.errors import BoxError, MaskError

if TYPE_CHECKING:
    from collections.abc import Sequence

Mask = NDArray[np.bool_]
Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Box = tuple[int, int, int, int]

#: A garment covers between these shares of the picture; other masks are not trusted.
LEAST_AREA, MOST_AREA = 0.03, 0.92


def iou(a: Mask, b: Mask) -> float:
    """Intersection over union of two masks of one shape; 1 where both are empty."""
    union = int((a | b).sum())
    return float((a & b).sum() / union) if union else 1.0


def expected_iou(likely: Floats, mask: Mask) -> float:
    """The IoU of ``mask`` with the true mask that the probabilities ``likely`` (0..1, ``[H, W]``) promise."""
    if not mask.any():
        return 0.0
    return float(likely[mask].sum() / (mask.sum() + likely[~mask].sum()))


def box_iou(a: Box, b: Box) -> float:
    """Intersection over union of two boxes."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(0, wide) * max(0, high)
    areas = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in (a, b))
    return both / max(1, areas - both)


def box_of(mask: Mask) -> Box:
    """The tight upright box of a mask; all of the picture where the mask is empty."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return 0, 0, mask.shape[1], mask.shape[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def scale_box(box: Box, scale: tuple[float, float]) -> Box:
    """A box in pixels of a picture that is ``scale`` (width, height) times as large."""
    x0, y0, x1, y1 = box
    return round(x0 * scale[0]), round(y0 * scale[1]), round(x1 * scale[0]), round(y1 * scale[1])


def clip_box(box: Box, width: int, height: int) -> Box:
    """A box, its corners in any order, clipped to the picture; at least one pixel large."""
    xs, ys = sorted((int(box[0]), int(box[2]))), sorted((int(box[1]), int(box[3])))
    x0, y0 = min(max(xs[0], 0), width - 1), min(max(ys[0], 0), height - 1)
    return x0, y0, min(max(xs[1], x0 + 1), width), min(max(ys[1], y0 + 1), height)


def fitted_mask(mask: NDArray[Any], picture: tuple[int, int], working: tuple[int, int]) -> Mask:
    """A mask from outside, checked and brought to working size.

    Args:
        mask: ``[H, W]``, bool or uint8 (128 and more is garment), of the picture or a smaller copy of it.
        picture: its width and height.
        working: width and height of the result.

    Raises:
        MaskError: no such array, not of the picture's shape, or nothing in it.
    """
    given = np.asarray(mask)
    if given.ndim != 2 or given.dtype not in (np.bool_, np.uint8) or not given.size:
        raise MaskError(
            f"A mask is one layer of bool or uint8, height by width; "
            f"this has the shape {given.shape} and the type {given.dtype}."
        )
    (height, width), (wide, high) = given.shape, picture
    # A smaller copy of the picture has its sides rounded to whole pixels.
    if abs(width * high - height * wide) > max(wide, high) or width > wide or height > high:
        raise MaskError(
            f"The mask is {width} x {height} and the picture {wide} x {high}. "
            "Send one of the picture's size, or of a smaller copy of it."
        )
    inside = given if given.dtype == np.bool_ else given >= 128
    # Each pixel of the working copy is garment where most of what it covers is.
    shrink = cv2.INTER_AREA if working[0] < width else cv2.INTER_LINEAR
    fitted = cv2.resize(inside.astype(np.float32), working, interpolation=shrink) >= 0.5
    if not fitted.any():
        raise MaskError("Nothing is left in the mask. Leave some of the garment in it.")
    return np.asarray(fitted, np.bool_)


def checked_box(box: Sequence[float], width: int, height: int) -> Box:
    """A user's box, its corners in any order, less what of it lies beyond the picture.

    Raises:
        BoxError: not four numbers, or no pixel of the picture is inside.
    """
    try:
        a, b, c, d = (int(value) for value in box)
    except (TypeError, ValueError, OverflowError):
        raise BoxError(
            f"A box is four numbers in pixels, x0, y0, x1 and y1; this is {box!r}."
        ) from None
    x0, x1, y0, y1 = *sorted((a, c)), *sorted((b, d))
    size = f"the picture is {width} pixels wide and {height} high"
    if x0 == x1 or y0 == y1:
        raise BoxError(f"The box {a}, {b}, {c}, {d} is empty. Draw one around the garment; {size}.")
    if x0 >= width or y0 >= height or x1 <= 0 or y1 <= 0:
        raise BoxError(f"The box {a}, {b}, {c}, {d} lies outside the picture: {size}.")
    return clip_box((x0, y0, x1, y1), width, height)


def refine_edge(likely: Floats, pixels: Pixels, radius: int = 4, epsilon: float = 1e-3) -> Floats:
    """Align a soft mask with the edges of the picture: guided filter (He, Sun, Tang, ECCV 2010).

    Args:
        likely: 0..1, ``[H, W]``.
        pixels: RGB ``[H, W, 3]``, the guide (its lightness).
        radius: of the windows, in pixels.
        epsilon: variance of the guide (0..1) below which a window is smoothed.
    """
    guide = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    size = 2 * radius + 1

    def mean(x: NDArray[Any]) -> Floats:
        return np.asarray(cv2.blur(x, (size, size)), np.float32)

    mean_guide, mean_likely = mean(guide), mean(likely)
    slope = (mean(guide * likely) - mean_guide * mean_likely) / (
        mean(guide * guide) - mean_guide**2 + epsilon
    )
    offset = mean_likely - slope * mean_guide
    refined = mean(slope) * guide + mean(offset)
    return np.asarray(refined.clip(0, 1), np.float32)


def clean_mask(mask: Mask) -> Mask:
    """Remove specks and hairlines, close small holes and keep the pieces of some size."""
    size = max(3, min(mask.shape) // 100) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    closed = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, kernel)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed)
    if count < 2:
        return closed.astype(np.bool_)
    areas = stats[1:, cv2.CC_STAT_AREA]
    kept = np.flatnonzero(areas >= 0.12 * areas.max()) + 1
    return _fill_small_holes(np.isin(labels, kept))


def _fill_small_holes(mask: Mask) -> Mask:
    count, labels, stats, _ = cv2.connectedComponentsWithStats((~mask).astype(np.uint8))
    most = 0.0012 * mask.size
    small = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] < most]
    return mask | np.isin(labels, small)
