"""What the analyser reads of a design beside what was asked for, in words, and one way to mend what differs."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from demo import wording
from fashion_core.taxonomy import (
    COLOUR,
    FIT,
    LENGTH,
    NECKLINE,
    OF_CLOTH,
    PATTERN,
    SLEEVE_LENGTH,
    WISHES,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fashion_core import DesignRecipe
    from fashion_core.report import GarmentReport

ROWS = (PATTERN, COLOUR, SLEEVE_LENGTH, LENGTH, NECKLINE, FIT)
#: The sliders that move an attribute: where one was moved by hand, what was asked for no longer counts.
SLIDERS = {
    SLEEVE_LENGTH.key: ("sleeve_length",),
    LENGTH.key: ("length",),
    NECKLINE.key: ("neckline_depth",),
    FIT.key: ("waist", "flare"),
}
#: Classes from the low end of their slider to the high one, and what a move down or up is called.
ORDERS = {
    SLEEVE_LENGTH.key: ("sleeveless", "short", "half", "long"),
    LENGTH.key: ("short", "knee", "normal", "3-4", "long"),
    NECKLINE.key: ("other", "round", "wide", "v", "deep"),
    FIT.key: ("tight", "normal", "loose"),
}
MOVES = {
    SLEEVE_LENGTH.key: ("Shorten the sleeves", "Lengthen the sleeves"),
    LENGTH.key: ("Raise the hem", "Lower the hem"),
    NECKLINE.key: ("Raise the neckline", "Lower the neckline"),
    FIT.key: ("Take in the waist", "Let out the waist"),
}
#: Standard deviations of one such move.
STEP = 0.8
NUMBERS = ("None", "One", "Two", "Three", "Four", "Five", "Six")


class Row(NamedTuple):
    """An attribute as it was asked for and as it is read; ``by_hand`` is whether its slider was moved."""

    key: str
    asked: str | None
    read: str
    share: float
    by_hand: bool = False

    @property
    def missed(self) -> bool:
        """Whether something else was asked for."""
        return self.asked is not None and self.asked != self.read


def rows(recipe: DesignRecipe, report: GarmentReport) -> list[Row]:
    """What was asked for and what is read, an attribute a row."""
    moved = {name for name, _ in recipe.edits}
    found = []
    for attribute in ROWS:
        key = attribute.key
        by_hand = any(name in moved for name in SLIDERS.get(key, ()))
        asked = None if by_hand else recipe.wishes.get(key)
        if key == COLOUR.key:
            family = report.palette.family
            share = sum(c.share for c in report.palette.colours if c.family == family)
            found.append(Row(key, asked, family, share))
        else:
            reading = report.attributes[key]
            found.append(Row(key, asked, reading.label, reading.probability, by_hand))
    return found


def headline(found: Sequence[Row]) -> str:
    """How much is as it was asked for.

    >>> headline([Row("fit", "loose", "loose", .7), Row("length", "long", "knee", .6)])
    'One of two as asked'
    """
    asked = [row for row in found if row.asked is not None]
    right = sum(not row.missed for row in asked)
    if not asked:
        return "Nothing was asked for"
    if right == len(asked):
        return "As asked" if right == 1 else f"All {NUMBERS[right].lower()} as asked"
    if len(asked) == 1:
        return "Not as asked"
    return f"{NUMBERS[right]} of {NUMBERS[len(asked)].lower()} as asked"


def section(found: Sequence[Row]) -> str:
    """The sentence with its button on the left, the table on the right."""
    missed = [row for row in found if row.missed]
    if missed:
        told = f"{_missed(missed[0])} {_way_out(missed[0])}"
        button = _button(missed[0])
    elif any(row.asked for row in found):
        told, button = "The Analyser sees what you asked for.", ""
    else:
        told, button = (
            "Wishes were left open, so there is nothing to compare. This is what is seen.",
            "",
        )
    return (
        f'<div class="read-back"><div><h3 class="t-h3">{headline(found)}</h3><p>{told}</p>{button}</div>'
        '<table><thead><tr><th><span class="sr">Attribute</span></th><th>Asked</th><th>Read</th>'
        f'<th><span class="sr">How sure</span></th></tr></thead><tbody>{"".join(map(_line, found))}</tbody>'
        "</table></div>"
    )


def _missed(row: Row) -> str:
    title, words = WISHES[row.key].title.lower(), WISHES[row.key].words
    reads = "read" if title.endswith("s") else "reads"
    asked = words[row.asked or row.read].lower()
    return f"The {title} {reads} {words[row.read].lower()}; you asked for {asked}."


def _way_out(row: Row) -> str:
    if row.key in OF_CLOTH:
        return "Draw another cloth, or keep what you see."
    return f"{_move(row)[0]} a little, or keep what you see."


def _move(row: Row) -> tuple[str, float]:
    """What brings it nearer to what was asked for: in words, and standard deviations of its first slider."""
    order = ORDERS[row.key]
    place = {name: i for i, name in enumerate(order)}
    up = place.get(row.asked or "", 0) > place.get(row.read, 0)
    return MOVES[row.key][up], STEP if up else -STEP


def _button(row: Row) -> str:
    if row.key in OF_CLOTH:
        return '<button type="button" class="lg" data-draw="cloth">Draw another cloth</button>'
    words, by = _move(row)
    nudge = escape(json.dumps({"path": f"edits.{SLIDERS[row.key][0]}", "by": by}))
    return f'<button type="button" class="lg" data-nudge="{nudge}">{words}</button>'


def _line(row: Row) -> str:
    attribute = WISHES[row.key]
    words: Mapping[str, str] = attribute.words
    sure = wording.percent(row.share)
    if row.missed:
        how = f'<td class="miss">not as asked, {sure}</td>'
    elif row.asked is None:
        how = f"<td>{'moved by hand' if row.by_hand else 'left open'}, {sure}</td>"
    else:
        how = f"<td>{sure}</td>"
    asked = words[row.asked] if row.asked else "Any"
    read = f"<u>{words[row.read]}</u>" if row.missed else words[row.read]
    return (
        f'<tr><th scope="row">{attribute.title}</th><td class="asked">{asked}</td>'
        f'<td class="read">{read}</td>{how}</tr>'
    )
