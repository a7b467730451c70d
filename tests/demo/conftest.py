"""The page on small random networks, served on this machine; and a headless browser where there is one."""

from __future__ import annotations

import shutil

import pytest

from demo.build import build
from demo.service import Service
from demo.theme import CSS, HEAD, theme
from tests.drawing import draw_dress

BROWSER = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def url(tiny_root) -> str:
    page = build(Service.load(tiny_root, "cpu"))
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
    )
    yield address
    page.close()


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
