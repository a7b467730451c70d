"""What the members of the pattern stack answer: probabilities of exported checkpoints, cached."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from fashion_core.checkpoint import load_checkpoint, read_config
from fashion_core.fusion import apply_temperature
from fashion_core.taxonomy import MEMBER_CHECKPOINTS, PATTERN
from training.data.cache import save_array
from training.data.shipped import TRANSFER, has_detail, joint_temperature, pooled_probabilities
from training.data.shop import load_packed
from training.tasks.classifier import predict, view_of
from training.tasks.classifier_settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from training.data.shop import Packed


def member_predictions(
    members: Sequence[str], root: Path, packs: Path, runs: Path, chosen: np.ndarray
) -> np.ndarray:
    """Calibrated probabilities ``[N, members * 6]`` of the images ``chosen``, each member at its own size."""
    parts = []
    for key in members:
        name = MEMBER_CHECKPOINTS[key]
        packed = load_packed(packs / f"dresses-{SETTINGS[name].pack_size}-uint8")
        raw = raw_predictions(root / name, packed, chosen, runs)
        parts.append(_calibrated(root / name, raw))
    return np.concatenate(parts, axis=1)


def predictions_of(
    members: Sequence[str], root: Path, pictures: np.ndarray, runs: Path
) -> np.ndarray:
    """The same of framed pictures, uint8 ``[N, S, S, 3]``."""
    source = np.ascontiguousarray(pictures[:, ::16, ::16]).tobytes()
    folders = [root / MEMBER_CHECKPOINTS[key] for key in members]
    parts = [_calibrated(f, _predictions(f, pictures, source, runs)) for f in folders]
    return np.concatenate(parts, axis=1)


def raw_predictions(folder: Path, packed: Packed, chosen: np.ndarray, runs: Path) -> np.ndarray:
    """Probabilities ``[N, 6]`` of one member for the images ``chosen``, before its temperature.

    The transfer model answers pooled with the auxiliary backbone.
    """
    source = packed.fingerprint.encode() + chosen.tobytes()
    return _predictions(folder, packed.images[chosen], source, runs)


def member_temperature(folder: Path) -> float:
    """The temperature of a member's raw predictions."""
    if folder.name == TRANSFER and has_detail(folder.parent):
        return joint_temperature(PATTERN.key, folder.parent)
    return float(read_config(folder)["temperature"])


def _calibrated(folder: Path, raw: np.ndarray) -> np.ndarray:
    return np.asarray(apply_temperature(raw, member_temperature(folder)), np.float32)


def _predictions(folder: Path, pictures: np.ndarray, source: bytes, runs: Path) -> np.ndarray:
    """Float32 ``[N, 6]`` of one checkpoint; ``source`` tells the pictures from others in the cache."""
    if folder.name == TRANSFER and has_detail(folder.parent):
        return pooled_probabilities(PATTERN.key, folder.parent, pictures, runs)
    config = read_config(folder)
    tag = hashlib.sha256(config["sha256"].encode() + source).hexdigest()[:16]
    cache = runs / "predictions" / f"{folder.name}-{tag}.npy"
    if not cache.exists():
        network, config = load_checkpoint(folder)
        raw = predict(network, ["pattern"], view_of(config), pictures)["pattern"]
        save_array(cache, raw.astype(np.float32))
    return np.asarray(np.load(cache), np.float32)
