"""The desk of the page in a headless browser: how soon a move is seen, and what undo and a restart lose.

The page is ``app.py`` in a process of its own, as its users start it. Needs Chromium on this machine.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

REPO = Path(__file__).resolve().parents[1]
SCRIPT = Path(__file__).with_name("studio.js")
#: Milliseconds between moves, and the most that the median and the 95th percentile may take.
APART, MEDIAN, SLOWEST = 150, 80.0, 150.0
#: Seconds that the page may take to start.
PATIENCE = 180
#: What is done in a walk before all of it is undone.
LENGTH = 6
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run"]


def studio(checkpoints: Path, moves: int, walks: int) -> Iterator[str]:
    """Lines of figures.

    Args:
        checkpoints: folder of checkpoints; the default generator has to lay cloths on forms.
        moves: of every slider.
        walks: of moves, undo and redo.
    """
    from playwright.sync_api import sync_playwright

    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if not browser:
        yield "There is no Chromium on this machine."
        return
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=FLAGS)
        with started(checkpoints) as address:
            page = opened(chromium, f"{address}?tab=generate")
            yield from move_lines(page, moves)
            yield from walk_lines(page, walks)
            before = shown(page)
        with started(checkpoints) as address:
            after = shown(opened(chromium, f"{address}?recipe={before['recipe']}"))
        same = [name for name in before if before[name] == after[name]]
        yield f"after a restart the same to the byte: {', '.join(same) or 'nothing'}"
        chromium.close()


def move_lines(page: Any, moves: int) -> Iterator[str]:
    """From an input event to the load of the new picture, by slider and all together."""
    yield f"slider to picture, milliseconds; {moves} moves {APART} ms apart of every slider"
    everything: list[float] = []
    lost = 0
    for path in page.evaluate("studio.paths"):
        answer = page.evaluate("([p, n, ms]) => studio.moves(p, n, ms)", [path, moves, APART])
        lost += answer["lost"]
        everything += answer["taken"]
        yield f"{path:24} {_figures(answer['taken'])}"
    median, slowest = np.percentile(everything, (50, 95))
    kept = median <= MEDIAN and slowest <= SLOWEST
    yield (
        f"{'all':24} {_figures(everything)}; {lost} without a picture; targets {MEDIAN:.0f} and {SLOWEST:.0f} "
        f"{'kept' if kept else 'missed'}"
    )


def walk_lines(page: Any, walks: int) -> Iterator[str]:
    """Random walks of moves, undo and redo: how many end where they began, by way of where they had been."""
    wrong = [
        page.evaluate("([s, n]) => studio.walk(s, n)", [seed, LENGTH]) for seed in range(walks)
    ]
    right = sum(not each for each in wrong)
    yield f"{right} of {walks} walks of moves, undo and redo end where they began"


def _figures(taken: list[float]) -> str:
    median, slowest = np.percentile(taken, (50, 95)) if taken else (np.nan, np.nan)
    return f"median {median:4.0f}, 95th percentile {slowest:4.0f}"


@contextlib.contextmanager
def started(checkpoints: Path) -> Iterator[str]:
    """The page in a process of its own; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "app.py", "--device", "cpu", "--port", str(port)]
    words += ["--checkpoints", str(Path(checkpoints).resolve())]
    process = subprocess.Popen(  # noqa: S603
        words, cwd=REPO, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        until = time.monotonic() + PATIENCE
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("The page does not start; try python app.py.")
            time.sleep(0.3)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):  # noqa: S310
            return True
    except OSError:
        return False


def opened(chromium: Any, address: str) -> Any:
    """The page with a design that was read on its desk."""
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(120_000)
    page.goto(address)
    page.wait_for_selector("#reading h2")
    page.wait_for_selector("#variations img")
    page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
    return page


def shown(page: Any) -> dict[str, str]:
    """The recipe and the picture of the design on the desk."""
    return {
        "recipe": page.locator("#recipe input").input_value(),
        "picture": page.locator("#stand img").get_attribute("src"),
    }
