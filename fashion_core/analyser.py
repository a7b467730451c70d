"""Read a garment: cut it out, ask every network once, name the colours.

``Analyser.load(root)`` does the slow work once; :meth:`Analyser.analyse` is cheap. Which networks read what is
written in ``reader.json`` (:mod:`fashion_core.reader`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from fashion_core.checkpoint import DEFAULT_ROOT
from fashion_core.colour import Palette, palette
from fashion_core.cutout import Cutout, GarmentFinder, frame, is_empty, same_frame
from fashion_core.errors import CheckpointError, ImageError
from fashion_core.imaging import open_picture
from fashion_core.preprocess import FRAME, whole
from fashion_core.reader import PROFILES, GarmentReader
from fashion_core.reader_manifest import FILE, GARMENT
from fashion_core.report import IS_DRESS, NO_GARMENT, NOTHING, Garment, GarmentReport, Reading
from fashion_core.taxonomy import ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from torch import nn

    from fashion_core.imaging import ImageSource

    Progress = Callable[[str, int, int], None]
    #: x0, y0, x1, y1 in pixels of the upright picture.
    Box = tuple[int, int, int, int]

__all__ = [
    "FRAME",
    "IS_DRESS",
    "PROFILES",
    "STEPS",
    "Analyser",
    "Garment",
    "GarmentReport",
    "Photo",
    "Reading",
    "whole",
]

REPAIR = "Fetch all of checkpoints/ again; after training, fit again what was fitted on another backbone."
STEPS = ("Cutting out", "Reading", "Naming the colours")


class Analyser:
    """Loaded networks that read garments. Build it with :meth:`load`.

    It holds no state between calls and may be used from several threads.

    Args:
        reader: framed garments to probabilities.
        finder: photos to framed garments.
    """

    def __init__(self, reader: GarmentReader, finder: GarmentFinder) -> None:
        self.reader, self.finder = reader, finder

    @property
    def profile(self) -> str:
        """``full`` or ``fast``."""
        return "full" if self.reader.manifest.stack else "fast"

    @classmethod
    def load(
        cls, root: Path | str = DEFAULT_ROOT, device: str = "auto", profile: str = "full"
    ) -> Analyser:
        """Load the networks of a profile.

        Args:
            root: the folder of checkpoints.
            device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
            profile: ``full`` (all members and the stack) or ``fast`` (the heads on both backbones alone).

        Raises:
            CheckpointError: a checkpoint is missing or damaged, or does not go with the others.
            ValueError: no such profile.
        """
        reader = GarmentReader.load(root, device, profile)
        unread = {*ATTRIBUTES, GARMENT} - reader.manifest.answers.keys()
        if unread or (profile == "full" and not reader.manifest.stack):
            missing = ", ".join(sorted(unread)) or "the stack"
            raise CheckpointError(f"{Path(root) / FILE} has nothing that reads {missing}. {REPAIR}")
        return cls(reader, GarmentFinder.load(Path(root), device, profile))

    def with_heads(self, heads: Mapping[str, nn.Module]) -> Analyser:
        """The same with some heads replaced: :meth:`fashion_core.reader.GarmentReader.with_heads`."""
        return Analyser(self.reader.with_heads(heads), self.finder)

    def open(
        self,
        image: ImageSource,
        box: Box | None = None,
        progress: Progress | None = None,
        mask: NDArray[Any] | None = None,
    ) -> Photo:
        """Open a picture and cut the garment out, to report on it and to explain the answers.

        Args:
            image: a path, bytes, a PIL image or an RGB uint8 array ``[H, W, 3]``.
            box: where a user says that the garment is.
            progress: called with a step's name, its number from 1 and the number of steps.
            mask: what a user says is garment, bool or uint8 ``[H, W]`` of the upright picture or of a smaller
                copy of it; nothing is searched for then, and ``box`` is not looked at.

        Raises:
            ImageError: not a picture, damaged, too small or too large.
            BoxError: the box is empty, or lies outside the picture.
            MaskError: the mask does not fit the picture, or nothing is in it.
        """
        clock = _Clock()
        opened = open_picture(image)
        picture = opened.image
        clock.lap("open")
        _tell(progress, 1)
        cutout = self.finder.find(picture, box, opened.outline, mask)
        empty = is_empty(cutout.pixels, found=cutout.method != "whole") and cutout.method not in (
            "outline",
            "mask",
        )
        framed = np.asarray(frame(picture, cutout, FRAME))
        clock.lap("cutout")
        shown = box is not None or mask is not None
        return Photo(self, picture, cutout, framed, shown, clock.seconds, empty)

    def analyse(
        self,
        image: ImageSource,
        progress: Progress | None = None,
        box: Box | None = None,
        mask: NDArray[Any] | None = None,
    ) -> GarmentReport:
        """Read one picture: :meth:`open` and :meth:`Photo.report`, whose arguments and errors these are."""
        return self.open(image, box, progress, mask).report(progress)

    def explain(
        self,
        image: ImageSource,
        attribute: str,
        label: str,
        box: Box | None = None,
        mask: NDArray[Any] | None = None,
    ) -> Image.Image:
        """What speaks for a class: :meth:`open` and :meth:`Photo.explain`, whose arguments these are."""
        return self.open(image, box, mask=mask).explain(attribute, label)

    def read_framed(
        self,
        pictures: Sequence[NDArray[np.uint8]],
        photos: Sequence[NDArray[np.uint8]] | None = None,
    ) -> list[dict[str, Reading]]:
        """Readings of garments that are cut out and framed already.

        Beside the attributes each holds ``garment``: the category and its probability.

        Args:
            pictures: RGB uint8 ``[256, 256, 3]``.
            photos: what they were cut from, as many, by :func:`whole`; without them nobody is thought to wear
                it.

        Raises:
            ValueError: more photos than pictures, or fewer.
        """
        answers = self.reader.read(pictures, photos)
        stack = self.reader.manifest.stack
        stacked = stack.reads if stack else None
        return [
            {
                key: _reading(
                    self.reader.classes(key),
                    probabilities[i],
                    {name: p[i] for name, p in answers.votes.items()} if key == stacked else {},
                )
                for key, probabilities in answers.probabilities.items()
            }
            for i in range(len(pictures))
        ]


@dataclass(frozen=True)
class Photo:
    """A picture that was opened and cut out by :meth:`Analyser.open`; what follows costs no cutting out again.

    Attributes:
        analyser: reads it.
        picture: the upright picture, RGB.
        cutout: the garment in it.
        framed: the garment as the networks see it, RGB uint8 ``[256, 256, 3]``.
        shown: whether a user said where the garment is, by a box or a mask.
        seconds: time spent on opening and on cutting out.
        is_empty: whether there is nothing in it: one colour, falling light or noise from edge to edge.
    """

    analyser: Analyser
    picture: Image.Image
    cutout: Cutout
    framed: NDArray[np.uint8]
    shown: bool
    seconds: Mapping[str, float]
    is_empty: bool = False

    def require_garment(self) -> None:
        """Refuse a photo in which nothing was cut out.

        Raises:
            ImageError: there is no garment in it.
        """
        if self.is_empty or not self.cutout.mask.any():
            raise ImageError(
                "No garment was found in this picture. Draw a box around it, or try another."
            )

    def report(self, progress: Progress | None = None) -> GarmentReport:
        """Read the garment and name its colours.

        Args:
            progress: called with a step's name, its number and the number of steps.
        """
        clock = _Clock(self.seconds)
        _tell(progress, 2)
        # Who shows a garment means that one, whoever else is in the photo.
        photos = None if self.shown else [whole(self.picture)]
        (readings,) = self.analyser.read_framed([self.framed], photos)
        clock.lap("read")
        _tell(progress, 3)
        pixels = Image.fromarray(self.cutout.pixels)
        colours = palette(pixels, self.cutout.mask, profile=self.analyser.profile)
        clock.lap("colours")
        report = _report(self.picture, self.cutout, readings, colours, clock.seconds)
        if self.is_empty:
            return replace(report, garment=_no_garment(self.picture), method=NOTHING)
        return report

    def explain(self, attribute: str, label: str) -> Image.Image:
        """What the backbone finds to speak for a class.

        Args:
            attribute: a key of :data:`fashion_core.taxonomy.ATTRIBUTES`.
            label: one of its classes. Of pattern ask for the backbone's own vote, ``transfer``: the stack's
                answer may be another.

        Returns:
            The cut-out, RGB 256 x 256, faded where nothing speaks for the class.

        Raises:
            ValueError: no such attribute or class.
        """
        from fashion_core.explain import spotlight

        return spotlight(self.framed, self.analyser.reader.evidence(self.framed, attribute, label))


class _Clock:
    """Seconds a step, in order."""

    def __init__(self, before: Mapping[str, float] | None = None) -> None:
        self.seconds: dict[str, float] = dict(before or {})
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = now - self._last
        self._last = now


def _tell(progress: Progress | None, number: int) -> None:
    if progress:
        progress(STEPS[number - 1], number, len(STEPS))


def _reading(
    classes: Sequence[str],
    probabilities: NDArray[np.float32],
    votes: Mapping[str, NDArray[np.float32]],
) -> Reading:
    best = int(probabilities.argmax())
    return Reading(
        label=classes[best],
        probability=float(probabilities[best]),
        probabilities=dict(zip(classes, map(float, probabilities), strict=True)),
        votes={name: classes[int(vote.argmax())] for name, vote in votes.items()},
    )


def _no_garment(picture: Image.Image) -> Garment:
    """What is said of a picture with nothing in it."""
    return Garment(False, 0.0, NO_GARMENT, (0, 0, *picture.size), 0.0)


def _report(
    picture: Image.Image,
    cutout: Cutout,
    readings: Mapping[str, Reading],
    colours: Palette,
    seconds: Mapping[str, float],
) -> GarmentReport:
    garment = readings[GARMENT]
    dress = garment.probabilities["dress"]
    # Likelier than any other kind, a dress may still be less likely than not.
    others = {kind: p for kind, p in garment.probabilities.items() if kind != "dress"}
    photo, cut = same_frame(picture, cutout)
    return GarmentReport(
        garment=Garment(
            is_dress=dress >= IS_DRESS,
            probability=dress,
            category="dress" if dress >= IS_DRESS else max(others, key=others.__getitem__),
            cutout=cutout.box,
            cutout_confidence=cutout.confidence,
        ),
        attributes={key: readings[key] for key in ATTRIBUTES},
        palette=colours,
        method=cutout.method,
        photo=photo,
        cut=cut,
        size=picture.size,
        seconds=seconds,
        mask=cutout.mask,
    )
