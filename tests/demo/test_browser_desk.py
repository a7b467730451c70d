"""The desk by mouse, by keyboard and on a phone, in headless Chromium."""

from __future__ import annotations

from itertools import pairwise

import pytest

from benchmarks.studio import LENGTH, SCRIPT
from demo.service import Service
from fashion_core import Designer, DesignRecipe
from tests.demo.conftest import served
from tests.demo.fakes import DrawingDesigner, KnownAnalyser
from tests.demo.test_accessibility import serious

pytestmark = pytest.mark.browser

FLARE, SCALE = "#slide-edits-flare", "#slide-cloth-scale"
MOVE = """([what, value, name]) => {
  const slider = document.querySelector(what);
  slider.value = value;
  slider.dispatchEvent(new Event(name, {bubbles: true}));
}"""


@pytest.fixture(scope="module")
def designer(form_root):
    return Designer.load(form_root, device="cpu")


@pytest.fixture(scope="module")
def desk_url(designer):
    """The page on a small form generator, and a classic one beside it."""
    designers = [designer, DrawingDesigner("classic")]
    with served(Service(KnownAnalyser(), designers)) as address:
        yield address


class AtTheDesk:
    """A visit with a design of the sheet on the desk."""

    def __init__(self, tour) -> None:
        self.tour, self.page = tour, tour.page
        tour.open_tab("Generate designs")
        self.page.wait_for_selector("#reading h2")
        self.page.wait_for_selector("#variations img")

    @property
    def text(self) -> str:
        return self.page.locator("#recipe input").input_value()

    @property
    def recipe(self) -> DesignRecipe:
        return DesignRecipe.decode(self.text)

    def idle(self) -> None:
        self.page.wait_for_function("toile.desk.idle")

    def after(self, act) -> DesignRecipe:
        """The recipe that comes of something that changes it."""
        before = self.text
        act()
        self.page.wait_for_function(
            "before => document.querySelector('#recipe input').value !== before", arg=before
        )
        self.idle()
        return self.recipe

    def press(self, what: str) -> DesignRecipe:
        return self.after(self.page.locator(what).first.click)

    def move(self, what: str, value: float, name: str) -> None:
        self.page.evaluate(MOVE, [what, value, name])

    def slide(self, what: str, value: float) -> DesignRecipe:
        self.move(what, value, "input")
        return self.after(lambda: self.move(what, value, "change"))

    def choose(self, number: int) -> DesignRecipe:
        return self.after(lambda: self.page.locator("#sheet button").nth(number - 1).click())


@pytest.fixture
def desk(visit, desk_url) -> AtTheDesk:
    return AtTheDesk(visit(desk_url))


def test_a_move_is_seen_at_once_and_drawn_in_full_when_it_is_let_go(desk):
    page, before = desk.page, desk.text
    full = page.locator("#stand img").get_attribute("src")
    desk.move(FLARE, 1.5, "input")
    page.wait_for_selector("#live img:not([hidden])", state="attached")
    assert page.locator("#live img").get_attribute("src").startswith("data:image/jpeg")
    assert page.locator("#live img").evaluate("e => [e.naturalWidth, e.naturalHeight]") == [
        256,
        384,
    ]
    assert desk.text == before
    assert page.locator("#stand img").get_attribute("src") == full
    moved = desk.after(lambda: desk.move(FLARE, 1.5, "change"))
    assert dict(moved.edits) == {"flare": 1.5}
    page.wait_for_selector("#live img[hidden]", state="attached")
    assert page.locator("#stand img").get_attribute("src") != full
    assert page.locator("#reading .t-kicker").inner_text().endswith("No. 1, seed 7, changed")
    assert page.locator("#sheet [aria-pressed=true]").get_attribute("data-i") == "0"
    page.wait_for_selector("#reading h2:not(.before)")
    assert desk.tour.complaints == []
    assert desk.tour.foreign == []


def test_undo_and_redo_go_through_what_stood_there_also_after_a_reload(desk):
    page = desk.page
    stood = [desk.text]
    for value in (1, -1):
        desk.slide(FLARE, value)
        stood.append(desk.text)
    desk.choose(4)
    stood.append(desk.text)
    page.keyboard.press("Control+z")
    page.wait_for_function("t => document.querySelector('#recipe input').value === t", arg=stood[2])
    desk.idle()
    assert page.locator(FLARE).input_value() == "-1"
    desk.press("#desk-bar [data-do=undo]")
    desk.press("#desk-bar [data-do=undo]")
    assert desk.text == stood[0]
    assert page.locator("#desk-bar [data-do=undo]").is_disabled()
    page.keyboard.press("Control+Shift+Z")
    page.wait_for_function("t => document.querySelector('#recipe input').value === t", arg=stood[1])
    picture = page.locator("#stand img").get_attribute("src")
    page.reload()
    page.wait_for_selector("#reading h2")
    assert page.locator("#stand img").get_attribute("src") == picture
    desk.press("#desk-bar [data-do=redo]")
    assert desk.text == stood[2]
    # In a field of text the keys are the field's own.
    page.focus("#recipe input")
    page.keyboard.press("Control+z")
    page.wait_for_timeout(300)
    assert desk.text == stood[2]


def test_a_slider_goes_back_by_its_arrow_and_by_a_double_click(desk):
    page, before = desk.page, desk.text
    arrow = page.locator(".slide:has(#slide-edits-flare) .reset")
    assert arrow.is_hidden()
    desk.slide(FLARE, 1)
    arrow.click()
    page.wait_for_function("t => document.querySelector('#recipe input').value === t", arg=before)
    desk.idle()
    assert arrow.is_hidden()
    desk.slide(SCALE, 1.5)
    page.locator(".slide:has(#slide-cloth-scale) label").dblclick()
    page.wait_for_function("t => document.querySelector('#recipe input').value === t", arg=before)


def test_what_cannot_be_drawn_is_said_and_everything_stays_as_it_was(desk):
    page = desk.page
    desk.slide(FLARE, 1)
    before, at = desk.text, page.locator(SCALE).input_value()
    page.evaluate("toile.desk.commit({cloth: {scale: 99}})")
    page.wait_for_selector(".toast-body >> text=scale")
    page.wait_for_function("toile.desk.idle")
    assert (desk.text, page.locator(SCALE).input_value()) == (before, at)
    # So it is with a recipe that this Toile cannot draw any more, met on the way back.
    damaged = "toile1.damaged"
    page.evaluate(
        "text => sessionStorage['toile-desk'] = sessionStorage['toile-desk'].replace(/toile1[^\"]*/, text)",
        damaged,
    )
    page.reload()
    page.wait_for_selector("#reading h2")
    desk.idle()
    page.click("#desk-bar [data-do=undo]")
    page.wait_for_selector(".toast-body >> text=damaged")
    page.wait_for_function("toile.desk.idle")
    assert desk.text == before
    assert desk.slide(FLARE, 0.5).edits == (("flare", 0.5),)


def test_locks_hold_a_side_and_its_button_rests(desk):
    page = desk.page
    mine = desk.recipe
    page.click("[data-lock=cloth]")
    assert page.locator("[data-draw=cloth]").first.is_disabled()
    chosen = desk.choose(6)
    assert chosen.seed != mine.seed
    assert chosen.cloth == mine.cloth
    drawn = desk.press("[data-draw=form]")
    assert drawn.cloth == mine.cloth
    page.click("[data-lock=form]")
    assert page.locator("[data-draw=form]").first.is_disabled()
    page.click("[data-lock=cloth]")
    other = desk.press("[data-draw=cloth]")
    assert other.seed == drawn.seed
    assert other.cloth != mine.cloth


def test_kind_family_palette_and_border_are_chosen(desk):
    page = desk.page
    striped = desk.press(".kinds label:has([value=stripes])")
    assert striped.cloth.kind == "stripes"
    page.wait_for_selector(".strip label:has-text('Chevron')")
    chevron = desk.press(".strip label:has-text('Chevron')")
    assert chevron.cloth == striped.cloth.with_(family="chevron")
    while page.locator(".chips [data-colour]").count() < 3:
        desk.press("[data-do=add]")
    palette = desk.recipe.cloth.palette
    # Locked colours survive; the chosen one changes places with the next that is pressed.
    page.click("[data-colour='1']")
    page.click("[data-do=hold-colour]")
    shuffled = desk.press("[data-do=shuffle]").cloth.palette
    assert (len(shuffled), shuffled[1]) == (len(palette), palette[1])
    assert shuffled[0] != palette[0]
    page.click("[data-do=swap]")
    swapped = desk.press("[data-colour='0']").cloth.palette
    assert swapped[:2] == shuffled[1::-1]
    assert page.locator("[data-colour='0']").get_attribute("class") == "ground held"
    page.fill(".hex", "teal")
    page.press(".hex", "Enter")
    page.wait_for_selector("[data-said]:has-text('That is no colour')")
    page.fill(".hex", "#2F4858")
    assert desk.after(lambda: page.press(".hex", "Enter")).cloth.palette[0] == "#2f4858"
    fewer = desk.press("[data-do=remove]").cloth.palette
    assert fewer == swapped[1:]
    page.click("summary:has-text('Border')")
    assert desk.press(".borders label:has([value=hem])").composition.border == "hem"
    assert desk.tour.complaints == []


def test_a_colour_is_seen_while_it_is_being_chosen(desk):
    page = desk.page
    desk.move(".chosen-colour [type=color]", "#00aa55", "input")
    page.wait_for_selector("#live img:not([hidden])", state="attached")
    page.wait_for_selector(".chosen-colour [data-name]:has-text('Emerald')")
    last = desk.after(lambda: desk.move(".chosen-colour [type=color]", "#00aa56", "change"))
    assert last.cloth.palette[0] == "#00aa56"


def test_a_palette_comes_from_the_photo_that_was_read(visit, desk_url):
    tour = visit(desk_url)
    tour.read_example()
    colours = tour.page.locator("#cloth [data-copy]").evaluate_all(
        "all => all.map(e => e.dataset.copy)"
    )
    desk = AtTheDesk(tour)
    assert desk.press("[data-do=photo]").cloth.palette == tuple(colours[:6])


def test_a_design_is_mixed_with_b(desk):
    page = desk.page
    before = desk.recipe
    page.click("summary:has-text('More')")
    page.wait_for_selector("[data-mix-note]:has-text('B is No. 2, seed 7')")
    half = desk.slide("#slide-mix", 0.5)
    assert half.latent is not None
    assert half.cloth == before.cloth
    # Again from the design as it was, not from the mixture; all the way back is the design itself.
    desk.slide("#slide-mix", 0.25)
    assert desk.slide("#slide-mix", 0) == before


def test_asked_and_read_stand_side_by_side_and_a_miss_is_mended(visit, desk_url, designer):
    (recipe,) = designer.sample(1, 3, {"sleeve_length": "long"})
    tour = visit(desk_url, path=f"?recipe={recipe.encode()}")
    desk, page = AtTheDesk(tour), tour.page
    page.click("#open-read-back")
    page.wait_for_selector(".read-back h3:text-is('Not as asked')")
    desk.press(".read-back button:has-text('Lengthen the sleeves')")
    assert dict(desk.recipe.edits) == {"sleeve_length": 0.8}
    page.wait_for_selector(".read-back h3:text-is('Nothing was asked for')")
    assert page.locator(".read-back td:has-text('moved by hand')").count() == 1


def test_a_classic_generator_has_nothing_to_slide_and_says_so(desk):
    page = desk.page
    page.fill("#recipe input", DrawingDesigner("classic").sample(1, 3)[0].encode())
    page.press("#recipe input", "Enter")
    page.wait_for_selector("#reading :text('From a recipe')")
    page.wait_for_selector(".still:has-text('nothing to slide')")
    assert page.locator(FLARE).is_hidden()
    desk.press("[data-draw=form]")
    assert desk.recipe.model == "classic"


def stops(page, start: str, count: int) -> list[list[float]]:
    """Where the focus is after each Tab from ``start`` on: left and top edge on the page."""
    page.focus(start)
    found = []
    for _ in range(count):
        found.append(
            page.evaluate(
                "(() => { const e = document.activeElement, b = e.getBoundingClientRect();"
                " return [e.closest('#desk-form') ? 0 : e.closest('#desk-bar') ? 1 : 2, b.top + scrollY]; })()"
            )
        )
        page.keyboard.press("Tab")
    return found


def test_everything_is_reached_by_keyboard_in_the_order_of_sight(desk):
    page = desk.page
    desk.slide(FLARE, 1)
    found = stops(page, "[data-lock=form]", 24)
    columns = [column for column, _ in found]
    assert columns == sorted(columns)
    assert set(columns) == {0, 1, 2}
    for side in (0, 2):
        heights = [top for column, top in found if column == side]
        assert all(b - a > -44 for a, b in pairwise(heights))
    page.focus(FLARE)
    moved = desk.after(lambda: page.keyboard.press("ArrowRight"))
    assert dict(moved.edits)["flare"] == pytest.approx(1.05)
    assert page.evaluate("document.activeElement.id") == "slide-edits-flare"
    page.focus("[name=kind]:checked")
    assert desk.after(lambda: page.keyboard.press("ArrowRight")).cloth.kind != moved.cloth.kind


TARGETS = """() => [...document.querySelectorAll(
  '#desk :is(button, summary, .slide input, .words label, .strip label, [type=color], .hex), #rail-head button'
)].filter((e) => e.offsetParent && !e.disabled).map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
  .filter(([, box]) => box.height < 43.9 || box.width < 43.9).map(([name, box]) => [name, box.width, box.height])"""


@pytest.mark.parametrize("width", [390, 360])
def test_on_a_phone_picture_and_bar_stay_and_everything_is_large_enough(visit, desk_url, width):
    tour = visit(desk_url, width=width)
    tour.page.set_viewport_size({"width": width, "height": 844})
    desk, page = AtTheDesk(tour), tour.page
    desk.choose(2)
    desk.slide(FLARE, 1)
    found = page.evaluate(TARGETS)
    page.evaluate("document.querySelector('#desk').scrollIntoView()")
    page.locator(".phone-bar label:has([value=cloth])").click()
    page.wait_for_selector("#desk-cloth", state="visible")
    assert page.locator("#desk-form").is_hidden()
    found += page.evaluate(TARGETS)
    assert found == []
    page.locator(".lines").first.scroll_into_view_if_needed()
    page.mouse.wheel(0, 300)
    page.wait_for_timeout(300)
    top, bar = (page.locator(what).bounding_box() for what in ("#stand", ".phone-bar"))
    assert (round(top["y"]), round(top["height"])) == (0, 344)
    assert (round(bar["y"]), round(bar["height"])) == (344, 56)
    assert tour.fits()
    desk.press(".phone-bar [data-do=undo]")
    assert tour.complaints == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_nobody_is_shut_out_of_the_desk(visit, desk_url, scheme, width):
    tour = visit(desk_url, width=width, path=f"?__theme={scheme}")
    desk, page = AtTheDesk(tour), tour.page
    found = serious(page, "desk")
    desk.choose(3)
    desk.slide(FLARE, 1)
    page.click("[data-lock=form]")
    page.click("#open-read-back")
    page.wait_for_selector(".read-back table")
    found += serious(page, "moved, locked, read back")
    if width < 860:
        page.locator(".phone-bar label:has([value=cloth])").click()
    page.click("summary:has-text('Border')")
    page.locator("[data-do=swap]").click()
    found += serious(page, "cloth")
    assert not found, "\n".join(found)


def test_random_walks_of_moves_undo_and_redo_end_where_they_began(desk):
    desk.page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
    for seed in range(3):
        assert desk.page.evaluate("([s, n]) => studio.walk(s, n)", [seed, LENGTH]) == []
    assert desk.tour.complaints == []
