"""Minutes on a rented machine, used in full: tasks one after the other, each laid out by time.

A task gets its share of the minutes that are left, so that what one does not use goes to those after it. Every
minute, and at its end, it writes one file: weights in float16, curves, frames of its film, and how far it got.
So a cut at any moment loses a minute at most.
"""

from __future__ import annotations

import json
import platform
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

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


@dataclass
class Progress:
    """How far a task is."""

    steps: int = 0
    curves: list[tuple[int, dict[str, torch.Tensor]]] = field(default_factory=list)
    frames: list[tuple[int, np.ndarray]] = field(default_factory=list)
    seconds: float = 0.0


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
    where = choose_device(device)
    if where.type == "cuda":
        torch.backends.cudnn.benchmark = True
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    whole = TimeBudget(minutes * 60)
    tell(
        f"{', '.join(tasks)} in {minutes:g} minutes on {device_name(where)}, torch {torch.__version__}"
    )
    out.mkdir(parents=True, exist_ok=True)
    for i, (name, task) in enumerate(tasks.items()):
        left = max(0.0, whole.seconds - whole.elapsed)
        shares = [other.share for other in list(tasks.values())[i:]]
        budget = TimeBudget(left * task.share / sum(shares))
        run = task.build(pack, options)
        run.budget = budget
        _train(name, task, run, budget, where, out, pack, options, tell, whole)
        del run
        if where.type == "cuda":
            torch.cuda.empty_cache()
    tell(f"done after {whole.elapsed:.0f} s")


def _train(
    name: str,
    task: SprintTask,
    run: StepModule,
    budget: TimeBudget,
    device: torch.device,
    out: Path,
    pack: SprintPack,
    options: SprintOptions,
    tell: Callable[[str], None],
    whole: TimeBudget,
) -> None:
    run.to(device)
    run.optimisers = run.make_optimisers()
    step = stepper(run, device, tell)
    progress, kept, told, told_at = Progress(), time.monotonic(), time.monotonic(), 0
    losses: dict[str, torch.Tensor] = {}
    tell(f"{name}: ready after {budget.elapsed:.1f} s of {budget.seconds:.0f} s")
    while progress.steps < run.total_steps and not budget.over:
        losses = step(progress.steps)
        if progress.steps < ALL_LOSSES or progress.steps % SOME_LOSSES == 0:
            progress.curves.append((progress.steps, {k: v.clone() for k, v in losses.items()}))
        progress.steps += 1
        now = time.monotonic()
        if frame_due(progress, run.total_steps, budget):
            add_frame(progress, run)
        if now - told >= TELL_EVERY:
            rate = (progress.steps - told_at) * run.batch / (now - told)
            shown = " ".join(f"{k} {float(v):.3f}" for k, v in losses.items())
            tell(
                f"{name}: step {progress.steps:,}, {rate:,.0f} pictures/s, {memory(device)}, {shown}, "
                f"{max(0.0, budget.seconds - budget.elapsed):.0f} s left, "
                f"{max(0.0, whole.seconds - whole.elapsed):.0f} s of all"
            )
            told, told_at = now, progress.steps
        if now - kept >= min(KEEP_EVERY, budget.seconds / 8):
            keep(name, task, run, progress, budget, device, out, pack, options)
            kept = time.monotonic()
    add_frame(progress, run)
    keep(name, task, run, progress, budget, device, out, pack, options)
    rate = progress.steps * run.batch / max(budget.elapsed, 1e-9)
    share = rate / task.pictures_a_second[0]
    tell(
        f"{name}: {progress.steps:,} steps, {progress.steps * run.batch:,} pictures, {rate:,.0f} a second with "
        f"its start, {share:.2f} of what is noted for a data-centre GPU"
    )


def stepper(
    run: StepModule, device: torch.device, tell: Callable[[str], None]
) -> Callable[[int], dict[str, torch.Tensor]]:
    """The fastest way to do a step of ``run``: on CUDA one graph where its kernels are always the same."""
    if device.type == "cuda" and hasattr(run, "update"):
        try:
            return GraphedStep(run, device)  # type: ignore[arg-type]
        except RuntimeError as error:
            tell(f"no CUDA graph, steps are launched kernel by kernel: {error}")
            run.optimisers = run.make_optimisers()
    return run.seeded_step


def frame_due(progress: Progress, total_steps: int, budget: TimeBudget) -> bool:
    """Whether it is time for the next frame of the film."""
    share = max(progress.steps / total_steps, budget.elapsed / budget.seconds)
    return len(progress.frames) < FRAMES - 1 and share >= len(progress.frames) / (FRAMES - 1)


def add_frame(progress: Progress, run: StepModule) -> None:
    """Draw the same latents as in every frame, as WebP bytes; nothing for a run that draws none."""
    draw = getattr(run, "film_frame", None)
    if draw is None:
        return
    picture = draw()
    scale = min(1.0, FRAME_SIDE / max(picture.shape[:2]))
    size = round(picture.shape[1] * scale), round(picture.shape[0] * scale)
    picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    content = cv2.imencode(".webp", picture[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, 90])[1].ravel()
    progress.frames.append((progress.steps, content))


def keep(
    name: str,
    task: SprintTask,
    run: StepModule,
    progress: Progress,
    budget: TimeBudget,
    device: torch.device,
    out: Path,
    pack: SprintPack,
    options: SprintOptions,
) -> None:
    """Write ``out/<name>.safetensors``, whole or not at all.

    Raises:
        DataError: the file would be too large to come back.
    """
    if not run.history or run.history[-1]["step"] != progress.steps:
        run.after_epoch(progress.steps)
    exported = getattr(run, task.exports)
    tensors = {
        f"weights.{k}": (v.half() if v.is_floating_point() else v).detach().cpu().contiguous()
        for k, v in exported.state_dict().items()
    }
    tensors |= {f"frame.{step:09d}": torch.from_numpy(content) for step, content in progress.frames}
    rows = [{"step": s, **{k: float(v) for k, v in x.items()}} for s, x in progress.curves]
    # Later writings read these numbers again: on the device they would be waited for each time.
    progress.curves = [
        (row["step"], {k: torch.tensor(v) for k, v in row.items() if k != "step"}) for row in rows
    ]
    about = {
        "task": name,
        "run": task.run,
        "exports": task.exports,
        "steps": progress.steps,
        "total steps": run.total_steps,
        "batch": run.batch,
        "images": run.images,
        "images seen": progress.steps * run.batch,
        "seconds": round(budget.elapsed, 1),
        "device": device_name(device),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "pack": pack.digest,
        "went on from": pack.note(task.start) if task.start else None,
        "options": {"fold": options.fold, "ships": options.ships, "seed": options.seed},
        "history": sorted([*rows, *run.history], key=lambda row: row["step"]),
    }
    content = safetensors.torch.save(tensors, {"sprint": json.dumps(about)})
    if len(content) > MOST_FILE_BYTES:
        raise DataError(
            f"{name}.safetensors would have {len(content):,} bytes; it must stay below 16 MB."
        )
    write_atomically(out / f"{name}.safetensors", content)


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
