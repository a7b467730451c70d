"""Kept: designs on boards, with names and notes, in the visitor's browser."""

from __future__ import annotations

from collections.abc import Iterator  # noqa: TC003 - Gradio reads annotations when it runs
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from demo import scripts, widgets, wording
from demo.boards import EVERYTHING, Boards
from demo.compare import compared
from demo.events import ANALYSIS, QUIET, unchanged
from demo.kept import Design, kept_in_browser, on_new
from demo.section import Section
from demo.service import errors_as_sentences
from demo.thumbnails import Thumbnails
from fashion_core.design_words import design_words
from fashion_core.look_book import MOST_NAME, MOST_NOTE, Look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demo.service import Service

EMPTY = "Nothing kept yet. Press Keep on a design and it waits for you here."
EMPTY_BOARD = "Nothing on this board yet. Choose a design under Everything and put it here."
ELSEWHERE = "needs other weights"


class Favourites:
    """The section "Kept".

    ``kept`` is all that was kept (:class:`demo.boards.Boards`), ``board`` the name of the one that is shown,
    ``marked`` the recipes of the one or two designs that were pressed last, ``removed`` what was taken away
    last. Whatever changes ``kept`` is shown at once: only :meth:`show` fills the row. ``changed`` is that
    event.
    """

    def __init__(self, service: Service, design: gr.BrowserState, keep: gr.Button) -> None:
        self.service = service
        self.thumbnails = Thumbnails(service)
        self.words_of = lru_cache(maxsize=256)(self._read)
        self.kept = kept_in_browser("boards")
        self.marked, self.removed = gr.State(()), gr.State(None)
        self.section = Section(
            "Kept", "Boards stay in this browser: recipes and notes, never pictures.", "kept"
        )
        self.changed = on_new(self.kept, "boards")
        with self.section.fold:
            self._layout()
        self._events(design, keep)

    def _layout(self) -> None:
        with gr.Row(elem_classes="t-boards"):
            self.board = gr.Radio(
                [(EVERYTHING, "")],
                value="",
                label="Board",
                show_label=False,
                interactive=True,
                elem_id="boards",
            )
            self.new = gr.Button("New board", elem_id="new-board", elem_classes="t-word-button")
        with gr.Row(elem_classes="t-ask", visible=False) as self.naming:
            self.new_name = gr.Textbox(
                label="Name of the new board",
                max_lines=1,
                max_length=MOST_NAME,
                elem_id="board-name",
            )
            self.add = gr.Button("Add it", elem_id="add-board")
        self.working = gr.HTML(apply_default_css=False)
        self.pictures = gr.HTML(
            widgets.refusal(EMPTY),
            js_on_load=scripts.KEPT_JS,
            apply_default_css=False,
            elem_id="kept-designs",
        )
        with gr.Column(visible=False, elem_classes="t-one-kept", elem_id="one-kept") as self.one:
            with gr.Row(elem_classes="t-fields"):
                self.name = gr.Textbox(
                    label="Name", max_lines=1, max_length=MOST_NAME, elem_id="kept-name"
                )
                self.note = gr.Textbox(
                    label="Note", max_lines=1, max_length=MOST_NOTE, elem_id="kept-note"
                )
                self.where = gr.Dropdown(
                    [("None", "")], value="", label="Board", filterable=False, elem_id="kept-board"
                )
            with gr.Row(elem_classes="t-row fill"):
                self.save = gr.Button("Save name and note", elem_id="save-kept")
                self.put = gr.Button("Put it on the stand", elem_id="put-kept")
                self.remove = gr.Button("Remove", elem_id="remove-kept")
        self.back = gr.Button("Take back what was removed", visible=False, elem_id="take-back")
        with gr.Column(visible=False, elem_id="this-board") as self.about:
            with gr.Row(elem_classes="t-fields"):
                self.board_name = gr.Textbox(
                    label="Name of this board", max_lines=1, max_length=MOST_NAME
                )
                self.board_note = gr.Textbox(
                    label="What it is for", max_lines=1, max_length=MOST_NOTE
                )
            with gr.Row(elem_classes="t-row fill"):
                self.rename = gr.Button("Save the board's name and note", elem_id="rename-board")
                self.drop = gr.Button("Remove the board, keep its designs", elem_id="drop-board")
        self.to_stand = gr.JSON(visible=False)
        self.versus = gr.HTML(apply_default_css=False, elem_id="compare-kept")

    def _events(self, design: gr.BrowserState, keep: gr.Button) -> None:
        kept, board, marked = self.kept, self.board, self.marked
        kept_now = keep.click(
            self.keep,
            [design, kept, board],
            [kept, self.section.fold, self.section.opened],
            **QUIET,
        )
        kept_now.success(None, None, None, js=scripts.KEEP_SAID_JS, **QUIET)
        shown = [self.working, self.pictures, self.board, self.where, self.about]
        shown += [self.board_name, self.board_note, self.one, self.versus, marked]
        state = [kept, board]
        self.section.shows_while_open(self.show, state, shown, [self.changed, board.input])
        self.pictures.select(
            self.mark, state, [marked, self.one, self.name, self.note, self.where], **QUIET
        )
        marked.change(
            self.compare,
            [kept, marked],
            [self.working, self.versus],
            trigger_mode="always_last",
            **{**QUIET, **ANALYSIS},
        )
        self.new.click(lambda: gr.Row(visible=True), None, self.naming, **QUIET)
        for trigger in (self.add.click, self.new_name.submit):
            trigger(
                self.add_board,
                [self.new_name, kept],
                [kept, board, self.new_name, self.naming],
                **QUIET,
            )
        for trigger in (self.save.click, self.name.submit, self.note.submit):
            trigger(self.change, [kept, marked, self.name, self.note, self.where], kept, **QUIET)
        self.put.click(self.chosen, [kept, marked], self.to_stand, **QUIET).success(
            None, self.to_stand, None, js=scripts.SHOW_DESIGN_JS, **QUIET
        )
        self.remove.click(self.take_away, [kept, marked], [kept, self.removed, self.back], **QUIET)
        self.back.click(
            self.take_back, [kept, self.removed], [kept, self.removed, self.back], **QUIET
        )
        self.rename.click(
            self.rename_board,
            [kept, board, self.board_name, self.board_note],
            [kept, board],
            **QUIET,
        )
        self.drop.click(self.drop_board, [kept, board], [kept, board], **QUIET)

    # What changes what is kept.

    def keep(self, kept_design: object, kept: object, board: str) -> tuple[Any, ...]:
        """Keep what stands on the stand, on the board that is shown; the section opens."""
        design = Design.of(kept_design)
        if not design.recipe:
            raise gr.Error("There is no design on the stand yet.", print_exception=False)
        with errors_as_sentences():
            added = self._added(kept, [Look(design.recipe, design.caption, board=board or "")])
        return added.kept(), gr.Accordion(open=True), True

    def keep_all(self, drawn: object, kept: object, board: str) -> dict[str, Any]:
        """Keep several designs that a section shows (``{"designs": [...]}``)."""
        content = drawn if isinstance(drawn, dict) else {}
        designs = [Design.of(each) for each in content.get("designs", ())]
        looks = [Look(d.recipe, d.caption, board=board or "") for d in designs if d.recipe]
        if not looks:
            raise gr.Error("There is nothing to keep yet.", print_exception=False)
        with errors_as_sentences():
            return self._added(kept, looks).kept()

    def _added(self, kept: object, looks: Sequence[Look]) -> Boards:
        return Boards.of(kept).with_looks(looks)

    def change(self, kept: object, marked: Sequence[str], name: str, note: str, board: str) -> Any:
        """Save what was written of the design that was pressed last."""
        if not marked:
            return gr.skip()
        return Boards.of(kept).changed(marked[-1], name, note, board).kept()

    def take_away(self, kept: object, marked: Sequence[str]) -> tuple[Any, ...]:
        """Remove the design that was pressed last; it can be taken back."""
        boards = Boards.of(kept)
        look = boards.look(marked[-1]) if marked else None
        if look is None:
            return unchanged(3)
        return boards.without(look.recipe).kept(), look.to_dict(), gr.Button(visible=True)

    def take_back(self, kept: object, removed: object) -> tuple[Any, ...]:
        """Keep again what was removed last."""
        with errors_as_sentences():
            boards = self._added(kept, [Look.of(removed)])
        return boards.kept(), None, gr.Button(visible=False)

    def add_board(self, name: str, kept: object) -> tuple[Any, ...]:
        """Add a board and show it."""
        before = Boards.of(kept)
        after = before.with_board(name)
        if after == before:
            sentence = "Give the board a name that no other has. Forty boards are the most."
            raise gr.Error(sentence, print_exception=False)
        return (
            after.kept(),
            gr.Radio(choices=_choices(after), value=after.names[-1]),
            "",
            gr.Row(visible=False),
        )

    def rename_board(self, kept: object, board: str, name: str, note: str) -> tuple[Any, ...]:
        """Give the board that is shown another name and note."""
        before = Boards.of(kept)
        if board not in before.names:
            return unchanged(2)
        after = before.renamed(board, name, note)
        named = after.names[before.names.index(board)]
        return after.kept(), gr.Radio(choices=_choices(after), value=named)

    def drop_board(self, kept: object, board: str) -> tuple[Any, ...]:
        """Remove the board that is shown; its designs stay under Everything."""
        after = Boards.of(kept).without_board(board)
        return after.kept(), gr.Radio(choices=_choices(after), value="")

    # What is shown.

    def show(self, kept: object, board: str, opened: bool) -> Iterator[tuple[Any, ...]]:
        """The designs on a board: drawn where they are not known yet."""
        if not opened:
            yield unchanged(10)
            return
        boards = Boards.of(kept)
        board = board if board in boards.names else ""
        looks = boards.on(board)
        missing = self.thumbnails.missing([look.recipe for look in looks])
        rest = (gr.skip(),) * 9
        with errors_as_sentences():
            about = wording.about(self.service.seconds_for(max(1, len(missing))))
            if missing:
                yield widgets.working(about, f"Drawing {len(missing)} kept designs ..."), *rest
            for done in self.thumbnails.draw(missing):
                if done < len(missing):
                    yield widgets.working(about, f"Drawing {done} of {len(missing)} ..."), *rest
        there = next((each for each in boards.boards if each.name == board), None)
        yield (
            widgets.working(),
            self._row(looks) if looks else widgets.refusal(EMPTY_BOARD if board else EMPTY),
            gr.Radio(choices=_choices(boards), value=board),
            gr.Dropdown(choices=[("None", ""), *((name, name) for name in boards.names)]),
            gr.Column(visible=there is not None),
            there.name if there else "",
            there.note if there else "",
            gr.Column(visible=False),
            "",
            (),
        )

    def _row(self, looks: Sequence[Look]) -> str:
        cells = []
        for i, look in enumerate(looks):
            source = self.thumbnails.of(look.recipe)
            picture = f'<img src="{source}" alt="">' if source else f"<i>{ELSEWHERE}</i>"
            note = f'<span class="cap-note">{escape(look.note)}</span>' if look.note else ""
            cells.append(
                f'<button type="button" data-i="{i}" aria-pressed="false"><span class="frame">{picture}</span>'
                f'<span class="cap">{escape(look.name)}</span>{note}</button>'
            )
        return (
            '<div class="pictures" role="group" aria-label="Kept designs; press two to compare them" '
            f'style="--cols:6">{"".join(cells)}</div>'
        )

    def mark(self, kept: object, board: str, event: gr.EventData) -> tuple[Any, ...]:
        """What was pressed: the last of at most two is the one whose words can be changed."""
        boards = Boards.of(kept)
        looks = boards.on(board if board in boards.names else "")
        places = [i for i in event.index if isinstance(i, int) and 0 <= i < len(looks)][-2:]
        if not places:
            return (), gr.Column(visible=False), *unchanged(3)
        look = looks[places[-1]]
        marked = tuple(looks[i].recipe for i in places)
        return marked, gr.Column(visible=True), look.name, look.note, look.board

    def chosen(self, kept: object, marked: Sequence[str]) -> dict[str, Any]:
        """The design that was pressed last, to be put on the stand."""
        look = Boards.of(kept).look(marked[-1]) if marked else None
        return Design(look.recipe, look.name).kept() if look else {}

    def compare(self, kept: object, marked: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Two designs in words; values of ``working`` and ``versus``."""
        boards = Boards.of(kept)
        looks = [look for recipe in marked if (look := boards.look(recipe))]
        if len(looks) < 2:
            yield widgets.working(), ""
            return
        about = wording.about(2 * self.service.seconds_a_photo)
        yield widgets.working(about, "Reading the two ..."), gr.skip()
        try:
            with errors_as_sentences():
                words = tuple(self.words_of(look.recipe) for look in looks)
        except gr.Error as error:
            yield widgets.working(), widgets.refusal(error.message)
            return
        sources = [self.thumbnails.of(look.recipe) for look in looks]
        yield widgets.working(), compared((looks[0], looks[1]), (sources[0], sources[1]), words)

    def _read(self, recipe: str) -> dict[str, str]:
        designer, decoded = self.service.designer_of(recipe)
        return design_words(decoded, self.service.read_back(designer.render(decoded)))


def _choices(boards: Boards) -> list[tuple[str, str]]:
    """Words of the boards with how many designs lie on each."""
    counted = [(f"{name} {len(boards.on(name))}", name) for name in boards.names]
    return [(f"{EVERYTHING} {len(boards.looks)}", ""), *counted]
