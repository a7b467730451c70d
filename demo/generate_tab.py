"""The tab "Generate designs"."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator, Sequence  # noqa: TC003 - Gradio reads annotations when it runs
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from demo import widgets, wording
from demo.service import kindly
from fashion_core.designer import enlarge, gif_bytes, png_bytes
from fashion_core.taxonomy import WISHES

if TYPE_CHECKING:
    from demo.service import Service

#: Pixels of the pictures in the sheet, and frames of the morph on the page and in the film.
SHOWN, FRAMES = 256, 25
VARIATIONS = 6
NUMBERS = {4: "four", 8: "eight", 12: "twelve", 16: "sixteen", 20: "twenty", 24: "twenty-four"}
ANY = "Any"


class GenerateTab:
    """Layout and events. A design is known by its recipe; the page keeps nothing else."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.wishes: dict[str, gr.Dropdown] = {}
        self.sheet_recipes, self.variation_recipes = gr.State([]), gr.State([])
        self.on_stand = gr.State("")
        self.ends = gr.State(["", "", "", ""])
        self._layout()
        self._events()

    # The page, from top to bottom.

    def _layout(self) -> None:
        with gr.Row(elem_classes="t-grid t-48"):
            with gr.Column(elem_classes="t-stack"):
                self._wishes_layout()
            with gr.Column():
                self.sheet = gr.HTML(
                    js_on_load=widgets.CHOOSE_JS, apply_default_css=False, elem_id="sheet"
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
                js_on_load=widgets.CHOOSE_JS, apply_default_css=False, elem_id="variations"
            )
        self._morph_layout()

    def _wishes_layout(self) -> None:
        gr.HTML(
            '<h1 class="t-h2">Sixteen at a time</h1>'
            '<p style="margin:8px 0 0">A seed draws a sheet; the same seed draws it again.</p>',
            apply_default_css=False,
        )
        for key, classes in self.service.default.conditions.items():
            words = WISHES[key].words
            choices = [(ANY, ""), *((words[c], c) for c in classes)]
            self.wishes[key] = gr.Dropdown(
                choices, value="", label=WISHES[key].title, filterable=False
            )
        self.model = gr.Dropdown(
            list(self.service.designers),
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
            self.die = gr.Button("⚄", elem_id="die")
        self.draw = gr.Button("Draw sixteen designs", variant="primary", elem_id="draw")
        self.working = gr.HTML(self._origin_line(), apply_default_css=False)

    def _origin_line(self) -> str:
        designer = self.service.default
        return f'<p class="t-note">{designer.learnt_from} No person designed what it draws.</p>'

    def _stand_layout(self) -> None:
        with gr.Row(elem_classes="t-grid t-57 t-section"):
            with gr.Column():
                self.stand = gr.HTML(apply_default_css=False, elem_id="stand")
            with gr.Column(elem_classes="t-stack"):
                self.reading = gr.HTML(apply_default_css=False, elem_id="reading")
                with gr.Row(elem_classes="t-row fill"):
                    self.use_a = gr.Button("Use as A")
                    self.use_b = gr.Button("Use as B")
                    self.save_png = gr.DownloadButton("Save as PNG", elem_id="save-png")
                self.recipe = gr.Textbox(
                    label="Recipe",
                    info="The whole design as a text. Paste one here and press Enter to see it.",
                    buttons=["copy"],
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
                js_on_load=widgets.MORPH_JS, apply_default_css=False, elem_id="morph"
            )
            with gr.Row(elem_classes="t-row centre"):
                self.save_gif = gr.DownloadButton("Save as GIF", elem_id="save-gif")
                self.swap = gr.Button("Swap A and B")

    # What happens when.

    def _events(self) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        sheet_out = [self.sheet, self.sheet_recipes, self.working, self.ends]
        stand_out = [self.stand, self.save_png, self.recipe, self.on_stand, self.reading]
        drawing = [self.model, self.count, self.seed, *self.wishes.values()]
        for trigger in (self.draw.click, self.seed.submit):
            drawn = trigger(self.draw_sheet, drawing, sheet_out, **quiet)
            self._follow(drawn, self.first_of, [self.sheet_recipes], stand_out, quiet)
            drawn.then(self.draw_morph, self.ends, [self.morph, self.save_gif], **quiet)
        self.die.click(lambda: secrets.randbelow(2**31), None, self.seed, **quiet)
        self.count.change(_button_words, self.count, self.draw, **quiet)
        chosen = self.sheet.click(
            self._choose, [self.sheet_recipes, self.ends], [self.sheet, *stand_out], **quiet
        )
        self.after_choice(chosen, quiet)
        varied = self.variations.click(
            self._choose_variation, self.variation_recipes, stand_out, **quiet
        )
        self.after_choice(varied, quiet)
        pasted = self.recipe.submit(self.put_on_stand, self.recipe, stand_out, **quiet)
        self.after_choice(pasted, quiet)
        for button, place in ((self.use_a, 0), (self.use_b, 1)):
            button.click(_use(place), [self.on_stand, self.ends], self.ends, **quiet).then(
                self.draw_morph, self.ends, [self.morph, self.save_gif], **quiet
            )
        self.swap.click(_swap, self.ends, self.ends, **quiet).then(
            self.draw_morph, self.ends, [self.morph, self.save_gif], **quiet
        )
        self.stand_outputs = stand_out

    def _follow(
        self, event: Any, put: Any, inputs: list[Any], outputs: list[Any], quiet: dict[str, Any]
    ) -> None:
        self.after_choice(event.then(put, inputs, outputs, **quiet), quiet)

    def after_choice(self, event: Any, quiet: dict[str, Any]) -> None:
        """A new design on the stand is read back, and gets relatives."""
        event.then(
            self._draw_variations, self.on_stand, [self.variations, self.variation_recipes], **quiet
        )
        event.then(
            self._read_back,
            self.on_stand,
            self.reading,
            concurrency_id="analysis",
            concurrency_limit=2,
            **quiet,
        )

    def draw_sheet(
        self, model: str, count: int, seed: float | None, *wishes: str
    ) -> Iterator[tuple[Any, ...]]:
        with kindly():
            designer = self.service.designer(model)
            asked = {key: value for key, value in zip(self.wishes, wishes, strict=True) if value}
            recipes = designer.sample(int(count), int(seed or 0), asked)
            yield gr.skip(), gr.skip(), widgets.working("Under a second.", "Drawing ..."), gr.skip()
            pictures = designer.preview(recipes)
        sources = [widgets.data_url(enlarge(picture, SHOWN)) for picture in pictures]
        texts = [recipe.encode() for recipe in recipes]
        ends = [texts[0], texts[1], "No. 1", "No. 2"]
        note = f'<p class="t-note">{designer.learnt_from} No person designed what it draws.</p>'
        yield _sheet(sources, 0, texts, ends), [texts, sources], note, ends

    def first_of(self, sheet: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        if sheet:
            yield from self.put_on_stand(sheet[0][0], "No. 1")

    def _choose(
        self, sheet: Sequence[Any], ends: Sequence[str], event: gr.EventData
    ) -> Iterator[tuple[Any, ...]]:
        if not sheet:
            return
        texts, sources = sheet
        index = int(event.index) % len(texts)  # type: ignore[attr-defined]
        for shown in self.put_on_stand(texts[index], f"No. {index + 1}"):
            yield _sheet(sources, index, texts, ends), *shown

    def _choose_variation(
        self, texts: Sequence[str], event: gr.EventData
    ) -> Iterator[tuple[Any, ...]]:
        index = int(event.index)  # type: ignore[attr-defined]
        if 0 <= index < len(texts):
            yield from self.put_on_stand(texts[index], f"Variation {index + 1}")

    def put_on_stand(self, text: str, caption: str = "From a recipe") -> Iterator[tuple[Any, ...]]:
        """Show a design large; its reading comes after."""
        with kindly():
            designer, recipe = self.service.designer_of(text)
            picture = designer.render(recipe)
            large = enlarge(picture)
            name = f"toile-{designer.name}-{caption.lower().replace('. ', '').replace(' ', '-')}"
            path = _keep(png_bytes(large, recipe, designer), f"{name}-upscaled.png")
        kicker = f'<p class="t-kicker">On the stand: {caption}</p>'
        waiting = widgets.working(
            f"About {max(1, round(self.service.seconds_a_photo))} seconds.", "Reading it back ..."
        )
        yield (
            widgets.stand(enlarge(picture, 512), caption),
            gr.DownloadButton(value=path),
            text.strip(),
            text.strip(),
            kicker + waiting,
        )

    def _read_back(self, text: str) -> str:
        if not text:
            return ""
        with kindly():
            designer, recipe = self.service.designer_of(text)
            report = self.service.analyse(enlarge(designer.render(recipe), 512))
        sentence = wording.describe(report.attributes, report.palette.family)
        kicker = "On the stand, as Toile reads it"
        if not report.garment.is_dress:
            kicker = (
                f"On the stand: perhaps not a dress ({wording.percent(report.garment.probability)})"
            )
        height, width = designer.image_size
        return (
            f'<p class="t-kicker">{kicker}</p><h2 class="t-h2">{sentence}</h2>'
            f'<p class="t-note" style="margin-top:12px">Drawn at {width} by {height} pixels; saved '
            "pictures are the same enlarged to 1,024, marked as upscaled.</p>"
        )

    def _draw_variations(self, text: str) -> tuple[str, list[str]]:
        if not text:
            return "", []
        with kindly():
            designer, recipe = self.service.designer_of(text)
            varied = designer.vary(recipe, VARIATIONS)
            sources = [widgets.data_url(enlarge(p, SHOWN)) for p in designer.preview(varied)]
        captions = [f"Variation {i + 1}" for i in range(VARIATIONS)]
        return widgets.pictures(sources, captions, VARIATIONS), [r.encode() for r in varied]

    def draw_morph(self, ends: Sequence[str]) -> tuple[Any, Any]:
        text_a, text_b, caption_a, caption_b = ends
        if not (text_a and text_b):
            return "", gr.skip()
        with kindly():
            designer, a = self.service.designer_of(text_a)
            other, b = self.service.designer_of(text_b)
            if other is not designer:
                raise gr.Error("A and B were drawn by two generators. Choose both from one.")
            pictures = designer.interpolate(a, b, FRAMES)
            path = _keep(gif_bytes(pictures), "toile-morph-upscaled.gif")
        sources = [widgets.data_url(enlarge(picture, SHOWN)) for picture in pictures]
        return widgets.morph(sources, caption_a, caption_b), gr.DownloadButton(value=path)


def _sheet(sources: Sequence[str], chosen: int, texts: Sequence[str], ends: Sequence[str]) -> str:
    captions = [f"No. {i + 1}" for i in range(len(sources))]
    badges = {
        texts.index(text): letter for letter, text in zip("AB", ends, strict=False) if text in texts
    }
    return widgets.pictures(sources, captions, 4, chosen, badges)


def _keep(content: bytes, name: str) -> str:
    path = Path(tempfile.mkdtemp(prefix="toile-")) / name
    path.write_bytes(content)
    return str(path)


def _button_words(count: int) -> Any:
    return gr.Button(f"Draw {NUMBERS.get(int(count), str(count))} designs")


def _use(place: int) -> Any:
    def use(text: str, ends: list[str]) -> list[str]:
        changed = list(ends)
        changed[place], changed[place + 2] = text, "from the stand"
        return changed

    return use


def _swap(ends: list[str]) -> list[str]:
    a, b, caption_a, caption_b = ends
    return [b, a, caption_b, caption_a]
