"""What comes after the stand, in the order of the page: each is a closed row until somebody opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.colourways import Colourways

if TYPE_CHECKING:
    import gradio as gr

    from demo.service import Service


class AfterDesk:
    """The sections that use the design on the stand.

    Args:
        service: what draws and reads.
        design: what stands there.
    """

    def __init__(self, service: Service, design: gr.BrowserState) -> None:
        self.colourways = Colourways(service, design)
