"""Shop photos as a phone would show them: laid on a background, lit, photographed, and cut out again.

A classifier that saw only shop photos loses some twenty points on phone photos. What differs is light, camera,
folds and the cut-out's own mistakes, so all four are drawn onto shop photos, whose labels are many.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import cv2
import numpy as np
from tqdm import tqdm

from training.data.cache import save_array
from training.data.framed import RealPhotos, framed
from training.data.masks import sane_masks
from training.data.synthetic.backgrounds import PROCEDURAL, procedural_background
from training.data.synthetic.composites import Foreground, composite, foreground_of, warped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from training.data.shop import Packed

    Pixels = np.ndarray

#: Pixels a side of the scene in which a shop photo is photographed again.
SCENE = 320


def phone_views(
    packed: Packed, clean: Mapping[str, Mapping[str, str]], split: str, cache: Path
) -> RealPhotos:
    """Every clean-labelled row of ``split`` with a sane border mask, once, by :func:`phone_view`."""
    masks = sane_masks(packed, split, cache)
    rows = [
        (i, bits)
        for i, bits in zip(packed.select(split), masks, strict=True)
        if bits.any() and packed.rows[i].image in clean
    ]
    names = [packed.rows[i].image for i, _ in rows]
    digest = hashlib.sha256(" ".join([packed.fingerprint, *names]).encode()).hexdigest()[:8]
    path = cache / f"views-{split}-{digest}.npy"
    if not path.exists():
        random = np.random.default_rng(7)
        seen = []
        for i, bits in tqdm(rows, desc="phone views", unit="image"):
            mask = np.unpackbits(bits, axis=-1).astype(np.bool_)
            seen.append(phone_view(foreground_of(np.asarray(packed.images[i]), mask), random))
        save_array(path, np.stack(seen))
    styles = [packed.rows[i].style for i, _ in rows]
    return RealPhotos(names, styles, np.load(path), [clean[n] for n in names])


def phone_view(foreground: Foreground, random: np.random.Generator) -> Pixels:
    """A shop photo's garment as a phone photo of it would reach the networks.

    It is laid on a background, lit, folded and photographed, then cut out again with the mistakes that a
    cut-out makes: an edge too wide or too narrow, a piece lost, a piece of background taken along.

    Args:
        foreground: the garment.
        random: the choices.

    Returns:
        RGB uint8 ``[FRAME, FRAME, 3]``.
    """
    picture, mask = phone_scene(foreground, random)
    return framed(picture, with_mistakes(mask, random))


def phone_scene(foreground: Foreground, random: np.random.Generator) -> tuple[Pixels, Pixels]:
    """The photo itself: RGB uint8 ``[SCENE, SCENE, 3]`` and the garment's mask, bool."""
    kind = PROCEDURAL[int(random.integers(len(PROCEDURAL)))]
    background = procedural_background(kind, SCENE, random)
    picture, alpha = composite(warped(foreground, SCENE, random, spread=0.6), background, random)
    return picture, alpha > 127


def with_mistakes(mask: Pixels, random: np.random.Generator) -> Pixels:
    """A mask ``[H, W]`` bool with a cut-out's mistakes."""
    cut = mask.astype(np.uint8)
    width = int(random.integers(0, 4))
    if width:
        change = cv2.dilate if random.random() < 0.5 else cv2.erode
        ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * width + 1,) * 2)
        cut = np.asarray(change(cut, ellipse), np.uint8)
    edge = np.argwhere(cv2.morphologyEx(cut, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0)
    for value, odds in ((0, 0.15), (1, 0.25)):
        if len(edge) and random.random() < odds:
            y, x = (int(v) for v in edge[random.integers(len(edge))])
            axes = [max(2, int(len(mask) * r)) for r in random.uniform(0.02, 0.09, 2)]
            cv2.ellipse(cut, (x, y), axes, float(random.uniform(0, 180)), 0, 360, value, -1)
    return cut > 0
