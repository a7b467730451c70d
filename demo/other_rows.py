"""The design on the stand in other cloths, and its cloth on other cuts."""

from __future__ import annotations

from collections.abc import Iterator  # noqa: TC003 - Gradio reads annotations when it runs
from typing import TYPE_CHECKING, Any

import gradio as gr

from demo import rows, scripts, widgets, wording
from demo.events import QUIET
from demo.kept import Design
from demo.section import Section
from demo.service import errors_as_sentences
from fashion_core.others import Other, other_cloths, other_cuts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demo.service import Service
    from fashion_core import Designer

CLOTHS, CUTS = "This cut in other cloths", "This cloth on other cuts"


class OtherRows:
    """Two rows of six. ``base`` is the recipe that they were made for, ``turns`` how often each went on."""

    def __init__(self, service: Service, design: gr.BrowserState) -> None:
        self.service = service
        self.section = Section(
            "Other cloths, other cuts", "Press one to put it on the stand.", "others"
        )
        self.base, self.turns = gr.State(""), gr.State((0, 0))
        with self.section.fold:
            self.working = gr.HTML(apply_default_css=False)
            self.cloths, more_cloths = _row_layout(CLOTHS, "other-cloths")
            self.cuts, more_cuts = _row_layout(CUTS, "other-cuts")
        outputs = [self.working, self.cloths, self.cuts, self.base, self.turns]
        self.section.follows(design, self.draw, [], outputs)
        for button, which in ((more_cloths, 0), (more_cuts, 1)):
            went_on = button.click(
                self._more(which),
                [self.base, self.turns],
                [self.working, (self.cloths, self.cuts)[which], self.turns],
                trigger_mode="once",
                **QUIET,
            )
            went_on.success(None, design, None, js=scripts.PRESSED_JS, **QUIET)

    def draw(self, design: Design) -> Iterator[tuple[Any, ...]]:
        """Both rows; yields values of ``outputs`` and the recipes that they offer."""
        about = wording.about(self.service.seconds_for(12))
        skip = gr.skip()
        yield widgets.working(about, "Drawing twelve ..."), skip, skip, skip, skip, ()
        try:
            with errors_as_sentences():
                designer, recipe = self.service.designer_of(design.recipe)
                cloths, cuts = other_cloths(recipe), other_cuts(designer, recipe)
                shown = self._row(designer, cloths, CLOTHS), self._row(designer, cuts, CUTS)
        except gr.Error as error:
            yield widgets.refusal(error.message), "", "", "", (0, 0), ()
            return
        offered = [other.recipe.encode() for other in (*cloths, *cuts)]
        yield widgets.working(), *shown, design.recipe, (0, 0), offered

    def _more(self, which: int) -> Any:
        def more(base: str, turns: tuple[int, int]) -> Iterator[tuple[Any, ...]]:
            """The next six of one row."""
            if not base:
                yield gr.skip(), gr.skip(), gr.skip()
                return
            about = wording.about(self.service.seconds_for(6))
            yield widgets.working(about, "Drawing six more ..."), gr.skip(), gr.skip()
            after = tuple(turn + (i == which) for i, turn in enumerate(turns))
            with errors_as_sentences():
                designer, recipe = self.service.designer_of(base)
                if which:
                    shown = self._row(designer, other_cuts(designer, recipe, after[1]), CUTS)
                else:
                    shown = self._row(designer, other_cloths(recipe, after[0]), CLOTHS)
            yield widgets.working(), shown, after

        return more

    def _row(self, designer: Designer, others: Sequence[Other], label: str) -> str:
        images = self.service.preview(designer, [other.recipe for other in others])
        designs = [Design(other.recipe.encode(), other.words) for other in others]
        return rows.row(images, designs, label)


def _row_layout(label: str, elem_id: str) -> tuple[gr.HTML, gr.Button]:
    with gr.Row(elem_classes="t-row-head"):
        gr.HTML(f'<h3 class="t-label">{label}</h3>', apply_default_css=False)
        more = gr.Button("Six more", elem_id=f"more-{elem_id}", elem_classes="t-word-button")
    shown = gr.HTML(
        rows.empty_row(), js_on_load=scripts.CHOOSE_JS, apply_default_css=False, elem_id=elem_id
    )
    return shown, more
