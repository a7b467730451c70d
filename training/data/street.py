"""Worn dresses: a few street photos, and for the classifiers the same in the cloth of other dresses.

The annotated ones are few (76 dresses), and shop photos hold no person. So every street photo of the
training part is also shown with other garments' cloth on its dress: shape, pose and street stay, and the
pattern is that of the cloth. What learns from them is measured in folds, on people that it never saw.
"""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image
from tqdm import tqdm

from fashion_core.analyser import FRAME
from fashion_core.cutout import frame
from fashion_core.taxonomy import PATTERN
from training.data.cache import save_arrays
from training.data.framed import RealPhotos, framed
from training.data.labels import read_clean_labels, read_worn_labels, worn_without_dress
from training.data.masks import sane_masks
from training.data.shop import decode
from training.data.splits import is_worn_training, worn_fold
from training.data.synthetic.composites import foreground_of
from training.data.synthetic.phone_views import with_mistakes
from training.data.synthetic.recloth import reclothed
from training.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from fashion_core.cutout import GarmentFinder
    from training.data.shop import Packed

    Pixels = np.ndarray

#: Dresses of other cloth for each street photo.
COPIES = 6


@dataclass(frozen=True)
class WornExamples:
    """Street photos of the training part, framed as the Analyser frames them.

    Attributes:
        dresses: annotated ones, under the cut-out of a network that never saw them.
        others: those in which nobody wears a dress, likewise; without labels.
        views: the photos in the cloth of other dresses, under their exact masks with a cut-out's mistakes.
    """

    dresses: RealPhotos
    others: RealPhotos
    views: RealPhotos


@dataclass(frozen=True)
class Worn:
    """One worn dress: its stem, RGB ``[H, W, 3]`` and mask ``[H, W]`` uint8 (255 the dress)."""

    stem: str
    pixels: Pixels
    mask: Pixels


def read_worn(path: Path, *, training: bool) -> list[Worn]:
    """The worn photos of the training part or of the test part, in order of their stems.

    Raises:
        DataError: a damaged picture or mask.
    """
    worn = []
    with zipfile.ZipFile(path) as archive:
        names = sorted(n for n in archive.namelist() if n.endswith(".jpg"))
        for name in names:
            stem = PurePosixPath(name).stem
            if is_worn_training(stem) != training:
                continue
            mask = cv2.imdecode(
                np.frombuffer(archive.read(f"worn-dresses/masks/{stem}.png"), np.uint8),
                cv2.IMREAD_GRAYSCALE,
            )
            if mask is None:
                raise DataError(f"The mask of {stem} in {path} is corrupt or not a picture.")
            worn.append(Worn(stem, decode(archive.read(name), name), np.asarray(mask)))
    return worn


def read_worn_examples(
    packed: Packed, worn: Path, labels: Path, finders: Sequence[GarmentFinder], cache: Path
) -> WornExamples:
    """Cut out and frame the street photos; a minute, kept in ``cache``.

    Args:
        packed: dresses at 256 px, whose cloth is worn.
        worn: worn-dresses.zip.
        labels: clean-labels.csv.
        finders: the cut-out for each of its own folds (:func:`training.tasks.segmenter.teaching_finders`).
        cache: folder.
    """
    clean, bare = read_worn_labels(labels), worn_without_dress(labels)
    people = read_worn(worn, training=True)
    dresses = [w for w in people if clean.get(w.stem, {}).keys() - {"sample"}]
    others = [w for w in people if w.stem in bare]
    # Whoever is annotated anew is cut out anew, lest labels and pictures part.
    stems = [w.stem for w in dresses], [w.stem for w in others]
    made = f"{[f.config['sha256'] for f in finders]} {packed.fingerprint} {COPIES} {stems}"
    path = cache / f"worn-{hashlib.sha256(made.encode()).hexdigest()[:12]}.npz"
    if not path.exists():
        shown = _reclothed(people, packed, read_clean_labels(labels, "dresses"), cache)
        parts = {f"{k}_pictures": _cut_out(v, finders) for k, v in (("d", dresses), ("o", others))}
        save_arrays(
            path,
            **parts,
            pictures=np.stack([p for p, _, _ in shown]),
            stems=np.array([s for _, s, _ in shown]),
            patterns=np.array([p for _, _, p in shown]),
        )
    with np.load(path) as kept:
        stems, patterns = kept["stems"].tolist(), kept["patterns"].tolist()
        shapes = [{k: v for k, v in clean.get(s, {}).items() if k in _SHAPE} for s in stems]
        views: list[Mapping[str, str]] = [
            {**shape, "pattern": p} for shape, p in zip(shapes, patterns, strict=True)
        ]
        return WornExamples(
            _photos(dresses, kept["d_pictures"], clean),
            _photos(others, kept["o_pictures"], {}),
            RealPhotos(stems, stems, kept["pictures"], views),
        )


#: What stays when the cloth is another.
_SHAPE = ("sleeve_length", "length", "neckline")


def _photos(
    people: Sequence[Worn], pictures: np.ndarray, labels: Mapping[str, Mapping[str, str]]
) -> RealPhotos:
    stems = [w.stem for w in people]
    return RealPhotos(stems, stems, pictures, [labels.get(s, {}) for s in stems])


def _cut_out(people: Sequence[Worn], finders: Sequence[GarmentFinder]) -> np.ndarray:
    pictures = []
    for w in people:
        image = Image.fromarray(w.pixels)
        cut = finders[worn_fold(w.stem)].find(image)
        pictures.append(np.asarray(frame(image, cut, FRAME)))
    return np.stack(pictures)


def _reclothed(
    people: Sequence[Worn], packed: Packed, clean: Mapping[str, Mapping[str, str]], cache: Path
) -> list[tuple[np.ndarray, str, str]]:
    """Pictures, stems and patterns; every pattern as often as every other."""
    masks = sane_masks(packed, "train", cache)
    by_pattern: dict[str, list[tuple[int, np.ndarray]]] = {name: [] for name in PATTERN.classes}
    for i, bits in zip(packed.select("train"), masks, strict=True):
        name = clean.get(packed.rows[i].image, {}).get("pattern")
        if name in by_pattern and bits.any():
            by_pattern[name].append((int(i), bits))
    random, dressed_anew = np.random.default_rng(11), []
    known = [name for name, rows in by_pattern.items() if rows]
    for w in tqdm(people, desc="new cloth", unit="person"):
        for _ in range(COPIES):
            name = known[int(random.integers(len(known)))]
            i, bits = by_pattern[name][int(random.integers(len(by_pattern[name])))]
            mask = np.unpackbits(bits, axis=-1).astype(np.bool_)
            cloth = foreground_of(np.asarray(packed.images[i]), mask)
            dressed = reclothed(w.pixels, w.mask, cloth, random)
            seen = with_mistakes(w.mask > 127, random)
            dressed_anew.append((framed(dressed, seen), w.stem, name))
    return dressed_anew
