"""The neck opening of a dress that is seen from the front: where its front edge runs below that of the back.

On shop pictures a dress is worn by nobody: between the front edge of the neck and the back one its inside is
seen. A silhouette has the back edge alone, and the form generator draws the front one faintly. It is drawn here
as a curve of its kind, through the places where neck and shoulders meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    #: Two places, across and down, and by how many millimetres the upper edge falls between them.
    Ends = tuple[tuple[float, float], tuple[float, float], float]


@dataclass(frozen=True)
class _Cut:
    """How a kind of neckline is cut: millimetres, and the exponents of its curve.

    Attributes:
        half: from the middle to where it meets the shoulder, unless the silhouette shows that place.
        depths: least, usual and most depth below the shoulder.
        powers: of the curve ``depth * (1 - |t| ** a) ** b``, where t runs from -1 to 1.
    """

    half: float
    depths: tuple[float, float, float]
    powers: tuple[float, float]


_CUTS: Mapping[str, _Cut] = {
    "round": _Cut(82.0, (40.0, 75.0, 105.0), (2.3, 0.62)),
    "wide": _Cut(145.0, (50.0, 72.0, 95.0), (4.0, 0.8)),
    "deep": _Cut(92.0, (100.0, 135.0, 170.0), (2.3, 0.62)),
    "v": _Cut(86.0, (125.0, 165.0, 215.0), (1.08, 1.0)),
}
#: The kinds that have a front edge of their own; collars and necklines without shoulders have none.
KINDS = tuple(_CUTS)
#: Of a form that was asked for no neckline.
USUAL = "round"
#: A top that falls by less than this towards its middle, in millimetres, is a closed one.
_DIP = 6.0
#: So far outside the neck shoulders have fallen by as much.
_OUTSIDE = 60.0
#: How much of the curve's depth the silhouette may show, and by how much of its own the curve follows it.
_MOST_DIP, _FOLLOWS = 0.72, 0.6
#: Neck and shoulders meet between these distances from the middle, in millimetres.
_NEAREST, _FURTHEST = 45.0, 150.0
#: An opening is at most this share of the width of the chest, which is looked at so far below the top, and
#: shoulders are so much wider than the opening a little below it.
_WIDEST, _CHEST, _SHOULDERS, _BELOW = 0.66, 150.0, 1.32, 45.0
#: Shoulders are so much wider than the chest between the armholes.
_FLARE = 1.03
#: L* by which the front edge that the generator drew must differ along its course to be followed.
_SEEN = 1.2


@dataclass(frozen=True)
class Neck:
    """A front edge; lengths in millimetres on the canvas, from its upper left corner.

    Attributes:
        left, right: where it meets the shoulders, across and down.
        depth: of its lowest point below the line between them.
        powers: see :class:`_Cut`.
        kind: one of :data:`KINDS`.
    """

    left: tuple[float, float]
    right: tuple[float, float]
    depth: float
    powers: tuple[float, float]
    kind: str

    @property
    def middle(self) -> float:
        """Millimetres across of its middle."""
        return (self.left[0] + self.right[0]) / 2

    def edge(self, x: NDArray[Any], depth: Any = None) -> tuple[Floats, Floats]:
        """Millimetres down of the front edge at places across, and its slope; beyond its ends it rises.

        With ``depth`` ``[D, 1]`` of edges of other depths, ``[D, W]`` each.
        """
        depth = self.depth if depth is None else depth
        half = (self.right[0] - self.left[0]) / 2
        t = (x - self.middle) / half
        a, b = self.powers
        inner = np.clip(1 - np.abs(t) ** a, 1e-4, 1)
        base = (self.left[1] + self.right[1]) / 2 + t * (self.right[1] - self.left[1]) / 2
        y = base + depth * inner**b - np.maximum(np.abs(t) - 1, 0) * 6 * half
        slope = -depth * b * inner ** (b - 1) * a * np.abs(t) ** (a - 1) * np.sign(t) / half
        return np.asarray(y, np.float32), np.asarray(np.clip(slope, -6, 6), np.float32)

    def above(self, x: Floats, y: Floats) -> Floats:
        """Millimetres that places ``[H, W]`` lie above the front edge, below it negative.

        Args:
            x: across, ``[W]``.
            y: down, ``[H]``.
        """
        edge, slope = self.edge(x)
        return np.asarray((edge[None] - y[:, None]) / np.sqrt(1 + slope**2)[None], np.float32)


def neck_of(distance: Floats, shade: Floats, pitch: float, kind: str | None = None) -> Neck | None:
    """The front edge of a form's neck, or None where it has none that could be seen.

    Args:
        distance: to the silhouette, positive inside, ``[H, W]`` in pixels.
        shade: L* of the same places less the median.
        pitch: millimetres a pixel.
        kind: the neckline that was asked for, a class of the taxonomy.
    """
    kind = kind or USUAL
    if kind not in _CUTS:
        return None
    cut = _CUTS[kind]
    inside = distance > 0
    rows = np.flatnonzero(inside.any(1))
    if len(rows) < _CHEST / pitch:
        return None
    top, middle = (_top(distance, inside) + 0.5) * pitch, _middle(inside)
    ends = _ends(top, middle, cut, pitch)
    if ends is None or not _has_shoulders(inside, ends, pitch):
        # The highest places may be the outer ends of the shoulders.
        ends = _closed(top, middle, cut, pitch) if _flares(inside, pitch) else None
    if ends is None or not _has_shoulders(inside, ends, pitch):
        return None
    left, right, dip = ends
    least, usual, most = (depth + _FOLLOWS * dip for depth in cut.depths)
    if dip > _MOST_DIP * usual:
        return None
    depths = np.arange(least, most, 3.0)
    seen = _contrasts(Neck(left, right, usual, cut.powers, kind), depths, shade, pitch)
    # The middle of the depths that see the same edge.
    depth = usual if seen.max() < _SEEN else depths[seen >= 0.9 * seen.max()].mean()
    return Neck(left, right, float(depth), cut.powers, kind)


def _top(distance: Floats, inside: NDArray[np.bool_]) -> Floats:
    """The row of the upper edge in each column, between pixels; the last row where there is no garment."""
    columns = np.arange(distance.shape[1])
    first = inside.argmax(0)
    here, over = distance[first, columns], distance[np.maximum(first - 1, 0), columns]
    exact = first - np.clip(here / np.maximum(here - over, 1e-3), 0, 1)
    return np.where(inside.any(0), exact, len(distance) - 1).astype(np.float32)


def _middle(inside: NDArray[np.bool_]) -> float:
    rows = inside[inside.any(1)]
    first, last = rows.argmax(1), inside.shape[1] - 1 - rows[:, ::-1].argmax(1)
    return float(np.median(first + last)) / 2


def _ends(top: Floats, middle: float, cut: _Cut, pitch: float) -> Ends | None:
    """Where neck and shoulders meet, and by how much the upper edge falls between them."""
    at = round(middle)
    near, far = round(_NEAREST / pitch), round(_FURTHEST / pitch)
    if at - far < 0 or at + far >= len(top):
        return None
    sides = top[at - far : at - near + 1][::-1], top[at + near : at + far + 1]
    dip = float(np.median(top[at - 2 : at + 3])) - max(float(side.min()) for side in sides)
    if dip < _DIP:
        # Nothing of the silhouette tells where the neck ends. Beside a bandeau nothing falls off.
        return _closed(top, middle, cut, pitch) if _falls_off(top, at, cut, pitch) else None
    left, right = at - near - int(sides[0].argmin()), at + near + int(sides[1].argmin())
    return _place(top, left, pitch), _place(top, right, pitch), dip


def _falls_off(top: Floats, at: int, cut: _Cut, pitch: float) -> bool:
    """Whether shoulders slope down beside a neck of the usual width."""
    half, outside = (round(length / pitch) for length in (cut.half, cut.half + _OUTSIDE))
    if at - outside < 0 or at + outside >= len(top):
        return False
    return bool(min(top[at - outside] - top[at - half], top[at + outside] - top[at + half]) > _DIP)


def _closed(top: Floats, middle: float, cut: _Cut, pitch: float) -> Ends | None:
    """The ends of a neck that is as wide as its kind usually is."""
    at, half = round(middle), round(cut.half / pitch)
    if at - half < 0 or at + half >= len(top):
        return None
    left, right = _place(top, at - half, pitch), _place(top, at + half, pitch)
    return left, right, max(0.0, float(top[at]) - max(left[1], right[1]))


def _place(top: Floats, column: int, pitch: float) -> tuple[float, float]:
    return (column + 0.5) * pitch, float(top[column])


def _width(inside: NDArray[np.bool_], row: float) -> int:
    filled = np.flatnonzero(inside[min(len(inside) - 1, round(row))])
    return int(filled[-1] - filled[0] + 1) if len(filled) else 0


def _has_shoulders(inside: NDArray[np.bool_], ends: Ends, pitch: float) -> bool:
    """Whether there are shoulders beside the opening; straps, bandeaus and high collars have none."""
    (left, y0), (right, y1), _ = ends
    opening, y = (right - left) / pitch, max(y0, y1)
    chest, below = (_width(inside, (y + down) / pitch) for down in (_CHEST, _BELOW))
    return opening < _WIDEST * chest and below > _SHOULDERS * opening


def _flares(inside: NDArray[np.bool_], pitch: float) -> bool:
    """Whether shoulders stand out above the armholes, as those of a bandeau do not."""
    first = int(inside.any(1).argmax())
    upper = max(_width(inside, first + down / pitch) for down in (15, 30, 45))
    return upper > _FLARE * min(_width(inside, first + down / pitch) for down in (80, 110, 140))


def _contrasts(neck: Neck, depths: NDArray[Any], shade: Floats, pitch: float) -> Floats:
    """By how many L* the shade above edges of these depths ``[D]`` is darker, or lighter, than below them."""
    half = (neck.right[0] - neck.left[0]) / 2
    x = (neck.middle + half * np.linspace(-0.75, 0.75, 31)).astype(np.float32)
    y, slope = neck.edge(x, depths[:, None])
    step = np.asarray(7.0 / np.sqrt(1 + slope**2), np.float32)
    column = np.clip(np.rint(x / pitch).astype(int), 0, shade.shape[1] - 1)

    def at(offset: Floats) -> Floats:
        row = np.clip(np.rint((y + offset) / pitch).astype(int), 0, shade.shape[0] - 1)
        return np.asarray(shade[row, column], np.float32)

    return np.asarray(np.abs(np.median(at(step) - at(-step), axis=1)), np.float32)
