"""The tab "Analyse a garment"."""

from __future__ import annotations

from collections.abc import Iterator  # noqa: TC003 - Gradio reads annotations when it runs
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr
from PIL import Image

from demo import kept_photo, readings, scripts, widgets, wording
from demo.events import ANALYSIS, QUIET, unchanged
from demo.examples.dresses import EXAMPLES, example_path
from demo.fresh import Fresh
from demo.kept import kept_in_browser
from demo.marks import mask_from_url
from demo.more_like_this import MoreLikeThis
from demo.palette_files import PaletteFiles
from demo.service import errors_as_sentences
from demo.shown_photo import ShownPhoto
from demo.uploads import PhotoUpload
from fashion_core.imaging import open_image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from demo.service import Service
    from demo.shown_photo import Box
    from fashion_core.report import GarmentReport

#: Longer side of the photo on which a box is drawn.
CORRECT_SIDE = 900
LEAD = (
    '<h1 class="t-h1">What am<br>I looking at?</h1>'
    '<p class="t-lead">Toile finds the garment in your photo, names its pattern, sleeves, length, '
    "neckline and fit, and pulls its colours. Then it draws you new ones.</p>"
)


class AnalyseTab:
    """Layout and events. The readings are kept in the browser (``kept``)."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._layout()
        self._events()

    def _layout(self) -> None:
        # Hidden by the style sheet while a result is shown, not taken away: a photo can be pasted all the time.
        with gr.Column(elem_classes="t-stack", elem_id="start") as self.start:
            with gr.Row(elem_classes="t-grid t-75"):
                with gr.Column():
                    self.photo = PhotoUpload(
                        sources=["upload", "webcam", "clipboard"],
                        type="filepath",
                        label="A photo of a garment",
                        show_label=False,
                        buttons=[],
                        elem_id="drop",
                        placeholder=wording.DROP,
                        # Text on a garment is read, and shown, the right way round.
                        webcam_options=gr.WebcamOptions(mirror=False),
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
                        js_on_load=scripts.CHOOSE_JS,
                        apply_default_css=False,
                    )
            self.fresh = Fresh(self.service)
        self._result_layout()
        self.shown = gr.State(None)
        self.kept = kept_in_browser("photo")

    def _result_layout(self) -> None:
        with (
            gr.Column(visible=False, elem_id="result") as self.result,
            gr.Row(elem_classes="t-grid t-57"),
        ):
            with gr.Column(elem_classes="sticky"):
                self.compare = gr.HTML(
                    js_on_load=scripts.COMPARE_JS, apply_default_css=False, elem_id="compare"
                )
                self.note = gr.HTML(apply_default_css=False)
                self.again = gr.HTML(apply_default_css=False, elem_classes="t-working")
                self.box = gr.HTML(
                    js_on_load=scripts.BOX_JS + scripts.BRUSH_JS,
                    apply_default_css=False,
                    elem_id="box",
                    visible=False,
                )
                with gr.Row(elem_classes="t-row fill"):
                    self.correct = gr.Button(
                        "Correct the cut\N{NON-BREAKING HYPHEN}out", elem_id="correct"
                    )
                    self.another = gr.Button("Another photo", elem_id="another")
            with gr.Column(elem_classes="t-stack"):
                self.verdict = gr.HTML(
                    js_on_load=scripts.READINGS_JS, apply_default_css=False, elem_id="verdict"
                )
                self.palette = gr.HTML(
                    js_on_load=scripts.COPY_COLOUR_JS, apply_default_css=False, elem_id="cloth"
                )
                self.palette_files = PaletteFiles(self.service.files)
                self.more = MoreLikeThis(self.service)
                with self.more.row:
                    self.save_json = gr.DownloadButton("Save as JSON", elem_id="save-json")

    def _events(self) -> None:
        shown = [
            self.photo,
            self.result,
            self.working,
            self.again,
            self.compare,
            self.note,
            self.correct,
            self.verdict,
            self.palette,
            *self.palette_files.buttons,
            self.more.button,
            self.save_json,
            self.box,
            self.shown,
            self.kept,
        ]
        self.outputs = shown
        self.more.events(self.shown)
        quiet_analysis = {**QUIET, **ANALYSIS}
        for trigger, read, source, mode in (
            # A photo that comes while another is being read is read next.
            (self.photo.input, self._read, [self.photo, self.shown], "always_last"),
            (self.examples.click, self._read_example, self.shown, "once"),
            (self.box.click, self._read_box, self.shown, "once"),
        ):
            done = trigger(read, source, shown, trigger_mode=mode, **quiet_analysis)
            done.success(None, None, None, js=scripts.SHOW_COMPARE_JS, api_visibility="private")
        self.correct.click(
            self._draw_box,
            self.shown,
            [self.box, self.compare, self.note, self.correct],
            **quiet_analysis,
        )
        answered = self.verdict.click(
            self._correct_or_explain,
            self.shown,
            [self.verdict, self.shown, self.save_json, self.kept],
            **quiet_analysis,
        )
        answered.failure(None, None, None, js=scripts.LOOK_FAILED_JS, api_visibility="private")
        self.another.click(
            self._again,
            None,
            [self.photo, self.result, self.working, self.again, self.kept],
            api_visibility="private",
            queue=False,
        )

    def _read_example(
        self, before: ShownPhoto | None, event: gr.EventData
    ) -> Iterator[dict[Any, Any]]:
        index = int(event.index) % len(EXAMPLES)
        yield from self._read(str(example_path(index)), before)

    def _draw_box(self, shown: ShownPhoto | None) -> tuple[Any, ...]:
        """The whole photo with the box that was read, to be drawn anew."""
        if shown is None:
            return unchanged(4)
        with errors_as_sentences():
            shown.require_photo()
            photo = open_image(shown.path)
        box = shown.report.garment.cutout
        shares = [v / s for v, s in zip(box, photo.size * 2, strict=True)]
        photo.thumbnail((CORRECT_SIDE, CORRECT_SIDE))
        return (
            gr.HTML(
                widgets.cutout_editor(
                    photo, shares, shown.outline, corrected=bool(shown.box) or shown.mended
                ),
                visible=True,
            ),
            gr.HTML(visible=False),
            gr.HTML(visible=False),
            gr.Button(visible=False),
        )

    def _read_box(self, shown: ShownPhoto | None, event: gr.EventData) -> Iterator[dict[Any, Any]]:
        """Read again inside the box that was drawn, or what was marked; without either, as at first."""
        if shown is None:
            return
        choice = str(event.choice)
        if choice == "leave":
            yield self._closed(shown.note)
            return
        box = mask = None
        if choice == "mask":
            with errors_as_sentences():
                mask = mask_from_url(str(event.mask))
        if choice == "box":
            shares = [min(max(float(v), -1.0), 2.0) for v in event.box]
            width, height = shown.report.size
            x0, y0, x1, y1 = (
                round(v * s) for v, s in zip(shares, (width, height, width, height), strict=True)
            )
            box = x0, y0, x1, y1
        yield from self._read(shown.path, shown, box, mask)

    def _closed(self, note: str) -> dict[Any, Any]:
        return {
            self.box: gr.HTML(visible=False),
            self.compare: gr.HTML(visible=True),
            self.note: gr.HTML(_note(note), visible=True),
            self.correct: gr.Button(visible=True),
        }

    def _read(
        self,
        path: str | None,
        before: ShownPhoto | None = None,
        box: Box | None = None,
        mask: NDArray[np.uint8] | None = None,
    ) -> Iterator[dict[Any, Any]]:
        """Read a photo; what was corrected in it ``before`` stays corrected."""
        if not path:
            yield self._working()
            return
        about = wording.about(self.service.seconds_a_photo)
        yield self._working(about, "Opening the photo ...")
        try:
            with errors_as_sentences():
                for step in self.service.steps_of_analysis(path, box, mask):
                    if isinstance(step, tuple):
                        name, at, of = step
                        yield self._working(about, f"{name}, {at} of {of} ...")
                    else:
                        yield self._show(step, path, box, before, mended=mask is not None)
        except gr.Error as error:
            yield {**self._working(error.message), self.photo: None}
            raise

    def _working(self, text: str = "", step: str = "") -> dict[Any, Any]:
        """What is being done, said where it is seen: under the drop area, or under the photo."""
        line = widgets.working(text, step)
        return {self.working: line, self.again: line}

    def _show(
        self,
        report: GarmentReport,
        path: str,
        box: Box | None,
        before: ShownPhoto | None,
        *,
        mended: bool,
    ) -> dict[Any, Any]:
        note = wording.beside_cutout(report.method, boxed=bool(box), mended=mended)
        shown = ShownPhoto(path, report, note, box, mended=mended).without_pictures().after(before)
        keep = self.service.files.keep
        return {
            self.result: gr.Column(visible=True),
            **self._working(),
            **self._closed(note),
            self.compare: gr.HTML(widgets.compare(report.photo, report.cut), visible=True),
            self.shown: shown,
            self.kept: kept_photo.keep(shown, self.service.files),
            self.verdict: readings.verdict(shown.corrected_report(), shown.corrections),
            self.palette: readings.palette(report.palette),
            **self.palette_files.values(report.palette),
            self.more.button: self.more.offered(report),
            self.save_json: gr.DownloadButton(value=keep(shown.to_json(), "readings.json")),
        }

    def _correct_or_explain(self, shown: ShownPhoto | None, event: gr.EventData) -> tuple[Any, ...]:
        """A reading corrected, or, where no label comes with the event, a picture that explains it."""
        key, label = str(event.attribute), str(event.label)
        reading = shown.report.attributes.get(key) if shown else None
        if shown is None or (label not in shown.choices(key) if label else reading is None):
            return unchanged(4)
        if label:
            shown = shown.corrected(key, label)
        elif reading:
            # Only the transfer model can be explained, so it is asked about its own answer.
            own = reading.votes.get("transfer", reading.label)
            with errors_as_sentences():
                shown.require_photo()
                picture = self.service.analyser.explain(shown.path, key, own, shown.box, shown.mask)
            shown = shown.explained(key, own, widgets.data_url(picture))
        report = shown.corrected_report()
        return (
            readings.verdict(report, shown.corrections, key, shown.explanations),
            shown,
            gr.DownloadButton(value=self.service.files.keep(shown.to_json(), "readings.json")),
            kept_photo.keep(shown, self.service.files),
        )

    def restore(self, kept: object) -> dict[Any, Any]:
        """After a reload: what was read last, with its photo where that has not been deleted yet."""
        shown = kept_photo.read_back(kept, self.service.files)
        if shown is None:
            return {self.shown: gr.skip()}
        report = shown.report
        if shown.path:
            try:
                with errors_as_sentences():
                    report = self.service.with_pictures(shown)
            except gr.Error:
                shown = replace(shown, path="")
        values = self._show(report, shown.path, shown.box, None, mended=shown.mended)
        shown = replace(values[self.shown], corrections=shown.corrections)
        values |= {
            self.shown: shown,
            self.kept: gr.skip(),
            self.verdict: readings.verdict(shown.corrected_report(), shown.corrections),
            self.save_json: gr.DownloadButton(
                value=self.service.files.keep(shown.to_json(), "readings.json")
            ),
        }
        if not shown.path:
            values |= {
                self.compare: gr.HTML(visible=False),
                self.correct: gr.Button(visible=False),
                self.more.button: gr.Button(visible=False),
                self.note: gr.HTML(_note(wording.PHOTO_GONE), visible=True),
            }
        return values

    def _again(self) -> tuple[Any, ...]:
        return None, gr.Column(visible=False), widgets.working(), widgets.working(), {}


def _note(sentence: str) -> str:
    return f'<p class="t-note t-beside">{sentence}</p>'


def _thumbnail(index: int) -> str:
    side = 560 if index == 0 else 240
    with Image.open(example_path(index)) as picture:
        return widgets.data_url(picture.resize((side, side), Image.Resampling.LANCZOS), quality=80)
