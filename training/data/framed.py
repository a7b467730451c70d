"""Labelled pictures cut out and framed as the Analyser's networks see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from tqdm import tqdm

from fashion_core.analyser import FRAME
from fashion_core.cutout import Cutout, box_of, frame
from training.data.cache import save_array

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from fashion_core.cutout import GarmentFinder

    Pixels = np.ndarray


@dataclass(frozen=True)
class RealPhotos:
    """Labelled photos.

    Attributes:
        names: of the files.
        groups: the style, sender or person of each; never on both sides of a split.
        pictures: uint8 ``[N, FRAME, FRAME, 3]``.
        labels: attribute -> class of each.
    """

    names: list[str]
    groups: list[str]
    pictures: Pixels
    labels: list[Mapping[str, str]]


def framed(pixels: Pixels, mask: Pixels, size: int = FRAME) -> Pixels:
    """What the Analyser's networks are shown of a picture ``[H, W, 3]`` under a mask ``[H, W]`` bool."""
    if not mask.any():
        mask = np.ones_like(mask)
    cut = Cutout(mask, pixels, box_of(mask), 1.0, "measured")
    return np.asarray(frame(Image.fromarray(pixels), cut, size))


def cut_out(
    sources: Iterable[tuple[str, Pixels]], count: int, finder: GarmentFinder, path: Path
) -> Pixels:
    """Framed pictures; cutting out takes minutes and is kept, by the weights of the cut-out."""
    kept = path.with_name(f"{path.name}-{finder.config['sha256'][:8]}.npy")
    if not kept.exists():
        pictures = []
        for _, pixels in tqdm(sources, desc="cutting out", unit="photo", total=count):
            image = Image.fromarray(pixels)
            pictures.append(np.asarray(frame(image, finder.find(image), FRAME)))
        save_array(kept, np.stack(pictures))
    cut: Pixels = np.load(kept)
    return cut
