"""What light and a camera do to a picture: exposure, lamps, blur, noise, JPEG.

Everything random comes from the generator that is handed in, so that a run can be repeated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Floats = NDArray[np.float32]

#: Sensor noise, drawn once; each picture takes a piece of it.
_GRAIN = np.random.default_rng(1).standard_normal((1024, 1024, 3), np.float32)


def tint(picture: Pixels, random: np.random.Generator, strength: float) -> Pixels:
    """Another exposure, white balance, contrast and gamma; a table a channel, as pow is slow."""
    level = float(np.mean(cv2.mean(picture)[:3])) / 255
    x = np.linspace(0, 1, 256, dtype=np.float32) ** np.exp(random.normal(0, strength))
    x = level + (x - level) * np.exp(random.normal(0, strength / 2))
    gains = np.exp(random.normal(0, strength / 3, 3) + random.normal(0, strength / 2))
    return np.asarray(cv2.LUT(picture, to_pixels(255 * x[:, None, None] * gains)), np.uint8)


def lamp(size: int, random: np.random.Generator) -> Floats:
    """Light that falls off across the picture."""
    ramp = np.linspace(-1, 1, size, dtype=np.float32)
    slope = random.normal(0, 0.12, 2)
    vignette = random.uniform(0, 0.15) * (ramp[:, None] ** 2 + ramp[None] ** 2)
    return np.asarray(1 + slope[0] * ramp[:, None] + slope[1] * ramp[None] - vignette, np.float32)


def camera(picture: Pixels, random: np.random.Generator) -> Pixels:
    """Blur, noise and JPEG."""
    if random.random() < 0.35:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), random.uniform(0.4, 1.1)), np.uint8)
    if random.random() < 0.4:
        y, x = random.integers(0, len(_GRAIN) - len(picture), 2)
        grain = _GRAIN[y : y + len(picture), x : x + len(picture)]
        picture = to_pixels(picture + grain * np.float32(random.uniform(1, 7)))
    if random.random() < 0.5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(35, 92))]
        picture = np.asarray(cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], 1), np.uint8)
    return picture


def smooth_noise(size: int, cells: int, random: np.random.Generator) -> Floats:
    """Smooth noise of unit spread, about ``cells`` bumps across."""
    coarse = random.standard_normal((max(2, cells), max(2, cells))).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)


def blend(under: Floats, over: Floats, alpha: Floats) -> Floats:
    """One picture ``[H, W, 3]`` over another, by alpha ``[H, W]`` in 0..1."""
    return np.asarray(under + (over - under) * alpha[..., None], np.float32)


def to_pixels(values: Floats) -> Pixels:
    """Levels 0..255, rounded."""
    return np.asarray(values.clip(0, 255).round(), np.uint8)
