"""Phone photos for the classifiers, and shop photos that are changed to look like phone photos.

Annotated phone photos (set ``train``) are few and come in as they are. Shop photos have many labels, and come
in as phone views: what a phone might have taken of the same dress
(:mod:`training.data.synthetic.phone_views`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.data.labels import read_clean_labels
from training.data.phone import phone_photos
from training.data.splits import SPLITS
from training.data.synthetic.phone_views import phone_views

if TYPE_CHECKING:
    from pathlib import Path

    from fashion_core.cutout import GarmentFinder
    from training.data.framed import RealPhotos
    from training.data.shop import Packed


@dataclass(frozen=True)
class Real:
    """Phone photos and phone views, to learn from and to choose by.

    Attributes:
        train, validation: phone photos of training senders, of validation senders.
        train_views, validation_views: phone views of clean-labelled shop photos of training styles, of
            validation styles.
    """

    train: RealPhotos
    validation: RealPhotos
    train_views: RealPhotos
    validation_views: RealPhotos


def read_real(
    packed: Packed, photos: Path, labels: Path, finder: GarmentFinder, cache: Path
) -> Real:
    """Read or make all four; ``packed`` is of 256 px."""
    clean = read_clean_labels(labels, "dresses")
    taken = [phone_photos(photos, labels, split, finder, cache) for split in SPLITS]
    views = [phone_views(packed, clean, split, cache) for split in SPLITS]
    return Real(*taken, *views)
