"""What a visitor kept: designs with names and notes, on boards. Recipes and words, never a picture.

The browser keeps it. It comes back like anything that a stranger sends; a part that does not pass is left out,
so that one damaged design loses no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fashion_core.errors import LookBookError
from fashion_core.look_book import MOST_BOARDS, MOST_LOOKS, MOST_NAME, MOST_NOTE, Look, clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fashion_core.look_book import LookBook

EVERYTHING = "Everything"


class Board(NamedTuple):
    """A name, and a note on what the board is for."""

    name: str
    note: str = ""


class Boards(NamedTuple):
    """All that was kept; the newest design last."""

    boards: tuple[Board, ...] = ()
    looks: tuple[Look, ...] = ()

    @classmethod
    def of(cls, kept: object) -> Boards:
        """What :meth:`kept` wrote, without what is damaged."""
        content = kept if isinstance(kept, dict) else {}
        given, designs = content.get("boards"), content.get("designs")
        found = cls()
        for each in given if isinstance(given, list) else []:
            if isinstance(each, dict):
                found = found.with_board(each.get("name"), each.get("note"))
        for each in designs if isinstance(designs, list) else []:
            try:
                found = found.with_looks([Look.of(each)])
            except LookBookError:
                continue
        return found

    def kept(self) -> dict[str, Any]:
        """As the browser keeps it."""
        return {
            "boards": [board._asdict() for board in self.boards],
            "designs": [look.to_dict() for look in self.looks],
        }

    @property
    def names(self) -> list[str]:
        """Names of the boards."""
        return [board.name for board in self.boards]

    def on(self, board: str) -> tuple[Look, ...]:
        """The designs on a board; all of them for the empty name."""
        return tuple(look for look in self.looks if not board or look.board == board)

    def look(self, recipe: str) -> Look | None:
        """The design of a recipe, if it was kept."""
        return next((look for look in self.looks if look.recipe == recipe), None)

    def with_board(self, name: object, note: object = "") -> Boards:
        """With a board of this name; its note is replaced where there is one already."""
        named = clean(name, MOST_NAME)
        if not named or named == EVERYTHING:
            return self
        board = Board(named, clean(note, MOST_NOTE))
        if named in self.names:
            same = tuple(board if each.name == named else each for each in self.boards)
            return self._replace(boards=same)
        if len(self.boards) >= MOST_BOARDS:
            return self
        return self._replace(boards=(*self.boards, board))

    def with_looks(self, looks: Iterable[Look]) -> Boards:
        """With designs, and the boards that they name. One that is there keeps its place and its words.

        Raises:
            LookBookError: there are more than can be kept.
        """
        found, there = self, {look.recipe for look in self.looks}
        for look in looks:
            if look.recipe in there:
                continue
            there.add(look.recipe)
            if look.board and look.board not in found.names:
                found = found.with_board(look.board)
            kept = look if look.board in found.names else Look(look.recipe, look.name, look.note)
            found = found._replace(looks=(*found.looks, kept))
        if len(found.looks) > MOST_LOOKS:
            raise LookBookError(
                f"A browser keeps {MOST_LOOKS} designs here. Save a look book and remove some first."
            )
        return found

    def with_book(self, book: LookBook) -> Boards:
        """With the designs and boards of a look book; what was there keeps its place and its words.

        Raises:
            LookBookError: there are more than can be kept.
        """
        found = self
        for name, note in book.boards.items():
            if name not in found.names:
                found = found.with_board(name, note)
        return found.with_looks(book.looks)

    def changed(self, recipe: str, name: object, note: object, board: object) -> Boards:
        """With other words for a design, or on another board."""
        where = clean(board, MOST_NAME)
        new = Look(recipe, str(name), str(note), where if where in self.names else "")
        looks = tuple(new if look.recipe == recipe else look for look in self.looks)
        return self._replace(looks=looks)

    def without(self, recipe: str) -> Boards:
        """Without a design."""
        return self._replace(looks=tuple(look for look in self.looks if look.recipe != recipe))

    def renamed(self, board: str, name: object, note: object) -> Boards:
        """With another name and note of a board; its designs stay on it."""
        named = clean(name, MOST_NAME)
        if not named or named == EVERYTHING or (named != board and named in self.names):
            named = board
        boards = tuple(
            Board(named, clean(note, MOST_NOTE)) if each.name == board else each
            for each in self.boards
        )
        looks = tuple(
            Look(look.recipe, look.name, look.note, named) if look.board == board else look
            for look in self.looks
        )
        return Boards(boards, looks)

    def without_board(self, board: str) -> Boards:
        """Without a board; its designs stay, on none."""
        boards = tuple(each for each in self.boards if each.name != board)
        looks = tuple(
            Look(look.recipe, look.name, look.note) if look.board == board else look
            for look in self.looks
        )
        return Boards(boards, looks)
