"""From shares of colours, as a network draws them, to the shapes of a repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from skimage.measure import find_contours

from fashion_core.cloth.repeat import Ink, Repeat, Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fashion_core.cloth.curves import Outline

#: Shares are enlarged so many times before outlines are traced, and smoothed by a Gaussian of this
#: standard deviation in their own pixels.
_LARGER, _SMOOTH = 4, 0.55
#: Outlines keep within this distance of what was traced, and enclose at least this area; in pixels of shares.
_NEAR, _LEAST = 0.06, 0.6
#: Pixels of the neighbouring repeats that are looked at beyond an edge.
_MARGIN = 6


def traced(shares: NDArray[np.float32], width: float, height: float) -> Repeat:
    """A repeat from shares ``[K, H, W]`` of the palette's first K colours, whose opposite edges touch.

    The k-th shape is where any of the colours from the k-th on covers most, and is painted over those before
    it: so two colours that touch leave no gap.

    Args:
        shares: 0..1, the ground first.
        width, height: of the repeat in millimetres.
    """
    repeat = Repeat(width, height)
    larger = np.stack([_enlarged(share) for share in shares])
    size = np.array([width, height]) / (np.array(larger.shape[:0:-1]) - 1)
    for colour in range(1, len(shares)):
        outlines = _outlines(larger[colour:].max(0) - larger[:colour].max(0))
        if outlines:
            repeat.shapes.append(Shape(tuple(o * size for o in outlines), Ink(colour)))
    return repeat


def _enlarged(share: NDArray[np.float32]) -> NDArray[np.float32]:
    """A share ``[H, W]`` at nodes from one edge to the other, both of them included."""
    height, width = share.shape
    wrapped = cv2.copyMakeBorder(share, *(_MARGIN,) * 4, cv2.BORDER_WRAP)
    wrapped = cv2.GaussianBlur(wrapped, (0, 0), _SMOOTH)
    across, down = (
        # The middle of a pixel is half a pixel from its edge.
        np.arange(side * _LARGER + 1, dtype=np.float32) / _LARGER + _MARGIN - 0.5
        for side in (width, height)
    )
    x, y = np.meshgrid(across, down)
    return np.asarray(cv2.remap(wrapped, x, y, cv2.INTER_CUBIC), np.float32)


def _outlines(inside: NDArray[np.float32]) -> list[Outline]:
    """Closed outlines (x, y) of where ``inside [H, W]`` is above 0, cut at the edges; of holes too."""
    framed = cv2.copyMakeBorder(inside, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=-1.0)
    most = np.array(inside.shape[::-1]) - 1
    kept = []
    for path in find_contours(framed, 0.0):
        outline = np.clip(path[:-1, ::-1] - 1, 0, most).astype(np.float32)
        outline = cv2.approxPolyDP(outline[:, None], _NEAR * _LARGER, closed=True)[:, 0]
        if len(outline) > 2 and cv2.contourArea(outline) >= _LEAST * _LARGER**2:
            kept.append(outline.astype(np.float64))
    return kept
