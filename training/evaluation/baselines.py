"""Baselines: the models of the 2020 study, trained anew, alone and pooled with heads on the transfer features.

All are scored on the shop's labels, as the study did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fashion_core.checkpoint import load_checkpoint, read_config
from fashion_core.fusion import apply_temperature, pooled
from training.data.features import probabilities_of, read_features
from training.data.shop import prepare
from training.evaluation import UNSHIPPED
from training.evaluation.classification import calibrate, score_rows
from training.tasks.classifier import predict, view_of
from training.tasks.classifier_settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    #: A model, the attribute that it reads, and its scores.
    Scored = tuple[str, str, dict[str, Any]]

#: What the 2020 study's own model reads together with the benchmark head: on validation styles .727 of lengths
#: (.704 the head alone, .687 the study's model) and .888 of sleeves (.885, .872).
TOGETHER = ("sleeve-length", "length")


def unshipped_scores(split: str, data: Path, packs: Path, runs: Path) -> Iterator[Scored]:
    """Models of the 2020 study that lost to better ones, from the weights that training left below ``runs``."""
    for name, settings in SETTINGS.items():
        folder = runs / UNSHIPPED / name
        if settings.ships or not (folder / "config.json").exists():
            continue
        network, config = load_checkpoint(folder)
        packed = prepare(data, packs, settings.pack_size)
        attribute, classes = config["attribute"], tuple(config["classes"])
        images = packed.images[packed.select(split)]
        raw = predict(network, [attribute], view_of(config), images)[attribute]
        probabilities = apply_temperature(raw, config["temperature"])
        if split == "validation":
            probabilities = calibrate(packed, {}, attribute, classes, raw).crossed
        for scores in score_rows(packed, {}, split, attribute, classes, probabilities):
            yield name, attribute, scores


def pooled_scores(split: str, data: Path, root: Path, packs: Path, runs: Path) -> Iterator[Scored]:
    """The 2020 study's own models together with the benchmark heads, which err elsewhere; on shop labels.

    The temperature of both comes from validation.
    """
    for name in TOGETHER:
        own, head = runs / UNSHIPPED / f"{name}-report", root / f"{name}-shop"
        if not all((folder / "config.json").exists() for folder in (own, head)):
            continue
        packed = prepare(data, packs, SETTINGS["transfer"].pack_size)
        classes = tuple(read_config(head)["classes"])
        attribute = read_config(head)["attribute"]
        watched = _together(own, head, "validation", data, root, packs, runs)
        calibration = calibrate(packed, {}, attribute, classes, watched)
        probabilities = calibration.crossed
        if split != "validation":
            raw = _together(own, head, split, data, root, packs, runs)
            probabilities = apply_temperature(raw, calibration.temperature)
        for scores in score_rows(packed, {}, split, attribute, classes, probabilities):
            yield f"{head.name} with {own.name}", attribute, scores


def _together(
    own: Path, head: Path, split: str, data: Path, root: Path, packs: Path, runs: Path
) -> np.ndarray:
    """Pooled probabilities ``[N, classes]`` of a model of the 2020 study and of a head, for ``split``."""
    network, config = load_checkpoint(own)
    packed = prepare(data, packs, SETTINGS[own.name].pack_size)
    images = packed.images[packed.select(split)]
    attribute = config["attribute"]
    raw = predict(network, [attribute], view_of(config), images)[attribute]
    first = apply_temperature(raw, config["temperature"]).astype(np.float32)
    backbone, view = load_checkpoint(root / "transfer")
    packed = prepare(data, packs, SETTINGS["transfer"].pack_size)
    images = packed.images[packed.select(split)]
    layer, config = load_checkpoint(head)
    raw = probabilities_of(layer, read_features(backbone, view, images, "dresses", runs))
    return pooled(first, apply_temperature(raw, config["temperature"]).astype(np.float32))
