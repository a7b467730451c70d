"""Cached features: what a frozen backbone makes of pictures, computed once and kept in files.

A backbone takes minutes for ten thousand pictures, a linear head on its features seconds.
"""

from __future__ import annotations

import copy
import hashlib
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch

from fashion_core.checkpoint import load_checkpoint
from fashion_core.networks.folding import folded
from fashion_core.preprocess import network_input
from fashion_core.taxonomy import DETAIL, TRANSFER
from training.data.cache import save_array, weights_digest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from torch import Tensor, nn

    from fashion_core.networks.transfer import TransferClassifier
    from fashion_core.reader_manifest import ReaderManifest


@torch.inference_mode()
def features_of(
    network: nn.Module,
    config: Mapping[str, Any],
    pictures: np.ndarray | Sequence[np.ndarray],
    batch: int = 16,
) -> np.ndarray:
    """Features ``[N, F]`` float32 of framed or packed pictures, uint8 ``[N, S, S, 3]``.

    ``network`` has to be a :class:`fashion_core.networks.transfer.TransferClassifier`, here and in the
    functions below; what a checkpoint holds only its config says, so the type promises less.
    """
    backbone = folded(copy.deepcopy(cast("TransferClassifier", network)))
    backbone = backbone.to(memory_format=torch.channels_last)
    view = config["input_size"], config["mean"], config["std"]
    parts = range(0, len(pictures), batch)
    return np.concatenate(
        [backbone.features(network_input(pictures[i : i + batch], *view)).numpy() for i in parts]
    )


def kept_features(
    network: nn.Module, config: Mapping[str, Any], pictures: np.ndarray, name: str, runs: Path
) -> np.ndarray:
    """The same, kept as float16 below ``runs``.

    The file is found by the digests of the backbone, of its input size and scaling, and of the pictures;
    ``name`` is only there for whoever looks into the folder.
    """
    thinned = np.ascontiguousarray(pictures[:, ::16, ::16])
    of_pictures = hashlib.sha256(thinned.tobytes()).hexdigest()
    view = f"{config['input_size']} {config['mean']} {config['std']}"
    backbone = cast("TransferClassifier", network).backbone
    of_network = hashlib.sha256(f"{weights_digest(backbone)} {view}".encode()).hexdigest()
    folder, key = runs / "features", f"{of_network[:8]}-{of_pictures[:8]}"
    path = next(folder.glob(f"*-{key}.npy"), folder / f"{name}-{key}.npy")
    if not path.exists():
        save_array(path, features_of(network, config, pictures).astype(np.float16))
    features: np.ndarray = np.load(path).astype(np.float32)
    return features


def read_features(
    network: nn.Module, config: Mapping[str, Any], pictures: np.ndarray, name: str, runs: Path
) -> np.ndarray:
    """What the Analyser reads: the mean of :func:`kept_features` of pictures and of their mirror images."""
    mirrored = np.ascontiguousarray(pictures[:, :, ::-1])
    first = kept_features(network, config, pictures, name, runs)
    second = kept_features(network, config, mirrored, f"{name}-mirrored", runs)
    mean: np.ndarray = (first + second) / 2
    return mean


def features_for(
    manifest: ReaderManifest,
    root: Path,
    pictures: np.ndarray,
    runs: Path,
    wanted: Sequence[str] = (TRANSFER, DETAIL),
) -> dict[str, Tensor]:
    """Cached features of pictures, for the heads of a reader: name in its manifest -> ``[N, F]``.

    Args:
        manifest: the reader's.
        root: where its checkpoints lie.
        pictures: framed or packed, uint8 ``[N, S, S, 3]``.
        runs: features are kept below it.
        wanted: names in the manifest; those that it does not have are passed over.
    """
    found = {}
    for name in wanted:
        if spec := manifest.features.get(name):
            network, config = load_checkpoint(root / spec.backbone)
            kept = read_features if spec.mirrored else kept_features
            found[name] = torch.from_numpy(kept(network, config, pictures, name, runs))
    return found


@torch.inference_mode()
def probabilities_of(head: nn.Module, features: np.ndarray) -> np.ndarray:
    """Probabilities ``[N, classes]`` of features ``[N, F]``, before any temperature."""
    answers: np.ndarray = head(torch.from_numpy(features)).softmax(1).numpy()
    return answers
