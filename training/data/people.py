"""Whole photos with and without people, for the head that tells whether somebody wears the garment.

A cut-out shows little of a person, and what it leaves out tells: legs below a hem, a waistband, shoes.
"""

from __future__ import annotations

import hashlib
import zipfile
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from tqdm import tqdm

from fashion_core.analyser import whole
from fashion_core.imaging import open_image
from fashion_core.taxonomy import WORN_CLASSES
from training.data.cache import save_arrays
from training.data.framed import RealPhotos
from training.data.garments import DRESSES, PHONE, dresses_on_backgrounds
from training.data.phone import read_photos
from training.data.street import read_worn
from training.data.synthetic.empty import empty_pictures
from training.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from fashion_core.cutout import GarmentFinder
    from training.data.shop import Packed
    from training.data.street import WornExamples

#: The attribute that whole photos are labelled with, and its classes by number.
WORN = "worn"
NOBODY, DRESS, OUTFIT = range(len(WORN_CLASSES))
#: Pictures without people: photos of other garments, dresses on synthetic backgrounds, rooms and drawings.
ALONE = {"train": (900, 300, 120), "validation": (300, 100, 60)}


def pictures_of_people(worn: Path, examples: WornExamples) -> RealPhotos:
    """The whole street photos of ``examples``; ``labels`` hold ``worn``, one of ``WORN_CLASSES``.

    Raises:
        DataError: not both dresses and outfits are among them.
    """
    with_dress, without = examples.dresses.groups, examples.others.groups
    if not (with_dress and without):
        raise DataError(
            "Learning from people takes annotated street photos with and without a dress."
        )
    kinds = dict.fromkeys(with_dress, WORN_CLASSES[DRESS])
    kinds |= dict.fromkeys(without, WORN_CLASSES[OUTFIT])
    rows = [w for w in read_worn(worn, training=True) if w.stem in kinds]
    stems = [w.stem for w in rows]
    pictures = np.stack([whole(Image.fromarray(w.pixels)) for w in rows])
    return RealPhotos(stems, stems, pictures, [{WORN: kinds[stem]} for stem in stems])


def pictures_of_nobody(
    packed: Packed, photos: Path, split: str, cache: Path, finder: GarmentFinder
) -> np.ndarray:
    """Whole pictures uint8 ``[N, 256, 256, 3]`` in which nobody wears anything; kept in ``cache``.

    Args:
        packed: dresses, of 256 px.
        photos: garment-photos.zip, whose garments hang or lie.
        split: ``train`` or ``validation``, by style and by sender.
        cache: folder.
        finder: finds garments that are painted over, for empty rooms.
    """
    random = np.random.default_rng(5)
    garments, dresses, empty = ALONE[split]
    with zipfile.ZipFile(photos) as archive:
        rows = [p for p in read_photos(archive) if p.split == split]
        chosen = [rows[i].image for i in random.permutation(len(rows))[:garments]]
        made = f"{packed.fingerprint} {ALONE} {DRESSES} {PHONE} {finder.config['sha256']} {chosen}"
        path = cache / f"nobody-{split}-{hashlib.sha256(made.encode()).hexdigest()[:12]}.npz"
        sources = [] if path.exists() else [archive.read(f"garment-photos/{n}") for n in chosen]
    if not path.exists():
        photographed = [open_image(source) for source in tqdm(sources, desc="photos", unit="photo")]
        shown = [whole(photo) for photo in photographed]
        on_backgrounds = dresses_on_backgrounds(packed, split, cache, random)
        shown += [whole(Image.fromarray(p)) for p in islice(on_backgrounds, dresses)]
        nothing = empty_pictures(photographed, finder, empty, random)
        shown += [whole(Image.fromarray(p)) for p in nothing]
        save_arrays(path, pictures=np.stack(shown))
    pictures: np.ndarray = np.load(path)["pictures"]
    return pictures
