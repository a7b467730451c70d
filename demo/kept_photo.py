"""The last photo's readings, as the browser keeps them: what was read and corrected, never the photo.

For the photo, and for what was marked in it, the browser keeps a ticket, which is good for as long as the file
lives (:meth:`demo.visitor_files.VisitorFiles.ticket`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from PIL import Image
from pydantic import BaseModel, Field, ValidationError, model_validator

from demo.shown_photo import ShownPhoto
from fashion_core.colour import Colour, Palette
from fashion_core.colour.colours import parse_hex
from fashion_core.report import Garment, GarmentReport, Reading
from fashion_core.taxonomy import ATTRIBUTES, COLOUR, MEMBERS

if TYPE_CHECKING:
    from demo.visitor_files import VisitorFiles

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Word = Annotated[str, Field(pattern=r"^[\w '&/-]{1,60}$")]
Pixel = Annotated[int, Field(ge=0, le=100_000)]
Ticket = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Box = tuple[Pixel, Pixel, Pixel, Pixel]
_NO_PICTURE, _NO_MASK = Image.new("RGB", (1, 1)), np.ones((1, 1), np.bool_)


class _Reading(BaseModel):
    label: Word
    probability: Share
    probabilities: dict[Word, Share]
    votes: dict[Word, Word]


class _Garment(BaseModel):
    is_dress: bool
    probability: Share
    category: Word
    cutout: Box
    cutout_confidence: Share


class _Colour(BaseModel):
    hex: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
    name: Word
    family: Word
    share: Share


class _Report(BaseModel):
    garment: _Garment
    attributes: dict[Word, _Reading]
    colours: Annotated[list[_Colour], Field(min_length=1, max_length=12)]

    @model_validator(mode="after")
    def _is_of_the_taxonomy(self) -> _Report:
        known = self.attributes.keys() == ATTRIBUTES.keys()
        for key, reading in self.attributes.items() if known else ():
            classes = set(ATTRIBUTES[key].words)
            known &= reading.probabilities.keys() <= classes and bool(reading.probabilities)
            known &= reading.label in reading.probabilities
            known &= (
                reading.votes.keys() <= MEMBERS.keys() and set(reading.votes.values()) <= classes
            )
        if not known or any(colour.family not in COLOUR.words for colour in self.colours):
            raise ValueError("not of this taxonomy")
        return self


class KeptPhoto(BaseModel):
    """What the browser keeps of a photo; raises a ``ValidationError`` for anything that is not that."""

    report: _Report
    corrections: dict[Word, Word]
    method: Word
    size: tuple[Pixel, Pixel]
    box: Box | None
    photo: Ticket
    marks: Ticket | None


def keep(shown: ShownPhoto, files: VisitorFiles) -> dict[str, Any]:
    """What the browser keeps of a photo on show."""
    return {
        "report": shown.report.to_dict(),
        "corrections": dict(shown.corrections),
        "method": shown.report.method,
        "size": list(shown.report.size),
        "box": list(shown.box) if shown.box else None,
        "photo": files.ticket(shown.path),
        "marks": files.ticket(files.keep(shown.outline, "marks.txt")) if shown.mended else None,
    }


def read_back(kept: object, files: VisitorFiles) -> ShownPhoto | None:
    """The photo on show that :func:`keep` wrote, without pictures; None for anything else.

    Its path is empty when the photo has been deleted; its note is left to be written.
    """
    try:
        found = KeptPhoto.model_validate(kept)
    except ValidationError:
        return None
    garment, colours = found.report.garment, found.report.colours
    report = GarmentReport(
        Garment(**garment.model_dump()),
        {key: Reading(**found.report.attributes[key].model_dump()) for key in ATTRIBUTES},
        Palette(tuple(Colour(**c.model_dump(), rgb=parse_hex(c.hex)) for c in colours)),
        found.method,
        _NO_PICTURE,
        _NO_PICTURE,
        found.size,
        {},
        _NO_MASK,
    )
    path, marks = files.of_ticket(found.photo), files.of_ticket(found.marks or "")
    # Marks lie in a file of their own, which lives a little longer than the photo's.
    outline = Path(marks).read_text() if marks else ""
    if found.marks and not outline:
        path = ""
    shown = ShownPhoto(path, report, "", found.box, outline, mended=found.marks is not None)
    for key, label in found.corrections.items():
        if label in shown.choices(key):
            shown = shown.corrected(key, label)
    return shown
