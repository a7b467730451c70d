"""What a classifier learns from: pictures, their labels and how far to trust them; kept with its run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.data.cache import save_arrays
from training.data.labels import encode_labels, merge_labels
from training.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from training.data.framed import RealPhotos
    from training.data.shop import Packed
    from training.tasks.classifier_settings import ClassifierSettings

#: In a run's folder: which shop photos it learns from, with which labels, and its phone photos.
LABELS_FILE = "labels.npz"


@dataclass(frozen=True)
class Labelled:
    """Images with their labels.

    Attributes:
        images: uint8 ``[N, S, S, 3]``.
        labels: attribute -> int64 ``[N]`` (-1: none).
        weights: how far to trust them, float32 ``[N]``.
        masks: the garment in shop photos, bits uint8 ``[N, S, S / 8]``, none set where it is not known.
    """

    images: np.ndarray
    labels: dict[str, np.ndarray]
    weights: np.ndarray
    masks: np.ndarray | None = None

    def with_photos(self, photos: Labelled, times: int) -> Labelled:
        """These and phone photos, which have no masks, each so many ``times``."""
        masks = self.masks
        if masks is not None:
            blank = np.zeros((times * len(photos.images), *masks.shape[1:]), np.uint8)
            masks = np.concatenate([masks, blank])
        labels = {
            a: np.concatenate([v, np.tile(photos.labels[a], times)]) for a, v in self.labels.items()
        }
        return Labelled(
            np.concatenate([self.images, *[photos.images] * times]),
            labels,
            np.concatenate([self.weights, np.tile(photos.weights, times)]),
            masks,
        )


def labelled(
    settings: ClassifierSettings,
    packed: Packed,
    clean: Mapping[str, Mapping[str, str]],
    split: str,
) -> Labelled:
    """The rows of ``split`` that carry a label for at least one attribute of ``settings``."""
    rows, labels, weights = _labelled_rows(settings, packed, clean, split)
    return Labelled(packed.images[rows], labels, weights)


def _labelled_rows(
    settings: ClassifierSettings,
    packed: Packed,
    clean: Mapping[str, Mapping[str, str]],
    split: str,
    relabelled: Mapping[str, np.ndarray] | None = None,
) -> tuple[np.ndarray, dict[str, np.ndarray], np.ndarray]:
    """Rows ``[N]``, attribute -> class ``[N]``, and weights ``[N]``.

    ``relabelled`` holds attribute -> class of every row of ``split`` (:mod:`training.data.relabel`).
    """
    merged, is_clean = merge_labels(packed.rows, clean)
    if settings.labels == "shop":
        merged, is_clean = [row.labels for row in packed.rows], np.zeros(len(packed.rows), bool)
    labels = {a: encode_labels(merged, a, c) for a, c in settings.classes().items()}
    rows = packed.select(split)
    if relabelled:
        for attribute, values in labels.items():
            values[rows] = relabelled[attribute]
    taken = np.stack([labels[a][rows] >= 0 for a in labels]).any(0)
    if settings.clean_only:
        taken &= is_clean[rows]
    rows = rows[taken]
    weights = np.where(is_clean, settings.clean_weight, 1.0).astype(np.float32)
    return rows, {a: v[rows] for a, v in labels.items()}, weights[rows]


def keep_labels(
    run: Path,
    settings: ClassifierSettings,
    packed: Packed,
    clean: Mapping[str, Mapping[str, str]],
    relabelled: Mapping[str, np.ndarray] | None = None,
    photos: RealPhotos | None = None,
) -> dict[str, int]:
    """Decide at the start of a ``run`` what it learns from, and keep that in its folder.

    Args:
        run: the folder.
        settings: hyper-parameters.
        packed: the dresses.
        clean: image -> clean labels.
        relabelled: attribute -> class of every training row, for settings that ask for such labels.
        photos: phone photos, for settings that ask for them.

    Returns:
        How many shop photos, how many of them with clean labels, and how many phone photos.

    Raises:
        DataError: there is nothing to learn from; the run has not begun.
    """
    rows, labels, weights = _labelled_rows(settings, packed, clean, "train", relabelled)
    if not len(rows) and not photos:
        missing = "clean labels (give --labels)" if settings.clean_only else "labels in the data"
        raise DataError(
            f"{run.name} has no picture to learn from: no dress of the training part has {missing}."
        )
    arrays = {"rows": rows, "weights": weights, **{f"label {a}": v for a, v in labels.items()}}
    if photos:
        arrays["photos"] = photos.pictures
        for attribute, classes in settings.classes().items():
            arrays[f"photo label {attribute}"] = encode_labels(photos.labels, attribute, classes)
    run.mkdir(parents=True, exist_ok=True)
    save_arrays(run / LABELS_FILE, **arrays)
    looked = 0 if settings.labels == "shop" else sum(packed.rows[i].image in clean for i in rows)
    return {
        "images": len(rows),
        "images with clean labels": looked,
        "phone photos": len(photos.names) if photos else 0,
    }


def kept_shop_photos(
    run: Path, settings: ClassifierSettings, packed: Packed, masks: np.ndarray | None = None
) -> Labelled:
    """The shop photos that a ``run`` learns from, as it keeps them.

    ``masks`` are bits of the garments of all training rows, uint8 ``[M, S, S / 8]``.
    """
    with np.load(run / LABELS_FILE) as kept:
        rows, weights = kept["rows"], kept["weights"]
        labels = {a: kept[f"label {a}"] for a in settings.attributes}
    if masks is not None:
        masks = masks[np.searchsorted(packed.select("train"), rows)]
    return Labelled(packed.images[rows], labels, weights, masks)


def kept_training_data(
    run: Path, settings: ClassifierSettings, packed: Packed, masks: np.ndarray | None = None
) -> Labelled:
    """The same with the run's phone photos, each ``settings.photo_repeats`` times."""
    shop = kept_shop_photos(run, settings, packed, masks)
    with np.load(run / LABELS_FILE) as kept:
        if "photos" not in kept:
            return shop
        pictures = kept["photos"]
        labels = {a: kept[f"photo label {a}"] for a in settings.attributes}
    weights = np.full(len(pictures), settings.clean_weight, np.float32)
    return shop.with_photos(Labelled(pictures, labels, weights), settings.photo_repeats)
