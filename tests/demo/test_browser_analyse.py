"""Keyboard, clipboard, camera and brush, in headless Chromium."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image, ImageDraw

pytestmark = pytest.mark.browser

FOCUSED = "document.activeElement"
PASTE = """([content, name, type, target]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([bytes], name, {type}));
  const event = new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true});
  document.querySelector(target).dispatchEvent(event);
  return event.defaultPrevented;
}"""


def focused(page, what: str = "id"):
    return page.evaluate(f"{FOCUSED}.getAttribute('{what}')")


def paste(page, content: bytes, name: str, kind: str, target: str = "body") -> bool:
    return page.evaluate(PASTE, [base64.b64encode(content).decode(), name, kind, target])


def png(colour: str = "navy") -> bytes:
    picture = Image.new("RGB", (300, 400), "white")
    ImageDraw.Draw(picture).rectangle((80, 60, 220, 340), fill=colour)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def test_a_list_closes_when_tab_leaves_it_and_the_colours_are_one_stop(visit, drawn_url):
    tour = visit(drawn_url)
    page = tour.page
    tour.open_tab("Generate designs")
    page.wait_for_selector("#reading h2")
    page.get_by_role("combobox", name="Pattern").focus()
    page.wait_for_selector("[role=listbox]")
    stops = []
    for _ in range(3):
        page.keyboard.press("Tab")
        page.wait_for_timeout(150)
        stops.append(focused(page, "aria-label") or focused(page, "value"))
        page.wait_for_function("document.querySelectorAll('[role=listbox]').length <= 1")
        assert page.locator("[aria-expanded=true]").evaluate_all(
            "all => all.every(e => e === document.activeElement)"
        )
    assert stops == ["Fit", "", "Generator"]
    page.keyboard.press("Shift+Tab")
    page.wait_for_selector("[role=listbox]", state="detached")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert focused(page, "value") == "black"
    assert page.locator("#colour-wish label.selected input").get_attribute("value") == "black"
    page.keyboard.press("ArrowLeft")
    assert page.locator("#colour-wish label.selected input").get_attribute("value") == "beige"
    page.keyboard.press("Tab")
    assert focused(page, "aria-label") == "Generator"
    page.click("#draw")
    page.wait_for_selector("#sheet img")
    assert tour.complaints == []


def test_arrows_move_in_the_sheet_and_between_tabs(visit, drawn_url):
    tour = visit(drawn_url)
    page = tour.page
    page.get_by_role("tab", name="Analyse a garment").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("tab", name="Generate designs").get_attribute("aria-selected") == "true"
    page.wait_for_selector("#reading h2")
    page.keyboard.press("ArrowRight")
    assert focused(page, "data-tab-id") == "analyse"
    page.keyboard.press("End")
    assert focused(page, "data-tab-id") == "generate"
    assert page.locator("[role=tab][tabindex='0']").count() == 1
    assert page.locator("#sheet button[tabindex='0']").count() == 1
    page.locator("#sheet button[tabindex='0']").focus()
    for key, number in (
        ("ArrowDown", "4"), ("ArrowRight", "5"), ("ArrowUp", "1"), ("End", "15"), ("ArrowDown", "15"),
        ("Home", "0"), ("ArrowLeft", "0"), ("ArrowRight", "1"), ("ArrowDown", "5"),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert focused(page, "data-i") == number, key
    page.keyboard.press("Enter")
    page.wait_for_selector("#reading :text('On the stand: No. 6')")
    # What is chosen stays in focus in the one line that is left of the sheet, until that is opened again.
    page.keyboard.press("ArrowRight")
    assert focused(page, "data-i") == "6"
    page.get_by_role("button", name="Change the wishes").click()
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#sheet button").nth(5).focus()
    page.keyboard.press("ArrowDown")
    assert focused(page, "data-i") == "7"
    assert tour.complaints == []


def test_a_picture_is_pasted_anywhere_on_the_first_tab(visit, drawn_url):
    tour = visit(drawn_url)
    page = tour.page
    assert paste(page, png(), "image.png", "image/png")
    page.wait_for_selector(".readings")
    before = page.locator(".compare .over").get_attribute("src")
    # And again on the result, where the drop area is not seen.
    assert not page.locator("#drop").is_visible()
    assert paste(page, png("maroon"), "image.png", "image/png", "#verdict h1")
    page.wait_for_function(
        "before => document.querySelector('.compare .over').src !== before", arg=before
    )
    page.click("#another")
    page.wait_for_selector("#drop h1, #drop h2")
    assert paste(page, b"words", "notes.txt", "text/plain")
    page.wait_for_selector(".toast-body >> text=That file is not a picture.")
    tour.open_tab("Generate designs")
    page.wait_for_selector("#reading h2")
    assert not paste(page, png(), "image.png", "image/png", "#recipe input")
    assert not paste(page, png(), "image.png", "image/png")
    assert tour.complaints == []


def test_a_photo_whose_type_the_browser_does_not_know_is_taken(visit, drawn_url):
    tour = visit(drawn_url)
    page = tour.page
    page.evaluate(
        """([content, name]) => {
          const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([bytes], name, {type: ''}));
          document.querySelector('#drop .upload-container button').dispatchEvent(
            new DragEvent('drop', {dataTransfer, bubbles: true, cancelable: true}));
        }""",
        [base64.b64encode(png()).decode(), "IMG_0001.HEIC"],
    )
    page.wait_for_selector(".readings")
    assert tour.complaints == []


def test_the_camera_shows_and_takes_a_picture_the_right_way_round(visit, drawn_url):
    tour = visit(drawn_url)
    tour.context.grant_permissions(["camera"])
    page = tour.page
    page.get_by_role("button", name="Take a photo").click()
    page.get_by_text("Open the camera").click()
    page.wait_for_function("document.querySelector('#drop video')?.videoWidth > 0")
    assert page.locator("#drop video").evaluate("e => getComputedStyle(e).transform") == "none"
    page.get_by_role("button", name="Take the photo").click()
    page.wait_for_selector(".readings")


def test_the_cut_out_is_mended_by_brush_and_the_edge_is_seen_at_once(visit, drawn_url, photo):
    tour = visit(drawn_url)
    page = tour.page
    page.set_input_files("#drop input[type=file]", str(photo))
    page.wait_for_selector(".readings")
    cut = page.locator(".compare img").first.get_attribute("src")
    page.click("#correct")
    page.wait_for_selector(".boxer img")
    page.click("label:has(input[name=mend][value=remove])")
    page.locator("[data-size]").fill("20")
    area = page.locator(".boxer").bounding_box()
    place = lambda x, y: (area["x"] + x * area["width"], area["y"] + y * area["height"])  # noqa: E731
    seen = lambda: page.locator(".boxer canvas").evaluate("e => e.toDataURL()")  # noqa: E731
    page.wait_for_function("!!document.querySelector('.boxer canvas').offsetParent")
    page.wait_for_timeout(200)
    whole = seen()
    page.mouse.move(*place(0.3, 0.8))
    page.mouse.down()
    page.mouse.move(*place(0.7, 0.8), steps=8)
    less = seen()
    assert less != whole
    page.mouse.up()
    page.click("[data-choice=back]")
    assert seen() == whole
    assert page.locator("[data-choice=back]").is_disabled()
    page.mouse.move(*place(0.3, 0.8))
    page.mouse.down()
    page.mouse.move(*place(0.7, 0.8), steps=8)
    page.mouse.up()
    page.click("label:has(input[name=mend][value=add])")
    page.mouse.move(*place(0.1, 0.1))
    page.mouse.down()
    page.mouse.up()
    page.click("[data-choice=mask]")
    page.wait_for_selector(".t-beside:has-text('as you marked it')")
    mended = page.locator(".compare img").first.get_attribute("src")
    assert mended != cut
    # What was marked is what the next correction starts from, and what is explained.
    page.click("button[data-look=pattern]")
    page.wait_for_selector(".looked img")
    page.click("#correct")
    page.click("[data-choice=undo]")
    page.wait_for_selector(".t-beside:has-text('Left your photo')")
    assert page.locator(".compare img").first.get_attribute("src") == cut
    assert tour.complaints == []


def test_a_cut_out_of_which_nothing_is_left_is_refused(visit, drawn_url):
    tour = visit(drawn_url)
    page = tour.page
    page.set_input_files(
        "#drop input[type=file]", {"name": "a.png", "mimeType": "image/png", "buffer": png()}
    )
    page.wait_for_selector(".readings")
    page.click("#correct")
    page.wait_for_selector(".boxer img")
    page.click("label:has(input[name=mend][value=remove])")
    page.locator("[data-size]").fill("24")
    area = page.locator(".boxer").bounding_box()
    for row in range(12):
        y = area["y"] + area["height"] * (row + 0.5) / 12
        page.mouse.move(area["x"] + 2, y)
        page.mouse.down()
        page.mouse.move(area["x"] + area["width"] - 2, y, steps=3)
        page.mouse.up()
    page.click("[data-choice=mask]")
    page.wait_for_selector(".toast-body >> text=Nothing is left in the mask.")
    assert page.locator(".boxer").is_visible()


def test_controls_of_gradio_speak_our_words_in_any_language(chromium, drawn_url):
    context = chromium.new_context(locale="de-DE")
    page = context.new_page()
    page.goto(drawn_url)
    page.wait_for_selector("#fresh img", state="attached")
    names = page.locator("#drop button").evaluate_all("all => all.map(e => e.ariaLabel)")
    context.close()
    assert names == [
        "Lay a garment here Drop a photo, paste one, or choose a file",
        "Choose a file",
        "Take a photo",
        "Paste a photo",
    ]


def test_a_lost_connection_and_a_large_file_are_told_in_our_words(visit, drawn_url, tmp_path):
    tour = visit(drawn_url)
    page = tour.page
    large = tmp_path / "large.jpg"
    large.write_bytes(bytes(41 * 2**20))
    page.set_input_files("#drop input[type=file]", str(large))
    page.wait_for_selector(".toast-body >> text=larger than 40 MB")
    page.click(".toast-close")
    page.wait_for_selector(".toast-body", state="detached")
    page.route("**/queue/join*", lambda route: route.abort())
    page.locator(".examples button").first.click()
    told = page.locator(".toast-message-text").inner_text()
    assert told.startswith("I cannot reach the program behind this page.")


def test_the_heading_counts_the_designs(visit, drawn_url):
    tour = visit(drawn_url)
    page = tour.page
    tour.open_tab("Generate designs")
    page.wait_for_selector("h1:text('Sixteen at a time')")
    page.click("#count input")
    page.get_by_role("option", name="8", exact=True).click()
    page.wait_for_selector("h1:text('Eight at a time')")
    page.fill("#seed input", "-3")
    page.click("#draw")
    page.wait_for_selector(".toast-body >> text=The seed -3 is negative; seeds are 0 or more.")


def test_captions_do_not_collide_at_any_width(visit, drawn_url):
    tour = visit(drawn_url, width=1181)
    page = tour.page
    tour.read_example(3)
    found = []

    def look(what: str) -> None:
        for width in (390, 861, 900, 940, 1000, 1181):
            page.set_viewport_size({"width": width, "height": 900})
            found.extend([width, *pair] for pair in page.evaluate(OVERLAPS, what))
            assert tour.fits(), width

    look("#cloth small span, #cloth b, .readings summary > span")
    tour.open_tab("Generate designs")
    page.wait_for_selector("#reading h2")
    tour.open_morph()
    look("#colour-wish label span, .t-section-head > *")
    assert found == []


#: Texts that lie over one another, or are wider than what they stand in.
OVERLAPS = """(what) => {
  const shown = [...document.querySelectorAll(what)].filter((e) => e.offsetParent);
  const boxes = shown.map((e) => {
    const range = document.createRange();
    range.selectNodeContents(e);
    return range.getBoundingClientRect();
  });
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
  const found = [];
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b, j) => {
    if (over(a, b)) found.push([shown[i].textContent, shown[i + 1 + j].textContent]);
  }));
  return found;
}"""
