"""The Analyser's colour families as a loss: a generated dress shall have the colour that was asked for.

The Analyser's own network (:mod:`fashion_core.colour.family`) reads the family from a garment's pixels. Here it
does so where gradients flow, from the family back to the pixels.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import nll_loss

from fashion_core.colour.family import load_family_network
from fashion_core.cutout import border_mask
from fashion_core.preprocess import to_pixels

if TYPE_CHECKING:
    from fashion_core.networks.colour_family import ColourFamily

#: Linear sRGB to XYZ under D65, each row divided by the white point's.
_XYZ = torch.tensor(
    [
        [0.412453 / 0.95047, 0.357580 / 0.95047, 0.180423 / 0.95047],
        [0.212671, 0.715160, 0.072169],
        [0.019334 / 1.08883, 0.119193 / 1.08883, 0.950227 / 1.08883],
    ]
)
#: Pictures with fewer pixels of a garment than this have no part in the loss: there is no colour to read.
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


class ColourRule:
    """Probabilities ``[N, 13]`` of the families of pictures ``[N, 3, H, W]`` in -1..1 on a white background.

    It is no module: its weights are fixed and belong in no training's state.

    Args:
        network: another network than the shipped one.
        seen: pixels of a garment that are looked at.
    """

    def __init__(self, network: ColourFamily | None = None, seen: int = 256) -> None:
        # A copy of its own, as it moves to where the pictures are; only those get gradients.
        own = deepcopy(network) if network else load_family_network()
        self.network, self.seen = own.eval().requires_grad_(requires_grad=False), seen

    def __call__(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """The probabilities, and whether there is a garment to see ``[N]``."""
        pixels = to_pixels(images.detach()).cpu().numpy()
        # In threads: on a GPU machine a step waits for this.
        with ThreadPoolExecutor() as pool:
            places = list(pool.map(self._garment, pixels))
        there = torch.tensor([len(p) > 0 for p in places], device=images.device)
        chosen = torch.from_numpy(
            np.stack([p if len(p) else np.zeros(self.seen, np.int64) for p in places])
        ).to(images.device)
        flat = ((images.float() + 1) / 2).permute(0, 2, 3, 1).flatten(1, 2)
        bags = lab_of(torch.gather(flat, 1, chosen[..., None].expand(-1, -1, 3)))
        return self.network.to(bags.device)(bags), there

    def _garment(self, picture: np.ndarray) -> np.ndarray:
        """Indices ``[seen]`` of pixels inside the garment, none where there is next to none."""
        inside = cv2.erode(border_mask(picture)[0].astype(np.uint8), np.ones((3, 3), np.uint8))
        places = np.flatnonzero(inside)
        if len(places) < FEWEST_PIXELS:
            return places[:0]
        spread: np.ndarray = places[np.linspace(0, len(places) - 1, self.seen).astype(int)]
        return spread


def colour_loss(rule: ColourRule, images: Tensor, families: Tensor) -> Tensor:
    """Mean negative log-likelihood of ``families [N]`` (-1: any) of pictures ``[N, 3, H, W]``."""
    asked = families >= 0
    if not asked.any():
        return images.sum() * 0
    odds, there = rule(images[asked])
    target = families[asked].masked_fill(~there, -1)
    total = nll_loss(odds.clamp_min(1e-4).log(), target, ignore_index=-1, reduction="sum")
    return total / there.sum().clamp_min(1)
