"""Fine names of colours, as shops print them.

``colour_names.csv`` is the one table of them: name, hex value, family, and where the value comes from. A name
may stand at several values. The families are what our annotators called plain dresses of nearly that colour,
where there were some. The sources are

- ``css``: the named colours of CSS Color Module Level 4, with spaces between their words and British spelling;
  of two names of one value the one that shops use;
- ``dictionary``: the value that dictionaries of colours, such as Wikipedia's list, give for a word of fashion;
- ``cloth``: a value of our own, in the middle of the cloths that shops sell under that word;
- ``survey``: the XKCD colour survey (Randall Munroe, 2010, CC0), less what is misspelt, coarse or next to a
  name of the other sources.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from skimage.color import deltaE_ciede2000

from fashion_core.colour.colours import parse_hex, to_lab

if TYPE_CHECKING:
    from fashion_core.colour.colours import Floats

TABLE = Path(__file__).with_name("colour_names.csv")
#: Only this many rows, the nearest by CIE76, are compared by CIEDE2000, which is slow: among 8,800 colours of
#: every lightness the nearest was never further than 63rd.
NEAREST_ROWS = 96


class NamedColour(NamedTuple):
    """A row of the table: a fine name, and the family that it belongs to."""

    name: str
    family: str


def nearest_names(lab: Floats) -> list[NamedColour]:
    """The row nearest by CIEDE2000 (Sharma, Wu, Dalal, 2005) to each CIELAB colour (D65) of ``[K, 3]``.

    >>> nearest_names(np.array([[91.0, 2.0, 12.0]]))
    [NamedColour(name='antique white', family='beige')]
    """
    names, table = _name_table()
    distances = np.square(lab[:, None] - table).sum(2)
    near = np.sort(distances.argpartition(NEAREST_ROWS)[:, :NEAREST_ROWS])
    nearest = deltaE_ciede2000(table[near], lab[:, None]).argmin(1)
    return [names[row[i]] for row, i in zip(near, nearest, strict=True)]


@lru_cache(maxsize=1)
def _name_table() -> tuple[list[NamedColour], Floats]:
    """All rows, and their CIELAB colours ``[N, 3]``."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    lab = to_lab(np.array([parse_hex(row["hex"]) for row in rows]))
    return [NamedColour(row["name"], row["family"]) for row in rows], lab
