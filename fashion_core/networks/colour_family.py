"""The colour family of a garment: an ensemble of small set networks on its pixels.

Zaheer et al.: "Deep sets", NIPS 2017. Every pixel goes through two layers; their mean and spread over the
garment go through two more, together with the light: what the background tells of it, as white paper under a
yellow lamp looks yellow.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

#: How many numbers describe the light; zeros stand for a white background and for an unknown one.
LIGHT = 4


class EnsembleLinear(nn.Module):
    """One linear layer for each member: ``[M, N, in_features]`` to ``[M, N, out_features]``.

    All members in one product: on so few pixels a call of its own for each would cost more than its arithmetic.
    """

    def __init__(self, members: int, in_features: int, out_features: int) -> None:
        super().__init__()
        layers = [nn.Linear(in_features, out_features) for _ in range(members)]
        self.weight = nn.Parameter(torch.stack([layer.weight.detach().T for layer in layers]))
        self.bias = nn.Parameter(torch.stack([layer.bias.detach()[None] for layer in layers]))

    def forward(self, x: Tensor) -> Tensor:
        return torch.baddbmm(self.bias, x, self.weight)


class ColourFamily(nn.Module):
    """Pixels ``[N, P, 3]`` of N garments (CIELAB, D65) to probabilities ``[N, classes]``, 0..1.

    They are the mean of the members' probabilities. The light of each garment ``[N, 4]``, as
    :func:`fashion_core.colour.family.light_of` describes it, may be left out.

    Args:
        width: of the hidden layers.
        members: how many networks; they are fitted apart, each from a seed of its own.
        classes: how many families there are.
    """

    def __init__(self, width: int = 32, members: int = 3, classes: int = 13) -> None:
        super().__init__()
        self.pixel = nn.Sequential(
            EnsembleLinear(members, 6, width),
            nn.Tanh(),
            EnsembleLinear(members, width, width),
            nn.Tanh(),
        )
        self.garment = nn.Sequential(
            EnsembleLinear(members, 2 * width + LIGHT, width),
            nn.Tanh(),
            nn.Dropout(0.1),
            EnsembleLinear(members, width, classes),
        )
        self.members = members

    def forward(self, lab: Tensor, light: Tensor | None = None) -> Tensor:
        return self.logits(lab, light).softmax(2).mean(0)

    def logits(self, lab: Tensor, light: Tensor | None = None) -> Tensor:
        """The logits of each member, ``[members, N, classes]``."""
        count, pixels = lab.shape[:2]
        features = colour_features(lab).view(1, count * pixels, 6).expand(self.members, -1, -1)
        x = self.pixel(features).view(self.members, count, pixels, -1)
        mean = x.mean(2)
        spread = x.std(2) if pixels > 1 else torch.zeros_like(mean)
        light = lab.new_zeros(count, LIGHT) if light is None else light
        pooled = torch.cat([mean, spread, light.expand(self.members, -1, -1)], dim=2)
        logits: Tensor = self.garment(pooled)
        return logits


def colour_features(lab: Tensor) -> Tensor:
    """CIELAB colours ``[..., 3]`` scaled to about -1..1, with their chroma and hue: ``[..., 6]``."""
    scaled = lab / lab.new_tensor([50.0, 40.0, 40.0]) - lab.new_tensor([1.0, 0.0, 0.0])
    chroma = torch.linalg.vector_norm(scaled[..., 1:], dim=-1, keepdim=True)
    return torch.cat([scaled, chroma, scaled[..., 1:] / (chroma + 0.05)], dim=-1)
