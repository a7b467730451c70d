"""A cloth that a reader calls by the colour that was asked for: it is worn by a plain form and looked at."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from fashion_core.cloth.chosen import chosen_cloth
from fashion_core.cloth.palettes import MULTI, drawn_palette, harmony
from fashion_core.colour.colours import lab_to_hex, to_lab
from fashion_core.colour.family import garment_family
from fashion_core.compose import Form, dress, over
from fashion_core.taxonomy import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fashion_core.cloth import Cloth

#: Cloths of a seed that are looked at before colours near to one another are taken.
ATTEMPTS = 6
#: Kinds and families of cloth that show many colours, none of them much more than others.
MANY_COLOURED: Mapping[str, Sequence[str]] = {
    "floral": ("bloom", "leaf"),
    "print": ("geometric", "ikat"),
    "stripes": ("multi", "awning"),
}
#: A colour of each family that nobody would call by another.
SURE = {
    "beige": "#d9c3a0",
    "black": "#141414",
    "blue": "#1f4fa3",
    "brown": "#5b3a22",
    "gray": "#8a8a8a",
    "green": "#2e7d43",
    "orange": "#e8751a",
    "pink": "#f08fb0",
    "purple": "#6a2f8f",
    "red": "#c4151c",
    "white": "#f9f8f6",
    "yellow": "#f2c91d",
}
#: Height and width of the forms that wear a cloth to be looked at, and millimetres a pixel.
_SIZE, _PITCH = (150, 100), 7.0
#: L* that the sides of each are darker than its middle, and how wide it is at the hem, in shares of the width.
_FORMS = ((12.0, 0.6), (24.0, 0.36))


def cloth_in_colour(seed: int, kind: str | None, colour: str, fixed: Mapping[str, Any]) -> Cloth:
    """As :func:`fashion_core.cloth.chosen.chosen_cloth`, of the first palettes one that is called ``colour``.

    Where none of :data:`ATTEMPTS` is, the palette is made around one colour that surely is.
    """
    if colour == MULTI:
        # One colour on another is not many.
        kind = kind or list(MANY_COLOURED)[seed % len(MANY_COLOURED)]
        if kind in MANY_COLOURED and "family" not in fixed:
            families = MANY_COLOURED[kind]
            fixed = {**fixed, "family": families[seed // 7 % len(families)]}
    cloth = chosen_cloth(seed, kind, colour, fixed)
    if "palette" in fixed:
        return cloth
    for attempt in range(ATTEMPTS):
        if is_called(cloth, colour):
            return cloth
        cloth = cloth.with_(palette=drawn_palette(cloth.kind, seed + attempt, colour))
    for palette in _sure(colour, seed):
        cloth = cloth.with_(palette=palette)
        if is_called(cloth, colour):
            break
    return cloth


def _sure(colour: str, seed: int) -> Iterator[tuple[str, ...]]:
    """Palettes around one colour, from a usual one to that colour alone."""
    if colour == MULTI:
        yield from (vivid(seed + attempt) for attempt in range(2 * ATTEMPTS))
        return
    for ground in (drawn_palette(PLAIN, seed, colour)[0], SURE[colour]):
        yield harmony(ground, "one hue")[:3]
        yield (ground,)


def vivid(seed: int) -> tuple[str, ...]:
    """Six strong colours, their hues spread around the circle."""
    rng = np.random.default_rng(seed)
    hues = np.radians(rng.uniform(0, 360) + 60 * rng.permutation(6))
    lightness = rng.permutation(np.linspace(38, 80, 6))
    lab = np.stack([lightness, 58 * np.cos(hues), 58 * np.sin(hues)], 1)
    return tuple(lab_to_hex(one) for one in lab)


@lru_cache(maxsize=1024)
def is_called(cloth: Cloth, colour: str) -> bool:
    """Whether the Analyser calls garments of this cloth by this colour family, in even light and not."""
    return all(_family(form, cloth) == colour for form in _forms())


def _family(form: Form, cloth: Cloth) -> str:
    pixels = over(dress(form, cloth), (255, 255, 255))
    inside = cv2.erode(form.alpha, np.ones((3, 3), np.uint8)) > 0.99
    return garment_family(to_lab(pixels[inside]), to_lab(pixels[form.alpha == 0]))


@cache
def _forms() -> tuple[Form, ...]:
    """A plain dress, and a narrow one in deeper shade, both darker towards their sides."""
    height, width = _SIZE
    forms = []
    across = np.abs(np.linspace(-1, 1, width, dtype=np.float32))
    for darker, wide in _FORMS:
        top = wide * 0.53
        outline = np.array(
            [
                (0.5 - top / 2, 0.06),
                (0.5 + top / 2, 0.06),
                (0.5 + wide / 2, 0.94),
                (0.5 - wide / 2, 0.94),
            ]
        )
        alpha = np.zeros(_SIZE, np.float32)
        cv2.fillPoly(alpha, [np.rint(outline * (width, height)).astype(np.int32)], 1.0)
        shade = np.broadcast_to(darker * (0.25 - (across * 0.6 / wide) ** 2), _SIZE)
        forms.append(Form(alpha, np.ascontiguousarray(shade, np.float32), _PITCH))
    return tuple(forms)
