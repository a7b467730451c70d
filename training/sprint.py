"""``python -m training sprint``: its options, read without any package that a rented machine may lack."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from training.data.sprint_pack import SprintPack
from training.engine.sprint import SprintOptions, chosen, sprint
from training.tasks.sprints import TASKS

if TYPE_CHECKING:
    from collections.abc import Sequence


def parser() -> argparse.ArgumentParser:
    """The options."""
    options = argparse.ArgumentParser(
        "python -m training sprint",
        description="Train tasks one after the other from a pack alone, laid out by time. Each writes "
        "OUT/<task>.safetensors every minute; `python -m training adopt --from OUT` takes them over.",
        epilog="tasks: " + "; ".join(f"{name}: {task.summary}" for name, task in TASKS.items()),
    )
    options.add_argument("--pack", type=Path, required=True, help="what `pack` wrote")
    options.add_argument("--out", type=Path, required=True, help="where results go")
    options.add_argument("--minutes", type=float, default=9.0, help="for all tasks (9)")
    options.add_argument("--tasks", help="comma-separated; those of the pack without it")
    options.add_argument(
        "--fold", type=int, help="0 to 4: learn from dev, but from no photo of this fold's senders"
    )
    options.add_argument(
        "--ship", action="store_true", help="learn from all of dev: the run that ships"
    )
    options.add_argument("--seed", type=int, default=1, help="of all tasks (1)")
    options.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    return options


def main(words: Sequence[str]) -> None:
    """Read the options and run.

    Raises:
        ToileError: what a user got wrong.
    """
    given = parser().parse_args(list(words))
    pack = SprintPack.open(given.pack)
    names = given.tasks.split(",") if given.tasks else pack.manifest["tasks"]
    options = SprintOptions(given.fold, given.ship, given.seed)
    tasks = chosen([name.strip() for name in names], TASKS)

    def tell(line: str) -> None:
        print(line, flush=True)

    sprint(pack, given.out, given.minutes, tasks, options, given.device, tell)
