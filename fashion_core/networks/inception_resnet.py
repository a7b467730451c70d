"""A short Inception-ResNet: the stem of v2, one block A, both reductions, global average.

Szegedy, Ioffe, Vanhoucke, Alemi: "Inception-v4, Inception-ResNet and the impact of residual
connections on learning", AAAI 2017; widths as *Fashion Apparel Generation* (2020) gives them. The
paper's unpadded convolutions in stem and reductions are padded here, so that a small image works
too.

Input ``[N, 3, H, W]``, float, 0..1 normalised with mean .5 and deviation .5.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

#: Channels after stem and block A.
WIDTH = 384
RESIDUAL_SCALE = 0.15


class ConvNorm(nn.Sequential):
    """Convolution, batch normalisation, ReLU; padded so that only ``stride`` shrinks the map."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel: int | tuple[int, int], stride: int = 1
    ) -> None:
        height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
        convolution = nn.Conv2d(
            in_channels,
            out_channels,
            (height, width),
            stride,
            (height // 2, width // 2),
            bias=False,
        )
        super().__init__(convolution, nn.BatchNorm2d(out_channels), nn.ReLU(inplace=True))


class Stem(nn.Module):
    """Images to 384 channels, an eighth as wide."""

    def __init__(self) -> None:
        super().__init__()
        self.entry = nn.Sequential(ConvNorm(3, 32, 3, 2), ConvNorm(32, 32, 3), ConvNorm(32, 64, 3))
        self.pool = nn.MaxPool2d(3, 2, 1)
        self.stride = ConvNorm(64, 96, 3, 2)
        self.short = nn.Sequential(ConvNorm(160, 64, 1), ConvNorm(64, 96, 3))
        self.long = nn.Sequential(
            ConvNorm(160, 64, 1),
            ConvNorm(64, 64, (7, 1)),
            ConvNorm(64, 64, (1, 7)),
            ConvNorm(64, 96, 3),
        )
        self.last = ConvNorm(192, 192, 3, 2)

    def forward(self, images: Tensor) -> Tensor:
        x = self.entry(images)
        x = torch.cat([self.pool(x), self.stride(x)], dim=1)
        x = torch.cat([self.short(x), self.long(x)], dim=1)
        return torch.cat([self.last(x), self.pool(x)], dim=1)


class InceptionResNetA(nn.Module):
    """Three branches, joined by a 1x1 convolution and added, scaled, to the input."""

    def __init__(self) -> None:
        super().__init__()
        self.point = ConvNorm(WIDTH, 32, 1)
        self.one = nn.Sequential(ConvNorm(WIDTH, 32, 1), ConvNorm(32, 32, 3))
        self.two = nn.Sequential(ConvNorm(WIDTH, 32, 1), ConvNorm(32, 48, 3), ConvNorm(48, 64, 3))
        self.join = nn.Conv2d(128, WIDTH, 1)

    def forward(self, inputs: Tensor) -> Tensor:
        branches = torch.cat([self.point(inputs), self.one(inputs), self.two(inputs)], dim=1)
        return F.relu(inputs + RESIDUAL_SCALE * self.join(branches))


class Reduction(nn.Module):
    """Halve the map: a max pooling beside convolution branches, concatenated."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.pool = nn.MaxPool2d(3, 2, 1)
        self.branches = nn.ModuleList(branches)

    def forward(self, inputs: Tensor) -> Tensor:
        return torch.cat([self.pool(inputs), *(branch(inputs) for branch in self.branches)], dim=1)


def reduction_a() -> Reduction:
    """384 channels to 1152."""
    return Reduction(
        ConvNorm(WIDTH, 384, 3, 2),
        nn.Sequential(ConvNorm(WIDTH, 256, 1), ConvNorm(256, 256, 3), ConvNorm(256, 384, 3, 2)),
    )


def reduction_b(channels: int) -> Reduction:
    """``channels`` to ``channels + 896``."""
    return Reduction(
        nn.Sequential(ConvNorm(channels, 256, 1), ConvNorm(256, 384, 3, 2)),
        nn.Sequential(ConvNorm(channels, 256, 1), ConvNorm(256, 256, 3, 2)),
        nn.Sequential(ConvNorm(channels, 256, 1), ConvNorm(256, 256, 3), ConvNorm(256, 256, 3, 2)),
    )


class InceptionResNet(nn.Module):
    """Images to logits ``[N, classes]``."""

    def __init__(self, classes: int = 6) -> None:
        super().__init__()
        reduced = WIDTH + 384 + 384
        self.features = nn.Sequential(
            Stem(), InceptionResNetA(), reduction_a(), reduction_b(reduced)
        )
        self.head = nn.Linear(reduced + 384 + 256 + 256, classes)

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.head(self.features(images).mean((2, 3)))
        return logits
