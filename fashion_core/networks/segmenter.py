"""The garment cut-out network: a small U-Net on an EfficientNet-Lite encoder.

Ronneberger, Fischer, Brox: "U-Net: convolutional networks for biomedical image segmentation", MICCAI
2015, with depthwise separable convolutions on the way up, as in MobileNets, and a pooled view of the
whole picture added at the bottom (PSPNet, CVPR 2017), because which cloth is the garment and which the
bed is not to be seen from near.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fashion_core.networks.transfer import EfficientNetLite

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Separable(nn.Sequential):
    """Depthwise 5x5, pointwise, each normalised; a wide view for few multiplications."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(
            nn.Conv2d(in_channels, in_channels, 5, padding=2, groups=in_channels, bias=False),
            nn.BatchNorm2d(in_channels),
            nn.Conv2d(in_channels, out_channels, 1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU6(inplace=True),
        )


class _Up(nn.Module):
    """Join a coarse map with the encoder's finer one and mix them."""

    def __init__(self, coarse: int, fine: int, out_channels: int) -> None:
        super().__init__()
        self.lateral = nn.Conv2d(fine, coarse, 1)
        self.mix = nn.Sequential(
            _Separable(coarse, out_channels), _Separable(out_channels, out_channels)
        )

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        up = F.interpolate(coarse, size=fine.shape[2:], mode="bilinear", align_corners=False)
        mixed: Tensor = self.mix(up + self.lateral(fine))
        return mixed


class GarmentSegmenter(nn.Module):
    """Which pixels are the garment.

    ``[N, 3, H, W]`` RGB, normalised by ``transfer.MEAN`` and ``STD``, to logits ``[N, 1, H, W]``; best
    at sides that 32 divides.

    Args:
        variant: the encoder, a key of ``transfer.VARIANTS``; its last two stages are left out.
        widths: channels of the decoder, coarse to fine.
    """

    NORMED = (("bottom", "bottom_norm"),)

    def __init__(
        self, variant: str = "efficientnet-lite0", widths: Sequence[int] = (128, 96, 64, 40, 24)
    ) -> None:
        super().__init__()
        self.encoder = EfficientNetLite(variant, classes=0, stages=6)
        # The last block of each resolution: a map half as large follows it.
        self.levels = self.encoder.level_blocks
        fine = [self.encoder.block_channels[i] for i in self.levels]
        self.bottom = nn.Conv2d(fine[-1], widths[0], 1, bias=False)
        self.bottom_norm = nn.BatchNorm2d(widths[0])
        self.context = nn.Linear(fine[-1], widths[0])
        pairs = zip(widths, widths[1:], reversed(fine[:-1]), strict=False)
        self.ups = nn.ModuleList(_Up(coarse, f, out) for coarse, out, f in pairs)
        self.head = nn.Conv2d(widths[-1], 1, 3, padding=1)

    def forward(self, images: Tensor) -> Tensor:
        """Logits ``[N, 1, H, W]``."""
        maps = self.encoder.maps(images, self.levels)
        last = maps.pop()
        context = self.context(last.mean((2, 3)))[:, :, None, None]
        x = F.relu6(self.bottom_norm(self.bottom(last)) + context)
        for up in self.ups:
            x = up(x, maps.pop())
        logits: Tensor = self.head(x)
        return F.interpolate(logits, size=images.shape[2:], mode="bilinear", align_corners=False)


def probabilities(logits: Tensor) -> Tensor:
    """Logits ``[N, 1, H, W]`` to ``[N, H, W]`` in 0..1."""
    return torch.sigmoid(logits[:, 0].float())
