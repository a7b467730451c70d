"""The page as the user sees it, from top to bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr

from demo import scripts, widgets
from demo.analyse_tab import AnalyseTab
from demo.api import add_endpoints
from demo.events import ANALYSIS, QUIET
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
        with gr.Tabs(elem_id="tabs", selected="analyse"):
            with gr.Tab("Analyse a garment", id="analyse", render_children=True) as analyse_tab:
                analysed = AnalyseTab(service)
            with gr.Tab("Generate designs", id="generate", render_children=True) as generate_tab:
                generated = GenerateTab(service)
        gr.HTML(widgets.foot(), apply_default_css=False)
        generated.opens_with(generate_tab)
        generated.after.photo.takes(analysed.shown, generate_tab)
        for name, tab in (("analyse", analyse_tab), ("generate", generate_tab)):
            tab.select(None, None, None, js=scripts.TAB_JS[name], **QUIET)
        page.load(analysed.fresh.draw, None, analysed.fresh.pictures, **QUIET)
        page.load(analysed.restore, analysed.kept, analysed.outputs, **{**QUIET, **ANALYSIS})
        add_endpoints(service)
    page.queue(max_size=MOST_WAITING, default_concurrency_limit=4)
    return page
