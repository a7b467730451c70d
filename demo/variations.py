"""Near cuts: variations of the design on the stand, in its own cloth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from demo import scripts, widgets
from demo.kept import Design
from demo.service import errors_as_sentences

if TYPE_CHECKING:
    from demo.service import Service

VARIATIONS = 3
#: How far they may be turned towards other designs.
LEAST, USUAL, MOST = 0.05, 0.2, 0.6


class Variations:
    """A row of designs close to the one on the stand.

    The state ``made_of`` is the recipe and the strength that they are variations of, so that they are not drawn
    twice.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.made_of = gr.State(("", USUAL))
        with gr.Accordion("Near cuts", open=True, elem_id="near-cuts"):
            self.pictures = gr.HTML(
                js_on_load=scripts.CHOOSE_JS, apply_default_css=False, elem_id="variations"
            )
        self.outputs = [self.pictures, self.made_of]

    def draw(
        self, kept: object, made_of: tuple[str, float], settled: object = None
    ) -> tuple[Any, ...]:
        """Draw them anew for another design or strength (``near`` of ``settled``); values of ``outputs``."""
        design = Design.of(kept)
        strength = _strength(settled)
        if not design.recipe or (design.recipe, strength) == tuple(made_of):
            return gr.skip(), made_of
        with errors_as_sentences():
            designer, recipe = self.service.designer_of(design.recipe)
            varied = designer.vary(recipe, VARIATIONS, strength=strength)
            images = self.service.preview(designer, varied)
        designs = [Design(r.encode(), f"Near cut {i + 1}") for i, r in enumerate(varied)]
        sources = [widgets.design_url(image) for image in images]
        captions = [design.caption for design in designs]
        shown = widgets.pictures(sources, captions, VARIATIONS, designs, show_captions=False)
        return shown, (design.recipe, strength)


def _strength(settled: object) -> float:
    near = settled.get("near") if isinstance(settled, dict) else None
    if isinstance(near, bool) or not isinstance(near, (int, float)):
        return USUAL
    return min(max(float(near), LEAST), MOST)
