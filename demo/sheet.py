"""The sheet: what to draw, and the designs that were drawn, to choose one from."""

from __future__ import annotations

import secrets
from collections.abc import Iterator  # noqa: TC003 - Gradio reads annotations when it runs
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from demo import scripts, widgets, wording
from demo.events import QUIET
from demo.kept import Drawn, kept_in_browser
from demo.service import errors_as_sentences
from fashion_core import DesignRecipe, ToileError
from fashion_core.taxonomy import COLOUR, WISHES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demo.service import Service

#: Designs in a row of the sheet.
COLUMNS = 4
#: Designs that a sheet may hold, as the button says them.
NUMBERS = {
    4: "four",
    8: "eight",
    12: "twelve",
    16: "sixteen",
    20: "twenty",
    24: "twenty-four",
    32: "thirty-two",
}
ANY = "Any"


class Sheet:
    """Conditions, seed and generator on the left, the designs on the right.

    ``drawn`` is the last sheet, kept in the browser.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.drawn = kept_in_browser("sheet")
        self.conditions: dict[str, gr.Dropdown | gr.Radio] = {}
        with gr.Row(elem_id="rail-head"):
            self.rail = gr.HTML(_rail(16, 7), apply_default_css=False)
            gr.HTML(
                '<button type="button" class="word" data-fold="">Change the wishes</button>',
                js_on_load=None,
                apply_default_css=False,
            )
            self.more = gr.Button("Draw sixteen more", elem_classes="word", elem_id="draw-more")
            gr.HTML(
                '<button type="button" class="word" data-tab="analyse">Start from a photo</button>',
                js_on_load=None,
                apply_default_css=False,
            )
        with gr.Row(elem_classes="t-grid t-48", elem_id="wishes-and-sheet"):
            with gr.Column(elem_classes="t-stack"):
                self.heading = gr.HTML(_heading(16), apply_default_css=False)
                self._conditions_layout()
                self._drawing_layout()
            with gr.Column():
                self.pictures = gr.HTML(
                    widgets.empty_sheet(self.count.value, COLUMNS),
                    js_on_load=scripts.CHOOSE_JS,
                    apply_default_css=False,
                    elem_id="sheet",
                )
        self.settings = [self.model, self.count, self.seed, *self.conditions.values()]
        self.outputs = [self.pictures, self.drawn, self.working, self.rail]
        self._events()

    def _conditions_layout(self) -> None:
        conditions = self.service.default.conditions
        choices = {
            key: [(ANY, ""), *((WISHES[key].words[c], c) for c in classes)]
            for key, classes in conditions.items()
        }
        with gr.Row(elem_classes="t-wishes"):
            for key in (k for k in conditions if k != COLOUR.key):
                self.conditions[key] = gr.Dropdown(
                    choices[key], value="", label=WISHES[key].title, filterable=False
                )
        if COLOUR.key in conditions:
            self.conditions[COLOUR.key] = gr.Radio(
                choices[COLOUR.key],
                value="",
                label=COLOUR.title,
                interactive=True,
                elem_id="colour-wish",
            )

    def _drawing_layout(self) -> None:
        # A generator without conditions is one of the networks that came before.
        names = {
            n: n if d.conditions else f"{n} (classic)" for n, d in self.service.designers.items()
        }
        self.model = gr.Dropdown(
            [(label, name) for name, label in names.items()],
            value=self.service.default.name,
            label="Generator",
            filterable=False,
            visible=len(self.service.designers) > 1,
            interactive=True,
        )
        self.count = gr.Dropdown(
            [(str(n), n) for n in NUMBERS],
            value=16,
            label="Designs",
            filterable=False,
            interactive=True,
            elem_id="count",
        )
        with gr.Row(elem_id="seed-row"):
            self.seed = gr.Number(
                7,
                label="Seed",
                # No bounds here: what is out of them is refused by the designer, in a sentence.
                precision=0,
                interactive=True,
                elem_id="seed",
            )
            self.die = gr.Button("⚄", elem_id="die", elem_classes="t-die")
        self.button = gr.Button("Draw sixteen designs", variant="primary", elem_id="draw")
        self.working = gr.HTML(
            self._origin_line(self.service.default.name), apply_default_css=False, elem_id="origin"
        )

    def _events(self) -> None:
        self.die.click(self.another_seed, None, self.seed, **QUIET)
        self.count.change(
            lambda count: (_heading(count), *_button_words(count)),
            self.count,
            [self.heading, self.button, self.more],
            **QUIET,
        )
        shown = [self.working, *self.conditions.values()]
        self.model.change(self.show_generator, self.model, shown, **QUIET)

    @staticmethod
    def another_seed() -> int:
        """One that nobody chose."""
        return secrets.randbelow(2**31)

    def show_generator(self, model: str) -> list[Any]:
        """Its line, and the conditions that it takes."""
        with errors_as_sentences():
            taken = self.service.designer(model).conditions
        return [
            self._origin_line(model),
            *(type(field)(visible=key in taken) for key, field in self.conditions.items()),
        ]

    def _origin_line(self, model: str) -> str:
        """What the generator learnt from, and what its card says."""
        with errors_as_sentences():
            designer = self.service.designer(model)
        height, width = designer.image_size
        size = "drawn at any size" if designer.scalable else f"{width} by {height} pixels a design"
        return (
            f'<p class="t-note">{escape(designer.learnt_from)} {wording.NOT_DESIGNED}</p>'
            '<details class="t-note t-saw"><summary>What drew them</summary>'
            f"<p>{escape(designer.card)}</p>"
            f"<p>The network {escape(designer.name)}, weights {designer.weights}, "
            f"{size}.</p></details>"
        )

    def draw(
        self, model: str, count: int, seed: float | None, *chosen: str
    ) -> Iterator[tuple[Any, ...]]:
        """Draw a sheet from ``settings``. Yields values of ``outputs``."""
        with errors_as_sentences():
            designer = self.service.designer(model)
            conditions = {
                key: value
                for key, value in zip(self.conditions, chosen, strict=True)
                if value and key in designer.conditions
            }
            recipes = designer.sample(int(count), int(seed or 0), conditions)
        yield from self._show(recipes, int(seed or 0))

    def known(self, drawn: Drawn) -> Drawn | None:
        """The sheet that the browser kept, if one generator of this Toile can draw all of it."""
        try:
            models = {self.service.designer_of(text)[1].model for text in drawn.recipes}
        except ToileError:
            return None
        return drawn if len(models) == 1 else None

    def draw_again(self, drawn: Drawn) -> Iterator[tuple[Any, ...]]:
        """Draw a known sheet. Yields values of ``outputs``."""
        yield from self._show([DesignRecipe.decode(text) for text in drawn.recipes], drawn.seed)

    def settings_of(self, drawn: Drawn) -> list[Any]:
        """Values of ``settings`` that draw a known sheet."""
        recipe, count = DesignRecipe.decode(drawn.recipes[0]), len(drawn.recipes)
        return [
            recipe.model,
            count if count in NUMBERS else gr.skip(),
            drawn.seed,
            *(recipe.wishes.get(key, "") for key in self.conditions),
        ]

    def _show(self, recipes: Sequence[DesignRecipe], seed: int) -> Iterator[tuple[Any, ...]]:
        with errors_as_sentences():
            designer = self.service.designer(recipes[0].model)
            about = wording.about(self.service.seconds_for(len(recipes)))
            working = widgets.working(about, "Drawing ...")
            yield gr.skip(), gr.skip(), working, working
            images = self.service.preview(designer, recipes)
        drawn = Drawn(tuple(recipe.encode() for recipe in recipes), seed)
        sources = [widgets.design_url(image) for image in images]
        captions = [f"No. {i + 1}" for i in range(len(images))]
        designs = [drawn.design(i) for i in range(len(images))]
        shown = widgets.pictures(sources, captions, COLUMNS, designs)
        rail = _rail(len(images), seed)
        yield shown, drawn.kept(), self._origin_line(designer.name), rail


def _heading(count: int) -> str:
    number = NUMBERS.get(int(count), str(count))
    return (
        f'<h1 class="t-h2">{number.capitalize()} at a time</h1>'
        '<p class="t-under">A seed draws a sheet; the same seed draws it again.</p>'
    )


def _button_words(count: int) -> tuple[gr.Button, gr.Button]:
    number = NUMBERS.get(int(count), str(count))
    return gr.Button(f"Draw {number} designs"), gr.Button(f"Draw {number} more")


def _rail(count: int, seed: int) -> str:
    """What stands over the sheet when it is folded to one line."""
    number = NUMBERS.get(int(count), str(count)).capitalize()
    return f'<p class="t-label">{number} designs, seed {seed}</p>'
