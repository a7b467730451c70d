"""Pictures with nothing to wear in them: rooms whose garment is painted over, backgrounds, drawings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from training.data.synthetic.backgrounds import PROCEDURAL, paint_over, procedural_background

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PIL import Image

    from fashion_core.cutout import GarmentFinder


def empty_pictures(
    rooms: Sequence[Image.Image],
    finder: GarmentFinder,
    count: int,
    random: np.random.Generator,
) -> Iterator[np.ndarray]:
    """RGB uint8 pictures, a third of each kind; a room whose garment fills it gives way to a background.

    Args:
        rooms: photos with a garment.
        finder: finds the garment that is painted over.
        count: how many are made.
        random: the choices.
    """
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (17, 17))
    for i in range(count):
        kind = i % 3
        if kind == 0 and rooms:
            room = np.asarray(rooms[int(random.integers(len(rooms)))].resize((256, 256)))
            garment = finder.find_pixels(room).mask.astype(np.uint8)
            mask = cv2.dilate(cv2.resize(garment, (256, 256)), kernel) > 0
            if mask.mean() < 0.8:
                yield paint_over(room, mask, random)
                continue
        if kind == 2:
            yield drawing(random)
            continue
        yield procedural_background(PROCEDURAL[int(random.integers(len(PROCEDURAL)))], 256, random)


def drawing(random: np.random.Generator, size: int = 256) -> np.ndarray:
    """A doodle, RGB ``[size, size, 3]``: a face, or balls, boxes and lines, in a few colours."""
    paper = np.full((size, size, 3), random.integers(200, 256, 3), np.uint8)

    def colour() -> list[int]:
        return [int(v) for v in random.integers(0, 256, 3)]

    def near(x: float, y: float) -> tuple[int, int]:
        jitter = random.normal(0, 0.02, 2)
        return int((x + jitter[0]) * size), int((y + jitter[1]) * size)

    if random.random() < 0.5:
        radius = int(size * random.uniform(0.2, 0.42))
        cv2.circle(paper, near(0.5, 0.5), radius, colour(), -1, cv2.LINE_AA)
        cv2.circle(paper, near(0.5, 0.5), radius, colour(), 3, cv2.LINE_AA)
        for x in (0.4, 0.6):
            cv2.circle(paper, near(x, 0.42), int(size * random.uniform(0.02, 0.05)), colour(), -1)
        axes = int(size * random.uniform(0.06, 0.14)), int(size * random.uniform(0.02, 0.08))
        cv2.ellipse(paper, near(0.5, 0.6), axes, 0, 0, 180, colour(), 4, cv2.LINE_AA)
        return paper
    for _ in range(int(random.integers(1, 7))):
        (x0, y0), (x1, y1) = (near(*random.uniform(0.1, 0.9, 2)) for _ in range(2))
        thick = int(random.choice([-1, 2, 6]))
        shape = int(random.integers(3))
        if shape == 0:
            cv2.circle(paper, (x0, y0), int(size * random.uniform(0.05, 0.3)), colour(), thick)
        elif shape == 1:
            cv2.rectangle(paper, (x0, y0), (x1, y1), colour(), thick)
        else:
            cv2.line(paper, (x0, y0), (x1, y1), colour(), int(random.integers(1, 9)), cv2.LINE_AA)
    return paper
