"""The tab "Generate designs": four sections, and what each does when another changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence  # noqa: TC003 - Gradio reads annotations when it runs
from typing import TYPE_CHECKING, Any

import gradio as gr  # noqa: TC002 - Gradio reads annotations when it runs

from demo import scripts
from demo.events import ANALYSIS, QUIET, unchanged
from demo.morph import Morph, swapped, use_as_a, use_as_b
from demo.sheet import Drawn, Sheet, marked
from demo.stand import OnStand, Stand
from demo.variations import Variations

if TYPE_CHECKING:
    from gradio.events import Dependency

    from demo.service import Service


class GenerateTab:
    """Sheet, stand, variations and morph. A design is known by its recipe; the page keeps nothing else."""

    def __init__(self, service: Service) -> None:
        self.sheet = Sheet(service)
        self.stand = Stand(service)
        self.variations = Variations(service)
        self.morph = Morph(service)
        self.sheet_outputs = [
            self.sheet.pictures,
            self.sheet.drawn,
            self.sheet.working,
            self.morph.ends,
        ]
        self._events()

    def _events(self) -> None:
        sheet, stand, morph = self.sheet, self.stand, self.morph
        for trigger in (sheet.button.click, sheet.seed.submit):
            drawn = trigger(sheet.draw, sheet.settings, self.sheet_outputs, **QUIET)
            put = drawn.success(self._put_first, sheet.drawn, stand.outputs, **QUIET)
            self._after_choice(put)
            self._draw_morph(drawn)
        for chosen in (
            sheet.pictures.click(self._choose, sheet.drawn, stand.outputs, **QUIET),
            self.variations.pictures.click(
                self._choose_variation, self.variations.recipes, stand.outputs, **QUIET
            ),
            stand.recipe.submit(stand.put, stand.recipe, stand.outputs, **QUIET),
        ):
            self._mark(chosen)
            self._after_choice(chosen)
            chosen.success(None, None, None, js=scripts.SHOW_STAND_JS, **QUIET)
        for button, change in (
            (stand.use_a, use_as_a),
            (stand.use_b, use_as_b),
            (morph.swap, swapped),
        ):
            changed = button.click(change, [stand.design, morph.ends], morph.ends, **QUIET)
            self._mark(changed)
            self._draw_morph(changed)

    def opens_with(self, tab: gr.Tab) -> None:
        """Draw the first sheet when the tab is first seen, and not before."""
        sheet, stand = self.sheet, self.stand
        drawn = tab.select(
            self._draw_if_none, [sheet.drawn, *sheet.settings], self.sheet_outputs, **QUIET
        )
        put = drawn.success(self._put_if_none, [sheet.drawn, stand.design], stand.outputs, **QUIET)
        self._mark(put)
        self._after_choice(put)
        self._draw_morph(drawn)

    def _after_choice(self, event: Dependency) -> None:
        """A new design on the stand is read back, and gets variations."""
        stand, variations = self.stand, self.variations
        event.success(
            variations.draw, [stand.design, variations.made_of], variations.outputs, **QUIET
        )
        event.success(
            stand.read_back,
            [stand.design, stand.read],
            [stand.reading, stand.read],
            **{**QUIET, **ANALYSIS},
        )

    def _draw_morph(self, event: Dependency) -> None:
        morph = self.morph
        event.success(morph.draw, [morph.ends, morph.drawn], morph.outputs, **QUIET)

    def _mark(self, event: Dependency) -> None:
        """Show on the sheet what stands on the stand, and what is A and B."""
        states = [self.sheet.drawn, self.stand.design, self.morph.ends]
        event.success(marked, states, self.sheet.pictures, **QUIET)

    def _draw_if_none(self, drawn: Drawn | None, *settings: Any) -> Iterator[tuple[Any, ...]]:
        if drawn is None:
            yield from self.sheet.draw(*settings)
        else:
            yield unchanged(len(self.sheet_outputs))

    def _put_first(self, drawn: Drawn) -> Iterator[tuple[Any, ...]]:
        yield from self.stand.put(*drawn.design(0))

    def _put_if_none(self, drawn: Drawn | None, design: OnStand) -> Iterator[tuple[Any, ...]]:
        if drawn is not None and not design.recipe:
            yield from self._put_first(drawn)
        else:
            yield unchanged(len(self.stand.outputs))

    def _choose(self, drawn: Drawn | None, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        index = int(event.index)
        if drawn is not None and 0 <= index < len(drawn.recipes):
            yield from self.stand.put(*drawn.design(index))
        else:
            yield unchanged(len(self.stand.outputs))

    def _choose_variation(
        self, recipes: Sequence[str], event: gr.EventData
    ) -> Iterator[tuple[Any, ...]]:
        index = int(event.index)
        if 0 <= index < len(recipes):
            yield from self.stand.put(recipes[index], f"Variation {index + 1}")
        else:
            yield unchanged(len(self.stand.outputs))
