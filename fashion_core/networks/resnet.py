"""The report's ResNet: three stages of three residual blocks, 16-32-64 filters.

He, Zhang, Ren, Sun: "Deep residual learning for image recognition", CVPR 2016, in its CIFAR form
(section 4.2), but with a 1x1 convolution as shortcut where the shape changes, and without max
pooling or dropout. The report averages 4x4 windows of a small last map; here the average is global,
so that any size fits.

Input ``[N, 3, H, W]``, float, 0..1 normalised with mean .5 and deviation .5.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTHS = (16, 32, 64)
BLOCKS = 3


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut; ``stride`` halves the map when it is 2."""

    NORMED = (("conv1", "norm1"), ("conv2", "norm2"))

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, 1)
        self.norm1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, 1, 1)
        self.norm2 = nn.BatchNorm2d(out_channels)
        same = stride == 1 and in_channels == out_channels
        self.shortcut = nn.Identity() if same else nn.Conv2d(in_channels, out_channels, 1, stride)

    def forward(self, inputs: Tensor) -> Tensor:
        x = F.relu(self.norm1(self.conv1(inputs)))
        return F.relu(self.norm2(self.conv2(x)) + self.shortcut(inputs))


class ResNet(nn.Module):
    """Images to logits ``[N, classes]``."""

    WEIGHT_PENALTY = 1e-4

    def __init__(self, classes: int = 6) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, WIDTHS[0], 3, 1, 1), nn.BatchNorm2d(WIDTHS[0]), nn.ReLU(inplace=True)
        )
        blocks: list[nn.Module] = []
        channels = WIDTHS[0]
        for stage, width in enumerate(WIDTHS):
            for i in range(BLOCKS):
                blocks.append(ResidualBlock(channels, width, 2 if stage and not i else 1))
                channels = width
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Linear(channels, classes)
        self.apply(_init_he)

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.head(self.blocks(self.stem(images)).mean((2, 3)))
        return logits

    def penalty(self) -> Tensor:
        """L2 of all convolutions, a scalar: 1e-4 times the sum of squares."""
        convolutions = [module for module in self.modules() if isinstance(module, nn.Conv2d)]
        squares = [convolution.weight.square().sum() for convolution in convolutions]
        return self.WEIGHT_PENALTY * torch.stack(squares).sum()


def _init_he(module: nn.Module) -> None:
    if isinstance(module, (nn.Conv2d, nn.Linear)):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        if module.bias is not None:
            nn.init.zeros_(module.bias)
