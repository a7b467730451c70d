"""From A to B: the designs between two, on the page and as a film."""

from __future__ import annotations

from collections.abc import Iterator  # noqa: TC003 - Gradio reads annotations when it runs
from typing import TYPE_CHECKING, Any, NamedTuple

import gradio as gr

from demo import scripts, widgets
from demo.events import unchanged
from demo.service import errors_as_sentences
from demo.stand import OnStand
from fashion_core.exports import gif_bytes

if TYPE_CHECKING:
    from demo.service import Service

#: Frames of the morph on the page and in the film.
FRAMES = 25


class Ends(NamedTuple):
    """The two designs that are morphed into one another."""

    a: OnStand = OnStand()
    b: OnStand = OnStand()


class Morph:
    """A, what lies between, B.

    States: ``ends`` are A and B, ``drawn`` those that the morph was last drawn for, so that it is not
    drawn twice.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.ends = gr.State(Ends())
        self.drawn = gr.State(Ends())
        with gr.Column(elem_classes="t-section"):
            gr.HTML(
                widgets.section_head(
                    "From A to B",
                    "Choose two designs with Use as A and Use as B, then draw the thread across.",
                ),
                apply_default_css=False,
            )
            self.frames = gr.HTML(
                js_on_load=scripts.MORPH_JS, apply_default_css=False, elem_id="morph"
            )
            with gr.Row(elem_classes="t-row centre"):
                self.save_gif = gr.DownloadButton(
                    "Save as GIF", elem_id="save-gif", interactive=False
                )
                self.swap = gr.Button("Swap A and B", elem_id="swap")
        self.outputs = [self.frames, self.save_gif, self.drawn]

    def draw(self, ends: Ends, drawn: Ends) -> Iterator[tuple[Any, ...]]:
        """Draw the morph, then write its film. Yields values of ``outputs``."""
        if not (ends.a.recipe and ends.b.recipe) or ends == drawn:
            yield unchanged(3)
            return
        with errors_as_sentences():
            designer, a = self.service.designer_of(ends.a.recipe)
            other, b = self.service.designer_of(ends.b.recipe)
            if other is not designer:
                raise gr.Error("A and B were drawn by two generators. Choose both from one.")
            images = designer.interpolate(a, b, FRAMES)
            sources = [widgets.design_url(image) for image in images]
            # Until the new film is written the button would save the film before it, or nothing.
            waiting = gr.DownloadButton(interactive=False)
            yield widgets.morph(sources, ends.a.caption, ends.b.caption), waiting, gr.skip()
            path = self.service.files.keep(gif_bytes(images, designer), "toile-a-to-b-upscaled.gif")
        yield gr.skip(), gr.DownloadButton(value=path, interactive=True), ends


def use_as_a(design: OnStand, ends: Ends) -> Ends:
    """The design on the stand becomes A."""
    return ends._replace(a=design) if design.recipe else ends


def use_as_b(design: OnStand, ends: Ends) -> Ends:
    """The design on the stand becomes B."""
    return ends._replace(b=design) if design.recipe else ends


def swapped(_design: OnStand, ends: Ends) -> Ends:
    """A becomes B, and B becomes A."""
    return Ends(ends.b, ends.a)
