"""The phone photos: which there are, of what, by whom."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.data.shop import is_validation
from training.errors import DataError

if TYPE_CHECKING:
    import zipfile


@dataclass(frozen=True)
class Photo:
    """One phone photo: its file name, category, sender and set."""

    image: str
    category: str
    sender: str
    set: str

    @property
    def split(self) -> str:
        """``train`` or ``validation``, by sender; ``dev`` is neither."""
        if self.set == "dev":
            return "dev"
        return "validation" if is_validation(self.sender) else "train"


def sender_fold(sender: str) -> int:
    """The fold of a sender, 0 to 4: a figure on photos of a fold is of models that saw none of its senders."""
    return int(hashlib.sha256(sender.encode()).hexdigest(), 16) % 5


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
