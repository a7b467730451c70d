"""The colours of a border: a band with a thin line on either side, in the cloth's own inks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fashion_core.cloth.repeat import GROUND, Ink
from fashion_core.colour.colours import parse_hex
from fashion_core.parts import STEP
from fashion_core.taxonomy import PLAIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fashion_core.cloth import Cloth
    from fashion_core.composition import Composition

#: Of a border's width: a line at either side, and the ground between it and the band; in millimetres at most.
_LINE, _GAP = 0.09, 0.1
_MOST_LINE, _MOST_GAP = 5.0, 6.0
_BROADER = 1.5


def band(cloth: Cloth, composition: Composition, pitch: float) -> NDArray[np.float32]:
    """What a border shows at each distance from its edge.

    Args:
        cloth: gives the ground, and the contrast if the composition has none.
        composition: width and contrast.
        pitch: millimetres a pixel: nothing is sharper.

    Returns:
        Premultiplied RGB in 0..255 and coverage in 0..1 ``[N, 4]``, a row for each step of
        :data:`fashion_core.parts.STEP` millimetres; the last row is beyond the border.
    """
    width = composition.border_width
    line, gap = min(_LINE * width, _MOST_LINE), min(_GAP * width, _MOST_GAP)
    contrast, ground = contrast_of(cloth, composition), cloth.inks().rgb(Ink(GROUND))
    # The outer line is broader, as an edge is never quite even.
    outer = _BROADER * line
    parts = [
        (outer, contrast),
        (gap, ground),
        (width - outer - line - 2 * gap, contrast),
        (gap, ground),
        (line, contrast),
    ]
    ends = np.cumsum([length for length, _ in parts])
    soft = max(1, round(pitch / STEP))
    distance = (np.arange(round(width / STEP) + soft + 1) + 0.5) * STEP
    at = np.searchsorted(ends, distance, side="right")
    table = np.array([(*colour, 1.0) for _, colour in parts] + [(0.0,) * 4])
    # Averaged over a pixel, as an edge between two colours is.
    padded = np.pad(table[at], ((soft // 2, soft - 1 - soft // 2), (0, 0)), mode="edge")
    sums = np.cumsum(np.pad(padded, ((1, 0), (0, 0))), axis=0)
    return np.asarray((sums[soft:] - sums[:-soft]) / soft, np.float32)


def contrast_of(cloth: Cloth, composition: Composition) -> tuple[int, int, int]:
    """RGB of a border: the composition's, or the one that stands out most among the cloth's."""
    if composition.contrast:
        return parse_hex(composition.contrast)
    inks = cloth.with_(palette=cloth.palette[:1]).inks() if cloth.kind == PLAIN else cloth.inks()
    return inks.contrast
