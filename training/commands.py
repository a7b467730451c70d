"""``python -m training``: data, networks, cut-out, colours, measuring, model cards."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
Data = Annotated[Path, typer.Option(help="The dresses zip, or its unpacked folder.")]
Labels = Annotated[
    Path | None, typer.Option(help="clean-labels.csv; without it, shop labels only.")
]
CleanLabels = Annotated[Path, typer.Option(help="clean-labels.csv.")]
Photos = Annotated[Path, typer.Option(help="garment-photos.zip.")]
People = Annotated[Path, typer.Option(help="worn-dresses.zip.")]
Packs = Annotated[Path, typer.Option(help="Where packed data is kept.")]
Runs = Annotated[Path, typer.Option(help="Where runs keep their checkpoints.")]
Root = Annotated[Path, typer.Option(help="Where finished checkpoints go.")]
Worn = Annotated[
    Path | None, typer.Option(help="worn-dresses.zip: heads then learn from street photos too.")
]
Epochs = Annotated[float | None, typer.Option(help="Passes over the training images.")]
MaxTime = Annotated[
    float | None, typer.Option(help="Stop after so many minutes; the same call goes on from there.")
]
PACKS, RUNS, ROOT = Path("packed"), Path("runs"), Path("checkpoints")
#: What a pack is made for unless told otherwise: the generators of the two works, as printed.
CLASSICS = "dcgan-64,dcgan-64-readme,dense-gan-256"


def _limit(minutes: float | None) -> timedelta | None:
    return timedelta(minutes=minutes) if minutes else None


def _known(name: str, names: dict[str, object]) -> None:
    if name not in names:
        raise typer.BadParameter(f"{name}: there are {', '.join(names)}.")


@app.command()
def prepare(
    data: Data,
    packs: Packs = PACKS,
    size: Annotated[int, typer.Option(help="Pixels a side, 16..256.")] = 128,
    encoding: Annotated[str, typer.Option(help="uint8, or webp for travel.")] = "uint8",
) -> None:
    """Pack the data for fast epochs; print counts, duplicates and missing labels."""
    from training.data.shop import prepare as pack

    typer.echo(json.dumps(pack(data, packs, size, encoding).report, indent=2))


@app.command()
def classifier(
    name: str,
    data: Data,
    labels: Labels = None,
    imagenet: Annotated[Path | None, typer.Option(help="Folder of initial weights.")] = None,
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
    from fashion_core.checkpoint import load_checkpoint
    from fashion_core.cutout import GarmentFinder
    from training.data.labels import read_clean_labels
    from training.data.masks import sane_masks
    from training.data.phone import phone_photos
    from training.data.relabel import relabelled
    from training.data.shop import prepare as pack
    from training.engine.loop import fit
    from training.tasks.classifier import SETTINGS, ClassifierModule, labelled

    _known(name, SETTINGS)
    settings = replace(SETTINGS[name], **({"epochs": epochs} if epochs else {}))
    packed = pack(data, packs, settings.pack_size)
    clean = read_clean_labels(labels, "dresses") if labels else {}
    masks = sane_masks(packed, "train", packs) if settings.phone else None
    taught = (
        relabelled(packed, clean, root, packs, runs) if settings.labels == "relabelled" else None
    )
    train = labelled(settings, packed, clean, "train", masks, taught)
    watch = labelled(settings, packed, clean, "validation")
    if settings.photo_repeats and photos and labels:
        found = phone_photos(photos, labels, "train", GarmentFinder.load(root), packs)
        train = train.with_photos(found, settings)
    start = runs / settings.start if settings.start else None
    teacher = load_checkpoint(root / settings.teacher)[0] if settings.teacher else None
    module = ClassifierModule(settings, train, watch, imagenet, start, teacher)
    fit(module, runs / name, max_time=_limit(max_time))


@app.command()
def ensemble(
    data: Data,
    labels: Labels = None,
    protocol: Annotated[str, typer.Option(help="honest, or report (the leak).")] = "honest",
    members: Annotated[
        str | None, typer.Option(help="Comma-separated; all with labels, else the report's five.")
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
    from training.data.labels import read_clean_labels
    from training.data.shop import prepare as pack
    from training.tasks.stack import train_honest, train_report

    _known(protocol, {"honest": None, "report": None})
    default = [m for m in MEMBERS if labels or m != "transfer"]
    chosen = members.split(",") if members else default
    for member in chosen:
        _known(member, dict(MEMBERS))
    packed = pack(data, packs, 128)
    if protocol == "report":
        report = train_report(chosen, packed, root, packs, runs)
    else:
        name = "pattern-stack" if labels else "pattern-stack-shop"
        clean = read_clean_labels(labels, "dresses") if labels else {}
        real = _real_photos(pack(data, packs, 256), photos, labels, packs, root)
        report = train_honest(name, chosen, packed, clean, root, packs, runs, real=real)
    typer.echo(json.dumps(report, indent=2))


@app.command()
def cutout(
    name: Annotated[
        str, typer.Argument(help="cutout-base, then cutout; cutout-fold-0 to -2 to measure.")
    ],
    data: Data,
    photos: Photos,
    worn: People,
    teacher: Annotated[Path, typer.Option(help="u2netp.onnx.")],
    imagenet: Annotated[Path | None, typer.Option(help="Folder of initial weights.")] = None,
    packs: Packs = PACKS,
    runs: Runs = RUNS,
    root: Root = ROOT,
    max_time: MaxTime = None,
) -> None:
    """Train the cut-out network; the same call resumes it. A finished ``cutout`` is exported."""
    from training.data.cutout_material import gather
    from training.data.shop import prepare as pack
    from training.engine.loop import fit
    from training.tasks.segmenter import SETTINGS, CutoutModule, export_cutout

    _known(name, SETTINGS)
    settings = SETTINGS[name]
    packed = pack(data, packs, 256)
    material = gather(packed, photos, worn, teacher, packs, fold=settings.fold)
    weights = imagenet / "efficientnet-lite0.safetensors" if imagenet else None
    start = runs / settings.start if settings.start else None
    module = CutoutModule(settings, material, None if start else weights, start)
    fit(module, runs / name, max_time=_limit(max_time))
    if name == "cutout" and module.finished:
        export_cutout(packed, module, runs, root)


@app.command()
def colour(
    data: Data,
    photos: Photos,
    worn: People,
    labels: CleanLabels,
    packs: Packs = PACKS,
    runs: Runs = RUNS,
    root: Root = ROOT,
) -> None:
    """Fit the colour families and write fashion_core/colour/colour_family.json."""
    from training.data.shop import prepare as pack
    from training.tasks.colour import train_colours

    packed = pack(data, packs, 256)
    typer.echo(json.dumps(train_colours(packed, photos, worn, labels, root, runs)))


@app.command()
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
    from training.data.shop import prepare as pack
    from training.tasks.garment import train_garment

    packed = pack(data, packs, 256)
    people = _worn_examples(packed, worn, labels, packs, runs, root)
    typer.echo(json.dumps(train_garment(packed, photos, root, packs, runs, people), indent=2))


@app.command()
def people(
    data: Data,
    photos: Photos,
    worn: People,
    labels: CleanLabels,
    packs: Packs = PACKS,
    runs: Runs = RUNS,
    root: Root = ROOT,
) -> None:
    """Fit and export what learns from people alone: does somebody wear a dress, and of which pattern."""
    from training.data.shop import prepare as pack
    from training.tasks.people import pictures_of_people, train_people

    packed = pack(data, packs, 256)
    examples = _worn_examples(packed, worn, labels, packs, runs, root)
    pictures = pictures_of_people(worn, examples)
    report = train_people(packed, photos, pictures, examples.dresses, root, packs, runs)
    typer.echo(json.dumps(report, indent=2))


@app.command("shop-heads")
def shop_heads(data: Data, packs: Packs = PACKS, runs: Runs = RUNS, root: Root = ROOT) -> None:
    """Fit and export the benchmark heads: shop labels on the features of the transfer model."""
    from training.data.shop import prepare as pack
    from training.tasks.shop_heads import train_shop_heads

    reports = train_shop_heads(pack(data, packs, 256), root, runs)
    typer.echo(json.dumps({a: summary["validation"] for a, summary in reports.items()}, indent=2))


@app.command()
def detail(
    data: Data,
    imagenet: Annotated[Path, typer.Option(help="Folder of initial weights.")],
    labels: CleanLabels,
    photos: Annotated[Path | None, typer.Option(help="garment-photos.zip.")] = None,
    packs: Packs = PACKS,
    runs: Runs = RUNS,
    root: Root = ROOT,
) -> None:
    """Fit and export the second opinion: a larger, frozen backbone on larger pictures, clean labels."""
    from training.data.labels import read_clean_labels
    from training.data.shop import prepare as pack
    from training.tasks.detail import train_detail

    packed, clean = pack(data, packs, 256), read_clean_labels(labels, "dresses")
    real = _real_photos(packed, photos, labels, packs, root)
    for key, report in train_detail(packed, clean, imagenet, root, runs, real).items():
        scores = report["validation"][-1]
        alone = report["alone"][-1]
        typer.echo(f"{key}: {scores['accuracy']:.3f} together, {alone['accuracy']:.3f} alone")


@app.command()
def ablation(
    data: Data,
    photos: Photos,
    labels: CleanLabels,
    packs: Packs = PACKS,
    runs: Runs = RUNS,
    root: Root = ROOT,
) -> None:
    """Measure what each means of the classifiers is worth on its own; RESULTS.md shows the table."""
    from training.data.labels import read_clean_labels
    from training.data.shop import prepare as pack
    from training.evaluation.ablation import gather, measure, write_ablation

    packed = pack(data, packs, 256)
    real = _real_photos(packed, photos, labels, packs, root)
    material = gather(packed, read_clean_labels(labels, "dresses"), real, root, runs)
    typer.echo(write_ablation(list(measure(material, runs)), root))


@app.command()
def gan(
    name: str,
    data: Data,
    labels: Labels = None,
    imagenet: Annotated[Path | None, typer.Option(help="Folder of initial weights.")] = None,
    packs: Packs = PACKS,
    runs: Runs = RUNS,
    root: Root = ROOT,
    epochs: Epochs = None,
    max_time: MaxTime = None,
    *,
    onward: Annotated[
        bool,
        typer.Option(help="studio: go on from the shipped generator, with fresh discriminators."),
    ] = False,
) -> None:
    """Train a generator; the same call resumes it.

    ``studio`` takes --labels and --imagenet, ``studio-upsampler`` (what enlarges its pictures) --imagenet.
    """
    from training.engine.loop import fit

    if name == "studio":
        start = _shipped_studio(root, runs) if onward else None
        module = _studio_module(data, labels, imagenet, packs, runs, root, epochs, start, dyed=True)
    elif name == "studio-upsampler":
        module = _upsampler_module(data, imagenet, packs, epochs)
    else:
        module, _ = _gan_module(name, data, packs, runs, epochs)
    fit(module, runs / name, max_time=_limit(max_time))


def _upsampler_module(data, imagenet, packs, epochs):
    from training.data.shop import prepare as pack
    from training.tasks.upsampler import UpsamplerModule, UpsamplerSettings

    settings = replace(UpsamplerSettings(), **({"epochs": epochs} if epochs else {}))
    packed = pack(data, packs, settings.image_size)
    return UpsamplerModule(settings, packed.images[packed.select("train")], imagenet)


def _shipped_studio(root, runs):
    from fashion_core.checkpoint import load_checkpoint
    from training.data.files import write_json
    from training.tasks.studio import START_FILE

    network, config = load_checkpoint(root / "studio")
    start = runs / "studio" / START_FILE
    if not start.exists():
        start.parent.mkdir(parents=True, exist_ok=True)
        seen = json.loads((root / "studio/report.json").read_text(encoding="utf-8"))["images seen"]
        write_json(start, {"sha256": config["sha256"], "images seen": seen})
    return network.generator


def _studio_module(data, labels, imagenet, packs, runs, root, epochs, start=None, *, dyed=False):
    from training.data.conditions import kept_wishes
    from training.data.labels import read_clean_labels
    from training.data.shop import prepare as pack
    from training.data.synthetic.dye import with_dyed
    from training.tasks.studio import StudioModule, StudioSettings

    settings = replace(StudioSettings(), **({"epochs": epochs} if epochs else {}))
    clean = read_clean_labels(labels, "dresses") if labels else {}
    wishes = kept_wishes(runs / "studio", pack(data, packs, 256), clean, root, packs)
    packed = pack(data, packs, settings.image_size)
    pictures = packed.images[packed.select("train")]
    if dyed:
        pictures, wishes = with_dyed(pictures, wishes)
    return StudioModule(settings, pictures, wishes, imagenet, runs / "studio" / "grids", start)


def _gan_module(name: str, data: Path, packs: Path, runs: Path, epochs: float | None = None):
    from training.data.shop import prepare as pack
    from training.tasks.gan import GENERATORS, GANModule

    _known(name, GENERATORS)
    settings = replace(GENERATORS[name], **({"epochs": epochs} if epochs else {}))
    packed = pack(data, packs, settings.image_size)
    train = packed.select("train")[: settings.images]
    return GANModule(settings, packed.images[train], runs / name / "grids"), packed


@app.command()
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
    from training.data.labels import read_clean_labels
    from training.data.shop import prepare as pack
    from training.publish.export import export_classifier, export_gan, export_studio
    from training.tasks.classifier import SETTINGS
    from training.tasks.gan import GENERATORS

    _known(name, {**SETTINGS, **GENERATORS, "studio": None})
    if name == "studio":
        module = _studio_module(data, labels, None, packs, runs, root, None)
        export_studio(module, pack(data, packs, module.settings.image_size), runs, root)
        return
    if name in GENERATORS:
        module, packed = _gan_module(name, data, packs, runs)
        export_gan(name, module, packed, runs, root)
        return
    clean = read_clean_labels(labels, "dresses") if labels else {}
    settings = SETTINGS[name]
    packed = pack(data, packs, settings.pack_size)
    real = _real_photos(packed, photos, labels, packs, root) if settings.phone else None
    people = _worn_examples(packed, worn, labels, packs, runs, root) if settings.phone else None
    export_classifier(name, packed, clean, runs, root, real, people)


def _real_photos(packed, photos, labels, packs, root):
    from fashion_core.cutout import GarmentFinder
    from training.data.real import read_real

    if not photos or not labels:
        return None
    return read_real(packed, photos, labels, GarmentFinder.load(root), packs)


def _worn_examples(packed, worn, labels, packs, runs, root):
    from training.data.street import read_worn_examples
    from training.tasks.segmenter import teaching_finders

    if not worn or not labels:
        return None
    return read_worn_examples(packed, worn, labels, teaching_finders(root, runs), packs)


@app.command()
def evaluate(
    split: Annotated[
        str, typer.Option(help="validation, test, dev, category or worn.")
    ] = "validation",
    data: Annotated[Path | None, typer.Option(help="The dresses zip or folder.")] = None,
    photos: Annotated[Path | None, typer.Option(help="garment-photos.zip.")] = None,
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
    found = []
    for row in rows(split, data=data, photos=photos, worn=worn, labels=labels, **places):
        found.append(row)
        if as_json:
            typer.echo(json.dumps(row))
        elif row["n"]:
            low, high = row["accuracy_ci95"]
            typer.echo(
                f"{row['model']:28} {row['attribute']:14} {row['labels']:7} n={row['n']:5} "
                f"accuracy {row['accuracy']:.3f} ({low:.3f}..{high:.3f}) "
                f"macro-F1 {decimals(row['macro_f1'])} ECE {decimals(row['ece'])}"
            )
    write_results(root, keep_rows(root, split, found), Path(__file__).with_name("discussion.md"))


def _sprint_tasks(names: str):
    from training.engine.sprint import chosen
    from training.tasks.sprints import TASKS

    return chosen([name.strip() for name in names.split(",") if name.strip()], TASKS)


@app.command()
def pack(
    out: Annotated[Path, typer.Option(help="The folder of the pack.")],
    data: Data,
    tasks: Annotated[
        str, typer.Option(help="Comma-separated; `sprint --help` lists them.")
    ] = CLASSICS,
    labels: Labels = None,
    photos: Annotated[Path | None, typer.Option(help="garment-photos.zip.")] = None,
    imagenet: Annotated[Path | None, typer.Option(help="Folder of initial weights.")] = None,
    packs: Packs = PACKS,
    runs: Runs = RUNS,
    root: Root = ROOT,
) -> None:
    """Put everything that sprint tasks need into one folder below 60 MiB, for a rented machine."""
    from training.publish.pack import Sources
    from training.publish.pack import pack as make

    sources = Sources(data, labels, photos, imagenet, packs, runs, root)
    manifest, changed = make(out, _sprint_tasks(tasks), sources)
    typer.echo("; ".join(changed) if changed else "Nothing has changed; the pack stays as it is.")
    for name, part in manifest["parts"].items():
        typer.echo(f"{name:20} {part['bytes'] / 2**20:6.1f} MiB  {part['summary']}")
    typer.echo(f"{'together':20} {manifest['bytes'] / 2**20:6.1f} MiB")


@app.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    short_help="Train tasks from a pack in so many minutes, on a GPU or a CPU.",
)
def sprint(words: Annotated[list[str] | None, typer.Argument(metavar="[OPTIONS]")] = None) -> None:
    """Train tasks from a pack in so many minutes; `python -m training sprint --help` shows the options."""
    from training.sprint import main as run

    run(words or [])


@app.command()
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


@app.command()
def cards(root: Root = ROOT) -> None:
    """Write the model cards, checkpoints/README.md, from the reports."""
    from training.publish.cards import write_cards

    typer.echo(write_cards(root))
