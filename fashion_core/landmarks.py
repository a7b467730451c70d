"""Where the parts of a dress are, from its silhouette: shoulder, armpits, waist, hips, sleeves, neckline.

A body is scaled by its chest, the width of the torso at the armpits: waist and hips are looked for where they
lie on a body of that width.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from fashion_core.cutout.masks import box_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fashion_core.cutout.masks import Floats, Mask

    Runs = list[list[tuple[int, int]]]

#: Rows of the copy of a garment that is measured.
ROWS = 160
#: Where a body has its parts, in chests below the shoulder: armpits between the first two, the waist above the
#: third, hips at the fourth.
ARMPITS, LOWEST_WAIST, HIPS = (0.25, 0.7), 1.2, 1.45
#: Columns in which the neckline lies and those in which the shoulders do, in chests from the middle.
NECK, SHOULDERS = 0.22, (0.12, 0.45)
#: An edge that runs outward from row to row by more than this, until it is so many chests away, is a sleeve's.
_SLOPE, _STEP = 0.6, 0.045
#: A sleeve stands out this far, in chests.
_SLEEVE = 0.045


@dataclass(frozen=True)
class Landmarks:
    """Where the parts of a garment are, in rows and columns of ``mask``.

    Attributes:
        mask: the garment's largest piece, ``ROWS`` high, cut to its box.
        left, right: edges ``[ROWS]`` of the torso, which is taken to go straight up from the armpits; the right
            one is exclusive.
        shoulder, waist, hips: rows.
        armpits: row of the left and of the right one.
        neckline: row of its lowest point.
        sleeve_ends: the row below each side's sleeve; the shoulder's where there is none.
        chest: width of the torso at the armpits.
    """

    mask: Mask
    left: Floats
    right: Floats
    shoulder: int
    armpits: tuple[int, int]
    waist: int
    hips: int
    neckline: int
    sleeve_ends: tuple[int, int]
    chest: float


def landmarks(mask: Mask) -> Landmarks:
    """Find the parts of a garment.

    Raises:
        ValueError: the mask is empty.
    """
    garment = _cut(mask)
    runs = _runs(garment)
    left, right = _torso(runs, garment.shape[1])
    widths = right - left
    chest = float(max(4, np.median(widths[int(0.18 * ROWS) : int(0.4 * ROWS)])))
    rows = slice(int(0.18 * ROWS), int(0.5 * ROWS))
    middle = float(np.median((left + right)[rows]) / 2)
    top = _upper_outline(garment, chest, middle)
    shoulder = _shoulder(top, middle, chest)
    # The neck of a halter and what is tied there are no torso.
    broad = int(np.argmax(widths >= 0.6 * chest))
    # The right side is measured as the left one of the mirror image.
    wide = garment.shape[1]
    sides = [
        _side(garment, left, shoulder, chest, broad),
        _side(garment[:, ::-1], wide - right, shoulder, chest, broad),
    ]
    (left_pit, left_end), (right_pit, right_end) = sides
    left, right = left.copy(), right.copy()
    left[:left_pit], right[:right_pit] = left[left_pit], right[right_pit]
    chest = float(np.clip(right[right_pit] - left[left_pit], 0.5 * chest, 1.6 * chest))
    hips = _row(shoulder + HIPS * chest, most=int(0.95 * ROWS))
    first = _row(max(left_pit, right_pit) + 0.08 * chest, most=hips - 1)
    last = _row(shoulder + LOWEST_WAIST * chest, least=first, most=hips - 1)
    smooth = np.convolve(np.pad(right - left, 2, "edge"), np.full(5, 0.2), "valid")
    near = _columns(middle, NECK * chest, wide)
    return Landmarks(
        garment,
        left,
        right,
        shoulder,
        (left_pit, right_pit),
        first + int(np.argmin(smooth[first : last + 1])),
        hips,
        int(top[near].max()),
        (left_end, right_end),
        chest,
    )


def largest_piece(mask: Mask, connectivity: int = 8) -> Mask:
    """A mask, not empty, without its smaller pieces; of pixels that touch at 8 or at 4 places."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=connectivity
    )
    return np.asarray(labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])), np.bool_)


def _cut(mask: Mask) -> Mask:
    """The largest piece, cut to its box and brought to ``ROWS``, its shape kept."""
    if not mask.any():
        raise ValueError("There is no garment in an empty mask.")
    # Large masks are made smaller first: finding pieces takes longest.
    shrink = max(mask.shape) / (2 * ROWS)
    if shrink > 1:
        smaller = _resized(
            mask, _at_least(mask.shape[1] / shrink), _at_least(mask.shape[0] / shrink)
        )
        mask = smaller if smaller.any() else mask
    piece = largest_piece(mask)
    x0, y0, x1, y1 = box_of(piece)
    wide = min(8 * ROWS, _at_least((x1 - x0) * ROWS / (y1 - y0)))
    return _resized(piece[y0:y1, x0:x1], wide, ROWS)


def _resized(mask: Mask, wide: int, high: int) -> Mask:
    smaller = high < mask.shape[0]
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(
        cv2.resize(mask.astype(np.uint8) * 255, (wide, high), interpolation=how) > 127
    )


def _at_least(size: float) -> int:
    return max(1, round(size))


def _runs(garment: Mask) -> Runs:
    """First column and the one after the last of every stretch of garment, of each row."""
    steps = np.diff(np.pad(garment, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(steps == 1)
    ends = np.nonzero(steps == -1)[1]
    runs: Runs = [[] for _ in garment]
    for row, start, end in zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True):
        runs[row].append((start, end))
    return runs


def _torso(runs: Runs, wide: int) -> tuple[Floats, Floats]:
    """The edges of the torso ``[ROWS]``, followed from the skirt up; sleeves beside it are left out."""
    left, right = np.zeros(ROWS, np.float32), np.full(ROWS, wide, np.float32)
    start = _skirt_row(runs)
    a, b = 0, wide
    for row in range(start, ROWS):
        if runs[row]:
            a, b = runs[row][0][0], runs[row][-1][1]
        left[row], right[row] = a, b
    x0, x1 = float(left[start]), float(right[start])
    least = _STEP * max(4.0, x1 - x0)
    hidden = [False, False]
    for row in range(start - 1, -1, -1):
        torso = [(s, e) for s, e in runs[row] if _overlap(s, e, x0, x1) > 0.5]
        if torso:
            a, b = torso[0][0], torso[-1][1]
            # In the skirt, what stands out too far for a sleeve is a hem that hangs lower on one side.
            most = 0.5 * (x1 - x0) if row > 0.45 * ROWS else wide
            seen = runs[row][0][0] < a or x0 - a > most, runs[row][-1][1] > b or b - x1 > most
            x0, hidden[0] = _edge(x0, a, seen[0], hidden[0], least)
            mirrored, hidden[1] = _edge(-x1, -b, seen[1], hidden[1], least)
            x1 = -mirrored
        left[row], right[row] = x0, x1
    return left, right


def _skirt_row(runs: Runs) -> int:
    """A row of the skirt below sleeves: near the hem, but not of a corner of it that hangs lower."""
    lowest = range(int(0.91 * ROWS), int(0.78 * ROWS), -1)
    extents = [runs[row][-1][1] - runs[row][0][0] if runs[row] else 0 for row in lowest]
    whole = 0.6 * float(np.median(extents))
    return next((row for row, e in zip(lowest, extents, strict=True) if e >= whole), lowest[0])


def _overlap(a: float, b: float, c: float, d: float) -> float:
    """The common part of two stretches over the shorter one."""
    return (min(b, d) - max(a, c)) / min(b - a, d - c)


def _edge(
    before: float, outline: float, seen: bool, hidden: bool, least: float
) -> tuple[float, bool]:
    """The left edge of the torso one row higher up, and whether a sleeve hides it.

    Args:
        before: the edge one row below.
        outline: where the stretch that holds the torso begins.
        seen: whether the outline is the torso's for sure, as with a sleeve that lies apart from it.
        hidden: whether a sleeve hid the edge one row below.
        least: how far out a sleeve reaches.
    """
    if seen or outline >= before - (1 if hidden else _SLOPE):
        return outline, False
    if hidden:
        return before, True
    follows = before - _SLOPE
    return follows, follows - outline > least


def _upper_outline(garment: Mask, chest: float, middle: float) -> NDArray[np.intp]:
    """The first row of garment of each column; the last row where there is none.

    A neckline that is closed above by the back or by a strap, thin and with the background seen below it, is
    open for this.
    """
    top = np.where(garment.any(0), np.argmax(garment, axis=0), ROWS - 1)
    near = _columns(middle, NECK * chest, garment.shape[1])
    below = np.arange(ROWS)[:, None] >= top[near]
    gap = np.argmax(below & ~garment[:, near], axis=0)
    bottom = np.argmax((np.arange(ROWS)[:, None] > gap) & garment[:, near], axis=0)
    thin = (gap > 0) & (gap - top[near] < 0.14 * chest) & (gap < 0.6 * chest) & (bottom > gap)
    if thin.mean() > 0.5:
        top[near] = np.where(thin, bottom, top[near])
    return np.asarray(top, np.intp)


def _shoulder(top: NDArray[np.intp], middle: float, chest: float) -> int:
    """The row of the shoulders: the mean of the highest points of both sides beside the neck."""
    inner, outer = (share * chest for share in SHOULDERS)
    columns = np.arange(len(top)) - middle
    sides = [top[(side * columns >= inner) & (side * columns <= outer)] for side in (-1, 1)]
    highest = [int(side.min()) for side in sides if len(side)]
    return _row(float(np.mean(highest or [top.min()])), most=ROWS // 2)


def _side(garment: Mask, edge: Floats, shoulder: int, chest: float, broad: int) -> tuple[int, int]:
    """Rows of the left armpit, not above ``broad``, and below the left sleeve; without one, the shoulder's."""
    columns = np.arange(garment.shape[1])
    upper, lower = (_row(max(shoulder + share * chest, broad), most=ROWS // 2) for share in ARMPITS)
    beside = columns < edge[:, None]
    reach = (garment & beside).sum(1) > _SLEEVE * chest
    gap = (~garment & beside & (np.cumsum(garment, axis=1) > 0)).any(1) & reach
    standing = np.flatnonzero(reach[shoulder : lower + 1])
    if len(standing):
        # Arm and torso part at the armpit; where they lie together down to a long sleeve's end, it is guessed.
        end = _end_of(reach, shoulder + int(standing[-1]))
        gaps = np.flatnonzero(gap[shoulder:end])
        pit = shoulder + int(gaps[0]) if len(gaps) else end if end < lower else (upper + lower) // 2
        pit = min(max(pit, upper), lower)
    else:
        pit = _corner(garment, shoulder, upper, lower, _row(shoulder + chest))
    # Above the armpit the torso goes straight up: what stands out there is sleeve as well.
    straight = (garment & (columns < edge[pit])).sum(1) > _SLEEVE * chest
    reach = np.where(np.arange(ROWS) < pit, straight, reach)
    standing = np.flatnonzero(reach[shoulder : pit + 1])
    return pit, _end_of(reach, shoulder + int(standing[-1])) if len(standing) else shoulder


def _end_of(reach: NDArray[np.bool_], row: int) -> int:
    """The first row from ``row`` on in which no sleeve is."""
    ended = np.flatnonzero(~reach[row:])
    return row + int(ended[0]) if len(ended) else ROWS


def _corner(garment: Mask, shoulder: int, upper: int, lower: int, below: int) -> int:
    """The row of the armpit without a sleeve: where the outline stands out most from shoulder to waist."""
    outline = np.argmax(garment, axis=1)
    rows = np.arange(upper, max(lower, upper) + 1)
    slope = (outline[below] - outline[shoulder]) / max(1, below - shoulder)
    chord = outline[shoulder] + slope * (rows - shoulder)
    return upper + int(np.argmax(chord - outline[rows]))


def _columns(middle: float, reach: float, wide: int) -> slice:
    first = min(max(0, round(middle - reach)), wide - 1)
    return slice(first, max(first + 1, min(wide, round(middle + reach) + 1)))


def _row(row: float, least: int = 0, most: int = ROWS - 1) -> int:
    return max(0, least, min(most, round(row)))
