"""Discriminators of the studio generator: on frozen ImageNet features at four scales, and on the pixels.

Sauer et al., "Projected GANs converge faster", NeurIPS 2021: discriminators look at the maps of a frozen
network, mixed across scales by random projections, one small head a level. Frozen features care little for
hue, so a small discriminator on the pixels stands beside them. It also sees how much the pictures of a batch
differ (the deviation over the batch; Karras et al., "Progressive growing of GANs", ICLR 2018), and so
recognises a generator that draws the same design again and again.

What a picture should show (its conditions) enters each discriminator as the product of an embedding of the
condition with the pooled map, added to the score (Miyato, Koyama, "cGANs with projection discriminator", ICLR
2018). A classifier on the same features tells what a picture does show (Odena et al., "Conditional image
synthesis with auxiliary classifier GANs", ICML 2017).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from fashion_core.networks.folding import folded
from fashion_core.networks.transfer import MEAN, STD, EfficientNetLite
from fashion_core.preprocess import normalise
from fashion_core.taxonomy import WISHES

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Condition -> how many classes it has.
CLASSES = {key: len(wish.classes) for key, wish in WISHES.items()}


def _conv(in_channels: int, out_channels: int, kernel: int, stride: int = 1) -> nn.Module:
    padding = (kernel - 1) // 2
    return spectral_norm(nn.Conv2d(in_channels, out_channels, kernel, stride, padding))


class ProjectionDiscriminator(nn.Module):
    """One discriminator: maps ``[N, C, h, w]`` and conditions ``[N, K]`` to scores ``[N, h', w']``.

    Args:
        in_channels: of the maps.
        widths: of its convolutions, each of which halves the maps while they are larger than three.
        size: height of the maps.
        deviation: whether the deviation over the batch joins the last map.
    """

    def __init__(
        self, in_channels: int, widths: Sequence[int], size: int, *, deviation: bool = False
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for width in widths:
            halves = size > 3
            layers += [_conv(in_channels, width, 4 if halves else 3, 2 if halves else 1)]
            layers += [nn.LeakyReLU(0.2, inplace=True)]
            in_channels, size = width, size // 2 if halves else size
        self.body, self.deviation = nn.Sequential(*layers), deviation
        self.score = _conv(in_channels + deviation, 1, 1)
        self.conditions = nn.ModuleList(
            spectral_norm(nn.Embedding(n, in_channels)) for n in CLASSES.values()
        )

    def forward(self, maps: Tensor, conditions: Tensor) -> tuple[Tensor, Tensor]:
        """Scores, and the pooled map ``[N, C]`` that they come from."""
        x = self.body(maps)
        pooled = x.mean((2, 3))
        if self.deviation:
            spread = x.std(0, unbiased=False).mean().expand(len(x), 1, *x.shape[2:])
            scores = self.score(torch.cat([x, spread], 1))
        else:
            scores = self.score(x)
        wanted = sum(
            table(column.clamp_min(0)) * (column >= 0)[:, None]
            for table, column in zip(self.conditions, conditions.T, strict=True)
        )
        known = (conditions >= 0).sum(1).clamp_min(1).sqrt()
        agreement = (pooled * wanted).sum(1) / known
        return scores[:, 0] + agreement[:, None, None], pooled


class ProjectedFeatures(nn.Module):
    """Frozen maps of four strides, mixed across channels and scales by fixed random convolutions."""

    def __init__(self, variant: str, channels: int) -> None:
        super().__init__()
        self.backbone = EfficientNetLite(variant, classes=0, stages=6)
        self.levels = self.backbone.level_blocks[-4:]
        widths = [self.backbone.block_channels[i] for i in self.levels]
        self.across = nn.ModuleList(nn.Conv2d(w, channels, 1) for w in widths)
        self.scales = nn.ModuleList(nn.Conv2d(channels, channels, 3, padding=1) for _ in widths)
        for layer in [*self.across, *self.scales]:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="linear")
            nn.init.zeros_(layer.bias)
        self.requires_grad_(requires_grad=False)

    def fold(self) -> None:
        """Fold the norms into the convolutions, when the backbone's weights are in their place."""
        self.backbone = folded(self.backbone).requires_grad_(requires_grad=False)

    def forward(self, images: Tensor) -> list[Tensor]:
        """Images ``[N, 3, H, W]`` in -1..1 to maps, fine to coarse."""
        maps = self.backbone.maps(normalise((images + 1) / 2, MEAN, STD), self.levels)
        mixed, coarser = [], None
        for across, scale, x in zip(
            reversed(self.across), reversed(self.scales), reversed(maps), strict=True
        ):
            joined = across(x)
            if coarser is not None:
                joined = joined + F.interpolate(
                    coarser, size=x.shape[2:], mode="bilinear", align_corners=False
                )
            coarser = scale(joined)
            mixed.append(coarser)
        return mixed[::-1]


class Discriminators(nn.Module):
    """All discriminators, and the classifier that tells conditions from what they pooled.

    Args:
        backbone: variant of the frozen network.
        projected: channels of its mixed maps.
        size: height and width of the pictures.
    """

    def __init__(self, backbone: str, projected: int, size: tuple[int, int]) -> None:
        super().__init__()
        self.projection = ProjectedFeatures(backbone, projected)
        heights = [size[0] // stride for stride in (4, 8, 16, 32)]
        wide = 96
        self.features = nn.ModuleList(
            ProjectionDiscriminator(projected, [wide] * (3 if h > 12 else 2), h) for h in heights
        )
        self.pixels = ProjectionDiscriminator(3, (32, 64, 128, 128), size[0], deviation=True)
        self.classifier = nn.ModuleList(
            nn.Linear(len(heights) * wide + 128, n) for n in CLASSES.values()
        )

    def forward(self, images: Tensor, conditions: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Scores of every discriminator, and logits ``[N, classes]`` of every condition."""
        maps = self.projection(images)
        outputs = [part(x, conditions) for part, x in zip(self.features, maps, strict=True)]
        outputs.append(self.pixels(images, conditions))
        pooled = torch.cat([p for _, p in outputs], dim=1)
        return [scores for scores, _ in outputs], [head(pooled) for head in self.classifier]
