"""The form generator: a latent and wishes to the form of a dress, its silhouette and its light and shade.

Two networks, as in Rombach et al., "High-resolution image synthesis with latent diffusion models" (CVPR
2022). An autoencoder knows what forms look like: its decoder draws one from a short code. A flow knows which
codes are dresses: it carries a latent, standard normal, to the code of a dress as it is wished for (Lipman et
al., "Flow matching for generative modeling", ICLR 2023). Codes are short and the flow is small, so that both
are learnt on two CPU cores, which the discriminators of one large generator would not let them.

What is drawn has no colour: a cloth is laid on it afterwards, at any size (:mod:`fashion_core.compose`).
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fashion_core.networks.studio import WishEmbedding

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
#: Size of what tells a flow the time.
_TIMES = 16


class _Block(nn.Module):
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
        layers: list[nn.Module] = [_Block(channels[0], channels[0])]
        for a, b in pairwise(channels):
            layers += [nn.Conv2d(a, b, 2, stride=2), _Block(b, b)]
        self.body = nn.Sequential(*layers)
        self.last = nn.Linear(channels[-1] * SIZE[0] * SIZE[1] // 32**2, 2 * code)

    def forward(self, maps: Tensor) -> tuple[Tensor, Tensor]:
        shown = torch.cat([maps[:, :1], maps[:, 1:] * _SHADE_SEEN], 1)
        mean, log_variance = self.last(F.silu(self.body(self.first(shown))).flatten(1)).chunk(2, 1)
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
        self.blocks = nn.ModuleList(_Block(a, b) for a, b in pairwise((channels[0], *channels)))
        self.fine = nn.Conv2d(channels[-1], 8, 3, padding=1)
        self.last = nn.Conv2d(8, 2, 3, padding=1)

    def forward(self, codes: Tensor) -> Tensor:
        x = self.first(codes).view(-1, *self.start).contiguous(memory_format=torch.channels_last)
        x = self.blocks[0](x)
        for block in self.blocks[1:]:
            x = block(_doubled(x))
        maps: Tensor = torch.tanh(self.last(F.silu(_doubled(self.fine(F.silu(x))))))
        return maps


def _doubled(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


class _Hidden(nn.Module):
    """Residual block of a flow, ``[N, width]`` under a condition ``[N, D]``."""

    def __init__(self, width: int, condition: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.join = nn.Linear(condition, width)
        self.first = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)
        self.second = nn.Linear(width, width)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        inside = F.silu(self.first(F.silu(self.norm(x + self.join(condition)))))
        added: Tensor = x + self.second(self.dropout(inside))
        return added


class FormFlow(nn.Module):
    """The velocity that carries latents to codes: codes on their way, time and conditions to ``[N, code]``.

    Args:
        code: size of a code, and of a latent.
        condition: size of a condition.
        width: of the hidden layers.
        depth: how many residual blocks.
        dropout: while it learns.
    """

    def __init__(
        self, code: int, condition: int, width: int = 512, depth: int = 4, dropout: float = 0.1
    ) -> None:
        super().__init__()
        self.first = nn.Linear(code + _TIMES, width)
        self.blocks = nn.ModuleList(
            _Hidden(width, condition + _TIMES, dropout) for _ in range(depth)
        )
        self.last = nn.Linear(width, code)
        nn.init.zeros_(self.last.weight)

    def forward(self, codes: Tensor, time: Tensor, condition: Tensor) -> Tensor:
        """``time`` ``[N]`` is 0 at the latent and 1 at the code."""
        turns = time[:, None] * torch.arange(1, _TIMES // 2 + 1, device=time.device) * (math.pi / 2)
        clock = torch.cat([turns.sin(), turns.cos()], 1)
        x = self.first(torch.cat([codes, clock], 1))
        wanted = torch.cat([condition, clock], 1)
        for block in self.blocks:
            x = block(x, wanted)
        velocity: Tensor = self.last(F.silu(x))
        return velocity


class FormGenerator(nn.Module):
    """Latents ``[N, latent_dim]`` and wishes ``[N, K]`` to maps ``[N, 2, 192, 128]`` in -1..1.

    The first map is the signed distance to the silhouette, positive inside, in shares of
    :data:`MOST_DISTANCE`; the second is L* less the garment's median, in shares of :data:`MOST_SHADE`.

    Args:
        wishes: number of classes of each wish, in the order of the columns.
        latent_dim: size of a latent, which is that of a code.
        wish_dim: size of the vector of one wish.
        width: of the flow.
        channels: of the decoder.
        steps: of the way from latent to code.
        directions: how many ways there are along which a code can be edited.
        guidance: how far beyond what any dress would be wishes lead (Ho, Salimans, "Classifier-free
            diffusion guidance", 2022); 1 as learnt.
    """

    def __init__(
        self,
        wishes: Sequence[int],
        latent_dim: int = 96,
        wish_dim: int = 16,
        width: int = 512,
        channels: Sequence[int] = CHANNELS,
        steps: int = 8,
        guidance: float = 1.0,
        directions: int = 0,
    ) -> None:
        super().__init__()
        self.latent_dim, self.wishes, self.steps, self.guidance = (
            latent_dim,
            len(wishes),
            steps,
            guidance,
        )
        self.image_size = SIZE
        # The last column tells the flow that the shade is known; in training of some only the silhouette is.
        self.embedding = WishEmbedding([*wishes, 1], wish_dim)
        self.flow = FormFlow(latent_dim, self.embedding.out_features, width)
        self.decoder = FormDecoder(latent_dim, channels)
        self.register_buffer("mean", torch.zeros(latent_dim))
        self.register_buffer("scale", torch.ones(latent_dim))
        self.register_buffer("directions", torch.zeros(directions, latent_dim))

    mean: Tensor
    scale: Tensor
    directions: Tensor

    def condition(self, wishes: Tensor) -> Tensor:
        """What :meth:`code` takes of wishes ``[N, K]`` (class index, -1 for any); may be interpolated."""
        vectors: Tensor = self.embedding(F.pad(wishes, (0, 1)))
        return vectors

    def code(self, latent: Tensor, condition: Tensor) -> Tensor:
        """Codes ``[N, latent_dim]`` of latents under conditions that :meth:`condition` made.

        Midpoint steps along the flow, on which each number of a code is scaled to unit variance.
        """
        return self._carried(latent, condition, 1 / self.steps) * self.scale + self.mean

    def latent(self, code: Tensor, condition: Tensor, rounds: int = 4) -> Tensor:
        """Latents that :meth:`code` carries to these codes: the flow backwards, corrected ``rounds`` times.

        Steps there and back are not quite each other's inverse; what is missed is aimed for beyond.
        """
        goal = aim = (code - self.mean) / self.scale
        latent = self._carried(aim, condition, -1 / self.steps)
        for _ in range(rounds):
            aim = aim + goal - self._carried(latent, condition, 1 / self.steps)
            latent = self._carried(aim, condition, -1 / self.steps)
        return latent

    def _carried(self, place: Tensor, condition: Tensor, step: float) -> Tensor:
        """All steps along the flow from latents, or back from codes where ``step`` is negative."""
        any_ = self.condition(torch.full((1, self.wishes), -1, device=place.device))
        time = 0.0 if step > 0 else 1.0
        for _ in range(self.steps):
            half = place + step / 2 * self._velocity(place, time, condition, any_)
            place = place + step * self._velocity(half, time + step / 2, condition, any_)
            time += step
        return place

    def _velocity(self, code: Tensor, time: float, condition: Tensor, any_: Tensor) -> Tensor:
        if self.guidance == 1:
            times = torch.full((len(code),), time, device=code.device)
            velocity: Tensor = self.flow(code, times, condition)
            return velocity
        # With and without the wishes, in one pass.
        times = torch.full((2 * len(code),), time, device=code.device)
        both = torch.cat([condition, any_.expand_as(condition)])
        wished, free = self.flow(code.repeat(2, 1), times, both).chunk(2)
        guided: Tensor = free + self.guidance * (wished - free)
        return guided

    def decode(self, code: Tensor) -> Tensor:
        """Maps of codes."""
        maps: Tensor = self.decoder(code)
        return maps

    def draw(self, latent: Tensor, condition: Tensor) -> Tensor:
        """Maps of latents under conditions that :meth:`condition` made."""
        return self.decode(self.code(latent, condition))

    def forward(self, latent: Tensor, wishes: Tensor | None = None) -> Tensor:
        """Maps; without wishes, of any."""
        if wishes is None:
            wishes = torch.full((len(latent), self.wishes), -1, device=latent.device)
        return self.draw(latent, self.condition(wishes))


def coverage(distance: Tensor) -> Tensor:
    """How much of a pixel the garment covers, 0..1, from the distance map in shares of its largest value."""
    return (distance * MOST_DISTANCE + 0.5).clamp(0, 1)


def rendered(maps: Tensor) -> Tensor:
    """Forms in plain grey cloth on white: maps ``[N, 2, H, W]`` to images ``[N, 3, H, W]`` in -1..1."""
    alpha = coverage(maps[:, :1])
    grey = ((GREY + maps[:, 1:] * MOST_SHADE) / 50 - 1).clamp(-1, 1)
    return (grey * alpha + (1 - alpha)).expand(-1, 3, -1, -1)
