"""Load and save ``model.safetensors`` + ``config.json``, verified.

Weights are stored in float16 and computed with in float32. A file above 16 MB is cut into shards
``model-00001-of-00002.safetensors`` at tensor boundaries. ``config.json`` holds everything that is
needed to build the network and to use it: ``architecture``, ``arguments``, ``classes``,
``input_size``, ``mean``, ``std``, ``temperature``, ``metrics``, ``data`` and the sha256 of the weights.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import nn

from fashion_core.errors import CheckpointError, DeviceError
from fashion_core.networks import build

#: Where the shipped checkpoints lie.
SHIPPED_ROOT = Path(__file__).resolve().parent.parent / "checkpoints"
#: Where checkpoints are looked for: the same, or the folder that ``TOILE_CHECKPOINTS`` names.
DEFAULT_ROOT = Path(os.environ.get("TOILE_CHECKPOINTS") or SHIPPED_ROOT)
SHARD_BYTES = 15 * 2**20
Config = dict[str, Any]


def write_atomically(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` so that a reader sees the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _shards(state: dict[str, torch.Tensor]) -> list[dict[str, torch.Tensor]]:
    shards: list[dict[str, torch.Tensor]] = [{}]
    size = 0
    for name, tensor in state.items():
        if shards[-1] and size + tensor.nbytes > SHARD_BYTES:
            shards.append({})
            size = 0
        shards[-1][name] = tensor
        size += tensor.nbytes
    return shards


def _fingerprint(files: list[bytes]) -> str:
    return hashlib.sha256(b"".join(files)).hexdigest()


def save_checkpoint(folder: Path, network: nn.Module, config: Config) -> Config:
    """Write ``network`` and ``config`` to ``folder``; the config is written last.

    Args:
        folder: created when missing.
        network: its floating-point tensors are stored as float16.
        config: must hold ``architecture`` and ``arguments``, as :func:`fashion_core.networks.build`
            takes them; ``weights`` and ``sha256`` are added.

    Returns:
        The config as written.
    """
    state = {
        name: (t.half() if t.is_floating_point() else t).detach().cpu().contiguous()
        for name, t in network.state_dict().items()
    }
    shards = _shards(state)
    names = (
        ["model.safetensors"]
        if len(shards) == 1
        else [f"model-{i + 1:05d}-of-{len(shards):05d}.safetensors" for i in range(len(shards))]
    )
    files = [safetensors.torch.save(shard) for shard in shards]
    written = {**config, "weights": names, "sha256": _fingerprint(files)}
    for name, content in zip(names, files, strict=True):
        write_atomically(folder / name, content)
    text = json.dumps(written, indent=2, ensure_ascii=False, sort_keys=True)
    write_atomically(folder / "config.json", text.encode() + b"\n")
    for stale in folder.glob("model*.safetensors"):
        if stale.name not in names:
            stale.unlink()
    return written


def read_config(folder: Path) -> Config:
    """The parsed ``config.json`` of a checkpoint folder.

    Raises:
        CheckpointError: the folder has no config, or one that is not JSON.
    """
    path = folder / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointError(f"{folder} holds no checkpoint: config.json is missing.") from None
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be read: {error}") from error
    if not isinstance(config, dict) or "architecture" not in config:
        raise CheckpointError(f"{path} does not name an architecture.")
    return config


def load_checkpoint(folder: Path, device: torch.device | str = "cpu") -> tuple[nn.Module, Config]:
    """Build the network of ``folder``, verify its weights and load them.

    Returns:
        The network in eval mode, float32, on ``device``; and its config.

    Raises:
        CheckpointError: missing files, a checksum that differs, or weights of another architecture.
    """
    config = read_config(folder)
    names = config.get("weights", [])
    if not names or any(Path(name).name != name for name in names):
        raise CheckpointError(f"{folder}: config.json lists no weights in its own folder.")
    try:
        files = [(folder / name).read_bytes() for name in names]
    except OSError as error:
        raise CheckpointError(f"{folder}: weights are missing: {error}") from error
    if _fingerprint(files) != config.get("sha256"):
        raise CheckpointError(
            f"{folder}: the weights do not match the sha256 in config.json. Fetch the folder again."
        )
    state: dict[str, torch.Tensor] = {}
    try:
        for content in files:
            state.update(safetensors.torch.load(content))
        network = build(config["architecture"], **config.get("arguments", {}))
        network.load_state_dict(
            {k: t.float() if t.is_floating_point() else t for k, t in state.items()}
        )
    except CheckpointError:
        raise
    except Exception as error:
        raise CheckpointError(f"{folder}: {error}") from error
    return network.to(device).eval().requires_grad_(False), config


def choose_device(wish: str = "auto") -> torch.device:
    """The device to compute on: ``auto`` takes CUDA, then MPS, then the CPU.

    Raises:
        DeviceError: it is not there.
    """
    counts = {
        "cuda": torch.cuda.device_count(),
        "mps": int(torch.backends.mps.is_available()),
        "cpu": 1,
    }
    there = [kind for kind, count in counts.items() if count]
    if wish == "auto":
        return torch.device(there[0])
    kind, colon, number = wish.partition(":")
    numbered = number.isdecimal() if colon else True
    if not numbered or int(number or 0) >= counts.get(kind, 0):
        raise DeviceError(f"There is no device {wish!r} here; there are: auto, {', '.join(there)}.")
    return torch.device(wish)


def card_of(root: Path, name: str) -> str:
    """The first paragraph of a checkpoint's card, ``root/name/CARD.md``; empty where there is none."""
    try:
        text = (root / name / "CARD.md").read_text(encoding="utf-8")
    except OSError:
        return ""
    _, _, card = text.partition(f"\n# {name}\n")
    return card.strip().partition("\n\n")[0].replace("`", "")
