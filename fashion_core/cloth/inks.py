"""The colours of a print, from one to six given ones: which part of the print each of them takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from fashion_core.cloth.repeat import GROUND, HOLE, LEAF, MAIN, Ink
from fashion_core.colour.colours import lab_to_rgb, parse_hex, to_hex, to_lab, to_rgb
from fashion_core.errors import ClothError
from fashion_core.fields import HEX

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

MOST_COLOURS = 6


def parse_palette(text: str | Sequence[str]) -> tuple[str, ...]:
    """Hex colours, from a text with commas or spaces between them, or from a list.

    >>> parse_palette("#1B2A49, f2e8d5")
    ('#1b2a49', '#f2e8d5')

    Raises:
        ClothError: none, more than six, or one that is no hex colour.
    """
    parts = re.split(r"[\s,;]+", text.strip()) if isinstance(text, str) else list(text)
    parts = [part for part in parts if part != ""]
    if not 1 <= len(parts) <= MOST_COLOURS:
        raise ClothError(
            f"A palette has 1 to {MOST_COLOURS} colours, and this one has {len(parts)}. "
            'Write it as "#1b2a49,#f2e8d5".'
        )
    for part in parts:
        if not isinstance(part, str) or not HEX.fullmatch(part):
            raise ClothError(
                f"{str(part)[:40]!r} is no colour. Write six hex digits, as in #1b2a49."
            )
    return tuple("#" + part.removeprefix("#").lower() for part in parts)


class Inks:
    """Six colours in CIELAB from a palette of one to six, and their mixtures.

    In order: ground, main, second, leaf, deep, light. What the palette lacks is made from what it has:
    tints and shades of the ground and the main colour, so that a print never shows a colour that is far
    from all given ones.
    """

    def __init__(self, palette: Sequence[str], *, leaves: bool = False) -> None:
        """Take the colours of ``palette``; with ``leaves`` its greenest one, if any is green, is for leaves."""
        given = list(to_lab(np.array([parse_hex(colour) for colour in palette])))
        self._given = given
        ground, others = given[0], given[1:]
        if leaves and len(others) > 1:
            others = _greenest_third(others)
        self._lab = np.stack(_complete(ground, others))

    def rgb(self, ink: Ink) -> tuple[int, int, int]:
        """RGB in 0..255; black for a hole, which is never painted."""
        return self.table([ink])[ink]

    def table(self, inks: Collection[Ink]) -> dict[Ink, tuple[int, int, int]]:
        """As :meth:`rgb`, of many at once, which is much quicker."""
        painted = [ink for ink in inks if ink.colour != HOLE]
        known = dict.fromkeys(inks, (0, 0, 0))
        if painted:
            share = np.array([ink.share for ink in painted])[:, None]
            ours, others = ([getattr(i, part) for i in painted] for part in ("colour", "other"))
            mixed = (1 - share) * self._lab[ours] + share * self._lab[others]
            known.update(zip(painted, map(tuple, to_rgb(mixed).tolist()), strict=True))
        return known

    @property
    def lining(self) -> tuple[int, int, int]:
        """RGB of a lining that lace stands out from a little: darker than the thread, lighter under black."""
        return lab_to_rgb(_lighter(self._lab[GROUND], 9 if self.lightness < 28 else -10))

    @property
    def lightness(self) -> float:
        """L* of the ground."""
        return float(self._lab[GROUND][0])

    @property
    def contrast(self) -> tuple[int, int, int]:
        """RGB of the given colour that is furthest from the ground; a shade of it if no other is given."""
        if len(self._given) == 1:
            ground = self._given[0]
            chosen = _lighter(ground, 24 if ground[0] < 45 else -24)
        else:
            chosen = max(
                self._given[1:], key=lambda lab: float(np.linalg.norm(lab - self._given[0]))
            )
        return lab_to_rgb(chosen)

    def hex(self, ink: Ink) -> str:
        """As :meth:`rgb`, in hex."""
        return to_hex(self.rgb(ink))


def _greenest_third(others: list[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """The greenest colour put in the place of the leaves, where one is green enough to be taken for it."""
    hue = [float(np.degrees(np.arctan2(lab[2], lab[1])) % 360) for lab in others]
    off = [
        abs(h - 135) if np.hypot(lab[1], lab[2]) > 8 else 360.0
        for h, lab in zip(hue, others, strict=True)
    ]
    greenest = int(np.argmin(off))
    if off[greenest] > 55:
        return others
    ordered = [lab for k, lab in enumerate(others) if k != greenest]
    place = min(LEAF - MAIN, len(ordered))
    return [*ordered[:place], others[greenest], *ordered[place:]]


def _complete(
    ground: NDArray[np.float64], others: list[NDArray[np.float64]]
) -> list[NDArray[np.float64]]:
    """Ground, main, second, leaf, deep and light; made from others where the palette has no more."""
    main = others[0] if others else _lighter(ground, 26 if ground[0] < 55 else -30)
    second = others[1] if len(others) > 1 else 0.5 * main + 0.5 * ground
    leaf = others[2] if len(others) > 2 else 0.62 * second + 0.38 * main
    all_given = [ground, main, second, leaf]
    deep = others[3] if len(others) > 3 else _lighter(min(all_given, key=lambda c: c[0]), -16)
    light = others[4] if len(others) > 4 else _lighter(max(all_given, key=lambda c: c[0]), 14)
    return [ground, main, second, leaf, deep, light]


def _lighter(lab: NDArray[np.float64], by: float) -> NDArray[np.float64]:
    """Lighter or darker by up to ``by``, less coloured towards white and black."""
    lightness = float(np.clip(lab[0] + by, 4, 97))
    return np.array([lightness, *(lab[1:] * (0.75 if lightness > 85 or lightness < 12 else 0.9))])
