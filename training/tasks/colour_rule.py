"""The Analyser's colour families as a loss: what makes a generated dress carry the name that was asked for.

The families are a rule of :mod:`fashion_core.colour.family`, a few small networks on a garment's pixels. Here
the same weights are applied where gradients flow, from the family back to the pixels.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import nll_loss

from fashion_core.colour.family import family_net
from fashion_core.cutout import border_mask
from fashion_core.preprocess import to_pixels

if TYPE_CHECKING:
    from fashion_core.colour.family import FamilyNet

#: Linear sRGB to XYZ under D65, each row divided by the white point's.
_XYZ = torch.tensor(
    [
        [0.412453 / 0.95047, 0.357580 / 0.95047, 0.180423 / 0.95047],
        [0.212671, 0.715160, 0.072169],
        [0.019334 / 1.08883, 0.119193 / 1.08883, 0.950227 / 1.08883],
    ]
)
#: Fewer pixels of a garment than this and its colour is nobody's fault.
FEWEST_PIXELS = 50


def lab_of(rgb: Tensor) -> Tensor:
    """CIELAB (D65) of sRGB ``[..., 3]`` in 0..1, differentiable.

    >>> lab_of(torch.tensor([[1.0, 0.0, 0.0]])).round().tolist()
    [[53.0, 80.0, 67.0]]
    """
    linear = torch.where(rgb > 0.04045, ((rgb + 0.055) / 1.055).clamp_min(1e-4) ** 2.4, rgb / 12.92)
    xyz = linear @ _XYZ.to(rgb).T
    f = torch.where(xyz > 0.008856, xyz.clamp_min(1e-4) ** (1 / 3), 7.787 * xyz + 16 / 116)
    x, y, z = f.unbind(-1)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], dim=-1)


class ColourRule(nn.Module):
    """Probabilities ``[N, 13]`` of the families of pictures ``[N, 3, H, W]`` in -1..1 on white ground.

    Args:
        net: another rule than the shipped one.
        seen: pixels of a garment that are looked at.
    """

    def __init__(self, net: FamilyNet | None = None, seen: int = 256) -> None:
        super().__init__()
        self.seen = seen
        members = (net or family_net()).members
        self.members = [[tuple(torch.from_numpy(v).float() for v in x) for x in m] for m in members]

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """The probabilities, and whether there is a garment to see ``[N]``."""
        pixels = to_pixels(images.detach()).cpu().numpy()
        # On a GPU machine this is what a step waits for.
        with ThreadPoolExecutor() as pool:
            places = list(pool.map(self._garment, pixels))
        there = torch.tensor([len(p) > 0 for p in places], device=images.device)
        chosen = torch.from_numpy(
            np.stack([p if len(p) else np.zeros(self.seen, np.int64) for p in places])
        ).to(images.device)
        flat = ((images.float() + 1) / 2).permute(0, 2, 3, 1).flatten(1, 2)
        bags = lab_of(torch.gather(flat, 1, chosen[..., None].expand(-1, -1, 3)))
        return self._families(bags), there

    def _garment(self, picture: np.ndarray) -> np.ndarray:
        """Indices ``[seen]`` of pixels inside the garment, none where there is next to none."""
        inside = cv2.erode(border_mask(picture)[0].astype(np.uint8), np.ones((3, 3), np.uint8))
        found = np.flatnonzero(inside)
        if len(found) < FEWEST_PIXELS:
            return found[:0]
        return found[np.linspace(0, len(found) - 1, self.seen).astype(int)]

    def _families(self, lab: Tensor) -> Tensor:
        """As :class:`fashion_core.colour.family.FamilyNet` on white ground, for bags ``[N, P, 3]``."""
        scaled = lab / lab.new_tensor([50.0, 40.0, 40.0]) - lab.new_tensor([1.0, 0.0, 0.0])
        chroma = (scaled[..., 1:].square().sum(-1, keepdim=True) + 1e-8).sqrt()
        features = torch.cat([scaled, chroma, scaled[..., 1:] / (chroma + 0.05)], dim=-1)
        odds = []
        for layers in self.members:
            (w0, b0), (w1, b1), (w2, b2), (w3, b3) = [(w.to(lab), b.to(lab)) for w, b in layers]
            x = torch.tanh(torch.tanh(features @ w0 + b0) @ w1 + b1)
            ground = x.new_zeros(len(x), 4)
            x = torch.cat([x.mean(1), x.std(1), ground], dim=1)
            odds.append((torch.tanh(x @ w2 + b2) @ w3 + b3).softmax(1))
        return torch.stack(odds).mean(0)


def colour_loss(rule: ColourRule, images: Tensor, families: Tensor) -> Tensor:
    """Mean negative log-likelihood of ``families [N]`` (-1: any) of pictures ``[N, 3, H, W]``."""
    asked = families >= 0
    if not asked.any():
        return images.sum() * 0
    odds, there = rule(images[asked])
    target = families[asked].masked_fill(~there, -1)
    total = nll_loss(odds.clamp_min(1e-4).log(), target, ignore_index=-1, reduction="sum")
    return total / there.sum().clamp_min(1)
