"""What the desk asks to be changed of a design: sent by the browser, so all of it is checked.

A change is an object with any of these, applied in this order:

- ``draw``: ``"form"`` or ``"cloth"``, drawn anew from ``seed``;
- ``mix``: ``{"with": recipe, "share": 0..1}``, the form turned towards another design's;
- ``edits``: direction -> standard deviations, where the sliders stand;
- ``cloth`` and ``composition``: fields of :class:`fashion_core.Cloth` and of its composition;
- ``shuffle``: ``{"seed": ..., "locked": [places]}``, another palette around locked colours;
- ``add``: one more colour.

Beside it may stand ``hold``: ``{"cloth": recipe}`` or ``{"form": recipe}``, a side of another design that is
kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from demo import arguments
from fashion_core import DesignRecipe, RecipeError
from fashion_core.cloth.cloth import MOST_SEED
from fashion_core.cloth.inks import MOST_COLOURS
from fashion_core.cloth.palettes import one_more, shuffled
from fashion_core.form_designer import FormDesigner
from fashion_core.taxonomy import COLOUR, PATTERN

if TYPE_CHECKING:
    from demo.service import Service
    from fashion_core import Designer

FORM, CLOTH = "form", "cloth"
#: What is said of a change that no control of the page sends.
_NOT_OURS = "The page sent a change that I do not know. Load it again."


def asked_for(
    service: Service, asked: Mapping[str, Any], recipe: str
) -> tuple[Designer, DesignRecipe]:
    """The design that is asked for, and its generator.

    Args:
        service: finds generators.
        asked: what the browser sent; ``change`` and ``hold`` count.
        recipe: the design that it is made of.

    Raises:
        ToileError: a damaged recipe, or a value that cannot be.
        gr.Error: a value of the wrong type.
    """
    designer, decoded = service.designer_of(recipe)
    if isinstance(designer, FormDesigner):
        decoded = _held(service, designer, decoded, _object(asked.get("hold")))
    return designer, _changed(service, designer, decoded, _object(asked.get("change")))


def _held(
    service: Service, designer: FormDesigner, recipe: DesignRecipe, hold: Mapping[str, Any]
) -> DesignRecipe:
    for side in (FORM, CLOTH):
        if side in hold:
            other, kept = service.designer_of(hold[side])
            if other is designer:
                pair = (recipe, kept) if side == CLOTH else (kept, recipe)
                return designer.in_cloth_of(*pair)
    return recipe


def _changed(
    service: Service, designer: Designer, recipe: DesignRecipe, change: Mapping[str, Any]
) -> DesignRecipe:
    if change.get("draw") == FORM:
        recipe = designer.another_form(recipe, _seed(change))
    if mix := _object(change.get("mix")):
        _, other = service.designer_of(mix.get("with", ""))
        recipe = designer.mixed(recipe, other, _share(mix.get("share")))
    if edits := change.get("edits"):
        recipe = designer.placed(recipe, dict(arguments.amounts(edits)))
    if isinstance(designer, FormDesigner):
        recipe = _with_cloth(designer, recipe, change)
    return recipe


def _with_cloth(
    designer: FormDesigner, recipe: DesignRecipe, change: Mapping[str, Any]
) -> DesignRecipe:
    if change.get("draw") == CLOTH:
        recipe = designer.another_cloth(recipe, _seed(change))
    fields = arguments.cloth(change.get("cloth") or {})
    laid = arguments.cloth(change.get("composition") or {})
    if fields or laid:
        recipe = designer.edited(recipe, cloth=fields, composition=laid)
    if "kind" in fields:
        recipe = replace(recipe, wishes={**recipe.wishes, PATTERN.key: fields["kind"]})
    other = _other_palette(recipe, change)
    if other:
        recipe = designer.edited(recipe, cloth={"palette": other})
    if other or "palette" in fields:
        # Its colour is now the designer's own, and no longer the one that was wished for.
        kept = {key: value for key, value in recipe.wishes.items() if key != COLOUR.key}
        recipe = replace(recipe, wishes=kept)
    return recipe


def _other_palette(recipe: DesignRecipe, change: Mapping[str, Any]) -> tuple[str, ...]:
    if recipe.cloth is None:
        return ()
    if shuffle := _object(change.get("shuffle")):
        places = shuffle.get("locked") or []
        locked = {p for p in places if p in range(MOST_COLOURS)} if type(places) is list else set()
        return shuffled(recipe.cloth.palette, recipe.cloth.kind, _seed(shuffle), locked)
    return one_more(recipe.cloth.palette) if change.get("add") else ()


def _object(value: object) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise RecipeError(_NOT_OURS)
    return value


def _seed(change: Mapping[str, Any]) -> int:
    seed = change.get("seed")
    if type(seed) is not int or not 0 <= seed <= MOST_SEED:
        raise RecipeError(_NOT_OURS)
    return seed


def _share(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise RecipeError(_NOT_OURS)
    return float(value)
