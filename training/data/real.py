"""Real photos for the classifiers, and shop photos made to look so.

Phone photos of set ``train``, whose labels are few, come in as they are; shop photos, whose labels are many, as
a phone would see them (:mod:`training.data.synthetic.phone_views`).
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
    taken = [phone_photos(photos, labels, split, finder, cache) for split in SPLITS]
    views = [phone_views(packed, clean, split, cache) for split in SPLITS]
    return Real(*taken, *views)
