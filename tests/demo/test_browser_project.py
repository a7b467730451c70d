"""From a photo to a design like it, by mouse, by keyboard and on a phone, in headless Chromium."""

from __future__ import annotations

import pytest
from PIL import Image

pytestmark = pytest.mark.browser

ON_THE_STAND = "#reading .t-kicker:text-is('On the stand: From your photo')"


def test_a_press_puts_the_nearest_design_on_the_stand_like_any_other(visit, drawn_url):
    tour = visit(drawn_url)
    page = tour.page
    assert page.locator("#more-like-this").is_hidden()
    tour.read_example()
    page.select_option("select[data-attribute=pattern]", "lace")
    page.wait_for_selector("#verdict h1 >> text=A lace midi dress")
    page.click("#more-like-this")
    page.wait_for_selector(ON_THE_STAND)
    page.wait_for_selector("#reading h2")
    recipe = page.locator("#recipe input").input_value()
    assert page.url.endswith(f"?recipe={recipe}")
    assert page.locator("#looking .working").count() == 0
    picture = page.locator("#stand img").get_attribute("src")
    page.wait_for_function(
        "(() => { const box = document.querySelector('#stand img').getBoundingClientRect();"
        " return box.top >= 0 && box.bottom <= innerHeight; })()"
    )
    page.wait_for_selector("#variations img")
    # The tab was never open before: it still draws its first sheet, whose first two designs become A and B.
    tour.open_morph()
    page.wait_for_selector("#morph .end-a figcaption:has-text('No. 1')")
    page.click("#use-a")
    page.wait_for_selector("#morph .end-a figcaption:has-text('From your photo')")
    # Back to what was read, and forward again; a reload keeps it.
    page.go_back()
    page.wait_for_selector("#verdict h1 >> text=A lace midi dress")
    page.go_forward()
    page.wait_for_selector("#stand img", state="visible")
    page.reload()
    page.wait_for_selector(ON_THE_STAND)
    assert page.locator("#stand img").get_attribute("src") == picture
    # The same photo once more, though nothing but the tab changes.
    tour.open_tab("Analyse a garment")
    page.wait_for_selector("#more-like-this", state="visible")
    page.click("#more-like-this")
    page.wait_for_selector("#stand img", state="visible")
    assert tour.complaints == []
    assert tour.foreign == []


def test_a_phone_finds_a_design_by_keyboard(visit, drawn_url):
    tour = visit(drawn_url, width=390)
    page = tour.page
    tour.read_example()
    button = page.locator("#more-like-this")
    button.focus()
    assert button.evaluate("e => e === document.activeElement")
    assert button.bounding_box()["height"] >= 44
    assert button.bounding_box()["width"] > 340
    assert tour.fits()
    page.keyboard.press("Enter")
    page.wait_for_selector(ON_THE_STAND)
    page.wait_for_selector("#reading h2")
    assert tour.fits()
    assert tour.complaints == []


def test_a_photo_without_a_garment_gets_a_sentence_and_the_reading_stays(
    visit, drawn_url, tmp_path
):
    Image.new("RGB", (300, 400), (200, 200, 200)).save(tmp_path / "blank.png")
    tour = visit(drawn_url)
    page = tour.page
    page.set_input_files("#drop input[type=file]", str(tmp_path / "blank.png"))
    page.wait_for_selector(".readings")
    page.click("#more-like-this")
    page.wait_for_selector(".toast-body >> text=No garment was found in this picture.")
    assert page.locator("#verdict").is_visible()
    assert page.locator("#looking .working").count() == 0
    assert tour.complaints == []
