"""Where sleeves part from the body of a garment, from its silhouette on a grid of millimetres.

Going down from the shoulder, the outline of the body falls back at once where a sleeve leaves it: at the
underarm, where there is a gap between them, or else at the cuff. A skirt only widens.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

#: Millimetres from one point of the grid to the next.
GRID = 2.5
#: Going down, the body's outline falls back by this much within so little height where a sleeve parts from it.
_FALL, _WITHIN = round(25 / GRID), round(25 / GRID)
#: The body's half width at the underarm is at least this.
_SLIMMEST = round(60 / GRID)
#: The upper end of the armhole lies so far out, in shares of the underarm; and it is this high at least.
_SHOULDER, _ARMHOLE = 0.84, round(45 / GRID)
#: An underarm is no lower, in shares of the height. Where sleeves lie close, it is the cuff that parts.
_LOWEST_UNDERARM = 0.87
#: The upper half of a sleeve is at least this wide in shares of its lower end, and its area no smaller; it lies
#: so far beyond the underarm on the mean.
_EVEN, _SMALLEST, _THICK = 0.4, round(2500 / GRID**2), 22 / GRID
#: A sleeve that touches the skirt is followed on for so long to find its cuff.
_TOUCHING = round(350 / GRID)
#: A gap between sleeve and body is longer than this.
_GAP = round(10 / GRID)


@dataclass(frozen=True)
class Armhole:
    """The line between body and sleeve.

    Attributes:
        side: -1 on the left, 1 on the right.
        top: row of the grid in which it begins.
        line: its column in each row from there on.
        parted: a gap between body and sleeve shows.
    """

    side: int
    top: int
    line: NDArray[np.float64]
    parted: bool


def armholes(garment: Mask, axis: int) -> tuple[Armhole, ...]:
    """The armholes of a garment on the grid, none of a sleeveless dress.

    Without its like on the other side, only a sleeve that a gap parts from the body is one: bloused waists and
    torn masks stand out too.
    """
    found = [one for one in (_armhole(garment, axis, side) for side in (-1, 1)) if one]
    return tuple(one for one in found if one.parted or len(found) == 2)


def _armhole(garment: Mask, axis: int, side: int) -> Armhole | None:
    """Where the sleeve of one side parts from the body, if there is one."""
    half = garment[:, axis:] if side > 0 else garment[:, axis::-1]
    body, beyond = _runs(half)
    underarm = _underarm(half, body)
    if underarm is None:
        return None
    row, width = underarm
    shoulder = int(_SHOULDER * width)
    top = int(half[:, shoulder].argmax())
    # A bowed line, as armholes are: inwards at half height.
    t = np.linspace(0, 1, row - top + 1)
    bowed = shoulder * (1 - t) ** 2 + (_SHOULDER - 0.04) * width * 2 * t * (1 - t) + width * t**2
    # A sleeve worn off the shoulder reaches higher than the armhole.
    highest = int(half[:, shoulder:].any(1).argmax())
    beside = _beside(body, beyond, row)
    line = [float(shoulder)] * (top - highest) + bowed.tolist() + beside
    parted = len(beside) > _GAP
    return Armhole(side, highest, axis + side * (np.array(line) + 0.5), parted)


def _runs(half: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of each row from the axis outwards: where its first run ends, and where the next one begins, or -1."""
    columns, width = np.arange(half.shape[1]), half.shape[1]
    gap = ~half & (columns >= half.argmax(1)[:, None])
    end = np.where(half.any(1), np.where(gap.any(1), gap.argmax(1), width), 0)
    again = half & (columns > end[:, None])
    return end, np.where(again.any(1), again.argmax(1), -1)


def _underarm(half: Mask, body: NDArray[np.int64]) -> tuple[int, int] | None:
    """Row and half width of the body right below the first sleeve-like fall of its outline."""
    rows = np.flatnonzero(half.any(1))
    if not len(rows):
        return None
    # The lower edge of a skirt may be torn or scalloped: nothing begins there.
    lowest = rows[0] + int(_LOWEST_UNDERARM * (rows[-1] - rows[0]))
    highest = rows[0] + _ARMHOLE
    if lowest <= highest:
        return None
    before = np.lib.stride_tricks.sliding_window_view(body, _WITHIN).max(1)
    fall = before[highest - _WITHIN : lowest - _WITHIN] - body[highest:lowest]
    for y in (highest + np.flatnonzero(fall >= _FALL)).tolist():
        settled = _settled(body, y, lowest)
        if _is_sleeve(half, body, settled):
            return settled, int(body[settled])
    return None


def _is_sleeve(half: Mask, body: NDArray[np.int64], row: int) -> bool:
    """Whether what ends at ``row`` hangs from the shoulder; a peplum or a tier of the skirt does not."""
    width = int(body[row])
    # Of a strap or a piece of the hem the inner end is far from the middle; a slit may run down the middle.
    if width < _SLIMMEST or not half[row, : width // 3].any():
        return False
    column_at = int(_SHOULDER * width)
    column = half[:, column_at]
    top = int(column.argmax())
    if row - top < _ARMHOLE or not column[top:row].all():
        return False
    # A sleeve is nearly as wide above as below; what only widens downwards is the skirt.
    outside = body[top:row] - np.linspace(column_at, width, row - top)
    third = len(outside) // 3
    upper, lower = np.maximum(outside[third // 2 : 2 * third], 0), outside[2 * third :]
    return bool(
        (outside[third:] > 1).mean() > 0.9
        and upper.mean() > _EVEN * lower.mean()
        and outside.sum() > _SMALLEST
        and (body[top + third : row] - width).mean() > _THICK
    )


def _beside(body: NDArray[np.int64], beyond: NDArray[np.int64], row: int) -> list[float]:
    """The middle of the gap between body and sleeve, from the row below the underarm to the cuff."""
    line: list[float] = []
    y, last = row + 1, len(body)
    while y < last:
        if body[y] > body[y - 1] + 3 and body[y] >= beyond[y - 1] > 0:
            cuff = _cuff(body, y, int(body[y - 1]))
            if not cuff:
                break
            line += np.linspace(body[y - 1], body[cuff], cuff - y + 1).tolist()
            y = cuff + 1
            continue
        if beyond[y] < 0:
            break
        line.append((body[y] + beyond[y]) / 2)
        y += 1
    return line


def _cuff(body: NDArray[np.int64], row: int, width: int) -> int:
    """The row at which a sleeve that touches the skirt from ``row`` on ends, or 0."""
    for y in range(row + 2, min(row + _TOUCHING, len(body) - 1)):
        if body[max(row, y - 2 * _WITHIN) : y].max() - body[y] >= _FALL and body[y] > 0.75 * width:
            return _settled(body, y, len(body) - 1)
    return 0


def _settled(body: NDArray[np.int64], row: int, last: int) -> int:
    """The first row from ``row`` on from which the outline falls back no further."""
    while row + 2 < last and body[row] - body[row + 2] > 1:
        row += 1
    return row
