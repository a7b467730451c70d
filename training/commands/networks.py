"""Commands that train networks; the same call resumes a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from training.commands.options import (
    TRAIN,
    Data,
    Epochs,
    Labels,
    MaxTime,
    Packs,
    People,
    Photos,
    Root,
    Runs,
    Weights,
    app,
    check_name,
    limit,
)
from training.workspace import PACKS, ROOT, RUNS, Workspace


@app.command(rich_help_panel=TRAIN)
def classifier(
    name: str,
    data: Data,
    labels: Labels = None,
    imagenet: Weights = None,
    photos: Annotated[
        Path | None, typer.Option(help="garment-photos.zip, for those that see real photos.")
    ] = None,
    packs: Packs = PACKS,
    runs: Runs = RUNS,
    root: Root = ROOT,
    epochs: Epochs = None,
    max_time: MaxTime = None,
) -> None:
    """Train a classifier; the same call resumes it."""
    from training.engine.loop import fit
    from training.tasks.classifier_settings import SETTINGS
    from training.trainers import classifier_module

    check_name(name, SETTINGS)
    work = Workspace(data, labels, photos, None, imagenet, packs, runs, root)
    fit(classifier_module(work, name, epochs), runs / name, max_time=limit(max_time))


@app.command(rich_help_panel=TRAIN)
def cutout(
    name: Annotated[
        str, typer.Argument(help="cutout-base, then cutout; cutout-fold-0 to -2 to measure.")
    ],
    data: Data,
    photos: Photos,
    worn: People,
    teacher: Annotated[Path, typer.Option(help="u2netp.onnx.")],
    imagenet: Weights = None,
    packs: Packs = PACKS,
    runs: Runs = RUNS,
    root: Root = ROOT,
    max_time: MaxTime = None,
) -> None:
    """Train the cut-out network; the same call resumes it. A finished ``cutout`` is exported."""
    from training.engine.loop import fit
    from training.publish.export_cutout import export_cutout
    from training.tasks.segmenter import SETTINGS
    from training.trainers import cutout_module

    check_name(name, SETTINGS)
    work = Workspace(data, None, photos, worn, imagenet, packs, runs, root)
    module = fit(cutout_module(work, name, teacher), runs / name, max_time=limit(max_time))
    if name == "cutout" and module.finished:
        export_cutout(work.packed(), runs, root)


@app.command(rich_help_panel=TRAIN)
def gan(
    name: str,
    data: Data,
    labels: Labels = None,
    imagenet: Weights = None,
    packs: Packs = PACKS,
    runs: Runs = RUNS,
    root: Root = ROOT,
    epochs: Epochs = None,
    max_time: MaxTime = None,
) -> None:
    """Train a generator; the same call resumes it.

    ``form`` (the autoencoder of forms), then ``form-detail`` (its refiner, which takes --imagenet) and
    ``form-flow`` take --labels.
    """
    from training.engine.loop import fit
    from training.tasks.gan import GENERATORS
    from training.trainers import FORM, FORM_DETAIL, FORM_FLOW, generator_module

    check_name(name, [*GENERATORS, FORM, FORM_DETAIL, FORM_FLOW])
    work = Workspace(data, labels, None, None, imagenet, packs, runs, root)
    module = generator_module(work, name, epochs)
    fit(module, runs / name, max_time=limit(max_time))


@app.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    short_help="Train tasks from a pack in so many minutes, on a GPU or a CPU.",
    rich_help_panel=TRAIN,
)
def sprint(words: Annotated[list[str] | None, typer.Argument(metavar="[OPTIONS]")] = None) -> None:
    """Train tasks from a pack in so many minutes; `python -m training sprint --help` shows the options."""
    from training.sprint import main as run

    run(words or [])
