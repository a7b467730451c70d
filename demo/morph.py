"""From A to B: the designs between two, on the page and as a film."""

from __future__ import annotations

import statistics
import time
from collections import deque
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import gradio as gr

from demo import scripts, widgets, wording
from demo.download import Download
from demo.events import QUIET, unchanged
from demo.kept import Ends, kept_in_browser
from demo.service import errors_as_sentences
from fashion_core.exports import film, gif_bytes

if TYPE_CHECKING:
    from PIL import Image

    from demo.service import Service
    from fashion_core import Designer

#: Frames of the morph on the page and in the film.
FRAMES = 25
#: Morphs whose frames are remembered for whoever saves them, of all visitors; one takes 7 MB.
REMEMBERED = 4


class Morph:
    """A, what lies between, B.

    ``ends`` are A and B, kept in the browser whatever sheet is drawn; the state ``drawn`` are those that the
    morph was last drawn for, so that it is not drawn twice.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self._seconds = deque([1.0], maxlen=9)
        self._between = lru_cache(maxsize=REMEMBERED)(self._interpolated)
        self.ends = kept_in_browser("ends")
        self.drawn = gr.State(Ends())
        with gr.Column(elem_classes="t-section", elem_id="from-a-to-b"):
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
                self.save_gif = Download("Save as GIF", "save-gif")
                self.swap = gr.Button("Swap A and B", elem_id="swap")
        self.outputs = [self.frames, self.drawn]
        self.save_gif.makes(self.gif, [self.ends], self._waiting)
        self.swap.click(None, self.ends, self.ends, js=scripts.SWAP_JS, **QUIET)

    def draw(self, kept: object, drawn: Ends) -> tuple[Any, ...]:
        """Draw the morph; values of ``outputs``. What cannot be drawn is said in its place."""
        ends = Ends.of(kept)
        if not (ends.a.recipe and ends.b.recipe) or ends == drawn:
            return unchanged(len(self.outputs))
        try:
            _, images = self._between(ends.a.recipe, ends.b.recipe)
        except gr.Error as error:
            return widgets.refusal(error.message), ends
        sources = [widgets.design_url(image) for image in images]
        return widgets.morph(sources, ends.a.caption, ends.b.caption), ends

    def gif(self, kept: object) -> str:
        """The path of the morph as an animated GIF."""
        ends = Ends.of(kept)
        with errors_as_sentences():
            if not (ends.a.recipe and ends.b.recipe):
                raise gr.Error(
                    "Choose two designs first, with Use as A and Use as B.", print_exception=False
                )
            start = time.perf_counter()
            designer, images = self._between(ends.a.recipe, ends.b.recipe)
            content = gif_bytes(images, designer)
            self._seconds.append(time.perf_counter() - start)
        note = "" if designer.scalable else "-upscaled"
        return self.service.files.keep(content, f"toile-a-to-b{note}.gif")

    def _interpolated(
        self, recipe_a: str, recipe_b: str
    ) -> tuple[Designer, tuple[Image.Image, ...]]:
        with errors_as_sentences():
            designer, a = self.service.designer_of(recipe_a)
            other, b = self.service.designer_of(recipe_b)
            if other is not designer:
                raise gr.Error(
                    f"A was drawn by the generator {designer.name}, B by {other.name}. Only one of them can "
                    "draw what lies between: choose both from one.",
                    print_exception=False,
                )
            return designer, tuple(film(a, b, FRAMES, designer))

    def _waiting(self) -> str:
        return f"Writing. {wording.about(statistics.median(self._seconds))}"
