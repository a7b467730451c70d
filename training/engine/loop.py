"""The training loop: a run that was killed and resumed ends with the weights of an uninterrupted one.

Every random choice of step k (which images, augmentation, latents, dropout) is drawn from a generator that is
seeded anew with the run's seed and k. So the state after step k is the same however often the run was
interrupted before, as long as its data, its settings and the kind of machine are the same.
"""

from __future__ import annotations

import hashlib
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from fashion_core.checkpoint import choose_device
from training.errors import DataError

if TYPE_CHECKING:
    from training.engine.schedule import TimeBudget

CHECKPOINT_EVERY = timedelta(seconds=60)


def mix(seed: int, *parts: int | str) -> int:
    """A 63-bit seed from a seed and a place: ``mix(7, "step", 12)``."""
    text = ":".join(str(p) for p in (seed, *parts))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def state_of(content: dict[str, Any], part: str) -> dict[str, Tensor]:
    """The weights of one part of a module (``network``, ``average``) in a run's checkpoint."""
    prefix = f"{part}."
    tensors = content["state_dict"].items()
    return {k.removeprefix(prefix): v for k, v in tensors if k.startswith(prefix)}


def fast_bfloat16() -> bool:
    """Whether bfloat16 pays: on CUDA, or on a CPU with AVX512-BF16 or AMX (without them it crawls)."""
    if torch.cuda.is_available():  # where a run then computes
        return True
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


@torch.no_grad()
def update_average(average: nn.Module, network: nn.Module, step: int, decay: float) -> None:
    """Move the exponential moving average of a network's weights on by one step.

    Its memory is short at first, so that the start does not linger in the average.

    ``torch.optim.swa_utils.AveragedModel`` would need this very function as its ``multi_avg_fn``, for the decay
    follows from the step. It would put ``module.`` before all names in checkpoints, leave the counters of batch
    normalisation behind, and compare its own counter twice a step, for which a GPU has to be waited for.
    """
    decay = min(decay, (1 + step) / (10 + step))
    kept, new = list(average.state_dict().values()), list(network.state_dict().values())
    floating = [i for i, tensor in enumerate(kept) if tensor.is_floating_point()]
    # All tensors in one call: on a GPU a call for each would cost more than the step.
    torch._foreach_lerp_([kept[i] for i in floating], [new[i] for i in floating], 1 - decay)
    for old, current in zip(kept, new, strict=True):
        if not old.is_floating_point():
            old.copy_(current)


class StepModule(nn.Module):
    """A training run: networks, data and optimisers, and one step of them.

    Subclasses write :meth:`make_optimisers` and :meth:`step`, and may write :meth:`after_epoch` (validation,
    sample grids). What counts the steps, seeds each and keeps the state is :func:`fit`.

    Args:
        images: how many training images there are.
        batch: images a step.
        epochs: passes over the training images.
        seed: of the whole run.

    Raises:
        DataError: there are no images.
    """

    steps_done: Tensor

    def __init__(self, images: int, batch: int, epochs: float, seed: int) -> None:
        super().__init__()
        if not images:
            raise DataError(
                "There is no picture to learn from: check that the data and the labels that were given hold "
                "some of the training part."
            )
        self.batch, self.seed, self.images = min(batch, images), seed, images
        #: What the images are, for whoever tells of the run: ``images`` are shop photos.
        self.counts = {"images": images}
        self.steps_per_epoch = max(1, images // self.batch)
        self.total_steps = max(1, round(self.steps_per_epoch * epochs))
        self.register_buffer("steps_done", torch.zeros((), dtype=torch.int64))
        self.history: list[dict[str, float]] = []
        self.optimisers: list[torch.optim.Optimizer] = []
        #: Of a run that is laid out by time; others go by their number of steps.
        self.budget: TimeBudget | None = None
        self._order: tuple[int, Tensor] | None = None

    @property
    def device(self) -> torch.device:
        """Where the run computes."""
        return self.steps_done.device

    def progress(self, step: int) -> float:
        """How much of the run is over at ``step``, 0..1: what its learning rates follow."""
        return self.budget.progress(step) if self.budget else step / self.total_steps

    def batch_indices(self, step: int) -> Tensor:
        """Indices ``[batch]`` of the images of ``step``; each epoch is a permutation of its own."""
        epoch, place = divmod(step, self.steps_per_epoch)
        if self._order is None or self._order[0] != epoch:
            generator = torch.Generator().manual_seed(mix(self.seed, "epoch", epoch))
            self._order = epoch, torch.randperm(self.images, generator=generator)
        return self._order[1][place * self.batch : (place + 1) * self.batch]

    def make_optimisers(self) -> list[torch.optim.Optimizer]:
        """The optimisers that :meth:`step` uses as ``self.optimisers``, in its order."""
        raise NotImplementedError

    def step(self, step: int, indices: Tensor) -> dict[str, Tensor]:
        """One optimisation step; returns what goes into the loss curves, as scalars without gradient."""
        raise NotImplementedError

    def after_epoch(self, step: int) -> None:
        """Called after the last step of each epoch and at the very end. Must not change weights."""

    def seeded_step(self, step: int) -> dict[str, Tensor]:
        """Step number ``step``, from a random state that follows from the seed and this number."""
        torch.manual_seed(mix(self.seed, "step", step))
        return self.step(step, self.batch_indices(step))

    @property
    def finished(self) -> bool:
        """Whether all steps are done (a time limit may have cut the run short)."""
        return int(self.steps_done) >= self.total_steps


def fit(
    module: StepModule,
    folder: Path,
    *,
    max_time: timedelta | None = None,
    device: str = "auto",
    checkpoint_every: timedelta = CHECKPOINT_EVERY,
    quiet: bool = False,
) -> StepModule:
    """Train ``module``, resuming from ``folder/last.ckpt`` when there is one.

    Args:
        module: what to train.
        folder: of this run; checkpoints go there.
        max_time: stop after this long, with a checkpoint, whatever is left to do.
        device: as for :func:`fashion_core.checkpoint.choose_device`.
        checkpoint_every: how old the last checkpoint may be at most.
        quiet: without progress bar.

    Raises:
        DataError: ``last.ckpt`` came from a sprint, which keeps no state to go on from.
    """
    from tqdm import tqdm

    folder.mkdir(parents=True, exist_ok=True)
    last = folder / "last.ckpt"
    module.to(choose_device(device))
    module.optimisers = module.make_optimisers()
    if last.exists():
        _resume(module, last)
    started = kept = time.monotonic()
    limit = float("inf") if max_time is None else max_time.total_seconds()
    done = int(module.steps_done)
    with tqdm(initial=done, total=module.total_steps, unit="step", disable=quiet) as bar:
        while done < module.total_steps:
            losses = {name: float(value) for name, value in module.seeded_step(done).items()}
            module.history.append({"step": done, **losses})
            module.steps_done += 1
            done += 1
            if done % module.steps_per_epoch == 0 or done == module.total_steps:
                module.after_epoch(done)
            bar.update()
            if done % 20 == 0:
                bar.set_postfix(losses, refresh=False)
            if time.monotonic() - kept >= checkpoint_every.total_seconds():
                keep_run(module, last)
                kept = time.monotonic()
            if time.monotonic() - started >= limit:
                break
    keep_run(module, last)
    return module


def keep_run(module: StepModule, path: Path) -> None:
    """Write the whole state of a run: beside, then replaced, so that a kill leaves a whole file."""
    content = {
        "state_dict": module.state_dict(),
        "optimisers": [optimiser.state_dict() for optimiser in module.optimisers],
        "history": module.history,
    }
    beside = path.with_suffix(".new")
    torch.save(content, beside)
    beside.replace(path)


def _resume(module: StepModule, path: Path) -> None:
    content = torch.load(path, map_location=module.device, weights_only=True)
    if not content["optimisers"]:
        raise DataError(
            f"{path} was adopted from a sprint, which keeps no state of its optimisers: export it, or move "
            "it away to train from the beginning."
        )
    module.load_state_dict(content["state_dict"])
    for optimiser, state in zip(module.optimisers, content["optimisers"], strict=True):
        optimiser.load_state_dict(state)
    module.history = content["history"]
