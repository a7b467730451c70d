"""The stand: one design shown large between its drawers, read back, saved, and kept as a text."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

import gradio as gr

from demo import changes, drawers, read_back, scripts, widgets, wording
from demo.desk import Desk, controls, layout_cloth, layout_form
from demo.download import Download
from demo.events import ANALYSIS, QUIET, unchanged
from demo.kept import Design, kept_in_browser
from demo.service import errors_as_sentences
from demo.variations import Variations
from fashion_core.exports import DOWNLOAD_SIZE, download, png_bytes

if TYPE_CHECKING:
    from gradio.events import Dependency

    from demo.service import Service
    from fashion_core import Designer

#: Picture, caption and reading are one value of one component: they can only change together.
TEMPLATE = (
    '<div id="reading">${value.kicker}${value.sentence}</div><div id="stand">${value.picture}</div>'
)
NOTHING = {"recipe": "", "picture": "", "kicker": "", "sentence": ""}
#: What the caption of a design ends in that was changed at the desk.
CHANGED = ", changed"


class ReadBack(NamedTuple):
    """What the analyser said of a design, so that it is not asked twice."""

    recipe: str = ""
    doubt: str = ""
    sentence: str = ""
    table: str = ""


NOT_READ = ReadBack()


class Stand:
    """The design on show, between the drawers of its desk; what is read of it above, how it is saved below.

    ``asked`` is the one component that designs are asked for with (``toile.choose`` in the browser). Its event
    runs once at a time and then for what was asked for last, so no answer overtakes another. ``design`` is
    what stands there: its recipe is the state of the whole desk. ``answer`` is a reading, which is taken only
    if its design still stands. ``keep`` is the button that the section of kept designs listens to.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.design = kept_in_browser("stand")
        self.read = gr.State(NOT_READ)
        self.asked = gr.HTML(html_template="", js_on_load=scripts.ASK_JS, elem_id="asked")
        self.settled = gr.HTML(html_template="", js_on_load=scripts.SETTLED_JS, elem_id="settled")
        self.answer = gr.JSON(visible=False)
        self.desk = Desk(service)
        with gr.Column(elem_id="desk", elem_classes="t-section"):
            self._desk_layout()
        with gr.Column(elem_classes="t-stack t-tools"):
            self._tools_layout()
        with gr.Accordion(
            "Read it back", open=False, elem_id="read-back", elem_classes="t-fold"
        ) as self.section:
            self.table = gr.HTML(NOT_YET, js_on_load=None, apply_default_css=False)
        self.outputs = [self.shown, self.recipe, self.design]

    def _desk_layout(self) -> None:
        self.shown = gr.HTML(
            NOTHING, html_template=TEMPLATE, apply_default_css=False, elem_id="on-stand"
        )
        self.desk.live_layout()
        gr.HTML(drawers.bar(), js_on_load=None, apply_default_css=False, elem_id="phone-bar")
        with gr.Column(elem_id="desk-form"):
            layout_form()
            self.variations = Variations(self.service)
            gr.HTML(drawers.more_drawer(), js_on_load=None, apply_default_css=False)
            gr.HTML(drawers.draw_another("form"), js_on_load=None, apply_default_css=False)
        with gr.Row(elem_id="desk-bar"):
            gr.HTML(drawers.steps(), js_on_load=None, apply_default_css=False, elem_id="steps")
            self.open_section = gr.Button("Read it back", elem_id="open-read-back")
            self.keep = gr.Button("Keep", variant="primary", elem_id="keep")
        with gr.Column(elem_id="desk-cloth"):
            layout_cloth()
            gr.HTML(drawers.draw_another("cloth"), js_on_load=None, apply_default_css=False)

    def _tools_layout(self) -> None:
        with gr.Row(elem_classes="t-row fill"):
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
            self.put, [self.asked, self.read], self.outputs, trigger_mode="always_last", **QUIET
        )
        put.success(None, [self.design, self.shown], None, js=scripts.ARRIVED_JS, **QUIET)
        swatches = put.success(
            self.desk.draw_swatches,
            self.design,
            self.desk.swatches,
            trigger_mode="always_last",
            **QUIET,
        )
        swatches.success(None, self.desk.swatches, None, js=scripts.SWATCHES_JS, **QUIET)
        self._readings()
        return put

    def _readings(self) -> None:
        read = self.settled.input(
            self.read_back,
            [self.design, self.read],
            [self.answer, self.read, self.table],
            trigger_mode="always_last",
            **{**QUIET, **ANALYSIS},
        )
        read.success(None, [self.answer, self.shown], self.shown, js=scripts.READ_BACK_JS, **QUIET)
        read.failure(None, self.shown, self.shown, js=scripts.NOT_READ_JS, **QUIET)
        opened = self.open_section.click(
            lambda: gr.Accordion(open=True), None, self.section, js=scripts.SETTLE_JS, **QUIET
        )
        opened.success(None, None, None, js=scripts.SHOW_READ_BACK_JS, **QUIET)

    def put(self, asked: object, read: ReadBack = NOT_READ) -> tuple[Any, ...]:
        """Show a design large; its reading comes after. Returns values of ``outputs``.

        A refusal is a warning: after an event that fails, Gradio forgets what was asked for meanwhile.
        """
        asked = asked if isinstance(asked, dict) else {}
        try:
            return self._put(asked, read)
        except gr.Error as error:
            otherwise = Design.of(asked.get("otherwise"))
            if otherwise.recipe:
                return self._put({**otherwise.kept(), "asked": asked.get("asked")}, read)
            gr.Warning(error.message)
            return unchanged(len(self.outputs))

    def _put(self, asked: dict[str, Any], read: ReadBack) -> tuple[Any, ...]:
        design = Design.of({**asked, "recipe": recipe_in(asked.get("recipe"))})
        with errors_as_sentences():
            designer, made = changes.asked_for(self.service, asked, design.recipe)
            image = designer.render(made)
        if asked.get("change"):
            design = Design(design.recipe, design.caption.removesuffix(CHANGED) + CHANGED)
        design = design._replace(recipe=made.encode())
        shown = {
            "asked": asked.get("asked"),
            "recipe": design.recipe,
            "picture": widgets.stand(image, design.caption),
            "kicker": widgets.kicker(wording.on_the_stand(design.caption)),
            "sentence": self._before(asked, read),
            "controls": controls(designer, made),
        }
        return shown, design.recipe, design.kept()

    def _before(self, asked: dict[str, Any], read: ReadBack) -> str:
        """What stands over the picture until it is read: of a changed design the sentence before the change."""
        if asked.get("change") and read.sentence:
            return f'<h2 class="t-h2 before">{escape(read.sentence)}</h2>'
        return widgets.working(wording.about(self.service.seconds_a_photo), "Reading it back ...")

    def read_back(self, kept: object, read: ReadBack) -> tuple[Any, ...]:
        """What the analyser says of the design; values of ``answer``, ``read`` and ``table``."""
        design = Design.of(kept)
        with errors_as_sentences():
            designer, recipe = self.service.designer_of(design.recipe)
            if design.recipe != read.recipe:
                report = self.service.read_back(designer.render(recipe))
                table = read_back.section(read_back.rows(recipe, report))
                read = ReadBack(
                    design.recipe, wording.doubt(report), wording.headline(report), table
                )
        answer = {
            "recipe": design.recipe,
            "kicker": widgets.kicker(wording.on_the_stand(design.caption) + read.doubt),
            "sentence": f'<h2 class="t-h2" title="{escape(_drawn_at(designer))}">{escape(read.sentence)}</h2>',
        }
        return answer, read, read.table

    def png(self, kept: object) -> str:
        """The path of the design as a large PNG."""
        design = Design.of(kept)
        with errors_as_sentences():
            designer, recipe = self.service.designer_of(design.recipe)
            content = png_bytes(download(recipe, designer), recipe, designer)
        words = "-".join(re.findall(r"[a-z0-9]+", design.caption.lower()))
        note = "" if designer.scalable else "-upscaled"
        return self.service.files.keep(content, f"toile-{designer.name}-{words}{note}.png")


#: What stands in the section before anything was read.
NOT_YET = '<p class="t-note">It is being read. A second or two.</p>'


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
