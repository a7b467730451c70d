"""A look book: designs with names and notes, as JSON and back.

The JSON comes from files of strangers, so all of it is checked; one part that does not pass refuses the whole.
Its pages as PDF are drawn by :mod:`fashion_core.look_book_pdf`, everything in one archive by
:mod:`fashion_core.look_book_zip`.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from fashion_core.errors import LookBookError, RecipeError
from fashion_core.recipe import DesignRecipe

if TYPE_CHECKING:
    from collections.abc import Mapping

KIND, VERSION = "toile look book", 1
MOST_NAME, MOST_NOTE, MOST_LOOKS, MOST_BOARDS = 60, 500, 300, 40
#: Bytes of the largest JSON that is read: so many looks with the longest recipes that photos give.
MOST_JSON = 8_000_000
DAMAGED = (
    "That is not a look book of Toile, or a part of it is missing. What you kept is as it was."
)
_TOO_MANY = f"A look book has {MOST_LOOKS} designs at most. What you kept is as it was."


def clean(text: object, most: int) -> str:
    r"""A text in one line, without what cannot be printed, at most so many letters.

    >>> clean("  opening\n look ", 60)
    'opening look'
    """
    if not isinstance(text, str):
        return ""
    words = "".join(c if c.isprintable() else " " for c in text[: 4 * most]).split()
    return " ".join(words)[:most].rstrip()


@dataclass(frozen=True)
class Look:
    """A design that was kept.

    Attributes:
        recipe: of the design, as text.
        name: at most :data:`MOST_NAME` letters.
        note: at most :data:`MOST_NOTE` letters.
        board: the name of the board that it lies on; empty for none.
    """

    recipe: str
    name: str = "A design"
    note: str = ""
    board: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", clean(self.name, MOST_NAME) or "A design")
        object.__setattr__(self, "note", clean(self.note, MOST_NOTE))
        object.__setattr__(self, "board", clean(self.board, MOST_NAME))

    @classmethod
    def of(cls, content: object) -> Look:
        """A look from what a stranger sent.

        Raises:
            LookBookError: it is none, or its recipe is damaged. One for other weights is taken.
        """
        if not isinstance(content, dict):
            raise LookBookError(DAMAGED)
        texts = {key: content.get(key, "") for key in ("recipe", "name", "note", "board")}
        if not all(isinstance(text, str) for text in texts.values()):
            raise LookBookError(DAMAGED)
        try:
            DesignRecipe.decode(texts["recipe"])
        except RecipeError:
            raise LookBookError(DAMAGED) from None
        return cls(**{**texts, "recipe": texts["recipe"].strip()})

    def to_dict(self) -> dict[str, str]:
        """As in the JSON."""
        return asdict(self)


@dataclass(frozen=True)
class LookBook:
    """Designs under a title, of a day.

    Attributes:
        title: at most :data:`MOST_NAME` letters.
        date: when it was made.
        looks: the designs.
        boards: names of their boards -> what these are for.
    """

    title: str
    date: dt.date
    looks: tuple[Look, ...]
    boards: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", clean(self.title, MOST_NAME) or "Look book")

    def to_json(self) -> str:
        """The look book as JSON; the same one gives the same text."""
        content = {
            "kind": KIND,
            "version": VERSION,
            "title": self.title,
            "date": self.date.isoformat(),
            "boards": dict(self.boards),
            "designs": [look.to_dict() for look in self.looks],
        }
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> LookBook:
        """The look book that :meth:`to_json` wrote.

        Raises:
            LookBookError: anything else, or a part that is damaged.
        """
        if len(text) > MOST_JSON:
            raise LookBookError(DAMAGED)
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            raise LookBookError(DAMAGED) from None
        if not isinstance(content, dict) or content.get("kind") != KIND:
            raise LookBookError(DAMAGED)
        return cls(
            _title(content),
            _date(content),
            _looks(content.get("designs")),
            _boards(content.get("boards", {})),
        )


def _title(content: dict[str, Any]) -> str:
    title = content.get("title", "")
    if not isinstance(title, str):
        raise LookBookError(DAMAGED)
    return title


def _date(content: dict[str, Any]) -> dt.date:
    try:
        return dt.date.fromisoformat(content.get("date", ""))
    except (TypeError, ValueError):
        raise LookBookError(DAMAGED) from None


def _boards(boards: object) -> dict[str, str]:
    if not isinstance(boards, dict) or len(boards) > MOST_BOARDS:
        raise LookBookError(DAMAGED)
    if not all(isinstance(note, str) for note in boards.values()):
        raise LookBookError(DAMAGED)
    return {clean(name, MOST_NAME): clean(note, MOST_NOTE) for name, note in boards.items()}


def _looks(designs: object) -> tuple[Look, ...]:
    if not isinstance(designs, list) or not designs:
        raise LookBookError(DAMAGED)
    if len(designs) > MOST_LOOKS:
        raise LookBookError(_TOO_MANY)
    return tuple(Look.of(each) for each in designs)
