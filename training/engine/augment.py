"""Augmentation in batches, on tensors, from torch's seeded random state.

Flips and gentle affine maps keep every label; colour is varied only as much as lamps and cameras do,
because white balance is no property of a dress.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, avg_pool2d, grid_sample, interpolate

_AFFINE = {
    "mild": (4, 0.92, 1.06, 0.03),
    "medium": (6, 0.88, 1.08, 0.05),
    "strong": (9, 0.78, 1.1, 0.07),
}


def augment(images: Tensor, strength: str) -> Tensor:
    """Vary a batch ``[N, 3, H, W]`` in 0..1 on white ground.

    Args:
        images: what to vary; it is not changed in place.
        strength: ``none``, ``flip``, ``mild`` (and a small affine map), ``medium`` (and light, white
            balance and contrast) or ``strong`` (and blur, which costs fine patterns).
    """
    if strength == "none":
        return images
    flip = torch.rand(len(images), 1, 1, 1) < 0.5
    images = torch.where(flip.to(images.device), images.flip(3), images)
    if strength == "flip":
        return images
    images = _affine(images, *_AFFINE[strength])
    if strength != "mild":
        images = _light(images)
    return _blur(images) if strength == "strong" else images


def _affine(
    images: Tensor, degrees: float, smallest: float, largest: float, shift: float
) -> Tensor:
    count = len(images)
    angle = (torch.rand(count) * 2 - 1) * math.radians(degrees)
    zoom = smallest + torch.rand(count) * (largest - smallest)
    stretch = 1 + (torch.rand(count) * 2 - 1) * 0.06
    offset = (torch.rand(count, 2) * 2 - 1) * 2 * shift
    cos, sin = torch.cos(angle) / zoom, torch.sin(angle) / zoom
    theta = torch.stack(
        [cos * stretch, -sin, offset[:, 0], sin * stretch, cos, offset[:, 1]], dim=1
    ).view(count, 2, 3)
    grid = affine_grid(theta.to(images.device), list(images.shape), align_corners=False)
    # Shifted by one, so that what comes in from outside is white and not black.
    return grid_sample(images - 1, grid, padding_mode="zeros", align_corners=False) + 1


def _light(images: Tensor) -> Tensor:
    count = len(images)
    gain = 1 + (torch.rand(count, 1, 1, 1) * 2 - 1) * 0.18
    balance = 1 + (torch.rand(count, 3, 1, 1) * 2 - 1) * 0.07
    contrast = 1 + (torch.rand(count, 1, 1, 1) * 2 - 1) * 0.2
    saturation = 1 + (torch.rand(count, 1, 1, 1) * 2 - 1) * 0.25
    gain, balance, contrast, saturation = (
        x.to(images.device) for x in (gain, balance, contrast, saturation)
    )
    grey = images.mean(1, keepdim=True)
    images = grey + (images - grey) * saturation
    level = images.mean((1, 2, 3), keepdim=True)
    return ((level + (images - level) * contrast) * gain * balance).clamp(0, 1)


def _blur(images: Tensor) -> Tensor:
    """Every fourth image loses detail: a small blur, or a trip through two thirds of its size."""
    choice = torch.rand(len(images))
    soft = (choice < 0.12).to(images.device)
    coarse = ((choice >= 0.12) & (choice < 0.25)).to(images.device)
    size = images.shape[-1]
    images = images.clone()
    images[soft] = avg_pool2d(images[soft], 3, 1, 1, count_include_pad=False)
    small = interpolate(images[coarse], size=size * 2 // 3, mode="area")
    images[coarse] = interpolate(small, size=size, mode="bilinear", align_corners=False)
    return images
