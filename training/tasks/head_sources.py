"""What heads learn from, by the names that :mod:`training.tasks.heads` uses in its table.

A name that ends in ``-mirrored`` means the mirror images of a source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fashion_core.taxonomy import WORN_CLASSES
from training.data.features import kept_features
from training.data.garments import CLASSES, OUTFIT
from training.data.labels import encode_labels, merge_labels
from training.data.people import NOBODY, WORN
from training.data.splits import head_fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from torch import nn

    from training.data.framed import RealPhotos
    from training.data.real import Real
    from training.data.shop import Packed
    from training.data.street import WornExamples
    from training.tasks.heads import HeadSpec

_MIRRORED = "-mirrored"


@dataclass(frozen=True)
class Source:
    """Pictures with labels.

    Attributes:
        pictures: uint8 ``[N, S, S, 3]``.
        labels: attribute -> class of each.
        people: the street photo that each comes from, by its stem; empty for all others.
    """

    pictures: np.ndarray
    labels: Sequence[Mapping[str, str]]
    people: Sequence[str]


@dataclass(frozen=True)
class Examples:
    """Labelled rows, as a head is fitted on them.

    Attributes:
        features: float32 ``[N, F]``.
        truth: classes, int64 ``[N]``.
        folds: the fold of people that each belongs to ``[N]``, -1 where there is no street photo.
    """

    features: np.ndarray
    truth: np.ndarray
    folds: np.ndarray


def shop_source(packed: Packed, clean: dict[str, dict[str, str]]) -> Source:
    """All shop photos of training styles with their clean labels (source ``shop``).

    Of those that nobody annotated only the fit is taken, for which there are no clean labels at all.
    """
    chosen = packed.select("train")
    rows = [packed.rows[i] for i in chosen]
    merged, checked = merge_labels(rows, clean)
    labels = [
        row if looked else {k: v for k, v in row.items() if k == "fit"}
        for row, looked in zip(merged, checked, strict=True)
    ]
    return Source(packed.images[chosen], labels, _nobody(chosen))


def checked_source(packed: Packed, clean: Mapping[str, Mapping[str, str]]) -> Source:
    """The shop photos of training styles that somebody annotated (source ``checked``)."""
    chosen = [i for i in packed.select("train") if packed.rows[i].image in clean]
    labels = [clean[packed.rows[i].image] for i in chosen]
    return Source(packed.images[chosen], labels, _nobody(chosen))


def tags_source(packed: Packed) -> Source:
    """All shop photos of training styles with the shop's own tags, wrong ones included (source ``tags``)."""
    chosen = packed.select("train")
    return Source(packed.images[chosen], [packed.rows[i].labels for i in chosen], _nobody(chosen))


def real_sources(real: Real | None) -> dict[str, Source]:
    """``views``, clean-labelled shop photos as a phone would see them, and ``photos``, phone photos."""
    if real is None:
        return {}
    parts = {"views": real.train_views, "photos": real.train}
    return {name: Source(p.pictures, p.labels, _nobody(p.names)) for name, p in parts.items()}


def worn_sources(worn: WornExamples | None) -> dict[str, Source]:
    """Street photos: ``worn`` shows dresses, ``worn-others`` none, ``worn-views`` dresses of other cloth."""
    if worn is None:
        return {}
    dresses = [{**row, "garment": "dress"} for row in worn.dresses.labels]
    others = [{"garment": OUTFIT}] * len(worn.others.names)
    return {
        "worn": Source(worn.dresses.pictures, dresses, worn.dresses.groups),
        "worn-others": Source(worn.others.pictures, others, worn.others.groups),
        "worn-views": Source(worn.views.pictures, worn.views.labels, worn.views.groups),
    }


def garment_source(pictures: np.ndarray, truth: np.ndarray) -> Source:
    """Dresses, other garments and none, by :func:`training.data.garments.framed_pictures` (``garments``)."""
    return Source(pictures, [{"garment": CLASSES[i]} for i in truth], _nobody(truth))


def people_sources(people: RealPhotos, nobody: np.ndarray) -> dict[str, Source]:
    """Whole photos of ``people``, labelled dress or outfit, and pictures ``nobody`` without anybody."""
    alone = [{WORN: WORN_CLASSES[NOBODY]}] * len(nobody)
    return {
        "people": Source(people.pictures, people.labels, people.groups),
        "nobody": Source(nobody, alone, _nobody(nobody)),
    }


def _nobody(rows: Sequence[Any] | np.ndarray) -> list[str]:
    return [""] * len(rows)


def source_features(
    specs: Sequence[HeadSpec],
    sources: Mapping[str, Source],
    network: nn.Module,
    view: Mapping[str, Any],
    runs: Path,
) -> dict[str, np.ndarray]:
    """Features ``[N, F]`` of all sources that ``specs``, heads on one backbone, learn from, by name.

    Args:
        specs: the heads.
        sources: those that there are.
        network: the backbone,
        view: and its config.
        runs: features are kept below it.
    """
    features = {}
    for name in dict.fromkeys(name for spec in specs for name in spec.learns_from):
        source = sources.get(name.removesuffix(_MIRRORED))
        if source is None:
            continue
        pictures = source.pictures
        if name.endswith(_MIRRORED):
            pictures = pictures[:, :, ::-1]
        key = f"{specs[0].backbone}-{name}"
        features[name] = kept_features(network, view, pictures, key, runs)
    return features


def examples_of(
    spec: HeadSpec, sources: Mapping[str, Source], features: Mapping[str, np.ndarray]
) -> Examples:
    """The labelled rows of all sources of a head; the order of the table decides which meet in a batch."""
    parts = []
    for name in spec.learns_from:
        if name in features:
            source = sources[name.removesuffix(_MIRRORED)]
            truth = encode_labels(source.labels, spec.attribute, spec.classes)
            folds = folds_of(source)
            kept = truth >= 0
            parts.append((features[name][kept], truth[kept], folds[kept]))
    return Examples(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def folds_of(source: Source) -> np.ndarray:
    """The fold of people of every row ``[N]``, -1 where there is no street photo."""
    return np.array([head_fold(stem) if stem else -1 for stem in source.people], np.int64)
