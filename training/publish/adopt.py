"""``python -m training adopt``: what a sprint wrote becomes a run, as if it had been trained here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import torch

from training.data.files import write_json, write_picture
from training.data.run_record import RunRecord, write_record
from training.engine.sprint import read_result
from training.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

#: In the folder of an adopted run: what the sprint says of itself.
SPRINT_FILE = "sprint.json"


def adopt(folder: Path, runs: Path, *, replace: bool = False) -> list[dict[str, Any]]:
    """Take every task's file of ``folder`` into ``runs``; returns what the sprint says of each.

    A run that is there already stays, but for one that was adopted before or with ``replace``.

    Raises:
        DataError: no files of a sprint, a damaged one, or a run in its place. Nothing is taken over then.
    """
    paths = sorted(folder.glob("*.safetensors"))
    if not paths:
        raise DataError(f"{folder} holds nothing that a sprint wrote.")
    results = [read_result(path) for path in paths]
    films = [_film(path, tensors) for path, (_, tensors) in zip(paths, results, strict=True)]
    for about, _ in results:
        run = runs / about["run"]
        if (run / "last.ckpt").exists() and not (run / SPRINT_FILE).exists() and not replace:
            raise DataError(
                f"{run} holds a run of its own: move it away, or say --replace to lose it."
            )
    for (about, tensors), film in zip(results, films, strict=True):
        _adopt(about, tensors, film, runs / about["run"])
    return [about for about, _ in results]


def _film(path: Path, tensors: dict[str, torch.Tensor]) -> dict[int, np.ndarray]:
    """Step -> the samples that were drawn after it, RGB ``[H, W, 3]``."""
    film = {}
    for name, content in tensors.items():
        if name.startswith("frame."):
            picture = cv2.imdecode(content.numpy(), cv2.IMREAD_COLOR)
            if picture is None:
                raise DataError(f"{path} is damaged: {name} is not a picture.")
            film[int(name.removeprefix("frame."))] = np.asarray(picture[..., ::-1])
    return film


def _adopt(
    about: dict[str, Any],
    tensors: dict[str, torch.Tensor],
    film: dict[int, np.ndarray],
    run: Path,
) -> None:
    weights = {
        f"{about['exports']}.{name.removeprefix('weights.')}": v.float()
        if v.is_floating_point()
        else v
        for name, v in tensors.items()
        if name.startswith("weights.")
    }
    state = {**weights, "steps_done": torch.tensor(about["steps"])}
    grids = run / "grids"
    for stale in grids.glob("*.png"):
        stale.unlink()
    for step, picture in film.items():
        write_picture(grids / f"{step:09d}.png", picture)
    run.mkdir(parents=True, exist_ok=True)
    kept = {
        "state_dict": state,
        # A sprint keeps none: the run can be exported and not gone on with.
        "optimisers": [],
        "history": about["history"],
        "images seen": about["images seen"],
    }
    beside = run / "last.new"
    torch.save(kept, beside)
    beside.replace(run / "last.ckpt")
    # Files of older sprints count all images as one.
    counts = about.get("counts", {"images": about["images"]})
    write_record(run, RunRecord({}, {"pack": about["pack"]}, counts))
    write_json(run / SPRINT_FILE, {k: v for k, v in about.items() if k != "history"})
