"""The generator of cloth, noise to a print that repeats without a seam, and its discriminator.

Fully convolutional: noise of h x w cells gives a tile of 16 h x 16 w pixels (Jetchev et al., "Texture synthesis
with spatial generative adversarial networks", 2016), and what is one throughout the tile, its pattern and a
global latent, is told to every layer (Bergmann et al., "Learning texture manifolds with the periodic
spatial GAN", ICML 2017). All convolutions are padded with the opposite edge, so that the tile is a torus: it
has no seam wherever it is cut.

It draws no colours but shares: how much of each pixel the ground and each further colour of a palette cover.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Pixels a side that come of one cell of noise.
CELL = 16


class _Layer(nn.Module):
    """Convolution on a torus, normalised at each pixel, then scaled and shifted by a condition."""

    def __init__(self, in_channels: int, out_channels: int, condition: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 3, padding=1, padding_mode="circular")
        self.modulate = nn.Linear(condition, 2 * out_channels)
        nn.init.normal_(self.modulate.weight, 0, 0.02)
        nn.init.zeros_(self.modulate.bias)
        self.grain = nn.Parameter(torch.zeros(out_channels, 1, 1))

    def forward(self, x: Tensor, condition: Tensor, noise: Tensor) -> Tensor:
        x = self.conv(x)
        x = x + self.grain.to(x.dtype) * noise.to(x.dtype)
        x = x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-6)
        scale, shift = self.modulate(condition)[..., None, None].chunk(2, 1)
        return F.leaky_relu(torch.addcmul(shift, x, 1 + scale), 0.2)


class ClothGenerator(nn.Module):
    """Noise ``[N, local, h, w]``, a global latent and kinds to shares ``[N, colours, 16 h, 16 w]``, 0..1.

    Args:
        kinds: how many patterns it knows.
        colours: of a print, the ground first.
        local: channels of noise of each cell.
        overall: size of the global latent.
        channels: of the layers, from cells to pixels; each but the first is twice as fine as the one before it.
    """

    def __init__(
        self,
        kinds: int,
        colours: int = 4,
        local: int = 16,
        overall: int = 24,
        channels: Sequence[int] = (128, 96, 64, 40, 24),
    ) -> None:
        super().__init__()
        self.local, self.overall, self.kinds = local, overall, kinds
        condition = 64
        self.join = nn.Sequential(
            nn.Linear(overall + kinds, condition), nn.SiLU(), nn.Linear(condition, condition)
        )
        self.layers = nn.ModuleList(
            _Layer(a, b, condition) for a, b in pairwise([local, *channels])
        )
        self.shares = nn.Conv2d(channels[-1], colours, 3, padding=1, padding_mode="circular")

    def noise_shapes(self, count: int, cells: tuple[int, int]) -> list[tuple[int, ...]]:
        """Shapes of the noise of ``count`` tiles of so many rows and columns of cells.

        It is standard normal: the global latent, the noise of the cells, and one channel for each layer.
        """
        rows, columns = cells
        grains = [(count, 1, rows << i, columns << i) for i in range(len(self.layers))]
        return [(count, self.overall), (count, self.local, rows, columns), *grains]

    def forward(self, noise: Sequence[Tensor], kind: Tensor) -> Tensor:
        """Shares of tiles of ``kind``, indices ``[N]``, from noise of :meth:`noise_shapes`."""
        overall, x, *grains = noise
        condition = self.join(torch.cat([overall, F.one_hot(kind, self.kinds).float()], 1))
        for i, (layer, grain) in enumerate(zip(self.layers, grains, strict=True)):
            if i:
                x = F.interpolate(x, scale_factor=2.0)
            x = layer(x, condition, grain)
        return torch.softmax(self.shares(x).float(), 1)


class ClothDiscriminator(nn.Module):
    """Shares ``[N, colours, 64, 64]`` of kinds ``[N]`` to logits ``[N]``.

    Spectrally normalised (Miyato et al., ICLR 2018); the kind enters by projection (Miyato, Koyama, ICLR 2018).
    """

    def __init__(
        self, kinds: int, colours: int = 4, channels: Sequence[int] = (32, 64, 128, 192)
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for a, b in pairwise([colours, *channels]):
            layers += [spectral_norm(nn.Conv2d(a, b, 4, 2, 1)), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers)
        last = channels[-1]
        self.join = spectral_norm(nn.Conv2d(last + 1, last, 3, 1, 1))
        self.logit = spectral_norm(nn.Linear(last, 1))
        self.kind = spectral_norm(nn.Embedding(kinds, last))

    def forward(self, shares: Tensor, kind: Tensor) -> Tensor:
        x = self.layers(shares)
        # How much the tiles of a batch differ (Karras et al., ICLR 2018): too little is told from real ones.
        spread = x.float().std(0, unbiased=False).mean().to(x.dtype)
        x = torch.cat([x, spread.expand(len(x), 1, *x.shape[2:])], 1)
        x = F.leaky_relu(self.join(x), 0.2).sum((2, 3)).float() / math.prod(x.shape[2:])
        logits: Tensor = self.logit(x)[:, 0] + (self.kind(kind) * x).sum(1)
        return logits
