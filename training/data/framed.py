"""Real photos for the classifiers, framed as the Analyser frames them, and shop photos made to look so.

A classifier that saw only shop photos loses some twenty points on phone photos. What differs is light,
camera, folds and the cut-out's own mistakes, so all four are drawn onto shop photos, whose labels are many;
phone photos of set ``train``, whose labels are few, come in as they are.
"""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image
from tqdm import tqdm

from fashion_core.analyser import FRAME
from fashion_core.cutout import Cutout, box_of, frame
from training.data.cache import save_array
from training.data.phone import annotated_photos, read_photos, sender_fold
from training.data.shop import decode, is_validation, read_clean_labels
from training.data.synthetic.composites import (
    PROCEDURAL,
    Foreground,
    composite,
    foreground_of,
    procedural_ground,
    warped,
)
from training.tasks.segmenter import sane_masks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from fashion_core.cutout import GarmentFinder
    from training.data.shop import Packed

    Pixels = np.ndarray

#: Pixels a side of the scene in which a shop photo is photographed again.
SCENE = 320
SPLITS = ("train", "validation")


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


@dataclass(frozen=True)
class Real:
    """What is not a shop photo on plain ground, of training and of validation styles and senders.

    Attributes:
        train, validation: phone photos.
        train_views, validation_views: clean-labelled shop photos as a phone would see them.
    """

    train: RealPhotos
    validation: RealPhotos
    train_views: RealPhotos
    validation_views: RealPhotos


def read_real(
    packed: Packed, photos: Path, labels: Path, finder: GarmentFinder, cache: Path
) -> Real:
    """Everything real for the classifiers. ``packed`` is of 256 px."""
    clean = read_clean_labels(labels, "dresses")
    found = [phone_photos(photos, labels, split, finder, cache) for split in SPLITS]
    views = [phone_views(packed, clean, split, cache) for split in SPLITS]
    return Real(*found, *views)


def framed(pixels: Pixels, mask: Pixels, size: int = FRAME) -> Pixels:
    """What the Analyser's networks are shown of a picture ``[H, W, 3]`` under a mask ``[H, W]`` bool."""
    if not mask.any():
        mask = np.ones_like(mask)
    cut = Cutout(mask, pixels, box_of(mask), 1.0, "measured")
    return np.asarray(frame(Image.fromarray(pixels), cut, size))


def phone_photos(
    photos: Path, labels: Path, split: str, finder: GarmentFinder, cache: Path
) -> RealPhotos:
    """The annotated phone photos of set ``train`` whose sender belongs to ``split``."""
    clean = read_clean_labels(labels, "photos")
    with zipfile.ZipFile(photos) as archive:
        rows = [p for p in annotated_photos(archive, split) if p.image in clean]
        wanted = [p.image for p in rows]
        sources = ((n, decode(archive.read(f"garment-photos/{n}"), n)) for n in wanted)
        key = hashlib.sha256(" ".join(wanted).encode()).hexdigest()[:8]
        pictures = _cut_out(sources, len(wanted), finder, cache / f"phone-{split}-{key}")
    return RealPhotos(wanted, [p.sender for p in rows], pictures, [clean[n] for n in wanted])


@dataclass(frozen=True)
class AnnotatedPhotos:
    """Phone photos of all sets that somebody annotated.

    Attributes:
        pictures: uint8 ``[N, FRAME, FRAME, 3]``, cut out and framed.
        labels: attribute -> class of each.
        sets: ``train``, ``category`` or ``dev``.
        folds: of their senders, 0 to 4.
        validation: whether a sender belongs to validation (of ``dev`` that says nothing).
    """

    pictures: Pixels
    labels: list[Mapping[str, str]]
    sets: list[str]
    folds: list[int]
    validation: list[bool]


def all_annotated(
    photos: Path, labels: Path, finder: GarmentFinder, cache: Path
) -> AnnotatedPhotos:
    """Every annotated phone photo; who may learn from which is for the caller to decide."""
    clean = read_clean_labels(labels, "photos")
    with zipfile.ZipFile(photos) as archive:
        rows = [p for p in read_photos(archive) if p.image in clean]
        sources = (
            (p.image, decode(archive.read(f"garment-photos/{p.image}"), p.image)) for p in rows
        )
        key = hashlib.sha256(" ".join(p.image for p in rows).encode()).hexdigest()[:8]
        pictures = _cut_out(sources, len(rows), finder, cache / f"phone-all-{key}")
    return AnnotatedPhotos(
        pictures,
        [clean[p.image] for p in rows],
        [p.set for p in rows],
        [sender_fold(p.sender) for p in rows],
        [is_validation(p.sender) for p in rows],
    )


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


def _cut_out(
    sources: Iterable[tuple[str, Pixels]], count: int, finder: GarmentFinder, path: Path
) -> Pixels:
    """Framed pictures; cutting out takes minutes and is kept, by the weights of the cut-out."""
    kept = path.with_name(f"{path.name}-{finder.config['sha256'][:8]}.npy")
    if not kept.exists():
        found = []
        for _, pixels in tqdm(sources, desc="cutting out", unit="photo", total=count):
            image = Image.fromarray(pixels)
            found.append(np.asarray(frame(image, finder.find(image), FRAME)))
        save_array(kept, np.stack(found))
    return np.load(kept)


def phone_view(foreground: Foreground, random: np.random.Generator) -> Pixels:
    """A shop photo's garment as a phone photo of it would reach the networks.

    It is laid on a ground, lit, folded and photographed, then cut out again with the mistakes that a
    cut-out makes: an edge too wide or too narrow, a piece lost, a piece of ground taken along.

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
    ground = procedural_ground(kind, SCENE, random)
    picture, alpha = composite(warped(foreground, SCENE, random, spread=0.6), ground, random)
    return picture, alpha > 127


def with_mistakes(mask: Pixels, random: np.random.Generator) -> Pixels:
    """A mask ``[H, W]`` bool with a cut-out's mistakes."""
    found = mask.astype(np.uint8)
    width = int(random.integers(0, 4))
    if width:
        change = cv2.dilate if random.random() < 0.5 else cv2.erode
        found = change(found, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * width + 1,) * 2))
    edge = np.argwhere(cv2.morphologyEx(found, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0)
    for value, odds in ((0, 0.15), (1, 0.25)):
        if len(edge) and random.random() < odds:
            y, x = (int(v) for v in edge[random.integers(len(edge))])
            axes = [max(2, int(len(mask) * r)) for r in random.uniform(0.02, 0.09, 2)]
            cv2.ellipse(found, (x, y), axes, float(random.uniform(0, 180)), 0, 360, value, -1)
    return found > 0
