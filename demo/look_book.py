"""The look book of a board: as PDF, as an archive of everything, and as JSON that brings the designs back."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections import deque
from collections.abc import Iterator  # noqa: TC003 - Gradio reads annotations when it runs
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from demo import widgets, wording
from demo.boards import Boards
from demo.download import Download
from demo.events import QUIET
from demo.section import Section
from demo.service import errors_as_sentences
from fashion_core import LookBookError, ToileError
from fashion_core.look_book import DAMAGED, MOST_JSON, MOST_NAME, LookBook
from fashion_core.look_book_zip import LookBookZip, slug

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from demo.favourites import Favourites
    from demo.service import Service
    from fashion_core import Designer
    from fashion_core.look_book import Look

ONE, CONTACT = "One design a page", "Contact sheet"
EMPTY = "A look book is made of what you kept. Press Keep on a design first."
#: Designs on the pages that are shown before they are saved.
SHOWN = 6
CODES = "The code on each page opens the design here again."
NO_CODES = (
    "This page has an address of this machine alone, so the look book carries recipes and no codes."
)


class LookBookSection:
    """What lies on the board that is shown under "Kept", as a book.

    ``address`` is where the browser found the page.
    """

    def __init__(self, service: Service, favourites: Favourites) -> None:
        self.service, self.favourites = service, favourites
        self._seconds: deque[float] = deque([3.0], maxlen=9)
        self.section = Section(
            "Look book",
            "What lies on the board that you chose under Kept, as pages and as files.",
            "look-book",
        )
        with self.section.fold:
            self._layout()
        self._events()

    def _layout(self) -> None:
        with gr.Row(elem_classes="t-grid t-book"):
            self.pages = gr.HTML(apply_default_css=False, elem_id="book-pages")
            with gr.Column(elem_classes="t-stack"):
                self.title = gr.Textbox(
                    label="Title",
                    placeholder="Look book",
                    max_lines=1,
                    max_length=MOST_NAME,
                    elem_id="book-title",
                )
                self.layout = gr.Dropdown(
                    [ONE, CONTACT],
                    value=ONE,
                    label="Pages",
                    filterable=False,
                    interactive=True,
                    elem_id="book-layout",
                )
                with gr.Row(elem_classes="t-row fill"):
                    self.save_pdf = Download("Save as PDF", "save-pdf", "primary")
                    self.save_zip = Download("Everything, ZIP", "save-zip")
                    self.save_json = Download("Names and recipes, JSON", "save-book")
                self.codes = gr.HTML(apply_default_css=False)
                self.open = gr.UploadButton(
                    "Open a look book", type="filepath", elem_id="open-book", size="lg"
                )
                self.said = gr.HTML(apply_default_css=False, elem_id="book-said")
        self.address = gr.Textbox(visible="hidden", elem_id="book-address")

    def _events(self) -> None:
        kept, board = self.favourites.kept, self.favourites.board
        shown = [self.pages, self.title]
        self.section.fold.expand(
            None, None, self.address, js="() => location.origin + location.pathname", **QUIET
        )
        triggers = [self.favourites.changed, board.change]
        self.section.shows_while_open(self.show, [kept, board], shown, triggers)
        self.address.change(self.about_codes, self.address, self.codes, **QUIET)
        given = [kept, board, self.title]
        self.save_pdf.makes_in_steps(self.pdf, [*given, self.layout, self.address])
        self.save_zip.makes_in_steps(self.zip, given)
        self.save_json.makes(self.json, given, lambda: wording.about(0))
        self.open.upload(self.bring_back, [self.open, kept], [kept, self.said], **QUIET)

    def about_codes(self, address: str) -> str:
        """Whether pages will carry a code, and why not."""
        from fashion_core.look_book_pdf import is_public

        return f'<p class="t-note">{CODES if is_public(address or "") else NO_CODES}</p>'

    def show(self, kept: object, board: str, opened: bool) -> Iterator[tuple[Any, ...]]:
        """The pages as they will be, small; and the title, which is the board's unless another is written."""
        if not opened:
            yield gr.skip(), gr.skip()
            return
        boards = Boards.of(kept)
        board = board if board in boards.names else ""
        looks = boards.on(board)
        title = gr.Textbox(placeholder=board or "Look book")
        if not looks:
            yield widgets.refusal(EMPTY), title
            return
        with errors_as_sentences():
            thumbnails = self.favourites.thumbnails
            for _ in thumbnails.draw(thumbnails.missing([x.recipe for x in looks[:SHOWN]])):
                pass
        sources = [thumbnails.of(look.recipe) for look in looks[:SHOWN]]
        yield _pages(board or "Look book", looks, [each for each in sources if each]), title

    def pdf(
        self, kept: object, board: str, title: str, layout: str, address: str
    ) -> Iterator[str | Path]:
        """Write the PDF."""
        from fashion_core.look_book_pages import page_of
        from fashion_core.look_book_pdf import CONTACT_SHEET, ONE_A_PAGE, pdf_bytes

        book, pages = self._book(kept, board, title), []
        yield from self._each(
            book, lambda look, designer, words: pages.append(page_of(look, designer, words))
        )
        yield "Writing the PDF ..."
        with errors_as_sentences():
            chosen = CONTACT_SHEET if layout == CONTACT else ONE_A_PAGE
            content = pdf_bytes(book, pages, chosen, address or "")
        yield self._file(content, book, "pdf")

    def zip(self, kept: object, board: str, title: str) -> Iterator[str | Path]:
        """Write the archive of everything."""
        book = self._book(kept, board, title)
        archive = LookBookZip(book)
        yield from self._each(book, archive.add)
        yield self._file(archive.finish(), book, "zip")

    def json(self, kept: object, board: str, title: str) -> str:
        """The path of the JSON; designs that cannot be drawn here are in it too."""
        book = self._book(kept, board, title)
        return str(self._file(book.to_json().encode(), book, "json"))

    def bring_back(self, path: str | None, kept: object) -> tuple[Any, ...]:
        """Keep what a look book's JSON holds besides what is kept; one that is damaged changes nothing."""
        if not path:
            return gr.skip(), gr.skip()
        try:
            with errors_as_sentences():
                file = Path(path)
                if file.stat().st_size > MOST_JSON:
                    raise LookBookError(DAMAGED)
                book = LookBook.from_json(file.read_bytes())
                before = Boards.of(kept)
                after = before.with_book(book)
        except gr.Error as error:
            return gr.skip(), widgets.refusal(error.message)
        new = len(after.looks) - len(before.looks)
        there = len(book.looks) - new
        sentence = f"{_designs(new).capitalize()} of “{book.title}” came back."
        sentence += f" {_designs(there).capitalize()} you had kept already." if there else ""
        return after.kept(), f'<p class="t-note" role="status">{escape(sentence)}</p>'

    def _book(self, kept: object, board: str, title: str) -> LookBook:
        with errors_as_sentences():
            boards = Boards.of(kept)
            board = board if board in boards.names else ""
            looks = boards.on(board)
            if not looks:
                raise ToileError(EMPTY)
            used = {
                each.name: each.note for each in boards.boards if not board or each.name == board
            }
            today = dt.datetime.now().astimezone().date()
            return LookBook(title or board or "Look book", today, looks, used)

    def _each(
        self, book: LookBook, make: Callable[[Look, Designer, dict[str, str]], None]
    ) -> Iterator[str]:
        """Draw and read each design; yields how far it is and how long the rest takes."""
        for i, look in enumerate(book.looks):
            left = (len(book.looks) - i) * statistics.median(self._seconds)
            yield f"{i + 1} of {len(book.looks)}. {wording.about(left)}"
            start = time.perf_counter()
            with errors_as_sentences():
                designer, _ = self.service.designer_of(look.recipe)
                make(look, designer, self.favourites.words_of(look.recipe))
            self._seconds.append(time.perf_counter() - start)

    def _file(self, content: bytes, book: LookBook, suffix: str) -> Path:
        return Path(self.service.files.keep(content, f"toile-{slug(book.title)}.{suffix}"))


def _designs(count: int) -> str:
    return {0: "no design", 1: "one design"}.get(count, f"{count} designs")


def _pages(title: str, looks: Sequence[Look], sources: Sequence[str]) -> str:
    """A cover, a contact sheet and a page as they will look, with the first designs."""
    if not sources:
        return widgets.refusal("These designs need other weights, so this Toile cannot draw them.")
    sheet = "".join(f'<img src="{source}" alt="">' for source in sources)
    name = escape(looks[0].name)
    return (
        f'<div class="book" role="img" aria-label="Pages of the look book {escape(title)}">'
        f'<div class="sheet"><b>{escape(title)}</b><img src="{sources[0]}" alt="">'
        f"<small>{_designs(len(looks)).capitalize()}. Drawn with Toile.</small></div>"
        f'<div class="sheet six">{sheet}</div>'
        f'<div class="sheet one"><img src="{sources[0]}" alt=""><b>{name}</b>'
        f"<small>{escape(looks[0].note)}</small></div></div>"
    )
