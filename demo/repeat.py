"""The cloth on the stand as a seamless tile, for the printer."""

from __future__ import annotations

from collections.abc import Iterator  # noqa: TC003 - Gradio reads annotations when it runs
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr
from PIL import Image

from demo import widgets
from demo.download import Download
from demo.events import QUIET, unchanged
from demo.kept import Design
from demo.section import Section
from demo.service import errors_as_sentences
from fashion_core.cloth.palettes import palette_names
from fashion_core.cloth_commands import tile_mm, tile_pixels, tile_png, tile_svg
from fashion_core.look_book_pages import swatch

if TYPE_CHECKING:
    from demo.service import Service
    from fashion_core import Cloth

DPI = (72, 150, 300, 600)
#: CSS pixels: the longest side of a tile on the field, and how many of its own pixels stand on one.
_TILE, _FINE = 260, 2


class Repeat:
    """A field of tiles with one outlined, its colours, and the files.

    ``width`` is the width of a tile in print, ``dpi`` the pixels an inch.
    """

    def __init__(self, service: Service, design: gr.BrowserState) -> None:
        self.service = service
        self.section = Section("The repeat", "One seamless tile, ready for the printer.", "repeat")
        with self.section.fold, gr.Row(elem_classes="t-grid t-repeat"):
            self.field = gr.HTML(apply_default_css=False, elem_id="repeat-field")
            with gr.Column(elem_classes="t-stack"):
                self.colours = gr.HTML(apply_default_css=False, elem_id="repeat-colours")
                with gr.Row(elem_classes="t-fields t-two"):
                    self.width = gr.Textbox(label="Repeat", max_lines=1, elem_id="repeat-width")
                    self.dpi = gr.Dropdown(
                        [(f"{dpi} dpi", dpi) for dpi in DPI],
                        value=300,
                        label="Resolution",
                        filterable=False,
                        interactive=True,
                        elem_id="repeat-dpi",
                    )
                self.pixels = gr.HTML(apply_default_css=False, elem_id="repeat-pixels")
                with gr.Row(elem_classes="t-row fill"):
                    self.save_png = Download("Save PNG", "save-tile-png")
                    self.save_svg = Download("Save SVG", "save-tile-svg")
        outputs = [self.field, self.colours, self.width, self.pixels]
        self.section.follows(design, self.draw, [self.dpi], outputs)
        given = [design, self.width, self.dpi]
        for change in (self.width.input, self.width.submit, self.dpi.input):
            change(
                self.resize,
                given,
                [self.field, self.pixels],
                trigger_mode="always_last",
                **QUIET,
            )
        self.save_png.makes(self.png, given, lambda: "Writing. About a second.")
        self.save_svg.makes(self.svg, given, lambda: "Writing. About a second.")

    def draw(self, design: Design, dpi: int) -> Iterator[tuple[Any, ...]]:
        """Field, colours and the tile's natural size; yields values of ``outputs`` and no recipes."""
        try:
            with errors_as_sentences():
                cloth = self._cloth(design)
                width = f"{tile_mm(cloth)[0]:.0f} mm"
                shown = _field(cloth, width), _colours(cloth), width, _pixels(cloth, width, dpi)
        except gr.Error as error:
            yield widgets.refusal(error.message), "", "", "", ()
            return
        yield *shown, ()

    def resize(self, kept: object, width: str, dpi: int) -> tuple[Any, ...]:
        """What another width or resolution makes of it; a width that is none is said where the pixels stand."""
        design = Design.of(kept)
        if not design.recipe:
            return unchanged(2)
        try:
            with errors_as_sentences():
                cloth = self._cloth(design)
                return _field(cloth, width), _pixels(cloth, width, dpi)
        except gr.Error as error:
            return gr.skip(), widgets.refusal(error.message)

    def png(self, kept: object, width: str, dpi: int) -> str:
        """The path of the tile as PNG."""
        with errors_as_sentences():
            cloth = self._cloth(Design.of(kept))
            content = tile_png(cloth, width or "", int(dpi))
        return self.service.files.keep(content, f"{_name(cloth, width)}-{int(dpi)}dpi.png")

    def svg(self, kept: object, width: str, _dpi: int) -> str:
        """The path of the tile as SVG."""
        with errors_as_sentences():
            cloth = self._cloth(Design.of(kept))
            content = tile_svg(cloth, width or "")
        return self.service.files.keep(content, f"{_name(cloth, width)}.svg")

    def _cloth(self, design: Design) -> Cloth:
        _, recipe = self.service.designer_of(design.recipe)
        return recipe.own_cloth()


def _name(cloth: Cloth, width: str) -> str:
    return f"toile-{cloth.family}-{tile_mm(cloth, width or '')[0]:.0f}mm"


def _field(cloth: Cloth, width: str) -> str:
    """Tiles side by side, as many as there is room for, and one of them outlined."""
    across, down = tile_mm(cloth)
    scale = _TILE / max(across, down)
    # A tile of whole pixels: no seam may show where there is none.
    shown = max(8, round(across * scale)), max(8, round(down * scale))
    tile = swatch(cloth, (across, down), round(25.4 * scale * _FINE))
    tile = tile.resize((shown[0] * _FINE, shown[1] * _FINE), Image.Resampling.BOX)
    style = f"--tile:url({widgets.data_url(tile, 'PNG')});--w:{shown[0]}px;--h:{shown[1]}px"
    millimetres = f"{tile_mm(cloth, width or '')[0]:g} mm"
    return (
        f'<div class="repeat-field" role="img" aria-label="The cloth, one repeat outlined" style="{style}">'
        f'<div class="once"><span>one repeat, {millimetres}</span></div></div>'
    )


def _colours(cloth: Cloth) -> str:
    names = palette_names(cloth.palette)
    rows = "".join(
        f'<li><i style="background:{colour}"></i><span>{escape(name.capitalize())}</span>'
        f"<code>{colour.upper()}</code></li>"
        for colour, name in zip(cloth.palette, names, strict=True)
    )
    count = "one colour" if len(names) == 1 else f"{len(names)} colours"
    title = f"{cloth.family.capitalize()}, {count}"
    return f'<h3 class="t-h3">{escape(title)}</h3><ul class="inks">{rows}</ul>'


def _pixels(cloth: Cloth, width: str, dpi: int) -> str:
    across, down = tile_pixels(cloth, width or "", int(dpi))
    return f'<p class="t-note">{across:,} by {down:,} pixels as PNG; an SVG has no pixels.</p>'
