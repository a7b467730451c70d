"""The studio generator: a latent and wishes to a portrait picture of a dress.

Residual blocks that double the picture, batch normalisation whose scale and shift come from latent and
wishes: Brock, Donahue, Simonyan, "Large scale GAN training for high fidelity natural image synthesis"
(BigGAN), ICLR 2019; conditional normalisation after De Vries et al., NIPS 2017. The first map is a linear
image of the latent itself: with a learnt constant in its place all designs came out alike.

Channels are few and the first convolution of a block stands before its upsampling, so that sixteen
designs take a fraction of a second on two CPU cores (170 million multiply-adds each).
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fashion_core.networks.upsampler import SCALE, Upsampler

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Height and width of the first map.
START = (6, 4)


class WishEmbedding(nn.Module):
    """Wishes ``[N, K]`` to their vectors side by side, ``[N, K * dim]``.

    A wish is the index of its class, or -1 for any, which has a vector of its own.

    Emphasis takes a wish beyond its vector, away from that of any, as classifier-free guidance does with
    what a network answers (Ho, Salimans, 2022). Of several wishes each is taken less far, so that together
    they go as far as one.

    Args:
        wishes: number of classes of each column.
        dim: of one vector.
        emphasis: for each column, how far beyond in shares of the way; none as trained.
    """

    def __init__(
        self, wishes: Sequence[int], dim: int, emphasis: Sequence[float] | None = None
    ) -> None:
        super().__init__()
        sizes = [n + 1 for n in wishes]
        self.out_features = len(sizes) * dim
        self.table = nn.Embedding(sum(sizes), dim)
        # Of each wish the first vector stands for any.
        self.rows = [1 + start for start in (0, *accumulate(sizes[:-1]))]
        self.emphasis = emphasis

    def forward(self, wishes: Tensor) -> Tensor:
        first = torch.tensor(self.rows, device=wishes.device)
        vectors: Tensor = self.table(wishes + first)
        if self.emphasis:
            given = (wishes >= 0).sum(1).clamp_min(1)
            beyond = torch.tensor(self.emphasis, device=wishes.device) / given.sqrt()[:, None]
            vectors = vectors + beyond[:, :, None] * (vectors - self.table(first - 1))
        return vectors.flatten(1)


class AdaptiveNorm(nn.Module):
    """Batch normalisation of ``[N, C, H, W]`` with scale and shift from a condition ``[N, D]``."""

    def __init__(self, channels: int, condition: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.affine = nn.Linear(condition, 2 * channels)
        nn.init.normal_(self.affine.weight, 0, 0.3 / condition**0.5)
        nn.init.zeros_(self.affine.bias)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        scale, shift = self.affine(condition)[:, :, None, None].chunk(2, dim=1)
        styled: Tensor = torch.addcmul(shift, self.norm(x), 1 + scale)
        return styled


class UpBlock(nn.Module):
    """Residual block, ``[N, A, H, W]`` to ``[N, B, 2H, 2W]``."""

    def __init__(self, in_channels: int, out_channels: int, condition: int) -> None:
        super().__init__()
        self.norm1 = AdaptiveNorm(in_channels, condition)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False)
        self.norm2 = AdaptiveNorm(out_channels, condition)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.shortcut = nn.Conv2d(in_channels, out_channels, 1, bias=False)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        residual = self.conv1(F.relu(self.norm1(x, condition)))
        # Nearest and a convolution leave no checkerboard (Odena et al., Distill, 2016).
        residual = F.interpolate(F.relu(self.norm2(residual, condition)), scale_factor=2)
        doubled: Tensor = self.conv2(residual) + F.interpolate(self.shortcut(x), scale_factor=2)
        return doubled


class StudioGenerator(nn.Module):
    """Latents ``[N, latent_dim]`` and wishes ``[N, K]`` to images ``[N, 3, 96, 64]`` in -1..1.

    Args:
        wishes: number of classes of each wish, in the order of the columns.
        latent_dim: size of the latent, standard normal.
        wish_dim: size of the vector of one wish.
        channels: of the first map (6x4) and of those that each block makes from it.
        emphasis: of each wish (:class:`WishEmbedding`).
        spread: how many times as wide as they were learnt latents are taken; averaged weights draw designs
            closer to one another than the weights that they are the average of.
        start: height and width of the first map.
        maps: channels of what is drawn.
    """

    def __init__(
        self,
        wishes: Sequence[int],
        latent_dim: int = 128,
        wish_dim: int = 16,
        channels: Sequence[int] = (192, 160, 96, 48, 24),
        emphasis: Sequence[float] | None = None,
        spread: float = 1.0,
        start: Sequence[int] = START,
        maps: int = 3,
    ) -> None:
        super().__init__()
        self.latent_dim, self.wishes, self.spread = latent_dim, len(wishes), spread
        doublings = len(channels) - 1
        self.start = (start[0], start[1])
        self.image_size = (start[0] << doublings, start[1] << doublings)
        self.embedding = WishEmbedding(wishes, wish_dim, emphasis)
        joined = latent_dim + self.embedding.out_features
        self.first = nn.Linear(joined, channels[0] * start[0] * start[1])
        self.blocks = nn.ModuleList(UpBlock(a, b, joined) for a, b in pairwise(channels))
        self.norm = nn.BatchNorm2d(channels[-1])
        self.last = nn.Conv2d(channels[-1], maps, 3, padding=1)
        # A small start keeps tanh from saturating into one colour.
        nn.init.normal_(self.last.weight, 0, 0.02)

    def condition(self, wishes: Tensor) -> Tensor:
        """What :meth:`draw` takes of wishes ``[N, K]`` (class index, -1 for any); may be interpolated."""
        vectors: Tensor = self.embedding(wishes)
        return vectors

    def draw(self, latent: Tensor, condition: Tensor) -> Tensor:
        """Images of latents under conditions that :meth:`condition` made."""
        joined = torch.cat([latent * self.spread, condition], dim=1)
        x = self.first(joined).view(len(joined), -1, *self.start)
        x = x.contiguous(memory_format=torch.channels_last)
        for block in self.blocks:
            x = block(x, joined)
        images: Tensor = torch.tanh(self.last(F.relu(self.norm(x))))
        return images

    def forward(self, latent: Tensor, wishes: Tensor | None = None) -> Tensor:
        """Images; without wishes, of any."""
        if wishes is None:
            wishes = torch.full((len(latent), self.wishes), -1, device=latent.device)
        return self.draw(latent, self.condition(wishes))


class Studio(nn.Module):
    """The studio generator and its upsampler: latents and wishes to images ``[N, 3, 384, 256]`` in -1..1.

    Args:
        generator: arguments of :class:`StudioGenerator`.
        upsampler: arguments of :class:`fashion_core.networks.upsampler.Upsampler`.
    """

    def __init__(self, generator: Mapping[str, Any], upsampler: Mapping[str, Any]) -> None:
        super().__init__()
        self.generator, self.upsampler = StudioGenerator(**generator), Upsampler(**upsampler)
        self.latent_dim, self.wishes = self.generator.latent_dim, self.generator.wishes
        height, width = self.generator.image_size
        self.image_size = (height * SCALE, width * SCALE)

    def condition(self, wishes: Tensor) -> Tensor:
        """As :meth:`StudioGenerator.condition`."""
        return self.generator.condition(wishes)

    def draw(self, latent: Tensor, condition: Tensor) -> Tensor:
        """As :meth:`StudioGenerator.draw`, four times as large."""
        images: Tensor = self.upsampler(self.generator.draw(latent, condition))
        return images

    def forward(self, latent: Tensor, wishes: Tensor | None = None) -> Tensor:
        """Images; without wishes, of any."""
        images: Tensor = self.upsampler(self.generator(latent, wishes))
        return images
