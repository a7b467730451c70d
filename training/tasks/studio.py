"""The studio generator: wishes in, dresses out, judged on frozen features.

Sauer et al., "Projected GANs converge faster", NeurIPS 2021: discriminators look at a frozen ImageNet
network's maps, mixed across scales by random projections, one small head a level. Frozen features care
little for hue, so a small discriminator on the pixels stands beside them, with the deviation over the batch
(Karras et al., "Progressive growing of GANs", ICLR 2018) against sheets of one design. Wishes enter by
projection (Miyato, Koyama, "cGANs with projection discriminator", ICLR 2018), and a classifier on the same
features holds the generator to them (Odena et al., "Conditional image synthesis with auxiliary classifier
GANs", ICML 2017); colours are held to the Analyser's own rule (:mod:`training.tasks.colour_rule`). All pictures
are varied before they are judged (Zhao et al., "Differentiable augmentation", NeurIPS 2020), in colour only
a little: a strong change would hide it.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from fashion_core.networks import build
from fashion_core.networks.folding import folded
from fashion_core.networks.transfer import MEAN, STD, EfficientNetLite, load_imagenet
from fashion_core.preprocess import normalise, to_signed
from fashion_core.taxonomy import COLOUR, WISHES
from training.data.files import write_picture
from training.engine.loop import StepModule, fast_bfloat16, mix, update_average
from training.engine.schedule import cosine
from training.tasks.colour_rule import ColourRule, colour_loss
from training.tasks.gan import sample_grid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

#: Columns of a square pack's side that a portrait keeps.
PORTRAIT = 2 / 3
#: In the folder of a run that went on from a shipped generator: which one, and what that had seen.
START_FILE = "start.json"
CLASSES = {key: len(wish.classes) for key, wish in WISHES.items()}


@dataclass(frozen=True)
class StudioSettings:
    """Hyper-parameters."""

    image_size: int = 96
    latent_dim: int = 128
    backbone: str = "efficientnet-lite0"
    projected: int = 48
    batch: int = 32
    epochs: float = 60
    learning_rate: float = 2e-4
    discriminator_rate: float = 3e-4
    betas: tuple[float, float] = (0.0, 0.99)
    ema: float = 0.998
    #: Rare classes want practice too: how far the draw of pictures goes towards equal classes (:func:`raked`).
    balance: float = 0.65
    #: Weight of the classifier's word in the generator's loss.
    obedience: float = 0.5
    #: Times that weight, for wishes that are obeyed least; 1 for the others.
    harder: Mapping[str, float] = field(default_factory=lambda: {"pattern": 2.0, "length": 2.0})
    #: Weight in the same of the Analyser's rule for colours.
    colour: float = 1.0
    #: Steps that fresh discriminators learn alone when the generator is not fresh.
    judges_first: int = 150
    #: Of the generator that ships (:class:`fashion_core.networks.studio.StudioGenerator`), chosen on validation
    #: data; training does without both.
    emphasis: Mapping[str, float] = field(default_factory=lambda: {"pattern": 0.3, "length": 0.6})
    spread: float = 1.1
    seed: int = 1


def portraits(images: np.ndarray) -> np.ndarray:
    """The middle columns of square pictures, uint8 ``[N, S, S, 3]`` to ``[N, S, 2 S / 3, 3]``."""
    side = images.shape[2]
    width = round(side * PORTRAIT)
    left = (side - width) // 2
    return np.ascontiguousarray(images[:, :, left : left + width])


def _conv(in_channels: int, out_channels: int, kernel: int, stride: int = 1) -> nn.Module:
    padding = (kernel - 1) // 2
    return spectral_norm(nn.Conv2d(in_channels, out_channels, kernel, stride, padding))


class Judge(nn.Module):
    """One discriminator: maps ``[N, C, h, w]`` and wishes ``[N, K]`` to scores ``[N, h', w']``.

    Args:
        in_channels: of the maps.
        widths: of its convolutions, each of which halves the maps while they are larger than three.
        size: height of the maps.
        deviation: whether the deviation over the batch joins the last map.
    """

    def __init__(
        self, in_channels: int, widths: Sequence[int], size: int, *, deviation: bool = False
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for width in widths:
            halves = size > 3
            layers += [_conv(in_channels, width, 4 if halves else 3, 2 if halves else 1)]
            layers += [nn.LeakyReLU(0.2, inplace=True)]
            in_channels, size = width, size // 2 if halves else size
        self.body, self.deviation = nn.Sequential(*layers), deviation
        self.score = _conv(in_channels + deviation, 1, 1)
        self.wishes = nn.ModuleList(
            spectral_norm(nn.Embedding(n, in_channels)) for n in CLASSES.values()
        )

    def forward(self, maps: Tensor, wishes: Tensor) -> tuple[Tensor, Tensor]:
        """Scores, and the pooled map ``[N, C]`` that they come from."""
        x = self.body(maps)
        pooled = x.mean((2, 3))
        if self.deviation:
            spread = x.std(0, unbiased=False).mean().expand(len(x), 1, *x.shape[2:])
            scores = self.score(torch.cat([x, spread], 1))
        else:
            scores = self.score(x)
        wanted = sum(
            table(column.clamp_min(0)) * (column >= 0)[:, None]
            for table, column in zip(self.wishes, wishes.T, strict=True)
        )
        known = (wishes >= 0).sum(1).clamp_min(1).sqrt()
        agreement = (pooled * wanted).sum(1) / known
        return scores[:, 0] + agreement[:, None, None], pooled


class Projection(nn.Module):
    """Frozen maps of four strides, mixed across channels and scales by fixed random convolutions."""

    def __init__(self, variant: str, channels: int) -> None:
        super().__init__()
        self.backbone = EfficientNetLite(variant, classes=0, stages=6)
        self.levels = self.backbone.level_blocks[-4:]
        widths = [self.backbone.block_channels[i] for i in self.levels]
        self.across = nn.ModuleList(nn.Conv2d(w, channels, 1) for w in widths)
        self.scales = nn.ModuleList(nn.Conv2d(channels, channels, 3, padding=1) for _ in widths)
        for layer in [*self.across, *self.scales]:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="linear")
            nn.init.zeros_(layer.bias)
        self.requires_grad_(requires_grad=False)

    def fold(self) -> None:
        """Fold the norms into the convolutions, when the backbone's weights are in their place."""
        self.backbone = folded(self.backbone).requires_grad_(requires_grad=False)

    def forward(self, images: Tensor) -> list[Tensor]:
        """Images ``[N, 3, H, W]`` in -1..1 to maps, fine to coarse."""
        maps = self.backbone.maps(normalise((images + 1) / 2, MEAN, STD), self.levels)
        mixed, coarser = [], None
        for across, scale, x in zip(
            reversed(self.across), reversed(self.scales), reversed(maps), strict=True
        ):
            joined = across(x)
            if coarser is not None:
                joined = joined + F.interpolate(
                    coarser, size=x.shape[2:], mode="bilinear", align_corners=False
                )
            coarser = scale(joined)
            mixed.append(coarser)
        return mixed[::-1]


class Discriminators(nn.Module):
    """All judges, and the classifier that reads wishes off what they pooled."""

    def __init__(self, settings: StudioSettings, size: tuple[int, int]) -> None:
        super().__init__()
        self.projection = Projection(settings.backbone, settings.projected)
        heights = [size[0] // stride for stride in (4, 8, 16, 32)]
        wide = 96
        self.judges = nn.ModuleList(
            Judge(settings.projected, [wide] * (3 if h > 12 else 2), h) for h in heights
        )
        self.pixels = Judge(3, (32, 64, 128, 128), size[0], deviation=True)
        self.reader = nn.ModuleList(
            nn.Linear(len(heights) * wide + 128, n) for n in CLASSES.values()
        )

    def forward(self, images: Tensor, wishes: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Scores of every judge, and logits ``[N, classes]`` of every wish."""
        maps = self.projection(images)
        found = [judge(x, wishes) for judge, x in zip(self.judges, maps, strict=True)]
        found.append(self.pixels(images, wishes))
        pooled = torch.cat([p for _, p in found], dim=1)
        return [scores for scores, _ in found], [head(pooled) for head in self.reader]


def vary(images: Tensor) -> Tensor:
    """Differentiable augmentation of ``[N, 3, H, W]`` in -1..1: light, place, and a piece left out."""
    count, _, height, width = images.shape
    device = images.device

    def odds(*shape: int) -> Tensor:
        return torch.rand(*shape).to(device)

    images = images * (1 + (odds(count, 1, 1, 1) - 0.5) * 0.2) + (odds(count, 1, 1, 1) - 0.5) * 0.1
    # Whole pixels: between them the picture would be blurred, and the judges would never see the finest grain.
    side = torch.tensor([width, height], device=device)
    shift = ((odds(count, 2) * 2 - 1) * 0.08 * side).round() * 2 / side
    theta = torch.zeros(count, 2, 3, device=device)
    theta[:, 0, 0] = theta[:, 1, 1] = 1
    theta[:, :, 2] = shift
    grid = F.affine_grid(theta, list(images.shape), align_corners=False)
    # Less one, so that what comes in from outside is white.
    images = F.grid_sample(images - 1, grid, padding_mode="zeros", align_corners=False) + 1
    rows = torch.arange(height, device=device)[None, :, None]
    columns = torch.arange(width, device=device)[None, None]
    top, left = (odds(count, 1, 1) * height).long(), (odds(count, 1, 1) * width).long()
    inside = ((rows - top).abs() < height // 6) & ((columns - left).abs() < width // 6)
    inside &= odds(count, 1, 1) < 0.5
    return images * (~inside)[:, None]


def opened(wishes: Tensor) -> Tensor:
    """The same wishes ``[N, K]`` with some left open (-1): of each row another share, from none to all."""
    left = torch.rand(wishes.shape) < torch.rand(len(wishes), 1)
    return wishes.masked_fill(left.to(wishes.device), -1)


def raked(wishes: np.ndarray, power: float, most: float = 8.0, rounds: int = 20) -> np.ndarray:
    """Odds ``[N]`` of drawing each row of ``wishes [N, K]``, so that the rare classes of every wish are met.

    Raking (Deming, Stephan, "On a least squares adjustment of a sampled frequency table", 1940): rows are
    weighted until each class of each wish is drawn in proportion to (its frequency) ** (1 - ``power``).

    Args:
        wishes: classes, -1 where a row shows none that is known.
        power: 0 leaves the frequencies as they are, 1 makes the classes of a wish equal.
        most: times the even odds that a row is drawn at most, lest a few are learnt by heart.
        rounds: over all wishes.

    >>> raked(np.array([[0], [0], [0], [1]]), 1.0).round(2).tolist()
    [0.17, 0.17, 0.17, 0.5]
    """
    odds = np.full(len(wishes), 1 / len(wishes))
    for _ in range(rounds):
        for column in wishes.T:
            shown = column >= 0
            if not shown.any():
                continue
            counts = np.bincount(column[shown])
            wanted = np.where(counts > 0, np.maximum(counts, 1.0) ** (1 - power), 0)
            met = np.bincount(column[shown], odds[shown])
            factor = wanted / wanted.sum() * met.sum() / np.maximum(met, 1e-12)
            odds[shown] *= factor[column[shown]]
        odds = np.minimum(odds / odds.sum(), most / len(wishes))
    return odds / odds.sum()


class StudioModule(StepModule):
    """Generator, its moving average and the discriminators.

    Args:
        settings: hyper-parameters.
        pictures: uint8 ``[N, S, S, 3]``, dresses on white.
        wishes: int64 ``[N, K]``, what each shows, -1 where it is not known (:mod:`training.data.conditions`).
        imagenet: folder with the weights of the backbone; random ones without it (for tests).
        grids: folder for a sheet after every epoch.
        start: a generator to go on from.
        bfloat16: autocast of the generator, by default where the machine gains from it. The frozen features
            and the rule for colours stay in single precision.
        rule: for colours; the shipped one without it.
    """

    pictures: Tensor
    shown: Tensor
    weights: Tensor

    def __init__(
        self,
        settings: StudioSettings,
        pictures: np.ndarray,
        wishes: np.ndarray,
        imagenet: Path | None = None,
        grids: Path | None = None,
        start: nn.Module | None = None,
        *,
        bfloat16: bool | None = None,
        rule: ColourRule | None = None,
    ) -> None:
        super().__init__(len(pictures), settings.batch, settings.epochs, settings.seed)
        torch.manual_seed(mix(settings.seed, "weights"))
        self.settings, self.grids = settings, grids
        self.bfloat16 = fast_bfloat16() if bfloat16 is None else bfloat16
        self.generator = build("studio_generator", **self.arguments)
        self.judges_first = settings.judges_first if start else 0
        if start:
            self.generator.load_state_dict(start.state_dict())
        self.discriminators = Discriminators(settings, self.generator.image_size)
        if imagenet:
            path = imagenet / f"{settings.backbone}.safetensors"
            load_imagenet(self.discriminators.projection.backbone, path)
        self.discriminators.projection.fold()
        self.average = copy.deepcopy(self.generator).requires_grad_(requires_grad=False)
        for network in (self.generator, self.average, self.discriminators):
            network.to(memory_format=torch.channels_last)
        seen = torch.from_numpy(portraits(pictures))
        self.register_buffer("pictures", seen, persistent=False)
        self.register_buffer("shown", torch.from_numpy(wishes), persistent=False)
        self.odds = torch.from_numpy(raked(wishes, settings.balance))
        self.rule = rule or ColourRule()
        weights = [settings.harder.get(key, 1.0) for key in CLASSES]
        self.register_buffer("weights", torch.tensor(weights), persistent=False)

    @property
    def arguments(self) -> dict[str, Any]:
        """Arguments of the generator's constructor."""
        return {"wishes": list(CLASSES.values()), "latent_dim": self.settings.latent_dim}

    @property
    def shipped_arguments(self) -> dict[str, Any]:
        """The same of the generator that ships."""
        emphasis = [self.settings.emphasis.get(key, 0.0) for key in CLASSES]
        return {**self.arguments, "emphasis": emphasis, "spread": self.settings.spread}

    @property
    def latent_dim(self) -> int:
        """Size of the latent."""
        return self.settings.latent_dim

    def make_optimisers(self) -> list[torch.optim.Optimizer]:
        """Adam for both; the frozen parts have no gradients."""
        s = self.settings
        judged = [p for p in self.discriminators.parameters() if p.requires_grad]
        return [
            torch.optim.Adam(self.generator.parameters(), lr=s.learning_rate, betas=s.betas),
            torch.optim.Adam(judged, lr=s.discriminator_rate, betas=s.betas),
        ]

    def step(self, step: int, indices: Tensor) -> dict[str, Tensor]:
        """One step of the discriminators, then one of the generator on the same fakes."""
        for_generator, for_judges = self.optimisers
        if self.budget:
            # Laid out by time a run has an end, and the last small steps gain most.
            fall = cosine(self.progress(step))
            for_generator.param_groups[0]["lr"] = self.settings.learning_rate * fall
            for_judges.param_groups[0]["lr"] = self.settings.discriminator_rate * fall
        indices = indices.to(self.pictures.device)
        real = to_signed(self.pictures[indices])
        mirrored = torch.rand(len(real), 1, 1, 1).to(real.device) < 0.5
        real = torch.where(mirrored, real.flip(3), real)
        known = self.shown[indices]
        wishes = opened(known)
        latent = torch.randn(len(real), self.latent_dim).to(real.device)
        self.discriminators.train()
        self.discriminators.projection.eval()  # no stochastic depth
        with torch.autocast(real.device.type, torch.bfloat16, enabled=self.bfloat16):
            fake = self.generator(latent, wishes)
        fake = fake.float()
        on_real, read = self.discriminators(vary(real), wishes)
        on_fake, _ = self.discriminators(vary(fake.detach()), wishes)
        loss_d = sum(
            F.relu(1 - r).mean() + F.relu(1 + f).mean()
            for r, f in zip(on_real, on_fake, strict=True)
        )
        learnt = _reading_loss(read, known)
        for_judges.zero_grad()
        (loss_d + learnt).backward()
        for_judges.step()
        if step < self.judges_first:
            return _detached({"loss_d": loss_d, "loss_read": learnt})
        frozen = [p for p in self.discriminators.parameters() if p.requires_grad]
        for p in frozen:
            p.requires_grad_(requires_grad=False)
        judged, read = self.discriminators(vary(fake), wishes)
        obeyed = _reading_loss(read, wishes, self.weights)
        named = colour_loss(self.rule, fake, wishes[:, list(CLASSES).index(COLOUR.key)])
        loss_g = -sum(scores.mean() for scores in judged)
        asked = self.settings.obedience * len(judged) * obeyed + self.settings.colour * named
        for_generator.zero_grad()
        (loss_g + asked).backward()
        for_generator.step()
        for p in frozen:
            p.requires_grad_(requires_grad=True)
        update_average(self.average, self.generator, step, self.settings.ema)
        found = {"loss_d": loss_d, "loss_g": loss_g, "loss_read": learnt, "loss_obeyed": obeyed}
        return _detached({**found, "loss_colour": named})

    def batch_indices(self, step: int) -> Tensor:
        """Indices ``[batch]``, drawn with replacement: rare patterns, sleeves and colours more often."""
        generator = torch.Generator().manual_seed(mix(self.seed, "batch", step))
        return torch.multinomial(self.odds, self.batch, replacement=True, generator=generator)

    def after_epoch(self, step: int) -> None:
        """Keep a frame of the film."""
        if self.grids is not None:
            write_picture(self.grids / f"{step:07d}.png", self.film_frame())

    def film_frame(self) -> np.ndarray:
        """The same 16 latents each time, uint8 ``[4 H, 4 W, 3]``.

        A row with all wishes open, then a row each of colours, patterns and sleeves.
        """
        latents = torch.randn(16, self.latent_dim, generator=torch.Generator().manual_seed(1))
        wishes = torch.full((16, len(CLASSES)), -1)
        for row, key in enumerate(("colour", "pattern", "sleeve_length"), 1):
            wishes[4 * row : 4 * row + 4, list(CLASSES).index(key)] = torch.arange(4)
        return sample_grid(self.average, latents.to(self.device), wishes.to(self.device), columns=4)


def _detached(losses: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.detach() for name, value in losses.items()}


def _reading_loss(
    logits: Sequence[Tensor], wishes: Tensor, weights: Tensor | None = None
) -> Tensor:
    """Mean cross-entropy over the wishes that are given, each times its weight of ``weights [K]``."""
    losses = torch.stack(
        [
            F.cross_entropy(values, column, ignore_index=-1, reduction="sum")
            for values, column in zip(logits, wishes.T, strict=True)
        ]
    )
    if weights is not None:
        losses = losses * weights
    return losses.sum() / (wishes >= 0).sum().clamp_min(1)
