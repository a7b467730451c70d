"""JSON and pictures, written whole or not at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import cv2

from fashion_core.checkpoint import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np


def write_json(path: Path, content: object) -> None:
    """Write ``content`` as readable JSON, atomically."""
    text = json.dumps(content, indent=2, ensure_ascii=False)
    write_atomically(path, text.encode() + b"\n")


def write_picture(path: Path, picture: np.ndarray) -> None:
    """Write RGB uint8 ``[H, W, 3]`` as PNG or JPEG, by the suffix, atomically."""
    jpeg = path.suffix == ".jpg"
    quality = [cv2.IMWRITE_JPEG_QUALITY, 90] if jpeg else [cv2.IMWRITE_PNG_COMPRESSION, 9]
    _, data = cv2.imencode(path.suffix, picture[..., ::-1], quality)
    write_atomically(path, data.tobytes())
