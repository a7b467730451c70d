"""What was read from one picture: the types of a report, and the JSON that the command line prints of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    from fashion_core.colour import Palette

#: The category and the method of a picture with nothing in it; its networks know the category too.
NO_GARMENT, NOTHING = "no garment", "nothing"
#: A picture less likely to show a dress than this gets a warning.
IS_DRESS = 0.5


@dataclass(frozen=True)
class Reading:
    """One attribute: the winning class, all probabilities (0..1) and how each member voted."""

    label: str
    probability: float
    probabilities: Mapping[str, float]
    votes: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As in the command line's JSON."""
        return {
            "label": self.label,
            "probability": round(self.probability, 4),
            "probabilities": {k: round(v, 4) for k, v in self.probabilities.items()},
            "votes": dict(self.votes),
        }


@dataclass(frozen=True)
class Garment:
    """What the picture shows and where: ``cutout`` is x0, y0, x1, y1 in pixels, ends exclusive.

    Of a picture with nothing in it the category is ``no garment``, and probability and confidence are 0.
    """

    is_dress: bool
    probability: float
    category: str
    cutout: tuple[int, int, int, int]
    cutout_confidence: float

    def to_dict(self) -> dict[str, Any]:
        """As in the command line's JSON."""
        return {
            "is_dress": self.is_dress,
            "probability": round(self.probability, 4),
            "category": self.category,
            "cutout": list(self.cutout),
            "cutout_confidence": round(self.cutout_confidence, 4),
        }


@dataclass(frozen=True)
class GarmentReport:
    """Everything read from one picture.

    Attributes:
        garment: whether it is a dress, and where it lies.
        attributes: a reading for each key of :data:`fashion_core.taxonomy.ATTRIBUTES`, in that order.
        palette: the garment's colours.
        method: how the garment was found, as :class:`fashion_core.cutout.Cutout` names it; ``nothing`` where
            the picture is the same from edge to edge.
        photo, cut: the upright photo and the cut-out in one shared frame, for comparing.
        size: width and height of the upright photo, in pixels.
        seconds: time spent a step.
        mask: what was read as garment, bool ``[h, w]``, in a smaller copy of the upright photo.
    """

    garment: Garment
    attributes: Mapping[str, Reading]
    palette: Palette
    method: str
    photo: Image.Image
    cut: Image.Image
    size: tuple[int, int]
    seconds: Mapping[str, float]
    mask: NDArray[np.bool_] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """The object that ``analyse`` prints, less the file."""
        return {
            "garment": self.garment.to_dict(),
            "attributes": {k: r.to_dict() for k, r in self.attributes.items()},
            "colours": self.palette.to_list(),
        }
