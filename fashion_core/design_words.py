"""What a design is, in words: its cloth from its recipe, its form as the Analyser reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fashion_core.cloth.palettes import colour_name
from fashion_core.cloth_commands import tile_mm
from fashion_core.taxonomy import ATTRIBUTES, COLOUR, PATTERN, PLAIN

if TYPE_CHECKING:
    from fashion_core.recipe import DesignRecipe
    from fashion_core.report import GarmentReport


def design_words(recipe: DesignRecipe, report: GarmentReport) -> dict[str, str]:
    """Title -> word, in the order in which they are read: cloth, ground, form, repeat.

    Args:
        recipe: of the design.
        report: what was read of its picture.
    """
    of_form = {
        attribute.title: attribute.words[report.attributes[key].label]
        for key, attribute in ATTRIBUTES.items()
        if key != PATTERN.key
    }
    if recipe.cloth is None:
        read = report.attributes[PATTERN.key].label
        family = COLOUR.words[report.palette.family]
        return {PATTERN.title: PATTERN.words[read], COLOUR.title: family, **of_form}
    cloth = recipe.cloth
    words = {
        PATTERN.title: PATTERN.words[cloth.kind],
        "Cloth": cloth.family.capitalize(),
        "Ground": colour_name(cloth.palette[0]).capitalize(),
        **of_form,
    }
    if cloth.kind != PLAIN:
        words["Repeat"] = f"{tile_mm(cloth)[0]:.0f} mm"
    return words
