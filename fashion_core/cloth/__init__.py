"""Cloths as data, drawn without any network: families of prints, palettes, seamless repeats."""

from __future__ import annotations

from fashion_core.cloth.cloth import RANGES, Cloth
from fashion_core.cloth.families import FAMILIES
from fashion_core.cloth.inks import Inks, parse_palette
from fashion_core.cloth.raster import raster
from fashion_core.cloth.svg import svg

__all__ = ["FAMILIES", "RANGES", "Cloth", "Inks", "parse_palette", "raster", "svg"]
