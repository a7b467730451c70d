"""From the maps of the form generator to a form of any size, in one piece and without holes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from fashion_core.compose import DARKEST, Form
from fashion_core.cutout.masks import box_of
from fashion_core.even_hem import even_hem
from fashion_core.neck import neck_of
from fashion_core.networks.form import MOST_DISTANCE, MOST_SHADE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fashion_core.neck import Neck

    Floats = NDArray[np.float32]
    Mask = NDArray[np.bool_]

#: Millimetres of a whole canvas from top to bottom: the scale of prints.
CANVAS_HEIGHT = 1050.0
#: L* above the median that no fold of a plain dress has: what is lighter is a gap between sleeve and body that
#: was drawn half.
_LIGHTEST_FOLD = 12.0
#: Holes below this share of the garment are no design, but faults.
SMALLEST_HOLE = 0.002
#: Pieces and holes are found at twice the size of the maps, whatever size is drawn.
_FINER = 2
#: So far from the neck's front edge, and so much smoothed, the generator's own edge goes; in millimetres.
_NEAR_NECK, _SMOOTH_NECK = 26.0, 24.0


def form_of_maps(maps: Floats, size: tuple[int, int], neckline: str | None = None) -> Form:
    """The form at ``size`` (width, height) of maps ``[2, h, w]`` in -1..1.

    The distance to the silhouette makes an edge that is sharp at every size; the shade is enlarged. The neck is
    open as ``neckline`` says, a class of the taxonomy; without one it is round.
    """
    height = size[1]
    maps = even_hem(maps, CANVAS_HEIGHT / maps.shape[1])
    distance = tidied(maps[0] * np.float32(MOST_DISTANCE))
    shade, neck = _with_neck(distance, maps[1] * np.float32(MOST_SHADE), neckline)
    scale = height / maps.shape[1]
    fine = cv2.resize(distance, size, interpolation=cv2.INTER_CUBIC)
    alpha = _whole(np.asarray(np.clip(fine * scale + 0.5, 0, 1), np.float32))
    folds = cv2.resize(shade, size, interpolation=cv2.INTER_CUBIC)
    return Form(
        alpha,
        np.asarray(np.clip(folds, DARKEST, _LIGHTEST_FOLD), np.float32),
        CANVAS_HEIGHT / height,
        sewn=True,
        neck=neck,
    )


def _with_neck(distance: Floats, shade: Floats, neckline: str | None) -> tuple[Floats, Neck | None]:
    """The neck of a form, and its shade ``[h, w]`` without what the generator drew of the neck itself."""
    height, width = shade.shape
    pitch = CANVAS_HEIGHT / height
    coarse = np.asarray(
        cv2.resize(distance, (width, height), interpolation=cv2.INTER_AREA), np.float32
    )
    neck = neck_of(coarse / np.float32(_FINER), shade, pitch, neckline)
    if neck is None:
        return shade, None
    # Below this nothing is near.
    low = max(neck.left[1], neck.right[1]) + neck.depth + _NEAR_NECK
    rows = slice(0, min(height, round(low / pitch) + 1))
    x = (np.arange(width, dtype=np.float32) + 0.5) * pitch
    y = (np.arange(rows.stop, dtype=np.float32) + 0.5) * pitch
    near = np.clip((neck.above(x, y) + _NEAR_NECK) / _NEAR_NECK, 0, 1)
    # Rows that smoothing reads are smoothed too.
    read = slice(0, rows.stop + round(3 * _SMOOTH_NECK / pitch))
    inside, before = (coarse[read] > 0).astype(np.float32), shade[read]
    weight = cv2.GaussianBlur(inside, (0, 0), _SMOOTH_NECK / pitch) + 1e-3
    smooth = cv2.GaussianBlur(before * inside, (0, 0), _SMOOTH_NECK / pitch)
    smooth = ((smooth + 1e-3 * before) / weight)[rows]
    after = shade.copy()
    after[rows] += near * (smooth - shade[rows])
    return after, neck


def tidied(distance: Floats) -> Floats:
    """A distance map ``[h, w]`` at twice its size: the largest piece alone, without small holes."""
    finer = np.asarray(
        cv2.resize(distance, None, fx=_FINER, fy=_FINER, interpolation=cv2.INTER_CUBIC), np.float32
    )
    inside = finer > 0
    stray = _stray(inside, connectivity=4)
    if stray is not None:
        finer = _turned_over(finer, stray)
        inside &= ~stray
    for hole in _small_holes(inside):
        finer = _turned_over(finer, hole)
    return finer


def _whole(alpha: Floats) -> Floats:
    """Without what came apart, or opened, when it was enlarged: specks that :func:`tidied` could not see."""
    stray = _stray(alpha > 0.5)
    if stray is not None:
        alpha[_with_rim(stray)] = 0
    for hole in _small_holes(alpha > 0.5):
        alpha[_with_rim(hole)] = 1
    return alpha


def _stray(inside: Mask, connectivity: int = 8) -> Mask | None:
    """What does not hang together with the largest piece; None if all does."""
    x0, y0, x1, y1 = box_of(inside)
    garment = inside[y0:y1, x0:x1].astype(np.uint8)
    count, pieces = cv2.connectedComponents(garment, connectivity=connectivity)
    if count <= 2:
        return None
    stray = np.zeros_like(inside)
    largest = 1 + int(np.argmax(np.bincount(pieces.ravel())[1:]))
    stray[y0:y1, x0:x1] = (pieces > 0) & (pieces != largest)
    return stray


def _small_holes(inside: Mask) -> list[Mask]:
    """Masks of holes that are no design."""
    x0, y0, x1, y1 = box_of(inside)
    # All that reaches the garment's box hangs together around it.
    ground = np.pad(~inside[y0:y1, x0:x1], 1, constant_values=True).astype(np.uint8)
    count, gaps = cv2.connectedComponents(ground, connectivity=4)
    if count <= 2:
        return []
    small = np.bincount(gaps.ravel()) < SMALLEST_HOLE * max(1, inside.sum())
    small[[0, gaps[0, 0]]] = False
    holes = []
    for label in np.flatnonzero(small):
        hole = np.zeros_like(inside)
        hole[y0:y1, x0:x1] = gaps[1:-1, 1:-1] == label
        holes.append(hole)
    return holes


def _with_rim(area: Mask) -> Mask:
    return cv2.dilate(area.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def _turned_over(distance: Floats, wrong: Mask) -> Floats:
    """The other sign where it is ``wrong``, and a pixel around, so that no edge is left there."""
    sign = np.sign(distance[wrong][0])
    return np.where(_with_rim(wrong), -sign * np.maximum(np.abs(distance), 1.0), distance).astype(
        np.float32
    )
