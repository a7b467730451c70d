"""A look book as PDF, A4: a cover, then one design a page, or contact sheets of nine.

The same look book gives the same bytes. Texts are set in the fonts that every reader of PDF has; a name in a
script that these lack is set in a font of this machine where there is one.
"""

from __future__ import annotations

import io
import ipaddress
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from fashion_core.colourways import strip
from fashion_core.look_book_pages import SWATCH_MM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from fashion_core.look_book import LookBook
    from fashion_core.look_book_pages import LookPage

#: How the designs may be laid out.
ONE_A_PAGE, CONTACT_SHEET = "one design a page", "contact sheet"
LAYOUTS = (ONE_A_PAGE, CONTACT_SHEET)
#: Letters of the longest link that a code of 30 mm shows in squares that a phone can tell apart, and of the
#: longest recipe that is printed.
MOST_LINK, MOST_RECIPE = 850, 5000
TOO_LONG = "The link of this design is too long for a code; its recipe opens it."
_DISPLAY, _TEXT, _MONO = "Times-Roman", "Helvetica", "Courier"
_INK, _SOFT, _LINE = HexColor("#1b1a18"), HexColor("#5a564f"), HexColor("#ddd9d0")
_MARGIN, _CODE = 16 * mm, 30 * mm
_WIDTH, _HEIGHT = A4
#: Fonts with letters of many scripts, as systems have them.
_SYSTEM_FONTS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    "C:/Windows/Fonts/arial.ttf",
)


def pdf_bytes(
    book: LookBook, pages: Sequence[LookPage], layout: str = ONE_A_PAGE, address: str = ""
) -> bytes:
    """The look book as PDF.

    Args:
        book: title and date.
        pages: its designs, in order; at least one.
        layout: one of :data:`LAYOUTS`.
        address: of the app, for a code on each page that opens the design; it is drawn where others can
            reach the address (:func:`is_public`) and the link is short enough.
    """
    file = io.BytesIO()
    canvas = Canvas(file, A4, invariant=1, pageCompression=1)
    canvas.setTitle(book.title)
    canvas.setCreator("Toile")
    _cover(canvas, book, pages)
    if layout == CONTACT_SHEET:
        sheets = [pages[i : i + 9] for i in range(0, len(pages), 9)]
        for i, sheet in enumerate(sheets, start=1):
            _contact_sheet(canvas, sheet, f"{book.title}. Contact sheet, {i} of {len(sheets)}")
    else:
        for i, page in enumerate(pages, start=1):
            _design(canvas, page, f"{book.title}. {i} of {len(pages)}", address)
    canvas.save()
    return file.getvalue()


def is_public(address: str) -> bool:
    """Whether others can open an address of the app: no name or number of this machine or this network.

    >>> is_public("https://toile.example/"), is_public("http://127.0.0.1:7860/"), is_public("http://box.local")
    (True, False, False)
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or not host:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".lan", ".internal", ".home.arpa"))


def link_to(address: str, recipe: str) -> str:
    """The address that opens a design."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}{parts.path or '/'}?{urlencode({'recipe': recipe})}"


def _cover(canvas: Canvas, book: LookBook, pages: Sequence[LookPage]) -> None:
    top = _HEIGHT - 34 * mm
    for line in _lines(book.title, _DISPLAY, 46, _WIDTH - 2 * _MARGIN)[:4]:
        _say(canvas, line, _MARGIN, top, _DISPLAY, 46)
        top -= 50
    height = 150 * mm
    _picture(canvas, pages[0].picture, (_WIDTH - height / 1.5) / 2, 42 * mm, height / 1.5, height)
    designs = "One design" if len(pages) == 1 else f"{len(pages)} designs"
    date = f"{book.date.day} {book.date:%B %Y}"
    _say(canvas, f"{designs}. {date}. Drawn with Toile.", _MARGIN, 22 * mm, _TEXT, 10)
    _origins(canvas, pages)
    canvas.showPage()


def _origins(canvas: Canvas, pages: Sequence[LookPage]) -> None:
    """The lines that say what drew the designs, each once."""
    bottom = 17 * mm
    for origin in dict.fromkeys(page.origin for page in pages):
        for line in _lines(origin, _TEXT, 7, _WIDTH - 2 * _MARGIN):
            _say(canvas, line, _MARGIN, bottom, _TEXT, 7, _SOFT)
            bottom -= 9


def _design(canvas: Canvas, page: LookPage, head: str, address: str) -> None:
    _say(canvas, head, _MARGIN, _HEIGHT - 12 * mm, _TEXT, 8, _SOFT)
    height = 162 * mm
    width, top = height / 1.5, _HEIGHT - 17 * mm
    _picture(canvas, page.picture, _MARGIN, top - height, width, height)
    right = _MARGIN + width + 8 * mm
    if page.swatch is not None:
        across, down = (length * mm for length in SWATCH_MM)
        _picture(canvas, page.swatch, right, top - down, across, down)
        _say(canvas, "The cloth at its real size", right, top - down - 11, _TEXT, 8, _SOFT)
        _attributes(canvas, page, right, top - down - 28, across)
    else:
        _attributes(canvas, page, right, top - 10, _WIDTH - _MARGIN - right)
    y = top - height - 26
    for line in _lines(page.look.name, _DISPLAY, 24, _WIDTH - 2 * _MARGIN)[:1]:
        _say(canvas, line, _MARGIN, y, _DISPLAY, 24)
    for line in _lines(page.look.note, _TEXT, 10, _WIDTH - 2 * _MARGIN)[:3]:
        y -= 14
        _say(canvas, line, _MARGIN, y, _TEXT, 10)
    y = _palette(canvas, page, y - 14)
    _recipe(canvas, page, y - 12, address)
    canvas.showPage()


def _attributes(canvas: Canvas, page: LookPage, x: float, y: float, width: float) -> None:
    canvas.setStrokeColor(_LINE)
    canvas.setLineWidth(0.5)
    for title, word in page.words.items():
        _say(canvas, title, x, y, _TEXT, 9, _SOFT)
        _say(canvas, word, x + width - _width(word, _TEXT, 9), y, _TEXT, 9)
        canvas.line(x, y - 5, x + width, y - 5)
        y -= 17


def _palette(canvas: Canvas, page: LookPage, y: float) -> float:
    """The colours with name and hex; returns where they end."""
    if not page.palette:
        return y
    cell = (_WIDTH - 2 * _MARGIN) / 6
    for i, (colour, name) in enumerate(page.palette):
        x = _MARGIN + i * cell
        canvas.setFillColor(HexColor(colour))
        canvas.setStrokeColor(_LINE)
        canvas.rect(x, y - 24, cell - 8, 24, stroke=1, fill=1)
        _say(canvas, name.capitalize(), x, y - 34, _TEXT, 7.5)
        _say(canvas, colour.upper(), x, y - 44, _TEXT, 7.5, _SOFT)
    return y - 48


def _recipe(canvas: Canvas, page: LookPage, y: float, address: str) -> None:
    """The recipe as text and, where the app has an address for it, a code that opens it."""
    width, note = _WIDTH - 2 * _MARGIN, ""
    if address and is_public(address):
        link = link_to(address, page.look.recipe)
        if len(link) <= MOST_LINK:
            width -= _CODE + 6 * mm
            _code(canvas, link, _WIDTH - _MARGIN - _CODE, 8 * mm)
        else:
            note = f" {TOO_LONG}"
    recipe = page.look.recipe
    if len(recipe) > MOST_RECIPE:
        _say(canvas, "Its recipe is too long to print: save the JSON.", _MARGIN, y, _TEXT, 7, _SOFT)
        return
    _say(
        canvas,
        f"Recipe. Paste it into Toile to open this design.{note}",
        _MARGIN,
        y,
        _TEXT,
        7,
        _SOFT,
    )
    # As large as fits above the lower edge.
    for size in (6.0, 5.0, 4.2, 3.4):
        letters = int(width / (0.6 * size))
        lines = [recipe[i : i + letters] for i in range(0, len(recipe), letters)]
        if len(lines) * (size + 1) <= y - 12 * mm:
            break
    for line in lines:
        y -= size + 1
        _say(canvas, line, _MARGIN, y, _MONO, size, _SOFT)


def _code(canvas: Canvas, link: str, x: float, y: float) -> None:
    """A QR code of :data:`_CODE` a side, with the least correction: print is clean, and squares stay large."""
    widget = QrCodeWidget(link, barLevel="L", barBorder=2, barWidth=_CODE, barHeight=_CODE)
    drawing = Drawing(_CODE, _CODE)
    drawing.add(widget)
    renderPDF.draw(drawing, canvas, x, y)


def _contact_sheet(canvas: Canvas, pages: Sequence[LookPage], head: str) -> None:
    _say(canvas, head, _MARGIN, _HEIGHT - 12 * mm, _TEXT, 8, _SOFT)
    gap, rows = 7 * mm, 3
    width = (_WIDTH - 2 * _MARGIN - 2 * gap) / 3
    cell = (_HEIGHT - 17 * mm - 12 * mm) / rows
    height = min(width * 1.5, cell - 42)
    for i, page in enumerate(pages):
        x = _MARGIN + i % 3 * (width + gap)
        y = _HEIGHT - 17 * mm - i // 3 * cell - height
        _picture(canvas, page.picture, x, y, width, height)
        for colour, x0, x1 in strip([colour for colour, _ in page.palette], int(width)):
            canvas.setFillColor(HexColor(colour))
            canvas.rect(x + x0, y - 9, x1 - x0, 7, stroke=0, fill=1)
        for line in _lines(page.look.name, _TEXT, 9, width)[:1]:
            _say(canvas, line, x, y - 21, _TEXT, 9)
        for line in _lines(page.look.note, _TEXT, 7.5, width)[:1]:
            _say(canvas, line, x, y - 31, _TEXT, 7.5, _SOFT)
    canvas.showPage()


def _picture(
    canvas: Canvas, picture: Image.Image, x: float, y: float, width: float, height: float
) -> None:
    """A picture in a frame, whole and in its middle."""
    file = io.BytesIO()
    picture.convert("RGB").save(file, "JPEG", quality=92, subsampling=0)
    file.seek(0)
    canvas.drawImage(ImageReader(file), x, y, width, height, preserveAspectRatio=True, anchor="c")


def _say(
    canvas: Canvas, text: str, x: float, y: float, font: str, size: float, colour: Any = _INK
) -> None:
    font, text = _set_in(text, font)
    canvas.setFont(font, size)
    canvas.setFillColor(colour)
    canvas.drawString(x, y, text)


def _lines(text: str, font: str, size: float, width: float) -> list[str]:
    font, text = _set_in(text, font)
    lines: list[str] = simpleSplit(text, font, size, width)
    return lines


def _width(text: str, font: str, size: float) -> float:
    font, text = _set_in(text, font)
    return float(pdfmetrics.stringWidth(text, font, size))


def _set_in(text: str, font: str) -> tuple[str, str]:
    """The font that a text is set in, and the text with what no font has left out."""
    try:
        text.encode("cp1252")
        return font, text
    except UnicodeEncodeError:
        pass
    wide = _wide_font()
    if wide:
        known = pdfmetrics.getFont(wide).face.charToGlyph
        return wide, "".join(letter for letter in text if ord(letter) in known)
    plain = unicodedata.normalize("NFKD", text).encode("cp1252", "ignore").decode("cp1252")
    return font, plain


@cache
def _wide_font() -> str:
    """The name of a font of this machine with letters of many scripts; empty if there is none."""
    for path in _SYSTEM_FONTS:
        if Path(path).is_file():
            try:
                pdfmetrics.registerFont(TTFont("Wide", path))
            except (TTFError, OSError):
                continue
            return "Wide"
    return ""
