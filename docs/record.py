"""Records the page in use as ``docs/studio.gif``: ``python docs/record.py``. Needs Chromium on this machine."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from benchmarks.studio import FLAGS, started
from fashion_core.checkpoint import DEFAULT_ROOT

TARGET = Path(__file__).with_name("studio.gif")
#: What the browser shows, and width of the recording, in pixels.
VIEW, WIDTH = {"width": 1200, "height": 860}, 760
#: Milliseconds that a moment stays, and that a frame of a movement does.
STAYS, MOVES = 1500, 120
COLOURS = 128


class Recording:
    """Frames of a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.frames: list[Image.Image] = []
        self.milliseconds: list[int] = []

    def take(self, milliseconds: int = STAYS) -> None:
        """What the page shows now."""
        frame = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        height = round(frame.height * WIDTH / frame.width)
        small = frame.resize((WIDTH, height), Image.Resampling.LANCZOS)
        self.frames.append(small.quantize(COLOURS, dither=Image.Dither.NONE))
        self.milliseconds.append(milliseconds)

    def drag(self, what: Any, share: float, steps: int = 6) -> None:
        """Move a slider's handle to a share of its track."""
        box = what.bounding_box()
        middle = box["y"] + box["height"] / 2
        self.page.mouse.move(box["x"] + box["width"] / 2, middle)
        self.page.mouse.down()
        for step in range(1, steps + 1):
            at = 0.5 + (share - 0.5) * step / steps
            self.page.mouse.move(box["x"] + at * box["width"], middle)
            self.page.wait_for_timeout(250)
            self.take(MOVES)
        self.page.mouse.up()
        self.page.wait_for_timeout(1500)
        self.take()

    def save(self, path: Path) -> None:
        """An endless GIF."""
        first, *rest = self.frames
        first.save(
            path,
            save_all=True,
            append_images=rest,
            duration=self.milliseconds,
            loop=0,
            optimize=True,
        )


def record(page: Page) -> Recording:
    """A sheet, a design on the desk, its hem and flare, another cloth, six colourways."""
    recording = Recording(page)
    page.wait_for_selector("#sheet button:nth-child(15) img")
    page.wait_for_timeout(3000)
    recording.take()
    page.locator("#sheet button").nth(2).click()
    page.wait_for_timeout(4000)
    page.locator("#desk").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('#desk').scrollIntoView()")
    page.wait_for_timeout(500)
    recording.take()
    sliders = page.locator("#desk-form input[type=range]")
    recording.drag(sliders.nth(1), 0.8)
    recording.drag(sliders.nth(2), 0.75)
    for _ in range(2):
        page.locator("#desk-cloth button", has_text="Draw another cloth").click()
        page.wait_for_timeout(3000)
        recording.take()
    page.locator("#colourways > button").click()
    page.wait_for_selector("#six-colourways button:nth-child(6) img")
    page.evaluate("document.querySelector('#colourways').scrollIntoView()")
    page.wait_for_timeout(1500)
    recording.take(2 * STAYS)
    return recording


def main() -> None:
    """Start the app, use it, write the recording."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright, started(DEFAULT_ROOT) as address:
        chromium = playwright.chromium.launch(executable_path=browser, args=FLAGS)
        page = chromium.new_page(viewport=VIEW)  # type: ignore[arg-type] # a typed dictionary
        page.goto(f"{address}?tab=generate")
        record(page).save(TARGET)
        chromium.close()


if __name__ == "__main__":
    main()
