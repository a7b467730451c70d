"""The report's first generator: dense layers only, a whole picture at once.

Goodfellow et al.: "Generative adversarial nets", NeurIPS 2014, section 5. Every pixel has weights
of its own: at 256x256 there are 196,608 outputs, so the last hidden layer is narrow and holds
nearly all weights. The discriminator returns logits; its printed sigmoid is folded into the loss.
"""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Sequence


class DenseGenerator(nn.Module):
    """Latents ``[N, latent_dim]`` to images ``[N, 3, H, W]`` in -1..1.

    Args:
        latent_dim: size of the latent, standard normal.
        image_size: height and width.
        hidden: widths of the hidden layers. Batch normalisation follows each, so that a narrow last
            one cannot die as a whole.
    """

    def __init__(
        self,
        latent_dim: int = 100,
        image_size: Sequence[int] = (256, 256),
        hidden: Sequence[int] = (256, 512, 256, 16),
    ) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        self.image_size = (image_size[0], image_size[1])
        layers: list[nn.Module] = []
        for a, b in pairwise((latent_dim, *hidden)):
            layers += [nn.Linear(a, b), nn.BatchNorm1d(b), nn.LeakyReLU(0.2, inplace=True)]
        outputs = nn.Linear(hidden[-1], 3 * prod(self.image_size))
        # A small start, or tanh saturates before anything is learnt.
        nn.init.normal_(outputs.weight, 0.0, 0.02)
        nn.init.zeros_(outputs.bias)
        self.layers = nn.Sequential(*layers, outputs, nn.Tanh())

    def forward(self, latent: Tensor) -> Tensor:
        images: Tensor = self.layers(latent)
        return images.view(-1, 3, *self.image_size)


class DenseDiscriminator(nn.Module):
    """Images ``[N, 3, H, W]`` in -1..1 to logits ``[N]``.

    Args:
        image_size: height and width.
        hidden: widths of the hidden layers.
        dropout: after each hidden layer.
    """

    def __init__(
        self,
        image_size: Sequence[int] = (256, 256),
        hidden: Sequence[int] = (128, 256, 128),
        dropout: float = 0.3,
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Flatten()]
        for a, b in pairwise((3 * prod(image_size), *hidden)):
            layers += [nn.Linear(a, b), nn.LeakyReLU(0.2, inplace=True), nn.Dropout(dropout)]
        self.layers = nn.Sequential(*layers, nn.Linear(hidden[-1], 1))

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.layers(images)
        return logits.flatten()
