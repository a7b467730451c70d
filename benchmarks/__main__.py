"""``python -m benchmarks``: vision (cut-out, colours), generation, studio (the desk), projection, speed."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.designs import cloth_lines, design_lines
from benchmarks.timing import example_photo, median_ms
from fashion_core import Analyser, Designer
from fashion_core.checkpoint import DEFAULT_ROOT

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)


@app.callback()
def benchmarks() -> None:
    """Tables of figures and ratios, measured side by side in one run."""


@app.command()
def speed(
    rounds: Annotated[int, typer.Option(help="Times each is measured; the median is told.")] = 7,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    checkpoints: Annotated[Path, typer.Option(help="Folder of checkpoints.")] = DEFAULT_ROOT,
) -> None:
    """Milliseconds a photo by step and profile, a sheet of sixteen, another cloth; profiles taken in turn."""
    photo = example_photo()
    profiles = {name: Analyser.load(checkpoints, device, name) for name in ("full", "fast")}
    spent: dict[str, list[dict[str, float]]] = {name: [] for name in profiles}
    for _ in range(rounds + 1):
        for name, analyser in profiles.items():
            spent[name].append(dict(analyser.analyse(photo).seconds))
    typer.echo("a 12-megapixel photo after decoding, median milliseconds")
    totals = {}
    for name, runs in spent.items():
        steps = {k: statistics.median(run[k] for run in runs[1:]) * 1000 for k in runs[0]}
        totals[name] = sum(steps.values())
        cells = "  ".join(f"{k} {v:.0f}" for k, v in steps.items())
        typer.echo(f"{name:6} {totals[name]:7.0f}   {cells}")
    typer.echo(f"fast takes {totals['fast'] / totals['full']:.2f} of full")
    designer = Designer.load(checkpoints, device=device)
    recipes = designer.sample(16, seed=7)
    exact = median_ms(lambda: [designer.render(r) for r in recipes], rounds)
    batched = median_ms(lambda: designer.preview(recipes), rounds)
    typer.echo(
        f"sixteen designs of {designer.name}: one by one {exact:.0f}, in one batch {batched:.0f}"
    )
    if designer.scalable:
        for line in design_lines(designer, rounds):
            typer.echo(line)
    for line in cloth_lines(rounds):
        typer.echo(line)


@app.command("studio")
def studio_command(
    moves: Annotated[int, typer.Option(help="Moves of every slider.")] = 30,
    walks: Annotated[int, typer.Option(help="Random walks of moves, undo and redo.")] = 200,
    checkpoints: Annotated[Path, typer.Option(help="Folder of checkpoints.")] = DEFAULT_ROOT,
) -> None:
    """The desk in a headless browser: slider to picture, undo and redo, the recipe after a restart."""
    from benchmarks.studio import studio

    for line in studio(checkpoints, moves, walks):
        typer.echo(line)


@app.command("projection")
def projection_command(
    data: Annotated[Path, typer.Option(help="The dresses zip or folder.")],
    photos: Annotated[int, typer.Option(help="Dresses of validation styles.")] = 300,
    packs: Annotated[Path, typer.Option(help="Where packed data is kept.")] = Path("packed"),
    checkpoints: Annotated[Path, typer.Option(help="Folder of checkpoints.")] = DEFAULT_ROOT,
) -> None:
    """What the nearest design of a photo keeps of its garment, and how long it is looked for."""
    from benchmarks.projection import projection

    for line in projection(data, packs, checkpoints, photos):
        typer.echo(line)


@app.command("generation")
def generation_command(
    data: Annotated[Path, typer.Option(help="The dresses zip or folder.")],
    labels: Annotated[Path, typer.Option(help="clean-labels.csv.")],
    imagenet: Annotated[Path, typer.Option(help="Weights of EfficientNet-Lite2 and VGG16.")],
    models: Annotated[str | None, typer.Option(help="Comma-separated; all by default.")] = None,
    samples: Annotated[int, typer.Option(help="Drawn of each.")] = 5000,
    sides: Annotated[
        str, typer.Option(help="Pixels a side at which pictures are compared.")
    ] = "192",
    runs: Annotated[Path, typer.Option(help="Holds weights that are not shipped.")] = Path("runs"),
    packs: Annotated[Path, typer.Option(help="Where packed data is kept.")] = Path("packed"),
    checkpoints: Annotated[Path, typer.Option(help="Folder of checkpoints.")] = DEFAULT_ROOT,
) -> None:
    """Generators: KID on two families of features, precision, recall, memory, and wishes read back."""
    from benchmarks import generation

    chosen = tuple(models.split(",")) if models else generation.MODELS
    compared = tuple(int(side) for side in sides.split(","))
    for line in generation.generation(
        data, labels, imagenet, runs, packs, checkpoints, chosen, samples, compared
    ):
        typer.echo(line)


@app.command("vision")
def vision_command(
    data: Annotated[Path, typer.Option(help="The dresses zip or folder.")],
    photos: Annotated[Path, typer.Option(help="garment-photos.zip.")],
    worn: Annotated[Path, typer.Option(help="worn-dresses.zip.")],
    labels: Annotated[Path, typer.Option(help="clean-labels.csv.")],
    teacher: Annotated[Path, typer.Option(help="u2netp.onnx, the baseline.")],
    tables: Annotated[
        str | None, typer.Option(help="Comma-separated; without it all but `worn` and `dev`.")
    ] = None,
    runs: Annotated[Path, typer.Option(help="Holds cutout-fold-*, for worn-colour.")] = Path(
        "runs"
    ),
    packs: Annotated[Path, typer.Option(help="Where packed data is kept.")] = Path("packed"),
    checkpoints: Annotated[Path, typer.Option(help="Folder of checkpoints.")] = DEFAULT_ROOT,
) -> None:
    """Cut-out and colours: ours beside u2netp, GrabCut and the 2020 study's k-means, on the same pictures.

    The tables ``worn`` (test part) and ``dev`` are for release candidates, once each.
    """
    from benchmarks import vision
    from fashion_core.cutout import GarmentFinder
    from training.data.shop import prepare
    from training.data.teacher import Teacher

    sources = vision.Sources(prepare(data, packs, 256), photos, worn, labels)
    baseline = Teacher(teacher)
    chosen = tables.split(",") if tables else [t for t in vision.TABLES if t not in vision.ONCE]
    if unknown := set(chosen) - set(vision.TABLES):
        raise typer.BadParameter(f"{', '.join(unknown)}: there are {', '.join(vision.TABLES)}.")
    finders = {name: GarmentFinder.load(checkpoints, "cpu", name) for name in ("full", "fast")}
    for line in vision.report(sources, baseline, finders, checkpoints, chosen, runs):
        typer.echo(line)


if __name__ == "__main__":
    app()
