"""Generators side by side: distance to real dresses, variety, memory, obedience, speed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from benchmarks.timing import median_ms
from fashion_core import Designer
from fashion_core.checkpoint import load_checkpoint
from fashion_core.errors import CheckpointError
from training.data.conditions import kept_wishes
from training.data.files import write_json
from training.data.labels import read_clean_labels
from training.data.shop import prepare
from training.evaluation import UNSHIPPED
from training.evaluation.generation import (
    LITE2,
    READ,
    READER_SIDE,
    SAMPLES,
    SIDE,
    VGG,
    Reader,
    distances,
    draw,
    families,
    obedience,
    of_real,
    real_features,
    squares,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from torch import nn

    from fashion_core.checkpoint import Config

FIGURES = "generation.json"
#: The one that all others are compared with: the report's DCGAN on its 2,000 pictures.
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
    known = kept_wishes(runs / "studio", packed[256], clean, root, packs)
    wished = known[np.random.default_rng(1).integers(len(known), size=samples)]
    networks: dict[str, nn.Module] = {}
    figures: dict[str, dict[str, Any]] = {}
    for name in models:
        try:
            networks[name], config = _network(name, root, runs)
            figures[name] = {"weights": config["sha256"][:12]}
        except CheckpointError as error:
            yield f"{name}: {error}"
    for name, found in figures.items():
        if (root / name / "config.json").exists():
            found |= {"ms for 16": _milliseconds(root, name), "threads": torch.get_num_threads()}
            yield f"{name}: 16 designs in {found['ms for 16']:.0f} ms, {found['threads']} threads"
    reader = Reader(imagenet)
    read = reader.fit(packed[READER_SIDE], clean, runs)
    yield from _reader_lines(read)
    for name, network in networks.items():
        if _obeys(network):
            figures[name] |= {"reader": read, "obedience": obedience(network, reader)}
            _keep(root / name, figures[name])
            yield from _obedience_lines(name, figures[name]["obedience"])
    judges = families(imagenet)
    for side in sides:
        reals = real_features(packed[side], judges, packs)
        yield f"\n{samples} samples at {side} x {side} pixels; real: training pictures in their place"
        yield _HEAD
        yield _line("real", of_real(reals))
        for name, network in networks.items():
            pictures = squares(draw(network, samples, wished if _obeys(network) else None), side)
            found = distances({k: j.features(pictures) for k, j in judges.items()}, reals)
            figures[name][f"at {side} pixels"] = found
            yield _line(name, found)
            _keep(root / name, figures[name])
        yield from _ratios({n: f[f"at {side} pixels"] for n, f in figures.items()}, root, side)


def _kept(folder: Path) -> dict[str, Any]:
    path = folder / FIGURES
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _keep(folder: Path, found: dict[str, Any]) -> None:
    """At once, as what follows takes minutes; what was measured of the same weights before stays."""
    before = _kept(folder)
    same = before.get("weights") == found["weights"]
    if folder.exists():
        write_json(folder / FIGURES, (before if same else {}) | found)


def _obeys(network: nn.Module) -> bool:
    return hasattr(network, "condition")


def _reader_lines(read: dict[str, Any]) -> Iterator[str]:
    yield "\nread back, each class asked for alone; the reader on real validation pictures:"
    for key, found in read.items():
        yield f"  {key}: {found['accuracy']:.3f} (n {found['n']})"


def _obedience_lines(name: str, found: dict[str, Any]) -> Iterator[str]:
    for key in READ:
        classes = ", ".join(f"{c} {share:.2f}" for c, share in found[key]["per_class"].items())
        yield f"{name} {key}: {found[key]['mean']:.3f} ({classes})"


def _network(name: str, root: Path, runs: Path) -> tuple[nn.Module, Config]:
    shipped = (root / name / "config.json").exists()
    return load_checkpoint((root if shipped else runs / UNSHIPPED) / name)


_HEAD = (
    "model              KID Lite2          KID VGG16          precision    recall       diversity    nearest\n"
    "                   x1000              x1000              Lite2 VGG16  Lite2 VGG16  Lite2 VGG16  median p1"
)


def _line(name: str, found: dict[str, Any]) -> str:
    cells = [f"{name:17}"]
    for family in (LITE2, VGG):
        low, high = found[family]["kid_ci95"]
        cells.append(f"{found[family]['kid']:7.2f} +-{(high - low) / 2:6.2f} ")
    cells += [
        "  ".join(f"{found[family][figure]:.3f}" for family in (LITE2, VGG))
        for figure in ("precision", "recall", "diversity")
    ]
    nearest = found["nearest training picture"]
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
    for name, found in figures.items():
        if name != BASELINE:
            shares = [found[f]["kid"] / baseline[f]["kid"] for f in (LITE2, VGG)]
            yield f"{name}: {shares[0]:.2f} and {shares[1]:.2f} of the KID of {BASELINE}{when}"


def _milliseconds(root: Path, name: str) -> float:
    designer = Designer.load(root, name)
    recipes = designer.sample(16, seed=7)
    return median_ms(lambda: designer.preview(recipes))
