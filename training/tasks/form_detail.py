"""The refiner of forms: what the autoencoder draws softly becomes crisp, with corners, necklines and folds.

Dresses go through the trained autoencoder, which stays as it is; the refiner gives back what was lost on the
way, of which a second encoder tells it a little. Errors alone would blur again, so it learns from
discriminators: of patches of the maps, and on frozen ImageNet features at four scales (Sauer et al., "Projected
GANs converge faster", NeurIPS 2021). They also see what is drawn of codes between two dresses, as in
:mod:`training.tasks.form`, for designs will be such.

Only plain dresses teach it: the shade of a printed one is its print.
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

from fashion_core.networks.folding import folded
from fashion_core.networks.form import FormDecoder, FormEncoder, coverage, rendered
from fashion_core.networks.refiner import DetailEncoder, FormRefiner
from fashion_core.networks.transfer import MEAN, STD, EfficientNetLite, load_imagenet
from fashion_core.preprocess import normalise
from training.data.files import write_picture
from training.engine.loop import StepModule, fast_bfloat16, mix, update_average
from training.engine.schedule import cosine
from training.tasks.form import (
    PatchDiscriminator,
    between,
    divergence,
    form_errors,
    half_mirrored,
)
from training.tasks.gan import as_grid

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

#: Folds are a few L*: discriminators see the shade this many times as strong.
VIVID = 3.0


@dataclass(frozen=True)
class DetailSettings:
    """Hyper-parameters."""

    detail: int = 384
    batch: int = 12
    #: Codes between two dresses that discriminators see beside those of a batch.
    mixed: int = 4
    epochs: float = 8
    learning_rate: float = 4e-4
    discriminator_rate: float = 2e-4
    ema: float = 0.998
    #: Weights of the divergence in nats, of errors, of discriminators and of the distance between their maps.
    prior: float = 1e-4
    errors: float = 2.0
    contest: float = 0.5
    matching: float = 4.0
    features: float = 2.0
    #: Odds that a dress is shown to the encoder of details without its shade, as printed ones are.
    unshaded: float = 0.15
    seed: int = 1


class FormDetailModule(StepModule):
    """Refiner, encoder of details and their moving average, and the discriminators.

    Args:
        settings: hyper-parameters.
        maps: int8 ``[N, 2, H, W]`` of plain dresses.
        encoder: of the trained autoencoder.
        decoder: the same one's.
        imagenet: weights of EfficientNet-Lite0; random ones where there are none.
        grids: folder for a sheet after every epoch.
        bfloat16: autocast of all networks, by default where the machine gains from it.
    """

    maps: Tensor

    def __init__(
        self,
        settings: DetailSettings,
        maps: np.ndarray,
        encoder: FormEncoder,
        decoder: FormDecoder,
        imagenet: Path | None = None,
        grids: Path | None = None,
        *,
        bfloat16: bool | None = None,
    ) -> None:
        super().__init__(len(maps), settings.batch, settings.epochs, settings.seed)
        torch.manual_seed(mix(settings.seed, "weights"))
        self.settings, self.grids = settings, grids
        self.in_bfloat16 = fast_bfloat16() if bfloat16 is None else bfloat16
        self.encoder = encoder.eval().requires_grad_(requires_grad=False)
        self.decoder = decoder.eval().requires_grad_(requires_grad=False)
        self.network = nn.ModuleDict(
            {"refiner": FormRefiner(settings.detail), "encoder": DetailEncoder(settings.detail)}
        )
        self.discriminators = DetailDiscriminators(imagenet)
        self.average = copy.deepcopy(self.network).requires_grad_(requires_grad=False)
        for network in (self.network, self.average, self.discriminators, self.decoder):
            network.to(memory_format=torch.channels_last)
        self.register_buffer("maps", torch.from_numpy(maps), persistent=False)

    def make_optimisers(self) -> list[torch.optim.Optimizer]:
        """Adam for the refiner with its encoder, and for the discriminators."""
        s, learners = self.settings, self.discriminators.learners()
        return [
            torch.optim.Adam(self.network.parameters(), lr=s.learning_rate, betas=(0.5, 0.99)),
            torch.optim.Adam(learners, lr=s.discriminator_rate, betas=(0.5, 0.99)),
        ]

    def step(self, step: int, indices: Tensor) -> dict[str, Tensor]:
        """Refine dresses and some mixtures of them; first the discriminators learn, then the refiner."""
        s = self.settings
        warm = min(1.0, (step + 1) / 50) * cosine(self.progress(step))
        self.optimisers[0].param_groups[0]["lr"] = s.learning_rate * warm
        maps = half_mirrored(self.maps[indices.to(self.maps.device)])
        with torch.autocast(maps.device.type, torch.bfloat16, enabled=self.in_bfloat16):
            drawn, prior = self._drawn(maps)
        errors = form_errors(
            drawn[: len(maps)], maps, torch.ones(len(maps), dtype=torch.bool, device=maps.device)
        )
        seen = self.discriminators.features(drawn)
        with torch.no_grad():
            wanted = self.discriminators.features(maps)
        loss_d = self._discriminate(wanted, seen)
        self.discriminators.frozen(frozen=True)
        scores, inner = self.discriminators(seen)
        with torch.no_grad():
            _, aims = self.discriminators(wanted)
        self.discriminators.frozen(frozen=False)
        score = torch.stack([x.mean() for x in scores]).sum()
        apart = _apart(inner, aims, len(maps))
        features = _apart(seen[1:], wanted[1:], len(maps))
        loss = (
            s.errors * (errors["loss_distance"] + errors["loss_covered"] + 2 * errors["loss_shade"])
            + s.prior * prior
            + s.matching * apart
            + s.features * features
            - s.contest * score
        )
        self.optimisers[0].zero_grad()
        loss.backward()
        self.optimisers[0].step()
        update_average(self.average, self.network, step, s.ema)
        losses = {
            **errors,
            "loss_d": loss_d,
            "score_drawn": score,
            "loss_matching": apart,
            "loss_features": features,
            "loss_prior": prior,
        }
        return {name: value.detach() for name, value in losses.items()}

    def _drawn(self, maps: Tensor) -> tuple[Tensor, Tensor]:
        """These dresses as they are drawn, then mixtures of them; and the divergence of codes of details."""
        with torch.no_grad():
            mean, log_variance = self.encoder(maps)
            form = mean + torch.randn_like(mean) * (log_variance / 2).exp()
        hidden = torch.rand(len(maps), 1, 1, 1).to(maps.device) < self.settings.unshaded
        mean, log_variance = self.network["encoder"](
            torch.cat([maps[:, :1], maps[:, 1:] * ~hidden], 1)
        )
        detail = mean + torch.randn_like(mean) * (log_variance / 2).exp()
        several = torch.cat([form, detail.detach()], 1)[: self.settings.mixed]
        mixed = between(several)
        # Of half of them, the details are those of one dress, as where a design's cut is edited.
        half = len(mixed) // 2
        mixed[:half, form.shape[1] :] = several[:half, form.shape[1] :]
        form = torch.cat([form, mixed[:, : form.shape[1]]])
        detail = torch.cat([detail, mixed[:, -detail.shape[1] :]])
        with torch.no_grad():
            soft = self.decoder(form)
        drawn: Tensor = self.network["refiner"](soft, detail)
        return drawn.float(), divergence(mean.float(), log_variance.float())

    def _discriminate(self, wanted: list[Tensor], seen: list[Tensor]) -> Tensor:
        """A step of the discriminators on the maps of real forms and of drawn ones."""
        real = self.discriminators(wanted)[0]
        fake = self.discriminators([x.detach() for x in seen])[0]
        loss = torch.stack(
            [F.relu(1 - a).mean() + F.relu(1 + b).mean() for a, b in zip(real, fake, strict=True)]
        ).sum()
        self.optimisers[1].zero_grad()
        loss.backward()
        self.optimisers[1].step()
        return loss.detach()

    def after_epoch(self, step: int) -> None:
        """Keep a frame of the film."""
        if self.grids is not None:
            write_picture(self.grids / f"{step:07d}.png", self.film_frame())

    @torch.no_grad()
    def film_frame(self) -> np.ndarray:
        """Dresses, soft, refined, and what lies between neighbours, uint8 ``[4 H, 8 W, 3]``."""
        maps = self.maps[:8].float() / 127
        codes = torch.cat([self.encoder(maps)[0], self.average["encoder"](maps)[0]], 1)
        size, rows = self.settings.detail, [maps]
        rows.append(self.decoder(codes[:, :-size]))
        rows += [
            self.average["refiner"](self.decoder(whole[:, :-size]), whole[:, -size:])
            for whole in (codes, between(codes, 0.5))
        ]
        return as_grid(rendered(torch.cat(rows)).clamp(-1, 1), columns=len(maps))


class DetailDiscriminators(nn.Module):
    """A discriminator of the maps' patches, and one on each of four levels of frozen features.

    Args:
        imagenet: weights of EfficientNet-Lite0.
    """

    def __init__(self, imagenet: Path | None = None) -> None:
        super().__init__()
        backbone = EfficientNetLite("efficientnet-lite0", classes=0, stages=6)
        if imagenet is not None:
            load_imagenet(backbone, imagenet)
        self.levels = backbone.level_blocks[-4:]
        widths = [backbone.block_channels[i] for i in self.levels]
        self.backbone = folded(backbone.eval()).requires_grad_(requires_grad=False)
        self.patches = PatchDiscriminator(3, (32, 64, 128, 128))
        self.heads = nn.ModuleList(_Head((width, 64, 64)) for width in widths)

    def learners(self) -> list[nn.Parameter]:
        """What the discriminators learn."""
        return [*self.patches.parameters(), *self.heads.parameters()]

    def frozen(self, *, frozen: bool) -> None:
        """Whether the discriminators' weights stay while the refiner learns from them."""
        for parameter in self.learners():
            parameter.requires_grad = not frozen

    def features(self, maps: Tensor) -> list[Tensor]:
        """What the discriminators see of maps ``[N, 2, H, W]``: themselves, then four levels of features."""
        cloth = coverage(maps[:, :1])
        grey = (rendered(maps)[:, :1] + (VIVID - 1) * maps[:, 1:] * cloth).clamp(-1.5, 1.5)
        shown = torch.cat([grey, maps[:, :1], VIVID * maps[:, 1:] * cloth], 1)
        picture = normalise((grey.expand(-1, 3, -1, -1) + 1) / 2, MEAN, STD)
        picture = picture.contiguous(memory_format=torch.channels_last)
        return [shown, *self.backbone.maps(picture, self.levels)]

    def forward(self, features: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """Scores of each discriminator, and the maps that those of patches come from."""
        score, inner = self.patches(features[0])
        heads = zip(self.heads, features[1:], strict=True)
        return [score, *(head(x) for head, x in heads)], inner


class _Head(nn.Module):
    """Frozen maps ``[N, C, h, w]`` to scores ``[N, 1, h', w']``."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        # Maps of frozen networks differ in scale by orders of magnitude.
        self.norm = nn.GroupNorm(1, widths[0])
        self.layers = nn.ModuleList(
            spectral_norm(nn.Conv2d(a, b, 3, stride=1 + (i == 0), padding=1))
            for i, (a, b) in enumerate(pairwise(widths))
        )
        self.score = spectral_norm(nn.Conv2d(widths[-1], 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(x)
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.2)
        score: Tensor = self.score(x)
        return score


def _apart(drawn: list[Tensor], wanted: list[Tensor], count: int) -> Tensor:
    """Mean distance of maps of the first ``count`` pictures from those wanted, in shares of these."""
    return torch.stack(
        [
            (a[:count] - b).abs().mean() / b.abs().mean().clamp_min(1e-4)
            for a, b in zip(drawn, wanted, strict=True)
        ]
    ).mean()
