"""A designer's tour of the page in headless Chromium."""

from __future__ import annotations

import io

import pytest
from PIL import Image

pytestmark = pytest.mark.browser


class Visit:
    """A page, what it complained of, and which other hosts it asked."""

    def __init__(self, chromium, url: str, width: int = 1440, path: str = "") -> None:
        self.context = chromium.new_context(
            viewport={"width": width, "height": 900}, accept_downloads=True
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.page.on("console", lambda m: m.type == "error" and self.complaints.append(m.text))
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.on("request", lambda r: self._note(r.url, url))
        self.page.goto(url + path)
        self.page.wait_for_selector("#fresh img")

    def _note(self, asked: str, home: str) -> None:
        if not asked.startswith((home, "data:", "blob:", home.replace("http", "ws"))):
            self.foreign.append(asked)

    def fits(self) -> bool:
        return self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def close(self) -> None:
        self.context.close()


@pytest.fixture
def visit(chromium, url):
    visits = []

    def start(**options):
        visits.append(Visit(chromium, url, **options))
        return visits[-1]

    yield start
    for each in visits:
        each.close()


def test_upload_read_generate_morph_and_download(visit, photo):
    tour = visit()
    page = tour.page
    page.set_input_files("#drop input[type=file]", str(photo))
    page.wait_for_selector(".readings")
    assert page.locator(".readings details").count() == 5
    assert page.locator(".votes div").count() == 2
    assert page.locator(".cloth button").count() >= 1
    with page.expect_download() as saved:
        page.click("#save-json")
    assert saved.value.suggested_filename.endswith(".json")

    page.get_by_role("tab", name="Generate designs").click()
    page.wait_for_selector("#sheet img")
    assert page.locator("#sheet button").count() == 16
    before = page.locator("#sheet img").first.get_attribute("src")
    page.fill("#seed input", "12")
    page.click("#draw")
    page.wait_for_function(
        "before => document.querySelector('#sheet img').src !== before", arg=before
    )
    page.wait_for_selector("#reading h2")

    middle = page.locator("#morph .mid img")
    shown = middle.get_attribute("src")
    page.locator("#morph input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    assert middle.get_attribute("src") != shown
    with page.expect_download() as saved:
        page.click("#save-png")
    picture = Image.open(io.BytesIO(saved.value.path().read_bytes()))
    assert min(picture.size) >= 1024
    assert "upscaled" in saved.value.suggested_filename
    with page.expect_download() as saved:
        page.click("#save-gif")
    assert saved.value.path().read_bytes().startswith(b"GIF89a")
    assert tour.complaints == []
    assert tour.foreign == []


def test_choosing_a_design_puts_it_on_the_stand_and_a_link_opens_it(visit):
    page = visit().page
    page.locator("#fresh button").nth(2).click()
    page.wait_for_selector("#stand img")
    page.wait_for_selector("#reading h2")
    page.locator("#sheet button").nth(4).click()
    page.wait_for_selector("#sheet button:nth-child(5)[aria-pressed=true]")
    recipe = page.locator("#recipe input, #recipe textarea").first.input_value()
    assert recipe.startswith("toile1.")
    picture = page.locator("#stand img").get_attribute("src")
    linked = visit(path=f"?recipe={recipe}").page
    linked.wait_for_selector("#stand img")
    linked.wait_for_function("src => document.querySelector('#stand img').src === src", arg=picture)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("text.jpg", b"just text", "That file is not a picture."),
        ("dot.png", "dot", "One pixel is too little to go on."),
        ("cut.png", "cut", "That picture is damaged or cut short."),
    ],
)
def test_a_bad_file_gets_a_sentence_and_the_page_goes_on(
    visit, tmp_path, photo, name, content, sentence
):
    path = tmp_path / name
    if content == "dot":
        Image.new("RGB", (1, 1)).save(path)
    elif content == "cut":
        Image.new("RGB", (200, 200)).save(path)
        path.write_bytes(path.read_bytes()[:120])
    else:
        path.write_bytes(content)
    page = visit().page
    page.set_input_files("#drop input[type=file]", str(path))
    page.wait_for_selector(f".toast-body >> text={sentence}")
    page.locator(".examples button").first.click()
    page.wait_for_selector(".readings")


def test_the_phone_page_never_scrolls_sideways_and_targets_are_large(visit):
    tour = visit(width=390)
    page = tour.page
    assert tour.fits()
    page.locator(".examples button").first.click()
    page.wait_for_selector(".readings")
    assert tour.fits()
    assert all(
        box >= 44
        for box in page.locator("summary").evaluate_all("all => all.map(e => e.offsetHeight)")
    )
    page.get_by_role("tab", name="Generate designs").click()
    page.wait_for_selector("#sheet img")
    assert tour.fits()
    heights = page.locator("button.lg:visible").evaluate_all("all => all.map(e => e.offsetHeight)")
    assert min(heights) >= 44


def test_dark_and_light_is_one_word(visit):
    page = visit().page
    word = page.locator("#shade")
    first = word.inner_text()
    word.click()
    assert {first, word.inner_text()} == {"Dark", "Light"}
