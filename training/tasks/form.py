"""The form generator: silhouettes and shade, taught by plain dresses and by the silhouettes of all.

It begins as the studio generator that ships, which knows silhouettes: its plain designs are what it imitates
for some steps, with its last layer new. Then discriminators take over: those of the studio generator on the
form in grey cloth, and one more that sees the silhouette alone.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fashion_core.cutout import border_mask
from fashion_core.networks import build
from fashion_core.networks.form import rendered
from fashion_core.networks.transfer import load_imagenet
from fashion_core.taxonomy import COLOUR, PATTERN, PLAIN, WISHES
from training.data.files import write_picture
from training.data.forms import form_of
from training.engine.loop import StepModule, fast_bfloat16, mix, update_average
from training.engine.schedule import cosine
from training.tasks.discriminators import CLASSES, Discriminators, ProjectionDiscriminator
from training.tasks.studio import classifier_loss, drop_conditions, raked, vary

if TYPE_CHECKING:
    from pathlib import Path

    from fashion_core.networks.form import FormGenerator
    from fashion_core.networks.studio import StudioGenerator

#: What a form does not show.
OF_CLOTH = (PATTERN.key, COLOUR.key)
#: The conditions of a form, and their columns among all wishes.
FORM_CLASSES = {key: count for key, count in CLASSES.items() if key not in OF_CLOTH}
COLUMNS = [i for i, key in enumerate(CLASSES) if key not in OF_CLOTH]


@dataclass(frozen=True)
class FormSettings:
    """Hyper-parameters."""

    latent_dim: int = 128
    backbone: str = "efficientnet-lite0"
    projected: int = 48
    batch: int = 24
    epochs: float = 60
    learning_rate: float = 2e-4
    discriminator_rate: float = 3e-4
    betas: tuple[float, float] = (0.0, 0.99)
    ema: float = 0.998
    balance: float = 0.65
    #: Weight of condition adherence, as the classifier reads it, in the generator's loss.
    adherence: float = 0.5
    #: Steps of imitating the studio generator, and then of the discriminators alone.
    imitation: int = 400
    discriminators_first: int = 100
    imitation_rate: float = 5e-4
    seed: int = 1


class FormModule(StepModule):
    """Generator, its moving average and the discriminators.

    Args:
        settings: hyper-parameters.
        maps: int8 ``[N, 2, H, W]`` (:func:`training.data.forms.forms`).
        conditions: int64 ``[N, K]`` of all wishes, -1 where one is not known.
        studio: the generator to begin from; a fresh one without it, and no imitation.
        imagenet: folder with the weights of the backbone; random ones without it (for tests).
        grids: folder for a sheet after every epoch.
        bfloat16: autocast of the generator, by default where the machine gains from it.
    """

    maps: Tensor
    shown: Tensor

    def __init__(
        self,
        settings: FormSettings,
        maps: np.ndarray,
        conditions: np.ndarray,
        studio: StudioGenerator | None = None,
        imagenet: Path | None = None,
        grids: Path | None = None,
        *,
        bfloat16: bool | None = None,
    ) -> None:
        super().__init__(len(maps), settings.batch, settings.epochs, settings.seed)
        torch.manual_seed(mix(settings.seed, "weights"))
        self.settings, self.grids = settings, grids
        self.in_bfloat16 = fast_bfloat16() if bfloat16 is None else bfloat16
        self.generator: FormGenerator = build("form_generator", **self.arguments)  # type: ignore[assignment] # by its name
        self.imitation = settings.imitation if studio else 0
        # Outside the state: what is imitated ships, and is not trained.
        self._studio = [studio.eval()] if studio else []
        if studio:
            begin_as(self.generator, studio)
        size = self.generator.image_size
        self.discriminators = Discriminators(settings.backbone, settings.projected, size)
        self.silhouettes = ProjectionDiscriminator(1, (32, 64, 128, 128), size[0], deviation=True)
        if imagenet:
            path = imagenet / f"{settings.backbone}.safetensors"
            load_imagenet(self.discriminators.projection.backbone, path)
        self.discriminators.projection.fold()
        self.average = copy.deepcopy(self.generator).requires_grad_(requires_grad=False)
        for network in (self.generator, self.average, self.discriminators, self.silhouettes):
            network.to(memory_format=torch.channels_last)
        form = conditions.copy()
        plain = conditions[:, list(CLASSES).index(PATTERN.key)] == PATTERN.classes.index(PLAIN)
        form[:, [i for i in range(len(CLASSES)) if i not in COLUMNS]] = -1
        self.register_buffer("maps", torch.from_numpy(maps), persistent=False)
        self.register_buffer("shown", torch.from_numpy(form), persistent=False)
        self.all_odds = torch.from_numpy(raked(form[:, COLUMNS], settings.balance))
        self.plain_odds = self.all_odds * torch.from_numpy(plain)

    @property
    def arguments(self) -> dict[str, Any]:
        """Arguments of the generator's constructor."""
        return {"wishes": list(FORM_CLASSES.values()), "latent_dim": self.settings.latent_dim}

    def make_optimisers(self) -> list[torch.optim.Optimizer]:
        """Adam for both; the frozen parts have no gradients."""
        s = self.settings
        return [
            torch.optim.Adam(self.generator.parameters(), lr=s.learning_rate, betas=s.betas),
            torch.optim.Adam(self._learners(), lr=s.discriminator_rate, betas=s.betas),
        ]

    def _learners(self) -> list[nn.Parameter]:
        both = [*self.discriminators.parameters(), *self.silhouettes.parameters()]
        return [p for p in both if p.requires_grad]

    def batch_indices(self, step: int) -> Tensor:
        """Indices ``[2, batch]``: plain dresses, and any; rare classes more often than they are."""
        generator = torch.Generator().manual_seed(mix(self.seed, "batch", step))
        return torch.stack(
            [
                torch.multinomial(odds, self.batch, replacement=True, generator=generator)
                for odds in (self.plain_odds, self.all_odds)
            ]
        )

    def step(self, step: int, indices: Tensor) -> dict[str, Tensor]:
        """A step of imitation first; later one of the discriminators, and one of the generator."""
        if step < self.imitation:
            return self._imitate(step)
        for group in self.optimisers[0].param_groups:
            group["lr"] = self.settings.learning_rate
        if self.budget:
            fall = cosine(self.progress(step))
            self.optimisers[0].param_groups[0]["lr"] = self.settings.learning_rate * fall
            self.optimisers[1].param_groups[0]["lr"] = self.settings.discriminator_rate * fall
        return self._contest(step, indices.to(self.maps.device))

    def _imitate(self, step: int) -> dict[str, Tensor]:
        """The maps of the studio generator's own plain designs, for the same latents and conditions."""
        self.optimisers[0].param_groups[0]["lr"] = self.settings.imitation_rate
        latent, conditions, target, sane = self._studied(step)
        maps = self.generator(latent, conditions[:, COLUMNS])
        off = (maps - target).abs()
        # Near the edge a pixel counts for more: straps and necklines are thin.
        near = 1 + 3 * (target[:, :1].abs() < 0.5)
        loss = ((off[:, :1] * near).mean((1, 2, 3)) + 2 * off[:, 1:].mean((1, 2, 3)))[sane].mean()
        self.optimisers[0].zero_grad()
        loss.backward()
        self.optimisers[0].step()
        update_average(self.average, self.generator, step, self.settings.ema)
        return {"loss_imitation": loss.detach()}

    @torch.no_grad()
    def _studied(self, step: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Latents, conditions, target maps, and which designs have a mask that can be believed."""
        drawn = torch.Generator().manual_seed(mix(self.seed, "imitation", step))
        rows = torch.multinomial(self.all_odds, self.batch, replacement=True, generator=drawn)
        conditions = drop_conditions(self.shown[rows].clone())
        latent = torch.randn(self.batch, self.settings.latent_dim, generator=drawn)
        asked = conditions.clone()
        asked[:, list(CLASSES).index(PATTERN.key)] = PATTERN.classes.index(PLAIN)
        # Dark and strong colours stand out from white, so that the mask is sure.
        colours = torch.tensor([COLOUR.classes.index(c) for c in ("blue", "red", "green", "brown")])
        asked[:, list(CLASSES).index(COLOUR.key)] = colours[torch.arange(self.batch) % len(colours)]
        images = self._studio[0](latent, asked)
        targets, sane = zip(*(self._form(image) for image in images), strict=True)
        return latent, conditions, torch.stack(targets), torch.tensor(sane)

    def _form(self, image: Tensor) -> tuple[Tensor, bool]:
        """The form of one design ``[3, H, W]`` of the studio generator, and whether it is one piece."""
        pixels = ((image.permute(1, 2, 0).numpy() + 1) * 127.5).clip(0, 255).astype(np.uint8)
        large = cv2.resize(pixels, None, fx=8 / 3, fy=8 / 3, interpolation=cv2.INTER_CUBIC)
        square = np.full((large.shape[0], large.shape[0], 3), 255, np.uint8)
        left = (square.shape[1] - large.shape[1]) // 2
        square[:, left : left + large.shape[1]] = large
        mask, _ = border_mask(square)
        if not 0.04 < mask.mean() < 0.7:
            return torch.zeros(2, *self.generator.image_size), False
        return torch.from_numpy(form_of(square, mask)), True

    def _contest(self, step: int, indices: Tensor) -> dict[str, Tensor]:
        (plain, any_) = indices
        real, known = self._mirrored(self.maps[plain].float() / 127), self.shown[plain]
        outline, outline_known = self._mirrored(self.maps[any_].float() / 127), self.shown[any_]
        conditions = drop_conditions(known)
        outline_conditions = drop_conditions(outline_known)
        latent = torch.randn(len(real), self.settings.latent_dim).to(real.device)
        self.discriminators.train()
        self.discriminators.projection.eval()  # no stochastic depth
        with torch.autocast(real.device.type, torch.bfloat16, enabled=self.in_bfloat16):
            fake = self.generator(latent, conditions[:, COLUMNS])
        fake = fake.float()
        on_real, read = self.discriminators(vary(rendered(real)), conditions)
        on_real.append(self.silhouettes(_outside_one(outline), outline_conditions)[0])
        on_fake = self._scores(fake.detach(), conditions)[0]
        loss_d = sum(
            F.relu(1 - r).mean() + F.relu(1 + f).mean()
            for r, f in zip(on_real, on_fake, strict=True)
        )
        learnt = classifier_loss(read, known)
        self.optimisers[1].zero_grad()
        (loss_d + learnt).backward()
        self.optimisers[1].step()
        losses = {"loss_d": loss_d, "loss_classifier": learnt}
        if step >= self.imitation + self.settings.discriminators_first:
            losses |= self._follow(fake, conditions)
            update_average(self.average, self.generator, step, self.settings.ema)
        return {name: loss.detach() for name, loss in losses.items()}  # type: ignore[union-attr] # sums of tensors

    def _follow(self, fake: Tensor, conditions: Tensor) -> dict[str, Tensor]:
        """The generator's step on designs that the discriminators have seen."""
        learners = self._learners()
        for p in learners:
            p.requires_grad_(False)
        scores, read = self._scores(fake, conditions)
        adherence = classifier_loss(read, conditions)
        loss = -torch.stack([score.mean() for score in scores]).sum()
        self.optimisers[0].zero_grad()
        (loss + self.settings.adherence * len(scores) * adherence).backward()
        self.optimisers[0].step()
        for p in learners:
            p.requires_grad_(True)
        return {"loss_g": loss, "loss_adherence": adherence}

    def _scores(self, maps: Tensor, conditions: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """What all discriminators say of drawn maps, the silhouettes' last; and the classifier's logits."""
        scores, read = self.discriminators(vary(rendered(maps)), conditions)
        scores.append(self.silhouettes(_outside_one(maps), conditions)[0])
        return scores, read

    def _mirrored(self, maps: Tensor) -> Tensor:
        mirrored = torch.rand(len(maps), 1, 1, 1).to(maps.device) < 0.5
        return torch.where(mirrored, maps.flip(3), maps)

    def after_epoch(self, step: int) -> None:
        """Keep a frame of the film."""
        if self.grids is not None:
            write_picture(self.grids / f"{step:07d}.png", self.film_frame())

    @torch.no_grad()
    def film_frame(self) -> np.ndarray:
        """The same 24 latents in grey, uint8 ``[3 H, 8 W, 3]``: rows of any, of sleeves, of lengths."""
        latents = torch.randn(
            24, self.settings.latent_dim, generator=torch.Generator().manual_seed(1)
        )
        conditions = torch.full((24, len(FORM_CLASSES)), -1)
        for row, key in enumerate(("sleeve_length", "length"), 1):
            classes = len(WISHES[key].classes)
            column = list(FORM_CLASSES).index(key)
            conditions[8 * row : 8 * row + 8, column] = torch.arange(8) % classes
        self.average.eval()
        images = rendered(self.average(latents.to(self.device), conditions.to(self.device))).cpu()
        pixels = ((images + 1) * 127.5).clamp(0, 255).byte().permute(0, 2, 3, 1).numpy()
        rows = [np.concatenate(list(pixels[i : i + 8]), axis=1) for i in (0, 8, 16)]
        return np.concatenate(rows)


def _outside_one(maps: Tensor) -> Tensor:
    """Silhouettes for a discriminator, moved a little as all it sees; 1 outside, as :func:`vary` fills in."""
    return vary(-maps[:, :1])


@torch.no_grad()
def begin_as(form: FormGenerator, studio: StudioGenerator) -> None:
    """Give a form generator the weights of a studio generator that is asked for plain dresses of any colour.

    Wishes for cloth become constants; the first map is enlarged from 6 x 4 to 9 x 6; the last layer stays new.
    """
    dim = studio.embedding.table.embedding_dim
    any_colour = studio.embedding.table.weight[
        studio.embedding.rows[list(CLASSES).index(COLOUR.key)] - 1
    ]
    plain = PATTERN.classes.index(PLAIN)
    plain_row = studio.embedding.rows[list(CLASSES).index(PATTERN.key)] + plain
    fixed = {
        list(CLASSES).index(COLOUR.key): any_colour,
        list(CLASSES).index(PATTERN.key): studio.embedding.table.weight[plain_row],
    }
    latent = form.latent_dim
    kept = [*range(latent)]
    for column in COLUMNS:
        kept += range(latent + column * dim, latent + (column + 1) * dim)

    def narrowed(layer: nn.Linear) -> tuple[Tensor, Tensor]:
        bias = layer.bias.clone()
        for column, vector in fixed.items():
            place = slice(latent + column * dim, latent + (column + 1) * dim)
            bias += layer.weight[:, place] @ vector
        return layer.weight[:, kept], bias

    rows: list[int] = []
    for column in COLUMNS:
        first = studio.embedding.rows[column]
        rows += range(first - 1, first + list(CLASSES.values())[column])
    form.embedding.table.weight.copy_(studio.embedding.table.weight[rows])
    weight, bias = narrowed(studio.first)
    form.first.weight.copy_(_enlarged(weight, studio.start, form.start))
    form.first.bias.copy_(_enlarged(bias[:, None], studio.start, form.start)[:, 0])
    for mine, theirs in zip(form.blocks, studio.blocks, strict=True):
        for norm in ("norm1", "norm2"):
            weight, bias = narrowed(getattr(theirs, norm).affine)
            getattr(mine, norm).affine.weight.copy_(weight)
            getattr(mine, norm).affine.bias.copy_(bias)
            getattr(mine, norm).norm.load_state_dict(getattr(theirs, norm).norm.state_dict())
        for convolution in ("conv1", "conv2", "shortcut"):
            getattr(mine, convolution).load_state_dict(getattr(theirs, convolution).state_dict())
    form.norm.load_state_dict(studio.norm.state_dict())


def _enlarged(weight: Tensor, before: tuple[int, int], after: tuple[int, int]) -> Tensor:
    """Rows of a linear layer that makes a map ``[C, *before]``, interpolated to make ``[C, *after]``."""
    columns = weight.shape[1]
    maps = weight.view(-1, *before, columns).permute(0, 3, 1, 2)
    larger = F.interpolate(maps, after, mode="bilinear", align_corners=False)
    return larger.permute(0, 2, 3, 1).reshape(-1, columns)
