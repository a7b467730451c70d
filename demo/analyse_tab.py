"""The tab "Analyse a garment"."""

from __future__ import annotations

import secrets
from collections.abc import Iterator  # noqa: TC003 - Gradio reads annotations when it runs
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from demo import widgets, wording
from demo.examples.draw import EXAMPLES
from demo.service import kindly, report_json
from fashion_core.designer import enlarge

if TYPE_CHECKING:
    from demo.service import Service
    from fashion_core.analyser import GarmentReport
    from fashion_core.colour import Palette

FRESH = 6
LEAD = (
    '<h1 class="t-h1">What am<br>I looking at?</h1>'
    '<p class="t-lead">Toile finds the garment in your photo, names its pattern, sleeves, length, '
    "neckline and fit, and pulls its colours. Then it draws you new ones.</p>"
)


class Photo(gr.Image):
    """An upload whose file reaches us untouched, so that every refusal is in our own words."""

    def preprocess(self, payload: Any) -> str | None:
        """The path of the uploaded file."""
        return payload.path if payload else None

    def get_block_name(self) -> str:
        """Rendered as Gradio's image."""
        return "image"


def example_path(index: int) -> Path:
    """The drawn example ``index``."""
    return Path(__file__).parent / "examples" / f"{EXAMPLES[index].name}.jpg"


class AnalyseTab:
    """Layout and events; ``fresh`` and ``fresh_recipes`` are for the generator's tab to listen to."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._layout()
        self._events()

    def _layout(self) -> None:
        with gr.Column(elem_classes="t-stack") as self.empty:
            with gr.Row(elem_classes="t-grid t-75"):
                with gr.Column():
                    self.photo = Photo(
                        sources=["upload", "webcam", "clipboard"],
                        type="filepath",
                        label="A photo of a garment",
                        show_label=False,
                        buttons=[],
                        elem_id="drop",
                        placeholder="# Lay a garment here\nDrop a photo, paste one, or choose a file",
                    )
                    self.working = gr.HTML(apply_default_css=False, elem_classes="t-working")
                    gr.HTML(
                        f'<p class="t-note under">{"<br>".join(wording.WHERE_IT_GOES)}</p>',
                        apply_default_css=False,
                    )
                with gr.Column():
                    gr.HTML(LEAD, apply_default_css=False)
                    self.examples = gr.HTML(
                        widgets.examples(
                            [_thumbnail(i) for i in range(len(EXAMPLES))],
                            [d.title for d in EXAMPLES],
                        ),
                        js_on_load=widgets.CHOOSE_JS,
                        apply_default_css=False,
                    )
            with gr.Column(elem_classes="t-section"):
                gr.HTML(
                    widgets.section_head(
                        "Fresh from the stand",
                        "Drawn a moment ago. None of these has ever been sewn. Choose one to start from it.",
                    ),
                    apply_default_css=False,
                )
                self.fresh = gr.HTML(
                    js_on_load=widgets.CHOOSE_JS, apply_default_css=False, elem_id="fresh"
                )
        self._result_layout()
        self.fresh_recipes = gr.State([])

    def _result_layout(self) -> None:
        with (
            gr.Column(visible=False) as self.result,
            gr.Row(elem_classes="t-grid t-57"),
        ):
            with gr.Column(elem_classes="sticky"):
                self.compare = gr.HTML(
                    js_on_load=widgets.COMPARE_JS, apply_default_css=False, elem_id="compare"
                )
                self.note = gr.HTML(apply_default_css=False)
                with gr.Row(elem_classes="t-row fill"):
                    self.another = gr.Button("Another photo", elem_id="another")
            with gr.Column(elem_classes="t-stack"):
                self.verdict = gr.HTML(apply_default_css=False, elem_id="verdict")
                self.cloth = gr.HTML(
                    js_on_load=widgets.COPY_JS, apply_default_css=False, elem_id="cloth"
                )
                with gr.Row(elem_classes="t-row fill"):
                    self.save_palette = gr.DownloadButton("Save the palette")
                    self.save_json = gr.DownloadButton("Save as JSON", elem_id="save-json")

    def _events(self) -> None:
        shown = [
            self.photo,
            self.empty,
            self.result,
            self.working,
            self.compare,
            self.note,
            self.verdict,
            self.cloth,
            self.save_palette,
            self.save_json,
        ]
        arguments: dict[str, Any] = {
            "outputs": shown,
            "show_progress": "hidden",
            "api_visibility": "private",
            "concurrency_id": "analysis",
            "concurrency_limit": 2,
        }
        for trigger, read, source in (
            (self.photo.input, self._read, self.photo),
            (self.examples.click, self._read_example, None),
        ):
            done = trigger(read, source, **arguments)
            done.success(None, None, None, js=widgets.SHOW_TOP_JS, api_visibility="private")
        self.another.click(
            self._again,
            None,
            [self.photo, self.empty, self.result, self.working],
            api_visibility="private",
            queue=False,
        )

    def _read_example(self, event: gr.EventData) -> Iterator[dict[Any, Any]]:
        index = int(event.index) % len(EXAMPLES)  # type: ignore[attr-defined]
        yield from self._read(str(example_path(index)))

    def _read(self, path: str | None) -> Iterator[dict[Any, Any]]:
        if not path:
            yield {self.working: widgets.working()}
            return
        about = wording.about(self.service.seconds_a_photo)
        yield {self.working: widgets.working(about, "Opening the photo ...")}
        try:
            with kindly():
                for step in self.service.steps_of_analysis(path):
                    if isinstance(step, tuple):
                        name, at, of = step
                        yield {self.working: widgets.working(about, f"{name}, {at} of {of} ...")}
                    else:
                        yield self._show(step)
        except gr.Error as error:
            yield {self.working: widgets.working(error.message), self.photo: None}
            raise

    def _show(self, report: GarmentReport) -> dict[Any, Any]:
        note = "Left your photo, right what was read. Drag the thread to compare."
        if not report.cutout_found:
            note = wording.UNSURE_CUTOUT
        keep = self.service.shelf.keep
        palette = keep(palette_file(report.palette), "palette.gpl")
        readings = keep(report_json(report), "readings.json")
        return {
            self.empty: gr.Column(visible=False),
            self.result: gr.Column(visible=True),
            self.working: widgets.working(),
            self.compare: widgets.compare(report.photo, report.cut),
            self.note: f'<p class="t-note t-beside">{note}</p>',
            self.verdict: widgets.verdict(report),
            self.cloth: widgets.cloth(report.palette),
            self.save_palette: gr.DownloadButton(value=palette),
            self.save_json: gr.DownloadButton(value=readings),
        }

    def _again(self) -> tuple[Any, ...]:
        return None, gr.Column(visible=True), gr.Column(visible=False), widgets.working()

    def draw_fresh(self) -> tuple[str, list[str]]:
        """Six new designs for the first screen, and their recipes."""
        with kindly():
            designer = self.service.default
            recipes = designer.sample(FRESH, secrets.randbelow(2**31))
            pictures = self.service.preview(designer, recipes)
        sources = [widgets.data_url(enlarge(picture, 256)) for picture in pictures]
        captions = [f"No. {i + 1}" for i in range(FRESH)]
        shown = widgets.pictures(sources, captions, FRESH, show_captions=False)
        return shown, [recipe.encode() for recipe in recipes]


def _thumbnail(index: int) -> str:
    from PIL import Image

    side = 560 if index == 0 else 240
    with Image.open(example_path(index)) as picture:
        return widgets.data_url(picture.resize((side, side), Image.Resampling.LANCZOS), quality=80)


def palette_file(palette: Palette) -> str:
    """The palette as a GIMP palette, which Inkscape, Krita and Scribus read too."""
    lines = ["GIMP Palette", "Name: Toile", "Columns: 5", "#"]
    lines += ["{:3d} {:3d} {:3d}\t{}".format(*c.rgb, c.name) for c in palette.colours]
    return "\n".join(lines) + "\n"
