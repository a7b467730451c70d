"""The heads that stand on the transfer features: fitted on everything that somebody labelled by eye.

The backbone is fine-tuned once. Heads are fitted anew in seconds, on clean labels of shop photos, on the same
photos as a phone would see them, on phone photos and, where it helps, on street photos. The head that was
trained with the backbone is kept where it does better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import nn

from fashion_core.checkpoint import load_checkpoint, save_checkpoint
from fashion_core.networks.transfer import LinearHead
from fashion_core.taxonomy import HEAD_CHECKPOINTS
from training.data.cache import save_states
from training.data.labels import encode_labels, merge_labels
from training.data.splits import HEAD_FOLDS, head_fold
from training.evaluation.classification import attribute_report, base_config, summary, write_reports
from training.tasks.heads import fit_head, kept_features, probabilities_of, read_features

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from training.data.framed import RealPhotos
    from training.data.real import Real
    from training.data.shop import Packed
    from training.data.street import WornExamples
    from training.tasks.classifier import ClassifierModule

#: Street photos are few: how often each is seen an epoch, beside its mirror image.
WORN_REPEATS = 3
#: What is learnt from street photos. In five folds of people they took the length from .39 to .51 and left
#: validation dresses alone; pattern, sleeves and neckline gained at most two points on people and lost up to
#: two on validation dresses and phone photos.
FROM_WORN = ("length",)
#: A set with fewer labels has no say in which head is kept.
FEWEST_WATCHED = 30


@dataclass(frozen=True)
class Examples:
    """What a head learns from.

    Attributes:
        features: ``[N, F]``.
        labels: attribute -> class of each.
        people: stem of the street photo that each comes from, empty for all others.
    """

    features: np.ndarray
    labels: Sequence[Mapping[str, str]]
    people: Sequence[str]


def gather_examples(
    backbone: nn.Module,
    view: dict[str, Any],
    packed: Packed,
    clean: dict[str, dict[str, str]],
    runs: Path,
    real: Real | None,
    worn: WornExamples | None,
) -> list[Examples]:
    """Features and labels of all examples; those of shop photos are kept for the benchmark heads too."""

    def features(name: str, pictures: np.ndarray) -> np.ndarray:
        return kept_features(backbone, view, pictures, name, runs)

    def mirrored(name: str, photos: RealPhotos, times: int, stems: Sequence[str]) -> list[Examples]:
        seen = photos.pictures, photos.pictures[:, :, ::-1]
        found = [features(n, p) for n, p in zip((name, f"{name}-mirrored"), seen, strict=True)]
        return [Examples(part, photos.labels, stems) for part in found] * times

    chosen = packed.select("train")
    labels, _ = merge_labels([packed.rows[i] for i in chosen], clean)
    if clean:
        # Of rows that nobody looked at only the fit is taken, which nobody annotated.
        names = [packed.rows[i].image for i in chosen]
        labels = [
            row if name in clean else {k: v for k, v in row.items() if k == "fit"}
            for row, name in zip(labels, names, strict=True)
        ]
    pictures, nobody = packed.images[chosen], [""] * len(chosen)
    found = [
        Examples(features("shop", pictures), labels, nobody),
        Examples(features("shop-mirrored", pictures[:, :, ::-1]), labels, nobody),
    ]
    if real:
        views, photos = real.train_views, real.train
        nobody = [""] * len(views.labels)
        found.append(Examples(features("views", views.pictures), views.labels, nobody))
        found += mirrored("photos", photos, 1, [""] * len(photos.labels))
    if worn:
        views = worn.views
        found.append(Examples(features("worn-views", views.pictures), views.labels, views.groups))
        found += mirrored("worn", worn.dresses, WORN_REPEATS, worn.dresses.groups)
    return found


def fit_attribute(
    examples: Sequence[Examples],
    attribute: str,
    classes: Sequence[str],
    run: Path,
    unseen: int | None = None,
) -> nn.Module | None:
    """A head for one attribute, without the people of the fold ``unseen``; none where nothing is labelled."""
    features, truth = [], []
    for part in examples:
        labels = encode_labels(list(part.labels), attribute, classes)
        kept = labels >= 0
        if attribute not in FROM_WORN:
            kept &= np.array([not stem for stem in part.people])
        if unseen is not None:
            kept &= np.array([not stem or head_fold(stem) != unseen for stem in part.people])
        features.append(part.features[kept])
        truth.append(labels[kept])
    if not sum(map(len, truth)):
        return None
    joined = np.concatenate(features), np.concatenate(truth)
    head: nn.Module = fit_head(*joined, len(classes), run).network
    return head


def export_transfer(
    module: ClassifierModule,
    run: dict[str, Any],
    packed: Packed,
    clean: dict[str, dict[str, str]],
    runs: Path,
    root: Path,
    real: Real | None,
    worn: WornExamples | None,
) -> None:
    """Write ``transfer`` and the heads on its features; with ``worn`` also heads in folds, below ``runs``.

    Each attribute keeps the head that was trained with the backbone or the fitted one, whichever is better on
    clean labels of validation styles and, by the mean of both, on phone photos of validation senders. What
    learns from street photos is always the fitted one.
    """
    network, settings, classes = module.exported, module.settings, module.settings.classes()
    base = _base(module, run, packed, real, worn)
    heads = _joint_heads(network, classes)
    transfer = {
        **base,
        "architecture": "transfer",
        "arguments": {**settings.arguments, "classes": {"pattern": len(classes["pattern"])}},
        "attribute": "pattern",
        "classes": list(classes["pattern"]),
    }
    _put_pattern(network, heads["pattern"])
    save_checkpoint(root / "transfer", network, transfer)
    backbone, view = load_checkpoint(root / "transfer")
    if clean:
        examples = gather_examples(backbone, view, packed, clean, runs, real, worn)
        watched = _watched(backbone, view, packed, clean, real, runs)
        for attribute, names in classes.items():
            fitted = fit_attribute(examples, attribute, names, runs / f"head-{attribute}")
            if fitted and worn and attribute in FROM_WORN:
                heads[attribute] = fitted
            elif fitted:
                heads[attribute] = _better(heads[attribute], fitted, watched, attribute, names)
        if worn:
            _fold_heads(examples, classes, runs)
    _put_pattern(network, heads["pattern"])
    digest = save_checkpoint(root / "transfer", network, transfer)["sha256"]
    pictures = packed.images[packed.select("validation")]
    found = read_features(backbone, view, pictures, "dresses", runs)
    for attribute, names in classes.items():
        raw = probabilities_of(heads[attribute], found)
        report = attribute_report(packed, clean, attribute, names, raw)
        measured = {"temperature": report["temperature"], "metrics": summary(report)}
        if attribute == "pattern":
            folder = root / "transfer"
            written = save_checkpoint(folder, network, transfer | measured)
        else:
            folder = root / HEAD_CHECKPOINTS[attribute]
            config = {
                **base,
                "architecture": "linear_head",
                "arguments": {"in_features": network.out_features, "classes": len(names)},
                "features": digest,
                "attribute": attribute,
                "classes": list(names),
            }
            written = save_checkpoint(folder, heads[attribute], config | measured)
        write_reports(folder, folder.name, attribute, written, report)


def _watched(
    backbone: nn.Module,
    view: dict[str, Any],
    packed: Packed,
    clean: dict[str, dict[str, str]],
    real: Real | None,
    runs: Path,
) -> list[tuple[np.ndarray, Sequence[Mapping[str, str]]]]:
    """Features and labels of clean-labelled validation dresses, and of phone photos of validation senders."""
    chosen = packed.select("validation")
    rows = [packed.rows[i] for i in chosen]
    merged, is_clean = merge_labels(rows, clean)
    features = read_features(backbone, view, packed.images[chosen], "dresses", runs)
    labels = [row for row, looked in zip(merged, is_clean, strict=True) if looked]
    found: list[tuple[np.ndarray, Sequence[Mapping[str, str]]]] = [(features[is_clean], labels)]
    if real:
        photos = real.validation
        pictures = read_features(backbone, view, photos.pictures, "watched-photos", runs)
        found.append((pictures, photos.labels))
    return found


def _better(
    joint: nn.Module,
    fitted: nn.Module,
    watched: Sequence[tuple[np.ndarray, Sequence[Mapping[str, str]]]],
    attribute: str,
    classes: Sequence[str],
) -> nn.Module:
    scores: list[list[float]] = [[], []]
    for features, labels in watched:
        truth = encode_labels(list(labels), attribute, classes)
        there = truth >= 0
        if there.sum() >= FEWEST_WATCHED:
            for head, found in zip((joint, fitted), scores, strict=True):
                right = probabilities_of(head, features[there]).argmax(1) == truth[there]
                found.append(round(float(right.mean()), 4))
    print(f"{attribute}: joint head {scores[0]}, fitted head {scores[1]}")
    return fitted if not scores[0] or np.mean(scores[1]) > np.mean(scores[0]) else joint


def _base(
    module: ClassifierModule,
    run: dict[str, Any],
    packed: Packed,
    real: Real | None,
    worn: WornExamples | None,
) -> dict[str, Any]:
    photos = len(real.train.names) if real else 0
    base = base_config(module.settings, run, packed, module.images)
    base["data"] |= {"images": module.images + module.settings.photo_repeats * photos}
    base["data"]["statement"] += (
        " The weights it started from had seen the shop's labels of all training styles; the heads learn "
        f"from clean labels, from phone views of the same photos, from {photos} phone photos (CC0)"
        + (
            f" and, for length, from {len(worn.dresses.names)} street photos (Apache-2.0)."
            if worn
            else "."
        )
    )
    return base


def _joint_heads(network: nn.Module, classes: Mapping[str, Sequence[str]]) -> dict[str, nn.Module]:
    """The heads that were trained with the backbone, each with the norm that all shared."""
    heads: dict[str, nn.Module] = {}
    for attribute, names in classes.items():
        head = LinearHead(network.out_features, len(names))
        head.norm.load_state_dict(network.norm.state_dict())
        head.linear.load_state_dict(network.heads[attribute].state_dict())
        heads[attribute] = head.eval()
    return heads


def _put_pattern(network: nn.Module, head: nn.Module) -> None:
    network.norm.load_state_dict(head.norm.state_dict())
    network.heads = nn.ModuleDict({"pattern": head.linear})


def fold_file(runs: Path, fold: int) -> Path:
    """Where the heads are that never saw the people of a fold: attribute of ``FROM_WORN`` -> weights."""
    return runs / "worn-heads" / f"fold-{fold}.pt"


def _fold_heads(
    examples: Sequence[Examples], classes: Mapping[str, Sequence[str]], runs: Path
) -> None:
    for fold in range(HEAD_FOLDS):
        states = {}
        for attribute in FROM_WORN:
            names = classes[attribute]
            if head := fit_attribute(examples, attribute, names, runs / "head-fold", unseen=fold):
                states[attribute] = head.state_dict()
        save_states(fold_file(runs, fold), states)
