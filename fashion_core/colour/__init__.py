"""A garment's colours, their names, and files of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fashion_core.colour.palettes import (
        Colour,
        Palette,
        fine_name,
        garment_lab,
        palette,
        parse_hex,
        to_hex,
    )

__all__ = [
    "Colour",
    "Palette",
    "fine_name",
    "garment_lab",
    "palette",
    "parse_hex",
    "to_hex",
]


def __getattr__(name: str) -> Any:
    # On first use: other modules of this package do without what this one imports.
    if name not in __all__:
        raise AttributeError(f"module 'fashion_core.colour' has no attribute {name!r}")
    return getattr(import_module("fashion_core.colour.palettes"), name)
