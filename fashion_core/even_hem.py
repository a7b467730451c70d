"""A hem that is cut evenly: small waves along the lower edge of a skirt are drawn straight.

Masks of photos are rough along hems, and so is what a generator learns from them; scissors are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

#: Waves shorter than about three times this go, in millimetres.
_SMOOTH = 26.0
#: Columns belong to the hem whose lower edge is no further above the lowest place, and no steeper, than this.
_WITHIN, _STEEPEST = 110.0, 1.4
#: An edge is moved by so many millimetres at most; what is so far above the hem stays where it is.
_MOST, _ABOVE = 14.0, 90.0
#: A hem is at least this wide.
_NARROWEST = 90.0


def even_hem(maps: Floats, pitch: float) -> Floats:
    """Maps ``[2, H, W]`` of distance (positive inside) and shade, moved up and down near the hem.

    Args:
        maps: in any unit of distance.
        pitch: millimetres a pixel.
    """
    distance = maps[0]
    height, width = distance.shape
    inside = distance > 0
    filled = np.flatnonzero(inside.any(0))
    if len(filled) * pitch < _NARROWEST:
        return maps
    lower = _lower_edge(distance, inside)
    hem = _longest(
        inside.any(0)
        & (lower > lower[filled].max() - _WITHIN / pitch)
        & (np.abs(np.gradient(lower)) < _STEEPEST)
    )
    if len(hem) * pitch < _NARROWEST:
        return maps
    moved = np.zeros(width, np.float32)
    moved[hem] = np.clip(
        _smooth(lower[hem], _SMOOTH / pitch) - lower[hem], -_MOST / pitch, _MOST / pitch
    )
    # Nothing is torn at the ends of the hem.
    for values in (moved, lower):
        values[: hem[0]], values[hem[-1] + 1 :] = values[hem[0]], values[hem[-1]]
    first = max(0, int(lower.min() - _ABOVE / pitch))
    rows = np.arange(first, height, dtype=np.float32)[:, None]
    near = np.clip((rows - lower[None]) * pitch / _ABOVE + 1, 0, 1)
    x = np.ascontiguousarray(np.broadcast_to(np.arange(width, dtype=np.float32), near.shape))
    y = np.ascontiguousarray(rows - near * moved[None], np.float32)
    after = maps.copy()
    for drawn, values in zip(after, maps, strict=True):
        drawn[first:] = cv2.remap(values, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return after


def _lower_edge(distance: Floats, inside: NDArray[np.bool_]) -> Floats:
    """The row of the lower edge in each column, between pixels; 0 where there is no garment."""
    height, width = distance.shape
    columns = np.arange(width)
    last = height - 1 - inside[::-1].argmax(0)
    here, below = distance[last, columns], distance[np.minimum(last + 1, height - 1), columns]
    exact = last + np.clip(here / np.maximum(here - below, 1e-3), 0, 1)
    return np.where(inside.any(0), exact, 0).astype(np.float32)


def _longest(hem: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The columns of the longest run."""
    ends = np.flatnonzero(np.diff(hem, prepend=False, append=False)).reshape(-1, 2)
    if not len(ends):
        return np.zeros(0, np.int64)
    start, stop = ends[np.argmax(ends[:, 1] - ends[:, 0])]
    return np.arange(start, stop)


def _smooth(values: Floats, sigma: float) -> Floats:
    """Smoothed so that straight and evenly bowed lines stay as they are."""
    once = _gaussian(values, sigma)
    return once + _gaussian(values - once, sigma)


def _gaussian(values: Floats, sigma: float) -> Floats:
    reach = min(round(3 * sigma), len(values) - 1)
    # Continued beyond its ends as it rises there.
    before = 2 * values[0] - values[1 : reach + 1][::-1]
    after = 2 * values[-1] - values[-reach - 1 : -1][::-1]
    longer = np.concatenate([before, values, after])[None].astype(np.float32)
    return np.asarray(cv2.GaussianBlur(longer, (0, 0), sigma)[0, reach : reach + len(values)])
