"""A repeat: the piece of a print that is laid side by side, as shapes and not as pixels."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, islice, pairwise
from typing import TYPE_CHECKING

import numpy as np

from fashion_core.cloth.curves import Outline, turn, turning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

#: What a family may paint with: the palette's colours by their parts in a print (see inks.py).
GROUND, MAIN, SECOND, LEAF, DEEP, LIGHT = range(6)
#: Paints nothing: cuts a hole into a see-through cloth.
HOLE = -1


@dataclass(frozen=True)
class Ink:
    """A colour of the palette, or a mixture of two.

    Attributes:
        colour: index of the colour, or :data:`HOLE`.
        other: the colour that it is mixed with.
        share: 0..1 of ``other`` in the mixture, mixed in CIELAB.
    """

    colour: int
    other: int = GROUND
    share: float = 0.0


@dataclass(frozen=True)
class Shape:
    """One area of one colour: outlines by the even-odd rule, so that a second one is a hole."""

    outlines: tuple[Outline, ...]
    ink: Ink


@dataclass
class Repeat:
    """Shapes in the order in which they are painted; the ground is painted first.

    Attributes:
        width, height: of the piece that repeats, in millimetres.
        see_through: the ground is not painted: lace.
        shapes: may reach over the edges; what does comes in again at the other side.
    """

    width: float
    height: float
    see_through: bool = False
    shapes: list[Shape] = field(default_factory=list)

    def add(self, outline: Outline, ink: int | Ink, *holes: Outline) -> None:
        """Paint an outline (with holes) over what is there."""
        self.shapes.append(Shape((outline, *holes), ink if isinstance(ink, Ink) else Ink(ink)))

    def place(
        self,
        motif: Sequence[Shape],
        at: tuple[float, float] | NDArray[np.float64],
        angle: float = 0.0,
        size: float = 1.0,
    ) -> None:
        """Paint the shapes of a motif, enlarged, turned by ``angle`` radians and moved to ``at`` (x, y)."""
        outlines = [outline for shape in motif for outline in shape.outlines]
        if not outlines:
            return
        points = np.concatenate(outlines) @ turning(angle, size) + np.asarray(at)
        ends = accumulate(map(len, outlines), initial=0)
        placed = iter([points[start:end] for start, end in pairwise(ends)])
        self.shapes += [
            Shape(tuple(islice(placed, len(shape.outlines))), shape.ink) for shape in motif
        ]

    @cached_property
    def points(self) -> tuple[NDArray[np.float64], NDArray[np.int64], list[tuple[int, Ink]]]:
        """All outlines of :meth:`wrapped` in one array, kept: only drawn repeats are asked for them.

        Returns:
            Points ``[M, 2]``; where each outline but the first begins; of each shape how many outlines it has,
            and its ink.
        """
        shapes = list(self.wrapped())
        outlines = [outline for shape in shapes for outline in shape.outlines]
        if not outlines:
            return np.zeros((0, 2)), np.zeros(0, np.int64), []
        ends = np.cumsum([len(outline) for outline in outlines])
        return np.concatenate(outlines), ends[:-1], [(len(s.outlines), s.ink) for s in shapes]

    def wrapped(self) -> Iterator[Shape]:
        """All shapes, with the copies that come in from the neighbouring repeats."""
        for shape, (x0, y0), (x1, y1) in zip(self.shapes, *self._copies(), strict=True):
            for row in range(y0, y1):
                for column in range(x0, x1):
                    if not row and not column:
                        yield shape
                        continue
                    by = np.array([column * self.width, row * self.height])
                    yield Shape(tuple(o + by for o in shape.outlines), shape.ink)

    def _copies(self) -> tuple[list[list[int]], list[list[int]]]:
        """By how many repeats each shape is shifted, across and down, to reach into this one.

        The first whole number and the one after the last; to reach up to its edge does not count.
        """
        outlines = [outline for shape in self.shapes for outline in shape.outlines]
        if not outlines:
            return [], []
        points = np.concatenate(outlines)
        lengths = np.array([sum(map(len, shape.outlines)) for shape in self.shapes])
        begins = np.cumsum(lengths) - lengths
        size = np.array([self.width, self.height])
        lowest = np.minimum.reduceat(points, begins) / size
        highest = np.maximum.reduceat(points, begins) / size
        first, last = np.floor(-highest) + 1, np.ceil(1 - lowest)
        return first.astype(int).tolist(), last.astype(int).tolist()

    def turned(self, degrees: float, most: int = 6) -> Repeat:
        """The same cloth turned clockwise: a larger piece that again repeats without a seam.

        A turned lattice has no upright rectangle but at a few angles. So two steps of at most ``most``
        repeats are looked for that lie nearly along the axes, and the cloth is stretched and sheared by
        the little that is missing.
        """
        if not degrees:
            return self
        radians = np.radians(degrees)
        across, down = self._step(radians, 0, most), self._step(radians, 1, most)
        size = np.array([[self.width], [self.height]])
        steps = np.stack([across, down], 1) * size
        width, height = np.linalg.norm(steps, axis=0)
        onto = np.diag([width, height]) @ np.linalg.inv(steps)
        turned = Repeat(float(width), float(height), self.see_through)
        reach = 2 * most
        for row in range(-reach, reach + 1):
            for column in range(-reach, reach + 1):
                corner = np.array([column * self.width, row * self.height])
                x, y = onto @ corner
                # A corner that lies on an edge but for rounding belongs to one side only.
                if not (-1e-6 <= x < width - 1e-6 and -1e-6 <= y < height - 1e-6):
                    continue
                turned.shapes += [
                    Shape(tuple((o + corner) @ onto.T for o in shape.outlines), shape.ink)
                    for shape in self.shapes
                ]
        return turned

    def _step(self, radians: float, axis: int, most: int) -> NDArray[np.int64]:
        """The whole repeats (across, down) that, turned, lead nearly along an axis in its direction."""
        counts = np.array(
            [(p, q) for p in range(-most, most + 1) for q in range(-most, most + 1) if p or q]
        )
        ways = turn(counts * np.array([self.width, self.height]), radians)
        length = np.linalg.norm(ways, axis=1)
        off = np.arccos(np.clip(ways[:, axis] / length, -1, 1))
        # A piece longer by three repeats is worth it if it lies closer to the axis by a degree.
        best = np.argmin(np.degrees(off) + length / min(self.width, self.height) / 3)
        return np.asarray(counts[best])
