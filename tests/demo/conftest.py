"""The page on small random networks, served on this machine; and a headless browser where there is one."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from demo.build import build
from demo.gradio_words import I18N
from demo.service import Service
from demo.theme import CSS, HEAD, theme
from tests.demo.fakes import DrawingDesigner, KnownAnalyser, KnownProjector
from tests.drawing import draw_dress

if TYPE_CHECKING:
    from collections.abc import Iterator

BROWSER = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
CUT_OFF = ("AbortError", "Connection errored out")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # A camera that shows a drawn picture and needs no permission.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]

CONDITIONS = {
    "pattern": ["floral", "lace"],
    "fit": ["loose"],
    "colour": ["beige", "black", "orange", "pink", "purple", "red", "white", "yellow", "multi"],
}


@contextmanager
def served(service: Service) -> Iterator[str]:
    """The page on a port of its own; the address."""
    page = build(service)
    _, address, _ = page.launch(
        prevent_thread_lock=True,
        quiet=True,
        theme=theme(),
        css=CSS,
        head=HEAD,
        footer_links=[],
        max_file_size="40mb",
        show_error=True,
        ssr_mode=False,
        i18n=I18N,
    )
    try:
        yield address
    finally:
        page.close(verbose=False)


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory):
    """Uploads and downloads of the tests in a folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("gradio")))
        yield


@pytest.fixture(scope="session")
def url(tiny_root) -> Iterator[str]:
    """The page on small random networks."""
    with served(Service.load(tiny_root, "cpu")) as address:
        yield address


@pytest.fixture(scope="session")
def drawn_url() -> Iterator[str]:
    """The page on an analyser whose verdict is known and designers that draw by hand; one takes conditions."""
    designers = [DrawingDesigner(conditions=CONDITIONS), DrawingDesigner("classic")]
    service = Service(KnownAnalyser(), designers, KnownProjector(designers[0]))
    with served(service) as address:
        yield address


@pytest.fixture(scope="session")
def photo(tmp_path_factory):
    path = tmp_path_factory.mktemp("photo") / "dress.jpg"
    draw_dress(ground="wood", size=(600, 800))[0].save(path)
    return path


@pytest.fixture(scope="session")
def chromium():
    if not BROWSER:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield browser
        browser.close()


class Visit:
    """A browser's page, what it complained of, and which other hosts it asked."""

    def __init__(self, chromium, url: str, width: int = 1440, path: str = "") -> None:
        self.context = chromium.new_context(
            viewport={"width": width, "height": 900}, accept_downloads=True
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.page.on("console", lambda m: m.type == "error" and self._complain(m.text))
        self.page.on("pageerror", lambda e: self._complain(str(e)))
        self.page.on("request", lambda r: self._note(r.url, url))
        self.page.goto(url + path)
        self.page.wait_for_selector("#fresh img", state="attached")

    def _complain(self, text: str) -> None:
        # Who leaves or reloads a page cuts off what its client was listening to; Gradio logs that.
        if not any(word in text for word in CUT_OFF):
            self.complaints.append(text)

    def _note(self, asked: str, home: str) -> None:
        if not asked.startswith((home, "data:", "blob:", home.replace("http", "ws"))):
            self.foreign.append(asked)

    def fits(self) -> bool:
        return self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def open_tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name).click()

    def open_section(self, elem_id: str, shows: str) -> None:
        """Open a closed row below the stand and wait for what it shows."""
        self.page.locator(f"#{elem_id} > button:not(.open)").click()
        self.page.wait_for_selector(f"#{elem_id} {shows}")

    def open_morph(self) -> None:
        self.open_section("from-a-to-b", "#morph img")

    def read_example(self, index: int = 0) -> None:
        self.page.locator(".examples button").nth(index).click()
        self.page.wait_for_selector(".readings")


@pytest.fixture
def visit(chromium):
    visits = []

    def start(url: str, **options) -> Visit:
        visits.append(Visit(chromium, url, **options))
        return visits[-1]

    yield start
    for each in visits:
        each.context.close()
