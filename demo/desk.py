"""The desk: the cut on the left, the design in the middle, its cloth on the right, and every move seen at once.

The state is the recipe of the design that stands on the desk, and nothing else: ``Stand.design`` holds it
(``{"recipe": ..., "caption": ...}``, kept in the browser). Controls are set from it (:func:`controls`); a move
is sent with it (:mod:`demo.changes`) and comes back as another recipe. Undo and redo go through recipes that
stood there (``static/desk.js``). Whoever needs the design on show takes ``Stand.design`` as an input, and puts
another one there with ``toile.choose`` in the browser.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import gradio as gr
from PIL import Image

from demo import changes, drawers, scripts, widgets
from demo.kept import Design
from demo.service import errors_as_sentences
from fashion_core.cloth.families import FAMILIES
from fashion_core.cloth.palettes import palette_names
from fashion_core.cloth.swatch import swatch
from fashion_core.form_designer import PREVIEW, FormDesigner

if TYPE_CHECKING:
    from demo.service import Service
    from fashion_core import Cloth, Designer, DesignRecipe

#: Previews of all visitors that are drawn at once; others wait so many seconds, and then go without.
AT_ONCE, PATIENCE = 2, 0.5
#: Swatches that are remembered, of all visitors.
REMEMBERED = 512


class Desk:
    """What belongs to the design on show: previews while a slider moves, families in its palette."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._turn = threading.BoundedSemaphore(AT_ONCE)
        self.swatches = gr.JSON(visible=False)

    def live_layout(self) -> None:
        """The picture while a control moves, over the one on the stand."""

        def preview(asked: Any) -> dict[str, Any]:
            return self.preview(asked)

        gr.HTML(
            '<img alt="" hidden>',
            js_on_load=scripts.LIVE_JS,
            server_functions=[preview],
            apply_default_css=False,
            elem_id="live",
        )

    def preview(self, asked: Any) -> dict[str, Any]:
        """A small picture of a changed design, and how its colours are called; without one where it cannot be.

        What is wrong with a change is said when it is made: nothing is said while a finger moves.
        """
        asked = asked[0] if isinstance(asked, list) and asked else asked
        asked = asked if isinstance(asked, dict) else {}
        if not self._turn.acquire(timeout=PATIENCE):
            return {}
        try:
            with errors_as_sentences():
                recipe = Design.of(asked).recipe
                designer, changed = changes.asked_for(self.service, asked, recipe)
                size = PREVIEW if designer.scalable else None
                picture = widgets.data_url(designer.render(changed, size), "JPEG")
        except gr.Error:
            return {}
        finally:
            self._turn.release()
        return {"picture": picture, "names": names(changed)}

    def draw_swatches(self, kept: object) -> dict[str, Any]:
        """The families of the kind of cloth on show, each in its palette; a value of ``swatches``."""
        with errors_as_sentences():
            _, recipe = self.service.designer_of(Design.of(kept).recipe)
            cloth = recipe.cloth
            if cloth is None:
                return {}
            return {
                "kind": cloth.kind,
                "families": [
                    {"family": family, "picture": _swatch(cloth.with_(family=family))}
                    for family in FAMILIES[cloth.kind]
                ],
            }


def controls(designer: Designer, recipe: DesignRecipe) -> dict[str, Any]:
    """Where the controls of the desk stand for a design; of a classic generator, that it has none."""
    if not (isinstance(designer, FormDesigner) and recipe.cloth):
        return {"movable": False}
    return {
        "movable": True,
        "edits": dict(recipe.edits),
        "cloth": recipe.cloth.to_dict(),
        "composition": recipe.composition.to_dict(),
        "names": names(recipe),
    }


def names(recipe: DesignRecipe) -> list[str]:
    """The fine names of its palette's colours."""
    palette = recipe.cloth.palette if recipe.cloth else ()
    return [name.capitalize() for name in palette_names(palette)]


def _swatch(cloth: Cloth) -> str:
    """A swatch at its natural size: scale and angle are not the family's."""
    return _drawn(cloth.with_(scale=1.0, angle=0.0))


@lru_cache(maxsize=REMEMBERED)
def _drawn(cloth: Cloth) -> str:
    return widgets.data_url(Image.fromarray(swatch(cloth)), "JPEG", 90)


def layout_form() -> None:
    """The drawer on the left."""
    gr.HTML(drawers.form_drawer(), js_on_load=None, apply_default_css=False)


def layout_cloth() -> None:
    """The drawer on the right."""
    gr.HTML(drawers.cloth_drawer(), js_on_load=None, apply_default_css=False)
