"""The photo on show, what was read from it, and what its user corrected."""

from __future__ import annotations

import json
from collections.abc import Mapping  # noqa: TC003 - Gradio reads annotations when it runs
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from fashion_core.report import GarmentReport

    Box = tuple[int, int, int, int]

_NO_PICTURE = Image.new("RGB", (1, 1))


@dataclass(frozen=True)
class ShownPhoto:
    """A visitor's photo with its report, and what the visitor asked for since.

    Attributes:
        path: its file.
        report: what was read, as the networks said it.
        note: the sentence beside the cut-out.
        box: that the user drew, x0, y0, x1, y1 in pixels of the upright photo.
        corrections: attribute -> the class that the user says it is.
        explanations: attribute -> the class that was explained, and the URL of the picture that shows
            what speaks for it.
    """

    path: str
    report: GarmentReport
    note: str
    box: Box | None
    corrections: Mapping[str, str] = field(default_factory=dict)
    explanations: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def without_pictures(self) -> ShownPhoto:
        """The same without pixels, as it is kept in memory for every visitor."""
        return replace(self, report=replace(self.report, photo=_NO_PICTURE, cut=_NO_PICTURE))

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
