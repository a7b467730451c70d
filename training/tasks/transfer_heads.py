"""Which heads ship on the transfer features: those trained with the backbone, or those fitted afterwards.

The backbone is fine-tuned once. Heads are fitted anew in seconds, on clean labels of shop photos, on the same
photos as a phone would see them, on phone photos and, where it helps, on street photos. The head that was
trained with the backbone is kept where it does better.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from fashion_core.networks.transfer import LinearHead
from training.data.features import probabilities_of, read_features
from training.data.labels import encode_labels, merge_labels
from training.data.splits import HEAD_FOLDS
from training.tasks.head_sources import (
    examples_of,
    real_sources,
    shop_source,
    source_features,
    worn_sources,
)
from training.tasks.heads import DRESS_HEADS, HeadSpec, fit_folds, fit_spec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from torch import Tensor, nn

    from fashion_core.networks.transfer import TransferClassifier
    from training.data.real import Real
    from training.data.shop import Packed
    from training.data.street import WornExamples

    #: Features ``[N, F]`` of pictures that heads are chosen by, and their labels.
    Watched = tuple[np.ndarray, Sequence[Mapping[str, str]]]

#: A set with fewer labels does not count when heads are chosen.
FEWEST_WATCHED = 30


def joint_heads(network: nn.Module) -> dict[str, LinearHead]:
    """The heads that were trained with the backbone, each with the norm that all shared."""
    network = cast("TransferClassifier", network)
    heads: dict[str, LinearHead] = {}
    for spec in DRESS_HEADS:
        head = LinearHead(network.out_features, len(spec.classes))
        head.norm.load_state_dict(network.norm.state_dict())
        head.linear.load_state_dict(network.heads[spec.attribute].state_dict())
        heads[spec.attribute] = head.eval()
    return heads


def fit_dress_heads(
    joint: Mapping[str, LinearHead],
    backbone: tuple[nn.Module, dict[str, Any]],
    packed: Packed,
    clean: dict[str, dict[str, str]],
    real: Real | None,
    worn: WornExamples | None,
    runs: Path,
) -> tuple[dict[str, LinearHead], list[dict[str, dict[str, Tensor]]]]:
    """Fit heads and choose, for each attribute, between them and the ``joint`` ones.

    The better one is kept: on clean labels of validation styles and, by the mean of both, on phone photos of
    validation senders. What learns from street photos is always the fitted one.

    Args:
        joint: attribute -> the head that was trained with the backbone.
        backbone: the exported transfer model and its config.
        packed: of 256 px.
        clean: image -> clean labels.
        real: phone photos and phone views.
        worn: street photos.
        runs: features are kept below it.

    Returns:
        Attribute -> head; and, with ``worn``, for each fold of people the weights of those heads that never
        saw them, by attribute.
    """
    sources = {"shop": shop_source(packed, clean), **real_sources(real), **worn_sources(worn)}
    features = source_features(DRESS_HEADS, sources, *backbone, runs)
    watched = _watched(backbone, packed, clean, real, runs)
    heads = dict(joint)
    in_folds: list[dict[str, dict[str, Tensor]]] = [{} for _ in range(HEAD_FOLDS if worn else 0)]
    for spec in DRESS_HEADS:
        examples = examples_of(spec, sources, features)
        if not len(examples.truth):
            continue
        fitted = fit_spec(spec, examples, runs).network
        if not (worn and spec.folds):
            heads[spec.attribute] = _better(joint[spec.attribute], fitted, watched, spec)
            continue
        heads[spec.attribute] = fitted
        for states, module in zip(in_folds, fit_folds(spec, examples, runs), strict=True):
            states[spec.attribute] = module.network.state_dict()
    return heads, in_folds


def _watched(
    backbone: tuple[nn.Module, dict[str, Any]],
    packed: Packed,
    clean: dict[str, dict[str, str]],
    real: Real | None,
    runs: Path,
) -> list[Watched]:
    """Clean-labelled validation dresses, and phone photos of validation senders."""
    chosen = packed.select("validation")
    merged, is_clean = merge_labels([packed.rows[i] for i in chosen], clean)
    features = read_features(*backbone, packed.images[chosen], "dresses", runs)
    labels = [row for row, checked in zip(merged, is_clean, strict=True) if checked]
    watched: list[Watched] = [(features[is_clean], labels)]
    if real:
        photos = real.validation
        pictures = read_features(*backbone, photos.pictures, "watched-photos", runs)
        watched.append((pictures, photos.labels))
    return watched


def _better(
    joint: LinearHead, fitted: LinearHead, watched: Sequence[Watched], spec: HeadSpec
) -> LinearHead:
    scores: list[list[float]] = [[], []]
    for features, labels in watched:
        truth = encode_labels(labels, spec.attribute, spec.classes)
        labelled = truth >= 0
        if labelled.sum() >= FEWEST_WATCHED:
            for head, accuracies in zip((joint, fitted), scores, strict=True):
                answers = probabilities_of(head, features[labelled]).argmax(1)
                accuracies.append(round(float((answers == truth[labelled]).mean()), 4))
    print(f"{spec.attribute}: joint head {scores[0]}, fitted head {scores[1]}")
    return fitted if not scores[0] or np.mean(scores[1]) > np.mean(scores[0]) else joint
