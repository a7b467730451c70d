"""Where the sleeves, the hem and the neckline of a garment are, from its silhouette alone.

All of it is found on a grid of millimetres, so that it is the same at every size of the picture, and carried
to the picture's pixels only at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fashion_core.armholes import GRID, Armhole, armholes
from fashion_core.cutout.masks import box_of

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

#: Points of the grid a side, at most.
_MOST = 1600
#: Distances from an edge are known up to so many millimetres, in steps of so many.
REACH, STEP = 126.0, 0.125
#: Holes of fewer points are faults of the mask.
_SMALL_HOLE = 100
#: Points around what a distance is needed of that smoothing reads too.
_BLURRED = 10


@dataclass(frozen=True)
class Sleeve:
    """One sleeve, where it was found in a window of the picture.

    Attributes:
        side: -1 on the picture's left, 1 on its right.
        box: rows and columns of the window that it covers.
        beyond: millimetres that each pixel of the box lies outside the armhole; what is no garment may too.
        pitch: millimetres a pixel.
        shoulder: millimetres across and down of the upper end of the armhole from the middle of its top.
    """

    side: int
    box: tuple[slice, slice]
    beyond: Floats
    pitch: float
    shoulder: tuple[float, float]

    @property
    def weight(self) -> Floats:
        """0..1 of each pixel of the box: how much of it is sleeve."""
        return np.asarray(np.clip(self.beyond / self.pitch + 0.5, 0, 1), np.float32)


@dataclass(frozen=True)
class Edge:
    """How far the pixels near a hem or a neckline are from it.

    Attributes:
        box: rows and columns of the window within reach of the edge.
        steps: distance of each pixel of the box, in steps of :data:`STEP` millimetres; 0 outside the garment.
    """

    box: tuple[slice, slice]
    steps: NDArray[np.uint16]


class Parts:
    """The parts of a silhouette, on a grid of millimetres.

    Args:
        alpha: 0..1 ``[H, W]``, cut to the garment.
        pitch: millimetres a pixel.
    """

    def __init__(self, alpha: Floats, pitch: float) -> None:
        self.size = alpha.shape[0], alpha.shape[1]
        self.pitch = pitch
        # No garment is longer; a mask that is a mere line may seem to be.
        height, width = (min(max(1, round(n * pitch / GRID)), _MOST) for n in self.size)
        way = cv2.INTER_AREA if pitch < GRID else cv2.INTER_LINEAR
        small = cv2.resize(alpha, (width, height), interpolation=way)
        # A point more on each side, so that every outline is closed.
        self._coverage: Floats = np.pad(small, 1).astype(np.float32)
        self.garment = np.pad(_without_small_holes(small > 0.5), 1)
        #: Grid points a pixel, down and across.
        self.scale = height / self.size[0], width / self.size[1]

    @cached_property
    def axis(self) -> int:
        """The column of the garment's middle."""
        columns = np.arange(self.garment.shape[1])
        rows = self.garment[self.garment.any(1)]
        if not len(rows):
            return len(columns) // 2
        first, last = rows.argmax(1), len(columns) - 1 - rows[:, ::-1].argmax(1)
        return round(float(np.median(first + last)) / 2)

    @cached_property
    def armholes(self) -> tuple[Armhole, ...]:
        """Where sleeves part from the body; none of a sleeveless dress."""
        return armholes(self.garment, self.axis)

    @property
    def body(self) -> Mask:
        """The garment without its sleeves, on the grid."""
        body = self.garment.copy()
        columns = np.arange(body.shape[1])[None]
        for hole in self.armholes:
            rows = slice(hole.top, hole.top + len(hole.line))
            body[rows] &= hole.side * (columns - hole.line[:, None]) <= 0
        return body

    def sleeves(self) -> tuple[Sleeve, ...]:
        """In the picture's pixels."""
        return tuple(self._sleeve(hole) for hole in self.armholes)

    def hem(self) -> Edge:
        """The lower edge of the skirt."""
        return self._edge(below_hem(self.body))

    def neckline(self) -> Edge:
        """The edge of the neck opening; of a strapless dress its upper edge."""
        return self._edge(above_neckline(self._coverage, self.axis))

    def _sleeve(self, hole: Armhole) -> Sleeve:
        down, across = self.scale
        height, width = self.size
        first = max(0, int((hole.top - 1) / down))
        last = min(height, int(np.ceil((hole.top - 1 + len(hole.line)) / down)))
        rows = (np.arange(first, last) + 0.5) * down + 0.5
        line = np.interp(rows, hole.top + np.arange(len(hole.line)), hole.line)
        line = (line - 0.5) / across - 0.5
        inner = float(line.min() if hole.side > 0 else line.max())
        start = int(np.clip(inner - 1, 0, width - 1))
        columns = slice(start, width) if hole.side > 0 else slice(0, start + 2)
        x = np.arange(columns.start, min(columns.stop, width))[None]
        beyond = (hole.side * (x - line[:, None]) * self.pitch).astype(np.float32)
        x0 = float(hole.line[0] - 0.5) / across - width / 2
        y0 = (hole.top - 0.5) / down - 0.5
        shoulder = x0 * self.pitch, y0 * self.pitch
        return Sleeve(hole.side, (slice(first, last), columns), beyond, self.pitch, shoulder)

    def _edge(self, beyond: Mask) -> Edge:
        """Distances from what lies beyond an edge, with a smooth course."""
        nothing = Edge((slice(0, 0), slice(0, 0)), np.zeros((0, 0), np.uint16))
        if not beyond.any():
            return nothing
        # What is further away than anything within reach needs no distance.
        x0, y0, x1, y1 = box_of(beyond)
        far = round(REACH / GRID) + _BLURRED
        top, left = max(0, y0 - far), max(0, x0 - far)
        there = slice(top, y1 + far), slice(left, x1 + far)
        close = beyond[there].astype(np.uint8)
        inside = cv2.distanceTransform(1 - close, cv2.DIST_L2, 5)
        outside = cv2.distanceTransform(close, cv2.DIST_L2, 5)
        distance = cv2.GaussianBlur((inside - outside) * GRID, (0, 0), 1.6)
        near = np.zeros_like(self.garment)
        near[there] = self.garment[there] & (distance < REACH)
        if not near.any():
            return nothing
        down, across = self.scale
        box = _pixels(near, 1, down, self.size[0]), _pixels(near, 0, across, self.size[1])
        rows, columns = box
        # From a pixel's centre to the grid's, which has a point more on each side.
        onto = np.array(
            [
                [across, 0, (columns.start + 0.5) * across + 0.5 - left],
                [0, down, (rows.start + 0.5) * down + 0.5 - top],
            ]
        )
        size = columns.stop - columns.start, rows.stop - rows.start
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        fine = cv2.warpAffine(distance, onto, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return Edge(box, np.clip(fine / STEP, 0, REACH / STEP).astype(np.uint16))


def edge_of_neck(box: tuple[slice, slice], above: Floats) -> Edge:
    """The edge of a neck of which it is known how many millimetres above it each pixel of a box lies."""
    below = np.where(above > 0, REACH, -above)
    return Edge(box, np.clip(below / STEP, 0, REACH / STEP).astype(np.uint16))


def _pixels(near: Mask, axis: int, scale: float, most: int) -> slice:
    """The pixels of one direction that the grid's points cover."""
    points = np.flatnonzero(near.any(axis)) - 1
    return slice(
        max(0, int((points[0] - 1) / scale)), min(most, int(np.ceil((points[-1] + 2) / scale)))
    )


def _without_small_holes(garment: Mask) -> Mask:
    # All that reaches the edge hangs together around it.
    ground = np.pad(~garment, 1, constant_values=True).astype(np.uint8)
    count, gaps = cv2.connectedComponents(ground)
    if count <= 2:
        return garment
    small = np.bincount(gaps.ravel()) < _SMALL_HOLE
    small[[0, gaps[0, 0]]] = False
    return np.asarray(garment | small[gaps[1:-1, 1:-1]])


#: A hem is nowhere steeper, and its highest place is not further above its lowest, in shares of the height.
_STEEPEST, _HIGHEST = 2.0, 0.35
#: Slits up to this wide and from this deep on do not part a hem.
_SLIT, _NOTCH = round(80 / GRID), round(25 / GRID)
#: What lies below a hem is needed this deep; pieces shorter than this are low, in shares of the height.
_DEEP, _SHORT, _LOW = round(12 / GRID), round(100 / GRID), 0.12
#: An edge at the top is level where it falls less than this over more than that.
_LEVEL, _LONG = 4 / GRID, round(25 / GRID)


def below_hem(body: Mask) -> Mask:
    """What lies below the lower edge of a body's skirt."""
    height = len(body)
    lowest = height - body[::-1].argmax(0)
    there = body.any(0)
    if not there.any():
        return np.zeros_like(body)
    bottom = np.where(there, lowest, 0).astype(np.float32)[None]
    closed = cv2.morphologyEx(bottom, cv2.MORPH_CLOSE, np.ones((1, _SLIT | 1), np.uint8))
    bottom = np.where(closed - bottom > _NOTCH, closed, bottom)
    smooth = cv2.GaussianBlur(bottom, (0, 0), 1.2)[0]
    steep = np.abs(np.gradient(smooth)) > _STEEPEST
    rows = np.flatnonzero(body.any(1))
    above = (rows[-1] - smooth) / (rows[-1] - rows[0] + 1)
    hem = there & ~steep & (above < _HIGHEST)
    # A short piece further up is the end of something else, such as a ruffle or a wide sleeve.
    ends = np.flatnonzero(np.diff(hem, prepend=False, append=False)).reshape(-1, 2)
    for start, stop in ends:
        if stop - start < _SHORT and above[start:stop].min() > _LOW:
            hem[start:stop] = False
    below = np.arange(height)[:, None] - bottom
    # No deeper than this, so that where the hem leaps its side is no edge.
    return np.asarray(hem[None] & (below >= 0) & (below < _DEEP))


def above_neckline(coverage: Floats, axis: int) -> Mask:
    """What lies above a garment's upper edge, between the highest points of its shoulders or straps."""
    height, width = coverage.shape
    garment, columns = coverage > 0.5, np.arange(width)
    first_row = garment.argmax(0)
    inside, above = coverage[first_row, columns], coverage[first_row - 1, columns]
    # Where coverage passes a half, so that the highest point is the same at every size.
    exact = first_row - (inside - 0.5) / np.maximum(inside - above, 1e-3)
    top = np.where(garment.any(0), exact, height)
    first, last = axis - _shoulder(top[axis::-1]), axis + _shoulder(top[axis:])
    within = (columns >= first) & (columns <= last)
    return np.asarray(within[None] & (np.arange(height)[:, None] < top[None]))


def _shoulder(top: NDArray[Any]) -> int:
    """How far from the axis the highest point is; of a level edge, where it ends."""
    highest = int(top.argmin())
    end = int(np.flatnonzero(top <= top[highest] + _LEVEL)[-1])
    return end if end - highest > _LONG else highest
