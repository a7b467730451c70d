"""Commands that read and pack data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from training.commands.options import (
    DATA,
    Data,
    Labels,
    Packs,
    PhotosOrNone,
    Root,
    Runs,
    Weights,
    app,
)
from training.workspace import PACKS, ROOT, RUNS

#: What a pack is made for unless told otherwise: the generators of the 2020 study.
CLASSICS = "dcgan-64,dcgan-64-readme,dense-gan-256"


@app.command(rich_help_panel=DATA)
def prepare(
    data: Data,
    packs: Packs = PACKS,
    size: Annotated[int, typer.Option(help="Pixels a side, 16..256.")] = 128,
    encoding: Annotated[str, typer.Option(help="uint8, or webp for travel.")] = "uint8",
) -> None:
    """Pack the data for fast epochs; print counts, duplicates and missing labels."""
    from training.data.shop import prepare as pack_dresses

    typer.echo(json.dumps(pack_dresses(data, packs, size, encoding).report, indent=2))


@app.command(rich_help_panel=DATA)
def pack(
    out: Annotated[Path, typer.Option(help="The folder of the pack.")],
    data: Data,
    tasks: Annotated[
        str, typer.Option(help="Comma-separated; `sprint --help` lists them.")
    ] = CLASSICS,
    labels: Labels = None,
    photos: PhotosOrNone = None,
    imagenet: Weights = None,
    packs: Packs = PACKS,
    runs: Runs = RUNS,
    root: Root = ROOT,
) -> None:
    """Put everything that sprint tasks need into one folder below 60 MiB, for a rented machine."""
    from training.engine.sprint import chosen
    from training.publish.pack import Sources
    from training.publish.pack import pack as make
    from training.tasks.sprints import TASKS

    names = [name.strip() for name in tasks.split(",") if name.strip()]
    sources = Sources(data, labels, photos, None, imagenet, packs, runs, root)
    manifest, changed = make(out, chosen(names, TASKS), sources)
    typer.echo("; ".join(changed) if changed else "Nothing has changed; the pack stays as it is.")
    for name, part in manifest["parts"].items():
        typer.echo(f"{name:20} {part['bytes'] / 2**20:6.1f} MiB  {part['summary']}")
    typer.echo(f"{'together':20} {manifest['bytes'] / 2**20:6.1f} MiB")
