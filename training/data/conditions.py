"""What each training picture of a conditional generator shows, in the classes that a user may ask for.

Shop tags are noisy and name no brown, orange or purple garment. So the colour is the family that the Analyser
reads from the picture. The other attributes are clean labels where somebody looked, else the shop's tag where
the shipped classifiers find it likely, or what they are sure of instead (after Northcutt et al., "Confident
learning", JAIR 2021). For the occasion (casual or party) there is no classifier and no clean label, as a
picture does not tell it: the shop's tag is taken as it is.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from fashion_core.checkpoint import read_config
from fashion_core.colour import garment_lab
from fashion_core.colour.family import family_folder, garment_family
from fashion_core.cutout import border_mask
from fashion_core.reader import GarmentReader
from fashion_core.taxonomy import ATTRIBUTES, COLOUR, TRANSFER, WISHES
from training.data.cache import save_array, save_arrays
from training.data.labels import UNSEEN_LABELS, encode_labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from fashion_core.taxonomy import Attribute
    from training.data.shop import Packed, Row

#: A classifier this sure replaces a tag; a tag that it finds this likely stands.
SURE, LIKELY = 0.8, 0.25
#: Pictures that are read at once.
BATCH = 16


def conditions_of(
    packed: Packed,
    clean: Mapping[str, Mapping[str, str]],
    root: Path,
    cache: Path,
    split: str = "train",
) -> np.ndarray:
    """Class of every condition of every row of ``split``, int64 ``[N, len(WISHES)]``, -1 where it is not known.

    Args:
        packed: pictures at 256 px.
        clean: image -> clean labels.
        root: of the shipped classifiers; where there are none yet, they have no say.
        cache: what networks and palette read is kept here, as it takes minutes.
        split: which rows.
    """
    rows = [packed.rows[i] for i in packed.select(split)]
    there = (root / TRANSFER / "config.json").exists()
    reader = GarmentReader.load(root, "cpu", "fast") if there else None
    read = readings(packed, reader, cache, split)
    columns = []
    for key, wish in WISHES.items():
        coloured = key == COLOUR.key
        columns.append(read[key] if coloured else believed(rows, clean, wish, read.get(key)))
    return np.stack(columns, axis=1)


def believed(
    rows: Sequence[Row],
    clean: Mapping[str, Mapping[str, str]],
    attribute: Attribute,
    probabilities: np.ndarray | None,
) -> np.ndarray:
    """The class ``[N]`` of each row, -1 where none is known.

    Clean labels stand, else the shop's tags, :func:`confirmed` by ``probabilities`` where there are any.
    """
    key, classes = attribute.key, attribute.classes
    shop = encode_labels([_seen(r.labels) for r in rows], key, classes)
    looked = encode_labels([dict(clean.get(r.image, {})) for r in rows], key, classes)
    word = shop if probabilities is None else confirmed(shop, probabilities)
    return np.where(looked >= 0, looked, word)


def kept_conditions(
    run: Path, packed: Packed, clean: Mapping[str, Mapping[str, str]], root: Path, cache: Path
) -> np.ndarray:
    """:func:`conditions_of` training rows, kept with the ``run``: better classifiers must not change them."""
    path = run / "wishes.npy"
    if not path.exists():
        save_array(path, conditions_of(packed, clean, root, cache))
    conditions: np.ndarray = np.load(path)
    return conditions


def confirmed(shop: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Shop classes ``[N]`` (-1: none), kept, replaced or dropped by ``probabilities [N, classes]``.

    >>> p = np.array([[.9, .1], [.6, .4], [.6, .4], [.76, .24]])
    >>> confirmed(np.array([1, 1, -1, 1]), p).tolist()
    [0, 1, -1, -1]
    """
    best = probabilities.argmax(1)
    sure = probabilities.max(1) >= SURE
    of_tag = np.take_along_axis(probabilities, shop.clip(0)[:, None], 1)[:, 0]
    likely = (shop >= 0) & (of_tag >= LIKELY)
    return np.where(sure, best, np.where(likely, shop, -1))


def shown_colour(pixels: np.ndarray) -> str:
    """The colour family of a dress on a plain background, uint8 ``[H, W, 3]``: the Analyser's, a rule."""
    return garment_family(*garment_lab(pixels, border_mask(pixels)[0]))


def _seen(labels: Mapping[str, str]) -> dict[str, str]:
    return {k: v for k, v in labels.items() if (k, v) not in UNSEEN_LABELS}


def readings(
    packed: Packed, reader: GarmentReader | None, cache: Path, split: str
) -> dict[str, np.ndarray]:
    """Colour family ``[N]``, and of each attribute what its head on the transfer features answers.

    Those are probabilities ``[N, classes]``. Mirror images are not read as well: they would take as long again.

    Args:
        packed: pictures at 256 px.
        reader: the shipped one; without it nothing but the colour is read.
        cache: what was read is kept here.
        split: which rows.
    """
    hashes = []
    if reader:
        heads = [reader.manifest.heads[name] for name in transfer_heads(reader).values()]
        hashes = [reader.manifest.sha256[head.checkpoint] for head in heads]
    hashes.append(read_config(family_folder())["sha256"])
    key = hashlib.sha256(f"{packed.fingerprint}{''.join(hashes)}".encode()).hexdigest()[:8]
    path = cache / f"wishes-{split}-{key}.npz"
    if not path.exists():
        rows = packed.select(split)
        read = {COLOUR.key: _colours(packed.images, rows)}
        if reader:
            read |= _attributes(packed.images, rows, reader)
        save_arrays(path, **read)
    with np.load(path) as content:
        return dict(content)


def transfer_heads(reader: GarmentReader) -> dict[str, str]:
    """Attribute -> name of the head on the transfer features that answers it."""
    answers = reader.manifest.answers
    return {key: answers[key].heads[0] for key in ATTRIBUTES if key in answers}


def _colours(images: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The colour family of each picture, as an index."""
    rows = tqdm(rows, desc="colours", unit="image")
    return np.array([COLOUR.classes.index(shown_colour(np.asarray(images[i]))) for i in rows])


def _attributes(
    images: np.ndarray, rows: np.ndarray, reader: GarmentReader
) -> dict[str, np.ndarray]:
    heads = transfer_heads(reader)
    parts: dict[str, list[np.ndarray]] = {attribute: [] for attribute in heads}
    for start in tqdm(range(0, len(rows), BATCH), desc="attributes", unit="batch"):
        pictures = np.asarray(images[rows[start : start + BATCH]])
        features = reader.features(TRANSFER, list(pictures), mirrored=False)
        answers = reader.head_answers({TRANSFER: features})
        for attribute, head in heads.items():
            parts[attribute].append(answers[head])
    return {attribute: np.concatenate(found) for attribute, found in parts.items()}
