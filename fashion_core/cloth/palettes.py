"""Palettes for a cloth: as dresses are coloured, from a photo, or around one colour.

``palettes.json`` holds typical palettes of training dresses by pattern: for each colour family those that
stand for most others (statistics of colours; ``python -m training palettes`` writes it).
"""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fashion_core.cloth.inks import MOST_COLOURS, parse_palette
from fashion_core.colour.colours import hex_to_lab, lab_to_hex, parse_hex, to_lab
from fashion_core.colour.names import nearest_names
from fashion_core.errors import ClothError
from fashion_core.taxonomy import PLAIN

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from fashion_core.colour import Palette

FILE = Path(__file__).with_name("palettes.json")
#: How far a typical palette is varied: degrees of hue, and L*, both as standard deviations.
_HUE, _LIGHTNESS = 5.0, 2.5
#: The least difference (CIELAB) between the ground and the main colour of a print that is drawn by chance.
_LEGIBLE = 32.0
MULTI = "multi"
#: Harmonies of a colour: by how many degrees of hue each further colour is turned.
HARMONIES: Mapping[str, tuple[float, ...]] = {
    "one hue": (0, 0, 0, 0),
    "neighbours": (30, -30, 15, -15),
    "opposites": (180, 0, 180, 30),
    "triad": (120, -120, 0, 120),
}
#: L* and chroma of the further colours of a harmony, in turn; chroma as shares of the first one's.
_STEPS = ((24.0, 0.7), (-22.0, 0.9), (38.0, 0.35), (-36.0, 0.5))


@cache
def typical() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Pattern -> palettes: ``colours`` (hex, ground first), ``family``, ``share`` (of that pattern)."""
    content: Mapping[str, Sequence[Mapping[str, Any]]] = json.loads(
        FILE.read_text(encoding="utf-8")
    )
    return content


def drawn_palette(kind: str, seed: int, family: str | None = None) -> tuple[str, ...]:
    """A palette as dresses of this pattern have them, a little varied; the same for the same seed.

    Args:
        kind: a word of the taxonomy's patterns.
        seed: of the choice.
        family: a colour family (``multi`` included) that the dress is to have; any without it.

    Raises:
        ClothError: no such pattern or family.
    """
    if kind not in typical():
        raise ClothError(f"{kind!r} is no kind of cloth; there are {', '.join(typical())}.")
    there = _candidates(kind, family)
    if not there:
        raise ClothError(f"{family!r} is no colour family.")
    rng = np.random.default_rng(seed)
    shares = np.array([p["share"] for p in there], float)
    chosen = there[int(rng.choice(len(there), p=shares / shares.sum()))]["colours"]
    varied = _varied(chosen, rng)
    if family and len(chosen) == 1 and _family(varied[0]) != family:
        return tuple(chosen)
    return legible(varied)


def legible(palette: tuple[str, ...]) -> tuple[str, ...]:
    """A palette whose second colour stands out from its ground: the one that does most is put there, and made
    lighter or darker where even that one is too near.
    """
    if len(palette) < 2:
        return palette
    lab = [hex_to_lab(colour) for colour in palette]
    apart = [float(np.linalg.norm(one - lab[0])) for one in lab]
    if apart[1] >= _LEGIBLE:
        return palette
    furthest = int(np.argmax(apart))
    ordered = [
        palette[0],
        palette[furthest],
        *(c for i, c in enumerate(palette) if i not in (0, furthest)),
    ]
    if apart[furthest] < _LEGIBLE:
        ground = lab[0]
        lightness = ground[0] + (_LEGIBLE if ground[0] < 55 else -_LEGIBLE)
        ordered[1] = lab_to_hex(np.array([lightness, *lab[furthest][1:]]))
    return tuple(ordered)


def _candidates(kind: str, family: str | None) -> list[Mapping[str, Any]]:
    """The typical palettes to choose from; those of other patterns where this one has none of the family."""
    own = list(typical()[kind])
    if family is None:
        return own
    everywhere = [p for palettes in typical().values() for p in palettes]
    if kind == PLAIN and family != MULTI:
        # A cloth of one colour has to be called by the family that was asked for.
        own = [p for p in own if _family(p["colours"][0]) == family]
        grounds = [{**p, "colours": p["colours"][:1]} for p in everywhere]
        return own or [p for p in grounds if _family(p["colours"][0]) == family]
    own = [p for p in own if p["family"] == family]
    return own or [p for p in everywhere if p["family"] == family]


@lru_cache(maxsize=4096)
def colour_name(colour: str) -> str:
    """The fine name of a hex colour.

    >>> colour_name("#1b2a49")
    'navy'
    """
    return nearest_names(hex_to_lab(colour)[None])[0].name


@cache
def _family(colour: str) -> str:
    return nearest_names(hex_to_lab(colour)[None])[0].family


def _varied(colours: Sequence[str], rng: np.random.Generator) -> tuple[str, ...]:
    """All colours turned by the same small hue and moved by the same small lightness."""
    lab = to_lab(np.array([parse_hex(colour) for colour in colours]))
    turned, lighter = rng.normal(0, _HUE), rng.normal(0, _LIGHTNESS)
    return tuple(lab_to_hex(_turned(one, turned, lighter)) for one in lab)


def shuffled(
    palette: Sequence[str], kind: str, seed: int, locked: Collection[int] = ()
) -> tuple[str, ...]:
    """Another palette of as many colours, as dresses of this pattern have them; the same for the same seed.

    Args:
        palette: the one in use, hex colours.
        kind: a word of the taxonomy's patterns.
        seed: of the choice.
        locked: places in ``palette`` that stay as they are.

    Raises:
        ClothError: no such pattern, or no palette.
    """
    before = parse_palette(palette)
    drawn = drawn_palette(kind, seed)
    while len(drawn) < len(before):
        drawn = one_more(drawn)
    chosen = [before[i] if i in locked else drawn[i] for i in range(len(before))]
    return tuple(chosen) if locked else legible(tuple(chosen))


def one_more(palette: Sequence[str]) -> tuple[str, ...]:
    """A palette with a further colour: of the harmonies of its ground the one that differs most from all of it.

    Raises:
        ClothError: no palette, or one that is full.
    """
    given = parse_palette(palette)
    lab = [hex_to_lab(colour) for colour in given]

    def apart(colour: str) -> float:
        return min(float(np.linalg.norm(hex_to_lab(colour) - each)) for each in lab)

    offered = [colour for name in HARMONIES for colour in harmony(given[0], name)]
    return parse_palette([*given, max(offered, key=apart)])


def palette_of(palette: Palette) -> tuple[str, ...]:
    """The colours of a garment that was read, largest first."""
    return parse_palette([colour.hex for colour in palette.colours[:MOST_COLOURS]])


def palette_names(palette: Sequence[str]) -> list[str]:
    """The fine name of each hex colour."""
    return [colour_name(colour) for colour in palette]


def harmony(colour: str, name: str = "neighbours") -> tuple[str, ...]:
    """Five colours around one: it is the ground, the others are turned in hue and moved in lightness.

    Raises:
        ClothError: no colour, or no such harmony.
    """
    (ground,) = parse_palette([colour])
    if name not in HARMONIES:
        raise ClothError(f"{name!r} is no harmony; there are {', '.join(HARMONIES)}.")
    lab = hex_to_lab(ground)
    up = 1.0 if lab[0] < 50 else -1.0
    others = [
        lab_to_hex(_turned(lab * [1, chroma, chroma], degrees, up * step))
        for degrees, (step, chroma) in zip(HARMONIES[name], _STEPS, strict=True)
    ]
    return (ground, *others)


def _turned(lab: Any, degrees: float, lighter: float) -> Any:
    """A colour turned in hue and moved in lightness, within what can be printed."""
    angle = np.radians(degrees)
    a = lab[1] * np.cos(angle) - lab[2] * np.sin(angle)
    b = lab[1] * np.sin(angle) + lab[2] * np.cos(angle)
    return np.array([np.clip(lab[0] + lighter, 5, 97), a, b])
