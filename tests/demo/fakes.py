"""Stand-ins for the core: an analyser whose verdict is known, and a designer that draws by hand."""

from __future__ import annotations

import base64
import io
import random
import time
import zlib
from dataclasses import dataclass, field, replace
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from demo.examples.draw import draw
from demo.examples.dresses import EXAMPLES, Drawing
from demo.wording import percent
from fashion_core import Designer, ImageError, open_image
from fashion_core.analyser import STEPS, Garment, GarmentReport, Reading
from fashion_core.colour import palette
from fashion_core.cutout import GarmentFinder, is_empty, same_frame
from fashion_core.project import PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fashion_core import DesignRecipe

VOTES = {
    "cnn1": "floral",
    "cnn2": "floral",
    "vgg16": "floral",
    "resnet": "print",
    "inception_resnet_a": "floral",
    "transfer": "floral",
}


def reading(votes: Mapping[str, str] | None = None, **probabilities: float) -> Reading:
    """A reading whose most probable class wins; ``calf`` stands for ``3-4``."""
    named = {name.replace("calf", "3-4"): share for name, share in probabilities.items()}
    best = max(named, key=lambda name: named[name])
    return Reading(best, named[best], named, votes or {})


READINGS = {
    "pattern": reading(
        VOTES, floral=0.91, print=0.06, lace=0.02, stripes=0.006, unicolors=0.003, polkadots=0.001
    ),
    "sleeve_length": reading(short=0.88, half=0.08, sleeveless=0.03, long=0.01),
    "length": reading(calf=0.74, knee=0.16, normal=0.07, long=0.02, short=0.01),
    "neckline": reading(round=0.46, wide=0.39, v=0.08, deep=0.05, other=0.02),
    "fit": reading(normal=0.67, loose=0.25, tight=0.08),
}


@cache
def _finder() -> GarmentFinder:
    return GarmentFinder.load(device="cpu")


@dataclass
class KnownAnalyser:
    """Opens, cuts out and names colours in earnest; what it reads was decided before."""

    readings: Mapping[str, Reading] = field(default_factory=lambda: READINGS)
    probability: float = 0.97
    finds_the_edge: bool = True
    breaks: bool = False

    def analyse(
        self,
        image: object,
        progress: object = None,
        box: tuple[int, int, int, int] | None = None,
        mask: np.ndarray | None = None,
    ) -> GarmentReport:
        picture = open_image(image)
        for number, step in enumerate(STEPS, start=1):
            if callable(progress):
                progress(step, number, len(STEPS))
        if self.breaks:
            raise RuntimeError("the private reason")
        found = _finder().find(picture, box, mask=mask)
        if not self.finds_the_edge:
            everything = np.ones_like(found.mask)
            found = replace(found, mask=everything, box=(0, 0, *picture.size), method="whole")
        photo, cut = same_frame(picture, found)
        category = "dress" if self.probability >= 0.5 else "trousers"
        garment = Garment(self.probability >= 0.5, self.probability, category, found.box, 0.9)
        colours = palette(Image.fromarray(found.pixels), found.mask)
        return GarmentReport(
            garment, self.readings, colours, found.method, photo, cut, picture.size, {}, found.mask
        )

    def open(
        self,
        image: object,
        box: tuple[int, int, int, int] | None = None,
        progress: object = None,
        mask: np.ndarray | None = None,
    ) -> SimpleNamespace:
        picture = open_image(image)
        if callable(progress):
            progress(STEPS[0], 1, len(STEPS))
        cutout = _finder().find(picture, box, mask=mask)
        return SimpleNamespace(picture=picture, cutout=cutout, require_garment=lambda: None)

    def explain(
        self,
        image: object,
        attribute: str,
        label: str,
        box: tuple[int, int, int, int] | None = None,
        mask: np.ndarray | None = None,
    ) -> Image.Image:
        assert label in self.readings[attribute].probabilities
        assert box is None or len(box) == 4
        return open_image(image).resize((256, 256))


class TellingAnalyser(KnownAnalyser):
    """Reads a number that belongs to the picture, after a while of its own."""

    def analyse(
        self,
        image: object,
        progress: object = None,
        box: tuple[int, int, int, int] | None = None,
        mask: np.ndarray | None = None,
    ) -> GarmentReport:
        time.sleep(0.3 * random.random())
        report = super().analyse(image, progress, box, mask)
        share = _number(open_image(image))
        return replace(report, garment=replace(report.garment, is_dress=False, probability=share))

    @staticmethod
    def words_for(source: str) -> str:
        """What the page says of a picture that it shows as this ``data:`` URL."""
        picture = Image.open(io.BytesIO(base64.b64decode(source.split(",")[1])))
        return f"perhaps not a dress ({percent(_number(picture))})"


def _number(picture: Image.Image) -> float:
    return zlib.crc32(picture.convert("RGB").tobytes()) % 50 / 100


class DrawingDesigner(Designer):
    """The core's designer with a hand that draws in place of the network, one latent a dress."""

    def __init__(
        self, name: str = "drawn", conditions: Mapping[str, list[str]] | None = None
    ) -> None:
        self.name, self.device, self.card = name, None, "A hand; it gets sleeves wrong."
        self.config = {
            "sha256": "81c2" * 16,
            "latent_dim": 8,
            "image_size": [64, 64],
            "conditions": dict(conditions or {}),
            "data": {"statement": "Learnt from nothing: a hand draws these."},
        }

    def _condition(self, _recipe: DesignRecipe) -> np.ndarray:
        return np.zeros((1, 0), np.float32)

    def _draw(self, stack: np.ndarray, _conditions: np.ndarray) -> list[Image.Image]:
        return [Image.fromarray(draw(_dress(z), 64, room=False)) for z in stack]


class SlowDesigner(DrawingDesigner):
    """Draws after a while, sometimes a short one and sometimes a long one."""

    def render(self, recipe: DesignRecipe) -> Image.Image:
        time.sleep(0.15 * random.random())
        return super().render(recipe)


@dataclass
class KnownProjector:
    """Finds the same design for every photo, in the pattern that was read; ``told`` is what it was told of."""

    designer: Designer
    told: list[GarmentReport] = field(default_factory=list)

    def project(
        self, photo: SimpleNamespace, progress: object = None, report: GarmentReport | None = None
    ) -> tuple[DesignRecipe, GarmentReport]:
        if is_empty(photo.cutout.pixels, found=photo.cutout.method != "whole"):
            raise ImageError("No garment was found in this picture.")
        report = report or KnownAnalyser().analyse(photo.picture)
        self.told.append(report)
        if callable(progress):
            for number, part in enumerate(PARTS[1:], start=2):
                progress(part, number, len(PARTS))
        pattern = report.attributes["pattern"].label
        (recipe,) = self.designer.sample(1, 5, {"pattern": pattern})
        return recipe, report


def _dress(latent: np.ndarray) -> Drawing:
    share = 1 / (1 + np.exp(-1.6 * np.asarray(latent, float)))
    cloth = tuple(round(30 + 190 * float(v)) for v in share[:3])
    return Drawing(
        "fake",
        "a drawn dress",
        cloth,
        ("plain", "floral", "polkadots", "stripes", "print")[int(share[3] * 4.99)],
        EXAMPLES[0].second,
        sleeve=max(0.0, 0.55 * float(share[4]) - 0.12),
        hem=0.78 + 0.17 * float(share[5]),
        flare=0.16 + 0.10 * float(share[6]),
        neck="v" if share[7] > 0.5 else "round",
    )
