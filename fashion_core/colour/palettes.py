"""The palette of a garment: its main colours with their shares, families and fine names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from fashion_core.colour.baseline2020 import baseline2020_palette
from fashion_core.colour.clusters import main_colours
from fashion_core.colour.colours import Colour, Palette, to_hex, to_lab, to_rgb
from fashion_core.colour.family import evenly, garment_family
from fashion_core.colour.names import nearest_names

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from fashion_core.colour.colours import Floats

#: Pixels that are clustered, by profile, and on how large a copy they are picked.
SAMPLES, COPY_SIDE = {"full": 4000, "fast": 900}, {"full": 320, "fast": 160}
LEAST_SHARE = 0.03
MOST_COLOURS = 5


def palette(
    image: Image.Image,
    mask: NDArray[np.bool_] | None = None,
    mode: str = "garment",
    profile: str = "full",
) -> Palette:
    """The colours of a garment.

    Args:
        image: RGB.
        mask: bool of the picture's shape or smaller, True on the garment; the whole picture without it.
        mode: ``garment``, or ``baseline2020`` for the two clusters on the centre crop of the 2020 study.
        profile: ``full``, or ``fast`` (fewer pixels).

    Raises:
        ValueError: another mode.
    """
    if mode == "baseline2020":
        return baseline2020_palette(image)
    if mode != "garment":
        raise ValueError(f"No mode {mode!r}; there are 'garment' and 'baseline2020'.")
    lab, background = garment_lab(np.asarray(image), mask, profile)
    centres, shares = main_colours(lab)
    order = np.argsort(-shares, kind="stable")
    kept = [i for i in order if shares[i] >= LEAST_SHARE][:MOST_COLOURS] or [int(order[0])]
    colours = _colours(centres[kept], shares[kept])
    colours[0] = replace(colours[0], family=garment_family(lab, background, profile=profile))
    return Palette(tuple(colours))


def garment_lab(
    pixels: NDArray[np.uint8], mask: NDArray[np.bool_] | None, profile: str = "full"
) -> tuple[Floats, Floats]:
    """CIELAB colours of the garment and of its background, both clear of the garment's edge.

    Returns:
        At most ``SAMPLES`` colours ``[N, 3]`` of the garment, at most a quarter as many of the background.
    """
    scale = COPY_SIDE[profile] / max(pixels.shape[:2])
    if scale < 1:
        size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    size = pixels.shape[1], pixels.shape[0]
    if mask is None:
        mask = np.ones(pixels.shape[:2], np.bool_)
    small = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    inside = cv2.erode(small, np.ones((5, 5), np.uint8), borderValue=1) > 0
    chosen = pixels[inside if inside.sum() >= 50 else small > 0 if small.any() else ...]
    chosen = chosen.reshape(-1, 3)
    outside = pixels[cv2.dilate(small, np.ones((9, 9), np.uint8)) == 0]
    most = SAMPLES[profile]
    return to_lab(evenly(chosen, most)), to_lab(evenly(outside, most // 4))


def _colours(lab: Floats, shares: Floats) -> list[Colour]:
    """The colours of ``[K, 3]`` with their shares ``[K]``, each named by the value that is shown of it."""
    rgb = to_rgb(lab)
    return [
        Colour(to_hex((r, g, b)), named.name, named.family, float(share), (r, g, b))
        for (r, g, b), named, share in zip(
            rgb.tolist(), nearest_names(to_lab(rgb)), shares, strict=True
        )
    ]
