"""From two to six designs: what lies between them, on the page and as a film."""

from __future__ import annotations

import hashlib
import json
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterator  # noqa: TC003 - Gradio reads annotations when it runs
from functools import lru_cache
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from demo import scripts, widgets, wording
from demo.download import Download
from demo.events import QUIET, unchanged
from demo.kept import MOST_STOPS, Design, Ends, Stops, kept_in_browser, on_new
from demo.section import Section
from demo.service import errors_as_sentences
from fashion_core.exports import film, frames_zip, gif_bytes, joined, mp4_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from demo.service import Service
    from fashion_core import Designer

    Frames = tuple[Image.Image, ...]

#: Frames from one stop to the next, on the page and in the film.
STEPS = 24
#: Legs whose frames are remembered for whoever saves them, of all visitors; one takes 17 MB.
REMEMBERED = 6
LETTERS = "ABCDEF"
CHOOSE = "Choose two designs first, with Use as A and Use as B."


class Morph:
    """A, B and up to four stops more, and what lies between them.

    ``ends`` are A and B, ``more`` the stops after them; the browser keeps both whatever sheet is drawn. The
    state ``drawn`` are the stops that the morph was last drawn for, so that it is not drawn twice.
    """

    def __init__(self, service: Service, design: gr.BrowserState) -> None:
        self.service = service
        self._seconds = deque([1.0], maxlen=9)
        self._leg = lru_cache(maxsize=REMEMBERED)(self._interpolated)
        self.ends, self.more = kept_in_browser("ends"), kept_in_browser("stops")
        self.drawn = gr.State(())
        self.section = Section(
            "Morph", "From two to six designs, drawn together along one thread.", "from-a-to-b"
        )
        with self.section.fold:
            self.working = gr.HTML(apply_default_css=False)
            self.frames = gr.HTML(
                js_on_load=scripts.MORPH_JS, apply_default_css=False, elem_id="morph"
            )
            # Pressed by the first free place among the stops.
            self.put_here = gr.Button(
                "Put this one here", elem_id="put-here", elem_classes="t-unseen"
            )
            with gr.Row(elem_classes="t-row fill"):
                self.save_gif = Download("Save as GIF", "save-gif")
                self.save_mp4 = Download("Save as film", "save-mp4")
                self.save_frames = Download("Save the frames", "save-frames")
                self.take_off = gr.Button("Take the last one off", elem_id="take-off")
                self.swap = gr.Button("Swap A and B", elem_id="swap")
        self.outputs = [self.working, self.frames, self.drawn, self.take_off]
        self._events(design)

    def _events(self, design: gr.BrowserState) -> None:
        stops = [self.ends, self.more]
        self.section.shows_while_open(
            self.draw,
            [*stops, self.drawn],
            self.outputs,
            [on_new(self.ends, "ends"), on_new(self.more, "stops")],
        )
        self.put_here.click(None, [design, self.more], self.more, js=scripts.PUT_HERE_JS, **QUIET)
        self.take_off.click(
            None,
            self.more,
            self.more,
            js=scripts.TAKE_OFF_JS,
            **QUIET,
        )
        self.swap.click(None, self.ends, self.ends, js=scripts.SWAP_JS, **QUIET)
        for button, write, ending in (
            (self.save_gif, _gif, ".gif"),
            (self.save_mp4, mp4_bytes, ".mp4"),
            (self.save_frames, frames_zip, "-frames.zip"),
        ):
            button.makes_in_steps(self._saving(write, ending), stops)

    def draw(
        self, kept_ends: object, kept_more: object, drawn: tuple[Design, ...], opened: bool
    ) -> Iterator[tuple[Any, ...]]:
        """Draw the morph a leg at a time; values of ``outputs``. What cannot be drawn is said in its place."""
        stops = _stops(kept_ends, kept_more)
        if not opened or len(stops) < 2 or stops == drawn:
            yield unchanged(len(self.outputs))
            return
        legs = len(stops) - 1
        try:
            drawn_legs: list[Frames] = []
            for i, (a, b) in enumerate(pairwise(stops), start=1):
                about = wording.about((legs - i + 1) * statistics.median(self._seconds))
                step = f"Drawing from {LETTERS[i - 1]} to {LETTERS[i]} ..."
                yield widgets.working(about, step), *unchanged(len(self.outputs) - 1)
                drawn_legs.append(self._leg(a.recipe, b.recipe)[1])
            shown = _morph([widgets.design_url(image) for image in joined(drawn_legs)], stops)
        except gr.Error as error:
            shown = widgets.refusal(error.message)
        yield (
            widgets.working(),
            shown,
            stops,
            gr.Button(interactive=len(stops) > 2),
        )

    def _saving(
        self, write: Callable[[Sequence[Image.Image], Designer], bytes], ending: str
    ) -> Callable[..., Iterator[str | Path]]:
        def save(kept_ends: object, kept_more: object) -> Iterator[str | Path]:
            stops = _stops(kept_ends, kept_more)
            if len(stops) < 2:
                raise gr.Error(CHOOSE, print_exception=False)
            yield f"Writing. {wording.about((len(stops) - 1) * statistics.median(self._seconds))}"
            with errors_as_sentences():
                legs = [self._leg(a.recipe, b.recipe) for a, b in pairwise(stops)]
                designer = legs[0][0]
                content = write(joined([leg for _, leg in legs]), designer)
            note = "" if designer.scalable else "-upscaled"
            letters = f"a-to-{LETTERS[len(stops) - 1].lower()}"
            files = self.service.files
            yield Path(files.keep(content, f"toile-{letters}{note}{ending}"))

        return save

    def _interpolated(self, recipe_a: str, recipe_b: str) -> tuple[Designer, Frames]:
        with errors_as_sentences():
            start = time.perf_counter()
            designer, a = self.service.designer_of(recipe_a)
            other, b = self.service.designer_of(recipe_b)
            if other is not designer:
                raise gr.Error(
                    f"One of these was drawn by the generator {designer.name}, another by {other.name}. Only "
                    "one generator can draw what lies between: choose both from one.",
                    print_exception=False,
                )
            frames = tuple(film(a, b, STEPS + 1, designer))
            self._seconds.append(time.perf_counter() - start)
            return designer, frames


def _gif(frames: Sequence[Image.Image], designer: Designer) -> bytes:
    """A GIF that returns the way it came; a long one goes on from its start and has half of the frames."""
    legs = len(frames) // STEPS
    thinned = frames[:: 2 if legs > 2 else 1]
    return gif_bytes(thinned, designer, 2.4 * legs, back_and_forth=legs == 1)


def _stops(kept_ends: object, kept_more: object) -> tuple[Design, ...]:
    """The designs in order; fewer than two while A or B is missing."""
    ends = Ends.of(kept_ends)
    if not (ends.a.recipe and ends.b.recipe):
        return ()
    return (ends.a, ends.b, *Stops.of(kept_more).designs)


def _morph(frames: Sequence[str], stops: Sequence[Design]) -> str:
    """What lies between, large; the stops beside it, and the thread to draw across with a tick for each."""
    legs = len(stops) - 1
    middle = len(frames) // (2 * legs)
    data = escape(json.dumps(list(frames)), quote=True)
    figures = "".join(
        _stop(frames[i * STEPS], LETTERS[i], stop.caption) for i, stop in enumerate(stops)
    )
    free = ""
    if len(stops) < MOST_STOPS:
        free = (
            '<button type="button" class="free" data-press="#put-here">Put this one here</button>'
        )
    if len(stops) < MOST_STOPS - 1:
        free += '<div class="free" aria-hidden="true">up to six</div>'
    letters = LETTERS[: len(stops)]
    key = hashlib.sha256(repr(stops).encode()).hexdigest()[:12]
    ticks = "".join(f"<span>{letter}</span>" for letter in letters)
    return (
        f'<div class="morph" data-frames="{data}" data-stops="{letters}" data-key="{key}">'
        f'<figure class="mid"><div class="frame"><img src="{frames[middle]}" alt="Between the designs"></div>'
        f"<figcaption>Half way from A to B</figcaption></figure>"
        f'<div class="stops">{figures}{free}</div>'
        f'<div class="scrub"><input type="range" min="0" max="{len(frames) - 1}" value="{middle}" '
        f'aria-label="How far from A to {letters[-1]}"><div class="ticks" aria-hidden="true">{ticks}</div>'
        "</div></div>"
    )


def _stop(source: str, letter: str, caption: str) -> str:
    return (
        f'<figure class="end-{letter.lower()}"><div class="frame">'
        f'<img src="{source}" alt="Design {letter}"></div>'
        f"<figcaption><b>{letter}</b>{escape(caption)}</figcaption></figure>"
    )
