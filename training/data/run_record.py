"""What a run learns from: decided when it begins, kept in its folder, and never read from elsewhere again.

A run may be resumed after better labels came, or after the checkpoint that labelled its photos was replaced
by the run's own export. Neither may change what it learns midway, and its card must count what it did learn
from. So whoever begins a run keeps the labels in its folder, and ``run.json`` beside them keeps counts, and
digests by which changed data is noticed.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from training.data.files import write_json
from training.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

RECORD_FILE = "run.json"


@dataclass(frozen=True)
class RunRecord:
    """What ``run.json`` holds.

    Attributes:
        reads: name -> digest of what every call reads again; it must stay as it was.
        made_from: name -> digest of what was read once, at the start.
        counts: name -> number of what is learnt from; ``images`` are shop photos.
    """

    reads: Mapping[str, str]
    made_from: Mapping[str, str]
    counts: Mapping[str, int]


def begin(
    run: Path,
    reads: Mapping[str, str],
    count: Callable[[], Mapping[str, int]],
    made_from: Mapping[str, str] | None = None,
) -> RunRecord:
    """The record of a run: written at its start, read again when it is resumed.

    Args:
        run: its folder.
        reads: digests of what is given now.
        count: called at the start alone: keeps labels in ``run`` and returns the counts.
        made_from: digests of what ``count`` reads.

    Raises:
        DataError: the run began with other data.
    """
    record = read_record(run)
    if record is None:
        record = RunRecord(dict(reads), dict(made_from or {}), dict(count()))
        write_record(run, record)
        return record
    changed = [name for name, digest in reads.items() if record.reads.get(name, digest) != digest]
    if changed:
        raise DataError(
            f"{run} began with other data ({', '.join(changed)}): give it what it began with, or move the "
            "folder away to train from the beginning."
        )
    return record


def read_record(run: Path) -> RunRecord | None:
    """The record of a run; None of one that never began, or is older than records."""
    path = run / RECORD_FILE
    if not path.exists():
        return None
    return RunRecord(**json.loads(path.read_text(encoding="utf-8")))


def write_record(run: Path, record: RunRecord) -> None:
    """Keep the record in the folder of its run."""
    run.mkdir(parents=True, exist_ok=True)
    write_json(run / RECORD_FILE, asdict(record))
