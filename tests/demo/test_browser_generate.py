"""Choosing, comparing, going back, reloading, sharing and saving, in headless Chromium."""

from __future__ import annotations

import threading

import pytest

from demo import widgets
from demo.service import Service
from demo.visitor_files import VisitorFiles
from fashion_core import DesignRecipe
from tests.demo.conftest import served
from tests.demo.fakes import DrawingDesigner, KnownAnalyser, SlowDesigner, TellingAnalyser

pytestmark = pytest.mark.browser


def open_generate(tour):
    tour.open_tab("Generate designs")
    tour.page.wait_for_selector("#reading h2")
    tour.open_morph()
    return tour.page


def choose(page, number: int, seed: int = 7) -> None:
    """Press a design of the sheet and wait until it stands on the stand."""
    page.locator("#sheet button").nth(number - 1).click()
    page.wait_for_selector(f"#reading .t-kicker:text-is('On the stand: No. {number}, seed {seed}')")
    page.wait_for_selector("#reading h2")


def draw_sheet(page, seed: int) -> None:
    if page.locator("#rail-head").is_visible():
        page.get_by_role("button", name="Change the wishes").click()
    page.fill("#seed input", str(seed))
    page.click("#draw")
    page.wait_for_selector(f"#sheet button[data-caption='No. 1, seed {seed}']")


def kicker(page) -> str:
    return page.locator("#reading .t-kicker").inner_text()


def back_to(page, go, words: str) -> None:
    go()
    page.wait_for_selector(f"#reading .t-kicker:has-text('{words}')")


def test_a_new_sheet_leaves_the_stand_and_a_and_b_and_these_are_chosen_across_sheets(
    visit, drawn_url
):
    page = open_generate(visit(drawn_url))
    choose(page, 5)
    page.click("#use-a")
    page.wait_for_selector("#use-a:text('This is A')")
    page.wait_for_selector("#ends :text('No. 5, seed 7')")
    picture = page.locator("#stand img").get_attribute("src")
    draw_sheet(page, 12)
    assert page.locator("#stand img").get_attribute("src") == picture
    assert kicker(page) == "On the stand: No. 5, seed 7"
    assert page.locator("#sheet .badge").count() == 0
    choose(page, 3, seed=12)
    assert page.locator("#use-a").inner_text() == "Use as A"
    page.click("#use-b")
    page.wait_for_selector("#use-b:text('This is B')")
    line = "A is No. 5, seed 7, B is No. 3, seed 12. See what lies between"
    assert page.locator("#ends").inner_text().strip() == line
    page.wait_for_selector("#morph .end-b figcaption:has-text('No. 3, seed 12')")
    assert page.locator("#morph .end-a figcaption").inner_text().endswith("No. 5, seed 7")
    page.wait_for_selector("#sheet button:nth-child(3) .badge:text('B')")


def test_a_and_b_of_two_generators_are_told_apart_in_words(visit, drawn_url):
    page = open_generate(visit(drawn_url))
    weights = DesignRecipe.decode(page.locator("#recipe input").input_value()).weights
    page.fill("#recipe input", DesignRecipe("classic", weights, seed=3).encode())
    page.press("#recipe input", "Enter")
    page.wait_for_selector("#reading :text('From a recipe')")
    page.click("#use-b")
    page.wait_for_selector("#morph .refusal:has-text('choose both from one')")


def test_a_phone_shows_a_b_what_lies_between_and_the_slider_on_one_screen(visit, drawn_url):
    tour = visit(drawn_url, width=390)
    tour.page.set_viewport_size({"width": 390, "height": 844})
    page = open_generate(tour)
    page.locator("#ends button").click()
    page.wait_for_function(
        "['.end-a img', '.end-b img', '.mid img', '.scrub input'].every((each) => {"
        " const box = document.querySelector('#morph ' + each).getBoundingClientRect();"
        " return box.height > 40 && box.top >= 0 && box.bottom <= innerHeight && box.right <= innerWidth; })"
    )
    assert tour.fits()


def test_back_and_forward_go_between_designs_and_tabs(visit, drawn_url):
    tour = visit(drawn_url)
    page = open_generate(tour)
    first = kicker(page)
    choose(page, 5)
    choose(page, 9)
    page.locator("#variations button").nth(1).click()
    page.wait_for_selector("#reading :text('Near cut 2')")
    back_to(page, page.go_back, "No. 9, seed 7")
    back_to(page, page.go_back, "No. 5, seed 7")
    back_to(page, page.go_forward, "No. 9, seed 7")
    tour.open_tab("Analyse a garment")
    page.wait_for_selector(".examples", state="visible")
    assert "recipe" not in page.url
    page.go_back()
    page.wait_for_selector("#stand", state="visible")
    assert kicker(page) == "On the stand: No. 9, seed 7"
    back_to(page, page.go_back, "No. 5, seed 7")
    back_to(page, page.go_back, first)
    page.go_back()
    page.wait_for_selector(".examples", state="visible")
    assert tour.complaints == []


def test_a_reload_keeps_sheet_stand_a_and_b_and_the_shade(visit, drawn_url):
    tour = visit(drawn_url)
    page = open_generate(tour)
    draw_sheet(page, 12)
    choose(page, 6, seed=12)
    page.click("#use-b")
    page.wait_for_selector("#morph .end-b figcaption:has-text('No. 6, seed 12')")
    page.click("#shade")
    dark = page.locator("body.dark").count()
    seen = {
        what: page.locator(what).get_attribute("src") for what in ("#stand img", "#morph .mid img")
    }
    page.reload()
    page.wait_for_selector("#reading h2")
    tour.open_morph()
    page.wait_for_selector("#morph .end-b figcaption:has-text('No. 6, seed 12')")
    assert kicker(page) == "On the stand: No. 6, seed 12"
    assert {what: page.locator(what).get_attribute("src") for what in seen} == seen
    assert page.locator("#sheet button").count() == 16
    assert page.locator("#sheet button").first.get_attribute("data-caption") == "No. 1, seed 12"
    assert page.input_value("#seed input") == "12"
    assert page.locator("body.dark").count() == dark
    page.wait_for_selector("#sheet button:nth-child(6)[aria-pressed=true] .badge")
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "data:image" not in kept
    # Another day, from the bare address.
    page.goto(drawn_url)
    tour.open_tab("Generate designs")
    page.wait_for_selector("#reading :text('No. 6, seed 12')")
    assert tour.complaints == []


def test_a_reload_keeps_the_readings_and_brings_the_photo_back_while_its_file_lives(
    visit, drawn_url, photo, monkeypatch
):
    tour = visit(drawn_url)
    page = tour.page
    page.set_input_files("#drop input[type=file]", str(photo))
    page.wait_for_selector(".readings")
    page.select_option("select[data-attribute=pattern]", "lace")
    page.wait_for_selector("#verdict h1 >> text=A lace midi dress")
    colours = page.locator(".cloth").inner_text()
    page.reload()
    page.wait_for_selector("#verdict h1 >> text=A lace midi dress")
    page.wait_for_selector(".compare img", state="visible")
    assert page.locator(".readings em:text('as you say')").count() == 1
    assert page.locator(".cloth").inner_text() == colours
    with page.expect_download() as saved:
        page.click("#save-json")
    assert '"corrected"' in saved.value.path().read_text()
    page.click("button[data-look=pattern]")
    page.wait_for_selector(".looked img")

    monkeypatch.setattr(VisitorFiles, "of_ticket", lambda _, ticket: "")
    page.reload()
    page.wait_for_selector("#verdict h1 >> text=A lace midi dress")
    page.wait_for_selector(".t-beside:has-text('has been deleted after an hour')")
    assert page.locator(".compare img").first.is_hidden()
    page.click("button[data-look=pattern]")
    page.wait_for_selector(".toast-body >> text=has been deleted after an hour")
    assert "data:image" not in page.evaluate("JSON.stringify(localStorage)")

    page.click("#another")
    page.wait_for_selector(".examples", state="visible")
    page.reload()
    page.wait_for_selector("#fresh img")
    page.wait_for_timeout(500)
    assert page.locator(".examples").is_visible()
    assert tour.complaints == []


def test_what_the_browser_kept_of_other_weights_is_drawn_anew(visit, drawn_url):
    """As after an update: the page starts afresh, without a complaint."""
    tour = visit(drawn_url)
    page = open_generate(tour)
    service = Service(KnownAnalyser(), [DrawingDesigner("another")])
    with served(service) as address:
        kept = page.evaluate("({...localStorage})")
        later = visit(address)
        later.page.evaluate("kept => Object.assign(localStorage, kept)", kept)
        later.page.reload()
        page = open_generate(later)
        assert kicker(page) == "On the stand: No. 1, seed 7"
        assert page.locator(".toast-body").count() == 0
        assert later.complaints == []


def test_a_link_is_copied_pasted_and_opened_where_it_points(visit, drawn_url):
    tour = visit(drawn_url)
    tour.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = open_generate(tour)
    choose(page, 8)
    picture = page.locator("#stand img").get_attribute("src")
    page.click("#copy-link")
    page.wait_for_selector("#copy-link:text('Link copied')")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(drawn_url + "?recipe=toile1.")

    choose(page, 2)
    page.fill("#recipe input", f"  look: {link} ")
    page.press("#recipe input", "Enter")
    page.wait_for_selector("#reading :text('From a recipe')")
    assert page.locator("#stand img").get_attribute("src") == picture
    assert page.locator("#recipe input").input_value() == link.split("recipe=")[1]

    shared = visit(drawn_url, path=link.removeprefix(drawn_url)).page
    shared.wait_for_selector("#sheet img")
    shared.wait_for_selector("#reading h2")
    assert kicker(shared) == "On the stand: From a link"
    assert shared.locator("#stand img").get_attribute("src") == picture
    shared.wait_for_function(
        "(() => { const box = document.querySelector('#stand img').getBoundingClientRect();"
        " return box.top >= 0 && box.bottom <= innerHeight; })()"
    )


def test_a_link_that_cannot_be_opened_says_so_and_a_design_stands_all_the_same(visit, drawn_url):
    page = visit(drawn_url, path="?recipe=toile1.damaged").page
    page.wait_for_selector(".toast-body >> text=This recipe is damaged")
    page.wait_for_selector("#reading h2")
    assert kicker(page) == "On the stand: No. 1, seed 7"
    assert page.url.endswith(page.locator("#recipe input").input_value())


def test_files_are_made_when_asked_for_and_the_button_says_what_it_waits_for(visit, drawn_url):
    tour = visit(drawn_url)
    page = open_generate(tour)
    page.evaluate(
        "new MutationObserver(() => (window.said ??= new Set()).add(document.querySelector('#save-gif').innerText))"
        ".observe(document.querySelector('#save-gif').parentElement,"
        " {subtree: true, childList: true, characterData: true})"
    )
    with page.expect_download() as saved:
        page.click("#save-gif")
    assert saved.value.path().read_bytes().startswith(b"GIF89a")
    assert saved.value.suggested_filename == "toile-a-to-b-upscaled.gif"
    page.wait_for_selector("#save-gif:text-is('Save as GIF')")
    assert any(words.startswith("Writing. ") for words in page.evaluate("[...said]"))
    with page.expect_download() as saved:
        page.click("#save-png")
    assert saved.value.suggested_filename == "toile-drawn-no-1-seed-7-upscaled.png"
    assert tour.complaints == []


class HeldSheets(DrawingDesigner):
    """Draws a sheet of sixteen when it may, so that something can be chosen before it is there."""

    def __init__(self) -> None:
        super().__init__()
        self.may_draw = threading.Event()

    def preview(self, recipes, batch=32, size=None):
        if len(recipes) == 16:
            self.may_draw.wait(60)
        return super().preview(recipes, batch, size)


def test_what_is_chosen_while_the_first_sheet_is_drawn_is_not_overwritten_by_it(visit):
    designer = HeldSheets()
    service = Service(KnownAnalyser(), [designer])
    recipe = DrawingDesigner().sample(1, seed=3)[0].encode()
    with served(service) as address:
        page = visit(address, path=f"?recipe={recipe}").page
        page.wait_for_selector("#reading .t-kicker:text-is('On the stand: From a link')")
        page.click("#use-a")
        page.wait_for_selector("#use-a:text('This is A')")
        assert page.locator("#sheet img").count() == 0
        designer.may_draw.set()
        page.wait_for_selector("#sheet img")
        page.wait_for_selector("#ends b[data-end=a]:text-is('From a link')")
        assert page.locator("#ends b[data-end=b]").inner_text() == "No. 2, seed 7"
        assert page.locator("#use-a").inner_text() == "This is A"
        assert kicker(page) == "On the stand: From a link"
        assert page.locator("#recipe input").input_value() == recipe


@pytest.fixture(scope="module")
def slow_url():
    """Answers take as long as they please, and readings tell of which picture they are."""
    with served(Service(TellingAnalyser(), [SlowDesigner()])) as address:
        yield address


#: Notes picture, caption and reading whenever one of them changes.
WATCH = """() => {
  window.seen = [];
  const of = (what) => document.querySelector(what);
  new MutationObserver(() => seen.push([
    of('#stand img')?.getAttribute('src'), of('#reading .t-kicker')?.textContent, of('#reading h2') !== null,
  ])).observe(of('#on-stand'), {subtree: true, childList: true, characterData: true, attributes: true});
}"""
#: Presses designs of the sheet and variations quicker than they can be drawn.
FLOOD = """(presses) => new Promise((done) => {
  const press = (n) => {
    if (n === presses) return done();
    const all = document.querySelectorAll('#sheet button, #variations button');
    all[(n * 7) % all.length].click();
    setTimeout(press, n % 3 * 20, n + 1);
  };
  press(0);
})"""


def test_picture_caption_and_reading_belong_together_however_quickly_designs_are_chosen(
    visit, slow_url
):
    tour = visit(slow_url)
    page = open_generate(tour)
    page.evaluate(WATCH)
    captions = page.locator("#sheet button, #variations button").evaluate_all(
        "all => all.map(each => [each.dataset.caption, each.dataset.recipe])"
    )
    drawn = DrawingDesigner()
    expected = {}
    for _ in range(2):
        page.evaluate(FLOOD, 40)
        page.locator("#sheet button").nth(10).click()
        page.wait_for_selector("#reading .t-kicker:has-text('No. 11, seed 7')")
        page.wait_for_selector("#reading h2")
        page.wait_for_timeout(500)
        captions += page.locator("#variations button").evaluate_all(
            "all => all.map(each => [each.dataset.caption, each.dataset.recipe])"
        )
    for caption, recipe in captions:
        image = drawn.render(DesignRecipe.decode(recipe))
        source = widgets.stand(image, caption).split('src="')[1].split('"')[0]
        expected[source] = expected.get(source, set()) | {caption}
    seen = page.evaluate("seen")
    assert len(seen) > 20
    for source, words, is_read in seen:
        matching = [c for c in expected.get(source, ()) if words.startswith(f"On the stand: {c}")]
        assert matching or source not in expected
        if is_read:
            assert words.endswith(TellingAnalyser.words_for(source))
    assert page.locator("#recipe input").input_value() == dict(captions[:16])["No. 11, seed 7"]
    assert page.url.endswith(dict(captions[:16])["No. 11, seed 7"])
    assert page.locator("#sheet [aria-pressed=true]").count() == 1
    assert tour.complaints == []
