"""Small pictures to pictures four times as large: what a hem, a fold or a seam looks like between the pixels.

All work is done at the small size and spread out at the end (Shi et al., "Real-time single image and video
super-resolution using an efficient sub-pixel convolutional neural network", CVPR 2016), as a correction of
the picture enlarged by a fixed filter (Kim et al., "Accurate image super-resolution using very deep
convolutional networks", CVPR 2016).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

#: How many times larger.
SCALE = 4


class Refinement(nn.Module):
    """Two convolutions whose result is added to what came in, ``[N, C, H, W]``."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.one = nn.Conv2d(width, width, 3, padding=1)
        self.two = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        refined: Tensor = x + self.two(F.relu(self.one(x)))
        return refined


class Upsampler(nn.Module):
    """Images ``[N, 3, H, W]`` in -1..1 to ``[N, 3, 4 H, 4 W]`` in -1..1.

    Args:
        width: channels.
        depth: refinements between the first convolution and the last.
    """

    def __init__(self, width: int = 20, depth: int = 2) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, width, 5, padding=2)
        self.middle = nn.Sequential(*(Refinement(width) for _ in range(depth)))
        self.last = nn.Conv2d(width, 3 * SCALE**2, 3, padding=1)
        # At its start it is the fixed filter.
        for parameter in self.last.parameters():
            nn.init.zeros_(parameter)

    def forward(self, images: Tensor) -> Tensor:
        x = self.middle(F.relu(self.first(images)))
        correction = F.pixel_shuffle(self.last(F.relu(x)), SCALE)
        plain = F.interpolate(images, scale_factor=SCALE, mode="bicubic", align_corners=False)
        return torch.clamp(plain + correction, -1, 1)
