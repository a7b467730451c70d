"""The photo on show, what was read from it, and what its user corrected."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping  # noqa: TC003 - Gradio reads annotations when it runs
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from demo.marks import mask_from_url, mask_url
from demo.wording import GARMENTS, PHOTO_GONE
from fashion_core.errors import ImageError
from fashion_core.taxonomy import COLOUR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fashion_core.report import GarmentReport

    Box = tuple[int, int, int, int]

#: What may be corrected besides the attributes: what it is, and the family of its colour.
GARMENT, DRESS = "garment", "dress"
#: Photos whose corrections are remembered.
MOST_REMEMBERED = 50
_NO_PICTURE, _NO_MASK = Image.new("RGB", (1, 1)), np.ones((1, 1), np.bool_)


@dataclass(frozen=True)
class ShownPhoto:
    """A visitor's photo with its report, and what the visitor asked for since.

    Attributes:
        path: its file.
        report: what was read, as the networks said it.
        note: the sentence beside the cut-out.
        box: that the user drew, x0, y0, x1, y1 in pixels of the upright photo.
        outline: what was read as garment, as :func:`demo.marks.mask_url` writes it.
        mended: whether the user marked it so.
        corrections: attribute (or ``garment``, or ``colour``) -> the class that the user says it is.
        explanations: attribute -> the class that was explained, and the URL of the picture that shows
            what speaks for it.
        digest: of the photo's bytes, by which it is known again.
        remembered: digest of an earlier photo -> its corrections.
    """

    path: str
    report: GarmentReport
    note: str
    box: Box | None
    outline: str = ""
    mended: bool = False
    corrections: Mapping[str, str] = field(default_factory=dict)
    explanations: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    digest: str = ""
    remembered: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def after(self, before: ShownPhoto | None) -> ShownPhoto:
        """With what was corrected when the same photo was shown before, whatever was shown between."""
        digest = _digest(self.path)
        remembered = dict(before.remembered) if before else {}
        if before and before.corrections:
            remembered[before.digest] = before.corrections
        elif before:
            remembered.pop(before.digest, None)
        remembered = dict(list(remembered.items())[-MOST_REMEMBERED:])
        said = remembered.get(digest, {}) if digest else {}
        return replace(self, digest=digest, remembered=remembered, corrections=said)

    @property
    def mask(self) -> NDArray[np.uint8] | None:
        """What the user marked as garment, None where the garment was searched for."""
        return mask_from_url(self.outline) if self.mended else None

    def without_pictures(self) -> ShownPhoto:
        """The same without pixels, as it is kept in memory for every visitor; the mask is a small PNG."""
        report = replace(self.report, photo=_NO_PICTURE, cut=_NO_PICTURE, mask=_NO_MASK)
        return replace(self, report=report, outline=mask_url(self.report.mask))

    def choices(self, attribute: str) -> Collection[str]:
        """The classes that a user may say an attribute is; none where there is no such attribute."""
        if attribute == GARMENT:
            return GARMENTS
        if attribute == COLOUR.key:
            return COLOUR.classes
        reading = self.report.attributes.get(attribute)
        return reading.probabilities if reading else ()

    def corrected(self, attribute: str, label: str) -> ShownPhoto:
        """With what the user says an attribute is; to say what was read takes a correction back."""
        corrections = {**self.corrections, attribute: label}
        if label == self._read(attribute):
            del corrections[attribute]
        return replace(self, corrections=corrections)

    def _read(self, attribute: str) -> str:
        """What the networks said."""
        if attribute == GARMENT:
            return self.report.garment.category
        if attribute == COLOUR.key:
            return self.report.palette.family
        return self.report.attributes[attribute].label

    def explained(self, attribute: str, label: str, url: str) -> ShownPhoto:
        """With a picture of what speaks for ``label``."""
        return replace(self, explanations={**self.explanations, attribute: (label, url)})

    def corrected_report(self) -> GarmentReport:
        """The report with the user's labels; each has the probability that the networks gave it."""
        report, said = self.report, dict(self.corrections)
        if kind := said.pop(GARMENT, None):
            garment = replace(report.garment, is_dress=kind == DRESS, category=kind)
            report = replace(report, garment=garment)
        if family := said.pop(COLOUR.key, None):
            first, *others = report.palette.colours
            colours = (replace(first, family=family), *others)
            report = replace(report, palette=replace(report.palette, colours=colours))
        read = report.attributes
        corrected = {
            key: replace(read[key], label=label, probability=read[key].probabilities[label])
            for key, label in said.items()
        }
        return replace(report, attributes={**read, **corrected})

    def believed_report(self) -> GarmentReport:
        """The corrected report, sure of what the user said."""
        report = self.corrected_report()
        said = {
            key: replace(reading, probability=1.0)
            for key, reading in report.attributes.items()
            if key in self.corrections
        }
        return replace(report, attributes={**report.attributes, **said})

    def require_photo(self) -> None:
        """Refuse what takes the photo when that has been deleted.

        Raises:
            ImageError: its file is gone.
        """
        if not Path(self.path).is_file():
            raise ImageError(PHOTO_GONE)

    def to_json(self) -> str:
        """The corrected report as the command line prints it, indented; ``corrected`` names what was."""
        content = self.corrected_report().to_dict()
        if self.corrections:
            content["corrected"] = sorted(self.corrections)
        return json.dumps(content, indent=2, ensure_ascii=False)


def _digest(path: str) -> str:
    """Of a file's bytes; nothing where it has been deleted."""
    if not path or not Path(path).is_file():
        return ""
    return hashlib.blake2b(Path(path).read_bytes(), digest_size=16).hexdigest()
