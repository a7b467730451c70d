"""A cloth that a reader calls by the colour that was asked for: it is worn by a plain form and looked at."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from fashion_core.cloth.chosen import chosen_cloth
from fashion_core.cloth.palettes import MULTI, drawn_palette, harmony
from fashion_core.colour.colours import hex_to_lab, lab_to_hex, to_lab
from fashion_core.colour.family import garment_family
from fashion_core.compose import Form, dress, over

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from fashion_core.cloth import Cloth

#: Cloths of a seed that are looked at before colours near to one another are taken.
ATTEMPTS = 6
#: Kinds and families of cloth that show many colours, none of them much more than others.
MANY_COLOURED: Mapping[str, Sequence[str]] = {
    "floral": ("bloom", "leaf"),
    "print": ("geometric", "ikat"),
    "stripes": ("multi", "awning"),
}
#: Colours that the Analyser surely calls by each family, those of them too that others lie near to.
SURE: Mapping[str, Sequence[str]] = {
    "beige": ("#d9c3a0", "#e6d5bd", "#c8b08a"),
    "black": ("#141414", "#1f1c1f", "#363636"),
    "blue": ("#1f4fa3", "#14213d", "#8fb8de", "#2f8fbd", "#34404f", "#4e5c6e"),
    "brown": ("#5b3a22", "#7a5233", "#3f2a1e"),
    "gray": ("#8a8a8a", "#c4c4c4", "#55575a"),
    "green": ("#2e7d43", "#1f3d2b", "#9cc29a", "#6b7a2f"),
    "orange": ("#e8751a", "#f29b4a", "#c85a1e", "#d73500"),
    "pink": ("#f08fb0", "#f6c9d3", "#d9407f", "#e0a0a0", "#f5b5a0", "#b0309a"),
    "purple": ("#6a2f8f", "#b39ad0", "#4a2a5e"),
    "red": ("#c4151c", "#7d1a26", "#6e3a43", "#c81f45", "#e8605c"),
    "white": ("#f9f8f6", "#ffffff"),
    "yellow": ("#f2c91d", "#f7e28a", "#d9a520"),
}
#: How far a ground is moved towards a sure colour, in shares of the way.
_STEPS = (0.15, 0.3, 0.5, 0.75)
#: Height and width of the forms that wear a cloth to be looked at, and millimetres a pixel.
_SIZE, _PITCH = (150, 100), 7.0
#: L* that the sides of each are darker than its middle, and how wide it is at the hem, in shares of the width.
_FORMS = ((12.0, 0.6), (24.0, 0.36), (4.0, 0.8))


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
        if is_sure(cloth.palette[0], colour) and is_called(cloth, colour):
            return cloth
        cloth = cloth.with_(palette=drawn_palette(cloth.kind, seed + attempt, colour))
    for palette in _sure(colour, seed):
        cloth = cloth.with_(palette=palette)
        if is_called(cloth, colour):
            break
    return cloth


def moved_to(cloth: Cloth, colour: str) -> Cloth:
    """The cloth with its ground moved as little as it takes to be called ``colour``.

    The ground goes towards the nearest colour in :data:`SURE`; a cloth that no such step helps stays as it is.
    """
    if colour not in SURE or is_called(cloth, colour):
        return cloth
    ground, *others = cloth.palette
    lab = hex_to_lab(ground)
    aim = min((hex_to_lab(one) for one in SURE[colour]), key=lambda one: np.linalg.norm(one - lab))
    for share in _STEPS:
        moved = cloth.with_(palette=(lab_to_hex((1 - share) * lab + share * aim), *others))
        if is_called(moved, colour):
            return moved
    return cloth


def _sure(colour: str, seed: int) -> Iterator[tuple[str, ...]]:
    """Palettes around one colour, from a usual one to that colour alone."""
    if colour == MULTI:
        yield from (vivid(seed + attempt) for attempt in range(2 * ATTEMPTS))
        return
    for ground in (SURE[colour][seed % len(SURE[colour])], SURE[colour][0]):
        yield harmony(ground, "one hue")[:3]
        yield (ground,)


def vivid(seed: int) -> tuple[str, ...]:
    """Six strong colours, their hues spread around the circle."""
    rng = np.random.default_rng(seed)
    hues = np.radians(rng.uniform(0, 360) + 60 * rng.permutation(6))
    lightness = rng.permutation(np.linspace(38, 80, 6))
    lab = np.stack([lightness, 58 * np.cos(hues), 58 * np.sin(hues)], 1)
    return tuple(lab_to_hex(one) for one in lab)


def is_sure(ground: str, colour: str) -> bool:
    """Whether the nearest of all colours in :data:`SURE` is of this family; any will do for many colours."""
    if colour == MULTI:
        return True
    names, labs = _sure_colours()
    return names[int(np.linalg.norm(labs - hex_to_lab(ground), axis=1).argmin())] == colour


@cache
def _sure_colours() -> tuple[list[str], NDArray[np.float64]]:
    """The family of each colour in :data:`SURE`, and its CIELAB ``[N, 3]``."""
    names = [name for name, colours in SURE.items() for _ in colours]
    return names, np.stack([hex_to_lab(one) for colours in SURE.values() for one in colours])


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
    """A plain dress, a narrow one in deeper shade and a wide one in even light, darker at their sides."""
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
