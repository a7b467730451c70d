"""A section below the stand: a closed row, whose content is made when it is opened and not before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence  # noqa: TC003 - Gradio reads annotations
from typing import TYPE_CHECKING, Any

import gradio as gr

from demo import scripts
from demo.events import QUIET, unchanged
from demo.kept import Design

if TYPE_CHECKING:
    from gradio.components import Component


class Section:
    """A row with a name; what is laid out inside ``with section.fold`` is shown when it is opened.

    Args:
        title: on the row.
        note: the line that says what it is for, first in the opened section.
        elem_id: of the row.
    """

    def __init__(self, title: str, note: str, elem_id: str) -> None:
        self.fold = gr.Accordion(title, open=False, elem_id=elem_id, elem_classes="t-fold")
        with self.fold:
            gr.HTML(f'<p class="t-fold-note">{note}</p>', apply_default_css=False)
        #: Whether it is open, for what changes seldom; ``changed`` asks the server only while it is.
        self.opened = gr.State(value=False)
        self.changed = gr.HTML(
            html_template="", js_on_load=scripts.section_js(elem_id), elem_classes="t-unseen"
        )
        #: Recipes of the design that it was made for, and of what it offers: any of them needs nothing new.
        self.covers = gr.State(())

    def shows_while_open(
        self,
        show: Callable[..., Iterator[tuple[Any, ...]]],
        inputs: Sequence[Component],
        outputs: Sequence[Component],
        triggers: Sequence[Callable[..., Any]],
    ) -> None:
        """Show when it opens, and at each of ``triggers``; ``show`` is told last whether it is open."""
        given = [*inputs, self.opened]
        self.fold.expand(lambda: True, None, self.opened, **QUIET).success(
            show, given, outputs, **QUIET
        )
        self.fold.collapse(lambda: False, None, self.opened, **QUIET)
        for trigger in triggers:
            trigger(show, given, outputs, trigger_mode="always_last", **QUIET)

    def follows(
        self,
        design: gr.BrowserState,
        draw: Callable[..., Iterator[tuple[Any, ...]]],
        inputs: Sequence[Component],
        outputs: Sequence[Component],
    ) -> None:
        """Draw when it opens and, while it is open, whenever another design stands on the stand.

        Args:
            design: what stands there.
            draw: from a :class:`Design` and the values of ``inputs`` it yields values of ``outputs`` and
                the recipes that they offer.
            inputs: what else it needs.
            outputs: what it fills.
        """
        every = [*outputs, self.covers]

        def show(kept: object, covers: Sequence[str], *values: Any) -> Iterator[tuple[Any, ...]]:
            there = Design.of(kept)
            if not there.recipe or there.recipe in covers:
                yield unchanged(len(every))
                return
            for *shown, offered in draw(there, *values):
                yield *shown, (there.recipe, *offered)

        given = [design, self.covers, *inputs]
        for trigger in (self.fold.expand, self.changed.input):
            drawn = trigger(show, given, every, trigger_mode="always_last", **QUIET)
            drawn.success(None, design, None, js=scripts.PRESSED_JS, **QUIET)
