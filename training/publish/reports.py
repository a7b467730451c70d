"""What all checkpoints of classifiers have in common: parts of ``config.json``, and ``report.json``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from training.data.files import write_json
from training.publish.plots import plot_confusion
from training.publish.provenance import data_statement

if TYPE_CHECKING:
    from pathlib import Path

    from fashion_core.networks.transfer import LinearHead
    from training.data.shop import Packed
    from training.tasks.classifier_settings import ClassifierSettings
    from training.tasks.heads import HeadSpec


def write_reports(
    folder: Path, name: str, attribute: str, config: dict[str, Any], report: dict[str, Any]
) -> None:
    """``report.json`` and ``confusion.png`` of a checkpoint."""
    counts = np.array(report["confusion"])
    plot_confusion(
        counts, config["classes"], folder / "confusion.png", f"{name}: {attribute}, validation"
    )
    write_json(folder / "report.json", {"name": name, "attribute": attribute, **report})


def base_config(
    settings: ClassifierSettings, run: dict[str, Any], packed: Packed, images: int
) -> dict[str, Any]:
    """What the config of every classifier says: its input, its training and its data."""
    steps = int(run["state_dict"]["steps_done"])
    return {
        "input_size": settings.input_size,
        "mean": list(settings.mean),
        "std": list(settings.std),
        "training": {
            **{k: v for k, v in asdict(settings).items() if k not in {"mean", "std"}},
            # How far it went: a sprint ends with its time, others may be cut short.
            "epochs": round(steps * settings.batch / max(images, 1), 2),
            "steps": steps,
        },
        "data": data_statement(packed, images),
    }


def head_config(spec: HeadSpec, network: LinearHead, backbone_digest: str) -> dict[str, Any]:
    """What the config of every head says: its shape, the checkpoint whose features it reads, its classes."""
    return {
        "architecture": "linear_head",
        "arguments": {"in_features": network.linear.in_features, "classes": len(spec.classes)},
        "features": backbone_digest,
        "attribute": spec.attribute,
        "classes": list(spec.classes),
    }
