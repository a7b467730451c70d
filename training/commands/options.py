"""The application, its options, and the groups that its commands are shown in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="``python -m training``: data, networks, cut-out, colours, measuring, model cards.",
)
DATA, TRAIN, HEADS = "Data", "Train networks", "Fit on trained networks"
MEASURE, PUBLISH = "Measure", "Publish"

Data = Annotated[Path, typer.Option(help="The dresses zip, or its unpacked folder.")]
Labels = Annotated[
    Path | None, typer.Option(help="clean-labels.csv; without it, shop labels only.")
]
CleanLabels = Annotated[Path, typer.Option(help="clean-labels.csv.")]
Photos = Annotated[Path, typer.Option(help="garment-photos.zip.")]
PhotosOrNone = Annotated[Path | None, typer.Option(help="garment-photos.zip.")]
People = Annotated[Path, typer.Option(help="worn-dresses.zip.")]
Worn = Annotated[
    Path | None, typer.Option(help="worn-dresses.zip: heads then learn from street photos too.")
]
Weights = Annotated[Path | None, typer.Option(help="Folder of initial weights.")]
Packs = Annotated[Path, typer.Option(help="Where packed data is kept.")]
Runs = Annotated[Path, typer.Option(help="Where runs keep their checkpoints.")]
Root = Annotated[Path, typer.Option(help="Where finished checkpoints go.")]
Epochs = Annotated[float | None, typer.Option(help="Passes over the training images.")]
MaxTime = Annotated[
    float | None, typer.Option(help="Stop after so many minutes; the same call goes on from there.")
]


def limit(minutes: float | None) -> timedelta | None:
    """``--max-time`` as a time; None without it."""
    return timedelta(minutes=minutes) if minutes else None


def check_name(name: str, names: Iterable[str]) -> None:
    """Refuse a name that is not one of ``names``.

    Raises:
        BadParameter: with the names that there are.
    """
    known = list(names)
    if name not in known:
        raise typer.BadParameter(f"{name}: there are {', '.join(known)}.")
