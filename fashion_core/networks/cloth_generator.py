"""The generator of cloth: noise to a print that repeats without a seam.

Fully convolutional: noise of h x w cells gives a tile of 16 h x 16 w pixels (Jetchev et al., "Texture synthesis
with spatial generative adversarial networks", 2016), and what is one throughout the tile, its kind and a global
latent, is told to every layer (Bergmann et al., "Learning texture manifolds with the periodic spatial GAN",
ICML 2017). All convolutions are padded with the opposite edge, so that the tile is a torus: it has no seam
wherever it is cut.

It draws no colours but shares: how much of each pixel the ground and each further colour of a palette cover.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Size of what tells the layers the kind and the global latent.
_CONDITION = 64


class _Layer(nn.Module):
    """Convolution on a torus, normalised at each pixel, then scaled and shifted by a condition."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv = _convolution(in_channels, out_channels)
        self.modulate = nn.Linear(_CONDITION, 2 * out_channels)
        nn.init.normal_(self.modulate.weight, 0, 0.02)
        nn.init.zeros_(self.modulate.bias)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        x = self.conv(x)
        x = x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-6)
        scale, shift = self.modulate(condition)[..., None, None].chunk(2, 1)
        return F.leaky_relu(torch.addcmul(shift, x, 1 + scale), 0.2)


class ClothGenerator(nn.Module):
    """Noise ``[N, overall + local, h, w]``, standard normal, to shares ``[N, colours, 16 h, 16 w]``, 0..1.

    Args:
        kinds: how many patterns it knows.
        colours: of a print, the ground first.
        overall: size of the global latent: the sum of so many channels of the noise, at unit variance.
        local: channels of the noise of each cell.
        channels: of the layers, 1 x 1, 2 x 2 and 4 x 4 places a cell; each place of the last becomes two by two
            pixels of a coarse tile.
        width: channels of what draws the tile from the coarse one, twice as fine.
    """

    def __init__(
        self,
        kinds: int = 2,
        colours: int = 4,
        overall: int = 24,
        local: int = 24,
        channels: Sequence[int] = (128, 96, 64),
        width: int = 32,
    ) -> None:
        super().__init__()
        self.kinds, self.overall, self.noise = kinds, overall, overall + local
        self.join = nn.Sequential(
            nn.Linear(overall + kinds, _CONDITION), nn.SiLU(), nn.Linear(_CONDITION, _CONDITION)
        )
        self.layers = nn.ModuleList(_Layer(a, b) for a, b in pairwise([local, *channels]))
        self.shares = _convolution(channels[-1], 4 * colours)
        self.finer = nn.Sequential(
            _convolution(colours, width),
            nn.LeakyReLU(0.2),
            _convolution(width, width),
            nn.LeakyReLU(0.2),
            _convolution(width, 4 * colours),
            nn.PixelShuffle(2),
        )

    def forward(self, noise: Tensor, kind: Tensor | None = None) -> Tensor:
        """Shares of tiles of ``kind``, indices ``[N]``; of the first one without them."""
        return self.fine(self.coarse(noise, kind))

    def coarse(self, noise: Tensor, kind: Tensor | None = None) -> Tensor:
        """As :meth:`forward`, at half its size: ``[N, colours, 8 h, 8 w]``."""
        if kind is None:
            kind = torch.zeros(len(noise), dtype=torch.int64, device=noise.device)
        overall, x = noise[:, : self.overall], noise[:, self.overall :]
        overall = overall.sum((2, 3)) / (noise.shape[2] * noise.shape[3]) ** 0.5
        condition = self.join(torch.cat([overall, F.one_hot(kind, self.kinds).float()], 1))
        for i, layer in enumerate(self.layers):
            if i:
                x = _twice(x)
            x = layer(x, condition)
        return torch.softmax(F.pixel_shuffle(self.shares(x).float(), 2), 1)

    def fine(self, coarse: Tensor) -> Tensor:
        """Coarse shares ``[N, colours, h, w]`` twice as fine: which part of a pixel has which colour."""
        known = _twice(coarse).clamp_min(0.01).log()
        return torch.softmax(known + self.finer(coarse).float(), 1)


def _twice(x: Tensor) -> Tensor:
    """Twice as large, linearly between places, on a torus."""
    padded = F.pad(x, (1, 1, 1, 1), mode="circular")
    return F.interpolate(padded, scale_factor=2.0, mode="bilinear")[..., 2:-2, 2:-2]


def _convolution(in_channels: int, out_channels: int) -> nn.Conv2d:
    """Three by three on a torus."""
    return nn.Conv2d(in_channels, out_channels, 3, padding=1, padding_mode="circular")
