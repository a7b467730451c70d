"""What the shipped classifiers answer for packed pictures, before any stack.

The transfer model and the heads on its features answer alone or, where there is one, pooled with the auxiliary
backbone ``detail``, which reads the same pictures larger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from fashion_core.checkpoint import load_checkpoint, read_config
from fashion_core.fusion import apply_temperature, pooled
from fashion_core.taxonomy import HEAD_CHECKPOINTS, PATTERN
from training.data.features import probabilities_of, read_features

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

#: The checkpoints whose features heads read: the fine-tuned backbone and the larger, frozen auxiliary one.
TRANSFER, DETAIL = "transfer", "detail"


def transfer_probabilities(
    attribute: str, root: Path, pictures: np.ndarray, runs: Path
) -> np.ndarray:
    """Calibrated probabilities ``[N, classes]`` of the transfer model and its heads alone, float32."""
    network, config = load_checkpoint(root / TRANSFER)
    features = read_features(network, config, pictures, "dresses", runs)
    if attribute == PATTERN.key:
        raw = _classified(network, features)[attribute]
    else:
        head, config = load_checkpoint(root / HEAD_CHECKPOINTS[attribute])
        raw = probabilities_of(head, features)
    return apply_temperature(raw, config["temperature"]).astype(np.float32)


def has_detail(root: Path) -> bool:
    """Whether there is an auxiliary backbone below ``root``."""
    return (root / DETAIL / "config.json").exists()


def auxiliary_probabilities(root: Path, pictures: np.ndarray, runs: Path) -> dict[str, np.ndarray]:
    """Attribute -> calibrated probabilities ``[N, classes]`` of ``detail`` alone; empty where there is none."""
    if not has_detail(root):
        return {}
    network, config = load_checkpoint(root / DETAIL)
    features = read_features(network, config, pictures, f"{DETAIL}-pictures", runs)
    return {
        key: apply_temperature(raw, config["temperatures"][key]).astype(np.float32)
        for key, raw in _classified(network, features).items()
    }


def pooled_probabilities(
    attribute: str, root: Path, pictures: np.ndarray, runs: Path
) -> np.ndarray:
    """What the Analyser makes of the transfer model and ``detail``, before their joint temperature."""
    first = transfer_probabilities(attribute, root, pictures, runs)
    second = auxiliary_probabilities(root, pictures, runs)
    return pooled(first, second[attribute]) if attribute in second else first


def joint_temperature(attribute: str, root: Path) -> float:
    """The temperature of both backbones pooled; 1 where there is one."""
    if not has_detail(root):
        return 1.0
    return float(read_config(root / DETAIL)["joint_temperatures"].get(attribute, 1.0))


@torch.inference_mode()
def _classified(network: nn.Module, features: np.ndarray) -> dict[str, np.ndarray]:
    logits = network.classify(torch.from_numpy(features))
    return {key: values.softmax(1).numpy() for key, values in logits.items()}
