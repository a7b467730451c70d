"""The stand: one design shown large, read back, saved, and kept as a text."""

from __future__ import annotations

from collections.abc import Iterator  # noqa: TC003 - Gradio reads annotations when it runs
from typing import TYPE_CHECKING, Any, NamedTuple

import gradio as gr

from demo import scripts, widgets, wording
from demo.events import QUIET
from demo.service import errors_as_sentences
from fashion_core.exports import enlarge, png_bytes

if TYPE_CHECKING:
    from demo.service import Service


class OnStand(NamedTuple):
    """A design by its recipe (text), and what the page calls it. Without a recipe there is none."""

    recipe: str = ""
    caption: str = ""


class Stand:
    """The design on the left, what is read of it on the right.

    States: ``design`` is what stands there, ``read`` what the reading was last made of, so that
    nothing is read twice.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.design = gr.State(OnStand())
        self.read = gr.State(OnStand())
        with gr.Row(elem_classes="t-grid t-57 t-section"):
            with gr.Column():
                self.picture = gr.HTML(apply_default_css=False, elem_id="stand")
            with gr.Column(elem_classes="t-stack"):
                self.reading = gr.HTML(apply_default_css=False, elem_id="reading")
                with gr.Row(elem_classes="t-row fill"):
                    self.use_a = gr.Button("Use as A", elem_id="use-a")
                    self.use_b = gr.Button("Use as B", elem_id="use-b")
                    self.save_png = gr.DownloadButton(
                        "Save as PNG", elem_id="save-png", interactive=False
                    )
                    self.copy = gr.Button("Copy recipe", elem_id="copy-recipe")
                self.recipe = gr.Textbox(
                    label="Recipe",
                    info="The whole design as a text. Paste one here and press Enter to see it.",
                    max_lines=1,
                    interactive=True,
                    elem_id="recipe",
                )
        self.outputs = [self.picture, self.save_png, self.recipe, self.design, self.reading]
        self.copy.click(None, self.recipe, None, js=scripts.COPY_RECIPE_JS, **QUIET)

    def put(self, recipe: str, caption: str = "From a recipe") -> Iterator[tuple[Any, ...]]:
        """Show a design large; its reading comes after. Yields values of ``outputs``."""
        with errors_as_sentences():
            designer, decoded = self.service.designer_of(recipe)
            image = designer.render(decoded)
            name = f"toile-{designer.name}-{caption.lower().replace('. ', '').replace(' ', '-')}"
            content = png_bytes(enlarge(image), decoded, designer)
            path = self.service.files.keep(content, f"{name}-upscaled.png")
        about = wording.about(self.service.seconds_a_photo)
        yield (
            widgets.stand(image, caption),
            gr.DownloadButton(value=path, interactive=True),
            recipe.strip(),
            OnStand(recipe.strip(), caption),
            f'<p class="t-kicker">On the stand: {caption}</p>'
            + widgets.working(about, "Reading it back ..."),
        )

    def read_back(self, design: OnStand, read: OnStand) -> tuple[Any, OnStand]:
        """What the analyser says of the design; values of ``reading`` and ``read``."""
        if not design.recipe or design == read:
            return gr.skip(), read
        with errors_as_sentences():
            designer, recipe = self.service.designer_of(design.recipe)
            report = self.service.analyse(enlarge(designer.render(recipe), 512))
        height, width = designer.image_size
        shown = (
            f'<p class="t-kicker">{wording.stand_kicker(report, design.caption)}</p>'
            f'<h2 class="t-h2">{wording.describe(report.attributes, report.palette.family)}</h2>'
            f'<p class="t-note t-under">So Toile reads it back. Drawn at {width} by {height} pixels; '
            "saved pictures are enlarged to 1,024 and say so.</p>"
        )
        return shown, design
