"""A look book as one archive: of each design its picture, recipe, cloth and palette; and the JSON of all."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING

from fashion_core.cloth_commands import MOST_SIDE, tile_mm, tile_png, tile_svg
from fashion_core.colour import Colour, Palette
from fashion_core.colour.colours import hex_to_lab, parse_hex
from fashion_core.colour.files import to_ase, to_css, to_gpl
from fashion_core.colour.names import nearest_names
from fashion_core.colourways import strip
from fashion_core.exports import download, png_bytes
from fashion_core.recipe import DesignRecipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fashion_core.cloth import Cloth
    from fashion_core.designer import Designer
    from fashion_core.look_book import Look, LookBook

#: Pixels an inch of a tile, fewer where it would be too large.
DPI = 300
_TIME = (1980, 1, 1, 0, 0, 0)
_READ_ME = """{title}
{date:%d}.{date:%m}.{date:%Y}, drawn with Toile. A folder for each design:

design.png   the picture; its recipe is inside the file too
recipe.txt   the whole design as a text: paste it into the field Recipe
words.json   what it is, in words
cloth.png    one seamless tile for print, cloth.svg the same without pixels
palette.gpl  its colours for GIMP, Inkscape and Krita; .ase for Adobe programs; .css

look-book.json brings names, notes and recipes back: "Open a look book" in Toile.
"""


class LookBookZip:
    """An archive that grows by a design at a time; the same look book gives the same bytes."""

    def __init__(self, book: LookBook) -> None:
        self._file = io.BytesIO()
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)
        self._count = 0
        self._write("README.txt", _READ_ME.format(title=book.title, date=book.date))
        self._write("look-book.json", book.to_json())

    def add(self, look: Look, designer: Designer, words: Mapping[str, str]) -> None:
        """Add a folder for a design.

        Raises:
            RecipeError: the design is of another generator or other weights.
        """
        recipe = DesignRecipe.decode(look.recipe)
        picture = png_bytes(download(recipe, designer), recipe, designer)
        self._count += 1
        folder = f"{self._count:02d}-{slug(look.name)}"
        # A PNG is packed already.
        self._write(f"{folder}/design.png", picture, zipfile.ZIP_STORED)
        self._write(f"{folder}/recipe.txt", look.recipe + "\n")
        said = {"name": look.name, "note": look.note, "board": look.board, "words": dict(words)}
        self._write(f"{folder}/words.json", json.dumps(said, indent=2, ensure_ascii=False) + "\n")
        if recipe.cloth is not None:
            for name, content in _cloth_files(recipe.cloth).items():
                self._write(f"{folder}/{name}", content)

    def finish(self) -> bytes:
        """The finished archive."""
        self._zip.close()
        return self._file.getvalue()

    def _write(self, name: str, content: bytes | str, how: int = zipfile.ZIP_DEFLATED) -> None:
        entry = zipfile.ZipInfo(name, _TIME)
        entry.compress_type = how
        entry.external_attr = 0o644 << 16
        self._zip.writestr(entry, content)


def palette_of_cloth(cloth: Cloth) -> Palette:
    """The colours of a cloth with their names; the ground counts twice as much as another."""
    colours = []
    for colour, x0, x1 in strip(cloth.palette, 1000):
        named = nearest_names(hex_to_lab(colour)[None])[0]
        share = (x1 - x0) / 1000
        colours.append(Colour(colour, named.name, named.family, share, parse_hex(colour)))
    return Palette(tuple(colours))


def slug(text: str) -> str:
    """A text as part of a file's name.

    >>> slug("No. 3, seed 7"), slug("初")
    ('no-3-seed-7', 'design')
    """
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))[:40].strip("-") or "design"


def _cloth_files(cloth: Cloth) -> dict[str, bytes | str]:
    palette = palette_of_cloth(cloth)
    longest = max(tile_mm(cloth))
    dpi = min(DPI, int(MOST_SIDE * 25.4 / (longest + 1)))
    return {
        "cloth.png": tile_png(cloth, dpi=dpi),
        "cloth.svg": tile_svg(cloth),
        "palette.gpl": to_gpl(palette),
        "palette.ase": to_ase(palette),
        "palette.css": to_css(palette),
    }
