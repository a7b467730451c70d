"""The autoencoder of forms: a short code for the silhouette and the shade of every dress.

A variational autoencoder (Kingma, Welling, ICLR 2014) with a small weight of its prior, whose decoder is
sharpened by a discriminator of patches as in Esser et al., "Taming transformers for high-resolution image
synthesis" (VQGAN, CVPR 2021). The discriminator also sees what the decoder makes of codes between two dresses
(after Berthelot et al., "Understanding and improving interpolation in autoencoders via an adversarial
regularizer", ICLR 2019): a way from one design to another then leads over dresses. Which codes are dresses is
learnt afterwards (:mod:`training.tasks.form_flow`).

The shade of a printed dress is its print. So printed dresses teach their silhouettes alone, and are shown to
the encoder without shade; some plain ones are too, so that both kinds mean the same.
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

from fashion_core.networks.form import (
    MOST_DISTANCE,
    FormDecoder,
    FormEncoder,
    coverage,
    rendered,
)
from fashion_core.taxonomy import PATTERN, PLAIN, WISHES
from training.data.files import write_picture
from training.engine.loop import StepModule, fast_bfloat16, mix, update_average
from training.engine.schedule import cosine
from training.tasks.gan import as_grid

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np


@dataclass(frozen=True)
class FormSettings:
    """Hyper-parameters."""

    code: int = 96
    batch: int = 24
    epochs: float = 10
    learning_rate: float = 1e-3
    discriminator_rate: float = 2e-4
    ema: float = 0.998
    #: Weight of the prior: of the divergence in nats, against mean errors of the maps.
    prior: float = 2e-5
    #: Of the shade, of its means over patches, of its steps from pixel to pixel, and of the covered pixels,
    #: against the distance. Without the means the shade is not learnt for thousands of steps: errors of folds
    #: that are not in their place yet are as large as those of none.
    shade: float = 4.0
    coarse: float = 8.0
    grain: float = 4.0
    covered: float = 3.0
    #: How much of the run is over when the discriminator joins, and the weights of its word and of its maps.
    joins: float = 0.75
    contest: float = 0.03
    matching: float = 0.3
    #: Odds that a plain dress is shown without its shade.
    unshaded: float = 0.25
    seed: int = 1


class FormModule(StepModule):
    """Encoder, decoder and their moving average, and the discriminator of patches.

    Args:
        settings: hyper-parameters.
        maps: int8 ``[N, 2, H, W]`` (:func:`training.data.forms.forms`).
        plain: bool ``[N]``, whose shade is no print.
        grids: folder for a sheet after every epoch.
        bfloat16: autocast of all networks, by default where the machine gains from it.
    """

    maps: Tensor
    plain: Tensor

    def __init__(
        self,
        settings: FormSettings,
        maps: np.ndarray,
        plain: np.ndarray,
        grids: Path | None = None,
        *,
        bfloat16: bool | None = None,
    ) -> None:
        super().__init__(len(maps), settings.batch, settings.epochs, settings.seed)
        torch.manual_seed(mix(settings.seed, "weights"))
        self.settings, self.grids = settings, grids
        self.in_bfloat16 = fast_bfloat16() if bfloat16 is None else bfloat16
        self.network = nn.ModuleDict(
            {"encoder": FormEncoder(settings.code), "decoder": FormDecoder(settings.code)}
        )
        self.patches = PatchDiscriminator()
        self.average = copy.deepcopy(self.network).requires_grad_(requires_grad=False)
        for network in (self.network, self.average, self.patches):
            network.to(memory_format=torch.channels_last)
        self.register_buffer("maps", torch.from_numpy(maps), persistent=False)
        self.register_buffer("plain", torch.from_numpy(plain), persistent=False)

    def make_optimisers(self) -> list[torch.optim.Optimizer]:
        """Adam for the autoencoder and for the discriminator."""
        s = self.settings
        return [
            torch.optim.AdamW(
                self.network.parameters(), lr=s.learning_rate, betas=(0.9, 0.99), weight_decay=1e-3
            ),
            torch.optim.Adam(self.patches.parameters(), lr=s.discriminator_rate, betas=(0.0, 0.99)),
        ]

    def step(self, step: int, indices: Tensor) -> dict[str, Tensor]:
        """Forms through the bottleneck and back; in the second part of the run, a discriminator too."""
        s = self.settings
        progress, warm = self.progress(step), min(1.0, (step + 1) / 100)
        self.optimisers[0].param_groups[0]["lr"] = s.learning_rate * warm * cosine(progress)
        maps, plain = self._batch(indices.to(self.maps.device))
        with torch.autocast(maps.device.type, torch.bfloat16, enabled=self.in_bfloat16):
            mean, log_variance = self.network["encoder"](self._shown(maps, plain))
            codes = mean + torch.randn_like(mean) * (log_variance / 2).exp()
            drawn = self.network["decoder"](codes)
        losses = form_errors(drawn.float(), maps, plain)
        losses["loss_prior"] = divergence(mean.float(), log_variance.float())
        loss = (
            losses["loss_distance"]
            + s.covered * losses["loss_covered"]
            + s.shade * losses["loss_shade"]
            + s.coarse * losses["loss_coarse"]
            + s.grain * losses["loss_grain"]
            + s.prior * losses["loss_prior"]
        )
        if progress >= s.joins:
            with torch.autocast(maps.device.type, torch.bfloat16, enabled=self.in_bfloat16):
                mixed = self.network["decoder"](between(mean.detach()[: self.batch // 3]))
            more, contest = self._contest(drawn.float(), mixed.float(), maps, plain)
            losses |= contest
            loss = loss + more
        self.optimisers[0].zero_grad()
        loss.backward()
        self.optimisers[0].step()
        update_average(self.average, self.network, step, s.ema)
        return {name: value.detach() for name, value in losses.items()}

    def _batch(self, indices: Tensor) -> tuple[Tensor, Tensor]:
        """Maps in -1..1, half of them mirrored, and which are plain."""
        maps = half_mirrored(self.maps[indices])
        return maps.contiguous(memory_format=torch.channels_last), self.plain[indices]

    def _shown(self, maps: Tensor, plain: Tensor) -> Tensor:
        """What the encoder sees: no shade of printed dresses, nor of some others."""
        hidden = ~plain | (torch.rand(len(maps)).to(maps.device) < self.settings.unshaded)
        return torch.cat([maps[:, :1], maps[:, 1:] * ~hidden[:, None, None, None]], 1)

    def _contest(
        self, drawn: Tensor, mixed: Tensor, maps: Tensor, plain: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """A step of the discriminator on plain dresses, and what it says of those that were drawn."""
        s = self.settings
        if not plain.any():
            return drawn.new_zeros(()), {}
        real, fake = self._grey(maps[plain]), self._grey(torch.cat([drawn[plain], mixed]))
        self.patches.requires_grad_(requires_grad=True)
        on_real, on_fake = self.patches(real)[0], self.patches(fake.detach())[0]
        loss_d = F.relu(1 - on_real).mean() + F.relu(1 + on_fake).mean()
        self.optimisers[1].zero_grad()
        loss_d.backward()
        self.optimisers[1].step()
        self.patches.requires_grad_(requires_grad=False)
        score, seen = self.patches(fake)
        with torch.no_grad():
            wanted = self.patches(real)[1]
        count = int(plain.sum())
        apart = sum((a[:count] - b).abs().mean() for a, b in zip(seen, wanted, strict=True))
        more = s.matching * apart - s.contest * score.mean()
        return more, {"loss_d": loss_d, "score_drawn": score.mean()}

    def _grey(self, maps: Tensor) -> Tensor:
        """What the discriminator sees of forms: cloth in grey, ``[N, 1, H, W]``, and the silhouette."""
        return torch.cat([rendered(maps)[:, :1], maps[:, :1]], 1)

    def after_epoch(self, step: int) -> None:
        """Keep a frame of the film."""
        if self.grids is not None:
            write_picture(self.grids / f"{step:07d}.png", self.film_frame())

    @torch.no_grad()
    def film_frame(self) -> np.ndarray:
        """Dresses, what comes back of them, and what lies between neighbours, uint8 ``[3 H, 8 W, 3]``."""
        chosen = self.plain.nonzero()[:, 0][:8]
        maps = self.maps[chosen].float() / 127
        codes = self.average["encoder"](maps)[0]
        rows = [maps, *(self.average["decoder"](c) for c in (codes, between(codes, 0.5)))]
        return as_grid(rendered(torch.cat(rows)), columns=len(chosen))


def half_mirrored(maps: Tensor) -> Tensor:
    """Maps int8 ``[N, 2, H, W]`` as floats in -1..1, half of them mirrored at random."""
    signed = maps.float() / 127
    mirrored = torch.rand(len(signed), 1, 1, 1).to(signed.device) < 0.5
    return torch.where(mirrored, signed.flip(3), signed)


def is_plain(conditions: np.ndarray) -> np.ndarray:
    """Which rows of conditions ``[N, K]`` of all wishes are of plain dresses, whose shade is no print."""
    plain: np.ndarray = conditions[:, list(WISHES).index(PATTERN.key)] == PATTERN.classes.index(
        PLAIN
    )
    return plain


def between(codes: Tensor, share: float | None = None) -> Tensor:
    """Codes on the way to the next one of the batch: as wide as codes are, which a mean would not be."""
    t = torch.rand(len(codes), 1).to(codes.device) if share is None else codes.new_full((), share)
    return (codes * (1 - t) + codes.roll(1, 0) * t) / (t**2 + (1 - t) ** 2).sqrt()


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Kullback-Leibler divergence of codes from a standard normal, nats, the mean of a batch."""
    return 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(1).mean()


def form_errors(drawn: Tensor, maps: Tensor, plain: Tensor) -> dict[str, Tensor]:
    """Mean errors of distance, covered pixels, shade (of ``plain`` forms alone), its patches and its grain.

    Straps, sleeve ends and hems are few pixels: those near the edge count four times, those of parts that are
    thinner than five pixels eight times more.
    """
    distance = maps[:, :1]
    inside = coverage(distance)
    weight = 1 + 3 * (distance.abs() < 0.25) + 8 * _thin(inside)
    off = (drawn[:, :1] - distance).abs()
    # Softer than the edge is drawn, or an edge that is some pixels off would not be pulled to its place.
    covered = (_near(drawn[:, :1]) - _near(distance)).abs() * weight
    cloth = inside * plain[:, None, None, None]
    whole = cloth.sum().clamp_min(1)
    wrong = drawn[:, 1:] - maps[:, 1:]
    shaded = (wrong.abs() * cloth).sum() / whole
    share = F.avg_pool2d(cloth, 8)
    patches = (F.avg_pool2d(wrong * cloth, 8).abs()).sum() / share.sum().clamp_min(1 / 64)
    across = ((wrong[..., 1:] - wrong[..., :-1]).abs() * cloth[..., 1:] * cloth[..., :-1]).sum()
    down = ((wrong[:, :, 1:] - wrong[:, :, :-1]).abs() * cloth[:, :, 1:] * cloth[:, :, :-1]).sum()
    return {
        "loss_distance": (off * weight).mean(),
        "loss_covered": covered.mean(),
        "loss_shade": shaded,
        "loss_coarse": patches,
        "loss_grain": (across + down) / whole,
    }


def _near(distance: Tensor) -> Tensor:
    """0 outside to 1 inside, over about four pixels."""
    return torch.sigmoid(distance * MOST_DISTANCE)


@torch.no_grad()
def _thin(inside: Tensor) -> Tensor:
    """1 where a part is thinner than five pixels: what morphological opening takes away."""
    eroded = -F.max_pool2d(-inside, 5, 1, 2)
    opened = F.max_pool2d(eroded, 5, 1, 2)
    return inside - opened


class PatchDiscriminator(nn.Module):
    """Images ``[N, C, H, W]`` to a score for each patch, and the maps that it comes from.

    Isola et al., "Image-to-image translation with conditional adversarial networks", CVPR 2017.
    """

    def __init__(self, in_channels: int = 2, channels: tuple[int, ...] = (32, 64, 96)) -> None:
        super().__init__()
        widths = (in_channels, *channels)
        self.layers = nn.ModuleList(
            spectral_norm(nn.Conv2d(a, b, 4, stride=2, padding=1)) for a, b in pairwise(widths)
        )
        self.score = spectral_norm(nn.Conv2d(widths[-1], 1, 3, padding=1))

    def forward(self, images: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Scores ``[N, 1, h, w]``, and the map after each layer."""
        maps, x = [], images
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.2)
            maps.append(x)
        return self.score(x), maps
