"""What the members of the pattern stack answer, cached.

One member is what the heads of the shipped reader answer together; each other is a network of its own.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from fashion_core.checkpoint import load_checkpoint, read_config
from fashion_core.fusion import apply_temperature
from fashion_core.reader import GarmentReader
from fashion_core.taxonomy import MEMBER_CHECKPOINTS, PATTERN, TRANSFER
from training.data.cache import save_array
from training.data.features import features_for
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
        parts.append(answers_of_rows(root / name, packed, chosen, runs))
    return np.concatenate(parts, axis=1)


def predictions_of(
    members: Sequence[str], root: Path, pictures: np.ndarray, runs: Path
) -> np.ndarray:
    """The same of framed pictures, uint8 ``[N, S, S, 3]``."""
    source = np.ascontiguousarray(pictures[:, ::16, ::16]).tobytes()
    folders = [root / MEMBER_CHECKPOINTS[key] for key in members]
    parts = [_answers(folder, pictures, source, runs) for folder in folders]
    return np.concatenate(parts, axis=1)


def answers_of_rows(
    folder: Path, packed: Packed, chosen: np.ndarray, runs: Path, *, calibrated: bool = True
) -> np.ndarray:
    """Probabilities ``[N, 6]`` of one member for the images ``chosen``.

    Args:
        folder: its checkpoint.
        packed: of the member's size.
        chosen: rows of the pack ``[N]``.
        runs: what was answered is kept below it.
        calibrated: whether at the shipped temperature.
    """
    source = packed.fingerprint.encode() + chosen.tobytes()
    return _answers(folder, packed.images[chosen], source, runs, calibrated=calibrated)


def _answers(
    folder: Path, pictures: np.ndarray, source: bytes, runs: Path, *, calibrated: bool = True
) -> np.ndarray:
    """Float32 ``[N, 6]`` of one member; ``source`` tells the pictures from others in the cache."""
    if folder.name == TRANSFER:
        shipped = GarmentReader.load(folder.parent, "cpu", "fast")
        reader = shipped if calibrated else shipped.uncalibrated()
        features = features_for(reader.manifest, folder.parent, pictures, runs)
        return reader.answers_from(features)[PATTERN.key]
    raw = _predictions(folder, pictures, source, runs)
    if not calibrated:
        return raw
    return np.asarray(apply_temperature(raw, read_config(folder)["temperature"]), np.float32)


def _predictions(folder: Path, pictures: np.ndarray, source: bytes, runs: Path) -> np.ndarray:
    """The same of a network of its own, before its temperature."""
    config = read_config(folder)
    tag = hashlib.sha256(config["sha256"].encode() + source).hexdigest()[:16]
    cache = runs / "predictions" / f"{folder.name}-{tag}.npy"
    if not cache.exists():
        network, config = load_checkpoint(folder)
        raw = predict(network, ["pattern"], view_of(config), pictures)["pattern"]
        save_array(cache, raw.astype(np.float32))
    return np.asarray(np.load(cache), np.float32)
