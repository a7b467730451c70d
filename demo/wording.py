"""What the page says: sentences made of readings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fashion_core.report import NO_GARMENT, NOTHING
from fashion_core.taxonomy import ATTRIBUTES, COLOUR, PLAIN

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from fashion_core.report import GarmentReport, Reading

#: A reading below this, or less than ``CLOSE_LEAD`` ahead of the next, is a close call. In 61 readings with
#: so small a lead (322 validation pictures) the first class was right 33 times, the second 23 times; one
#: sentence in four names two.
CLOSE_BELOW, CLOSE_LEAD = 0.5, 0.2
#: Less likely to be a dress than this, a garment gets no sentence about sleeves and neck. Of the validation
#: pictures none of 161 dresses is below, and 101 of 161 other garments are.
SURELY_NONE = 0.1

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
NO_SLEEVES = "sleeveless"
NECKS = {"round": "round", "v": "V", "deep": "deep", "wide": "wide", "other": ""}
#: The kinds of garment that the reader knows.
GARMENTS = {
    "dress": "a dress",
    "top": "a top",
    "shirt": "a shirt",
    "jacket": "a jacket",
    "skirt": "a skirt",
    "trousers": "trousers",
    "shorts": "shorts",
    "shoes": "shoes",
    "hat": "a hat",
    "outfit": "several garments",
    NO_GARMENT: "no garment",
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
NO_PROJECTOR = (
    "This Toile cannot look for a design like a photo: it has no encoder for its generator."
)
FOOT = (
    "Designs and readings are suggestions by small networks, trained on shop photos of dresses. "
    "They make mistakes; your eye decides."
)
NOT_DESIGNED = "No person designed what it draws."
UNEXPECTED = "Something went wrong on my side. Please try again, or try another photo."


def beside_cutout(method: str, *, boxed: bool, mended: bool) -> str:
    """What stands beside the cut-out, by how it was found (:class:`fashion_core.cutout.Cutout`)."""
    note = MENDED if mended else BOXED if boxed else COMPARE
    special = {"whole": UNSURE_CUTOUT, "box": ONLY_BOX, "outline": OUTLINED, NOTHING: EMPTY_NOTE}
    return special.get(method, note)


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


def _ranked(reading: Reading) -> list[tuple[str, float]]:
    return sorted(reading.probabilities.items(), key=lambda pair: -pair[1])


def close_call_sentence(key: str, reading: Reading) -> str:
    """What the fold of a close call says."""
    (_, first), (other, second) = _ranked(reading)[:2]
    word = ATTRIBUTES[key].words[other].lower()
    if first - second < CLOSE_LEAD:
        return f"Perhaps {word}. The two look alike here: {percent(first)} to {percent(second)}."
    return f"Perhaps {word} ({percent(second)}). None stands out here."


def close_second(reading: Reading) -> str | None:
    """The class that a reading can hardly be told from; None where the first is well ahead."""
    first, *others = _ranked(reading)
    close = others and first[1] - others[0][1] < CLOSE_LEAD
    return others[0][0] if close else None


def describe(
    attributes: Mapping[str, Reading], family: str | None = None, decided: Collection[str] = ()
) -> str:
    """A dress in one sentence: "A floral midi dress with short or half sleeves and a round neck".

    Args:
        attributes: what was read. Of a close call both classes are named.
        family: of the dress's colour.
        decided: attributes that a user decided: no close calls any more.
    """

    def labels(key: str) -> list[str]:
        other = None if key in decided else close_second(attributes[key])
        return [label for label in (attributes[key].label, other) if label]

    patterns = [_word(PATTERNS, "pattern", label) for label in labels("pattern")]
    if attributes["pattern"].label == PLAIN and family and family != "multi":
        patterns[0] += f" {COLOUR.words[family].lower()}"
    lengths = [_word(LENGTHS, "length", label) for label in labels("length")]
    sleeves = labels("sleeve_length")
    words = [NO_SLEEVES] if sleeves == [NO_SLEEVES] else []
    words += [" or ".join(patterns), " or ".join(filter(None, lengths)), "dress"]
    described = " and ".join(filter(None, (_sleeves(sleeves), _neck(labels("neckline")))))
    text = " ".join(filter(None, words))
    return f"{_article(text).capitalize()} {text}" + (f" with {described}" if described else "")


def _word(words: Mapping[str, str], key: str, label: str) -> str:
    """What a sentence calls a class: the word it has of its own, else that of the taxonomy."""
    return words.get(label, ATTRIBUTES[key].words[label].lower())


def _sleeves(labels: list[str]) -> str:
    """What sleeves are called.

    >>> _sleeves(["short", "half"]), _sleeves(["sleeveless", "short"])
    ('short or half sleeves', 'short sleeves or none')
    """
    there = [_word({}, "sleeve_length", label) for label in labels if label != NO_SLEEVES]
    if not there:
        return ""
    return f"{' or '.join(there)} sleeves" + (" or none" if NO_SLEEVES in labels else "")


def _neck(labels: list[str]) -> str:
    """What a neck is called.

    >>> _neck(["v", "round"]), _neck(["other", "wide"]), _neck(["other"])
    ('a round or V-neck', 'perhaps a wide neck', '')
    """
    words = [_word(NECKS, "neckline", label) for label in labels]
    named = " or ".join(sorted(filter(None, words), key="V".__eq__))
    if not named:
        return ""
    noun = "neck" if all(label in NECKS for label in labels) else "neckline"
    perhaps = "" if all(words) else "perhaps "
    return f"{perhaps}{_article(named)} {named} {noun}".replace("V neck", "V-neck")


def _article(text: str) -> str:
    return "an" if text[0].lower() in "aeiou" else "a"


def headline(report: GarmentReport, decided: Collection[str] = ()) -> str:
    """What a picture shows, in one sentence; nothing of sleeves where it is no dress for sure."""
    garment = report.garment
    if report.method == NOTHING:
        return EMPTY
    if not garment.is_dress and ("garment" in decided or garment.probability < SURELY_NONE):
        if garment.category not in GARMENTS or garment.category == NO_GARMENT:
            return "I see no garment here"
        kind = GARMENTS[garment.category]
        return kind[0].upper() + kind[1:] if "garment" in decided else f"It looks like {kind}"
    sentence = describe(report.attributes, report.palette.family, decided)
    if garment.is_dress:
        return sentence
    return f"If it is a dress: {sentence[0].lower()}{sentence[1:]}"


def on_the_stand(caption: str) -> str:
    """What stands over a design of our own."""
    return f"On the stand: {caption}"


def doubt(report: GarmentReport) -> str:
    """What is added to it when the reading finds no dress."""
    if report.garment.is_dress:
        return ""
    return f", perhaps not a dress ({percent(report.garment.probability)})"


def verdict(report: GarmentReport, decided: Collection[str] = ()) -> tuple[str, str]:
    """Kicker and sentence of a report, of which a user decided some attributes."""
    garment = report.garment
    if "garment" in decided:
        kicker = "A dress, as you say" if garment.is_dress else "Not a dress, as you say"
    elif report.method == NOTHING:
        kicker = "No garment"
    elif garment.is_dress:
        kicker = f"A dress, {percent(garment.probability)} sure"
    elif garment.probability < SURELY_NONE:
        kicker = f"Not a dress, {percent(1 - garment.probability)} sure"
    else:
        kicker = f"Perhaps not a dress ({percent(garment.probability)})"
    return kicker, headline(report, decided)
