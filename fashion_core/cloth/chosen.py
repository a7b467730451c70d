"""A cloth that nobody chose: kind, family, palette and print follow from a seed, as dresses have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fashion_core.cloth.cloth import MOST_SEED, Cloth
from fashion_core.cloth.families import FAMILIES
from fashion_core.cloth.palettes import drawn_palette
from fashion_core.colour.colours import hex_to_lab, lab_to_hex
from fashion_core.errors import ClothError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: How often each kind is drawn where none is asked for. Of the shop's training dresses 55 of 100 are plain;
#: on a sheet of sixteen that would leave too few to show what cloths there are.
SHARES = {
    "unicolors": 0.34,
    "floral": 0.2,
    "lace": 0.1,
    "polkadots": 0.1,
    "print": 0.13,
    "stripes": 0.13,
}
#: Standard deviation of the logarithm of the scale, and its bounds.
_SCALES, _SMALLEST, _LARGEST = 0.22, 0.6, 1.7
#: Motifs of these are larger on shop dresses than their repeats are drawn.
_LARGER = {"floral": 1.15, "polkadots": 1.3}
#: How often a family is drawn for one of the others of its kind: shop dresses seldom have these.
_RARE = {"border": 0.15, "brush": 0.4, "chevron": 0.2, "ring": 0.15, "scattered": 0.5}


def chosen_cloth(
    seed: int,
    kind: str | None = None,
    colour: str | None = None,
    fixed: Mapping[str, Any] | None = None,
) -> Cloth:
    """The cloth of a seed; the same on every machine.

    Args:
        seed: 0 or more.
        kind: a word of the taxonomy's patterns; drawn without it.
        colour: the colour family of the dress; any without it. A palette among ``fixed`` overrules it.
        fixed: fields of :class:`Cloth` that are given.

    Raises:
        ClothError: an unknown word, or a field that is out of its range.
    """
    given = dict(fixed or {})
    rng = np.random.default_rng([seed, 1])
    kinds = list(SHARES)
    drawn = kinds[int(rng.choice(len(kinds), p=np.array(list(SHARES.values()))))]
    kind = given.setdefault("kind", kind or drawn)
    if kind not in FAMILIES:
        raise ClothError(f"{kind!r} is no kind of cloth; there are {', '.join(FAMILIES)}.")
    families = list(FAMILIES[kind])
    often = np.array([_RARE.get(name, 1.0) for name in families])
    family = families[int(rng.choice(len(families), p=often / often.sum()))]
    given.setdefault("family", family)
    palette_seed = int(rng.integers(MOST_SEED))
    if "palette" not in given:
        given["palette"] = drawn_palette(kind, palette_seed, colour)
    scale = float(np.clip(np.exp(rng.normal(0, _SCALES)), _SMALLEST, _LARGEST))
    scale *= _LARGER.get(kind, 1.0)
    given.setdefault("scale", round(scale, 2))
    given.setdefault("seed", int(rng.integers(MOST_SEED)))
    return Cloth.from_dict(given)


def between(a: Cloth, b: Cloth, share: float) -> Cloth:
    """The cloth ``share`` (0..1) of the way from ``a`` to ``b``: palette in CIELAB, and all numbers.

    Kind, family and seed are those of ``a``: what is drawn from others is faded over where it is laid.
    """
    if share <= 0:
        return a
    count = max(len(a.palette), len(b.palette))
    colours = [_mixed(_colour(a, i), _colour(b, i), share) for i in range(count)]
    return a.with_(
        palette=tuple(colours),
        scale=a.scale ** (1 - share) * b.scale**share,
        density=a.density ** (1 - share) * b.density**share,
        angle=(1 - share) * a.angle + share * b.angle,
    )


def same_print(a: Cloth, b: Cloth) -> bool:
    """Whether two cloths show the same motifs, so that one moves into the other without a fade."""
    return (a.kind, a.family, a.seed, a.density) == (b.kind, b.family, b.seed, b.density)


def _colour(cloth: Cloth, index: int) -> str:
    """A colour of a palette; the last one again where it has no more."""
    return cloth.palette[min(index, len(cloth.palette) - 1)]


def _mixed(a: str, b: str, share: float) -> str:
    return lab_to_hex((1 - share) * hex_to_lab(a) + share * hex_to_lab(b))
