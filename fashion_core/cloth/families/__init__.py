"""Drawn cloths by kind and family: ``FAMILIES[kind][family](rng, density)`` draws a repeat.

Sizes are millimetres on a dress. ``density`` is 1 for the usual number of motifs; a family makes more,
or sets them closer, in proportion.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from fashion_core.cloth.families import checks, dots, floral, lace, plain, prints, stripes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

    from fashion_core.cloth.repeat import Repeat

    Family = Callable[[np.random.Generator, float], Repeat]

FAMILIES: Mapping[str, Mapping[str, Family]] = MappingProxyType(
    {
        "floral": {
            "ditsy": floral.ditsy,
            "bloom": floral.bloom,
            "leaf": floral.leaf,
            "tossed": floral.tossed_flowers,
            "border": floral.border,
        },
        "lace": {"net": lace.net, "guipure": lace.guipure, "scallop": lace.scallop},
        "polkadots": {
            "pin": dots.pin,
            "coin": dots.coin,
            "scattered": dots.scattered,
            "ring": dots.ring,
        },
        "print": {
            "geometric": prints.geometric,
            "gingham": checks.gingham,
            "check": checks.check,
            "houndstooth": checks.houndstooth,
            "paisley": prints.paisley,
            "animal": prints.animal,
            "brush": prints.brush,
            "ikat": prints.ikat,
        },
        "stripes": {
            "breton": stripes.breton,
            "pinstripe": stripes.pinstripe,
            "awning": stripes.awning,
            "chevron": stripes.chevron,
            "multi": stripes.multi,
        },
        "unicolors": {"plain": plain.plain, "marl": plain.marl},
    }
)
