"""What a page of a look book shows: a design drawn, its cloth at its real size, its colours and its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from fashion_core.cloth.palettes import palette_names
from fashion_core.cloth.swatch import piece
from fashion_core.exports import enlarge, provenance
from fashion_core.recipe import DesignRecipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fashion_core.cloth import Cloth
    from fashion_core.designer import Designer
    from fashion_core.look_book import Look

#: Width and height in pixels of a picture on a page; in millimetres of the piece of cloth beside it.
PICTURE, SWATCH_MM = (768, 1152), (58.0, 106.0)
#: Pixels an inch of the cloth.
SWATCH_DPI = 150


@dataclass(frozen=True)
class LookPage:
    """A design as a page shows it.

    Attributes:
        look: its name, note and recipe.
        recipe: decoded.
        picture: RGB; 768 x 1152, or 768 and more a side from a generator of one size.
        words: title -> word (:func:`fashion_core.design_words.design_words`).
        palette: hex colour and fine name of each of the cloth's colours.
        swatch: the cloth as large as it is, RGB; None where the generator draws no cloth of its own.
        origin: one line on what drew it.
    """

    look: Look
    recipe: DesignRecipe
    picture: Image.Image
    words: Mapping[str, str]
    palette: tuple[tuple[str, str], ...]
    swatch: Image.Image | None
    origin: str


def page_of(look: Look, designer: Designer, words: Mapping[str, str]) -> LookPage:
    """Draw what a page shows of a design.

    Raises:
        RecipeError: the design is of another generator or other weights.
    """
    recipe = DesignRecipe.decode(look.recipe)
    picture = designer.render(recipe, PICTURE if designer.scalable else None)
    cloth = recipe.cloth
    colours = tuple(zip(cloth.palette, palette_names(cloth.palette), strict=True)) if cloth else ()
    return LookPage(
        look,
        recipe,
        enlarge(picture, PICTURE[0]),
        words,
        colours,
        swatch(cloth, SWATCH_MM, SWATCH_DPI) if cloth else None,
        provenance(designer),
    )


def swatch(cloth: Cloth, size_mm: tuple[float, float], dpi: int) -> Image.Image:
    """A piece of cloth as large as it is on a dress, RGB; lace lies on its lining.

    Args:
        cloth: what is drawn.
        size_mm: width and height in millimetres.
        dpi: pixels an inch.
    """
    by = dpi / 25.4
    size = round(size_mm[0] * by), round(size_mm[1] * by)
    return Image.fromarray(piece(cloth, size, by, cloth.inks().lining))
