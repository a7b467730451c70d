"""The tab "Generate designs": four sections, and what each does when another changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator  # noqa: TC003 - Gradio reads annotations when it runs
from typing import TYPE_CHECKING, Any

import gradio as gr

from demo import scripts
from demo.after_desk import AfterDesk
from demo.events import QUIET, unchanged
from demo.kept import Design, Drawn, Ends
from demo.sheet import Sheet
from demo.stand import Stand
from demo.variations import Variations
from fashion_core import ToileError

if TYPE_CHECKING:
    from demo.service import Service


class GenerateTab:
    """Sheet, stand, variations and morph. A design is known by its recipe; the browser keeps nothing else.

    ``opened`` is whether a visitor has seen the tab: nothing is drawn before.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.opened = gr.State(value=False)
        self.sheet = Sheet(service)
        self.stand = Stand(service)
        self.variations = Variations(service)
        self.after = AfterDesk(service, self.stand.design, self.stand.keep)
        self.morph = self.after.morph
        self._events()

    def _events(self) -> None:
        sheet, stand, variations, morph = self.sheet, self.stand, self.variations, self.morph
        for trigger in (sheet.button.click, sheet.seed.submit):
            drawn = trigger(sheet.draw, sheet.settings, sheet.outputs, **QUIET)
            self._mark(drawn.success)
        put = stand.events()
        self._mark(put.success)
        self._mark(put.failure)
        varied = put.success(
            variations.draw,
            [stand.design, variations.made_of],
            variations.outputs,
            trigger_mode="always_last",
            **QUIET,
        )
        self._mark(varied.success)
        for button, change in (
            (stand.use_a, scripts.USE_AS_A_JS),
            (stand.use_b, scripts.USE_AS_B_JS),
        ):
            button.click(None, [stand.design, morph.ends], morph.ends, js=change, **QUIET)
        self._mark(morph.ends.change)

    def opens_with(self, tab: gr.Tab) -> None:
        """When the tab is first seen, draw what the browser kept, or a first sheet; not before."""
        sheet, morph = self.sheet, self.morph
        drawn = tab.select(
            self._open,
            [self.opened, sheet.drawn, morph.ends, *sheet.settings],
            [*sheet.outputs, self.opened, morph.ends, *sheet.settings],
            **QUIET,
        )
        kept = [self.stand.design, sheet.drawn]
        drawn.success(None, kept, None, js=scripts.BEGIN_JS, **QUIET)
        self._mark(drawn.success)

    def _mark(self, listen: Callable[..., object]) -> None:
        """Show what stands on the stand and what is A and B, wherever its picture is."""
        stand = self.stand
        states, buttons = [stand.design, self.morph.ends], [stand.use_a, stand.use_b]
        listen(None, states, buttons, js=scripts.MARKED_JS, **QUIET)

    def _open(
        self, opened: bool, kept_sheet: object, kept_ends: object, *settings: Any
    ) -> Iterator[tuple[Any, ...]]:
        """The sheet that was kept, or one from the settings; A and B as kept, or its first two designs."""
        rest = unchanged(2 + len(settings))
        if opened:
            yield *unchanged(3), *rest
            return
        kept = self.sheet.known(Drawn.of(kept_sheet))
        shown: tuple[Any, ...] = ()
        for shown in self.sheet.draw_again(kept) if kept else self.sheet.draw(*settings):
            yield *shown, *rest
        drawn = Drawn.of(shown[1])
        ends = Ends.of(kept_ends)
        if not all(self._is_known(end) for end in ends):
            ends = Ends(drawn.design(0), drawn.design(1))
        restored = self.sheet.settings_of(kept) if kept else unchanged(len(settings))
        yield *unchanged(3), True, ends.kept(), *restored

    def _is_known(self, design: Design) -> bool:
        try:
            self.service.designer_of(design.recipe)
        except ToileError:
            return False
        return True
