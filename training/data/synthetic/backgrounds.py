"""Backgrounds that a garment was never photographed on.

Phone photos with their garment painted over, strips from beside it, and procedural cloth, wood, floor and wall.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from tqdm import tqdm

from training.data.synthetic.camera import smooth_noise, tint, to_pixels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Floats = NDArray[np.float32]

PROCEDURAL = ("cloth", "wood", "floor", "wall", "plain")


@dataclass(frozen=True)
class Backgrounds:
    """Photo backgrounds uint8 ``[N, S, S, 3]`` to draw from; some draws are procedural instead."""

    photos: Pixels
    procedural: float = 0.25

    def draw(self, size: int, random: np.random.Generator) -> Pixels:
        """One background, varied, ``[size, size, 3]``."""
        if random.random() < self.procedural:
            kind = PROCEDURAL[int(random.integers(len(PROCEDURAL)))]
            return procedural_background(kind, size, random)
        return vary_background(self.photos[int(random.integers(len(self.photos)))], size, random)


def backgrounds_of(photos: Pixels, teacher: Pixels, random: np.random.Generator) -> Pixels:
    """Backgrounds ``[M, S, S, 3]``: photos painted over where their garment is, and strips from beside it."""
    pictures = []
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (13, 13))
    for photo, soft in zip(tqdm(photos, desc="backgrounds", unit="photo"), teacher, strict=True):
        mask = cv2.dilate((soft > 60).astype(np.uint8), kernel) > 0
        if mask.mean() < 0.85:
            pictures.append(paint_over(photo, mask, random))
        strip = strip_beside(photo, mask, len(photo))
        if strip is not None:
            pictures.append(strip)
    return np.stack(pictures)


def paint_over(photo: Pixels, mask: NDArray[np.bool_], random: np.random.Generator) -> Pixels:
    """A photo without its garment: smooth colour from around it, and texture from elsewhere in it.

    Args:
        photo: ``[H, W, 3]``.
        mask: True where to paint, generously.
        random: where the texture is taken from.
    """
    height, width = mask.shape
    small = cv2.resize(photo, (64, 64), interpolation=cv2.INTER_AREA)
    hole = cv2.resize(mask.astype(np.uint8), (64, 64), interpolation=cv2.INTER_LINEAR) > 0
    filled = cv2.inpaint(small, hole.astype(np.uint8), 4, cv2.INPAINT_TELEA)
    base = cv2.resize(filled, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    texture = photo.astype(np.float32) - cv2.GaussianBlur(photo, (0, 0), width / 64)
    missing, borrowed = mask.copy(), np.zeros_like(texture)
    for _ in range(24):
        shift = random.integers(-width // 2, width // 2, 2)
        there = missing & ~np.roll(mask, shift, (0, 1))
        borrowed[there] = np.roll(texture, shift, (0, 1))[there]
        missing &= ~there
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 2)[..., None]
    soft = np.maximum(soft, mask[..., None])
    return to_pixels(photo * (1 - soft) + (base + borrowed) * soft)


def strip_beside(photo: Pixels, mask: NDArray[np.bool_], size: int) -> Pixels | None:
    """The largest of four strips between garment and edge of the photo, enlarged to a square."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return None
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    strips = photo[:top], photo[bottom:], photo[:, :left], photo[:, right:]
    best = max(strips, key=lambda s: s.size)
    if min(best.shape[:2]) < 28:
        return None
    return np.asarray(cv2.resize(best, (size, size), interpolation=cv2.INTER_CUBIC), np.uint8)


def procedural_background(kind: str, size: int, random: np.random.Generator) -> Pixels:
    """Cloth, wood, floor, wall or plain background, RGB ``[size, size, 3]``."""
    hue, chroma = random.uniform(0, 180), random.uniform(0, 90) ** 1.0
    hsv = np.array([[[hue, chroma, random.uniform(40, 250)]]], np.uint8)
    tone = np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), np.float32)[0, 0]
    if kind == "wood":
        tone = np.array((150, 105, 65), np.float32) * random.uniform(0.5, 1.6)
    background = np.broadcast_to(tone, (size, size, 3)).copy()
    if kind == "plain":
        return to_pixels(background)
    if kind == "cloth":
        background *= 1 + smooth_noise(size, int(random.integers(2, 7)), random)[..., None] * 0.16
        background += smooth_noise(size, size // 2, random)[..., None] * random.uniform(2, 9)
        if random.random() < 0.4:
            background = _check(background, random)
    elif kind == "wood":
        background *= _planks(size, random)[..., None]
    elif kind == "floor":
        background = _tiles(background, random)
        background += smooth_noise(size, size // 3, random)[..., None] * random.uniform(1, 8)
    else:
        background += smooth_noise(size, size // 2, random)[..., None] * random.uniform(1, 6)
        edge = int(random.uniform(0.6, 1.1) * size)
        background[edge:] *= random.uniform(0.5, 1.2)
    turns = int(random.integers(4)) if kind in {"wood", "cloth"} else 0
    return np.rot90(to_pixels(background), turns).copy()


def _check(background: Floats, random: np.random.Generator) -> Floats:
    """Stripes or checks woven into cloth."""
    size = len(background)
    period = random.uniform(8, 60)
    wave = (np.arange(size) / period % 1 < random.uniform(0.15, 0.6)).astype(np.float32)
    both = wave[:, None] + (wave[None] if random.random() < 0.5 else 0)
    other = random.uniform(0, 255, 3).astype(np.float32)
    share = both[..., None].clip(0, 1.5) / 1.5 * random.uniform(0.2, 0.9)
    return np.asarray(background * (1 - share) + other * share, np.float32)


def _planks(size: int, random: np.random.Generator) -> Floats:
    width = int(random.uniform(12, 70))
    shades = random.uniform(0.8, 1.2, size // width + 2).repeat(width)[:size]
    grain = cv2.resize(
        random.standard_normal((size, max(2, size // 24))).astype(np.float32), (size, size)
    )
    planks = shades[:, None] * (1 + grain * random.uniform(0.02, 0.1))
    planks[::width] *= random.uniform(0.4, 0.9)
    return np.asarray(planks, np.float32)


def _tiles(background: Floats, random: np.random.Generator) -> Floats:
    size, period = len(background), int(random.uniform(24, 110))
    joint = np.arange(size) % period < random.integers(1, 4)
    background[joint[:, None] | joint[None]] *= random.uniform(0.4, 1.4)
    return background


def vary_background(background: Pixels, size: int, random: np.random.Generator) -> Pixels:
    """A flipped, turned and zoomed piece of a background, ``[size, size, 3]``, in another light."""
    side = len(background)
    part = int(side * random.uniform(0.5, 1))
    y, x = random.integers(0, side - part + 1, 2)
    piece = background[y : y + part, x : x + part]
    piece = np.rot90(piece, int(random.integers(4)))[:, :: random.choice([-1, 1])]
    zoomed = cv2.resize(np.ascontiguousarray(piece), (size, size), interpolation=cv2.INTER_LINEAR)
    return tint(np.asarray(zoomed, np.uint8), random, 0.25)
