"""The dresses of the page's examples, as data.

Lengths are shares of the picture's side; colours are RGB in 0..255.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

#: Height of the waist, and where a sleeve begins: right of the middle, and down.
WAIST, SHOULDER = 0.42, (0.106, 0.176)
#: Float RGB in 0..255 ``[side, side, 3]``, or a mask or light ``[side, side]``.
Picture = NDArray[np.float32]
#: ``[N, 2]``
Points = NDArray[np.float64]
RGB = tuple[int, int, int]


@dataclass(frozen=True)
class Drawing:
    """What to draw. Colours are RGB in 0..255.

    ``motif`` is plain, floral, polkadots, stripes or print (leaves); ``neck`` is round or v;
    ``sleeve`` is the length of a sleeve, 0 for none.
    """

    name: str
    title: str
    cloth: RGB
    motif: str = "plain"
    second: RGB = (244, 222, 208)
    third: RGB = (203, 150, 78)
    sleeve: float = 0.13
    hem: float = 0.93
    flare: float = 0.235
    neck: str = "round"
    belt: RGB | None = None


EXAMPLES = (
    Drawing(
        "teal-flowers", "a teal dress with flowers", (43, 95, 97), "floral",
        (239, 178, 170), (248, 222, 150),
    ),
    Drawing(
        "rust-belt", "a plain rust dress", (172, 82, 62), neck="v", belt=(92, 56, 40)
    ),
    Drawing(
        "navy-dots", "a navy dress with dots", (36, 42, 74), "polkadots", (238, 234, 224),
        sleeve=0.0, hem=0.86, flare=0.20,
    ),
    Drawing(
        "blue-leaves", "a blue dress with a print of leaves", (31, 46, 92), "print",
        (212, 172, 74), (120, 148, 190), sleeve=0.15, hem=0.95, flare=0.22,
    ),
)  # fmt: skip


def example_path(index: int) -> Path:
    """The picture of example ``index``, as ``python -m demo.examples.draw`` wrote it."""
    return Path(__file__).with_name(f"{EXAMPLES[index].name}.jpg")
