"""DCGAN at 64x64 as in the report of the 2020 study, and the variant in its README.

Radford, Metz, Chintala: "Unsupervised representation learning with deep convolutional generative adversarial
networks", ICLR 2016. The discriminators return logits: the printed sigmoid is folded into
``binary_cross_entropy_with_logits``, which is the same function computed safely.
"""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn


def init_dcgan(module: nn.Module) -> None:
    """The paper's initialisation: convolutions N(0, .02), batch-norm scales N(1, .02)."""
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)


class DCGANGenerator(nn.Module):
    """Latents ``[N, latent_dim]`` to images ``[N, 3, 64, 64]`` in -1..1.

    Args:
        latent_dim: size of the latent, standard normal.
        width: channels of the last hidden layer; the printed network has 64 (512-256-128-64).
    """

    def __init__(self, latent_dim: int = 100, width: int = 64) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        self.image_size = (64, 64)
        channels = [latent_dim, width * 8, width * 4, width * 2, width]
        layers: list[nn.Module] = []
        for i, (a, b) in enumerate(pairwise(channels)):
            stride, padding = (1, 0) if i == 0 else (2, 1)
            layers += [
                nn.ConvTranspose2d(a, b, 4, stride, padding, bias=False),
                nn.BatchNorm2d(b),
                nn.ReLU(inplace=True),
            ]
        layers += [nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False), nn.Tanh()]
        self.layers = nn.Sequential(*layers)
        self.apply(init_dcgan)

    def forward(self, latent: Tensor) -> Tensor:
        images: Tensor = self.layers(latent[:, :, None, None])
        return images


class DCGANDiscriminator(nn.Module):
    """Images ``[N, 3, 64, 64]`` in -1..1 to logits ``[N]``.

    Args:
        width: channels of the first layer.
        normalised: which of the three middle convolutions carry batch normalisation. In the study's report
            all three do; the variant in its README leaves the last out, because "applying it to all layers
            causes oscillation".
    """

    def __init__(
        self, width: int = 64, normalised: tuple[bool, bool, bool] = (True, True, True)
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [
            nn.Conv2d(3, width, 4, 2, 1, bias=False),
            nn.LeakyReLU(0.2, inplace=True),
        ]
        for i, norm in enumerate(normalised):
            layers.append(nn.Conv2d(width * 2**i, width * 2 ** (i + 1), 4, 2, 1, bias=False))
            if norm:
                layers.append(nn.BatchNorm2d(width * 2 ** (i + 1)))
            layers.append(nn.LeakyReLU(0.2, inplace=True))
        layers.append(nn.Conv2d(width * 8, 1, 4, 1, 0, bias=False))
        self.layers = nn.Sequential(*layers)
        self.apply(init_dcgan)

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.layers(images)
        return logits.flatten()
