"""The page's style sheet, its head, and a Gradio theme that takes every colour from our tokens."""

from __future__ import annotations

import gradio as gr

from demo.scripts import HEAD_SCRIPTS, read_static

CSS = read_static("theme.css")

#: Theme variables that Gradio's own components read, all pointed at our tokens.
_VARIABLES = {
    "body_background_fill": "ground",
    "background_fill_primary": "ground",
    "background_fill_secondary": "surface",
    "block_background_fill": "ground",
    "body_text_color": "ink",
    "body_text_color_subdued": "ink-2",
    "block_label_text_color": "ink",
    "block_title_text_color": "ink",
    "block_info_text_color": "ink-2",
    "border_color_primary": "line",
    "border_color_accent": "accent",
    "color_accent_soft": "sunk",
    "input_background_fill": "surface",
    "input_background_fill_focus": "surface",
    "input_border_color": "edge",
    "input_border_color_focus": "edge",
    "input_placeholder_color": "ink-2",
    "slider_color": "accent",
    "button_primary_background_fill": "ink",
    "button_primary_background_fill_hover": "ink-2",
    "button_primary_border_color": "ink",
    "button_primary_text_color": "ground",
    "button_secondary_background_fill": "ground",
    "button_secondary_background_fill_hover": "sunk",
    "button_secondary_border_color": "edge",
    "button_secondary_text_color": "ink",
    "link_text_color": "accent",
}

#: Dark and Light is a word in the masthead; the class on ``body`` is all that Gradio looks at.
HEAD = f"""
<meta name="description" content="Read a garment from a photo. Draw the next one.">
{"".join(f"<script>{script}</script>" for script in HEAD_SCRIPTS)}
"""


def theme() -> gr.themes.Base:
    """A theme that loads no font and takes every colour from our tokens."""
    fonts = ["Avenir Next", "Segoe UI", "system-ui", "Noto Sans", "Arial", "sans-serif"]
    values = {}
    for name, token in _VARIABLES.items():
        values[name] = f"var(--t-{token})"
        values[f"{name}_dark"] = f"var(--t-{token})"
    base = gr.themes.Base(font=fonts, font_mono=["ui-monospace", "monospace"], radius_size="none")
    return base.set(**values)
