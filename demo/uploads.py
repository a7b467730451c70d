"""Uploads whose file reaches us untouched, so that every refusal is in our own words.

Gradio's own components would open the picture themselves, or leave an empty file beside it.
"""

from __future__ import annotations

import gradio as gr
from gradio.data_classes import FileData, ImageData


class PhotoUpload(gr.Image):
    """Gradio's image, without its decoding."""

    def preprocess(self, payload: object) -> str | None:
        """The path of the uploaded file."""
        return _path(payload)

    def get_block_name(self) -> str:
        """Rendered as Gradio's image."""
        return "image"


class FileUpload(gr.File):
    """Gradio's file, without the copy; Gradio checks that it lies in its own upload folder."""

    def preprocess(self, payload: object) -> str | None:
        """The path of the uploaded file."""
        return _path(payload)

    def get_block_name(self) -> str:
        """Rendered as Gradio's file."""
        return "file"


def _path(payload: object) -> str | None:
    return payload.path if isinstance(payload, (FileData, ImageData)) else None
