"""Commands that turn runs into checkpoints and cards."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from training.commands.options import (
    PUBLISH,
    Data,
    Labels,
    Packs,
    Root,
    Runs,
    Worn,
    app,
    check_name,
)
from training.workspace import PACKS, ROOT, RUNS, Workspace


@app.command(rich_help_panel=PUBLISH)
def export(
    name: str,
    data: Data,
    labels: Labels = None,
    photos: Annotated[
        Path | None, typer.Option(help="garment-photos.zip: heads then learn from real photos too.")
    ] = None,
    worn: Worn = None,
    packs: Packs = PACKS,
    runs: Runs = RUNS,
    root: Root = ROOT,
) -> None:
    """Write the checkpoint of a finished (or cut short) run, measured on validation data."""
    from training.publish.export import export_classifier, export_gan
    from training.publish.form import export_form
    from training.publish.reader_manifest import write_reader
    from training.tasks.classifier_settings import SETTINGS
    from training.tasks.gan import GENERATORS
    from training.trainers import FORM, form_flow_module, gan_module

    check_name(name, [*SETTINGS, *GENERATORS, FORM])
    work = Workspace(data, labels, photos, worn, None, packs, runs, root)
    if name == FORM:
        export_form(form_flow_module(work), work.packed(), runs, root)
    elif name in GENERATORS:
        generator = gan_module(work, name)
        export_gan(name, generator, work.packed(generator.settings.image_size), runs, root)
    else:
        settings = SETTINGS[name]
        real, people = (work.real, work.worn_examples) if settings.phone else (None, None)
        packed = work.packed(settings.pack_size)
        export_classifier(name, packed, work.clean, runs, root, real, people)
        write_reader(root)


@app.command(rich_help_panel=PUBLISH)
def adopt(
    source: Annotated[Path, typer.Option("--from", help="What `sprint` wrote to --out.")],
    runs: Runs = RUNS,
    *,
    replace_runs: Annotated[
        bool, typer.Option("--replace", help="Lose runs of the same name that were trained here.")
    ] = False,
) -> None:
    """Take what a sprint wrote into runs, so that export and evaluation go on from there."""
    from training.publish.adopt import adopt as take

    for about in take(source, runs, replace=replace_runs):
        typer.echo(
            f"{runs / about['run']}: {about['images seen']:,} pictures in {about['steps']:,} steps, "
            f"{about['seconds']:.0f} s on {about['device']}"
        )


@app.command(rich_help_panel=PUBLISH)
def cards(root: Root = ROOT) -> None:
    """Write a model card into every checkpoint, and their index, checkpoints/README.md."""
    from training.publish.cards import write_cards

    typer.echo(write_cards(root))


@app.command(rich_help_panel=PUBLISH)
def palettes(data: Data, labels: Labels = None, packs: Packs = PACKS) -> None:
    """Measure how training dresses are coloured, and write the typical palettes that cloths are drawn in."""
    from training.publish.palettes import write_palettes

    work = Workspace(data, labels, None, None, None, packs, RUNS, ROOT)
    for pattern, count in write_palettes(work.packed(), work.clean, work.packs).items():
        typer.echo(f"{pattern}: {count} palettes")
