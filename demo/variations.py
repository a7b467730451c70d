"""Six variations of the design on the stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from demo import scripts, widgets
from demo.kept import Design
from demo.service import errors_as_sentences

if TYPE_CHECKING:
    from demo.service import Service

VARIATIONS = 6


class Variations:
    """A row of designs close to the one on the stand.

    The state ``made_of`` is the recipe that they are variations of, so that they are not drawn twice.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.made_of = gr.State("")
        with gr.Column(elem_classes="t-section"):
            gr.HTML(
                widgets.section_head(
                    "Six variations", "Close relatives of the design on the stand."
                ),
                apply_default_css=False,
            )
            self.pictures = gr.HTML(
                js_on_load=scripts.CHOOSE_JS, apply_default_css=False, elem_id="variations"
            )
        self.outputs = [self.pictures, self.made_of]

    def draw(self, kept: object, made_of: str) -> tuple[Any, str]:
        """Draw them anew for another design; values of ``outputs``."""
        design = Design.of(kept)
        if not design.recipe or design.recipe == made_of:
            return gr.skip(), made_of
        with errors_as_sentences():
            designer, recipe = self.service.designer_of(design.recipe)
            varied = designer.vary(recipe, VARIATIONS)
            images = self.service.preview(designer, varied)
        designs = [Design(r.encode(), f"Variation {i + 1}") for i, r in enumerate(varied)]
        sources = [widgets.design_url(image) for image in images]
        captions = [design.caption for design in designs]
        shown = widgets.pictures(sources, captions, VARIATIONS, designs, show_captions=False)
        return shown, design.recipe
