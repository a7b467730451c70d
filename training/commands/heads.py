"""Commands that fit what stands on a trained network: heads, the stack, the colours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from training.commands.options import (
    HEADS,
    CleanLabels,
    Data,
    Labels,
    Packs,
    People,
    Photos,
    PhotosOrNone,
    Root,
    Runs,
    Worn,
    app,
    check_name,
)
from training.workspace import PACKS, ROOT, RUNS, Workspace

if TYPE_CHECKING:
    from training.data.street import WornExamples


@app.command(rich_help_panel=HEADS)
def ensemble(
    data: Data,
    labels: Labels = None,
    protocol: Annotated[
        str, typer.Option(help="honest, or report (the 2020 study's, to show its leak).")
    ] = "honest",
    members: Annotated[
        str | None,
        typer.Option(help="Comma-separated; all with labels, else the five of the 2020 study."),
    ] = None,
    photos: Annotated[
        Path | None, typer.Option(help="garment-photos.zip: the stack then learns from them too.")
    ] = None,
    packs: Packs = PACKS,
    runs: Runs = RUNS,
    root: Root = ROOT,
) -> None:
    """Fit the stack on its members' predictions and export it.

    With --labels the shipped stack (pattern-stack), without the benchmark's (pattern-stack-shop).
    """
    from fashion_core.taxonomy import MEMBERS
    from training.publish.reader_manifest import write_reader
    from training.publish.stack import export_leaky_stack, export_stack

    check_name(protocol, ["honest", "report"])
    chosen = members.split(",") if members else [m for m in MEMBERS if labels or m != "transfer"]
    for member in chosen:
        check_name(member, MEMBERS)
    work = Workspace(data, labels, photos, packs=packs, runs=runs, root=root)
    packed = work.packed(128)
    if protocol == "report":
        report = export_leaky_stack(chosen, packed, root, packs, runs)
    else:
        name = "pattern-stack" if labels else "pattern-stack-shop"
        report = export_stack(name, chosen, packed, work.clean, root, packs, runs, real=work.real)
        write_reader(root)
    typer.echo(json.dumps(report, indent=2))


@app.command(rich_help_panel=HEADS)
def colour(
    data: Data,
    photos: Photos,
    worn: People,
    labels: CleanLabels,
    packs: Packs = PACKS,
    runs: Runs = RUNS,
    root: Root = ROOT,
) -> None:
    """Fit the colour families and write the checkpoint colour-family."""
    from training.publish.colours import export_colours

    packed = Workspace(data, packs=packs).packed()
    typer.echo(json.dumps(export_colours(packed, photos, worn, labels, root, runs)))


@app.command(rich_help_panel=HEADS)
def garment(
    data: Data,
    photos: Photos,
    labels: Labels = None,
    worn: Worn = None,
    packs: Packs = PACKS,
    runs: Runs = RUNS,
    root: Root = ROOT,
) -> None:
    """Fit and export the head that tells dresses from other garments."""
    from training.publish.heads import export_garment_heads
    from training.publish.reader_manifest import write_reader

    work = Workspace(data, labels, photos, worn, None, packs, runs, root)
    report = export_garment_heads(work.packed(), photos, root, packs, runs, work.worn_examples)
    write_reader(root)
    typer.echo(json.dumps(report, indent=2))


@app.command("worn", rich_help_panel=HEADS)
def worn_head(
    data: Data,
    photos: Photos,
    worn: People,
    labels: CleanLabels,
    packs: Packs = PACKS,
    runs: Runs = RUNS,
    root: Root = ROOT,
) -> None:
    """Fit and export the head that tells whether somebody wears the garment, and whether it is a dress."""
    from training.data.people import pictures_of_people
    from training.publish.heads import export_worn_head
    from training.publish.reader_manifest import write_reader

    work = Workspace(data, labels, photos, worn, None, packs, runs, root)
    # None only without --worn or --labels, and this command demands both.
    pictures = pictures_of_people(worn, cast("WornExamples", work.worn_examples))
    report = export_worn_head(work.packed(), photos, pictures, root, packs, runs)
    write_reader(root)
    typer.echo(json.dumps(report, indent=2))


@app.command("shop-heads", rich_help_panel=HEADS)
def shop_heads(data: Data, packs: Packs = PACKS, runs: Runs = RUNS, root: Root = ROOT) -> None:
    """Fit and export the benchmark heads: shop labels on the features of the transfer model."""
    from training.publish.heads import export_shop_heads

    reports = export_shop_heads(Workspace(data, packs=packs).packed(), root, runs)
    typer.echo(json.dumps({a: summary["validation"] for a, summary in reports.items()}, indent=2))


@app.command(rich_help_panel=HEADS)
def detail(
    data: Data,
    imagenet: Annotated[Path, typer.Option(help="Folder of initial weights.")],
    labels: CleanLabels,
    photos: PhotosOrNone = None,
    packs: Packs = PACKS,
    runs: Runs = RUNS,
    root: Root = ROOT,
) -> None:
    """Fit and export the auxiliary backbone: larger, frozen, on larger pictures, with heads on clean labels."""
    from training.publish.reader_manifest import write_reader
    from training.publish.transfer import export_detail

    work = Workspace(data, labels, photos, None, imagenet, packs, runs, root)
    reports = export_detail(work.packed(), work.clean, imagenet, root, runs, work.real)
    write_reader(root)
    for key, report in reports.items():
        scores = report["validation"][-1]
        alone = report["alone"][-1]
        typer.echo(f"{key}: {scores['accuracy']:.3f} together, {alone['accuracy']:.3f} alone")
