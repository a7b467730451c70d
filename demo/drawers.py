"""The drawers Form and Cloth as HTML, once for all designs: ``static/desk.js`` sets what they show.

Words stand at both ends of a slider, never a number; the value itself is for who listens to the page.
"""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from fashion_core.composition import BORDERS

#: Standard deviations that a form may be moved by hand; further out garments fall apart.
MOST_SIGMA = 2.0
#: Kinds of cloth by their word in the taxonomy's patterns, as the desk calls them, in its order.
KINDS = {
    "unicolors": "Plain",
    "stripes": "Stripes",
    "polkadots": "Dots",
    "floral": "Floral",
    "print": "Print",
    "lace": "Lace",
}
NO_SLIDERS = (
    "This generator draws cut and cloth at once: there is nothing to slide. Near cuts are there."
)
NO_CLOTH = (
    "This generator draws its own cloth. Choose another generator among the wishes to choose one."
)
BORDER_WORDS = {"none": "None", "hem": "Hem", "neckline": "Neckline", "both": "Both"}


class Slider(NamedTuple):
    """A slider of the desk.

    Attributes:
        path: part of a change and field in it.
        title: what it moves.
        low: word at its left end.
        high: word at its right end.
        least: value at the left end; greater than ``most`` where left is more.
        most: value at the right end.
        usual: where it stands if nothing is known of the design.
        log: equal steps multiply the value; its ends are given as powers of two.
    """

    path: str
    title: str
    low: str
    high: str
    least: float
    most: float
    usual: float = 0.0
    log: bool = False


def _edit(name: str, title: str, low: str, high: str, sign: int = 1) -> Slider:
    return Slider(f"edits.{name}", title, low, high, -sign * MOST_SIGMA, sign * MOST_SIGMA)


#: Of the form; a looser waist is the larger measure.
FORM_SLIDERS = (
    _edit("sleeve_length", "Sleeves", "Shorter", "Longer"),
    _edit("length", "Hem", "Shorter", "Longer"),
    _edit("flare", "Flare", "Straighter", "Wider"),
    _edit("waist", "Waist", "Looser", "Closer", -1),
    _edit("neckline_depth", "Neckline", "Higher", "Deeper"),
)
CLOTH_SLIDERS = (
    Slider("cloth.scale", "Scale", "Smaller", "Larger", -2, 2, 1, log=True),
    Slider("cloth.density", "Density", "Airier", "Fuller", -1, 1, 1, log=True),
    Slider("cloth.angle", "Angle", "\N{MINUS SIGN}90°", "90°", -90, 90),
)
BORDER_SLIDER = Slider("composition.border_width", "Width", "Narrower", "Wider", 10, 120, 40)

_LINES = 'fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"'
ICONS = {
    "reset": '<path d="M4 5v5h5M4.6 10A7 7 0 1 1 5 15.500"/>',
    "undo": '<path d="M8 5 4 9l4 4M4 9h9a5 5 0 0 1 0 10h-3"/>',
    "redo": '<path d="m16 5 4 4-4 4M20 9h-9a5 5 0 0 0 0 10h3"/>',
    "lock": '<rect x="5" y="11" width="14" height="9" rx="1"/>'
    '<path class="open" d="M8 11V8a4 4 0 0 1 7.700-1.500"/><path class="shut" d="M8 11V8a4 4 0 0 1 8 0v3"/>',
}


def icon(name: str) -> str:
    """A small drawing in the colour of the text."""
    return f'<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" {_LINES}>{ICONS[name]}</svg>'


def form_drawer() -> str:
    """Heading, lock and the sliders of the form."""
    sliders = "".join(_slider(each) for each in FORM_SLIDERS)
    return (
        f'<section class="drawer" aria-labelledby="form-head">{_head("form", "Form", "The cut")}'
        f'<div class="movable">{sliders}</div>'
        f"{_still(NO_SLIDERS)}"
        "</section>"
    )


def more_drawer() -> str:
    """How far near cuts go, and mixing with B."""
    strength = Slider("near", "Near cuts", "Closer", "Further", 0.05, 0.6, 0.2)
    mix = Slider("mix", "Mix with B", "This one", "B", 0, 1)
    return (
        '<details class="row-fold"><summary>More <span>mix, how near</span></summary>'
        f"{_slider(strength)}{_slider(mix)}"
        '<p class="t-note" data-mix-note>The cut moves towards B; the cloth stays.</p></details>'
    )


def cloth_drawer() -> str:
    """Kinds, families, palette, sliders of the cloth, and its border."""
    kinds = _radios("kind", KINDS)
    sliders = "".join(_slider(each) for each in CLOTH_SLIDERS)
    borders = _radios("border", {name: BORDER_WORDS[name] for name in BORDERS})
    return (
        '<section class="drawer" aria-labelledby="cloth-head">'
        f'{_head("cloth", "Cloth", "What it is made of")}<div class="movable">'
        f'<fieldset class="words kinds"><legend class="sr">Kind of cloth</legend>{kinds}</fieldset>'
        '<fieldset class="families"><legend class="sr">Family</legend><div class="strip"></div></fieldset>'
        f"{_palette()}"
        f'<div class="lines">{sliders}</div>'
        '<details class="row-fold"><summary>Border <span data-border>none</span></summary>'
        f'<fieldset class="words borders"><legend class="sr">Border</legend>{borders}</fieldset>'
        f'<div class="lines" data-border-width>{_slider(BORDER_SLIDER)}</div></details></div>'
        f"{_still(NO_CLOTH)}"
        "</section>"
    )


def _palette() -> str:
    return (
        '<div class="palette-head"><h3 class="t-label" id="palette-head">Palette</h3>'
        '<button type="button" class="word" data-do="shuffle">Shuffle</button>'
        '<button type="button" class="word" data-do="swap" aria-pressed="false">Swap two</button>'
        '<button type="button" class="word" data-do="photo" hidden>From the photo</button></div>'
        '<div class="chips" role="group" aria-labelledby="palette-head"></div>'
        '<div class="chosen-colour" role="group" aria-label="The chosen colour">'
        '<input type="color" aria-label="Choose this colour">'
        '<input type="text" class="hex" aria-label="Its hex value" spellcheck="false" maxlength="7">'
        '<b data-name></b><button type="button" class="word" data-do="remove">Remove</button>'
        f'<button type="button" class="lock" data-do="hold-colour" aria-pressed="false">{icon("lock")}'
        '<span>Lock</span></button></div><p class="t-note said" role="status" data-said></p>'
    )


def bar() -> str:
    """The line under the picture on a phone: which drawer is open, undo, redo and Keep."""
    drawers = _radios("drawer", {"form": "Form", "cloth": "Cloth"}, chosen="form")
    return (
        f'<div class="phone-bar"><fieldset class="words"><legend class="sr">Drawer</legend>{drawers}</fieldset>'
        f'{steps()}<button type="button" class="lg primary" data-do="keep" hidden>Keep</button></div>'
    )


def steps() -> str:
    """Undo and redo."""
    return "".join(
        f'<button type="button" class="step" data-do="{name}" aria-label="{word}" title="{word}" disabled>'
        f"{icon(name)}</button>"
        for name, word in (("undo", "Undo"), ("redo", "Redo"))
    )


def draw_another(side: str) -> str:
    """The button that draws one side anew."""
    return f'<button type="button" class="lg wide" data-draw="{side}">Draw another {side}</button>'


def _head(side: str, title: str, note: str) -> str:
    return (
        f'<div class="drawer-head"><h2 class="t-h3" id="{side}-head">{title}</h2><p class="t-note">{note}</p>'
        f'<button type="button" class="lock" data-lock="{side}" aria-pressed="false" '
        f'aria-label="Lock the {side}" title="A locked {side} stays when another design is chosen">'
        f"{icon('lock')}<span>Lock</span></button></div>"
    )


def _still(sentence: str) -> str:
    return f'<p class="t-note still">{escape(sentence)}</p>'


def _radios(name: str, words: dict[str, str], chosen: str = "") -> str:
    return "".join(
        f'<label><input type="radio" name="{name}" value="{value}"{" checked" if value == chosen else ""}>'
        f"<span>{word}</span></label>"
        for value, word in words.items()
    )


def _slider(slider: Slider) -> str:
    path, title = slider.path, slider.title
    low, high = sorted((slider.least, slider.most))
    flipped = slider.least > slider.most
    ident = f"slide-{path.replace('.', '-')}"
    step = (high - low) / (180 if path.endswith("angle") else 80)
    return (
        f'<div class="slide" data-path="{path}" data-usual="{slider.usual}" data-low="{slider.low}" '
        f'data-high="{slider.high}"{" data-flipped" if flipped else ""}{" data-log" if slider.log else ""}>'
        f'<label for="{ident}">{title}</label><span class="end" aria-hidden="true">{slider.low}</span>'
        f'<input type="range" id="{ident}" min="{low:g}" max="{high:g}" step="{step:g}" value="0">'
        f'<span class="end" aria-hidden="true">{slider.high}</span>'
        f'<button type="button" class="reset" aria-label="Reset {title.lower()}" title="As it was" hidden>'
        f"{icon('reset')}</button></div>"
    )
