"""The endpoints: stateless, typed, every argument but the first with a default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import api

from demo import arguments
from demo.events import ANALYSIS
from demo.service import errors_as_sentences
from demo.uploads import FileUpload
from fashion_core.exports import gif_bytes, png_bytes
from fashion_core.taxonomy import WISHES

if TYPE_CHECKING:
    from demo.service import Service

#: What would be right, where something else was sent.
COUNT = "Send how many designs to draw as a whole number, or leave it out for 16."
SEED = "Send a whole number, 0 or more, or leave it out for 0."
MODEL = 'Send the name of a generator, or leave it out for "default".'
FRAMES = "Send how many frames to draw as a whole number, or leave it out for 24."
RECIPE = "Send the recipe of a design: a text that begins with toile1."


def add_endpoints(service: Service) -> None:
    """Add ``/analyse``, ``/generate`` and ``/interpolate`` to the page under construction."""

    def analyse(image: str) -> dict[str, Any]:
        """The report of a picture, as the command line prints it."""
        with errors_as_sentences():
            return service.analyse(arguments.picture(image)).to_dict()

    def generate(
        count: int = 16,
        seed: int = 0,
        model: str = "default",
        wishes: dict[str, str] = {},  # noqa: B006
    ) -> list[dict[str, Any]]:
        """New designs at the generator's own size, each a PNG with its recipe."""
        with errors_as_sentences():
            designs = arguments.whole_number("count", count, COUNT)
            start = arguments.whole_number("seed", seed, SEED)
            name = arguments.text("model", model, MODEL)
            asked = arguments.wishes(wishes, ", ".join(WISHES))
            designer = service.designer(arguments.clipped(name))
            recipes = designer.sample(designs, start, asked)
            files = [png_bytes(designer.render(r), r, designer) for r in recipes]
        return [
            {
                "image": service.files.serve(content, f"design-{i:04d}.png"),
                "recipe": recipe.encode(),
            }
            for i, (content, recipe) in enumerate(zip(files, recipes, strict=True), start=1)
        ]

    def interpolate(recipe_a: str, recipe_b: str, frames: int = 24) -> dict[str, Any]:
        """An animated GIF from one design to another."""
        with errors_as_sentences():
            designer, a = service.designer_of(arguments.text("recipe_a", recipe_a, RECIPE))
            other, b = service.designer_of(arguments.text("recipe_b", recipe_b, RECIPE))
            number = arguments.whole_number("frames", frames, FRAMES)
            if other is not designer:
                raise gr.Error("The two recipes were drawn by two generators. Send two of one.")
            content = gif_bytes(designer.interpolate(a, b, number), designer)
        return service.files.serve(content, "morph.gif")

    with gr.Column(visible=False):
        picture, report, button = FileUpload(type="filepath"), gr.JSON(), gr.Button()
    button.click(analyse, picture, report, api_name="analyse", **ANALYSIS)
    api(generate, api_name="generate")
    api(interpolate, api_name="interpolate")
