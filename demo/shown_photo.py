"""The photo on show, what was read from it, and what its user corrected."""

from __future__ import annotations

import json
from collections.abc import Mapping  # noqa: TC003 - Gradio reads annotations when it runs
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from demo.marks import mask_from_url, mask_url

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fashion_core.report import GarmentReport

    Box = tuple[int, int, int, int]

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
        corrections: attribute -> the class that the user says it is.
        explanations: attribute -> the class that was explained, and the URL of the picture that shows
            what speaks for it.
    """

    path: str
    report: GarmentReport
    note: str
    box: Box | None
    outline: str = ""
    mended: bool = False
    corrections: Mapping[str, str] = field(default_factory=dict)
    explanations: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def mask(self) -> NDArray[np.uint8] | None:
        """What the user marked as garment, None where the garment was searched for."""
        return mask_from_url(self.outline) if self.mended else None

    def without_pictures(self) -> ShownPhoto:
        """The same without pixels, as it is kept in memory for every visitor; the mask is a small PNG."""
        report = replace(self.report, photo=_NO_PICTURE, cut=_NO_PICTURE, mask=_NO_MASK)
        return replace(self, report=report, outline=mask_url(self.report.mask))

    def corrected(self, attribute: str, label: str) -> ShownPhoto:
        """With what the user says an attribute is; to say what was read takes a correction back."""
        corrections = {**self.corrections, attribute: label}
        if label == self.report.attributes[attribute].label:
            del corrections[attribute]
        return replace(self, corrections=corrections)

    def explained(self, attribute: str, label: str, url: str) -> ShownPhoto:
        """With a picture of what speaks for ``label``."""
        return replace(self, explanations={**self.explanations, attribute: (label, url)})

    def corrected_report(self) -> GarmentReport:
        """The report with the user's labels; each has the probability that the networks gave it."""
        read = self.report.attributes
        corrected = {
            key: replace(read[key], label=label, probability=read[key].probabilities[label])
            for key, label in self.corrections.items()
        }
        return replace(self.report, attributes={**read, **corrected})

    def to_json(self) -> str:
        """The corrected report as the command line prints it, indented; ``corrected`` names what was."""
        content = self.corrected_report().to_dict()
        if self.corrections:
            content["corrected"] = sorted(self.corrections)
        return json.dumps(content, indent=2, ensure_ascii=False)
