"""The studio generator: conditions in, dresses out, trained against discriminators on frozen features.

The discriminators (:mod:`training.tasks.discriminators`) score pictures, and a classifier beside them holds
the generator to its conditions; colours are held to the Analyser's own rule
(:mod:`training.tasks.colour_rule`). All pictures are varied before they are scored (Zhao et al.,
"Differentiable augmentation", NeurIPS 2020), in colour only a little: a strong change would hide it.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fashion_core.networks.studio import StudioGenerator
from fashion_core.networks.transfer import load_imagenet
from fashion_core.preprocess import to_signed
from fashion_core.taxonomy import COLOUR
from training.data.files import write_picture
from training.engine.loop import StepModule, fast_bfloat16, mix, update_average
from training.engine.schedule import cosine
from training.tasks.colour_rule import ColourRule, colour_loss
from training.tasks.discriminators import CLASSES, Discriminators
from training.tasks.gan import sample_grid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

#: Columns of a square pack's side that a portrait keeps.
PORTRAIT = 2 / 3
#: In the folder of a run that went on from a shipped generator: which one, and what that had seen.
START_FILE = "start.json"


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
    #: Weight of condition adherence, as the classifier reads it, in the generator's loss.
    adherence: float = 0.5
    #: Times that weight, for conditions that are met least; 1 for the others.
    condition_weights: Mapping[str, float] = field(
        default_factory=lambda: {"pattern": 2.0, "length": 2.0}
    )
    #: Weight in the same loss of the Analyser's rule for colours.
    colour: float = 1.0
    #: Steps that fresh discriminators learn alone when the generator is not fresh.
    discriminators_first: int = 150
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


def vary(images: Tensor) -> Tensor:
    """Differentiable augmentation of ``[N, 3, H, W]`` in -1..1: light, place, and a piece left out."""
    count, _, height, width = images.shape
    device = images.device

    def odds(*shape: int) -> Tensor:
        return torch.rand(*shape).to(device)

    images = images * (1 + (odds(count, 1, 1, 1) - 0.5) * 0.2) + (odds(count, 1, 1, 1) - 0.5) * 0.1
    # Whole pixels: between them the picture would be blurred, and no discriminator would see the finest grain.
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


def drop_conditions(conditions: Tensor) -> Tensor:
    """Condition dropout: ``[N, K]`` with some left open (-1), of each row another share, from none to all."""
    left = torch.rand(conditions.shape) < torch.rand(len(conditions), 1)
    return conditions.masked_fill(left.to(conditions.device), -1)


def raked(conditions: np.ndarray, power: float, most: float = 8.0, rounds: int = 20) -> np.ndarray:
    """Odds ``[N]`` of drawing each row of ``conditions [N, K]``, so that rare classes are met.

    Raking (Deming, Stephan, "On a least squares adjustment of a sampled frequency table", 1940): rows are
    weighted until each class of each condition is drawn in proportion to (its frequency) ** (1 - ``power``).

    Args:
        conditions: classes, -1 where a row shows none that is known.
        power: 0 leaves the frequencies as they are, 1 makes the classes of a condition equal.
        most: times the even odds that a row is drawn at most, lest a few are learnt by heart.
        rounds: over all conditions.

    >>> raked(np.array([[0], [0], [0], [1]]), 1.0).round(2).tolist()
    [0.17, 0.17, 0.17, 0.5]
    """
    odds = np.full(len(conditions), 1 / len(conditions))
    for _ in range(rounds):
        for column in conditions.T:
            shown = column >= 0
            if not shown.any():
                continue
            counts = np.bincount(column[shown])
            wanted = np.where(counts > 0, np.maximum(counts, 1.0) ** (1 - power), 0)
            met = np.bincount(column[shown], odds[shown])
            factor = wanted / wanted.sum() * met.sum() / np.maximum(met, 1e-12)
            odds[shown] *= factor[column[shown]]
        odds = np.minimum(odds / odds.sum(), most / len(conditions))
    sized: np.ndarray = odds / odds.sum()
    return sized


class StudioModule(StepModule):
    """Generator, its moving average and the discriminators.

    Args:
        settings: hyper-parameters.
        pictures: uint8 ``[N, S, S, 3]``, dresses on white.
        conditions: int64 ``[N, K]``, what each shows, -1 where it is not known
            (:mod:`training.data.conditions`).
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
        conditions: np.ndarray,
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
        self.in_bfloat16 = fast_bfloat16() if bfloat16 is None else bfloat16
        self.generator = StudioGenerator(**self.arguments)
        self.discriminators_first = settings.discriminators_first if start else 0
        if start:
            self.generator.load_state_dict(start.state_dict())
        self.discriminators = Discriminators(
            settings.backbone, settings.projected, self.generator.image_size
        )
        if imagenet:
            path = imagenet / f"{settings.backbone}.safetensors"
            load_imagenet(self.discriminators.projection.backbone, path)
        self.discriminators.projection.fold()
        self.average = copy.deepcopy(self.generator).requires_grad_(False)
        for network in (self.generator, self.average, self.discriminators):
            network.to(memory_format=torch.channels_last)
        seen = torch.from_numpy(portraits(pictures))
        self.register_buffer("pictures", seen, persistent=False)
        self.register_buffer("shown", torch.from_numpy(conditions), persistent=False)
        self.odds = torch.from_numpy(raked(conditions, settings.balance))
        self.rule = rule or ColourRule()
        weights = [settings.condition_weights.get(key, 1.0) for key in CLASSES]
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
        trained = [p for p in self.discriminators.parameters() if p.requires_grad]
        return [
            torch.optim.Adam(self.generator.parameters(), lr=s.learning_rate, betas=s.betas),
            torch.optim.Adam(trained, lr=s.discriminator_rate, betas=s.betas),
        ]

    def step(self, step: int, indices: Tensor) -> dict[str, Tensor]:
        """One step of the discriminators, then one of the generator on the same fakes."""
        for_generator, for_discriminators = self.optimisers
        if self.budget:
            # Laid out by time a run has an end, and the last small steps gain most.
            fall = cosine(self.progress(step))
            for_generator.param_groups[0]["lr"] = self.settings.learning_rate * fall
            for_discriminators.param_groups[0]["lr"] = self.settings.discriminator_rate * fall
        indices = indices.to(self.pictures.device)
        real = to_signed(self.pictures[indices])
        mirrored = torch.rand(len(real), 1, 1, 1).to(real.device) < 0.5
        real = torch.where(mirrored, real.flip(3), real)
        known = self.shown[indices]
        conditions = drop_conditions(known)
        latent = torch.randn(len(real), self.latent_dim).to(real.device)
        self.discriminators.train()
        self.discriminators.projection.eval()  # no stochastic depth
        with torch.autocast(real.device.type, torch.bfloat16, enabled=self.in_bfloat16):
            fake = self.generator(latent, conditions)
        fake = fake.float()
        on_real, read = self.discriminators(vary(real), conditions)
        on_fake, _ = self.discriminators(vary(fake.detach()), conditions)
        hinges = (
            F.relu(1 - r).mean() + F.relu(1 + f).mean()
            for r, f in zip(on_real, on_fake, strict=True)
        )
        loss_d = cast("Tensor", sum(hinges))
        learnt = classifier_loss(read, known)
        for_discriminators.zero_grad()
        (loss_d + learnt).backward()
        for_discriminators.step()
        if step < self.discriminators_first:
            return _detached({"loss_d": loss_d, "loss_classifier": learnt})
        frozen = [p for p in self.discriminators.parameters() if p.requires_grad]
        for p in frozen:
            p.requires_grad_(False)
        scores_of_fake, read = self.discriminators(vary(fake), conditions)
        adherence = classifier_loss(read, conditions, self.weights)
        named = colour_loss(self.rule, fake, conditions[:, list(CLASSES).index(COLOUR.key)])
        loss_g = -cast("Tensor", sum(scores.mean() for scores in scores_of_fake))
        asked = (
            self.settings.adherence * len(scores_of_fake) * adherence + self.settings.colour * named
        )
        for_generator.zero_grad()
        (loss_g + asked).backward()
        for_generator.step()
        for p in frozen:
            p.requires_grad_(True)
        update_average(self.average, self.generator, step, self.settings.ema)
        losses = {
            "loss_d": loss_d,
            "loss_g": loss_g,
            "loss_classifier": learnt,
            "loss_adherence": adherence,
        }
        return _detached({**losses, "loss_colour": named})

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

        A row with all conditions open, then a row each of colours, patterns and sleeves.
        """
        latents = torch.randn(16, self.latent_dim, generator=torch.Generator().manual_seed(1))
        conditions = torch.full((16, len(CLASSES)), -1)
        for row, key in enumerate(("colour", "pattern", "sleeve_length"), 1):
            conditions[4 * row : 4 * row + 4, list(CLASSES).index(key)] = torch.arange(4)
        return sample_grid(
            self.average, latents.to(self.device), conditions.to(self.device), columns=4
        )


def _detached(losses: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.detach() for name, value in losses.items()}


def classifier_loss(
    logits: Sequence[Tensor], conditions: Tensor, weights: Tensor | None = None
) -> Tensor:
    """Mean cross-entropy over the conditions that are given, each times its weight of ``weights [K]``."""
    losses = torch.stack(
        [
            F.cross_entropy(values, column, ignore_index=-1, reduction="sum")
            for values, column in zip(logits, conditions.T, strict=True)
        ]
    )
    if weights is not None:
        losses = losses * weights
    return losses.sum() / (conditions >= 0).sum().clamp_min(1)
