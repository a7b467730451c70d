"""Files of visitors, for a while: what they sent, and what they may download.

Gradio forgets on its own only the files that it remembers, one component at a time, and stops for good when two
visitors collide. So the page has a folder to itself, and everything in it that is too old goes.
"""

from __future__ import annotations

import atexit
import contextlib
import hmac
import logging
import os
import secrets
import shutil
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr
from gradio.data_classes import FileData

from fashion_core.checkpoint import write_atomically

if TYPE_CHECKING:
    from collections.abc import Container

#: Files of a visitor are deleted after an hour, as the page says.
KEPT_SECONDS = 3600
#: Seconds between two looks for old ones.
SWEPT_EVERY = 600
#: Tickets before those of deleted files are thrown away.
MOST_TICKETS = 1000


class VisitorFiles:
    """Keeps files in Gradio's cache, the one folder that it serves."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._tickets: dict[str, str] = {}

    def ticket(self, path: str) -> str:
        """A word that nobody can guess, which stands for a file for as long as that lives."""
        if len(self._tickets) >= MOST_TICKETS:
            self._tickets = {t: p for t, p in self._tickets.items() if Path(p).is_file()}
        ticket = hmac.new(self._secret, path.encode(), "sha256").hexdigest()[:32]
        self._tickets[ticket] = path
        return ticket

    def of_ticket(self, ticket: str) -> str:
        """The path of its file; empty when that is gone."""
        path = self._tickets.get(ticket, "")
        return path if path and Path(path).is_file() else ""

    def keep(self, content: bytes | str, name: str) -> str:
        """Write a file under a folder that nobody can guess; returns its path."""
        path = Path(gr.utils.get_upload_folder()) / secrets.token_hex(16) / name
        path.parent.mkdir(parents=True)
        write_atomically(path, content.encode() if isinstance(content, str) else content)
        return str(path)

    def serve(self, content: bytes, name: str) -> dict[str, object]:
        """Keep a file and describe it as Gradio's clients download it."""
        path = self.keep(content, name)
        return FileData(path=path, orig_name=name, url=f"/gradio_api/file={path}").model_dump()


def take_folder() -> None:
    """Give Gradio's cache a folder of this process, which goes with it; before the page is built."""
    folder = tempfile.mkdtemp(prefix="toile-")
    os.environ["GRADIO_TEMP_DIR"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


def sweep(folder: Path, spared: Container[str] = (), seconds: float = KEPT_SECONDS) -> None:
    """Delete the files below ``folder`` that are older than ``seconds``, and older folders left empty."""
    now = time.time()
    for parent, _, names in os.walk(folder, topdown=False):
        for path in (Path(parent, name) for name in names):
            # Another visitor's thread, or Gradio itself, may have been faster.
            with contextlib.suppress(OSError):
                if str(path) not in spared and now - path.lstat().st_ctime > seconds:
                    path.unlink()
        with contextlib.suppress(OSError):
            if Path(parent) != folder and now - Path(parent).stat().st_mtime > seconds:
                Path(parent).rmdir()


def keep_swept(page: gr.Blocks) -> None:
    """Sweep Gradio's cache as long as the process lives; the page's own pictures stay."""

    def work() -> None:
        while True:
            time.sleep(SWEPT_EVERY)
            own: set[str] = set().union(
                *(getattr(b, "keep_in_cache", ()) for b in page.blocks.values())
            )
            try:
                sweep(Path(gr.utils.get_upload_folder()), own)
            except Exception:
                logging.exception("Old files could not be deleted; trying again later.")

    threading.Thread(target=work, name="sweeper", daemon=True).start()
