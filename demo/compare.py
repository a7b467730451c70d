"""Two kept designs side by side, in words."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fashion_core.look_book import Look


def compared(
    looks: tuple[Look, Look], sources: tuple[str, str], words: tuple[Mapping[str, str], ...]
) -> str:
    """Pictures left and right, and between them what each is; what differs is in larger type.

    Args:
        looks: the two designs.
        sources: URLs of their pictures.
        words: title -> word of each (:func:`fashion_core.design_words.design_words`).
    """
    a, b = words
    titles = [*a, *(title for title in b if title not in a)]
    lines = "".join(_line(title, a.get(title, "none"), b.get(title, "none")) for title in titles)
    return (
        '<h3 class="t-label">Compare</h3><div class="versus">'
        f"{_side('A', looks[0], sources[0])}"
        '<table><thead class="sr"><tr><th>A</th><th>what</th><th>B</th></tr></thead>'
        f"<tbody>{lines}</tbody></table>"
        f"{_side('B', looks[1], sources[1])}</div>"
    )


def _line(title: str, a: str, b: str) -> str:
    differs = "" if a == b else ' class="differs"'
    return f"<tr{differs}><td>{escape(a)}</td><th scope='row'>{escape(title)}</th><td>{escape(b)}</td></tr>"


def _side(letter: str, look: Look, source: str) -> str:
    name = escape(look.name)
    return (
        f'<figure><div class="frame"><img src="{source}" alt="Design {letter}: {name}"></div>'
        f"<figcaption>{letter}, {name}</figcaption></figure>"
    )
