"""Fine names of colours: those of the XKCD colour survey and of CSS.

``colour_names.json`` lists them with their hex values: first the survey's (Randall Munroe, 2010, CC0; rude ones
left out), then those of CSS level 3 that the survey lacks, with spaces between their words.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from skimage.color import deltaE_ciede2000

from fashion_core.colour.colours import parse_hex, to_lab

if TYPE_CHECKING:
    from fashion_core.colour.colours import Floats

#: Only this many names, the nearest by CIE76, are compared by CIEDE2000, which is slow: among 5,000 colours no
#: nearest name was further than 83rd.
NEAREST_NAMES = 160


def fine_names(lab: Floats) -> list[str]:
    """The name nearest by CIEDE2000 (Sharma, Wu, Dalal, 2005) to each CIELAB colour of ``[K, 3]``.

    >>> fine_names(np.array([[91.0, 2.0, 12.0]]))
    ['antique white']
    """
    names, table = _name_table()
    distances = np.square(lab[:, None] - table).sum(2)
    near = np.sort(distances.argpartition(NEAREST_NAMES)[:, :NEAREST_NAMES])
    nearest = deltaE_ciede2000(table[near], lab[:, None]).argmin(1)
    return [names[row[i]] for row, i in zip(near, nearest, strict=True)]


@lru_cache(maxsize=1)
def _name_table() -> tuple[list[str], Floats]:
    """All fine names with their CIELAB colours ``[N, 3]``."""
    path = Path(__file__).with_name("colour_names.json")
    table: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return list(table), to_lab(np.array([parse_hex(code) for code in table.values()]))
