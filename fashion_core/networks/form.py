"""Forms of dresses as maps, and the autoencoder that knows them: encoder and decoder of a short code.

A form is a silhouette with light and shade and has no colour: a cloth is laid on it afterwards, at any size
(:mod:`fashion_core.compose`).
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Height and width of a form.
SIZE = (192, 128)
#: What the largest value of a map stands for: pixels from the silhouette, and L* from the median.
MOST_DISTANCE, MOST_SHADE = 8.0, 40.0
#: Channels of the decoder's maps, coarse to fine.
CHANNELS = (192, 128, 80, 48, 24)
#: L* of the grey cloth of :func:`rendered`.
GREY = 62.0
#: Folds are a few L*, a small part of the largest: the encoder sees them as large as distances.
_SHADE_SEEN = 5.0


class Block(nn.Module):
    """Residual block of two convolutions, ``[N, A, H, W]`` to ``[N, B, H, W]``."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(8, in_channels)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.norm2 = nn.GroupNorm(8, out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.shortcut = (
            nn.Identity()
            if in_channels == out_channels
            else nn.Conv2d(in_channels, out_channels, 1, bias=False)
        )
        # A block begins as its shortcut.
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)  # type: ignore[arg-type] # it has one

    def forward(self, x: Tensor) -> Tensor:
        residual = self.conv1(F.silu(self.norm1(x)))
        added: Tensor = self.shortcut(x) + self.conv2(F.silu(self.norm2(residual)))
        return added


class FormEncoder(nn.Module):
    """Maps ``[N, 2, 192, 128]`` to the mean and log-variance of their code, ``[N, code]`` each.

    Where the shade is zero everywhere, the code is that of a form of which only the silhouette is known.

    Args:
        code: size of a code.
        channels: after a stride of four, and of the three maps that each halve the one before.
    """

    def __init__(self, code: int = 96, channels: Sequence[int] = (32, 64, 128, 192)) -> None:
        super().__init__()
        self.first = nn.Conv2d(2, channels[0], 4, stride=4)
        layers: list[nn.Module] = [Block(channels[0], channels[0])]
        for a, b in pairwise(channels):
            layers += [nn.Conv2d(a, b, 2, stride=2), Block(b, b)]
        self.body = nn.Sequential(*layers)
        self.last = nn.Linear(channels[-1] * SIZE[0] * SIZE[1] // 32**2, 2 * code)

    def forward(self, maps: Tensor) -> tuple[Tensor, Tensor]:
        x = self.body(self.first(shade_seen(maps)))
        mean, log_variance = self.last(F.silu(x).flatten(1)).chunk(2, 1)
        return mean, log_variance.clamp(-12, 4)


class FormDecoder(nn.Module):
    """Codes ``[N, code]`` to maps ``[N, 2, 192, 128]`` in -1..1.

    Args:
        code: size of a code.
        channels: of the maps of 6 x 4, 12 x 8, 24 x 16, 48 x 32 and 96 x 64.
    """

    def __init__(self, code: int = 96, channels: Sequence[int] = CHANNELS) -> None:
        super().__init__()
        self.start = channels[0], SIZE[0] // 32, SIZE[1] // 32
        self.first = nn.Linear(code, math.prod(self.start))
        self.blocks = nn.ModuleList(Block(a, b) for a, b in pairwise((channels[0], *channels)))
        self.fine = nn.Conv2d(channels[-1], 8, 3, padding=1)
        self.last = nn.Conv2d(8, 2, 3, padding=1)

    def forward(self, codes: Tensor) -> Tensor:
        x = self.first(codes).view(-1, *self.start).contiguous(memory_format=torch.channels_last)
        x = self.blocks[0](x)
        for block in self.blocks[1:]:
            x = block(doubled(x))
        maps: Tensor = torch.tanh(self.last(F.silu(doubled(self.fine(F.silu(x))))))
        return maps


def shade_seen(maps: Tensor) -> Tensor:
    """Maps as encoders see them."""
    return torch.cat([maps[:, :1], maps[:, 1:] * _SHADE_SEEN], 1)


def doubled(x: Tensor) -> Tensor:
    """Maps at twice their height and width."""
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def coverage(distance: Tensor) -> Tensor:
    """How much of a pixel the garment covers, 0..1, from the distance map in shares of its largest value."""
    return (distance * MOST_DISTANCE + 0.5).clamp(0, 1)


def rendered(maps: Tensor) -> Tensor:
    """Forms in plain grey cloth on white: maps ``[N, 2, H, W]`` to images ``[N, 3, H, W]`` in -1..1."""
    alpha = coverage(maps[:, :1])
    grey = ((GREY + maps[:, 1:] * MOST_SHADE) / 50 - 1).clamp(-1, 1)
    return (grey * alpha + (1 - alpha)).expand(-1, 3, -1, -1)
