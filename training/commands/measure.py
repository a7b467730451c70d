"""Commands that measure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from training.commands.options import (
    MEASURE,
    CleanLabels,
    Data,
    Labels,
    Packs,
    Photos,
    PhotosOrNone,
    Root,
    Runs,
    app,
)
from training.workspace import PACKS, ROOT, RUNS, Workspace

if TYPE_CHECKING:
    from training.data.real import Real

#: What is said of the figures by hand, at the end of RESULTS.md.
DISCUSSION = Path(__file__).resolve().parents[1] / "discussion.md"


@app.command(rich_help_panel=MEASURE)
def ablation(
    data: Data,
    photos: Photos,
    labels: CleanLabels,
    packs: Packs = PACKS,
    runs: Runs = RUNS,
    root: Root = ROOT,
) -> None:
    """Measure what each means of the classifiers is worth on its own; RESULTS.md shows the table."""
    from training.evaluation.ablation import gather, measure, write_ablation

    work = Workspace(data, labels, photos, packs=packs, runs=runs, root=root)
    # None only without --photos or --labels, and this command demands both.
    real = cast("Real", work.real)
    material = gather(work.packed(), work.clean, real, root, runs)
    typer.echo(write_ablation(list(measure(material, runs)), root))


@app.command(rich_help_panel=MEASURE)
def evaluate(
    split: Annotated[
        str, typer.Option(help="validation, test, dev, category or worn.")
    ] = "validation",
    data: Annotated[Path | None, typer.Option(help="The dresses zip or folder.")] = None,
    photos: PhotosOrNone = None,
    worn: Annotated[Path | None, typer.Option(help="worn-dresses.zip.")] = None,
    labels: Labels = None,
    packs: Packs = PACKS,
    runs: Runs = RUNS,
    root: Root = ROOT,
    as_json: Annotated[bool, typer.Option("--json", help="One row a line, whole.")] = False,
) -> None:
    """Score every model on a split and write RESULTS.md below --root.

    Choices belong on validation; test and dev are for releases.
    """
    from training.evaluation.evaluate import evaluate as rows
    from training.publish.plots import decimals
    from training.publish.results import keep_rows, write_results

    places = {"root": root, "packs": packs, "runs": runs}
    scored = []
    for row in rows(split, data=data, photos=photos, worn=worn, labels=labels, **places):
        scored.append(row)
        if as_json:
            typer.echo(json.dumps(row))
        elif row["n"]:
            low, high = row["accuracy_ci95"]
            typer.echo(
                f"{row['model']:28} {row['attribute']:14} {row['labels']:7} n={row['n']:5} "
                f"accuracy {row['accuracy']:.3f} ({low:.3f}..{high:.3f}) "
                f"macro-F1 {decimals(row['macro_f1'])} ECE {decimals(row['ece'])}"
            )
    write_results(root, keep_rows(root, split, scored), DISCUSSION)
