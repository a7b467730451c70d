"""Load the networks that ``reader.json`` names, and check that they are those that it was written for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn

from fashion_core.checkpoint import load_checkpoint
from fashion_core.errors import CheckpointError
from fashion_core.networks.folding import folded
from fashion_core.networks.transfer import TransferClassifier
from fashion_core.reader_manifest import FETCH, FILE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fashion_core.reader_manifest import Head, ReaderManifest

    #: Side, mean and deviation of a network's input.
    View = tuple[int, tuple[float, ...], tuple[float, ...]]


@dataclass(frozen=True)
class Network:
    """A loaded network, and what its input looks like; networks of one view share one tensor."""

    module: nn.Module
    view: View

    def pooled_features(self, images: Tensor, *, mirrored: bool) -> Tensor:
        """Of a backbone: ``[N, F]``."""
        backbone = cast("TransferClassifier", self.module)
        return backbone.mirrored_features(images) if mirrored else backbone.features(images)


@dataclass(frozen=True)
class Networks:
    """All that a manifest names.

    Attributes:
        pictured: checkpoint -> network that takes pictures.
        heads: name in the manifest -> module from features ``[N, F]`` to logits ``[N, classes]``.
        stack: from votes ``[N, members * classes]`` to logits, where there is one.
    """

    pictured: Mapping[str, Network]
    heads: Mapping[str, nn.Module]
    stack: nn.Module | None


def load_networks(folder: Path, manifest: ReaderManifest, device: torch.device) -> Networks:
    """Load what ``manifest``, which lies in ``folder``, names.

    Raises:
        CheckpointError: a checkpoint is missing, damaged, or not what the manifest was written for.
    """
    pictured, modules = {}, {}
    for name in manifest.checkpoints():
        network, config = load_checkpoint(folder / name, device)
        if config["sha256"] != manifest.sha256[name]:
            raise CheckpointError(
                f"{folder / name} holds other weights than {FILE} was written for. {FETCH}"
            )
        modules[name] = folded(network).to(memory_format=torch.channels_last)
        if "input_size" in config:
            view = int(config["input_size"]), tuple(config["mean"]), tuple(config["std"])
            pictured[name] = Network(modules[name], view)
    heads = {name: _module_of(head, manifest, modules) for name, head in manifest.heads.items()}
    stack = modules[manifest.stack.checkpoint] if manifest.stack else None
    return Networks(pictured, heads, stack)


def _module_of(head: Head, manifest: ReaderManifest, modules: Mapping[str, nn.Module]) -> nn.Module:
    """A head as a module from features to logits.

    Raises:
        CheckpointError: its backbone holds no such head.
    """
    backbone = modules[manifest.features[head.features].backbone]
    if not isinstance(backbone, TransferClassifier):
        raise CheckpointError(
            f"{manifest.features[head.features].backbone} is no backbone. {FETCH}"
        )
    module = modules[head.checkpoint]
    if module is not backbone:
        return module
    if head.reads not in backbone.heads:
        raise CheckpointError(f"{head.checkpoint} holds no head for {head.reads}. {FETCH}")
    return nn.Sequential(backbone.norm, backbone.heads[head.reads])
