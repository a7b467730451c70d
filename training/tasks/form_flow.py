"""The flow of the form generator: which codes of the autoencoder are dresses, and of which kind.

Flow matching on codes (Lipman et al., "Flow matching for generative modeling", ICLR 2023): a small network
learns the straight way from a latent, standard normal, to the code of a training dress. Conditions are left
open at random, so that every wish may be (Ho, Salimans, "Classifier-free diffusion guidance", 2022).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor

from fashion_core.networks import build
from fashion_core.taxonomy import OF_FORM, WISHES
from training.data.forms import of_one_cloth
from training.engine.loop import StepModule, mix, update_average
from training.engine.schedule import cosine
from training.tasks.form import is_plain

if TYPE_CHECKING:
    import numpy as np

    from fashion_core.networks.form_generator import FormGenerator
    from fashion_core.networks.refiner import DetailedEncoder
    from training.tasks.form_parts import FormParts

#: The conditions of a form with their numbers of classes, and their columns among all wishes.
FORM_CLASSES = {key: len(WISHES[key].classes) for key in OF_FORM}
COLUMNS = [list(WISHES).index(key) for key in OF_FORM]


@dataclass(frozen=True)
class FlowSettings:
    """Hyper-parameters."""

    batch: int = 512
    epochs: float = 130
    learning_rate: float = 1e-3
    ema: float = 0.999
    width: int = 512
    #: Odds that a dress is shown without any condition, beside those that are left open one by one.
    free: float = 0.1
    seed: int = 1


class FormFlowModule(StepModule):
    """The form generator, of which the flow and the vectors of wishes learn.

    Args:
        settings: hyper-parameters.
        maps: int8 ``[N, 2, H, W]`` (:func:`training.data.forms.forms`).
        conditions: int64 ``[N, K]`` of all wishes, -1 where one is not known.
        parts: encoder, decoder and refiner, trained.
    """

    means: Tensor
    deviations: Tensor
    shown: Tensor

    def __init__(
        self,
        settings: FlowSettings,
        maps: np.ndarray,
        conditions: np.ndarray,
        parts: FormParts,
    ) -> None:
        plain = is_plain(conditions) & of_one_cloth(maps)
        means, deviations = codes_of(parts.encoder, maps, torch.from_numpy(plain))
        super().__init__(len(means), settings.batch, settings.epochs, settings.seed)
        torch.manual_seed(mix(settings.seed, "weights"))
        self.settings, self.sizes = settings, parts.sizes
        #: Silhouettes ``[N, H, W]`` of the forms, not mirrored.
        self.outlines: np.ndarray = maps[:, 0] > 0
        self.register_buffer("means", means, persistent=False)
        self.register_buffer("deviations", deviations, persistent=False)
        self.generator: FormGenerator = build("form_generator", **self.arguments)  # type: ignore[assignment] # by its name
        self.generator.decoder.load_state_dict(parts.decoder.state_dict())
        self.generator.refiner.load_state_dict(parts.refiner.state_dict())
        self.generator.mean.copy_(means.mean(0))
        self.generator.scale.copy_((means.var(0) + deviations.square().mean(0)).sqrt())
        self.average = copy.deepcopy(self.generator).requires_grad_(requires_grad=False)
        # Which dresses show their shade is a condition as well: printed ones teach their silhouettes alone.
        shown = torch.cat([torch.from_numpy(conditions[:, COLUMNS]), plain_column(plain)], 1)
        self.register_buffer("shown", shown.repeat(2, 1), persistent=False)

    @property
    def arguments(self) -> dict[str, Any]:
        """Arguments of the generator's constructor."""
        return {
            "wishes": list(FORM_CLASSES.values()),
            **self.sizes,
            "width": self.settings.width,
        }

    def make_optimisers(self) -> list[torch.optim.Optimizer]:
        """Adam for the flow and the vectors of wishes; the decoder and the refiner stay."""
        learners = [*self.generator.flow.parameters(), *self.generator.embedding.parameters()]
        return [torch.optim.AdamW(learners, lr=self.settings.learning_rate, weight_decay=1e-2)]

    def step(self, step: int, indices: Tensor) -> dict[str, Tensor]:
        """A batch of codes, each at a random place of its way from a latent."""
        s, g = self.settings, self.generator
        warm = min(1.0, (step + 1) / 200)
        self.optimisers[0].param_groups[0]["lr"] = (
            s.learning_rate * warm * cosine(self.progress(step))
        )
        indices = indices.to(self.means.device)
        code = self.means[indices] + self.deviations[indices] * torch.randn_like(
            self.means[indices]
        )
        code = (code - g.mean) / g.scale
        latent = torch.randn_like(code)
        time = torch.sigmoid(torch.randn(len(code), device=code.device))
        loss = F.mse_loss(
            g.flow(torch.lerp(latent, code, time[:, None]), time, self._conditions(indices)),
            code - latent,
        )
        self.optimisers[0].zero_grad()
        loss.backward()
        self.optimisers[0].step()
        update_average(self.average, self.generator, step, s.ema)
        return {"loss_flow": loss.detach()}

    def _conditions(self, indices: Tensor) -> Tensor:
        shown = self.shown[indices]
        wishes = drop_conditions(shown[:, :-1])
        free = torch.rand(len(wishes), 1).to(wishes.device) < self.settings.free
        vectors: Tensor = self.generator.embedding(
            torch.cat([wishes.masked_fill(free, -1), shown[:, -1:]], 1)
        )
        return vectors


def drop_conditions(conditions: Tensor) -> Tensor:
    """Condition dropout: ``[N, K]`` with some left open (-1), of each row another share, from none to all."""
    left = torch.rand(conditions.shape) < torch.rand(len(conditions), 1)
    return conditions.masked_fill(left.to(conditions.device), -1)


def plain_column(plain: np.ndarray) -> Tensor:
    """0 for a plain dress and -1 (any) for others, ``[N, 1]``."""
    return torch.from_numpy(plain).long()[:, None] - 1


@torch.inference_mode()
def codes_of(encoder: DetailedEncoder, maps: np.ndarray, plain: Tensor) -> tuple[Tensor, Tensor]:
    """Means and deviations ``[2 N, code]`` of the codes of forms, and then of the mirrored ones.

    Args:
        encoder: evaluated.
        maps: int8 ``[N, 2, H, W]``.
        plain: bool ``[N]``; of others the encoder does not see the shade.
    """
    means, deviations = [], []
    for mirrored in (False, True):
        for start in range(0, len(maps), 64):
            part = torch.from_numpy(maps[start : start + 64]).float() / 127
            part[:, 1] *= plain[start : start + 64, None, None]
            mean, log_variance = encoder(part.flip(3) if mirrored else part)
            means.append(mean)
            deviations.append((log_variance / 2).exp())
    return torch.cat(means).clone(), torch.cat(deviations).clone()
