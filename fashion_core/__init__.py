"""Toile's core: read a garment from a picture, draw new ones. Everything but the web page.

>>> from fashion_core import Analyser, Designer
>>> report = Analyser.load().analyse("dress.jpg")            # doctest: +SKIP
>>> designer = Designer.load()                               # doctest: +SKIP
>>> picture = designer.render(designer.sample(seed=7)[0])    # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fashion_core.errors import (
    BoxError,
    CheckpointError,
    ClothError,
    ImageError,
    LookBookError,
    MaskError,
    RecipeError,
    ToileError,
    WishError,
)

if TYPE_CHECKING:
    from fashion_core.analyser import Analyser, Photo
    from fashion_core.cloth import Cloth
    from fashion_core.colour import Palette
    from fashion_core.designer import Designer
    from fashion_core.imaging import open_image
    from fashion_core.recipe import DesignRecipe
    from fashion_core.report import GarmentReport

__all__ = [
    "Analyser",
    "BoxError",
    "CheckpointError",
    "Cloth",
    "ClothError",
    "DesignRecipe",
    "Designer",
    "GarmentReport",
    "ImageError",
    "LookBookError",
    "MaskError",
    "Palette",
    "Photo",
    "RecipeError",
    "ToileError",
    "WishError",
    "open_image",
]

#: Imported on first use, so that the command line's help does not wait for torch.
_LAZY = {
    "Analyser": "analyser",
    "Cloth": "cloth",
    "GarmentReport": "report",
    "Palette": "colour",
    "Photo": "analyser",
    "Designer": "designer",
    "open_image": "imaging",
    "DesignRecipe": "recipe",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'fashion_core' has no attribute {name!r}")
    return getattr(import_module(f"fashion_core.{_LAZY[name]}"), name)
