"""Arrays that took minutes to make, kept in a file: whole or not at all."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from fashion_core.checkpoint import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor, nn


def save_array(path: Path, array: np.ndarray) -> None:
    """Write one array as ``.npy``; a run that is killed meanwhile leaves no half of it."""
    content = io.BytesIO()
    np.save(content, array)
    write_atomically(path, content.getvalue())


def save_arrays(path: Path, **arrays: np.ndarray) -> None:
    """Write named arrays as ``.npz``, likewise."""
    content = io.BytesIO()
    # To mypy one of the names could be allow_pickle, the option of savez.
    named: dict[str, Any] = arrays
    np.savez(content, **named)
    write_atomically(path, content.getvalue())


def save_states(path: Path, states: Mapping[str, Mapping[str, Tensor]]) -> None:
    """Write the weights of several networks for :func:`torch.load`, likewise."""
    content = io.BytesIO()
    torch.save(dict(states), content)
    write_atomically(path, content.getvalue())


def file_digest(path: Path) -> str:
    """Sha256 of a file; of a folder that of the names and sizes of its files."""
    if path.is_dir():
        entries = (f"{p.relative_to(path)} {p.stat().st_size}" for p in sorted(path.rglob("*.*")))
        return hashlib.sha256("\n".join(entries).encode()).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def weights_digest(network: nn.Module) -> str:
    """Sha256 of all weights and buffers."""
    digest = hashlib.sha256()
    for value in network.state_dict().values():
        digest.update(value.cpu().numpy().tobytes())
    return digest.hexdigest()
