"""``python -m training``: prepare, classifier, ensemble, gan, evaluate, export."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Optional

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
Data = Annotated[Path, typer.Option(help="The dresses zip, or its unpacked folder.")]
Packs = Annotated[Path, typer.Option(help="Where packed data is kept.")]
Runs = Annotated[Path, typer.Option(help="Where runs keep their checkpoints.")]
MaxTime = Annotated[Optional[float], typer.Option(help="Stop after this many minutes; a later call goes on.")]


def _limit(minutes: float | None) -> timedelta | None:
    return timedelta(minutes=minutes) if minutes else None


@app.command()
def prepare(
    data: Data,
    packs: Packs = Path("packed"),
    size: Annotated[int, typer.Option(help="Pixels a side, 16..256.")] = 128,
    encoding: Annotated[str, typer.Option(help="uint8, or webp for travel.")] = "uint8",
) -> None:
    """Pack the data for fast epochs and report counts, duplicates and missing labels."""
    from training.dresses import prepare as pack

    typer.echo(json.dumps(pack(data, packs, size, encoding).report, indent=2))


@app.command()
def gan(
    name: str,
    data: Data,
    packs: Packs = Path("packed"),
    runs: Runs = Path("runs"),
    epochs: Annotated[Optional[float], typer.Option()] = None,
    max_time: MaxTime = None,
) -> None:
    """Train a generator; the same call resumes it."""
    from dataclasses import replace

    from training.dresses import prepare
    from training.gan import GENERATORS, GANModule
    from training.steps import fit

    settings = GENERATORS[name]
    if epochs:
        settings = replace(settings, epochs=epochs)
    packed = prepare(data, packs, settings.image_size)
    train = packed.select("train")[: settings.images]
    module = GANModule(settings, packed.images[train], runs / name / "grids")
    fit(module, runs / name, max_time=_limit(max_time))


Labels = Annotated[Optional[Path], typer.Option(help="clean-labels.csv; without it, shop labels.")]


@app.command()
def classifier(
    name: str,
    data: Data,
    labels: Labels = None,
    imagenet: Annotated[Optional[Path], typer.Option(help="Folder of initial weights.")] = None,
    packs: Packs = Path("packed"),
    runs: Runs = Path("runs"),
    epochs: Annotated[Optional[float], typer.Option()] = None,
    max_time: MaxTime = None,
) -> None:
    """Train a classifier; the same call resumes it."""
    from dataclasses import replace

    from training.classifier import SETTINGS, ClassifierModule, labelled
    from training.dresses import prepare, read_clean_labels
    from training.steps import fit

    settings = SETTINGS[name]
    if epochs:
        settings = replace(settings, epochs=epochs)
    packed = prepare(data, packs, settings.input_size)
    clean = read_clean_labels(labels, "dresses") if labels else {}
    train, watch = (labelled(settings, packed, clean, s) for s in ("train", "validation"))
    module = ClassifierModule(settings, train, watch, imagenet)
    fit(module, runs / name, max_time=_limit(max_time))


if __name__ == "__main__":
    app()
