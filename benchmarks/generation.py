"""Generators side by side: distance to real dresses, variety, memory, condition adherence, speed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from benchmarks.timing import median_ms
from fashion_core import Designer
from fashion_core.checkpoint import load_checkpoint
from fashion_core.errors import CheckpointError
from training.data.conditions import kept_conditions
from training.data.files import write_json
from training.data.labels import read_clean_labels
from training.data.shop import prepare
from training.evaluation import UNSHIPPED
from training.evaluation.generation import (
    READ,
    READER_SIDE,
    SAMPLES,
    SIDE,
    Reader,
    condition_adherence,
    distances,
    draw,
    families,
    of_real,
    real_features,
    squares,
)
from training.evaluation.metrics import ADHERENCE, LITE2, VGG

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from torch import nn

    from fashion_core.checkpoint import Config

FIGURES = "generation.json"
#: The one that all others are compared with: the 2020 study's DCGAN on its 2,000 pictures.
BASELINE = "dcgan-64-2k"
MODELS = ("studio", BASELINE, "dcgan-64", "dcgan-64-readme", "dense-gan-256")


def generation(
    data: Path,
    labels: Path,
    imagenet: Path,
    runs: Path,
    packs: Path,
    root: Path,
    models: tuple[str, ...] = MODELS,
    samples: int = SAMPLES,
    sides: tuple[int, ...] = (SIDE, READER_SIDE),
) -> Iterator[str]:
    """Lines of the tables; the figures are kept as ``generation.json`` beside each checkpoint.

    Args:
        data: the dresses.
        labels: clean labels, for the reader.
        imagenet: weights of EfficientNet-Lite2 and of VGG16.
        runs: features are kept below it, and weights that are not shipped.
        packs: packed data.
        root: checkpoints.
        models: names; those that are nowhere are said to be missing.
        samples: drawn of each.
        sides: pixels a side at which pictures are compared.
    """
    packed = {side: prepare(data, packs, side) for side in {*sides, READER_SIDE, 256}}
    clean = read_clean_labels(labels, "dresses")
    known = kept_conditions(runs / "studio", packed[256], clean, root, packs)
    conditions = known[np.random.default_rng(1).integers(len(known), size=samples)]
    networks: dict[str, nn.Module] = {}
    figures: dict[str, dict[str, Any]] = {}
    for name in models:
        try:
            networks[name], config = _network(name, root, runs)
            figures[name] = {"weights": config["sha256"][:12]}
        except CheckpointError as error:
            yield f"{name}: {error}"
    for name, row in figures.items():
        if (root / name / "config.json").exists():
            row |= {"ms for 16": _milliseconds(root, name), "threads": torch.get_num_threads()}
            yield f"{name}: 16 designs in {row['ms for 16']:.0f} ms, {row['threads']} threads"
    reader = Reader(imagenet)
    read = reader.fit(packed[READER_SIDE], clean, runs)
    yield from _reader_lines(read)
    for name, network in networks.items():
        if _takes_conditions(network):
            adherence = condition_adherence(network, reader)
            figures[name] |= {"reader": read, ADHERENCE: adherence}
            _keep(root / name, figures[name])
            yield from _adherence_lines(name, adherence)
    feature_networks = families(imagenet)
    for side in sides:
        reals = real_features(packed[side], feature_networks, packs)
        yield f"\n{samples} samples at {side} x {side} pixels; real: training pictures in their place"
        yield _HEAD
        yield _line("real", of_real(reals))
        for name, network in networks.items():
            given = conditions if _takes_conditions(network) else None
            pictures = squares(draw(network, samples, given), side)
            features = {key: f.features(pictures) for key, f in feature_networks.items()}
            figures[name][f"at {side} pixels"] = distances(features, reals)
            yield _line(name, figures[name][f"at {side} pixels"])
            _keep(root / name, figures[name])
        yield from _ratios({n: f[f"at {side} pixels"] for n, f in figures.items()}, root, side)


def _kept(folder: Path) -> dict[str, Any]:
    path = folder / FIGURES
    figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return figures


def _keep(folder: Path, figures: dict[str, Any]) -> None:
    """At once, as what follows takes minutes; what was measured of the same weights before stays."""
    before = _kept(folder)
    same = before.get("weights") == figures["weights"]
    if folder.exists():
        write_json(folder / FIGURES, (before if same else {}) | figures)


def _takes_conditions(network: nn.Module) -> bool:
    return hasattr(network, "condition")


def _reader_lines(read: dict[str, Any]) -> Iterator[str]:
    yield "\nread back, each class asked for alone; the reader on real validation pictures:"
    for key, row in read.items():
        yield f"  {key}: {row['accuracy']:.3f} (n {row['n']})"


def _adherence_lines(name: str, adherence: dict[str, Any]) -> Iterator[str]:
    for key in READ:
        classes = ", ".join(f"{c} {share:.2f}" for c, share in adherence[key]["per_class"].items())
        yield f"{name} {key}: {adherence[key]['mean']:.3f} ({classes})"


def _network(name: str, root: Path, runs: Path) -> tuple[nn.Module, Config]:
    shipped = (root / name / "config.json").exists()
    return load_checkpoint((root if shipped else runs / UNSHIPPED) / name)


_HEAD = (
    "model              KID Lite2          KID VGG16          precision    recall       diversity    nearest\n"
    "                   x1000              x1000              Lite2 VGG16  Lite2 VGG16  Lite2 VGG16  median p1"
)


def _line(name: str, row: dict[str, Any]) -> str:
    cells = [f"{name:17}"]
    for family in (LITE2, VGG):
        low, high = row[family]["kid_ci95"]
        cells.append(f"{row[family]['kid']:7.2f} +-{(high - low) / 2:6.2f} ")
    cells += [
        "  ".join(f"{row[family][figure]:.3f}" for family in (LITE2, VGG))
        for figure in ("precision", "recall", "diversity")
    ]
    nearest = row["nearest training picture"]
    cells.append(f"{nearest['median']:.2f}  {nearest['p1']:.2f}")
    return "  ".join(cells)


def _ratios(figures: dict[str, dict[str, Any]], root: Path, side: int) -> Iterator[str]:
    """Shares of the baseline's KID; its weights do not ship, but its figures do."""
    baseline, when = figures.get(BASELINE), ""
    if not baseline:
        baseline = _kept(root / BASELINE).get(f"at {side} pixels")
        when = ", as it was measured before"
    if not baseline:
        return
    for name, row in figures.items():
        if name != BASELINE:
            shares = [row[f]["kid"] / baseline[f]["kid"] for f in (LITE2, VGG)]
            yield f"{name}: {shares[0]:.2f} and {shares[1]:.2f} of the KID of {BASELINE}{when}"


def _milliseconds(root: Path, name: str) -> float:
    designer = Designer.load(root, name)
    recipes = designer.sample(16, seed=7)
    return median_ms(lambda: designer.preview(recipes))
