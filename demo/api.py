"""The endpoints: stateless, typed, every argument but the first with a default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import api
from PIL import Image

from demo import arguments
from demo.events import ANALYSIS
from demo.service import errors_as_sentences
from demo.uploads import FileUpload
from fashion_core import Cloth
from fashion_core.cloth_commands import tile_png
from fashion_core.exports import film, gif_bytes, png_bytes
from fashion_core.form_designer import parse_size
from fashion_core.restyle import restyle as restyled
from fashion_core.taxonomy import WISHES

if TYPE_CHECKING:
    from demo.service import Service

#: What would be right, where something else was sent.
COUNT = "Send how many designs to draw as a whole number, or leave it out for 16."
SEED = "Send a whole number, 0 or more, or leave it out for 0."
MODEL = 'Send the name of a generator, or leave it out for "default".'
FRAMES = "Send how many frames to draw as a whole number, or leave it out for 24."
SIZE = 'Send width x height as a text, or leave it out for "512x768".'
RECIPE = "Send the recipe of a design: a text that begins with toile1."


def add_endpoints(service: Service) -> None:
    """Add all endpoints to the page under construction."""
    _add_readings(service)
    _add_projection(service)
    _add_designs(service)
    _add_cloths(service)


def _add_readings(service: Service) -> None:
    def analyse(image: str) -> dict[str, Any]:
        """The report of a picture, as the command line prints it."""
        with errors_as_sentences():
            return service.analyse(arguments.picture(image)).to_dict()

    with gr.Column(visible=False):
        picture, report, button = FileUpload(type="filepath"), gr.JSON(), gr.Button()
    button.click(analyse, picture, report, api_name="analyse", **ANALYSIS)


def _add_projection(service: Service) -> None:
    def project(image: str) -> dict[str, Any]:
        """The nearest design of a photo, a PNG with its recipe, and what was read of the photo."""
        with errors_as_sentences():
            recipe, report = service.project(arguments.picture(image))
            designer = service.designer(recipe.model)
            content = png_bytes(designer.render(recipe), recipe, designer)
        return {
            "image": service.files.serve(content, "design.png"),
            "recipe": recipe.encode(),
            "report": report.to_dict(),
        }

    with gr.Column(visible=False):
        picture, result, button = FileUpload(type="filepath"), gr.JSON(), gr.Button()
    button.click(project, picture, result, api_name="project", **ANALYSIS)


def _add_designs(service: Service) -> None:
    def generate(
        count: int = 16,
        seed: int = 0,
        model: str = "default",
        wishes: dict[str, str] = {},  # noqa: B006
        cloth: dict[str, Any] = {},  # noqa: B006
        size: str = "512x768",
    ) -> list[dict[str, Any]]:
        """New designs, each a PNG with its recipe; classic generators draw at their own size."""
        with errors_as_sentences():
            designs = arguments.whole_number("count", count, COUNT)
            start = arguments.whole_number("seed", seed, SEED)
            name = arguments.text("model", model, MODEL)
            asked = arguments.wishes(wishes, ", ".join(WISHES))
            chosen = parse_size(arguments.text("size", size, SIZE))
            designer = service.designer(arguments.clipped(name))
            recipes = designer.sample(designs, start, asked, arguments.cloth(cloth))
            drawn_at = chosen if designer.scalable else None
            files = [png_bytes(designer.render(r, drawn_at), r, designer) for r in recipes]
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
            content = gif_bytes(film(a, b, number, designer), designer)
        return service.files.serve(content, "morph.gif")

    def edit(
        recipe: str,
        amounts: dict[str, float] = {},  # noqa: B006
        wishes: dict[str, str] = {},  # noqa: B006
        cloth: dict[str, Any] = {},  # noqa: B006
    ) -> dict[str, Any]:
        """A design moved along named directions, with other wishes or another cloth, and its reading."""
        with errors_as_sentences():
            designer, before = service.designer_of(arguments.text("recipe", recipe, RECIPE))
            after = designer.edited(
                before,
                arguments.amounts(amounts),
                arguments.wishes(wishes, ", ".join(WISHES)),
                arguments.cloth(cloth),
            )
            image = designer.render(after)
            report = service.read_back(image)
            content = png_bytes(image, after, designer)
        return {
            "image": service.files.serve(content, "design.png"),
            "recipe": after.encode(),
            "report": report.to_dict(),
        }

    api(generate, api_name="generate")
    api(interpolate, api_name="interpolate")
    api(edit, api_name="edit")


def _add_cloths(service: Service) -> None:
    def cloth(cloth: dict[str, Any] = {}) -> dict[str, Any]:  # noqa: B006
        """A seamless tile of cloth for print, a PNG at 300 dpi."""
        with errors_as_sentences():
            content = tile_png(Cloth.from_dict(arguments.cloth(cloth)))
        return service.files.serve(content, "tile.png")

    def restyle(image: str, cloth: dict[str, Any]) -> dict[str, Any]:
        """A photo's garment in another cloth, a PNG."""
        with errors_as_sentences():
            chosen = Cloth.from_dict(arguments.cloth({} if cloth is None else cloth))
            photo = service.analyser.open(arguments.picture(image))
            content = png_bytes(Image.fromarray(restyled(photo, chosen)))
        return service.files.serve(content, "restyled.png")

    with gr.Column(visible=False):
        picture, fields, button = FileUpload(type="filepath"), gr.JSON({}), gr.Button()
        result = gr.JSON()
    button.click(restyle, [picture, fields], result, api_name="restyle", **ANALYSIS)
    api(cloth, api_name="cloth")
