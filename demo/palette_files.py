"""The palette that was read, as files for other programs."""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003 - Gradio reads annotations when it runs
from typing import TYPE_CHECKING, Any

import gradio as gr

from fashion_core.colour.files import to_ase, to_css, to_gpl, to_png

if TYPE_CHECKING:
    from demo.visitor_files import VisitorFiles
    from fashion_core.colour import Palette

#: Kinds of palette file: suffix, word on the button, who writes it.
KINDS: tuple[tuple[str, str, Callable[[Palette], bytes | str]], ...] = (
    ("gpl", "GIMP", to_gpl),
    ("ase", "Adobe", to_ase),
    ("css", "CSS", to_css),
    ("png", "PNG", to_png),
)


class PaletteFiles:
    """A button for each kind."""

    def __init__(self, files: VisitorFiles) -> None:
        self.files = files
        gr.HTML(
            '<p class="t-note">Save the palette for</p>',
            apply_default_css=False,
            elem_classes="t-close",
        )
        with gr.Row(elem_classes="t-row fill t-files"):
            self.buttons = [
                gr.DownloadButton(word, elem_id=f"palette-{suffix}") for suffix, word, _ in KINDS
            ]

    def values(self, palette: Palette) -> dict[Any, Any]:
        """The buttons with the files of a palette."""
        return {
            button: gr.DownloadButton(value=self.files.keep(write(palette), f"palette.{suffix}"))
            for button, (suffix, _, write) in zip(self.buttons, KINDS, strict=True)
        }
