"""The learned enlarger of the studio generator: real dresses at 64 pixels, drawn at 256 again.

Absolute error alone blurs what it cannot know; frozen ImageNet maps of fine strides ask for edges and
textures too (Johnson, Alahi, Fei-Fei, "Perceptual losses for real-time style transfer and super-resolution",
ECCV 2016). What it will be shown are a generator's pictures, not shrunken photos: so its small pictures get
the faults of those at random.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from fashion_core.networks.folding import folded
from fashion_core.networks.transfer import MEAN, STD, EfficientNetLite, load_imagenet
from fashion_core.networks.upsampler import SCALE, Upsampler
from fashion_core.preprocess import normalise, to_signed
from training.engine.loop import StepModule, mix
from training.engine.schedule import cosine

if TYPE_CHECKING:
    from pathlib import Path

#: Ways to shrink; all but the first leave stairs along edges.
METHODS = (cv2.INTER_AREA, cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_NEAREST)


@dataclass(frozen=True)
class UpsamplerSettings:
    """Hyper-parameters."""

    width: int = 20
    depth: int = 2
    image_size: int = 256
    #: Side of the piece of a picture that is learnt from.
    piece: int = 128
    batch: int = 12
    epochs: float = 1.5
    learning_rate: float = 1e-3
    backbone: str = "efficientnet-lite0"
    perceptual: float = 0.03
    seed: int = 1


class UpsamplerModule(StepModule):
    """Trains an :class:`fashion_core.networks.upsampler.Upsampler`.

    Args:
        settings: hyper-parameters.
        pictures: uint8 ``[N, 256, 256, 3]``, dresses on white.
        imagenet: folder with the weights of the backbone; random ones without it (for tests).
    """

    def __init__(
        self, settings: UpsamplerSettings, pictures: np.ndarray, imagenet: Path | None = None
    ) -> None:
        super().__init__(len(pictures), settings.batch, settings.epochs, settings.seed)
        torch.manual_seed(mix(settings.seed, "weights"))
        self.settings, self.pictures = settings, pictures
        self.network = Upsampler(settings.width, settings.depth)
        backbone = EfficientNetLite(settings.backbone, classes=0, stages=3)
        if imagenet:
            load_imagenet(backbone, imagenet / f"{settings.backbone}.safetensors")
        self.backbone = folded(backbone).requires_grad_(requires_grad=False)
        for network in (self.network, self.backbone):
            network.to(memory_format=torch.channels_last)

    def make_optimisers(self) -> list[torch.optim.Optimizer]:
        """Adam; the rate falls along a cosine."""
        return [torch.optim.Adam(self.network.parameters(), lr=self.settings.learning_rate)]

    def step(self, step: int, indices: Tensor) -> dict[str, Tensor]:
        """One step on random pieces."""
        (optimiser,) = self.optimisers
        for group in optimiser.param_groups:
            group["lr"] = self.settings.learning_rate * cosine(self.progress(step))
        small, large = self._pieces(step, indices)
        enlarged = self.network(small)
        close = F.l1_loss(enlarged, large)
        maps = zip(self._maps(enlarged), self._maps(large), strict=True)
        alike = cast("Tensor", sum(F.l1_loss(a, b) for a, b in maps))
        optimiser.zero_grad()
        (close + self.settings.perceptual * alike).backward()
        optimiser.step()
        return {"loss": close.detach(), "loss_maps": alike.detach()}

    def _maps(self, images: Tensor) -> list[Tensor]:
        self.backbone.eval()  # no stochastic depth
        shown = normalise((images + 1) / 2, MEAN, STD)
        return self.backbone.maps(shown, self.backbone.level_blocks)

    def _pieces(self, step: int, indices: Tensor) -> tuple[Tensor, Tensor]:
        """Small and large pieces ``[N, 3, S, S]`` in -1..1 of the same pictures."""
        random = np.random.default_rng(mix(self.seed, "pieces", step))
        side = self.settings.piece
        large = []
        for i in indices.tolist():
            picture = self.pictures[i]
            # Around the middle, where the dress is.
            top, left = (int(v) for v in random.integers(0, picture.shape[0] - side + 1, 2))
            left = int((left + (picture.shape[1] - side) / 2) / 2)
            piece = np.asarray(picture[top : top + side, left : left + side])
            large.append(piece[:, ::-1] if random.random() < 0.5 else piece)
        small = [_shrunk(piece, random) for piece in large]
        return to_signed(torch.from_numpy(np.stack(small))), to_signed(
            torch.from_numpy(np.stack(large))
        )


def _shrunk(piece: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A quarter of its side, and with the faults of a generator: stairs along edges, blur, specks."""
    side = piece.shape[0] // SCALE
    small = cv2.resize(
        np.ascontiguousarray(piece), (side, side), interpolation=METHODS[int(random.integers(4))]
    )
    if random.random() < 0.5:
        small = cv2.GaussianBlur(small, (3, 3), float(random.uniform(0.2, 0.8)))
    if random.random() < 0.5:
        specks = random.normal(0, random.uniform(0, 6), small.shape)
        # Not on the ground, which generators leave white.
        small = np.where(small < 250, (small + specks).clip(0, 255), small).astype(np.uint8)
    return np.asarray(small)
