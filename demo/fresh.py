"""Fresh designs on the first screen; who chooses one finds it on the generator's stand."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import gradio as gr

from demo import scripts, widgets
from demo.kept import Design
from demo.service import errors_as_sentences

if TYPE_CHECKING:
    from demo.service import Service

#: Designs in the row.
FRESH = 6


class Fresh:
    """A heading and a row of new designs."""

    def __init__(self, service: Service) -> None:
        self.service = service
        with gr.Column(elem_classes="t-section"):
            gr.HTML(
                widgets.section_head(
                    "Fresh from the stand",
                    "Drawn a moment ago. None of these has ever been sewn. Choose one to start from it.",
                ),
                apply_default_css=False,
            )
            self.pictures = gr.HTML(
                js_on_load=scripts.CHOOSE_JS, apply_default_css=False, elem_id="fresh"
            )

    def draw(self) -> str:
        """The row, drawn anew for every visitor."""
        with errors_as_sentences():
            designer = self.service.default
            recipes = designer.sample(FRESH, secrets.randbelow(2**31))
            pictures = self.service.preview(designer, recipes)
        sources = [widgets.design_url(picture) for picture in pictures]
        captions = [f"No. {i + 1}" for i in range(FRESH)]
        designs = [Design(r.encode(), f"Fresh no. {i + 1}") for i, r in enumerate(recipes)]
        return widgets.pictures(sources, captions, FRESH, designs, show_captions=False)
