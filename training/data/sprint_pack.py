"""A sprint's pack: one folder that holds everything that some training tasks need, and travels.

``pack.json`` names the parts, their sizes and checksums, and what they were made from; each part is one
safetensors file. Pictures are WebP, decoded once. Nothing here needs more than torch, numpy and OpenCV.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import safetensors.torch
import torch

from fashion_core.checkpoint import write_atomically
from training.data.files import write_json
from training.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from torch import Tensor

MANIFEST = "pack.json"
#: Of the layout and of how parts are made: a pack of another version is made anew.
VERSION = 1
#: Bytes that a pack may have at most.
MOST_BYTES = 60 * 2**20


@dataclass(frozen=True)
class SprintPack:
    """An opened pack.

    Attributes:
        folder: where it lies.
        manifest: the content of ``pack.json``.
    """

    folder: Path
    manifest: dict[str, Any]

    @classmethod
    def open(cls, folder: Path) -> SprintPack:
        """Read the manifest and verify the checksums of all parts.

        Raises:
            DataError: no pack, one of another version, or a part that is missing or damaged.
        """
        path = folder / MANIFEST
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise DataError(
                f"{folder} holds no pack; `python -m training pack` makes one."
            ) from None
        except (OSError, ValueError) as error:
            raise DataError(f"{path} cannot be read: {error}") from error
        if manifest.get("version") != VERSION:
            raise DataError(f"{folder} was packed by another version; pack it again.")
        for name, part in manifest["parts"].items():
            try:
                content = (folder / part["file"]).read_bytes()
            except OSError:
                raise DataError(f"{folder}: the part {name} is missing; pack it again.") from None
            if hashlib.sha256(content).hexdigest() != part["sha256"]:
                raise DataError(f"{folder}: the part {name} is damaged; pack or copy it again.")
        return cls(folder, manifest)

    @property
    def digest(self) -> str:
        """Sha256 over the checksums of all parts."""
        parts = sorted(part["sha256"] for part in self.manifest["parts"].values())
        return hashlib.sha256("".join(parts).encode()).hexdigest()

    def tensors(self, part: str) -> dict[str, Tensor]:
        """The tensors of a part.

        Raises:
            DataError: the pack was made for tasks that do not need it.
        """
        if part not in self.manifest["parts"]:
            raise DataError(
                f"{self.folder} holds no part {part!r}; it was packed for "
                f"{', '.join(self.manifest['tasks'])}."
            )
        path = self.folder / self.manifest["parts"][part]["file"]
        tensors: dict[str, Tensor] = safetensors.torch.load(path.read_bytes())
        return tensors

    def pictures(self, part: str, side: int) -> np.ndarray:
        """Its pictures, uint8 ``[N, side, side, 3]``, by area where they are larger."""
        return decode_pictures(self.tensors(part), side)

    def note(self, part: str) -> Any:
        """What the manifest says of a part beside its size: names of classes, counts."""
        return self.manifest["parts"][part]["note"]


def write_part(folder: Path, name: str, tensors: Mapping[str, Tensor], note: Any) -> dict[str, Any]:
    """Write one part; returns its entry in the manifest."""
    content = safetensors.torch.save({k: v.contiguous() for k, v in tensors.items()})
    write_atomically(folder / f"{name}.safetensors", content)
    return {
        "file": f"{name}.safetensors",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "note": note,
    }


def write_manifest(folder: Path, content: Mapping[str, Any]) -> dict[str, Any]:
    """Write ``pack.json``, last, so that a folder without it is no pack; returns what was written."""
    manifest = {"version": VERSION, **content}
    write_json(folder / MANIFEST, manifest)
    return manifest


def encode_pictures(pictures: Sequence[np.ndarray], quality: int) -> dict[str, Tensor]:
    """RGB uint8 ``[H, W, 3]`` each, as WebP of a quality from 1 to 100: ``bytes`` joined, and ``sizes``."""
    options = [cv2.IMWRITE_WEBP_QUALITY, quality]

    def encoded(picture: np.ndarray) -> np.ndarray:
        return cv2.imencode(".webp", np.asarray(picture)[..., ::-1], options)[1].ravel()

    with ThreadPoolExecutor() as pool:
        return _joined(list(pool.map(encoded, pictures)))


def decode_pictures(tensors: Mapping[str, Tensor], side: int) -> np.ndarray:
    """The way back, at ``side`` pixels: uint8 ``[N, side, side, 3]``."""

    def decoded(content: np.ndarray) -> np.ndarray:
        stored = cv2.imdecode(content, cv2.IMREAD_COLOR)
        if stored is None:
            raise DataError("A picture of the pack cannot be decoded; pack it again.")
        picture = cv2.cvtColor(stored, cv2.COLOR_BGR2RGB)
        if picture.shape[0] == side:
            return picture
        return np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA))

    with ThreadPoolExecutor() as pool:
        pictures = list(pool.map(decoded, _split(tensors)))
    return np.stack(pictures) if pictures else np.zeros((0, side, side, 3), np.uint8)


def encode_bits(masks: np.ndarray) -> dict[str, Tensor]:
    """Packed bits uint8 ``[N, H, W / 8]``, each mask compressed for itself."""
    return _joined([np.frombuffer(zlib.compress(m.tobytes(), 9), np.uint8) for m in masks])


def decode_bits(tensors: Mapping[str, Tensor], side: int) -> np.ndarray:
    """The way back: uint8 ``[N, side, side / 8]``."""
    masks = [np.frombuffer(zlib.decompress(part.tobytes()), np.uint8) for part in _split(tensors)]
    return np.stack(masks).reshape(-1, side, side // 8)


def _joined(parts: list[np.ndarray]) -> dict[str, Tensor]:
    content = np.concatenate([*parts, np.zeros(0, np.uint8)])
    sizes = torch.tensor([len(part) for part in parts], dtype=torch.int32)
    return {"bytes": torch.from_numpy(content), "sizes": sizes}


def _split(tensors: Mapping[str, Tensor]) -> list[np.ndarray]:
    ends = np.cumsum(tensors["sizes"].numpy(), dtype=np.int64)
    return np.split(tensors["bytes"].numpy(), ends[:-1]) if len(ends) else []
