"""What the page's events have in common."""

from __future__ import annotations

from typing import Any

import gradio as gr

#: An event of the page: no overlay while it runs, and no endpoint.
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
#: Photos are read two at a time, whichever tab or endpoint asks.
ANALYSIS: dict[str, Any] = {"concurrency_id": "analysis", "concurrency_limit": 2}


def unchanged(outputs: int) -> tuple[dict[str, Any], ...]:
    """For a handler that has nothing to do: one that yields nothing would blank its outputs."""
    return (gr.skip(),) * outputs
