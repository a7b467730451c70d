"""Files for visitors to download. What is kept here is deleted with the page's other files."""

from __future__ import annotations

import secrets
from pathlib import Path

import gradio as gr
from gradio.data_classes import FileData


class Shelf:
    """Keeps files in Gradio's cache, the one folder that it serves.

    Gradio deletes only what it copied itself; ``build`` adds :attr:`paths` to its list, so that
    these files go as soon as they are as old as the page says.
    """

    def __init__(self) -> None:
        self.paths: set[str] = set()

    def keep(self, content: bytes | str, name: str) -> str:
        """Write a file under a folder that nobody can guess; returns its path."""
        path = Path(gr.utils.get_upload_folder()) / secrets.token_hex(16) / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.paths.add(str(path))
        return str(path)

    def serve(self, content: bytes, name: str) -> dict[str, object]:
        """Keep a file and describe it as Gradio's clients download it."""
        path = self.keep(content, name)
        return FileData(path=path, orig_name=name, url=f"/gradio_api/file={path}").model_dump()
