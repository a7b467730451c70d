"""The tab "Generate designs"."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence  # noqa: TC003 - Gradio reads annotations when it runs
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from demo import scripts, widgets, wording
from demo.events import ANALYSIS, QUIET, unchanged
from demo.service import kindly
from fashion_core.exports import enlarge, gif_bytes, png_bytes
from fashion_core.taxonomy import COLOUR, WISHES

if TYPE_CHECKING:
    from demo.service import Service

#: Pixels of the pictures in the sheet, and frames of the morph on the page and in the film.
SHOWN, FRAMES = 256, 25
VARIATIONS = 6
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


class GenerateTab:
    """Layout and events. A design is known by its recipe; the page keeps nothing else.

    States hold: ``sheet_recipes`` the sheet's recipes and pictures, ``on_stand`` recipe and caption,
    ``ends`` the recipes and captions of A and B. ``relatives_of``, ``read`` and ``walked`` say what
    variations, reading and walk were last made of, so that nothing is made twice.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.wishes: dict[str, gr.Dropdown | gr.Radio] = {}
        self.sheet_recipes, self.variation_recipes = gr.State([]), gr.State([])
        self.on_stand = gr.State(["", ""])
        self.ends = gr.State(["", "", "", ""])
        self.relatives_of, self.read, self.walked = gr.State(""), gr.State(""), gr.State([])
        self._layout()
        self._events()

    # The page, from top to bottom.

    def _layout(self) -> None:
        with gr.Row(elem_classes="t-grid t-48"):
            with gr.Column(elem_classes="t-stack"):
                self._wishes_layout()
            with gr.Column():
                self.sheet = gr.HTML(
                    js_on_load=scripts.CHOOSE_JS, apply_default_css=False, elem_id="sheet"
                )
        self._stand_layout()
        with gr.Column(elem_classes="t-section"):
            gr.HTML(
                widgets.section_head(
                    "Six variations", "Close relatives of the design on the stand."
                ),
                apply_default_css=False,
            )
            self.variations = gr.HTML(
                js_on_load=scripts.CHOOSE_JS, apply_default_css=False, elem_id="variations"
            )
        self._morph_layout()

    def _wishes_layout(self) -> None:
        gr.HTML(
            '<h1 class="t-h2">Sixteen at a time</h1>'
            '<p class="t-under">A seed draws a sheet; the same seed draws it again.</p>',
            apply_default_css=False,
        )
        conditions = self.service.default.conditions
        choices = {
            key: [(ANY, ""), *((WISHES[key].words[c], c) for c in classes)]
            for key, classes in conditions.items()
        }
        with gr.Row(elem_classes="t-wishes"):
            for key in (k for k in conditions if k != COLOUR.key):
                self.wishes[key] = gr.Dropdown(
                    choices[key], value="", label=WISHES[key].title, filterable=False
                )
        if COLOUR.key in conditions:
            self.wishes[COLOUR.key] = gr.Radio(
                choices[COLOUR.key],
                value="",
                label=COLOUR.title,
                interactive=True,
                elem_id="colour-wish",
            )
        # What takes no wishes is one of the networks that came before.
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
                precision=0,
                minimum=0,
                maximum=2**31,
                interactive=True,
                elem_id="seed",
            )
            self.die = gr.Button("⚄", elem_id="die", elem_classes="t-die")
        self.draw = gr.Button("Draw sixteen designs", variant="primary", elem_id="draw")
        self.working = gr.HTML(
            self._origin_line(self.service.default.name), apply_default_css=False, elem_id="origin"
        )

    def _origin_line(self, model: str) -> str:
        """What the generator learnt from, and how long a sheet takes."""
        with kindly():
            designer = self.service.designer(model)
        height, width = designer.image_size
        return (
            f'<p class="t-note">{escape(designer.learnt_from)} {wording.NOT_DESIGNED}</p>'
            '<details class="t-note t-saw"><summary>What drew them</summary>'
            f"<p>{escape(designer.card)}</p>"
            f"<p>The network {escape(designer.name)}, weights {designer.weights}, "
            f"{width} by {height} pixels a design.</p></details>"
        )

    def _show_generator(self, model: str) -> list[Any]:
        """Its line, and the wishes that it takes."""
        with kindly():
            taken = self.service.designer(model).conditions
        return [
            self._origin_line(model),
            *(type(field)(visible=key in taken) for key, field in self.wishes.items()),
        ]

    def _stand_layout(self) -> None:
        with gr.Row(elem_classes="t-grid t-57 t-section"):
            with gr.Column():
                self.stand = gr.HTML(apply_default_css=False, elem_id="stand")
            with gr.Column(elem_classes="t-stack"):
                self.reading = gr.HTML(apply_default_css=False, elem_id="reading")
                with gr.Row(elem_classes="t-row fill"):
                    self.use_a = gr.Button("Use as A", elem_id="use-a")
                    self.use_b = gr.Button("Use as B", elem_id="use-b")
                    self.save_png = gr.DownloadButton(
                        "Save as PNG", elem_id="save-png", interactive=False
                    )
                    self.copy = gr.Button("Copy recipe", elem_id="copy-recipe")
                self.recipe = gr.Textbox(
                    label="Recipe",
                    info="The whole design as a text. Paste one here and press Enter to see it.",
                    max_lines=1,
                    interactive=True,
                    elem_id="recipe",
                )

    def _morph_layout(self) -> None:
        with gr.Column(elem_classes="t-section"):
            gr.HTML(
                widgets.section_head(
                    "From A to B",
                    "Choose two designs with Use as A and Use as B, then draw the thread across.",
                ),
                apply_default_css=False,
            )
            self.morph = gr.HTML(
                js_on_load=scripts.MORPH_JS, apply_default_css=False, elem_id="morph"
            )
            with gr.Row(elem_classes="t-row centre"):
                self.save_gif = gr.DownloadButton(
                    "Save as GIF", elem_id="save-gif", interactive=False
                )
                self.swap = gr.Button("Swap A and B", elem_id="swap")

    # What happens when.

    def _events(self) -> None:
        self.drawing = [self.model, self.count, self.seed, *self.wishes.values()]
        self.sheet_outputs = [self.sheet, self.sheet_recipes, self.working, self.ends]
        self.stand_outputs = [self.stand, self.save_png, self.recipe, self.on_stand, self.reading]
        for trigger in (self.draw.click, self.seed.submit):
            drawn = trigger(self.draw_sheet, self.drawing, self.sheet_outputs, **QUIET)
            put = drawn.success(self._put_first, self.sheet_recipes, self.stand_outputs, **QUIET)
            self._after_choice(put)
            self._walk(drawn)
        self.die.click(lambda: secrets.randbelow(2**31), None, self.seed, **QUIET)
        self.count.change(_button_words, self.count, self.draw, **QUIET)
        shown = [self.working, *self.wishes.values()]
        self.model.change(self._show_generator, self.model, shown, **QUIET)
        self.copy.click(None, self.recipe, None, js=scripts.COPY_RECIPE_JS, **QUIET)
        self._choosing()
        for button, change in ((self.use_a, _use(0)), (self.use_b, _use(1)), (self.swap, _swap)):
            changed = button.click(change, [self.on_stand, self.ends], self.ends, **QUIET)
            self._mark(changed)
            self._walk(changed)

    def _choosing(self) -> None:
        chosen = (
            self.sheet.click(self._choose, self.sheet_recipes, self.stand_outputs, **QUIET),
            self.variations.click(
                self._choose_variation, self.variation_recipes, self.stand_outputs, **QUIET
            ),
            self.recipe.submit(self.put_on_stand, self.recipe, self.stand_outputs, **QUIET),
        )
        for event in chosen:
            self._mark(event)
            self._after_choice(event)
            event.success(None, None, None, js=scripts.SHOW_STAND_JS, **QUIET)

    def opens_with(self, tab: gr.Tab) -> None:
        """Draw the first sheet when the tab is first seen, and not before."""
        drawn = tab.select(
            self._draw_if_none, [self.sheet_recipes, *self.drawing], self.sheet_outputs, **QUIET
        )
        put = drawn.success(
            self._put_if_none, [self.sheet_recipes, self.on_stand], self.stand_outputs, **QUIET
        )
        self._mark(put)
        self._after_choice(put)
        self._walk(drawn)

    def _after_choice(self, event: Any) -> None:
        """A new design on the stand is read back, and gets relatives."""
        event.success(
            self._draw_variations,
            [self.on_stand, self.relatives_of],
            [self.variations, self.variation_recipes, self.relatives_of],
            **QUIET,
        )
        event.success(
            self._read_back,
            [self.on_stand, self.read],
            [self.reading, self.read],
            **{**QUIET, **ANALYSIS},
        )

    def _walk(self, event: Any) -> None:
        event.success(
            self._draw_walk,
            [self.ends, self.walked],
            [self.morph, self.save_gif, self.walked],
            **QUIET,
        )

    def _mark(self, event: Any) -> None:
        """Show on the sheet what stands on the stand, and what is A and B."""
        event.success(_marked, [self.sheet_recipes, self.on_stand, self.ends], self.sheet, **QUIET)

    # The sheet.

    def draw_sheet(
        self, model: str, count: int, seed: float | None, *wishes: str
    ) -> Iterator[tuple[Any, ...]]:
        with kindly():
            designer = self.service.designer(model)
            asked = {
                key: value
                for key, value in zip(self.wishes, wishes, strict=True)
                if value and key in designer.conditions
            }
            recipes = designer.sample(int(count), int(seed or 0), asked)
            about = wording.about(self.service.seconds_for(len(recipes)))
            yield gr.skip(), gr.skip(), widgets.working(about, "Drawing ..."), gr.skip()
            pictures = self.service.preview(designer, recipes)
        sources = [widgets.data_url(enlarge(picture, SHOWN)) for picture in pictures]
        texts = [recipe.encode() for recipe in recipes]
        ends = [texts[0], texts[1], "No. 1", "No. 2"]
        sheet = [texts, sources]
        yield _marked(sheet, [texts[0]], ends), sheet, self._origin_line(model), ends

    def _draw_if_none(self, sheet: Sequence[Any], *drawing: Any) -> Iterator[tuple[Any, ...]]:
        if sheet:
            yield unchanged(4)
        else:
            yield from self.draw_sheet(*drawing)

    def _choose(self, sheet: Sequence[Any], event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        index = int(event.index)
        if sheet and 0 <= index < len(sheet[0]):
            yield from self.put_on_stand(sheet[0][index], f"No. {index + 1}")
        else:
            yield unchanged(5)

    # The stand.

    def _put_first(self, sheet: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        yield from self.put_on_stand(sheet[0][0], "No. 1")

    def _put_if_none(
        self, sheet: Sequence[Any], on_stand: Sequence[str]
    ) -> Iterator[tuple[Any, ...]]:
        if sheet and not on_stand[0]:
            yield from self._put_first(sheet)
        else:
            yield unchanged(5)

    def put_on_stand(self, text: str, caption: str = "From a recipe") -> Iterator[tuple[Any, ...]]:
        """Show a design large; its reading comes after."""
        with kindly():
            designer, recipe = self.service.designer_of(text)
            picture = designer.render(recipe)
            name = f"toile-{designer.name}-{caption.lower().replace('. ', '').replace(' ', '-')}"
            content = png_bytes(enlarge(picture), recipe, designer)
            path = self.service.shelf.keep(content, f"{name}-upscaled.png")
        about = wording.about(self.service.seconds_a_photo)
        yield (
            widgets.stand(picture, caption),
            gr.DownloadButton(value=path, interactive=True),
            text.strip(),
            [text.strip(), caption],
            f'<p class="t-kicker">On the stand: {caption}</p>'
            + widgets.working(about, "Reading it back ..."),
        )

    def _read_back(self, on_stand: Sequence[str], read: str) -> tuple[Any, str]:
        text, caption = on_stand
        if not text or text + caption == read:
            return gr.skip(), read
        with kindly():
            designer, recipe = self.service.designer_of(text)
            report = self.service.analyse(enlarge(designer.render(recipe), 512))
        height, width = designer.image_size
        shown = (
            f'<p class="t-kicker">{wording.stand_kicker(report, caption)}</p>'
            f'<h2 class="t-h2">{wording.describe(report.attributes, report.palette.family)}</h2>'
            f'<p class="t-note t-under">So Toile reads it back. Drawn at {width} by {height} pixels; '
            "saved pictures are enlarged to 1,024 and say so.</p>"
        )
        return shown, text + caption

    # Relatives.

    def _draw_variations(
        self, on_stand: Sequence[str], relatives_of: str
    ) -> tuple[Any, list[str] | Any, str]:
        text = on_stand[0]
        if not text or text == relatives_of:
            return gr.skip(), gr.skip(), relatives_of
        with kindly():
            designer, recipe = self.service.designer_of(text)
            varied = designer.vary(recipe, VARIATIONS)
            pictures = self.service.preview(designer, varied)
        sources = [widgets.data_url(enlarge(picture, SHOWN)) for picture in pictures]
        captions = [f"Variation {i + 1}" for i in range(VARIATIONS)]
        shown = widgets.pictures(sources, captions, VARIATIONS, show_captions=False)
        return shown, [recipe.encode() for recipe in varied], text

    def _choose_variation(
        self, texts: Sequence[str], event: gr.EventData
    ) -> Iterator[tuple[Any, ...]]:
        index = int(event.index)
        if 0 <= index < len(texts):
            yield from self.put_on_stand(texts[index], f"Variation {index + 1}")
        else:
            yield unchanged(5)

    # From A to B.

    def _draw_walk(
        self, ends: Sequence[str], walked: Sequence[str]
    ) -> Iterator[tuple[Any, Any, Any]]:
        text_a, text_b, caption_a, caption_b = ends
        if not (text_a and text_b) or list(ends) == list(walked):
            yield unchanged(3)
            return
        with kindly():
            designer, a = self.service.designer_of(text_a)
            other, b = self.service.designer_of(text_b)
            if other is not designer:
                raise gr.Error("A and B were drawn by two generators. Choose both from one.")
            pictures = designer.interpolate(a, b, FRAMES)
            sources = [widgets.data_url(enlarge(picture, SHOWN)) for picture in pictures]
            # Until the new film is written the button would save the film before it, or nothing.
            waiting = gr.DownloadButton(interactive=False)
            yield widgets.morph(sources, caption_a, caption_b), waiting, gr.skip()
            path = self.service.shelf.keep(
                gif_bytes(pictures, designer), "toile-a-to-b-upscaled.gif"
            )
        yield gr.skip(), gr.DownloadButton(value=path, interactive=True), list(ends)


def _marked(sheet: Sequence[Any], on_stand: Sequence[str], ends: Sequence[str]) -> Any:
    """The sheet with the chosen design framed, and A and B marked."""
    if not sheet:
        return gr.skip()
    texts, sources = sheet
    chosen = texts.index(on_stand[0]) if on_stand[0] in texts else None
    captions = [f"No. {i + 1}" for i in range(len(sources))]
    badges: dict[int, str] = {}
    for text, letter in zip(ends[:2], "AB", strict=True):
        if text in texts:
            badges[texts.index(text)] = badges.get(texts.index(text), "") + letter
    return widgets.pictures(sources, captions, 4, chosen, badges)


def _button_words(count: int) -> Any:
    return gr.Button(f"Draw {NUMBERS.get(int(count), str(count))} designs")


def _use(place: int) -> Any:
    def use(on_stand: Sequence[str], ends: Sequence[str]) -> list[str]:
        changed = list(ends)
        if on_stand[0]:
            changed[place], changed[place + 2] = on_stand
        return changed

    return use


def _swap(_on_stand: Sequence[str], ends: Sequence[str]) -> list[str]:
    a, b, caption_a, caption_b = ends
    return [b, a, caption_b, caption_a]
