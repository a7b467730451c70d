"""Colourways: one print in six palettes, by harmonies of its ground or from the colours of a season.

The print keeps its roles: what was lighter than the ground stays lighter where the colours allow it, and
colours keep their order of lightness among each other. Pure functions; no network is needed.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fashion_core.cloth.inks import parse_palette
from fashion_core.colour.colours import hex_to_lab, lab_to_hex
from fashion_core.colour.names import nearest_names
from fashion_core.errors import ClothError
from fashion_core.fields import HEX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fashion_core.recipe import DesignRecipe

    Lab = NDArray[np.float64]

#: Colourways of one design.
COUNT = 6
#: Colours that a season may have.
MOST_OF_A_SEASON = 24
NO_PALETTE = "That is not a palette. Write colours as #4A1523, with spaces between them."
SEASON = "from the season"
#: Harmonies that turn the hue: by how many degrees the ground is turned from where it was, and the further
#: colours in turn (Itten, "The art of color", 1961).
TURNED: dict[str, tuple[float, tuple[float, ...]]] = {
    "complement": (180, (0, 180)),
    "analogous": (30, (60, 0)),
    "triad": (120, (240, 0)),
    "split complement": (150, (0, 210)),
}
#: Those that keep the hues: L* of black and of white afterwards, and the share of chroma that is left.
TONES: dict[str, tuple[float, float, float]] = {"deep": (10, 58, 1.1), "pale": (52, 97, 0.6)}
#: A colour of less chroma than the first has no hue to turn; a ground is given the second before it is turned.
_NEUTRAL, _TINTED = 8.0, 26.0
#: Lightness that a tinted ground may have: there is no strong colour near black and white.
_DARKEST, _LIGHTEST = 20.0, 86.0
#: The hue (degrees) of a palette that has none at all, and the least distance (CIELAB) of motif and ground.
_ANY_HUE, _LEGIBLE = 250.0, 28.0
#: How much lighter and darker the ground is that is used again, where a season has too few colours.
_SHADES = (0.0, 9.0, -9.0, 16.0, -16.0, 22.0)


class Colourway(NamedTuple):
    """A palette of the same print.

    Attributes:
        name: of its ground.
        harmony: how it was found: a word of ``TURNED`` or ``TONES``, or :data:`SEASON`.
        palette: hex colours, the ground first.
    """

    name: str
    harmony: str
    palette: tuple[str, ...]


def parse_season(text: str) -> tuple[str, ...]:
    """The hex colours of a season's palette, each once; empty for an empty text.

    >>> parse_season("#4A1523 #C6D3DD, #4a1523")
    ('#4a1523', '#c6d3dd')

    Raises:
        ClothError: a part is no hex colour, or there are more than :data:`MOST_OF_A_SEASON`.
    """
    parts = [part for part in re.split(r"[\s,;]+", text) if part]
    if len(parts) > MOST_OF_A_SEASON or not all(HEX.fullmatch(part) for part in parts):
        raise ClothError(NO_PALETTE)
    return tuple(dict.fromkeys("#" + part.removeprefix("#").lower() for part in parts))


def colourways(palette: Sequence[str], season: Sequence[str] = ()) -> list[Colourway]:
    """Six colourways of a palette.

    Args:
        palette: one to six hex colours, the ground first.
        season: hex colours to choose from; without them harmonies of the ground are made. Of a season of one
            colour the harmonies are made.

    Raises:
        ClothError: a palette that is none.
    """
    drawn = parse_palette(palette)
    if len(season) < 2:
        lab = [hex_to_lab(colour) for colour in (*season, *drawn[len(season) :])]
        return [_named(_turned(lab, name), name) for name in TURNED] + [
            _named(_toned(lab, name), name) for name in TONES
        ]
    lab, colours = [hex_to_lab(each) for each in drawn], [hex_to_lab(each) for each in season]
    return [_named(_from_season(lab, colours, i), SEASON) for i in range(COUNT)]


def in_colourways(recipe: DesignRecipe, season: Sequence[str] = ()) -> list[DesignRecipe]:
    """A design in its six colourways. A chosen colour of its border or lining gives way to the palette's.

    Raises:
        RecipeError: the design has no cloth of its own to colour.
    """
    cloth = recipe.own_cloth()
    composition = recipe.composition.with_(contrast="", lining="")
    return [
        replace(recipe, cloth=cloth.with_(palette=each.palette), composition=composition)
        for each in colourways(cloth.palette, season)
    ]


def _named(lab: Sequence[Lab], harmony: str) -> Colourway:
    name = nearest_names(lab[0][None])[0].name
    return Colourway(name, harmony, tuple(lab_to_hex(each) for each in lab))


def _turned(lab: Sequence[Lab], harmony: str) -> list[Lab]:
    """The ground turned, the further colours at the other corners of the harmony; lightness stays."""
    by, others = TURNED[harmony]
    base = _hue(lab)
    ground = lab[0].copy()
    if _chroma(ground) < _TINTED:
        ground[0] = np.clip(ground[0], _DARKEST, _LIGHTEST)
    turned = [_of_hue(ground[0], max(_chroma(ground), _TINTED), base + by)]
    for i, each in enumerate(lab[1:]):
        # Ivory stays ivory: white and black go with everything.
        neutral = _chroma(each) < _NEUTRAL
        hue = base + others[i % len(others)]
        turned.append(each if neutral else _of_hue(each[0], _chroma(each), hue))
    return _legible(turned, lab)


def _toned(lab: Sequence[Lab], tone: str) -> list[Lab]:
    """All colours darker, or all lighter, in the same order of lightness."""
    black, white, chroma = TONES[tone]
    toned = [
        np.array([black + each[0] / 100 * (white - black), *(each[1:] * chroma)]) for each in lab
    ]
    return _legible(toned, lab)


def _legible(lab: list[Lab], drawn: Sequence[Lab]) -> list[Lab]:
    """The main motif moved away from the ground, to the side on which it was drawn, where it is too near."""
    if len(lab) < 2 or np.linalg.norm(lab[1] - lab[0]) >= _LEGIBLE:
        return lab
    up = drawn[1][0] >= drawn[0][0]
    if not 5 <= lab[0][0] + (_LEGIBLE if up else -_LEGIBLE) <= 97:
        up = not up
    moved = lab[1].copy()
    moved[0] = lab[0][0] + (_LEGIBLE if up else -_LEGIBLE)
    return [lab[0], moved, *lab[2:]]


def _from_season(drawn: Sequence[Lab], season: Sequence[Lab], i: int) -> list[Lab]:
    """The ``i``-th colour of a season as ground, and of the others those that can take the motifs' roles."""
    ground, again = season[i % len(season)], i // len(season)
    others = [each for k, each in enumerate(season) if k != i % len(season)]
    if len(others) < 2:
        ground = np.array([np.clip(ground[0] + _SHADES[again], 4, 97), *ground[1:]])
    side = 1.0 if len(drawn) < 2 or drawn[1][0] >= drawn[0][0] else -1.0

    def fits(each: Lab) -> tuple[bool, float]:
        apart = float(np.linalg.norm(each - ground))
        return apart >= _LEGIBLE and side * (each[0] - ground[0]) > 0, apart

    others.sort(key=fits, reverse=True)
    # What was main the first time is left out when its ground comes again.
    others = others[min(again, len(others) - 1) :]
    motifs = drawn[1:]
    chosen = sorted(others[: len(motifs)], key=lambda each: float(each[0]))
    order = np.argsort([each[0] for each in motifs][: len(chosen)], kind="stable")
    placed = list(chosen)
    for colour, role in zip(chosen, order, strict=True):
        placed[role] = colour
    return [ground, *placed]


def _hue(lab: Sequence[Lab]) -> float:
    """Degrees of the ground's hue; of the strongest other colour where the ground has none."""
    strongest = max(lab, key=_chroma)
    base = lab[0] if _chroma(lab[0]) >= _NEUTRAL else strongest
    if _chroma(base) < _NEUTRAL:
        return _ANY_HUE
    return float(np.degrees(np.arctan2(base[2], base[1])))


def _chroma(lab: Lab) -> float:
    return float(np.hypot(lab[1], lab[2]))


def _of_hue(lightness: float, chroma: float, degrees: float) -> Lab:
    angle = np.radians(degrees)
    return np.array([lightness, chroma * np.cos(angle), chroma * np.sin(angle)])


#: Pixels of the sheet: of a design, between them, of the strip of colours, and of its largest letters.
_CELL, _GAP, _STRIP, _LETTERS = (512, 768), 48, 40, 30
_GROUND, _INK, _SOFT = (248, 247, 244), (27, 26, 24), (90, 86, 79)


def sheet_png(pictures: Sequence[Image.Image], ways: Sequence[Colourway], title: str) -> bytes:
    """The sheet of colourways as PNG: three in a row, each with its palette, names and hex values.

    Args:
        pictures: RGB, of the colourways in order; made 512 pixels wide.
        ways: the colourways.
        title: above them. What the sheet's font lacks is left out.
    """
    width, height = _CELL
    columns, rows = 3, -(-len(ways) // 3)
    cell = height + _STRIP + 4 * _LETTERS + _GAP
    size = _GAP + columns * (width + _GAP), 3 * _GAP + rows * cell
    sheet = Image.new("RGB", size, _GROUND)
    pen = ImageDraw.Draw(sheet)
    large, small = (ImageFont.load_default(points) for points in (_LETTERS, 22))
    pen.text((_GAP, _GAP), title.encode("ascii", "ignore").decode(), _INK, large)
    for i, (picture, way) in enumerate(zip(pictures, ways, strict=True)):
        left = _GAP + i % columns * (width + _GAP)
        top = 2 * _GAP + _LETTERS + i // columns * cell
        shown = picture.resize(_CELL, Image.Resampling.LANCZOS)
        sheet.paste(shown, (left, top))
        top += height
        for colour, x0, x1 in strip(way.palette, width):
            pen.rectangle((left + x0, top, left + x1 - 1, top + _STRIP - 1), fill=colour)
        pen.text((left, top + _STRIP + 12), way.name.capitalize(), _INK, large)
        pen.text((left, top + _STRIP + 54), way.harmony, _SOFT, small)
        hexes = " ".join(colour.upper() for colour in way.palette)
        pen.text((left, top + _STRIP + 84), hexes, _SOFT, ImageFont.load_default(19))
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


def strip(palette: Sequence[str], width: int) -> list[tuple[str, int, int]]:
    """Where colours lie in a strip ``width`` wide: the ground takes twice the place of another.

    >>> strip(["#000000", "#ffffff"], 90)
    [('#000000', 0, 60), ('#ffffff', 60, 90)]
    """
    if not palette:
        return []
    shares = np.array([2.0] + [1.0] * (len(palette) - 1))
    ends = np.rint(np.cumsum(shares) / shares.sum() * width).astype(int).tolist()
    return list(zip(palette, [0, *ends[:-1]], ends, strict=True))
