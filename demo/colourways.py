"""The design on the stand in six palettes."""

from __future__ import annotations

import re
from collections.abc import Iterator  # noqa: TC003 - Gradio reads annotations when it runs
from typing import TYPE_CHECKING, Any

import gradio as gr

from demo import rows, scripts, widgets, wording
from demo.download import Download
from demo.events import QUIET
from demo.kept import Design
from demo.section import Section
from demo.service import errors_as_sentences
from fashion_core import DesignRecipe, ToileError
from fashion_core.colourways import (
    COUNT,
    Colourway,
    colourways,
    in_colourways,
    parse_season,
    sheet_png,
)

if TYPE_CHECKING:
    from demo.service import Service

#: Colours of a season as the field shows how to write them.
EXAMPLE = "#4A1523 #C6D3DD #F1E2B6 #1B1A1C #B0573B"


class Colourways:
    """Six colourways of the design on the stand, as a row to choose from and as a sheet.

    ``drawn`` is what the row shows: the caption of the design that it was made for, and the six designs.
    """

    def __init__(self, service: Service, design: gr.BrowserState) -> None:
        self.service = service
        self.section = Section(
            "Six colourways",
            "The same print six times, each in a palette that holds together.",
            "colourways",
        )
        self.drawn = gr.JSON(visible=False)
        with self.section.fold:
            with gr.Row(elem_classes="t-ask"):
                self.season = gr.Textbox(
                    label="Season palette",
                    placeholder=EXAMPLE,
                    info="Hex colours of your season. Leave it empty for harmonies of the ground.",
                    max_lines=1,
                    elem_id="season",
                )
                self.button = gr.Button("Draw six", elem_id="draw-colourways")
            self.working = gr.HTML(apply_default_css=False)
            self.pictures = gr.HTML(
                js_on_load=scripts.CHOOSE_JS, apply_default_css=False, elem_id="six-colourways"
            )
            with gr.Row(elem_classes="t-row fill"):
                self.keep_all = gr.Button("Keep all six", elem_id="keep-colourways")
                self.save = Download("Save the sheet", "save-colourways")
        outputs = [self.working, self.pictures, self.drawn]
        self.section.follows(design, self.draw, [self.season], outputs)
        for trigger in (self.button.click, self.season.submit):
            asked = trigger(
                self.draw_asked,
                [design, self.season],
                [*outputs, self.section.covers],
                trigger_mode="always_last",
                **QUIET,
            )
            asked.success(None, design, None, js=scripts.PRESSED_JS, **QUIET)
        self.save.makes(self.sheet, [self.drawn], lambda: wording.about(self._seconds_of_a_sheet()))

    def draw_asked(self, kept: object, season: str) -> Iterator[tuple[Any, ...]]:
        """Draw the row for what stands on the stand, also if it is one of the row itself."""
        design = Design.of(kept)
        for *shown, offered in self.draw(design, season):
            yield *shown, (design.recipe, *offered)

    def draw(self, design: Design, season: str) -> Iterator[tuple[Any, ...]]:
        """The row; yields values of ``working``, ``pictures``, ``drawn``, and the recipes that it offers.

        What cannot be drawn is said in its place, and the row stays.
        """
        about = wording.about(self.service.seconds_for(COUNT))
        yield widgets.working(about, "Drawing six ..."), gr.skip(), gr.skip(), ()
        try:
            with errors_as_sentences():
                designer, recipe = self.service.designer_of(design.recipe)
                colours = parse_season(season or "")
                recipes = in_colourways(recipe, colours)
                images = self.service.preview(designer, recipes)
                ways = colourways(recipe.own_cloth().palette, colours)
        except gr.Error as error:
            yield widgets.refusal(error.message), gr.skip(), gr.skip(), ()
            return
        designs = [
            Design(each.encode(), way.name.capitalize())
            for each, way in zip(recipes, ways, strict=True)
        ]
        shown = rows.row(
            images, designs, "Colourways", [way.harmony for way in ways], palettes=True
        )
        drawn = {
            "caption": design.caption,
            "designs": [each.kept() for each in designs],
            "harmonies": [way.harmony for way in ways],
        }
        yield widgets.working(), shown, drawn, [each.recipe for each in designs]

    def sheet(self, drawn: object) -> str:
        """The path of the six as one PNG."""
        caption, designs, harmonies = _of(drawn)
        with errors_as_sentences():
            if not designs:
                raise ToileError("There are no colourways yet. Press Draw six first.")
            recipes = [DesignRecipe.decode(each.recipe) for each in designs]
            designer, _ = self.service.designer_of(designs[0].recipe)
            pictures = [designer.render(recipe) for recipe in recipes]
            ways = [
                Colourway(each.caption, harmony, recipe.own_cloth().palette)
                for each, harmony, recipe in zip(designs, harmonies, recipes, strict=True)
            ]
            content = sheet_png(pictures, ways, f"Six colourways of {caption}")
        words = "-".join(re.findall(r"[a-z0-9]+", caption.lower()))
        return self.service.files.keep(content, f"toile-colourways-{words}.png")

    def _seconds_of_a_sheet(self) -> float:
        # Six designs of four times the pixels of a preview, and the PNG.
        return 4 * self.service.seconds_for(COUNT) + 1


def _of(drawn: object) -> tuple[str, list[Design], list[str]]:
    """Caption, designs and harmonies of what ``draw`` wrote; none of anything else."""
    content = drawn if isinstance(drawn, dict) else {}
    designs = [Design.of(each) for each in content.get("designs", ())][:COUNT]
    harmonies = [str(each)[:40] for each in content.get("harmonies", ())][:COUNT]
    if len(designs) != len(harmonies) or not all(each.recipe for each in designs):
        return "", [], []
    return str(content.get("caption", ""))[:60], designs, harmonies
