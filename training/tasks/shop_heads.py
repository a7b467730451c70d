"""Benchmark heads: what the shop would call a dress, read off the features of the transfer model.

The shipped heads learn from clean labels and are judged by them. These learn from the shop labels of all
training styles, wrong ones included, to be compared with the report's models on the report's terms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fashion_core.checkpoint import load_checkpoint, save_checkpoint
from fashion_core.taxonomy import HEAD_CHECKPOINTS
from training.data.labels import encode_labels
from training.data.shop import SHOP_CLASSES
from training.evaluation.classification import attribute_report, summary, write_reports
from training.evaluation.metrics import classification_scores
from training.publish.plots import plot_curves
from training.publish.provenance import data_statement
from training.tasks.heads import (
    HeadSettings,
    fit_head,
    kept_features,
    probabilities_of,
    read_features,
)

if TYPE_CHECKING:
    from pathlib import Path

    from training.data.shop import Packed

#: Attribute -> checkpoint of its benchmark head.
SHOP_HEADS = {attribute: f"{folder}-shop" for attribute, folder in HEAD_CHECKPOINTS.items()}
#: Accuracy is the target, so rare classes get no more weight than they have rows.
SETTINGS = HeadSettings(learning_rate=5e-4, epochs=8, class_weighting=0.0)


LEAK = "images split at random as the report did, so that many garments stand on both sides"


def _leaky(
    features: np.ndarray, truth: np.ndarray, classes: tuple[str, ...], runs: Path
) -> dict[str, Any]:
    """The report's way of splitting: a quarter of the images, drawn at random, whatever their style."""
    there = np.flatnonzero(truth >= 0)
    held = np.random.default_rng(1).random(len(there)) < 0.25
    train, test = there[~held], there[held]
    head = fit_head(features[train], truth[train], len(classes), runs / "head-leaky", SETTINGS)
    return classification_scores(
        probabilities_of(head.network, features[test]), truth[test], classes
    )


def train_shop_heads(packed: Packed, root: Path, runs: Path) -> dict[str, Any]:
    """Fit and export a head for every attribute but pattern, whose benchmark is a stack.

    Args:
        packed: of 256 px.
        root: holds ``transfer``; the heads are written beside it.
        runs: features are kept below it, by the checksum of the weights.

    Returns:
        Attribute -> its report on validation styles.
    """
    backbone, view = load_checkpoint(root / "transfer")
    train, watched = (packed.images[packed.select(split)] for split in ("train", "validation"))
    seen = [
        kept_features(backbone, view, train, "shop", runs),
        kept_features(backbone, view, train[:, :, ::-1], "shop-mirrored", runs),
    ]
    validation = read_features(backbone, view, watched, "dresses", runs)
    reports = {}
    for attribute, name in SHOP_HEADS.items():
        classes = SHOP_CLASSES[attribute]
        truth = encode_labels(
            [packed.rows[i].labels for i in packed.select("train")], attribute, classes
        )
        watched_truth = encode_labels(
            [packed.rows[i].labels for i in packed.select("validation")], attribute, classes
        )
        there = truth >= 0
        if not there.any():
            continue
        features = np.concatenate([part[there] for part in seen])
        doubled = np.tile(truth[there], len(seen))
        module = fit_head(features, doubled, len(classes), runs / f"head-{name}", SETTINGS)
        raw = probabilities_of(module.network, validation)
        report = attribute_report(packed, {}, attribute, classes, raw)
        if attribute == "neckline":
            both = np.concatenate([seen[0], validation]), np.concatenate([truth, watched_truth])
            report |= {"leaky score, not a result": _leaky(*both, classes, runs), "leak": LEAK}
        shape = {"in_features": features.shape[1], "classes": len(classes)}
        config = {
            "architecture": "linear_head",
            "arguments": shape,
            "features": view["sha256"],
            "attribute": attribute,
            "classes": list(classes),
            "temperature": report["temperature"],
            "metrics": summary(report),
            "data": data_statement(packed, int(there.sum())),
        }
        save_checkpoint(root / name, module.network, config)
        write_reports(root / name, name, attribute, config, report)
        plot_curves(module.history, root / name / "curves.png", name)
        reports[attribute] = report
    return reports
