"""Framed pictures of dresses, of other garments and of none, for the heads that tell a dress.

Dresses are shop photos of one split, most of them as a phone would see them; other garments are phone photos
(sets ``train`` and ``category``), half of them a second time on the same synthetic backgrounds, so that
neither camera nor background gives the answer away.
"""

from __future__ import annotations

import hashlib
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from fashion_core.cutout import frame
from fashion_core.imaging import open_image
from training.data.cache import save_arrays
from training.data.masks import sane_masks
from training.data.phone import read_photos
from training.data.synthetic.composites import foreground_of
from training.data.synthetic.empty import empty_pictures
from training.data.synthetic.phone_views import phone_scene

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fashion_core.cutout import GarmentFinder
    from training.data.shop import Packed

#: Category in photos.csv -> category that the head tells.
CATEGORIES = {
    "Dress": "dress",
    **dict.fromkeys(["T-Shirt", "Top", "Polo", "Undershirt", "Longsleeve", "Body"], "top"),
    **dict.fromkeys(["Shirt", "Blouse"], "shirt"),
    **dict.fromkeys(["Hoodie", "Outwear", "Blazer"], "jacket"),
    "Skirt": "skirt",
    "Pants": "trousers",
    "Shorts": "shorts",
    "Shoes": "shoes",
    "Hat": "hat",
}
#: There is nothing to wear in the picture: rooms, floors, drawings.
NOTHING = "no garment"
#: Several garments that are no dress, on a person.
OUTFIT = "outfit"
CLASSES = (*dict.fromkeys(CATEGORIES.values()), NOTHING, OUTFIT)
#: Dresses drawn from each split, so that neither side drowns the other, and the share of them that is
#: seen as a phone would see it: a head must not tell dresses by the shop's camera.
DRESSES, PHONE = {"train": 1000, "validation": 300}, 0.75
#: Share of the other garments that are photographed again on synthetic backgrounds.
AGAIN = 0.5
#: Pictures without a garment.
EMPTY = {"train": 360, "validation": 90}


def framed_pictures(
    packed: Packed, photos: Path, split: str, cache: Path, finder: GarmentFinder
) -> tuple[np.ndarray, np.ndarray]:
    """Pictures uint8 ``[N, 256, 256, 3]``, cut out and framed as the Analyser does it, and classes ``[N]``.

    Cutting out takes minutes and is kept in ``cache``, by the weights of the cut-out.
    """
    # Street photos, the only ones with outfits, are kept elsewhere.
    classes = tuple(name for name in CLASSES if name != OUTFIT)
    made = f"{packed.fingerprint} {DRESSES} {PHONE} {AGAIN} {EMPTY} {classes}"
    key = hashlib.sha256(f"{finder.config['sha256']} {made}".encode()).hexdigest()[:12]
    path = cache / f"garment-{split}-{key}.npz"
    if not path.exists():
        random = np.random.default_rng(1)
        dresses = dresses_on_backgrounds(packed, split, cache, random)
        examples = [(_frame(picture, finder), "dress") for picture in dresses]
        with zipfile.ZipFile(photos) as archive:
            rows = [p for p in read_photos(archive) if p.split == split]
            sources = [(archive.read(f"garment-photos/{p.image}"), p.category) for p in rows]
        for source, category in tqdm(sources, desc="cutting out", unit="photo"):
            if category in CATEGORIES:
                image = open_image(source)
                cut = finder.find(image)
                examples.append((np.asarray(frame(image, cut, 256)), CATEGORIES[category]))
                if random.random() < AGAIN:
                    again = phone_scene(foreground_of(cut.pixels, cut.mask), random)[0]
                    examples.append((_frame(again, finder), CATEGORIES[category]))
        rooms = [open_image(source) for source, _ in sources]
        nothing = empty_pictures(rooms, finder, EMPTY[split], random)
        examples.extend((_frame(picture, finder), NOTHING) for picture in nothing)
        truth = np.array([CLASSES.index(name) for _, name in examples], np.int64)
        save_arrays(path, pictures=np.stack([p for p, _ in examples]), truth=truth)
    kept = np.load(path)
    return kept["pictures"], kept["truth"]


def dresses_on_backgrounds(
    packed: Packed, split: str, cache: Path, random: np.random.Generator
) -> Iterator[np.ndarray]:
    """Shop photos of dresses, RGB uint8, most of them on synthetic backgrounds as a phone would see them."""
    masks = sane_masks(packed, split, cache)
    rows = [(i, b) for i, b in zip(packed.select(split), masks, strict=True) if np.asarray(b).any()]
    chosen = random.permutation(len(rows))[: DRESSES[split]]
    for k in tqdm(chosen, desc="dresses", unit="image"):
        i, bits = rows[k]
        picture = np.asarray(packed.images[i])
        mask = np.unpackbits(bits, axis=-1).astype(np.bool_)
        seen = random.random() < PHONE
        yield phone_scene(foreground_of(picture, mask), random)[0] if seen else picture


def _frame(source: Any, finder: GarmentFinder) -> np.ndarray:
    image = open_image(source)
    return np.asarray(frame(image, finder.find(image), 256))
