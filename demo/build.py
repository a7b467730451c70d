"""The page as the user sees it, from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator  # noqa: TC003 - Gradio reads annotations when it runs
from typing import TYPE_CHECKING, Any

import gradio as gr

from demo import widgets
from demo.analyse_tab import AnalyseTab
from demo.api import add_endpoints
from demo.generate_tab import GenerateTab
from demo.service import kindly

if TYPE_CHECKING:
    from demo.service import Service

#: Pages kept by a visitor are deleted after an hour, as the page says.
KEPT_SECONDS = 3600
#: One visitor's flood waits or is turned away; it never takes the page down.
MOST_WAITING = 64


def build(service: Service) -> gr.Blocks:
    """The whole page on loaded models."""
    with gr.Blocks(
        title="Toile",
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(600, KEPT_SECONDS),
    ) as page:
        gr.HTML(widgets.masthead(), apply_default_css=False)
        with gr.Tabs(elem_id="tabs", selected="analyse") as tabs:
            with gr.Tab("Analyse a garment", id="analyse"):
                analysed = AnalyseTab(service)
            with gr.Tab("Generate designs", id="generate", render_children=True):
                generated = GenerateTab(service)
        gr.HTML(widgets.foot(), apply_default_css=False)
        _connect(page, tabs, analysed, generated)
        add_endpoints(service)
    page.queue(max_size=MOST_WAITING, default_concurrency_limit=4)
    return page


def _connect(page: gr.Blocks, tabs: gr.Tabs, analysed: AnalyseTab, generated: GenerateTab) -> None:
    """What crosses the tabs: fresh designs, the first sheet, and a design that a link carries."""
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    page.load(analysed.draw_fresh, None, [analysed.fresh, analysed.fresh_recipes], **quiet)
    drawn = page.load(
        generated.draw_sheet,
        [generated.model, generated.count, generated.seed, *generated.wishes.values()],
        [generated.sheet, generated.sheet_recipes, generated.working, generated.ends],
        **quiet,
    )
    drawn.then(generated.draw_morph, generated.ends, [generated.morph, generated.save_gif], **quiet)

    def open_link(sheet: list[Any], request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """``/?recipe=...`` opens that design on the stand; else the sheet's first stands there."""
        text = request.query_params.get("recipe", "") if request else ""
        source = generated.put_on_stand(text, "From a link") if text else generated.first_of(sheet)
        for shown in source:
            yield gr.Tabs(selected="generate") if text else gr.skip(), *shown

    def start_from(recipes: list[str], event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        index = int(event.index)
        with kindly():
            text = recipes[index]
        for shown in generated.put_on_stand(text, "Fresh from the stand"):
            yield gr.Tabs(selected="generate"), *shown

    outputs = [tabs, *generated.stand_outputs]
    generated.after_choice(drawn.then(open_link, generated.sheet_recipes, outputs, **quiet), quiet)
    started = analysed.fresh.click(start_from, analysed.fresh_recipes, outputs, **quiet)
    generated.after_choice(started, quiet)
