"""The page as the user sees it, from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator  # noqa: TC003 - Gradio reads annotations when it runs
from typing import TYPE_CHECKING, Any

import gradio as gr

from demo import scripts, widgets
from demo.analyse_tab import AnalyseTab
from demo.api import add_endpoints
from demo.events import QUIET, unchanged
from demo.generate_tab import GenerateTab
from demo.page import Page

if TYPE_CHECKING:
    from demo.service import Service

#: One visitor's flood waits or is turned away; it never takes the page down.
MOST_WAITING = 64


def build(service: Service) -> gr.Blocks:
    """The whole page on loaded models.

    Tabs render their children also when hidden: else Gradio forgets what they showed.
    """
    page = Page(title="Toile", analytics_enabled=False, fill_width=True)
    with page:
        gr.HTML(widgets.masthead(), apply_default_css=False)
        with gr.Tabs(elem_id="tabs", selected="analyse") as tabs:
            with gr.Tab("Analyse a garment", id="analyse", render_children=True):
                analysed = AnalyseTab(service)
            with gr.Tab("Generate designs", id="generate", render_children=True) as generate_tab:
                generated = GenerateTab(service)
        gr.HTML(widgets.foot(), apply_default_css=False)
        generated.opens_with(generate_tab)
        _connect(page, tabs, analysed, generated)
        add_endpoints(service)
    page.queue(max_size=MOST_WAITING, default_concurrency_limit=4)
    return page


def _connect(page: gr.Blocks, tabs: gr.Tabs, analysed: AnalyseTab, generated: GenerateTab) -> None:
    """What crosses the tabs: a fresh design that was chosen, and one that a link carries.

    Both change the tab, which draws the rest of it (:meth:`GenerateTab.opens_with`).
    """
    outputs = [tabs, *generated.stand.outputs]

    def open_link(request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """``/?recipe=...`` opens that design on the stand."""
        text = request.query_params.get("recipe", "")
        if not text:
            yield unchanged(len(outputs))
            return
        for shown in generated.stand.put(text, "From a link"):
            yield gr.Tabs(selected="generate"), *shown

    def start_from(recipes: list[str], event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        index = int(event.index)
        if not 0 <= index < len(recipes):
            yield unchanged(len(outputs))
            return
        for shown in generated.stand.put(recipes[index], f"Fresh no. {index + 1}"):
            yield gr.Tabs(selected="generate"), *shown

    page.load(analysed.draw_fresh, None, [analysed.fresh, analysed.fresh_recipes], **QUIET)
    page.load(open_link, None, outputs, **QUIET)
    chosen = analysed.fresh.click(start_from, analysed.fresh_recipes, outputs, **QUIET)
    chosen.success(None, None, None, js=scripts.SHOW_STAND_JS, **QUIET)
