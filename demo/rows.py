"""Rows of designs below the stand: a press on one puts it there."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from demo import widgets
from fashion_core import DesignRecipe
from fashion_core.colourways import strip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from demo.kept import Design


def row(
    images: Sequence[Image.Image],
    designs: Sequence[Design],
    label: str,
    notes: Sequence[str] = (),
    *,
    palettes: bool = False,
) -> str:
    """Designs to choose from, one tab stop with arrow keys between them.

    Args:
        images: their pictures.
        designs: their captions stand under the pictures.
        label: what a screen reader calls the row.
        notes: second lines under the captions.
        palettes: show the colours of each cloth under its picture.
    """
    cells = []
    for i, (image, design) in enumerate(zip(images, designs, strict=True)):
        note = f'<span class="cap-note">{escape(notes[i])}</span>' if notes else ""
        colours = chips(DesignRecipe.decode(design.recipe)) if palettes else ""
        cells.append(
            f'<button type="button" data-i="{i}" tabindex="{-1 if i else 0}" aria-pressed="false" '
            f'data-recipe="{escape(design.recipe)}" data-caption="{escape(design.caption)}">'
            f'<span class="frame"><img src="{widgets.design_url(image)}" alt=""></span>{colours}'
            f'<span class="cap">{escape(design.caption)}</span>{note}</button>'
        )
    return (
        f'<div class="pictures t-row-of-six" role="toolbar" aria-label="{escape(label)}" '
        f'style="--cols:{len(cells)}">{"".join(cells)}</div>'
    )


def chips(recipe: DesignRecipe) -> str:
    """The colours of a design's cloth side by side, the ground widest; nothing without a cloth."""
    if recipe.cloth is None:
        return ""
    parts = "".join(
        f'<i style="flex:{x1 - x0};background:{colour}"></i>'
        for colour, x0, x1 in strip(recipe.cloth.palette, 100)
    )
    return f'<span class="colour-strip" aria-hidden="true">{parts}</span>'


def empty_row(count: int = 6) -> str:
    """Frames where designs will be, so that nothing below moves when they come."""
    cell = '<div><span class="frame"></span><span class="cap">&nbsp;</span></div>'
    return f'<div class="pictures t-row-of-six" aria-hidden="true" style="--cols:{count}">{cell * count}</div>'
