"""The garment of the photo that was analysed, in the cloth of the design on the stand."""

from __future__ import annotations

from collections.abc import Iterator  # noqa: TC003 - Gradio reads annotations when it runs
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import gradio as gr
from PIL import Image

from demo import scripts, widgets, wording
from demo.download import Download
from demo.events import ANALYSIS, QUIET, unchanged
from demo.kept import Design
from demo.section import Section
from demo.service import errors_as_sentences
from fashion_core.cloth.palettes import palette_of
from fashion_core.compose import dress, over
from fashion_core.exports import png_bytes
from fashion_core.restyle import MOST_SIDE, photo_form
from fashion_core.taxonomy import PATTERN, PLAIN

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from demo.service import Service
    from demo.shown_photo import ShownPhoto
    from fashion_core.compose import Form
    from fashion_core.recipe import DesignRecipe

#: Longest side in pixels of what the page shows, and forms that are kept for the next cloth; one takes 12 MB.
SHOWN_SIDE, _KEPT = 1024, 4
NO_PHOTO = (
    "No photo yet. Lay a garment down under Analyse a garment, and it is shown here in this cloth."
)


class PhotoInCloth:
    """Before and after under a thread.

    ``shown`` is the photo on show in the other tab; :meth:`takes` is told where that is kept. ``made_of`` is
    what was drawn last: photo, box, marks and recipe.
    """

    def __init__(self, service: Service, design: gr.BrowserState) -> None:
        self.service, self.design = service, design
        self._forms = lru_cache(maxsize=_KEPT)(self._form)
        self.made_of = gr.State(())
        self.section = Section(
            "Your photo in this cloth",
            "The garment that you photographed, cut from the cloth on the stand.",
            "photo-in-cloth",
        )
        with self.section.fold:
            self.working = gr.HTML(apply_default_css=False, elem_classes="t-working")
            with gr.Row(elem_classes="t-grid t-57"):
                self.picture = gr.HTML(
                    widgets.refusal(NO_PHOTO),
                    js_on_load=scripts.COMPARE_JS,
                    apply_default_css=False,
                    elem_id="photo-compare",
                )
                with gr.Column(elem_classes="t-stack"):
                    gr.HTML(
                        '<h3 class="t-h3">Its folds and its light stay; only the cloth is new</h3>'
                        '<p class="t-lead">A plain garment takes a new print best. From a printed one '
                        "only the large folds are kept.</p>",
                        apply_default_css=False,
                    )
                    with gr.Row(elem_classes="t-row fill"):
                        self.save = Download("Save the picture", "save-photo-in-cloth")
                        self.palette = gr.Button("Take its palette", elem_id="take-palette")
                        self.another = gr.Button("Another photo", elem_id="photo-another")
        self.with_palette = gr.JSON(visible=False)

    def takes(self, shown: gr.State, tab: gr.Tab) -> None:
        """Draw when the section opens, with each design on the stand, and when the tab is come back to."""
        given = [self.design, shown, self.made_of]
        outputs = [self.working, self.picture, self.made_of]
        how = {"trigger_mode": "always_last", **QUIET, **ANALYSIS}
        for trigger in (self.section.fold.expand, self.section.changed.input):
            trigger(self.draw, given, outputs, **how)
        tab.select(None, None, None, js=scripts.ASK_SECTIONS_JS, **QUIET)
        self.save.makes(
            self.png,
            [self.design, shown],
            lambda: f"Writing. {wording.about(2 * self.service.seconds_a_photo)}",
        )
        self.palette.click(
            self.in_its_palette, [self.design, shown], self.with_palette, **QUIET
        ).success(None, self.with_palette, None, js=scripts.SHOW_DESIGN_JS, **QUIET)
        self.another.click(None, None, None, js=scripts.OPEN_ANALYSE_JS, **QUIET)

    def draw(
        self, kept: object, shown: ShownPhoto | None, made_of: tuple[Any, ...]
    ) -> Iterator[tuple[Any, ...]]:
        """Photo and restyled photo; values of ``working``, ``picture`` and ``made_of``."""
        design = Design.of(kept)
        if not design.recipe:
            yield unchanged(3)
            return
        if shown is None:
            yield widgets.working(), widgets.refusal(NO_PHOTO), ()
            return
        now = (*_key(shown), design.recipe)
        if now == made_of:
            yield unchanged(3)
            return
        about = wording.about(self.service.seconds_a_photo)
        yield (
            widgets.working(about, "Cutting your garment from this cloth ..."),
            gr.skip(),
            gr.skip(),
        )
        try:
            with errors_as_sentences():
                before, after = self._restyled(design, shown, SHOWN_SIDE)
        except gr.Error as error:
            yield widgets.working(), widgets.refusal(error.message), now
            return
        yield widgets.working(), _compare(before, after), now

    def png(self, kept: object, shown: ShownPhoto | None) -> str:
        """The path of the restyled photo as PNG, as large as the photo is, 2,048 pixels at most."""
        with errors_as_sentences():
            if shown is None:
                raise gr.Error(NO_PHOTO, print_exception=False)
            design = Design.of(kept)
            _, after = self._restyled(design, shown, MOST_SIDE)
            family = self._recipe(design).own_cloth().family
            content = png_bytes(after)
        return self.service.files.keep(content, f"toile-photo-in-{family}.png")

    def in_its_palette(self, kept: object, shown: ShownPhoto | None) -> dict[str, Any]:
        """The design on the stand in the colours of the photo's garment."""
        with errors_as_sentences():
            if shown is None:
                raise gr.Error(NO_PHOTO, print_exception=False)
            recipe = self._recipe(Design.of(kept))
            cloth = recipe.own_cloth().with_(palette=palette_of(shown.report.palette))
            changed = replace(recipe, cloth=cloth)
        return Design(changed.encode(), "In your photo's palette").kept()

    def _recipe(self, design: Design) -> DesignRecipe:
        _, recipe = self.service.designer_of(design.recipe)
        return recipe

    def _restyled(
        self, design: Design, shown: ShownPhoto, side: int
    ) -> tuple[Image.Image, Image.Image]:
        recipe = self._recipe(design)
        shown.require_photo()
        pattern = shown.believed_report().attributes[PATTERN.key].label
        pixels, form = self._forms(*_key(shown), side, pattern != PLAIN)
        worn = over(dress(form, recipe.own_cloth(), recipe.composition), pixels)
        return Image.fromarray(pixels), Image.fromarray(worn)

    def _form(
        self, path: str, box: Any, outline: str, side: int, patterned: bool
    ) -> tuple[NDArray[np.uint8], Form]:
        from demo.marks import mask_from_url

        mask = mask_from_url(outline) if outline else None
        photo = self.service.analyser.open(path, box, mask=mask)
        return photo_form(photo, side, patterned=patterned)


def _key(shown: ShownPhoto) -> tuple[str, Any, str]:
    """The photo, and what of it is garment, as far as its user said."""
    return shown.path, shown.box, shown.outline if shown.mended else ""


def _compare(before: Image.Image, after: Image.Image) -> str:
    return (
        f'<div class="compare" style="aspect-ratio:{before.width}/{before.height}">'
        f'<img src="{widgets.data_url(after)}" alt="Its garment in the cloth on the stand">'
        f'<img class="over" src="{widgets.data_url(before)}" alt="Your photo">'
        '<div class="thread"></div><div class="knob" aria-hidden="true">'
        '<svg width="24" height="14" viewBox="0 0 24 14" fill="currentColor">'
        '<path d="M9 1v12L1 7zM15 1v12l8-6z"/></svg></div>'
        '<input type="range" min="0" max="100" value="50" aria-label="Compare your photo and the new cloth">'
        '</div><p class="t-note t-under">Left your photo, right the new cloth. Drag the thread.</p>'
    )
