"""The auxiliary backbone ``detail``: larger, frozen, on larger pictures, pooled with the transfer model.

Fine stripes and lace are lost at the 224 pixels of the transfer model. Fine-tuning at 320 costs more than two
cores can pay; frozen features of EfficientNet-Lite2 are right and wrong about other pictures than the
fine-tuned ones of Lite1, and both together are better than either (Wolpert, "Stacked generalization", 1992).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from fashion_core.checkpoint import load_checkpoint, read_config
from fashion_core.fusion import apply_temperature, pooled
from fashion_core.networks import build
from fashion_core.networks.transfer import load_imagenet
from fashion_core.taxonomy import HEAD_CHECKPOINTS, PATTERN
from training.data.features import read_features
from training.errors import DataError
from training.tasks.head_sources import (
    checked_source,
    examples_of,
    real_sources,
    source_features,
)
from training.tasks.heads import DETAIL, DETAIL_HEAD, TRANSFER, fit_spec, probabilities_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from training.data.real import Real
    from training.data.shop import Packed
    from training.tasks.heads import HeadModule

VARIANT, SIDE = "efficientnet-lite2", 320


def network_arguments() -> dict[str, Any]:
    """How the network is built, as its config says it."""
    classes = {DETAIL_HEAD.attribute: len(DETAIL_HEAD.classes)}
    return {"classes": classes, "variant": VARIANT}


def load_backbone(imagenet: Path) -> nn.Module:
    """The network with the weights of ImageNet and an untrained head.

    Args:
        imagenet: folder with the weights of the backbone.
    """
    network: nn.Module = build("transfer", **network_arguments())
    load_imagenet(network, imagenet / f"{VARIANT}.safetensors")
    return network


def fit_detail_head(
    network: nn.Module,
    config: dict[str, Any],
    packed: Packed,
    clean: Mapping[str, Mapping[str, str]],
    real: Real | None,
    runs: Path,
) -> HeadModule:
    """Fit the pattern head on annotated shop photos, the same as a phone would see them, and phone photos.

    Raises:
        DataError: nothing is annotated.
    """
    sources = {"checked": checked_source(packed, clean), **real_sources(real)}
    if not sources["checked"].labels:
        raise DataError("The auxiliary backbone learns from clean labels, and --labels has none.")
    features = source_features([DETAIL_HEAD], sources, network, config, runs)
    return fit_spec(DETAIL_HEAD, examples_of(DETAIL_HEAD, sources, features), runs)


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
