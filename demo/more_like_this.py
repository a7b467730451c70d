"""The way from a photo to designs: its nearest one is put on the stand."""

from __future__ import annotations

from collections.abc import Iterator  # noqa: TC003 - Gradio reads annotations when it runs
from typing import TYPE_CHECKING, Any

import gradio as gr

from demo import scripts, widgets, wording
from demo.events import ANALYSIS, QUIET, unchanged
from demo.kept import Design
from demo.service import errors_as_sentences
from fashion_core.report import NOTHING

if TYPE_CHECKING:
    from demo.service import Service
    from demo.shown_photo import ShownPhoto
    from fashion_core.report import GarmentReport

CAPTION = "From your photo"


class MoreLikeThis:
    """A row with a button, and under it the line that says how far the search is.

    ``found`` is the design that comes of it.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        with gr.Row(elem_classes="t-row fill") as self.row:
            self.button = gr.Button(
                "More like this garment", variant="primary", elem_id="more-like-this"
            )
        self.line = gr.HTML(apply_default_css=False, elem_classes="t-working", elem_id="looking")
        self.found = gr.JSON(visible=False)

    def events(self, shown: gr.State) -> None:
        """What a press does with the photo on show."""
        search = self.button.click(
            self.find, shown, [self.line, self.found], trigger_mode="once", **{**QUIET, **ANALYSIS}
        )
        search.success(None, self.found, None, js=scripts.SHOW_DESIGN_JS, **QUIET)

    def offered(self, report: GarmentReport) -> gr.Button:
        """The button, which is there if there are designs to look for and a garment that they could be like."""
        return gr.Button(visible=self.service.projector is not None and report.method != NOTHING)

    def find(self, shown: ShownPhoto | None) -> Iterator[tuple[Any, ...]]:
        """Look for the nearest design; values of ``line`` and ``found``."""
        if shown is None:
            yield unchanged(2)
            return
        about = wording.about(self.service.seconds_a_projection)
        yield widgets.working(about, "Opening the photo ..."), None
        try:
            with errors_as_sentences():
                for step in self.service.steps_of_projection(shown):
                    if isinstance(step, tuple):
                        name, at, of = step
                        yield widgets.working(about, f"{name}, {at} of {of} ..."), None
                    else:
                        yield widgets.working(), Design(step.encode(), CAPTION).kept()
        except gr.Error:
            yield widgets.working(), None
            raise
