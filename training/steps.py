"""What all trainers share: a run whose state after step k depends on (seed, k) and on nothing else.

Every random choice of a step (which images, augmentation, latents, dropout) follows from the seed and
the number of the step. So a run that is killed at any moment and resumed from its last checkpoint ends
with the weights of an uninterrupted one. Lightning gives the loop, checkpoints and time limits; the
count of steps is our own, because its batch counters differ between one and several optimisers.
"""

from __future__ import annotations

import hashlib
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import Callback, TQDMProgressBar
from torch import Tensor, nn
from torch.utils.data import DataLoader

CHECKPOINT_EVERY = timedelta(seconds=90)


def mix(seed: int, *parts: int | str) -> int:
    """A 63-bit seed from a seed and a place: ``mix(7, "step", 12)``."""
    text = ":".join(str(p) for p in (seed, *parts))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def state_of(content: dict[str, Any], part: str) -> dict[str, Tensor]:
    """The weights of one part of a module (``network``, ``average``) in a run's checkpoint."""
    prefix = f"{part}."
    found = content["state_dict"].items()
    return {k.removeprefix(prefix): v for k, v in found if k.startswith(prefix)}


def fast_bfloat16() -> bool:
    """Whether bfloat16 pays: on CUDA, or on a CPU with AVX512-BF16 or AMX (without them it crawls)."""
    if torch.cuda.is_available():  # where Lightning then computes
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
    """
    decay = min(decay, (1 + step) / (10 + step))
    pairs = zip(average.state_dict().values(), network.state_dict().values(), strict=True)
    for kept, new in pairs:
        if kept.is_floating_point():
            kept.lerp_(new, 1 - decay)
        else:
            kept.copy_(new)


class StepModule(lightning.LightningModule):
    """A Lightning module that counts its own steps and seeds each of them.

    Subclasses write :meth:`step` and may write :meth:`after_epoch` (validation, sample grids).

    Args:
        images: how many training images there are.
        batch: images a step.
        epochs: passes over the training images.
        seed: of the whole run.
    """

    automatic_optimization = False
    steps_done: Tensor

    def __init__(self, images: int, batch: int, epochs: float, seed: int) -> None:
        super().__init__()
        self.batch, self.seed, self.images = min(batch, images), seed, images
        self.steps_per_epoch = max(1, images // self.batch)
        self.total_steps = max(1, round(self.steps_per_epoch * epochs))
        self.register_buffer("steps_done", torch.zeros((), dtype=torch.int64))
        self.history: list[dict[str, float]] = []
        self._order: tuple[int, Tensor] | None = None

    def batch_indices(self, step: int) -> Tensor:
        """Indices ``[batch]`` of the images of ``step``; each epoch is a permutation of its own."""
        epoch, place = divmod(step, self.steps_per_epoch)
        if self._order is None or self._order[0] != epoch:
            generator = torch.Generator().manual_seed(mix(self.seed, "epoch", epoch))
            self._order = epoch, torch.randperm(self.images, generator=generator)
        return self._order[1][place * self.batch : (place + 1) * self.batch]

    def step(self, step: int, indices: Tensor) -> dict[str, float]:
        """One optimisation step; returns what goes into the loss curves."""
        raise NotImplementedError

    def after_epoch(self, step: int) -> None:
        """Called after the last step of each epoch and at the very end. Must not change weights."""

    def training_step(self, _batch: Tensor, _batch_index: int) -> None:
        """Run the next step. The batch that Lightning hands in is empty and ignored."""
        step = int(self.steps_done)
        if step >= self.total_steps:
            self.trainer.should_stop = True
            return
        torch.manual_seed(mix(self.seed, "step", step))
        losses = self.step(step, self.batch_indices(step))
        self.log_dict(losses, prog_bar=True, logger=False)
        self.history.append({"step": step, **losses})
        self.steps_done += 1
        done = step + 1
        if done % self.steps_per_epoch == 0 or done == self.total_steps:
            self.after_epoch(done)
        if done >= self.total_steps:
            self.trainer.should_stop = True

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the curves with the weights."""
        checkpoint["history"] = self.history

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Take the curves back."""
        self.history = checkpoint["history"]

    @property
    def finished(self) -> bool:
        """Whether all steps are done (a time limit may have cut the run short)."""
        return int(self.steps_done) >= self.total_steps


class KeepLast(Callback):
    """Replaces ``last.ckpt`` every so often and at the end, and keeps to a time limit.

    Lightning's own ModelCheckpoint ignores its time interval under manual optimisation, and its timer
    counts earlier calls of a resumed run.
    """

    def __init__(self, folder: Path, every: timedelta, limit: timedelta | None) -> None:
        self.path, self.every = folder / "last.ckpt", every.total_seconds()
        self.kept = time.monotonic()
        self.deadline = float("inf") if limit is None else self.kept + limit.total_seconds()

    def keep(self, trainer: lightning.Trainer) -> None:
        """Write beside, then replace, so that a kill at any moment leaves a whole file."""
        beside = self.path.with_suffix(".new")
        trainer.save_checkpoint(beside)
        beside.replace(self.path)
        self.kept = time.monotonic()

    def on_train_batch_end(self, trainer: lightning.Trainer, *_: object) -> None:
        """Keep one when the last is too old; stop when this call's time is up."""
        now = time.monotonic()
        if now >= self.deadline:
            trainer.should_stop = True
        elif now - self.kept >= self.every:
            self.keep(trainer)

    def on_train_end(self, trainer: lightning.Trainer, _: lightning.LightningModule) -> None:
        """Keep the last, also of a run that a time limit ended."""
        self.keep(trainer)


def fit(
    module: StepModule,
    folder: Path,
    *,
    max_time: timedelta | None = None,
    accelerator: str = "auto",
    checkpoint_every: timedelta = CHECKPOINT_EVERY,
    quiet: bool = False,
) -> StepModule:
    """Train ``module``, resuming from ``folder/last.ckpt`` when there is one.

    Args:
        module: what to train.
        folder: of this run; checkpoints go there.
        max_time: stop after this long, with a checkpoint, whatever is left to do.
        accelerator: as Lightning's.
        checkpoint_every: how old the last checkpoint may be at most.
        quiet: without progress bar.
    """
    folder.mkdir(parents=True, exist_ok=True)
    keeper = KeepLast(folder, checkpoint_every, max_time)
    trainer = lightning.Trainer(
        accelerator=accelerator,
        devices=1,
        min_epochs=0,
        max_epochs=-1,
        logger=False,
        callbacks=[keeper, *([] if quiet else [TQDMProgressBar(refresh_rate=20)])],
        enable_progress_bar=not quiet,
        enable_model_summary=False,
        enable_checkpointing=False,
        default_root_dir=folder,
    )
    last = folder / "last.ckpt"
    turns = DataLoader(range(module.total_steps), batch_size=None)
    trainer.fit(module, turns, ckpt_path=last if last.exists() else None, weights_only=False)
    return module
