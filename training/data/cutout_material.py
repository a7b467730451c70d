"""What the cut-out network learns from: composites, shop photos, phone photos and worn dresses."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.data.masks import sane_masks
from training.data.phone import read_photos
from training.data.shop import decode
from training.data.splits import worn_fold
from training.data.street import read_worn
from training.data.synthetic.backgrounds import Backgrounds, backgrounds_of
from training.data.synthetic.composites import Foreground, composite, foreground_of, warped
from training.data.synthetic.recloth import with_second_cloth
from training.data.teacher import believed, squeeze, teacher_masks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from training.data.shop import Packed
    from training.data.street import Worn

    Pixels = np.ndarray


@dataclass(frozen=True)
class Material:
    """What a run learns from; all pictures uint8 ``[.., SIDE, SIDE, 3]``, masks ``[.., SIDE, SIDE]``.

    Attributes:
        foregrounds: cut-out dresses.
        shop: the rest of their pictures: ``shop[i]`` belongs to ``foregrounds[i]``.
        left_out: how many dresses had no sane border mask.
        backgrounds: phone photos without their garments.
        photos, teacher: phone photos and the teacher's soft masks.
        worn: worn dresses.
    """

    foregrounds: Sequence[Foreground]
    shop: Pixels
    left_out: int
    backgrounds: Backgrounds
    photos: Pixels
    teacher: Pixels
    worn: Sequence[Worn]

    def counts(self) -> dict[str, int]:
        """How much there is of each kind, for the record of a run."""
        return {
            "images": len(self.foregrounds),
            "images without a sane border mask": self.left_out,
            "phone photos": len(self.photos),
            "phone photos under the teacher's masks": sum(believed(soft) for soft in self.teacher),
            "street photos": len(self.worn),
        }


def gather(
    packed: Packed,
    photos: Path,
    worn: Path,
    onnx: Path,
    cache: Path,
    *,
    split: str = "train",
    fold: int | None = None,
    most: int | None = None,
) -> Material:
    """Read everything of ``split``; of the worn photos always the training part, less ``fold``."""
    pictures = packed.images[packed.select(split)[:most]]
    bits = sane_masks(packed, split, cache, most)
    masks = np.unpackbits(bits, axis=-1).astype(np.bool_)
    kept = [i for i, mask in enumerate(masks) if mask.any()]
    random = np.random.default_rng(1)
    names, soft = teacher_masks(photos, onnx, cache)
    with zipfile.ZipFile(photos) as archive:
        splits = {p.image: p.split for p in read_photos(archive)}
        chosen = [i for i, n in enumerate(names) if splits[n] == split][:most]
        originals = [decode(archive.read(f"garment-photos/{names[i]}"), names[i]) for i in chosen]
    small = np.stack([squeeze(p) for p in originals])
    teacher = np.stack([squeeze(soft[i]) for i in chosen])
    people = [] if split != "train" else read_worn(worn, training=True)
    return Material(
        [foreground_of(pictures[i], masks[i]) for i in kept],
        pictures[kept],
        len(pictures) - len(kept),
        Backgrounds(backgrounds_of(small, teacher, random)),
        small,
        teacher,
        [w for w in people if fold is None or worn_fold(w.stem) != fold],
    )


def draw_composite(
    foregrounds: Sequence[Foreground],
    index: int,
    backgrounds: Backgrounds,
    size: int,
    random: np.random.Generator,
    second_cloth: float = 0.0,
) -> tuple[Pixels, Pixels]:
    """The garment ``index`` on some background: RGB ``[size, size, 3]`` and alpha ``[size, size]``.

    ``second_cloth`` is how often a part of it is of another cloth.
    """
    distractor = None
    if random.random() < 0.12:
        other = foregrounds[int(random.integers(len(foregrounds)))]
        distractor = warped(other, size, random, spread=0.3)
    garment = foregrounds[index]
    if second_cloth and random.random() < second_cloth:
        other = foregrounds[int(random.integers(len(foregrounds)))]
        garment = with_second_cloth(garment, other, random)
    return composite(
        warped(garment, size, random), backgrounds.draw(size, random), random, distractor
    )
