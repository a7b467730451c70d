"""A designer's tour of the page in headless Chromium."""

from __future__ import annotations

import base64
import io
import json

import pytest
from PIL import Image

from demo.service import Service
from fashion_core import Designer, DesignRecipe
from fashion_core.checkpoint import DEFAULT_ROOT
from tests.demo.conftest import served

pytestmark = pytest.mark.browser

SHIPPED = (DEFAULT_ROOT / "pattern-stack").is_dir() and bool(Designer.available(DEFAULT_ROOT))


@pytest.fixture(
    scope="module", params=["small networks", *(["shipped networks"] if SHIPPED else [])]
)
def toured(request, url):
    if request.param == "small networks":
        yield url
    else:
        with served(Service.load(DEFAULT_ROOT, "cpu")) as address:
            yield address


def test_upload_read_generate_morph_and_download(visit, toured, photo):
    tour = visit(toured)
    page = tour.page
    page.set_input_files("#drop input[type=file]", str(photo))
    page.wait_for_selector(".readings")
    assert page.locator(".readings details").count() == 5
    assert page.locator(".votes div").count() >= 2
    assert page.locator(".cloth button").count() >= 1
    with page.expect_download() as saved:
        page.click("#save-json")
    assert saved.value.suggested_filename.endswith(".json")

    tour.open_tab("Generate designs")
    page.wait_for_selector("#sheet img")
    assert page.locator("#sheet button").count() == 16
    before = page.locator("#sheet img").first.get_attribute("src")
    page.fill("#seed input", "12")
    page.click("#draw")
    page.wait_for_function(
        "before => document.querySelector('#sheet img').src !== before", arg=before
    )
    page.wait_for_selector("#reading h2")

    tour.open_morph()
    middle = page.locator("#morph .mid img")
    shown = middle.get_attribute("src")
    page.locator("#morph input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    assert middle.get_attribute("src") != shown
    with page.expect_download() as saved:
        page.click("#save-png")
    picture = Image.open(io.BytesIO(saved.value.path().read_bytes()))
    assert min(picture.size) >= 1024
    # Form and cloth are drawn large; what other generators draw is enlarged, and says so.
    enlarged = "the network studio;" not in picture.text["Toile origin"]
    assert ("Upscaled from" in picture.text["Toile origin"]) == enlarged
    assert ("upscaled" in saved.value.suggested_filename) == enlarged
    with page.expect_download() as saved:
        page.click("#save-gif")
    assert saved.value.path().read_bytes().startswith(b"GIF89a")
    assert tour.complaints == []
    assert tour.foreign == []


def test_a_box_is_drawn_read_and_undone(visit, drawn_url, photo):
    tour = visit(drawn_url)
    page = tour.page
    page.set_input_files("#drop input[type=file]", str(photo))
    page.wait_for_selector(".readings")
    page.click("#correct")
    page.wait_for_selector(".boxer img")
    area = page.locator(".boxer").bounding_box()
    place = lambda x, y: (area["x"] + x * area["width"], area["y"] + y * area["height"])  # noqa: E731
    page.mouse.move(*place(0.3, 0.2))
    page.mouse.down()
    page.mouse.move(*place(0.7, 0.6))
    page.mouse.up()
    page.focus("[data-corner='3']")
    page.keyboard.press("ArrowRight")
    x0, y0, x1, y1 = json.loads(page.locator(".boxer").get_attribute("data-box"))
    assert (x0, y0, x1, y1) == pytest.approx((0.3, 0.2, 0.71, 0.6), abs=0.01)
    page.click("[data-choice=box]")
    page.wait_for_selector(".t-beside:has-text('your box')")
    page.click("#correct")
    page.click("[data-choice=undo]")
    page.wait_for_selector(".t-beside:has-text('Left your photo')")
    for suffix in ("gpl", "ase", "css", "png"):
        with page.expect_download() as saved:
            page.click(f"#palette-{suffix}")
        assert saved.value.suggested_filename == f"palette.{suffix}"
    assert tour.complaints == []
    assert tour.foreign == []


def test_the_thread_follows_the_finger_and_asks_nothing_of_the_server(visit, drawn_url):
    tour = visit(drawn_url)
    page = tour.page
    tour.open_tab("Generate designs")
    page.wait_for_selector("#reading h2")
    tour.open_morph()
    thread = page.locator("#morph input[type=range]")
    thread.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    asked: list[str] = []
    page.on("request", lambda r: None if r.url.startswith("data:") else asked.append(r.url))
    box, seen = thread.bounding_box(), set()
    page.mouse.move(box["x"] + 12, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(box["x"] + 12 + step * (box["width"] - 24) / 11, box["y"] + 20)
        seen.add(page.locator("#morph .mid img").get_attribute("src"))
    page.mouse.up()
    assert len(seen) > 8
    assert page.locator("#morph .mid figcaption").inner_text() == "All B"
    assert asked == []


def test_choosing_a_fresh_design_puts_it_on_the_stand_and_a_link_opens_it(visit, drawn_url):
    page = visit(drawn_url).page
    page.locator("#fresh button").nth(2).click()
    page.wait_for_selector("#reading h2")
    assert page.locator("#reading .t-kicker").inner_text() == "On the stand: Fresh no. 3"
    page.locator("#sheet button").nth(4).click()
    page.wait_for_selector("#sheet button:nth-child(5)[aria-pressed=true]")
    page.wait_for_selector("#reading :text('On the stand: No. 5')")
    recipe = page.locator("#recipe input").input_value()
    picture = page.locator("#stand img").get_attribute("src")
    linked = visit(drawn_url, path=f"?recipe={recipe}").page
    linked.wait_for_function("src => document.querySelector('#stand img').src === src", arg=picture)
    linked.wait_for_selector("#sheet img")


def test_a_and_b_are_chosen_swapped_and_kept_while_another_tab_is_open(visit, drawn_url):
    tour = visit(drawn_url)
    page = tour.page
    tour.open_tab("Generate designs")
    page.wait_for_selector("#reading h2")
    tour.open_morph()
    page.locator("#sheet button").nth(4).click()
    page.wait_for_selector("#reading :text('On the stand: No. 5')")
    page.click("#use-b")
    page.wait_for_selector("#sheet button:nth-child(5) .badge:text('B')")
    page.wait_for_selector("#morph figcaption:has-text('No. 5')")
    page.click("#swap")
    page.wait_for_selector("#sheet button:nth-child(5) .badge:text('A')")
    page.wait_for_selector("#morph .end-a figcaption:has-text('No. 5')")
    tour.open_tab("Analyse a garment")
    tour.read_example()
    tour.open_tab("Generate designs")
    page.wait_for_selector("#morph .end-a figcaption:has-text('No. 5')")
    assert page.locator("#recipe input").input_value().startswith("toile1.")
    tour.open_tab("Analyse a garment")
    page.wait_for_selector(".readings")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("text.jpg", b"just text", "That file is not a picture."),
        ("dot.png", "dot", "One pixel is too little to go on."),
        ("cut.png", "cut", "That picture is damaged or cut short."),
    ],
)
def test_a_bad_file_gets_a_sentence_and_the_page_goes_on(
    visit, drawn_url, tmp_path, name, content, sentence
):
    path = tmp_path / name
    if content == "dot":
        Image.new("RGB", (1, 1)).save(path)
    elif content == "cut":
        Image.new("RGB", (200, 200)).save(path)
        path.write_bytes(path.read_bytes()[:120])
    else:
        path.write_bytes(content)
    tour = visit(drawn_url)
    tour.page.set_input_files("#drop input[type=file]", str(path))
    tour.page.wait_for_selector(f".toast-body >> text={sentence}")
    tour.page.wait_for_selector("#drop h1, #drop h2")
    tour.read_example()


def test_a_recipe_for_other_weights_says_which_it_needs(visit, drawn_url):
    tour = visit(drawn_url)
    tour.open_tab("Generate designs")
    tour.page.wait_for_selector("#reading h2")
    foreign = DesignRecipe("drawn", "3fa93fa93fa9", seed=1).encode()
    tour.page.fill("#recipe input", foreign)
    tour.page.press("#recipe input", "Enter")
    tour.page.wait_for_selector(".toast-body >> text=needs the weights 3fa93fa93fa9")
    assert tour.page.locator("#reading h2").is_visible()


def test_close_calls_are_dashed_and_say_with_what(visit, drawn_url):
    tour = visit(drawn_url)
    page = tour.page
    tour.read_example()
    assert page.locator("#verdict .t-kicker").inner_text() == "A dress, 97 % sure"
    assert page.locator("#verdict h1").inner_text().startswith("A floral midi dress with short")
    neckline = page.locator(".readings details", has_text="Neckline")
    assert neckline.locator("summary em").inner_text() == "a close call"
    neckline.locator("summary").click()
    assert "Perhaps wide. The two look alike here: 46 % to 39 %." in neckline.inner_text()
    assert page.locator(".votes .other").inner_text() == "print"
    assert page.locator(".readings .bar.close").count() == 1


def test_a_reading_is_corrected_and_the_correction_is_saved(visit, drawn_url):
    tour = visit(drawn_url)
    page = tour.page
    tour.read_example()
    page.select_option("select[data-attribute=pattern]", "lace")
    page.wait_for_selector("#verdict h1 >> text=A lace midi dress")
    row = page.locator(".readings details", has_text="Pattern")
    assert row.locator("summary em").inner_text() == "as you say"
    assert row.get_attribute("open") is not None
    with page.expect_download() as saved:
        page.click("#save-json")
    content = json.loads(saved.value.path().read_text())
    assert content["corrected"] == ["pattern"]
    assert content["attributes"]["pattern"]["label"] == "lace"
    page.select_option("select[data-attribute=pattern]", "floral")
    page.wait_for_selector("#verdict h1 >> text=A floral midi dress")
    assert row.locator("summary em").count() == 0


def test_what_it_is_and_its_colour_are_corrected_and_stay_so_when_the_photo_comes_again(
    visit, drawn_url
):
    tour = visit(drawn_url)
    page = tour.page
    tour.read_example()
    page.select_option("select[data-attribute=garment]", "skirt")
    page.wait_for_selector("#verdict .t-kicker >> text=Not a dress, as you say")
    assert page.locator("#verdict h1").inner_text() == "A skirt"
    page.select_option("select[data-attribute=colour]", "gray")
    page.wait_for_selector(
        "select[data-attribute=colour] option[selected] >> text=grey", state="attached"
    )
    page.click("#another")
    tour.read_example()
    assert page.locator("#verdict h1").inner_text() == "A skirt"
    assert page.input_value("select[data-attribute=colour]") == "gray"
    page.select_option("select[data-attribute=garment]", "dress")
    page.wait_for_selector("#verdict h1 >> text=A floral midi dress")


def test_where_the_network_looked_is_shown_when_asked(visit, drawn_url):
    tour = visit(drawn_url)
    tour.read_example()
    tour.page.click("button[data-look=pattern]")
    tour.page.wait_for_selector(".looked img")
    assert "What speaks for “floral”" in tour.page.locator(".looked figcaption").inner_text()
    assert tour.page.locator("button[data-look=pattern]").count() == 0


def test_photo_and_cut_out_are_compared_by_keyboard_and_carry_no_exif(visit, drawn_url, tmp_path):
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010E] = "where I live"
    path = tmp_path / "gps.jpg"
    Image.new("RGB", (300, 400), "navy").save(path, exif=exif)
    page = visit(drawn_url).page
    page.set_input_files("#drop input[type=file]", str(path))
    page.wait_for_selector(".readings")
    page.locator(".compare input").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert page.locator(".compare").evaluate("e => e.style.getPropertyValue('--at')") == "55%"
    for picture in page.locator(".compare img").all():
        content = base64.b64decode(picture.get_attribute("src").split(",")[1])
        assert not Image.open(io.BytesIO(content)).getexif()
        assert b"where I live" not in content


def test_a_click_on_cloth_copies_its_hex(visit, drawn_url):
    tour = visit(drawn_url)
    tour.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tour.read_example(1)
    chip = tour.page.locator(".cloth button").first
    chip.click()
    tour.page.wait_for_selector(".cloth :text('Copied')")
    assert tour.page.evaluate("navigator.clipboard.readText()") == chip.get_attribute("data-copy")


def test_the_phone_page_never_scrolls_sideways_and_targets_are_large(visit, drawn_url):
    small = "all => all.filter(e => e.offsetParent && e.offsetWidth && e.offsetHeight < 44).length"
    tour = visit(drawn_url, width=390)
    page = tour.page
    assert tour.fits()
    tour.read_example()
    assert tour.fits()
    assert page.locator("button, summary, input").evaluate_all(small) == 0
    tour.open_tab("Generate designs")
    page.wait_for_selector("#reading h2")
    tour.open_morph()
    assert tour.fits()
    assert page.locator("button, summary, input").evaluate_all(small) == 0


def test_dark_and_light_is_one_word(visit, drawn_url):
    page = visit(drawn_url, path="?__theme=dark").page
    word = page.locator("#shade")
    assert word.inner_text() == "Light"
    word.click()
    assert word.inner_text() == "Dark"
