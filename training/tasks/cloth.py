"""The generator of cloth, trained against patches of the prints of training dresses.

As the DCGAN of the 2020 study, 64 x 64 pixels and two networks. The discriminator sees each tile cut at any
place, so that its seam is not special; the hinge loss with spectral normalisation (Miyato et al., ICLR 2018)
takes the place of the cross-entropy, whose discriminator wins too soon on so few dresses.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from fashion_core.networks.cloth_generator import ClothGenerator
from training.data.files import write_picture
from training.engine.loop import StepModule, fast_bfloat16, mix, update_average
from training.engine.schedule import cosine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np


@dataclass(frozen=True)
class ClothSettings:
    """Hyper-parameters; ``kinds`` are the patterns that are learnt."""

    kinds: tuple[str, ...] = ("floral", "print")
    batch: int = 32
    epochs: float = 40
    learning_rate: float = 5e-4
    discriminator_rate: float = 5e-4
    betas: tuple[float, float] = (0.0, 0.99)
    ema: float = 0.998
    #: Cells of noise a side of a tile.
    cells: int = 4
    seed: int = 1


class ClothDiscriminator(nn.Module):
    """Shares ``[N, colours, S, S]`` of kinds ``[N]`` to logits ``[N, S / 4, S / 4]``, one a piece of a tile.

    Spectrally normalised; the kind enters by projection (Miyato, Koyama, ICLR 2018).
    """

    def __init__(
        self, kinds: int, colours: int = 4, channels: Sequence[int] = (32, 80)
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for a, b in pairwise([colours, *channels]):
            layers += [spectral_norm(nn.Conv2d(a, b, 4, 2, 1)), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers)
        last = channels[-1]
        self.join = nn.Sequential(
            spectral_norm(nn.Conv2d(last + 1, last, 3, 1, 1)),
            nn.LeakyReLU(0.2),
            spectral_norm(nn.Conv2d(last, last, 3, 1, 1)),
            nn.LeakyReLU(0.2),
        )
        self.logit = spectral_norm(nn.Conv2d(last, 1, 1))
        self.kind = spectral_norm(nn.Embedding(kinds, last))

    def forward(self, shares: Tensor, kind: Tensor) -> Tensor:
        x = self.layers(shares)
        # How much the tiles of a batch differ (Karras et al., ICLR 2018): too little is told from real ones.
        spread = x.float().std(0, unbiased=False).mean().to(x.dtype)
        x = torch.cat([x, spread.expand(len(x), 1, *x.shape[2:])], 1)
        x = self.join(x)
        of_kind = torch.einsum("nkhw,nk->nhw", x, self.kind(kind).to(x.dtype))
        logits: Tensor = self.logit(x)[:, 0] + of_kind
        return logits.float()


class ClothModule(StepModule):
    """Generator, discriminator, and the moving average of the generator.

    Args:
        settings: hyper-parameters.
        patches: uint8 ``[N, K, S, S]``, shares of the colours (:mod:`training.data.prints`).
        kinds: of which of the settings' kinds each is, ``[N]``.
        grids: folder for a sheet after every epoch.
        bfloat16: autocast, by default where the machine gains from it.
    """

    patches: Tensor
    kinds: Tensor

    def __init__(
        self,
        settings: ClothSettings,
        patches: np.ndarray,
        kinds: np.ndarray,
        grids: Path | None = None,
        *,
        bfloat16: bool | None = None,
    ) -> None:
        super().__init__(len(patches), settings.batch, settings.epochs, settings.seed)
        torch.manual_seed(mix(settings.seed, "weights"))
        self.settings, self.grids = settings, grids
        self.in_bfloat16 = fast_bfloat16() if bfloat16 is None else bfloat16
        self.arguments = {"kinds": len(settings.kinds), "colours": patches.shape[1]}
        self.generator = ClothGenerator(**self.arguments)
        self.discriminator = ClothDiscriminator(**self.arguments)
        self.average = copy.deepcopy(self.generator).requires_grad_(requires_grad=False)
        for network in (self.generator, self.discriminator, self.average):
            network.to(memory_format=torch.channels_last)
        self.register_buffer("patches", torch.from_numpy(patches), persistent=False)
        self.register_buffer("kinds", torch.from_numpy(kinds), persistent=False)

    def make_optimisers(self) -> list[torch.optim.Optimizer]:
        """Adam for the generator and for the discriminator."""
        s = self.settings
        return [
            torch.optim.Adam(self.generator.parameters(), lr=s.learning_rate, betas=s.betas),
            torch.optim.Adam(
                self.discriminator.parameters(), lr=s.discriminator_rate, betas=s.betas
            ),
        ]

    def step(self, step: int, indices: Tensor) -> dict[str, Tensor]:
        """One step of the discriminator, then one of the generator on the same tiles."""
        s = self.settings
        for optimiser, rate in zip(
            self.optimisers, (s.learning_rate, s.discriminator_rate), strict=True
        ):
            optimiser.param_groups[0]["lr"] = rate * (0.1 + 0.9 * cosine(self.progress(step)))
        kind = self.kinds[indices]
        patches = turned(self.patches[indices].float() / 255)
        real = F.avg_pool2d(patches, 2).contiguous(memory_format=torch.channels_last)
        with torch.autocast(real.device.type, torch.bfloat16, enabled=self.in_bfloat16):
            fake = self._cut(self._drawn(kind), real.shape[-1])
            on_real = self.discriminator(real, kind)
            on_fake = self.discriminator(fake.detach(), kind)
        loss_d = F.relu(1 - on_real).mean() + F.relu(1 + on_fake).mean()
        self.optimisers[1].zero_grad()
        loss_d.backward()
        self.optimisers[1].step()
        self.discriminator.requires_grad_(requires_grad=False)
        with torch.autocast(real.device.type, torch.bfloat16, enabled=self.in_bfloat16):
            loss_g = -self.discriminator(fake, kind).mean()
            finer = self.generator.fine(real[::_FEWER])
        loss_fine = -(patches[::_FEWER] * finer.clamp_min(1e-4).log()).sum(1).mean()
        self.optimisers[0].zero_grad()
        (loss_g + loss_fine).backward()
        self.optimisers[0].step()
        self.discriminator.requires_grad_(requires_grad=True)
        update_average(self.average, self.generator, step, s.ema)
        losses = {"loss_d": loss_d, "loss_g": loss_g, "loss_fine": loss_fine}
        return {name: loss.detach() for name, loss in losses.items()}

    def _drawn(self, kind: Tensor) -> Tensor:
        cells = self.settings.cells
        noise = torch.randn(len(kind), self.generator.noise, cells, cells)
        drawn: Tensor = self.generator.coarse(noise.to(kind.device), kind)
        return drawn

    def _cut(self, tiles: Tensor, side: int) -> Tensor:
        """A piece of each tile from anywhere, across its edges too."""
        by = [int(torch.randint(tiles.shape[-1], ())) for _ in range(2)]
        return tiles.roll(by, (2, 3))[..., :side, :side]

    def after_epoch(self, step: int) -> None:
        """Keep a sheet of the average's tiles."""
        if self.grids is not None:
            write_picture(self.grids / f"{step:07d}.png", tile_sheet(self.average))


def turned(patches: Tensor) -> Tensor:
    """Patches ``[N, K, S, S]``, each turned by quarters and mirrored as chance wants it."""
    patches = torch.where(torch.rand(len(patches), 1, 1, 1) < 0.5, patches.flip(3), patches)
    patches = torch.where(torch.rand(len(patches), 1, 1, 1) < 0.5, patches.flip(2), patches)
    across = torch.rand(len(patches), 1, 1, 1) < 0.5
    return torch.where(across, patches.transpose(2, 3), patches)


#: Of so many patches one teaches what a coarse tile looks like twice as fine, which is learnt soonest.
_FEWER = 4
#: Colours of sheets: a ground and three more.
SHEET = ((31, 61, 54), (217, 165, 160), (240, 217, 192), (111, 143, 106))


@torch.inference_mode()
def tile_sheet(generator: ClothGenerator, columns: int = 6, seed: int = 1) -> np.ndarray:
    """A row of tiles of each kind, two by two repeats of each, uint8 ``[H, W, 3]``."""
    random = torch.Generator().manual_seed(seed)
    colours = torch.tensor(SHEET, dtype=torch.float32)
    rows = []
    for kind in range(generator.kinds):
        noise = torch.randn(columns, generator.noise, 6, 6, generator=random)
        shares = generator(noise, torch.full((columns,), kind)).repeat(1, 1, 2, 2)
        pixels = torch.einsum("nkhw,kc->nhwc", shares, colours)
        rows.append(torch.cat(list(pixels), 1))
    return torch.cat(rows).round().to(torch.uint8).numpy()
