"""The stacked ensemble (Wolpert, 1992): a small network that turns its members' probabilities into one answer.

Two protocols say which pictures it is fitted on and scored on.

- ``honest``, by which the shipped stack is made. The members learnt from training styles, so the stack is
  fitted on what they answer for validation styles. To score it, these are divided into two halves: a stack
  fitted on the first is scored on the second, and one fitted on the second is scored on the first. Neither it
  nor its members saw what it is scored on; only each member's temperature, one number, was fitted on both
  halves. What ships is fitted on both halves together.
- ``report``, that of the 2020 study: fitted and scored on the same 619 pictures, which the members were
  trained on as well. Members are nearly always right about what they learnt, so the score says little about
  new photos. Such a stack does not ship; its score is shown beside the other to tell how much this leak of
  training data into measuring flatters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from fashion_core.networks import build
from fashion_core.taxonomy import PATTERN
from training.data.labels import encode_labels
from training.data.splits import halves
from training.engine.loop import StepModule, fit, mix
from training.tasks.stack_members import member_predictions, predictions_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from training.data.framed import RealPhotos
    from training.data.real import Real
    from training.data.shop import Packed

#: How many images the 2020 study fitted and scored its stack on.
REPORT_IMAGES = 619
#: Phone photos are few: how often each is seen an epoch.
PHOTO_REPEATS = 4


@dataclass(frozen=True)
class StackSettings:
    """The stack of the 2020 study: Adam, 20 epochs; its report gives neither rate nor batch."""

    architecture: str = "stack"
    hidden: int = 10
    learning_rate: float = 3e-3
    weight_decay: float = 1e-3
    batch: int = 16
    epochs: int = 20
    seed: int = 1

    def arguments(self, members: int) -> dict[str, Any]:
        """The arguments of the network's constructor."""
        shape = {"members": members, "classes": len(PATTERN.classes)}
        return shape | ({"hidden": self.hidden} if self.architecture == "stack" else {})


#: As in the 2020 study, and with one weight a member in place of a hidden layer.
SETTINGS_TRIED = (StackSettings(), StackSettings(architecture="weighted_pool", learning_rate=1e-2))


class StackModule(StepModule):
    """Fits the stack on frozen predictions.

    Args:
        settings: hyper-parameters.
        inputs: float32 ``[N, members * classes]``, the members' probabilities.
        truth: int64 ``[N]``.
    """

    def __init__(self, settings: StackSettings, inputs: np.ndarray, truth: np.ndarray) -> None:
        super().__init__(len(inputs), settings.batch, settings.epochs, settings.seed)
        torch.manual_seed(mix(settings.seed, "weights"))
        self.settings = settings
        arguments = settings.arguments(inputs.shape[1] // len(PATTERN.classes))
        self.network = build(settings.architecture, **arguments)
        self.inputs, self.truth = torch.from_numpy(inputs), torch.from_numpy(truth)

    def make_optimisers(self) -> list[torch.optim.Optimizer]:
        """Adam, as in the 2020 study, with a little weight decay."""
        s = self.settings
        return [
            torch.optim.AdamW(
                self.network.parameters(), lr=s.learning_rate, weight_decay=s.weight_decay
            )
        ]

    def step(self, _step: int, indices: Tensor) -> dict[str, Tensor]:
        """One step on a batch of predictions."""
        (optimiser,) = self.optimisers
        loss = cross_entropy(self.network(self.inputs[indices]), self.truth[indices])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return {"loss": loss.detach()}


@dataclass(frozen=True)
class StackExamples:
    """Predictions that a stack is fitted on: shop photos of validation styles first, phone photos last.

    Attributes:
        inputs: float32 ``[N, members * 6]``, the members' probabilities.
        truth: classes, int64 ``[N]``, -1 where there is no label.
        half: 0 or 1 ``[N]``; no style and no sender is in both.
        shop: how many rows are shop photos.
        photos: how many phone photos there are; they are the last rows, once or repeated.
    """

    inputs: np.ndarray
    truth: np.ndarray
    half: np.ndarray
    shop: int
    photos: int = 0


@dataclass(frozen=True)
class FittedStack:
    """A stack that was fitted on both halves, and what stacks fitted on one half answer for the other.

    Attributes:
        members: keys of the members, in the order of the inputs.
        examples: what it was fitted on.
        module: the fit on both halves.
        tried: architecture -> cross-fitted answers ``[N, 6]``, before a temperature, of all that were tried.
    """

    members: Sequence[str]
    examples: StackExamples
    module: StackModule
    tried: Mapping[str, np.ndarray]

    @property
    def crossed(self) -> np.ndarray:
        """The cross-fitted answers of the settings that were chosen."""
        return self.tried[self.module.settings.architecture]


def stack_examples(
    members: Sequence[str],
    packed: Packed,
    clean: dict[str, dict[str, str]],
    root: Path,
    packs: Path,
    runs: Path,
    real: Real | None = None,
) -> StackExamples:
    """The members' predictions of validation photos; ``clean`` empty means shop labels.

    With ``real`` also of phone photos of validation senders, and of validation dresses as a phone would see
    them: there the members deserve other weights than on shop photos.
    """
    chosen = packed.select("validation")
    rows = [packed.rows[i] for i in chosen]
    labels = [clean.get(r.image, {}) for r in rows] if clean else [r.labels for r in rows]
    inputs = [member_predictions(members, root, packs, runs, chosen)]
    truth = [encode_labels(labels, PATTERN.key, PATTERN.classes)]
    half = [halves(r.style for r in rows)]
    for photos, times in _repeated(real):
        inputs += [predictions_of(members, root, photos.pictures, runs)] * times
        truth += [encode_labels(photos.labels, PATTERN.key, PATTERN.classes)] * times
        half += [halves(photos.groups)] * times
    return StackExamples(
        np.concatenate(inputs),
        np.concatenate(truth),
        np.concatenate(half),
        len(rows),
        len(real.validation.pictures) if real else 0,
    )


def _repeated(real: Real | None) -> list[tuple[RealPhotos, int]]:
    """What the stack is fitted on beside shop photos, and how often each is seen; photos come last."""
    if real is None:
        return []
    return [(real.validation_views, 1), (real.validation, PHOTO_REPEATS)]


def fit_honest(
    name: str,
    members: Sequence[str],
    examples: StackExamples,
    runs: Path,
    tried: Sequence[StackSettings] = SETTINGS_TRIED,
) -> FittedStack:
    """Fit and cross-fit a stack.

    Of the settings that are ``tried`` those are chosen whose cross-fitted answers are right more often.
    """
    answers = {s.architecture: _crossed(s, examples, runs / name) for s in tried}
    best = max(tried, key=lambda s: _accuracy(answers[s.architecture], examples.truth))
    module = fit_stack(best, examples.inputs, examples.truth, runs / name)
    return FittedStack(members, examples, module, answers)


def _crossed(settings: StackSettings, examples: StackExamples, run: Path) -> np.ndarray:
    """Answers ``[N, 6]`` for each half by a stack that was fitted on the other."""
    inputs, half = examples.inputs, examples.half
    answers = np.zeros((len(inputs), len(PATTERN.classes)), np.float32)
    for side in (0, 1):
        truth = np.where(half == side, examples.truth, -1)
        fitted = fit_stack(settings, inputs, truth, run.with_name(f"{run.name}-{side}"))
        answers[half != side] = stack_probabilities(fitted, inputs[half != side])
    return answers


def _accuracy(answers: np.ndarray, truth: np.ndarray) -> float:
    labelled = truth >= 0
    return float((answers[labelled].argmax(1) == truth[labelled]).mean())


def fit_stack(
    settings: StackSettings, inputs: np.ndarray, truth: np.ndarray, run: Path
) -> StackModule:
    """Fit a stack on the rows whose ``truth`` is not -1; seconds of work, so nothing is resumed."""
    labelled = truth >= 0
    module = StackModule(settings, inputs[labelled], truth[labelled])
    (run / "last.ckpt").unlink(missing_ok=True)
    fit(module, run, device="cpu", quiet=True)
    module.network.eval()
    return module


@torch.inference_mode()
def stack_probabilities(module: StackModule, inputs: np.ndarray) -> np.ndarray:
    """Probabilities ``[N, 6]`` of predictions ``[N, members * 6]``."""
    answers: np.ndarray = module.network(torch.from_numpy(inputs)).softmax(1).numpy()
    return answers


def leaky_examples(
    members: Sequence[str], packed: Packed, root: Path, packs: Path, runs: Path
) -> StackExamples:
    """The members' predictions of images that they were trained on, with shop labels, as in the 2020 study."""
    train = packed.select("train")
    chosen = train[[(PATTERN.key in packed.rows[i].labels) for i in train]][:REPORT_IMAGES]
    truth = encode_labels([packed.rows[i].labels for i in chosen], PATTERN.key, PATTERN.classes)
    inputs = member_predictions(members, root, packs, runs, chosen)
    return StackExamples(inputs, truth, np.zeros(len(truth), np.int64), len(truth))
