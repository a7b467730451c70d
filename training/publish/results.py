"""``checkpoints/RESULTS.md``: every measured row, what each model costs, and what is to be learnt from it.

Rows are kept in ``results.json`` beside it, by split, so that test and dev are scored once a release
candidate and stay on record while validation is scored again and again.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from fashion_core.checkpoint import load_checkpoint, read_config, write_atomically
from fashion_core.networks.folding import folded
from fashion_core.preprocess import network_input
from training.data.files import write_json
from training.evaluation.ablation import read_ablation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SPLITS = {
    "validation": "Validation styles (choices are made here; stacks cross-fitted)",
    "test": "Test rows (once a release candidate)",
    "dev": "Phone photos of set `dev` (once a release candidate)",
    "category": "Other garments of validation senders",
    "worn": "Worn dresses, in folds (neither cut-out nor heads that learn from people saw them)",
}
#: Where ``results.json`` keeps, by split, which transfer model the rows were measured with.
WEIGHTS = "transfer weights"
STALE = ": measured with an earlier transfer model"
_COLUMNS = "| model | attribute | labels | n | accuracy (95 %) | macro-F1 | ECE (perfect) | other |"


def keep_rows(root: Path, split: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Put the rows of ``split`` into ``root/results.json`` in place of older ones; returns all."""
    path = root / "results.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    kept[split] = list(rows)
    kept[WEIGHTS] = kept.get(WEIGHTS, {}) | {split: _weights(root)}
    write_json(path, kept)
    return dict(kept)


def _weights(root: Path) -> str:
    """The checksum of the transfer model, on which nearly all else stands; empty without one."""
    folder = root / "transfer"
    return read_config(folder)["sha256"][:12] if (folder / "config.json").exists() else ""


def write_results(root: Path, kept: dict[str, Any], discussion: Path) -> Path:
    """Write ``root/RESULTS.md`` from all kept rows, with the ``discussion`` at its end."""
    parts = ["# Results", "Written by `python -m training evaluate`; intervals are 95 % (Wilson)."]
    for split, title in SPLITS.items():
        if kept.get(split):
            stale = kept.get(WEIGHTS, {}).get(split) != _weights(root)
            parts += [f"## {title}{STALE if stale else ''}", _table(kept[split])]
    if table := read_ablation(root):
        parts += ["## Ablation (validation; heads on the same features)", table]
    parts += ["## What each costs", _costs(root)]
    pictures = sorted(p for p in root.glob("*/confusion.png"))
    parts.append("## Confusion matrices (validation; rows the truth)")
    parts += [f"![{p.parent.name}]({p.parent.name}/confusion.png)" for p in pictures]
    if discussion.exists():
        parts.append(discussion.read_text(encoding="utf-8").rstrip())
    path = root / "RESULTS.md"
    write_atomically(path, ("\n\n".join(parts) + "\n").encode())
    return path


def _table(rows: Sequence[dict[str, Any]]) -> str:
    lines = [_COLUMNS, "|---|---|---|---|---|---|---|---|"]
    for row in rows:
        if not row["n"]:
            continue
        low, high = row["accuracy_ci95"]
        accuracy = f"{row['accuracy']:.3f} ({low:.3f} to {high:.3f})"
        if row.get("n_random"):
            low, high = row["accuracy_ci95_random"]
            share = f"{row['accuracy_random']:.3f} ({low:.3f} to {high:.3f}, n {row['n_random']})"
            accuracy += f"; random rows {share}"
        floor = row.get("ece_perfect")
        error = "" if row["ece"] is None else f"{row['ece']:.3f}"
        error += "" if floor is None else f" ({floor:.3f})"
        other = [
            f"{name} {row[name]:.3f}"
            for name in ("kappa", "auroc", "warned_dresses", "warned_others")
            if row.get(name) is not None
        ]
        if "baseline" in row:
            low, high = row["less_baseline_ci95"]
            other.append(
                f"{row['less_baseline']:+.3f} ({low:+.3f} to {high:+.3f}) on {row['baseline']}"
            )
        f1 = "" if row["macro_f1"] is None else f"{row['macro_f1']:.3f}"
        lines.append(
            f"| {row['model']} | {row['attribute']} | {row['labels']} | {row['n']} | {accuracy} | {f1} "
            f"| {error} | {'; '.join(other)} |"
        )
    return "\n".join(lines)


def _costs(root: Path) -> str:
    """Megabytes, and milliseconds for one picture on this machine's CPU, of all that read pictures."""
    lines = ["| model | MB | ms a picture (CPU, one at a time) |", "|---|---|---|"]
    for folder in sorted(p.parent for p in root.glob("*/config.json")):
        network, config = load_checkpoint(folder)
        size = sum((folder / name).stat().st_size for name in config["weights"]) / 2**20
        spent = ""
        if "input_size" in config and "mean" in config and "linear" not in config["architecture"]:
            spent = f"{milliseconds(network, config):.1f}"
        lines.append(f"| {folder.name} | {size:.2f} | {spent} |")
    return "\n".join(lines)


@torch.inference_mode()
def milliseconds(network: torch.nn.Module, config: dict[str, Any], rounds: int = 12) -> float:
    """Median time of one picture, after two that warm up."""
    network = folded(network).to(memory_format=torch.channels_last)
    picture = np.full((256, 256, 3), 200, np.uint8)
    x = network_input([picture], config["input_size"], config["mean"], config["std"])
    spent = []
    for _ in range(rounds + 2):
        start = time.perf_counter()
        network(x)
        spent.append(time.perf_counter() - start)
    return float(np.median(spent[2:]) * 1000)
