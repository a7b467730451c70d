"""The stand: one design shown large, read back, saved, and kept as a text."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

import gradio as gr

from demo import scripts, widgets, wording
from demo.download import Download
from demo.events import ANALYSIS, QUIET, unchanged
from demo.kept import Design, kept_in_browser
from demo.service import errors_as_sentences
from fashion_core.exports import DOWNLOAD_SIZE, download, png_bytes

if TYPE_CHECKING:
    from gradio.events import Dependency

    from demo.service import Service
    from fashion_core import Designer

#: Picture, caption and reading are one value of one component: they can only change together.
TEMPLATE = (
    '<div id="stand">${value.picture}</div><div id="reading">${value.kicker}${value.sentence}</div>'
)
NOTHING = {"recipe": "", "picture": "", "kicker": "", "sentence": ""}


class ReadBack(NamedTuple):
    """What the analyser said of a design, so that it is not asked twice."""

    recipe: str = ""
    doubt: str = ""
    sentence: str = ""


class Stand:
    """The design on the left, what is read of it on the right.

    ``asked`` is the one component that designs are asked for with (``toile.choose`` in the browser). Its event
    runs once at a time and then for what was asked for last, so no answer overtakes another. ``design`` is
    what stands there; ``answer`` is a reading, which is taken only if its design still stands.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.design = kept_in_browser("stand")
        self.read = gr.State(ReadBack())
        self.asked = gr.HTML(html_template="", js_on_load=scripts.ASK_JS, elem_id="asked")
        self.answer = gr.JSON(visible=False)
        with gr.Column(elem_classes="t-on-stand t-section"):
            self.shown = gr.HTML(
                NOTHING, html_template=TEMPLATE, apply_default_css=False, elem_id="on-stand"
            )
            with gr.Column(elem_classes="t-stack t-tools"):
                self._tools_layout()
        self.outputs = [self.shown, self.recipe, self.design]

    def _tools_layout(self) -> None:
        with gr.Row(elem_classes="t-row fill"):
            self.keep = gr.Button("Keep", variant="primary", elem_id="keep")
            self.use_a = gr.Button("Use as A", elem_id="use-a")
            self.use_b = gr.Button("Use as B", elem_id="use-b")
            self.save_png = Download("Save as PNG", "save-png")
            self.copy_link = gr.Button("Copy link", elem_id="copy-link")
            self.copy = gr.Button("Copy recipe", elem_id="copy-recipe")
        gr.HTML(widgets.ends_line(), apply_default_css=False, elem_id="ends")
        self.recipe = gr.Textbox(
            label="Recipe",
            info="The whole design as a text. Paste one here, or a link to one, and press Enter to see it.",
            max_lines=1,
            interactive=True,
            elem_id="recipe",
        )

    def events(self) -> Dependency:
        """Connect what the stand does by itself; returns the event that puts a design on it."""
        self.recipe.submit(None, self.recipe, None, js=scripts.CHOOSE_RECIPE_JS, **QUIET)
        self.copy.click(None, self.design, None, js=scripts.COPY_RECIPE_JS, **QUIET)
        self.copy_link.click(None, self.design, None, js=scripts.COPY_LINK_JS, **QUIET)
        self.save_png.makes(self.png, [self.design], lambda: "Writing. About a second.")
        put = self.asked.input(
            self.put, self.asked, self.outputs, trigger_mode="always_last", **QUIET
        )
        put.success(None, [self.design, self.shown], None, js=scripts.ARRIVED_JS, **QUIET)
        read = put.success(
            self.read_back,
            [self.design, self.read],
            [self.answer, self.read],
            trigger_mode="always_last",
            **{**QUIET, **ANALYSIS},
        )
        read.success(None, [self.answer, self.shown], self.shown, js=scripts.READ_BACK_JS, **QUIET)
        read.failure(None, self.shown, self.shown, js=scripts.NOT_READ_JS, **QUIET)
        return put

    def put(self, asked: object) -> tuple[Any, ...]:
        """Show a design large; its reading comes after. Returns values of ``outputs``.

        A refusal is a warning: after an event that fails, Gradio forgets what was asked for meanwhile.
        """
        asked = asked if isinstance(asked, dict) else {}
        try:
            return self._put(asked)
        except gr.Error as error:
            otherwise = Design.of(asked.get("otherwise"))
            if otherwise.recipe:
                return self._put(otherwise.kept())
            gr.Warning(error.message)
            return unchanged(len(self.outputs))

    def _put(self, asked: dict[str, Any]) -> tuple[Any, ...]:
        design = Design.of({**asked, "recipe": recipe_in(asked.get("recipe"))})
        with errors_as_sentences():
            designer, decoded = self.service.designer_of(design.recipe)
            image = designer.render(decoded)
        about = wording.about(self.service.seconds_a_photo)
        shown = {
            "recipe": design.recipe,
            "picture": widgets.stand(image, design.caption),
            "kicker": widgets.kicker(wording.on_the_stand(design.caption)),
            "sentence": widgets.working(about, "Reading it back ..."),
        }
        return shown, design.recipe, design.kept()

    def read_back(self, kept: object, read: ReadBack) -> tuple[Any, ReadBack]:
        """What the analyser says of the design; values of ``answer`` and ``read``."""
        design = Design.of(kept)
        with errors_as_sentences():
            designer, recipe = self.service.designer_of(design.recipe)
            if design.recipe != read.recipe:
                report = self.service.read_back(designer.render(recipe))
                sentence = wording.headline(report)
                read = ReadBack(design.recipe, wording.doubt(report), sentence)
        return {
            "recipe": design.recipe,
            "kicker": widgets.kicker(wording.on_the_stand(design.caption) + read.doubt),
            "sentence": f'<h2 class="t-h2">{escape(read.sentence)}</h2>'
            f'<p class="t-note t-under">So Toile reads it back. {_drawn_at(designer)}</p>',
        }, read

    def png(self, kept: object) -> str:
        """The path of the design as a large PNG."""
        design = Design.of(kept)
        with errors_as_sentences():
            designer, recipe = self.service.designer_of(design.recipe)
            content = png_bytes(download(recipe, designer), recipe, designer)
        words = "-".join(re.findall(r"[a-z0-9]+", design.caption.lower()))
        note = "" if designer.scalable else "-upscaled"
        return self.service.files.keep(content, f"toile-{designer.name}-{words}{note}.png")


def _drawn_at(designer: Designer) -> str:
    height, width = designer.image_size
    if designer.scalable:
        width, height = DOWNLOAD_SIZE
        return f"Drawn sharp at any size; a saved picture has {width:,} by {height:,} pixels."
    return f"Drawn at {width} by {height} pixels; saved pictures are enlarged to 1,024 and say so."


def recipe_in(text: object) -> str:
    """The recipe in what was pasted, a share link for one; the text as it is when there is none in it.

    >>> recipe_in("https://toile.example/?recipe=toile1.eJx_-9&__theme=dark")
    'toile1.eJx_-9'
    """
    text = text.strip() if isinstance(text, str) else ""
    found = re.search(r"toile1\.[A-Za-z0-9_-]+", text)
    return found[0] if found else text
