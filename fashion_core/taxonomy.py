"""The attributes, their classes, the order of these and the words the page shows: the one place.

The class order is the order of the logits of every classifier. Attribute classes are those of the
shop tags; the shipped neckline replaces what cannot be seen from the front (``back``, ``lined``) by
``other`` (shirt collar, turtleneck, halter, strapless, one-shoulder, hood).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Attribute:
    """One thing to read from a garment.

    Attributes:
        key: the name in JSON, on the command line (with hyphens) and in checkpoints.
        title: the label in the page.
        words: class -> the word the page shows, in logit order.
    """

    key: str
    title: str
    words: Mapping[str, str]

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes in logit order."""
        return tuple(self.words)


def _attribute(key: str, title: str, **words: str) -> Attribute:
    named = {name.replace("_", "-").replace("calf", "3-4"): word for name, word in words.items()}
    return Attribute(key, title, MappingProxyType(named))


PATTERN = _attribute(
    "pattern",
    "Pattern",
    floral="Floral",
    lace="Lace",
    polkadots="Polka dots",
    print="Print",
    stripes="Stripes",
    unicolors="Plain",
)
#: The class of a garment without a pattern.
PLAIN = "unicolors"
SLEEVE_LENGTH = _attribute(
    "sleeve_length",
    "Sleeves",
    half="Half",
    long="Long",
    short="Short",
    sleeveless="Sleeveless",
)
#: ``calf`` stands for ``3-4`` (calf to ankle), which is no Python name.
LENGTH = _attribute(
    "length",
    "Length",
    calf="Midi",
    knee="Knee",
    long="Maxi",
    normal="Normal",
    short="Mini",
)
NECKLINE = _attribute(
    "neckline",
    "Neckline",
    round="Round",
    v="V",
    deep="Deep",
    wide="Wide",
    other="Other",
)
FIT = _attribute("fit", "Fit", loose="Loose", normal="Normal", tight="Tight")
OCCASION = _attribute("occasion", "Style", casual="Casual", party="Party")
COLOUR = _attribute(
    "colour",
    "Colour",
    beige="Beige",
    black="Black",
    blue="Blue",
    brown="Brown",
    gray="Grey",
    green="Green",
    orange="Orange",
    pink="Pink",
    purple="Purple",
    red="Red",
    white="White",
    yellow="Yellow",
    multi="Multi",
)

#: What the Analyser reads, in the order of the page and of the JSON.
ATTRIBUTES: Mapping[str, Attribute] = MappingProxyType(
    {a.key: a for a in (PATTERN, SLEEVE_LENGTH, LENGTH, NECKLINE, FIT)}
)

#: What a generator may be asked for.
WISHES: Mapping[str, Attribute] = MappingProxyType(
    {a.key: a for a in (PATTERN, SLEEVE_LENGTH, LENGTH, NECKLINE, FIT, COLOUR, OCCASION)}
)

#: What the cloth of a dress shows, and what its form does: keys of wishes.
OF_CLOTH: tuple[str, ...] = (PATTERN.key, COLOUR.key)
OF_FORM: tuple[str, ...] = tuple(key for key in WISHES if key not in OF_CLOTH)

#: The six neckline classes of the shop tags (benchmark models only).
SHOP_NECKLINES: tuple[str, ...] = ("back", "deep", "lined", "round", "v", "wide")

#: Members of the pattern stack: key of the vote -> name in the page.
MEMBERS: Mapping[str, str] = MappingProxyType(
    {
        "cnn1": "CNN-1",
        "cnn2": "CNN-2",
        "vgg16": "VGG16",
        "resnet": "ResNet",
        "inception_resnet_a": "Inception-ResNet",
        "transfer": "Transfer",
    }
)

#: Attribute -> checkpoint folder of its head; pattern is read by a stack.
HEAD_CHECKPOINTS: Mapping[str, str] = MappingProxyType(
    {key: key.replace("_", "-") for key in ATTRIBUTES if key != PATTERN.key}
)

#: The backbones whose features heads read: a fine-tuned one, and a larger, frozen auxiliary one.
TRANSFER, DETAIL = "transfer", "detail"

#: The head that tells garments on the features of the auxiliary backbone, pooled with ``garment``.
GARMENT_DETAIL = "garment-detail"

#: What the whole photo tells on the same features: whether somebody wears it, and whether that is a dress.
WORN_HEAD = "worn"
WORN_CLASSES: tuple[str, ...] = ("nobody", "dress", "outfit")

#: Members of the pattern stack: key of the vote -> checkpoint folder.
MEMBER_CHECKPOINTS: Mapping[str, str] = MappingProxyType(
    {
        key: "transfer" if key == "transfer" else "pattern-" + key.replace("_", "-")
        for key in MEMBERS
    }
)
