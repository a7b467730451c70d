"""A garment's colours, their names, and files of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fashion_core.colour.colours import Colour, Palette, parse_hex, to_hex
    from fashion_core.colour.palettes import garment_lab, palette

__all__ = [
    "Colour",
    "Palette",
    "garment_lab",
    "palette",
    "parse_hex",
    "to_hex",
]


def __getattr__(name: str) -> Any:
    # On first use: who needs one module of this package does not wait for the imports of the others.
    if name not in __all__:
        raise AttributeError(f"module 'fashion_core.colour' has no attribute {name!r}")
    module = "palettes" if name in {"palette", "garment_lab"} else "colours"
    return getattr(import_module(f"fashion_core.colour.{module}"), name)
