"""The report's own convolutional networks: CNN-1, CNN-2 and the small sleeve network.

Source: *Fashion Apparel Generation* (2020), a Keras system. Its weight penalties sat in the layers and
were added to the loss; here ``penalty()`` returns that sum and the trainer adds it. Its softmax is
left to the loss, so all return logits.

Input ``[N, 3, input_size, input_size]``, float, 0..1 normalised with mean .5 and deviation .5. The
report flattens the last map instead of pooling it, hence the fixed size.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

DENSE = 64


def _conv(in_channels: int, out_channels: int, *, plain: bool = False) -> list[nn.Module]:
    """Convolution 3x3 and ReLU; between and after them batch norm and dropout unless ``plain``."""
    layers: list[nn.Module] = [nn.Conv2d(in_channels, out_channels, 3, padding=1)]
    if plain:
        return [*layers, nn.ReLU(inplace=True)]
    return [*layers, nn.BatchNorm2d(out_channels), nn.ReLU(inplace=True), nn.Dropout(0.25)]


def _init_keras(module: nn.Module) -> None:
    """Keras's default start, Glorot uniform: the printed learning rates count on it."""
    if isinstance(module, (nn.Conv2d, nn.Linear)):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def _deepest(layers: nn.Sequential) -> list[Tensor]:
    """Weights of the two last convolutions, those with 128 filters."""
    return [layer.weight for layer in layers if isinstance(layer, nn.Conv2d)][-2:]


class _Flat(nn.Module):
    """Blocks that each halve the image, then flatten, a dense layer of 64 and the classes."""

    def __init__(
        self, blocks: list[list[nn.Module]], channels: int, classes: int, size: int, dropout: float
    ) -> None:
        super().__init__()
        side = size // 2 ** len(blocks)
        if side < 1:
            raise ValueError(f"input_size must be {2 ** len(blocks)} at least, not {size}.")
        self.input_size = size
        self.features = nn.Sequential(
            *(layer for block in blocks for layer in [*block, nn.MaxPool2d(2)])
        )
        self.head = nn.Sequential(
            nn.Flatten(),
            nn.Linear(channels * side * side, DENSE),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(DENSE, classes),
        )
        self.apply(_init_keras)

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.head(self.features(images))
        return logits


class CNN1(_Flat):
    """Eight convolutions, 32-32-64-128 by pairs. Logits ``[N, classes]``.

    Args:
        classes: size of the output.
        input_size: side of the square input; rounded down to a multiple of 16 by the poolings.
        head_dropout: before the last layer.
    """

    WEIGHT_PENALTY = 1e-3

    def __init__(self, classes: int = 6, input_size: int = 256, head_dropout: float = 0.5) -> None:
        widths = (32, 32, 64, 128)
        blocks = [
            [*_conv(a, b), *_conv(b, b, plain=True)]
            for a, b in zip((3, *widths), widths, strict=False)
        ]
        super().__init__(blocks, widths[-1], classes, input_size, head_dropout)

    def penalty(self) -> Tensor:
        """L2 of both 128-filter convolutions, a scalar: 1e-3 times the sum of squares."""
        squares = [weight.square().sum() for weight in _deepest(self.features)]
        return self.WEIGHT_PENALTY * torch.stack(squares).sum()


class CNN2(_Flat):
    """Seven convolutions, 32-32, 32, 64-64, 128-128. Logits ``[N, classes]``.

    Args:
        classes: size of the output.
        input_size: side of the square input; rounded down to a multiple of 16 by the poolings.
        head_dropout: the tuned variant has none.
        weight_penalty: the report names L1 but no strength; 3e-5 weighs about as much at the start
            as CNN-1's L2 of 1e-3.
    """

    def __init__(
        self,
        classes: int = 6,
        input_size: int = 256,
        head_dropout: float = 0.0,
        weight_penalty: float = 3e-5,
    ) -> None:
        blocks = [
            [*_conv(3, 32), *_conv(32, 32, plain=True)],
            _conv(32, 32),
            [*_conv(32, 64), *_conv(64, 64, plain=True)],
            [*_conv(64, 128), *_conv(128, 128, plain=True)],
        ]
        super().__init__(blocks, 128, classes, input_size, head_dropout)
        self.weight_penalty = weight_penalty

    def penalty(self) -> Tensor:
        """L1 of both 128-filter convolutions, a scalar: strength times sum of magnitudes."""
        sizes = [weight.abs().sum() for weight in _deepest(self.features)]
        return self.weight_penalty * torch.stack(sizes).sum()


class SleeveCNN(_Flat):
    """Two convolutions of 32 filters, for sleeve length. Logits ``[N, classes]``.

    Args:
        classes: size of the output.
        input_size: side of the square input. One pooling leaves a large map: at 256 the dense layer
            alone has 33.6 million weights.
        head_dropout: before the last layer.
    """

    def __init__(self, classes: int = 4, input_size: int = 256, head_dropout: float = 0.5) -> None:
        blocks = [[*_conv(3, 32), *_conv(32, 32, plain=True)]]
        super().__init__(blocks, 32, classes, input_size, head_dropout)
