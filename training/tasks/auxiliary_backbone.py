"""The auxiliary backbone ``detail``: larger, frozen, on larger pictures, pooled with the transfer model.

Fine stripes and lace are lost at the 224 pixels of the transfer model. Fine-tuning at 320 costs more than two
cores can pay; frozen features of EfficientNet-Lite2 are right and wrong about other pictures than the
fine-tuned ones of Lite1, and both together are better than either (Wolpert, "Stacked generalization", 1992).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fashion_core.networks.transfer import TransferClassifier, load_imagenet
from training.errors import DataError
from training.tasks.head_sources import (
    checked_source,
    examples_of,
    real_sources,
    source_features,
)
from training.tasks.heads import DETAIL_HEAD, fit_spec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import nn

    from training.data.real import Real
    from training.data.shop import Packed
    from training.tasks.heads import HeadModule

VARIANT, SIDE = "efficientnet-lite2", 320


def network_arguments() -> dict[str, Any]:
    """How the network is built, as its config says it."""
    classes = {DETAIL_HEAD.attribute: len(DETAIL_HEAD.classes)}
    return {"classes": classes, "variant": VARIANT}


def load_backbone(imagenet: Path) -> TransferClassifier:
    """The network with the weights of ImageNet and an untrained head.

    Args:
        imagenet: folder with the weights of the backbone.
    """
    network = TransferClassifier(**network_arguments())
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
