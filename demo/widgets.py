"""Pieces of HTML that the tabs are made of. Every text from outside is escaped here."""

from __future__ import annotations

import base64
import io
import json
from html import escape
from typing import TYPE_CHECKING

from demo import wording
from fashion_core.exports import enlarge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from demo.kept import Design


def data_url(image: Image.Image, kind: str = "WEBP", quality: int = 88) -> str:
    """A picture as a ``data:`` URL, without any metadata."""
    file = io.BytesIO()
    image.save(file, kind, quality=quality)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(file.getvalue()).decode()}"


def design_url(design: Image.Image) -> str:
    """A design as the sheet, the rows and the morph show it: 256 pixels on its longer side."""
    return data_url(enlarge(design, 256))


def masthead() -> str:
    """Name, tagline and the word that switches light and dark."""
    return (
        '<header class="masthead"><div class="t-name">Toile</div>'
        "<p>Read a garment. Draw the next one.</p>"
        '<button id="shade" type="button" aria-label="Switch between light and dark">'
        '<span class="when-light">Dark</span><span class="when-dark">Light</span></button>'
        "</header>"
    )


def foot() -> str:
    """The page's last line."""
    return f'<div class="foot"><p class="t-note">{wording.FOOT}</p></div>'


def section_head(title: str, note: str) -> str:
    """A section's heading with its line."""
    return (
        f'<div class="t-section-head"><h2 class="t-h2">{escape(title)}</h2>'
        f"<p>{escape(note)}</p></div>"
    )


def working(text: str = "", step: str = "") -> str:
    """The line that says what is being done and how long it takes.

    A phone shows it at the lower edge for as long as there is a ``step``.
    """
    if not (text or step):
        return ""
    start = f"<b>{escape(step)}</b> " if step else ""
    now = " now" if step else ""
    return f'<div class="working{now}" role="status">{start}{escape(text)}</div>'


def pictures(
    sources: Sequence[str],
    captions: Sequence[str],
    columns: int,
    designs: Sequence[Design],
    *,
    show_captions: bool = True,
) -> str:
    """A grid of pictures to choose from: one tab stop, with arrow keys between them.

    A press on one puts its design on the stand. Which of them stands there, and which are A and B, is marked in
    the browser.
    """
    cells = []
    for i, (source, caption, design) in enumerate(zip(sources, captions, designs, strict=True)):
        cells.append(
            f'<button type="button" data-i="{i}" tabindex="{-1 if i else 0}" '
            f'data-recipe="{escape(design.recipe)}" '
            f'data-caption="{escape(design.caption)}" aria-pressed="false">'
            f'<span class="frame"><img src="{source}" alt="Design {escape(caption)}"></span>'
            + (
                f'<span class="cap">{escape(caption)}</span></button>'
                if show_captions
                else "</button>"
            )
        )
    return (
        f'<div class="pictures" role="toolbar" aria-label="Designs" style="--cols:{columns}">'
        f"{''.join(cells)}</div>"
    )


def empty_sheet(count: int, columns: int) -> str:
    """Frames where designs will be, so that nothing below moves when they come."""
    cell = '<span class="frame"></span><span class="cap">&nbsp;</span>'
    cells = f"<div>{cell}</div>" * count
    return f'<div class="pictures" aria-hidden="true" style="--cols:{columns}">{cells}</div>'


def kicker(text: str) -> str:
    """The line over a heading."""
    return f'<p class="t-kicker">{escape(text)}</p>'


def refusal(sentence: str) -> str:
    """A sentence in place of what cannot be shown."""
    return f'<p class="refusal" role="status">{escape(sentence)}</p>'


def ends_line() -> str:
    """What A and B are at present, under the buttons that choose them; the browser writes the names."""
    return (
        '<p class="t-note" role="status" hidden>A is <b data-end="a"></b>, B is <b data-end="b"></b>. '
        '<button type="button" class="t-link" data-show="#from-a-to-b">See what lies between</button></p>'
    )


def examples(sources: Sequence[str], names: Sequence[str]) -> str:
    """One large and three small drawn garments to try."""
    cells = "".join(
        f'<button type="button" data-i="{i}" tabindex="{-1 if i else 0}" aria-label="Try {escape(name)}">'
        f'<img src="{source}" alt=""></button>'
        for i, (source, name) in enumerate(zip(sources, names, strict=True))
    )
    return (
        '<p class="t-label t-examples">Try one of these</p>'
        f'<div class="examples" role="toolbar" aria-label="Examples">{cells}</div>'
    )


def compare(photo: Image.Image, cut: Image.Image) -> str:
    """Photo and cut-out in one frame, divided by a thread that can be dragged."""
    return (
        '<div class="compare">'
        f'<img src="{data_url(cut)}" alt="What was read: the garment cut out on white">'
        f'<img class="over" src="{data_url(photo)}" alt="Your photo">'
        '<div class="thread"></div><div class="knob" aria-hidden="true">'
        '<svg width="24" height="14" viewBox="0 0 24 14" fill="currentColor">'
        '<path d="M9 1v12L1 7zM15 1v12l8-6z"/></svg></div>'
        '<input type="range" min="0" max="100" value="50" aria-label="Compare photo and cut-out">'
        "</div>"
    )


def cutout_editor(
    photo: Image.Image, box: Sequence[float], outline: str, *, corrected: bool
) -> str:
    """The photo with a box to draw, and a brush to mark what is garment.

    Args:
        photo: the whole of it.
        box: x0, y0, x1, y1 in shares of its sides.
        outline: what was read as garment (:func:`demo.marks.mask_url`).
        corrected: whether a user's correction can be undone.
    """
    start = json.dumps([round(v, 4) for v in box])
    undo = '<button type="button" class="lg" data-choice="undo">Undo my correction</button>'
    return (
        f'<div class="mend">{_tools()}'
        f'<div class="boxer" data-tool="box" data-box="{start}" data-first="{start}" data-mask="{outline}" '
        f'style="aspect-ratio:{photo.width}/{photo.height};--portrait:{photo.width / photo.height:.4f}">'
        f'<img src="{data_url(photo)}" alt="Your whole photo" draggable="false">'
        f'<canvas width="{photo.width}" height="{photo.height}" aria-hidden="true"></canvas>'
        f'<div class="brush" aria-hidden="true"></div>{_box(box)}</div>'
        '<label class="brush-size">Size of the brush'
        '<input type="range" data-size min="2" max="24" value="8"></label>'
        '<div class="t-row fill boxer-buttons">'
        '<button type="button" class="lg primary" data-choice="box">Read inside the box</button>'
        '<button type="button" class="lg primary" data-choice="mask">Read what is marked</button>'
        '<button type="button" class="lg" data-choice="back" disabled>Take back a stroke</button>'
        f"{undo if corrected else ''}"
        '<button type="button" class="lg" data-choice="leave">Leave it</button></div></div>'
    )


def _tools() -> str:
    choices = "".join(
        f'<label><input type="radio" name="mend" value="{tool}"{" checked" if tool == "box" else ""}>'
        f"<span>{word}</span></label>"
        for tool, (word, _) in wording.MEND.items()
    )
    told = "".join(
        f'<p class="t-note" data-for="{tool}">{sentence}</p>'
        for tool, (_, sentence) in wording.MEND.items()
    )
    return (
        f'<fieldset class="tools"><legend class="sr">Correct by</legend>{choices}</fieldset>{told}'
    )


def _box(box: Sequence[float]) -> str:
    corners = "".join(
        f'<span class="corner" data-corner="{i}" tabindex="0" role="button" '
        f'aria-label="{name} corner of the box: move it with the arrow keys"></span>'
        for i, name in enumerate(("Upper left", "Upper right", "Lower left", "Lower right"))
    )
    x0, y0, x1, y1 = (100 * v for v in box)
    place = f"left:{x0:.2f}%;top:{y0:.2f}%;width:{x1 - x0:.2f}%;height:{y1 - y0:.2f}%"
    return f'<div class="frame-box" style="{place}">{corners}</div>'


def stand(image: Image.Image, caption: str) -> str:
    """One design with ground around it, at most four times its own size so that it stays smooth."""
    large, most = enlarge(image, 512), 4
    return (
        f'<div class="stand"><img src="{data_url(large, "PNG")}" '
        f'style="--w:{most * image.width}px;--h:{most * image.height}px"'
        f' alt="Design {escape(caption)}"></div>'
    )
