"""What the page says: sentences made of readings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fashion_core.report import NOTHING
from fashion_core.taxonomy import ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fashion_core.report import GarmentReport, Reading

#: A reading below this, or less than ``CLOSE_LEAD`` ahead of the next, is a close call.
CLOSE_BELOW, CLOSE_LEAD = 0.5, 0.1

# How a sentence names a class; one without an entry goes by its word in the taxonomy, an empty one unsaid.
PATTERNS = {
    "floral": "floral",
    "lace": "lace",
    "polkadots": "polka-dot",
    "print": "printed",
    "stripes": "striped",
    "unicolors": "plain",
}
LENGTHS = {"3-4": "midi", "knee": "knee-length", "long": "maxi", "normal": "", "short": "mini"}
SLEEVES = {"sleeveless": ""}
NECKS = {
    "round": "a round neck",
    "v": "a V-neck",
    "deep": "a deep neck",
    "wide": "a wide neck",
    "other": "",
}
WHERE_IT_GOES = (
    "Any photo will do: on a hanger, on the bed, sideways, up to 50 megapixels.",
    "It is read on this machine and deleted after an hour; what was read stays in this browser.",
)
UNSURE_CUTOUT = (
    "I could not find the edge, so I read the whole picture. Draw a box around the garment to help."
)
COMPARE = "Left your photo, right what was read. Drag the thread to compare."
BOXED = "Read inside your box. Drag the thread to compare."
OUTLINED = "Your picture was cut out already, so I read what is not transparent."
EMPTY = "I find nothing in this picture: it is the same from edge to edge."
EMPTY_NOTE = "There is no edge to find here. Try another photo."
MENDED = "Read as you marked it. Drag the thread to compare."
ONLY_BOX = "I could not find the edge inside your box, so I read all of it."
#: What the drop area says.
DROP = "# Lay a garment here\nDrop a photo, paste one, or choose a file"
#: Ways to correct a cut-out, and what each asks for.
MEND = {
    "box": (
        "Box",
        "Draw a box around the garment, or drag its corners. Nothing outside it is read.",
    ),
    "add": ("Add", "Paint over what belongs to the garment."),
    "remove": ("Remove", "Paint over what does not belong to it: a hand, the hanger, the ground."),
}
PHOTO_GONE = (
    "Your photo has been deleted after an hour, as promised; what was read of it stayed in your browser. "
    "Lay it down again to see more."
)
FOOT = (
    "Designs and readings are suggestions by small networks, trained on shop photos of dresses. "
    "They make mistakes; your eye decides."
)
NOT_DESIGNED = "No person designed what it draws."
UNEXPECTED = "Something went wrong on my side. Please try again, or try another photo."


def explanation_caption(answer: str) -> str:
    """What stands under the picture that explains an answer."""
    return f"What speaks for “{answer.lower()}” stands out; the rest is faded."


def percent(share: float) -> str:
    """A share in 0..1 as the page writes it.

    >>> percent(.914)
    '91 %'
    """
    return f"{round(share * 100)} %"


def about(seconds: float) -> str:
    """How long something takes, in words.

    >>> about(2.6)
    'About 3 seconds.'
    """
    if seconds < 1:
        return "Under a second."
    whole = round(seconds)
    return "About a second." if whole == 1 else f"About {whole} seconds."


def is_close_call(reading: Reading) -> bool:
    """Whether a reading is too near to the next to be trusted alone."""
    first, second = [*sorted(reading.probabilities.values(), reverse=True), 0.0][:2]
    return first < CLOSE_BELOW or first - second < CLOSE_LEAD


def close_call_sentence(key: str, reading: Reading) -> str:
    """What the fold of a close call says."""
    ranked = sorted(reading.probabilities.items(), key=lambda pair: -pair[1])
    (_, first), (other, second) = ranked[0], ranked[1]
    word = ATTRIBUTES[key].words[other].lower()
    if first - second < CLOSE_LEAD:
        return f"Perhaps {word}. The two look alike here: {percent(first)} to {percent(second)}."
    return f"Perhaps {word} ({percent(second)}). None stands out here."


def describe(attributes: Mapping[str, Reading], family: str | None = None) -> str:
    """A dress in one sentence: "A floral midi dress with short sleeves and a round neck"."""
    labels = {key: reading.label for key, reading in attributes.items()}
    words = [_phrase(PATTERNS, "pattern", labels["pattern"])]
    if labels["pattern"] == "unicolors" and family and family != "multi":
        words = ["plain", "grey" if family == "gray" else family]
    words += [_phrase(LENGTHS, "length", labels["length"]), "dress"]
    if labels["sleeve_length"] == "sleeveless":
        words.insert(0, "sleeveless")
    sleeves = _phrase(SLEEVES, "sleeve_length", labels["sleeve_length"], "{} sleeves")
    neck = _phrase(NECKS, "neckline", labels["neckline"], "{article} {} neckline")
    described = " and ".join(part for part in (sleeves, neck) if part)
    text = " ".join(word for word in words if word)
    return f"{_article(text).capitalize()} {text}" + (f" with {described}" if described else "")


def _phrase(phrases: Mapping[str, str], key: str, label: str, plain: str = "{}") -> str:
    """What a sentence says of a class: its own phrase, else its word in the taxonomy, put in plainly."""
    if label in phrases:
        return phrases[label]
    word = ATTRIBUTES[key].words[label].lower()
    return plain.format(word, article=_article(word))


def _article(text: str) -> str:
    return "an" if text[0].lower() in "aeiou" else "a"


def on_the_stand(caption: str) -> str:
    """What stands over a design of our own."""
    return f"On the stand: {caption}"


def doubt(report: GarmentReport) -> str:
    """What is added to it when the reading finds no dress."""
    if report.garment.is_dress:
        return ""
    return f", perhaps not a dress ({percent(report.garment.probability)})"


def verdict(report: GarmentReport) -> tuple[str, str]:
    """Kicker and sentence of a report."""
    garment = report.garment
    if report.method == NOTHING:
        return "No garment", EMPTY
    sentence = describe(report.attributes, report.palette.family)
    if garment.is_dress:
        return f"A dress, {percent(garment.probability)} sure", sentence
    kicker = f"Perhaps not a dress ({percent(garment.probability)})"
    return kicker, f"If it is a dress: {sentence[0].lower()}{sentence[1:]}"
