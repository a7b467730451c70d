"""Generators side by side: distance to real dresses, variety, memory, condition adherence, speed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch

from benchmarks.timing import median_ms
from fashion_core import Designer
from fashion_core.checkpoint import load_checkpoint, read_config
from fashion_core.designer import FORM, folder_of
from fashion_core.errors import CheckpointError
from training.data.conditions import kept_conditions
from training.data.files import write_json
from training.data.forms import forms
from training.data.labels import read_clean_labels
from training.data.shop import prepare
from training.evaluation import UNSHIPPED
from training.evaluation.drawing import (
    Editable,
    FormDrawing,
    NetworkDrawing,
    squares,
)
from training.evaluation.generation import (
    SAMPLES,
    SIDE,
    distances,
    families,
    of_real,
    real_features,
)
from training.evaluation.metrics import ADHERENCE, INCEPTION, LITE2, VGG
from training.evaluation.reading_back import READ, READER_SIDE, Reader, condition_adherence
from training.evaluation.silhouettes import flattened, silhouette_figures
from training.evaluation.sliders import SIGMA, measuring_with, slider_lines, slider_shares

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from fashion_core.checkpoint import Config
    from fashion_core.form_designer import FormDesigner
    from training.data.shop import Packed
    from training.evaluation.drawing import Drawing

FIGURES = "generation.json"
#: What all others are compared with: the 2020 study's DCGAN on its 2,000 pictures, and the studio network,
#: which draws a whole picture of 64 x 96 pixels.
BASELINES = ("dcgan-64-2k", "studio-64")
MODELS = ("studio", "studio-64", "dcgan-64-2k", "dcgan-64", "dcgan-64-readme", "dense-gan-256")
#: Keys of the figures of silhouettes and sliders.
SILHOUETTES, SLIDERS = "silhouettes", "sliders"


def generation(
    data: Path,
    labels: Path,
    imagenet: Path,
    runs: Path,
    packs: Path,
    root: Path,
    models: tuple[str, ...] = MODELS,
    samples: int = SAMPLES,
    sides: tuple[int, ...] = (SIDE,),
) -> Iterator[str]:
    """Lines of the tables; the figures are kept as ``generation.json`` beside each checkpoint.

    Args:
        data: the dresses.
        labels: clean labels, for the reader.
        imagenet: weights of EfficientNet-Lite2, VGG16 and Inception.
        runs: features are kept below it, and weights that are not shipped.
        packs: packed data.
        root: checkpoints.
        models: names; those that are nowhere are said to be missing.
        samples: drawn of each.
        sides: pixels a side at which pictures are compared.
    """
    packed = {side: prepare(data, packs, side) for side in {*sides, READER_SIDE, 256}}
    clean = read_clean_labels(labels, "dresses")
    known = kept_conditions(runs / "form", packed[256], clean, root, packs)
    conditions = known[np.random.default_rng(1).integers(len(known), size=samples)]
    drawings: dict[str, Drawing] = {}
    figures: dict[str, dict[str, Any]] = {}
    for name in models:
        try:
            drawings[name], config = _drawing(name, root, runs)
            figures[name] = {"weights": config["sha256"][:12]}
        except CheckpointError as error:
            yield f"{name}: {error}"
    for name, row in figures.items():
        if (_folder(root, name) / "config.json").exists():
            row |= {"ms for 16": _milliseconds(root, name), "threads": torch.get_num_threads()}
            yield f"{name}: 16 designs in {row['ms for 16']:.0f} ms, {row['threads']} threads"
    reader = Reader(imagenet)
    read = reader.fit(packed[READER_SIDE], clean, runs)
    yield from _reader_lines(read)
    for name, drawing in drawings.items():
        yield from _obeyed(name, drawing, reader, figures[name] | {"reader": read}, root)
    yield f"\nsilhouettes of {samples} designs and of validation dresses: IoU of nearest neighbours"
    real, learnt = _real_silhouettes(packed[256], packs, samples)
    yield _silhouette_line("training dresses", silhouette_figures(learnt, real))
    for name, drawing in drawings.items():
        drawn = silhouette_figures(flattened(drawing.silhouettes(samples, conditions)), real)
        _keep(_folder(root, name), figures[name] | {SILHOUETTES: drawn})
        yield _silhouette_line(name, drawn)
    feature_networks = families(imagenet)
    for side in sides:
        reals = real_features(packed[side], feature_networks, packs)
        yield f"\n{samples} samples at {side} x {side} pixels; real: training pictures in their place"
        yield from _head(tuple(feature_networks))
        yield _line("real", of_real(reals))
        rows = {}
        for name, drawing in drawings.items():
            pictures = squares(drawing.draw(samples, conditions), side)
            features = {key: f.features(pictures) for key, f in feature_networks.items()}
            rows[name] = distances(features, reals)
            yield _line(name, rows[name])
            _keep(_folder(root, name), figures[name] | {f"at {side} pixels": rows[name]})
        yield from _ratios(rows, root, side)


def _obeyed(
    name: str, drawing: Drawing, reader: Reader, figures: dict[str, Any], root: Path
) -> Iterator[str]:
    """What a generator makes of wishes and of its sliders."""
    if drawing.takes_wishes:
        adherence = condition_adherence(drawing, reader)
        _keep(_folder(root, name), figures | {ADHERENCE: adherence})
        yield from _adherence_lines(name, adherence)
    if isinstance(drawing, Editable):
        shares = slider_shares(drawing.moved, drawing.sliders, measuring_with(reader))
        _keep(_folder(root, name), figures | {SLIDERS: shares})
        yield f"\n{name}: share of designs whose measures a slider moves at +{SIGMA:g} sigma; its own in []"
        yield from slider_lines(shares)


def _drawing(name: str, root: Path, runs: Path) -> tuple[Drawing, Config]:
    """A generator by name, shipped or not."""
    shipped = _folder(root, name)
    if (shipped / "config.json").exists() and read_config(shipped)["architecture"] == FORM:
        designer = cast("FormDesigner", Designer.load(root, name, "cpu"))
        return FormDrawing(designer), designer.config
    there = (shipped / "config.json").exists()
    network, config = load_checkpoint(shipped if there else runs / UNSHIPPED / name)
    return NetworkDrawing(network), config


def _real_silhouettes(packed: Packed, packs: Path, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Those of validation dresses, and those of ``most`` training dresses at random, flattened."""
    real, learnt = (forms(packed, packs, split)[0][:, 0] > 0 for split in ("validation", "train"))
    some = np.random.default_rng(1).permutation(len(learnt))[:most]
    return flattened(real), flattened(learnt[some])


def _folder(root: Path, name: str) -> Path:
    """Where the checkpoint of a generator is, and its figures."""
    return root / folder_of(name)


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


def _reader_lines(read: dict[str, Any]) -> Iterator[str]:
    yield "\nread back, each class asked for alone; the reader on real validation pictures:"
    for key, row in read.items():
        classes = ", ".join(f"{c} {share:.2f}" for c, share in row["per_class"].items())
        yield f"  {key}: {row['accuracy']:.3f} (n {row['n']}), mean over classes {row['mean']:.3f} ({classes})"


def _adherence_lines(name: str, adherence: dict[str, Any]) -> Iterator[str]:
    for key in READ:
        classes = ", ".join(f"{c} {share:.2f}" for c, share in adherence[key]["per_class"].items())
        yield f"{name} {key}: {adherence[key]['mean']:.3f} ({classes})"


def _silhouette_line(name: str, figures: Mapping[str, Mapping[str, float]]) -> str:
    cells = [
        f"{key} mean {row['mean']:.3f}, median {row['median']:.3f}, p5 {row['p5']:.3f}"
        for key, row in figures.items()
    ]
    return f"{name:17}  {'; '.join(cells)}; n {figures['plausibility']['n']:.0f}"


#: How the families are called in the heads of tables.
_SHORT = {LITE2: "Lite2", VGG: "VGG16", INCEPTION: "mixed7"}


def _head(keys: tuple[str, ...]) -> Iterator[str]:
    names = [_SHORT[key] for key in keys]
    kids = "  ".join(f"KID {name:13}" for name in names)
    wide = 7 * len(names)
    yield f"{'model':17}  {kids}  {'precision':{wide}}  {'recall':{wide}}  {'diversity':{wide}}  nearest"
    thousands = "  ".join(["x1000".ljust(17)] * len(names))
    each = "  ".join(["".join(f"{name:7}" for name in names)] * 3)
    yield f"{'':17}  {thousands}  {each}  median p1"


def _line(name: str, row: dict[str, Any]) -> str:
    keys = [key for key in _SHORT if key in row]
    cells = [f"{name:17}"]
    for family in keys:
        low, high = row[family]["kid_ci95"]
        cells.append(f"{row[family]['kid']:7.2f} +-{(high - low) / 2:6.2f} ")
    cells += [
        "".join(f"{row[family][figure]:<7.3f}" for family in keys)
        for figure in ("precision", "recall", "diversity")
    ]
    nearest = row["nearest training picture"]
    cells.append(f"{nearest['median']:.2f}  {nearest['p1']:.2f}")
    return "  ".join(cells)


def _ratios(figures: dict[str, dict[str, Any]], root: Path, side: int) -> Iterator[str]:
    """Shares of each baseline's KID; its weights need not ship, as its figures do."""
    for baseline in BASELINES:
        theirs, when = figures.get(baseline), ""
        if not theirs:
            theirs = _kept(_folder(root, baseline)).get(f"at {side} pixels")
            when = ", as it was measured before"
        for name, row in figures.items():
            if theirs and name != baseline:
                known = [key for key in _SHORT if key in row and key in theirs]
                shares = [f"{row[f]['kid'] / theirs[f]['kid']:.2f} ({_SHORT[f]})" for f in known]
                yield f"{name}: {', '.join(shares)} of the KID of {baseline}{when}"


def _milliseconds(root: Path, name: str) -> float:
    designer = Designer.load(root, name)
    recipes = designer.sample(16, seed=7)
    return median_ms(lambda: designer.preview(recipes))
