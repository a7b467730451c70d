"""Look books: JSON and back, pages as PDF, everything as an archive."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import re
import zipfile
import zlib
from dataclasses import replace

import pytest
from PIL import Image

from fashion_core import Designer, LookBookError
from fashion_core.look_book import DAMAGED, MOST_LOOKS, MOST_NAME, Look, LookBook
from fashion_core.look_book_pages import page_of, swatch
from fashion_core.look_book_pdf import (
    CONTACT_SHEET,
    MOST_LINK,
    TOO_LONG,
    is_public,
    link_to,
    pdf_bytes,
)
from fashion_core.look_book_zip import LookBookZip, slug

WORDS = {"Pattern": "Floral", "Sleeves": "Short"}
DAY = dt.date(2026, 11, 27)


@pytest.fixture(scope="module")
def designer(form_root) -> Designer:
    return Designer.load(form_root, device="cpu")


@pytest.fixture(scope="module")
def book(designer) -> LookBook:
    recipes = designer.sample(3, 7)
    looks = [
        Look(r.encode(), f"No. {i + 1}", "for the opening", "Autumn") for i, r in enumerate(recipes)
    ]
    return LookBook("Autumn, first look", DAY, tuple(looks), {"Autumn": "the first twelve"})


@pytest.fixture(scope="module")
def pages(book, designer):
    return [page_of(look, designer, WORDS) for look in book.looks]


def text_of(pdf: bytes) -> str:
    """What a PDF says, as far as it is set in its own fonts."""
    said = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            # reportlab writes pages as base 85 of zlib.
            page = zlib.decompress(base64.a85decode(stream.strip().removesuffix(b"~>")))
        except (ValueError, zlib.error):
            continue
        said += [part.decode("latin-1") for part in re.findall(rb"\((.*?)\) Tj", page)]
    return "\n".join(said)


def test_the_json_brings_names_notes_boards_and_recipes_back(book):
    assert LookBook.from_json(book.to_json()) == book
    assert LookBook.from_json(book.to_json().encode()) == book
    assert book.to_json() == book.to_json()


def spoilt(book, **changes) -> str:
    return json.dumps({**json.loads(book.to_json()), **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "another"},
        {"title": 3},
        {"date": "yesterday"},
        {"date": None},
        {"designs": []},
        {"designs": "toile1.x"},
        {"designs": [{"recipe": "toile1.damaged"}]},
        {"designs": [3]},
        {"boards": []},
        {"boards": {"Autumn": 3}},
    ],
)
def test_a_damaged_look_book_is_refused_as_a_whole(book, changes):
    with pytest.raises(LookBookError) as refused:
        LookBook.from_json(spoilt(book, **changes))
    assert str(refused.value) == DAMAGED


@pytest.mark.parametrize(
    "text", ["", "no json", "[]", "null", "[" * 100_000, b"\xff\xfe", "PK\x03\x04"]
)
def test_what_is_no_look_book_is_refused(text):
    with pytest.raises(LookBookError):
        LookBook.from_json(text)


def test_any_cut_of_the_file_is_refused(book):
    text = book.to_json()
    for end in range(0, len(text) - 2, 97):
        with pytest.raises(LookBookError):
            LookBook.from_json(text[:end])


def test_more_designs_than_can_be_kept_are_refused(book):
    with pytest.raises(LookBookError, match=f"{MOST_LOOKS} designs at most"):
        LookBook.from_json(spoilt(book, designs=[book.looks[0].to_dict()] * (MOST_LOOKS + 1)))


def test_a_design_for_other_weights_comes_back_too(book, designer):
    other = replace(designer.sample(1, 1)[0], weights="0" * 12).encode()
    designs = [{"recipe": other, "name": "from elsewhere"}]
    assert LookBook.from_json(spoilt(book, designs=designs)).looks[0].name == "from elsewhere"


def test_names_and_notes_are_one_line_of_a_length_that_fits(book):
    look = Look(book.looks[0].recipe, "two\nlines\x00" + "x" * 200, "\t a   note ")
    assert look.name.startswith("two lines x")
    assert len(look.name) == MOST_NAME
    assert look.note == "a note"
    assert Look(look.recipe, "").name == "A design"


def test_the_pdf_is_the_same_every_time_and_has_a_cover_and_a_page_a_design(book, pages):
    content = pdf_bytes(book, pages)
    assert content.startswith(b"%PDF")
    assert pdf_bytes(book, pages) == content
    assert content.count(b"/Type /Page\n") == 4
    said = text_of(content)
    for words in ("Autumn, first look", "27 November 2026", "No. 2", "for the opening", "Floral"):
        assert words in said
    for colour, _ in pages[0].palette:
        assert colour.upper() in said
    assert book.looks[1].recipe in said.replace("\n", "")


def test_a_contact_sheet_has_nine_on_a_page(book, pages):
    content = pdf_bytes(book, [pages[0]] * 10, CONTACT_SHEET)
    assert content.count(b"/Type /Page\n") == 3
    assert "Contact sheet, 2 of 2" in text_of(content)


def test_a_name_in_any_script_makes_a_pdf(book, pages, designer):
    for name in ("Łódź", "весна", "夏", "😀"):
        page = page_of(Look(book.looks[0].recipe, name, name), designer, WORDS)
        assert pdf_bytes(LookBook(name, DAY, (page.look,)), [page]).startswith(b"%PDF")


def test_a_code_is_drawn_for_a_public_address_and_a_link_that_fits(book, pages, designer):
    plain = pdf_bytes(book, pages[:1])
    assert pdf_bytes(book, pages[:1], address="http://127.0.0.1:7860/") == plain
    coded = pdf_bytes(book, pages[:1], address="https://toile.example/")
    assert len(coded) > len(plain)
    assert TOO_LONG not in text_of(coded)
    # A latent, as a photo's design has one, is too long for a code.
    long = page_of(Look(designer.vary(designer.sample(1, 1)[0], 1)[0].encode()), designer, WORDS)
    assert len(link_to("https://toile.example/", long.look.recipe)) > MOST_LINK
    assert TOO_LONG in text_of(pdf_bytes(book, [long], address="https://toile.example/"))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("https://toile.example/", True),
        ("https://user-toile.hf.space", True),
        ("http://93.184.216.34:7860/", True),
        ("http://localhost:7860/", False),
        ("http://192.168.1.4:7860/", False),
        ("http://[::1]:7860/", False),
        ("http://studio.local:7860/", False),
        ("javascript:alert(1)", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_an_address_of_this_network_gets_no_code(address, public):
    assert is_public(address) is public


def test_the_archive_holds_all_of_a_design_and_is_the_same_every_time(book, designer):
    def archive() -> bytes:
        made = LookBookZip(book)
        for look in book.looks[:2]:
            made.add(look, designer, WORDS)
        return made.finish()

    content = archive()
    assert archive() == content
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert opened.testzip() is None
        names = opened.namelist()
        assert LookBook.from_json(opened.read("look-book.json")) == book
        files = {name.split("/")[1] for name in names if name.startswith("01-no-1/")}
        assert files == {
            *("design.png", "recipe.txt", "words.json", "cloth.png", "cloth.svg"),
            *("palette.gpl", "palette.ase", "palette.css"),
        }
        picture = Image.open(io.BytesIO(opened.read("02-no-2/design.png")))
        assert picture.text["Toile recipe"] == book.looks[1].recipe
        assert opened.read("02-no-2/recipe.txt").decode().strip() == book.looks[1].recipe
        assert json.loads(opened.read("01-no-1/words.json"))["words"] == WORDS


def test_a_classic_generator_has_pages_without_cloth(form_root):
    classic = Designer.load(form_root, "dcgan-64", "cpu")
    look = Look(classic.sample(1, 3)[0].encode(), "No. 1")
    book = LookBook("Classic", DAY, (look,))
    page = page_of(look, classic, WORDS)
    assert page.swatch is None
    assert pdf_bytes(book, [page]).startswith(b"%PDF")
    made = LookBookZip(book)
    made.add(look, classic, WORDS)
    with zipfile.ZipFile(io.BytesIO(made.finish())) as opened:
        assert "01-no-1/cloth.png" not in opened.namelist()


def test_a_swatch_is_as_large_as_it_is(designer):
    cloth = designer.sample(1, 3)[0].own_cloth()
    assert swatch(cloth, (50.8, 101.6), 100).size == (200, 400)


def test_a_file_name_is_safe():
    assert slug("../../Größe 3") == "gr-e-3"
    assert slug("") == "design"
