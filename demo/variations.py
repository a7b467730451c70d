"""Six variations of the design on the stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from demo import scripts, widgets
from demo.service import errors_as_sentences

if TYPE_CHECKING:
    from demo.service import Service
    from demo.stand import OnStand

VARIATIONS = 6


class Variations:
    """A row of designs close to the one on the stand.

    States: ``recipes`` of the variations, ``made_of`` the recipe that they are variations of, so that
    they are not drawn twice.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.recipes = gr.State([])
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
        self.outputs = [self.pictures, self.recipes, self.made_of]

    def draw(self, design: OnStand, made_of: str) -> tuple[Any, ...]:
        """Draw them anew for another design; values of ``outputs``."""
        if not design.recipe or design.recipe == made_of:
            return gr.skip(), gr.skip(), made_of
        with errors_as_sentences():
            designer, recipe = self.service.designer_of(design.recipe)
            varied = designer.vary(recipe, VARIATIONS)
            images = self.service.preview(designer, varied)
        sources = [widgets.design_url(image) for image in images]
        captions = [f"Variation {i + 1}" for i in range(VARIATIONS)]
        shown = widgets.pictures(sources, captions, VARIATIONS, show_captions=False)
        return shown, [recipe.encode() for recipe in varied], design.recipe
