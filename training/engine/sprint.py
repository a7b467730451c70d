"""Minutes on a rented machine, used in full: tasks one after the other, each laid out by time.

A task gets its share of the minutes that are left, so that what one does not use goes to those after it. Every
minute, and at its end, it writes one file: weights in float16, curves, frames of its film, and how far it got.
So a cut at any moment loses a minute at most.
"""

from __future__ import annotations

import json
import platform
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

import cv2
import safetensors
import safetensors.torch
import torch

from fashion_core.checkpoint import choose_device, write_atomically
from training.engine.graphs import GraphedStep
from training.engine.schedule import TimeBudget
from training.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import numpy as np

    from training.data.sprint_pack import SprintPack
    from training.engine.graphs import Graphable
    from training.engine.loop import StepModule

#: Seconds between two writings, and between two lines of progress.
KEEP_EVERY, TELL_EVERY = 60.0, 15.0
#: Every step is in the curves up to this one, then every tenth.
ALL_LOSSES, SOME_LOSSES = 100, 10
#: Frames of a film of training, and pixels that one measures at most.
FRAMES, FRAME_SIDE = 24, 448
#: Bytes that a file may have to come back from a rented machine.
MOST_FILE_BYTES = 16 * 10**6


@dataclass(frozen=True)
class SprintOptions:
    """What a call may choose.

    Attributes:
        fold: a fold of senders (0 to 4) of phone photos: none of their photos are learnt from, all other
            photos of set ``dev`` are.
        ships: learn from all photos of set ``dev``, as the run does that ships.
        seed: of all tasks.
    """

    fold: int | None = None
    ships: bool = False
    seed: int = 1


@dataclass(frozen=True)
class SprintTask:
    """One task of the table.

    Attributes:
        summary: what it trains, in a line.
        share: of the minutes, beside the shares of the other tasks.
        side: pixels a side of the dresses' pictures that it wants.
        parts: of the pack, beside the dresses.
        build: makes the run from an opened pack.
        run: the folder below ``runs`` that it becomes when it is adopted.
        exports: the part of the run that ships: ``average`` or ``network``.
        operations: floating-point operations a picture, counted (forward and backward, both networks).
        pictures_a_second: on a data-centre GPU, and whether that was measured or is an estimate.
        start: the part of the pack whose weights it goes on from, if any.
    """

    summary: str
    share: float
    side: int
    parts: tuple[str, ...]
    build: Callable[[SprintPack, SprintOptions], StepModule]
    run: str
    exports: str
    operations: float
    pictures_a_second: tuple[float, str]
    start: str | None = None


@dataclass(frozen=True)
class Sprint:
    """What all tasks of a call share."""

    pack: SprintPack
    out: Path
    options: SprintOptions
    device: torch.device
    budget: TimeBudget
    tell: Callable[[str], None]


def sprint(
    pack: SprintPack,
    out: Path,
    minutes: float,
    tasks: Mapping[str, SprintTask],
    options: SprintOptions | None = None,
    device: str = "auto",
    tell: Callable[[str], None] = print,
) -> None:
    """Train ``tasks`` one after the other and write ``out/<task>.safetensors`` for each.

    Args:
        pack: what to train from; nothing else is read.
        out: created when missing.
        minutes: for all of them together.
        tasks: name -> task, in this order.
        options: see :class:`SprintOptions`.
        device: as for :func:`fashion_core.checkpoint.choose_device`.
        tell: called with each line of progress.

    Raises:
        DataError: no time, no task, a fold that does not exist, or a part that the pack lacks.
    """
    options = options or SprintOptions()
    _check(pack, minutes, tasks, options)
    where = choose_device(device)
    if where.type == "cuda":
        torch.backends.cudnn.benchmark = True
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    shared = Sprint(pack, out, options, where, TimeBudget(minutes * 60), tell)
    tell(
        f"{', '.join(tasks)} in {minutes:g} minutes on {device_name(where)}, torch {torch.__version__}"
    )
    out.mkdir(parents=True, exist_ok=True)
    shares = [task.share for task in tasks.values()]
    for i, (name, task) in enumerate(tasks.items()):
        budget = TimeBudget(shared.budget.left * task.share / sum(shares[i:]))
        TaskRun(name, task, shared, budget).train()
        if where.type == "cuda":
            torch.cuda.empty_cache()
    tell(f"done after {shared.budget.elapsed:.0f} s")


def _check(
    pack: SprintPack, minutes: float, tasks: Mapping[str, SprintTask], options: SprintOptions
) -> None:
    if minutes <= 0 or not tasks:
        raise DataError("A sprint needs at least one task and more than 0 minutes.")
    if options.fold is not None and options.fold not in range(5):
        raise DataError(f"--fold {options.fold}: there are the folds 0 to 4.")
    for name, task in tasks.items():
        for part in ("dresses", *task.parts):
            if part not in pack.manifest["parts"]:
                raise DataError(
                    f"The pack lacks {part!r}, which {name} needs: pack it for this task."
                )


class TaskRun:
    """One task of a sprint: its run, how far it is, and what is written of it."""

    def __init__(self, name: str, task: SprintTask, shared: Sprint, budget: TimeBudget) -> None:
        self.name, self.task, self.shared, self.budget = name, task, shared, budget
        self.run = task.build(shared.pack, shared.options)
        self.run.budget = budget
        self.run.to(shared.device)
        self.run.optimisers = self.run.make_optimisers()
        self.steps = 0
        self.curves: list[tuple[int, dict[str, torch.Tensor]]] = []
        self.frames: list[tuple[int, np.ndarray]] = []

    def train(self) -> None:
        """Train until the steps or the time are at an end; write all along."""
        step = stepper(self.run, self.shared.device, self.shared.tell)
        self.shared.tell(
            f"{self.name}: ready after {self.budget.elapsed:.1f} s of {self.budget.seconds:.0f} s"
        )
        kept = told = time.monotonic()
        told_at = 0
        while self.steps < self.run.total_steps and not self.budget.over:
            losses = step(self.steps)
            if self.steps < ALL_LOSSES or self.steps % SOME_LOSSES == 0:
                # A graph writes the next step's losses in the same place.
                self.curves.append((self.steps, {k: v.clone() for k, v in losses.items()}))
            self.steps += 1
            if self._frame_is_due():
                self._add_frame()
            now = time.monotonic()
            if now - told >= TELL_EVERY:
                self._tell((self.steps - told_at) * self.run.batch / (now - told), losses)
                told, told_at = now, self.steps
            if now - kept >= min(KEEP_EVERY, self.budget.seconds / 8):
                self.write()
                kept = time.monotonic()
        self._add_frame()
        self.write()
        seen = self.steps * self.run.batch
        rate = seen / max(self.budget.elapsed, 1e-9)
        self.shared.tell(
            f"{self.name}: {self.steps:,} steps, {seen:,} pictures, {rate:,.0f} a second with its start, "
            f"{rate / self.task.pictures_a_second[0]:.2f} of what is noted for a data-centre GPU"
        )

    def _tell(self, rate: float, losses: Mapping[str, torch.Tensor]) -> None:
        shown = " ".join(f"{name} {float(value):.3f}" for name, value in losses.items())
        self.shared.tell(
            f"{self.name}: step {self.steps:,}, {rate:,.0f} pictures/s, {memory(self.shared.device)}, {shown}, "
            f"{self.budget.left:.0f} s left, {self.shared.budget.left:.0f} s of all"
        )

    def _frame_is_due(self) -> bool:
        share = max(self.steps / self.run.total_steps, self.budget.elapsed / self.budget.seconds)
        return len(self.frames) < FRAMES - 1 and share >= len(self.frames) / (FRAMES - 1)

    def _add_frame(self) -> None:
        """Draw the same latents as in every frame, as WebP bytes; nothing for a run that draws none."""
        draw = getattr(self.run, "film_frame", None)
        if draw is None:
            return
        picture = draw()
        scale = min(1.0, FRAME_SIDE / max(picture.shape[:2]))
        size = round(picture.shape[1] * scale), round(picture.shape[0] * scale)
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        options = [cv2.IMWRITE_WEBP_QUALITY, 90]
        self.frames.append(
            (self.steps, cv2.imencode(".webp", picture[..., ::-1], options)[1].ravel())
        )

    def write(self) -> None:
        """Write ``out/<name>.safetensors``, whole or not at all.

        Raises:
            DataError: the file would be too large to come back.
        """
        run = self.run
        if not run.history or run.history[-1]["step"] != self.steps:
            run.after_epoch(self.steps)
        tensors = {
            f"weights.{k}": (v.half() if v.is_floating_point() else v).detach().cpu().contiguous()
            for k, v in getattr(run, self.task.exports).state_dict().items()
        }
        tensors |= {f"frame.{step:09d}": torch.from_numpy(frame) for step, frame in self.frames}
        content = safetensors.torch.save(tensors, {"sprint": json.dumps(self._about())})
        if len(content) > MOST_FILE_BYTES:
            raise DataError(
                f"{self.name}.safetensors would have {len(content):,} bytes; it must stay below 16 MB."
            )
        write_atomically(self.shared.out / f"{self.name}.safetensors", content)

    def _about(self) -> dict[str, Any]:
        """What the file says of the run, its curves among it."""
        # Once read they stay on the CPU: from the device they would be waited for at each writing.
        self.curves = [(s, {k: v.cpu() for k, v in losses.items()}) for s, losses in self.curves]
        losses = [{"step": s, **{k: float(v) for k, v in row.items()}} for s, row in self.curves]
        shared, task, run = self.shared, self.task, self.run
        return {
            "task": self.name,
            "run": task.run,
            "exports": task.exports,
            "steps": self.steps,
            "total steps": run.total_steps,
            "batch": run.batch,
            "images": run.images,
            "counts": run.counts,
            "images seen": self.steps * run.batch,
            "seconds": round(self.budget.elapsed, 1),
            "device": device_name(shared.device),
            "torch": torch.__version__,
            "python": platform.python_version(),
            "pack": shared.pack.digest,
            "went on from": shared.pack.note(task.start) if task.start else None,
            "options": asdict(shared.options),
            "history": sorted([*losses, *run.history], key=lambda row: row["step"]),
        }


def stepper(
    run: StepModule, device: torch.device, tell: Callable[[str], None]
) -> Callable[[int], dict[str, torch.Tensor]]:
    """The fastest way to do a step of ``run``: on CUDA one graph where its kernels are always the same."""
    if device.type == "cuda" and hasattr(run, "update"):
        try:
            # A module with update() has the rest of what is Graphable too.
            return GraphedStep(cast("Graphable", run), device)
        except RuntimeError as error:
            tell(f"no CUDA graph, steps are launched kernel by kernel: {error}")
            run.optimisers = run.make_optimisers()
    return run.seeded_step


def read_result(path: Path) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """What a sprint says of a task, and its tensors.

    Raises:
        DataError: not a file that a sprint wrote, or a damaged one.
    """
    try:
        with safetensors.safe_open(path, "pt") as file:
            about = json.loads((file.metadata() or {})["sprint"])
            return about, {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except (OSError, KeyError, ValueError, safetensors.SafetensorError) as error:
        raise DataError(f"{path} was not written by a sprint, or is damaged: {error}") from error


def device_name(device: torch.device) -> str:
    """As people call it."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    return f"{platform.machine()} CPU, {torch.get_num_threads()} threads"


def memory(device: torch.device) -> str:
    """The most memory that was used so far, of the device."""
    if device.type == "cuda":
        return f"{torch.cuda.max_memory_allocated(device) / 2**30:.1f} GiB"
    import resource  # not on Windows, where a sprint has no other use for it

    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB"


def chosen(names: Sequence[str], table: Mapping[str, SprintTask]) -> dict[str, SprintTask]:
    """The tasks of these names, in this order.

    Raises:
        DataError: a name that is not in the table.
    """
    for name in names:
        if name not in table:
            raise DataError(f"No task {name!r}; there are {', '.join(table)}.")
    return {name: table[name] for name in names}
