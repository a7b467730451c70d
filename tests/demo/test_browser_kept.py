"""The sections below the stand in headless Chromium: rows that open, boards over a reload, a book and back."""

from __future__ import annotations

import json

import pytest

from demo.service import Service
from fashion_core import Designer
from tests.conftest import add_tiny_form, write_tiny_root
from tests.demo.conftest import served
from tests.demo.fakes import KnownAnalyser
from tests.demo.test_accessibility import serious

pytestmark = pytest.mark.browser
SECTIONS = (
    ("others", "#other-cuts img"),
    ("colourways", "#six-colourways img"),
    ("repeat", ".repeat-field"),
    ("photo-in-cloth", "#photo-compare .refusal"),
    ("from-a-to-b", "#morph img"),
    ("kept", "#kept-designs .refusal"),
    ("look-book", "#book-pages .refusal"),
)


@pytest.fixture(scope="module")
def studio_url(tmp_path_factory):
    """The page on a small form generator and an analyser whose verdict is known."""
    root = write_tiny_root(tmp_path_factory.mktemp("form"))
    add_tiny_form(root)
    designers = [Designer.load(root, name, "cpu") for name in ("studio", "dcgan-64")]
    with served(Service(KnownAnalyser(), designers)) as address:
        yield address


@pytest.fixture
def studio(visit, studio_url):
    def start(**options):
        tour = visit(studio_url, **options)
        tour.open_tab("Generate designs")
        tour.page.wait_for_selector("#reading h2")
        return tour

    return start


def test_all_sections_are_closed_rows_at_first_and_draw_when_they_are_opened(studio):
    tour = studio()
    page = tour.page
    rows = page.locator(".t-fold:not(#read-back) > button")
    assert rows.count() == len(SECTIONS)
    assert page.locator(".t-fold > button.open").count() == 0
    assert page.locator(".t-fold img").count() == 0
    for name, shows in SECTIONS:
        tour.open_section(name, shows)
    # A press on one of a row puts it on the stand, and the row stays as it is.
    before = page.locator("#six-colourways img").first.get_attribute("src")
    page.locator("#six-colourways button").nth(2).click()
    page.wait_for_selector("#six-colourways button:nth-child(3)[aria-pressed=true]")
    page.wait_for_function(
        "document.querySelector('#recipe input').value"
        " === document.querySelector('#six-colourways button:nth-child(3)').dataset.recipe"
    )
    assert page.locator("#six-colourways img").first.get_attribute("src") == before
    # Another design of the sheet brings other colourways.
    page.locator("#sheet button").nth(4).click()
    page.wait_for_function(
        "before => document.querySelector('#six-colourways img').src !== before", arg=before
    )
    page.fill("#season input", "no colours")
    page.click("#draw-colourways")
    page.wait_for_selector("#colourways .refusal:has-text('Write colours as #4A1523')")
    assert page.locator("#six-colourways img").count() == 6
    assert tour.complaints == []
    assert tour.foreign == []


def test_favourites_outlive_a_reload_become_a_book_and_come_back_from_it(studio, tmp_path):
    tour = studio()
    page = tour.page
    page.click("#keep")
    page.wait_for_selector("#kept-designs img")
    tour.open_section("colourways", "#six-colourways img")
    page.click("#keep-colourways")
    page.wait_for_function("document.querySelectorAll('#kept-designs img').length === 7")
    page.click("#new-board")
    page.fill("#board-name input", "Autumn")
    page.click("#add-board")
    page.wait_for_selector("#boards label.selected:has-text('Autumn 0')")
    page.locator("#boards label").first.click()
    page.wait_for_selector("#kept-designs img")
    page.locator("#kept-designs button").first.click()
    page.wait_for_selector("#one-kept", state="visible")
    page.fill("#kept-note input", "opening look")
    page.click("#save-kept")
    page.wait_for_selector("#kept-designs .cap-note:text('opening look')")
    page.locator("#kept-designs button").nth(0).click()
    page.locator("#kept-designs button").nth(1).click()
    page.wait_for_selector("#compare-kept .versus .differs")
    assert "data:image" not in page.evaluate("JSON.stringify(localStorage)")

    page.reload()
    page.wait_for_selector("#reading h2")
    tour.open_section("kept", "#kept-designs img")
    assert page.locator("#kept-designs .cap-note").all_inner_texts() == ["opening look"]
    tour.open_section("look-book", "#book-pages .six img")
    with page.expect_download() as saved:
        page.click("#save-pdf")
    assert saved.value.suggested_filename == "toile-look-book.pdf"
    assert saved.value.path().read_bytes().startswith(b"%PDF")
    with page.expect_download() as saved:
        page.click("#save-book")
    content = saved.value.path().read_text("utf-8")
    assert len(json.loads(content)["designs"]) == 7

    # One is removed; a damaged book changes nothing, the whole one brings it back.
    page.locator("#kept-designs button").nth(1).click()
    page.wait_for_selector("#one-kept", state="visible")
    page.click("#remove-kept")
    page.wait_for_function("document.querySelectorAll('#kept-designs img').length === 6")
    (tmp_path / "damaged.json").write_text(content[:-40])
    (tmp_path / "book.json").write_text(content)
    book = page.locator("#look-book input[type=file]")
    book.set_input_files(str(tmp_path / "damaged.json"))
    page.wait_for_selector("#book-said .refusal:has-text('What you kept is as it was')")
    assert page.locator("#kept-designs img").count() == 6
    book.set_input_files(str(tmp_path / "book.json"))
    page.wait_for_function("document.querySelectorAll('#kept-designs img').length === 7")
    # And a kept design goes back on the stand.
    page.locator("#kept-designs button").nth(3).click()
    page.wait_for_selector("#one-kept", state="visible")
    name = page.locator("#kept-name input").input_value()
    page.click("#put-kept")
    page.wait_for_selector(f"#reading .t-kicker:text-is('On the stand: {name}')")
    assert tour.complaints == []
    assert tour.foreign == []


def test_a_morph_of_six_stops_keeps_up_with_the_finger_and_plays_as_a_film(studio):
    tour = studio()
    page = tour.page
    tour.open_morph()
    for number in range(3, 7):
        page.locator("#sheet button").nth(number).click()
        page.wait_for_selector(f"#reading .t-kicker:has-text('No. {number + 1},')")
        page.locator("#morph button.free").click()
        page.wait_for_selector(f"#morph .stops figure:nth-child({number})")
    assert page.locator("#morph button.free").count() == 0
    # What the last press asked for has been answered.
    page.wait_for_timeout(2000)
    frames = page.evaluate(SCRUB)
    assert frames["count"] == 121
    assert frames["different"] > 100
    assert frames["asked"] == []
    assert 1000 / frames["milliseconds"] >= 30
    with page.expect_download() as saved:
        page.click("#save-mp4")
    assert saved.value.suggested_filename == "toile-a-to-f.mp4"
    film = saved.value.path().read_bytes()
    assert film[4:8] == b"ftyp"
    page.click("#take-off")
    page.wait_for_selector("#morph button.free")
    assert page.locator("#morph .stops figure").count() == 5
    assert tour.complaints == []


#: The thread drawn from end to end, a frame at a time: how long each took, and what was asked of the server.
SCRUB = """async () => {
  const thread = document.querySelector('#morph input[type=range]');
  const picture = document.querySelector('#morph .mid img'), seen = new Set();
  performance.clearResourceTimings();
  const start = performance.now();
  for (let at = 0; at <= Number(thread.max); at += 1) {
    thread.value = at;
    thread.dispatchEvent(new Event('input', {bubbles: true}));
    await picture.decode();
    seen.add(picture.src);
    await new Promise(requestAnimationFrame);
  }
  const count = Number(thread.max) + 1;
  return {
    count, different: seen.size, milliseconds: (performance.now() - start) / count,
    asked: performance.getEntriesByType('resource').map((e) => e.name).filter((n) => n.startsWith('http')).slice(0, 5),
  };
}"""


def test_the_photo_of_the_other_tab_is_shown_in_the_cloth(studio):
    tour = studio()
    page = tour.page
    tour.open_section("photo-in-cloth", "#photo-compare .refusal")
    page.click("#photo-another")
    tour.read_example()
    tour.open_tab("Generate designs")
    page.wait_for_selector("#photo-compare .compare img.over")
    thread = page.locator("#photo-compare input[type=range]")
    thread.focus()
    page.keyboard.press("ArrowRight")
    assert "51%" in page.locator("#photo-compare .compare").get_attribute("style")
    assert tour.complaints == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_nobody_is_shut_out_of_a_section(studio, scheme, width):
    tour = studio(width=width, path=f"?__theme={scheme}")
    page, found = tour.page, []
    page.locator("#keep:visible, button[data-do=keep]:visible").click()
    page.wait_for_selector("#kept-designs img")
    opened = (("kept", "#kept-designs img"), ("look-book", "#book-pages img"))
    for name, shows in (*SECTIONS[:5], *opened):
        if name != "kept":
            tour.open_section(name, shows)
    page.locator("#kept-designs button").first.click()
    page.wait_for_selector("#one-kept", state="visible")
    page.click("#new-board")
    page.wait_for_selector("#board-name", state="visible")
    found = serious(page, "sections")
    assert not found, "\n".join(found)
    assert tour.fits()
    if width < 600:
        page.set_viewport_size({"width": 360, "height": 800})
        assert tour.fits()
        small = "all => all.filter(e => e.offsetParent && e.offsetWidth && e.offsetHeight < 44).map(e => e.outerHTML)"
        assert page.locator(".t-fold :is(button, summary, input)").evaluate_all(small) == []


def test_a_page_that_nobody_touches_asks_nothing_of_the_server(studio):
    page = studio().page
    page.click("#keep")
    page.wait_for_selector("#kept-designs img")
    page.wait_for_timeout(2500)
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if "queue/join" in r.url else None)
    page.wait_for_timeout(2000)
    assert asked == []
