"""A cloth as data: what a tile, a dress in it and a recipe are made from."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from fashion_core.cloth.families import FAMILIES
from fashion_core.cloth.inks import Inks, parse_palette
from fashion_core.errors import ClothError
from fashion_core.fields import check_names, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fashion_core.cloth.repeat import Repeat

#: What each number of a cloth may be.
RANGES = {"scale": (0.25, 4.0), "density": (0.5, 2.0), "angle": (-90.0, 90.0)}
MOST_SEED = 2**32 - 1


@dataclass(frozen=True)
class Cloth:
    """A drawn cloth; the same data draws the same cloth at any size.

    Attributes:
        kind: a word of the taxonomy's patterns.
        family: one of the kind's families; its first one if empty.
        palette: hex colours, the ground first, up to five more.
        scale: of the motifs, 1 is their size on a usual dress; 0.25 to 4.
        density: how many motifs, 1 is usual; 0.5 to 2.
        angle: of the print, degrees clockwise, -90 to 90.
        seed: of everything that is thrown or varied.

    Raises:
        ClothError: a field is out of its range; the message says which is right.
    """

    kind: str = "unicolors"
    family: str = ""
    palette: tuple[str, ...] = ("#2f4858", "#f2e8d5")
    scale: float = 1.0
    density: float = 1.0
    angle: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.kind not in FAMILIES:
            raise ClothError(f"{self.kind!r} is no kind of cloth; there are {', '.join(FAMILIES)}.")
        families = FAMILIES[self.kind]
        if not self.family:
            object.__setattr__(self, "family", next(iter(families)))
        if self.family not in families:
            raise ClothError(
                f"{self.family!r} is no family of {self.kind}; there are {', '.join(families)}."
            )
        object.__setattr__(self, "palette", parse_palette(self.palette))
        for name, bounds in RANGES.items():
            object.__setattr__(self, name, number("cloth", name, getattr(self, name), bounds))
        if type(self.seed) is not int or not 0 <= self.seed <= MOST_SEED:
            raise ClothError(f"The seed of a cloth is a whole number from 0 to {MOST_SEED}.")

    def repeat(self) -> Repeat:
        """The piece that repeats, upright and at its natural size: without ``scale`` and ``angle``."""
        return _drawn(self.kind, self.family, self.density, self.seed)

    def inks(self) -> Inks:
        """The colours of its parts."""
        return _mixed(self.palette, self.kind == "floral" or self.family == "paisley")

    def to_dict(self) -> dict[str, Any]:
        """As in a recipe's JSON."""
        return {**asdict(self), "palette": list(self.palette)}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Cloth:
        """A cloth from what a stranger sent.

        Raises:
            ClothError: an unknown field, or one that is out of range.
        """
        check_names(cls, "cloth", content)
        for word in ("kind", "family"):
            if not isinstance(content.get(word, ""), str):
                raise ClothError(f"The {word} of a cloth is a word.")
        return cls(**content)

    def with_(self, **changes: Any) -> Cloth:
        """The same cloth with some fields changed."""
        return replace(self, **changes)


@lru_cache(maxsize=64)
def _mixed(palette: tuple[str, ...], leaves: bool) -> Inks:
    return Inks(palette, leaves=leaves)


@lru_cache(maxsize=64)
def _drawn(kind: str, family: str, density: float, seed: int) -> Repeat:
    """Kept, because a change of colour, scale or angle draws the same shapes again."""
    return FAMILIES[kind][family](np.random.default_rng(seed), density)
