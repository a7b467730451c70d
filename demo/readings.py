"""What was read of a garment, as HTML: the verdict, a row for each attribute, and the colours."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from demo import wording
from demo.shown_photo import GARMENT
from fashion_core.report import NOTHING
from fashion_core.taxonomy import ATTRIBUTES, COLOUR, MEMBERS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from fashion_core.colour import Colour, Palette
    from fashion_core.report import GarmentReport, Reading

#: Keeps the places of a bar and a share where a user decided.
NO_SHARE = '<span class="nobar"></span><span class="pc"></span>'


def verdict(
    report: GarmentReport,
    corrections: Collection[str] = (),
    opened: str = "pattern",
    explanations: Mapping[str, tuple[str, str]] | None = None,
) -> str:
    """Kicker, sentence and attribute rows.

    Args:
        report: what was read, with what the user corrected.
        corrections: what the user corrected: attributes, ``garment``, ``colour``.
        opened: the attribute whose row is open.
        explanations: attribute -> the class that was explained, and the URL of the picture that shows
            what speaks for it.
    """
    kicker, sentence = wording.verdict(report, corrections)
    # Of a picture with nothing in it every reading would be a guess.
    nothing = report.method == NOTHING
    read = {} if nothing else report.attributes
    rows = "".join(
        _reading(
            key,
            reading,
            corrected=key in corrections,
            is_open=key == opened,
            explanation=(explanations or {}).get(key),
        )
        for key, reading in read.items()
    )
    return (
        f'<p class="t-kicker">{escape(kicker)}</p><h1 class="t-h1 verdict">{escape(sentence)}</h1>'
        f'{"" if nothing else _kind_and_colour(report)}<div class="readings">{rows}</div>'
    )


def _kind_and_colour(report: GarmentReport) -> str:
    """The lists to correct what it is, and which family its colour belongs to."""
    colours = {family: word.lower() for family, word in COLOUR.words.items()}
    colours["multi"] = "many colours"
    kinds = _options(wording.GARMENTS, report.garment.category)
    return (
        f'<div class="second"><label>Not right? It is <select data-attribute="{GARMENT}">{kinds}'
        "</select></label>"
        f'<label>in <select data-attribute="{COLOUR.key}" aria-label="in which colour">'
        f"{_options(colours, report.palette.family)}</select></label></div>"
    )


def _options(words: Mapping[str, str], chosen: str) -> str:
    return "".join(
        f'<option value="{name}"{" selected" if name == chosen else ""}>{word}</option>'
        for name, word in words.items()
    )


def _reading(
    key: str,
    reading: Reading,
    *,
    corrected: bool,
    is_open: bool,
    explanation: tuple[str, str] | None,
) -> str:
    attribute = ATTRIBUTES[key]
    close = not corrected and wording.is_close_call(reading)
    hint = " <em>a close call</em>" if close else " <em>as you say</em>" if corrected else ""
    return (
        f"<details{' open' if is_open else ''}><summary>"
        f'<span class="what">{attribute.title}</span>'
        f'<span class="t-word">{attribute.words[reading.label]}{hint}</span>'
        f"{NO_SHARE if corrected else _share(reading, close)}"
        f'<span class="chev" aria-hidden="true"></span></summary>'
        f'<div class="fold">{_fold(key, reading, close)}{_correct_or_explain(key, reading, explanation)}</div>'
        "</details>"
    )


def _share(reading: Reading, close: bool) -> str:
    return (
        f"{_bar(reading.probability, 'close' if close else '')}"
        f'<span class="pc">{wording.percent(reading.probability)}</span>'
    )


def _correct_or_explain(key: str, reading: Reading, explanation: tuple[str, str] | None) -> str:
    """The list to correct a reading from, and its explanation or the button that asks for one."""
    words = ATTRIBUTES[key].words
    options = _options({name: words[name] for name in reading.probabilities}, reading.label)
    seen = (
        f'<figure class="looked"><img src="{explanation[1]}" alt="The garment, faded where it did not matter">'
        f"<figcaption>{wording.explanation_caption(words[explanation[0]])}</figcaption></figure>"
        if explanation
        else f'<button type="button" data-look="{key}">Where did it look?</button>'
    )
    return (
        f'<div class="second"><label>Not right? It is <select data-attribute="{key}">{options}</select>'
        f"</label>{seen}</div>"
    )


def _bar(share: float, kind: str) -> str:
    return f'<span class="bar {kind}"><i style="width:{share * 100:.1f}%"></i></span>'


def _fold(key: str, reading: Reading, close: bool) -> str:
    words = ATTRIBUTES[key].words
    ranked = sorted(reading.probabilities.items(), key=lambda pair: -pair[1])[:3]
    three = "".join(
        f"<span>{words[name]}</span>{_bar(share, 'thin')}"
        f'<span class="pc">{wording.percent(share)}</span>'
        for name, share in ranked
    )
    sentence = f"<p>{wording.close_call_sentence(key, reading)}</p>" if close else ""
    return f'{sentence}<div class="three">{three}</div>{_votes(key, reading)}'


def _votes(key: str, reading: Reading) -> str:
    if not reading.votes:
        return ""
    words = ATTRIBUTES[key].words
    cells = "".join(
        f"<div><dt>{MEMBERS[member]}</dt>"
        f'<dd class="{"" if label == reading.label else "other"}">{words[label].lower()}</dd></div>'
        for member, label in reading.votes.items()
    )
    return f'<p class="t-label">How each model voted</p><dl class="votes">{cells}</dl>'


def palette(colours: Palette) -> str:
    """The palette as pinked chips of cloth."""
    chips = "".join(_chip(colour) for colour in colours.colours)
    rows = "".join(_values(colour) for colour in colours.colours)
    return (
        f'<p class="t-label">Colours</p><div class="cloth">{chips}</div>'
        '<details class="values"><summary>All values</summary>'
        '<div class="scroll" tabindex="0" role="region" aria-label="All values"><table><thead><tr>'
        "<th>Colour</th><th>Hex</th><th>RGB</th><th>HSL</th><th>CIELAB</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div></details>"
    )


def _values(colour: Colour) -> str:
    hue, saturation, lightness = colour.hsl
    cells = (
        escape(colour.name.capitalize()),
        colour.hex.upper(),
        " ".join(str(v) for v in colour.rgb),
        f"{hue}° {saturation} % {lightness} %",
        " ".join(f"{v:.1f}" for v in colour.lab),
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _chip(colour: Colour) -> str:
    name = escape(colour.name[:1].upper() + colour.name[1:])
    return (
        f'<button type="button" data-copy="{colour.hex}" style="--flex:{colour.share * 10 + 2.4:.2f}"'
        f' title="Copy {colour.hex}"><span class="swatch" style="--c:{colour.hex}"></span>'
        f"<b>{name}</b><small><span data-said>{colour.hex.upper()}</span>"
        f"<span>{wording.percent(colour.share)}</span></small></button>"
    )
