"""What else a design could be: its cut in other cloths, its cloth on other cuts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from fashion_core.cloth.chosen import chosen_cloth
from fashion_core.cloth.palettes import colour_name
from fashion_core.latent import design_seed
from fashion_core.taxonomy import FIT, LENGTH, NECKLINE, SLEEVE_LENGTH, WISHES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fashion_core.designer import Designer
    from fashion_core.recipe import DesignRecipe

#: Kinds of cloth in the order of a row, so that no two neighbours are alike.
KINDS = ("stripes", "floral", "polkadots", "print", "lace", "unicolors")
#: What the cuts of a row are asked for.
CUTS: tuple[Mapping[str, str], ...] = (
    {SLEEVE_LENGTH.key: "sleeveless", LENGTH.key: "knee"},
    {SLEEVE_LENGTH.key: "long", NECKLINE.key: "v"},
    {SLEEVE_LENGTH.key: "short", NECKLINE.key: "wide"},
    {LENGTH.key: "long", NECKLINE.key: "v"},
    {SLEEVE_LENGTH.key: "half", FIT.key: "loose"},
    {LENGTH.key: "short", NECKLINE.key: "round"},
)
_SLEEVES = {"half": "half sleeves", "long": "long sleeves", "short": "short sleeves"}


class Other(NamedTuple):
    """A design close to another: its recipe, and in words what is different."""

    recipe: DesignRecipe
    words: str


def other_cloths(recipe: DesignRecipe, row: int = 0) -> list[Other]:
    """The cut of a design in six other cloths, one of each kind; another ``row`` (0, 1, ...) has others.

    Raises:
        RecipeError: its generator draws form and cloth at once.
    """
    before = recipe.own_cloth().seed
    others = []
    for i, kind in enumerate(KINDS):
        cloth = chosen_cloth(design_seed(before, len(KINDS) * row + i), kind)
        ground = colour_name(cloth.palette[0])
        words = f"{cloth.family.capitalize()}, {ground}"
        flat = recipe.composition.with_(contrast="", lining="")
        others.append(Other(replace(recipe, cloth=cloth, composition=flat), words))
    return others


def other_cuts(designer: Designer, recipe: DesignRecipe, row: int = 0) -> list[Other]:
    """The cloth of a design on six other cuts; another ``row`` (0, 1, ...) has others.

    Raises:
        RecipeError: its generator draws form and cloth at once, or the recipe is of another one.
    """
    cloth = recipe.own_cloth()
    designer.latent(recipe)
    others = []
    for i, cut in enumerate(CUTS):
        learnt = {k: v for k, v in cut.items() if v in designer.conditions.get(k, ())}
        seed = design_seed(cloth.seed + 1, len(CUTS) * row + i)
        (drawn,) = designer.sample(1, seed, learnt)
        cut_from = replace(drawn, cloth=cloth, composition=recipe.composition)
        others.append(Other(cut_from, cut_words(learnt)))
    return others


def cut_words(wishes: Mapping[str, str]) -> str:
    """What a cut was asked for, in words.

    >>> cut_words({"sleeve_length": "long", "neckline": "v"}), cut_words({})
    ('Long sleeves, V neck', 'Another cut')
    """
    parts = []
    for key, value in wishes.items():
        word = WISHES[key].words[value].lower()
        if key == SLEEVE_LENGTH.key:
            word = _SLEEVES.get(value, word)
        elif key == NECKLINE.key:
            word = f"{'V' if value == 'v' else word} neck"
        parts.append(word)
    text = ", ".join(parts) or "another cut"
    return text[0].upper() + text[1:]
