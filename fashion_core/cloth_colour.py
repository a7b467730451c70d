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
#: Kinds of cloth that can show many colours.
MANY_COLOURED = ("floral", "print", "stripes")
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
#: Height and width of the form that wears a cloth to be looked at, and millimetres a pixel.
_SIZE, _PITCH = (150, 100), 7.0
#: L* that its sides are darker than its middle.
_SHADE = 12.0


def cloth_in_colour(seed: int, kind: str | None, colour: str, fixed: Mapping[str, Any]) -> Cloth:
    """As :func:`fashion_core.cloth.chosen.chosen_cloth`, of the first palettes one that is called ``colour``.

    Where none of :data:`ATTEMPTS` is, the palette is made around one colour that surely is.
    """
    if colour == MULTI and kind is None:
        # One colour on another is not many.
        kind = MANY_COLOURED[seed % len(MANY_COLOURED)]
    cloth = chosen_cloth(seed, kind, colour, fixed)
    if "palette" in fixed:
        return cloth
    for attempt in range(ATTEMPTS):
        if family_of(cloth) == colour:
            return cloth
        cloth = cloth.with_(palette=drawn_palette(cloth.kind, seed + attempt, colour))
    for palette in _sure(colour, seed):
        cloth = cloth.with_(palette=palette)
        if family_of(cloth) == colour:
            break
    return cloth


def _sure(colour: str, seed: int) -> Iterator[tuple[str, ...]]:
    """Palettes around one colour, from a usual one to that colour alone."""
    if colour == MULTI:
        yield from (vivid(seed + attempt) for attempt in range(ATTEMPTS))
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
def family_of(cloth: Cloth) -> str:
    """The colour family of a garment of this cloth, as the Analyser names it."""
    form = _form()
    pixels = over(dress(form, cloth), (255, 255, 255))
    inside = cv2.erode(form.alpha, np.ones((3, 3), np.uint8)) > 0.99
    return garment_family(to_lab(pixels[inside]), to_lab(pixels[form.alpha == 0]))


@cache
def _form() -> Form:
    """A plain dress, darker towards its sides."""
    height, width = _SIZE
    outline: Sequence[tuple[float, float]] = ((0.34, 0.06), (0.66, 0.06), (0.8, 0.94), (0.2, 0.94))
    alpha = np.zeros(_SIZE, np.float32)
    corners = np.rint(np.array(outline) * (width, height)).astype(np.int32)
    cv2.fillPoly(alpha, [corners], 1.0)
    across = np.abs(np.linspace(-1, 1, width, dtype=np.float32))
    shade = np.broadcast_to(_SHADE * (0.25 - across**2), _SIZE)
    return Form(alpha, np.ascontiguousarray(shade, np.float32), _PITCH)
