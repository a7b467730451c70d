"""The phone photos: which there are, of what, by whom; and cut out and framed for the classifiers."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.data.framed import RealPhotos, cut_out
from training.data.labels import read_clean_labels
from training.data.shop import decode
from training.data.splits import is_validation, phone_split, sender_fold
from training.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np

    from fashion_core.cutout import GarmentFinder

    Pixels = np.ndarray


@dataclass(frozen=True)
class Photo:
    """One phone photo: its file name, category, sender and set."""

    image: str
    category: str
    sender: str
    set: str

    @property
    def split(self) -> str:
        """What it is for: :func:`training.data.splits.phone_split`."""
        return phone_split(self.sender, self.set)


def annotated_photos(archive: zipfile.ZipFile, split: str) -> list[Photo]:
    """Photos of set ``train`` whose sender belongs to ``split``, which somebody may have annotated."""
    return [p for p in read_photos(archive) if p.set == "train" and p.split == split]


def read_photos(archive: zipfile.ZipFile) -> list[Photo]:
    """The rows of ``garment-photos/photos.csv``.

    Raises:
        DataError: no such table, or a column is missing.
    """
    try:
        text = archive.read("garment-photos/photos.csv").decode()
        records = list(csv.DictReader(io.StringIO(text)))
        return [Photo(r["image"], r["category"], r["sender"], r["set"]) for r in records]
    except KeyError as error:
        raise DataError(f"{archive.filename} is not the photo set: {error}.") from error


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
        pictures = cut_out(sources, len(wanted), finder, cache / f"phone-{split}-{key}")
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
        pictures = cut_out(sources, len(rows), finder, cache / f"phone-all-{key}")
    return AnnotatedPhotos(
        pictures,
        [clean[p.image] for p in rows],
        [p.set for p in rows],
        [sender_fold(p.sender) for p in rows],
        [is_validation(p.sender) for p in rows],
    )
