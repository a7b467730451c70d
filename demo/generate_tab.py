"""The tab "Generate designs": sheet, desk, the sections after it, and what each does when another changes."""

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
from fashion_core import ToileError

if TYPE_CHECKING:
    from demo.service import Service


class GenerateTab:
    """Sheet, stand on its desk, morph. A design is known by its recipe; the browser keeps nothing else.

    ``stand.design`` holds the design on show (:mod:`demo.desk`); a section that needs it takes that.
    Sections after the desk are laid out in ``__init__``, in the order of sight.
    ``opened`` is whether a visitor has seen the tab: nothing is drawn before.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.opened = gr.State(value=False)
        self.offered = gr.JSON(visible=False)
        self.sheet = Sheet(service)
        self.stand = Stand(service)
        self.after = AfterDesk(service, self.stand.design, self.stand.keep)
        self.morph = self.after.morph
        self._events()

    def _events(self) -> None:
        sheet, stand, morph = self.sheet, self.stand, self.morph
        for trigger in (sheet.button.click, sheet.seed.submit):
            drawn = trigger(sheet.draw, sheet.settings, sheet.outputs, **QUIET)
            self._mark(drawn.success)
        other_seed = sheet.more.click(sheet.another_seed, None, sheet.seed, **QUIET)
        drawn = other_seed.success(sheet.draw, sheet.settings, sheet.outputs, **QUIET)
        self._mark(drawn.success)
        put = stand.events()
        self._mark(put.success)
        self._mark(put.failure)
        variations = stand.variations
        varied = stand.settled.input(
            variations.draw,
            [stand.design, variations.made_of, stand.settled],
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
            [*sheet.outputs, self.opened, self.offered, *sheet.settings],
            **QUIET,
        )
        ends = drawn.success(
            None, [morph.ends, self.offered], morph.ends, js=scripts.FIRST_ENDS_JS, **QUIET
        )
        self._mark(ends.success)
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
        """The sheet that was kept, or one from the settings; A and B as kept, or its first two designs.

        A and B are offered: the browser takes each if nothing else was chosen for it while the sheet was drawn.
        """
        rest = unchanged(2 + len(settings))
        if opened:
            yield *unchanged(len(self.sheet.outputs)), *rest
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
        offered = {"before": Ends.of(kept_ends).kept(), "ends": ends.kept()}
        yield *unchanged(len(self.sheet.outputs)), True, offered, *restored

    def _is_known(self, design: Design) -> bool:
        try:
            self.service.designer_of(design.recipe)
        except ToileError:
            return False
        return True
