"""From a finished run to ``checkpoints/<name>/``: weights, config, measured figures, pictures of both.

Figures are measured on the exported float16 weights, not on the run's, so that they hold for what ships.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import torch
from PIL import Image
from torch import nn

from fashion_core.checkpoint import load_checkpoint, save_checkpoint, write_atomically
from fashion_core.networks import build
from fashion_core.taxonomy import HEAD_CHECKPOINTS, WISHES
from training.classifier import SETTINGS, ClassifierModule, ClassifierSettings, labelled, predict
from training.dresses import encode_labels, halves, merge_labels
from training.gan import GANModule, sample_grid, settle_batch_norm
from training.metrics import classification_scores, confusion, cross_softened, fit_temperature
from training.provenance import data_statement
from training.report import plot_confusion, plot_curves, write_json
from training.steps import state_of
from training.studio import START_FILE, StudioModule, opened
from training.upsampler import UpsamplerSettings

if TYPE_CHECKING:
    from pathlib import Path

    from training.dresses import Packed
    from training.real import Real
    from training.worn import WornExamples

#: Bins of the calibration error on clean labels, which are fewer.
CLEAN_BINS = 10
#: Folder of runs for the weights of models that lose to a better one, which are measured but not shipped.
UNSHIPPED = "unshipped"
#: Clean labels that are enough to fit a temperature on; with fewer the shop's are taken too.
ENOUGH_CLEAN = 200


def load_run(module: torch.nn.Module, run: Path) -> dict[str, Any]:
    """Put the weights of ``run/last.ckpt`` into ``module``; returns the whole checkpoint."""
    content: dict[str, Any] = torch.load(run / "last.ckpt", map_location="cpu", weights_only=False)
    module.load_state_dict(content["state_dict"], strict=False)
    return content


def score_rows(
    packed: Packed,
    clean: dict[str, dict[str, str]],
    split: str,
    attribute: str,
    classes: tuple[str, ...],
    probabilities: np.ndarray,
) -> list[dict[str, Any]]:
    """Rows of scores on shop labels and on clean ones, for probabilities of the rows of ``split``.

    Accuracy on clean labels is over the rows drawn at random, macro-F1 and the rest over all of them.
    """
    rows = [packed.rows[i] for i in packed.select(split)]
    shop = encode_labels([r.labels for r in rows], attribute, classes)
    found = [{"labels": "shop", **classification_scores(probabilities, shop, classes, attribute)}]
    labels = [clean.get(r.image, {}) for r in rows]
    truth = encode_labels(labels, attribute, classes)
    if (truth >= 0).any():
        scores = classification_scores(probabilities, truth, classes, attribute, CLEAN_BINS)
        drawn = np.array([row.get("sample") == "random" for row in labels])
        random = classification_scores(
            probabilities, np.where(drawn, truth, -1), classes, attribute
        )
        for key in ("n", "accuracy", "accuracy_ci95"):
            scores[f"{key}_random"] = random[key]
        found.append({"labels": "clean", **scores})
    return found


@dataclass(frozen=True)
class Calibration:
    """Probabilities of all validation rows, calibrated.

    Attributes:
        truth: what the temperatures are fitted on, int64 ``[N]``: clean labels where they are enough.
        temperature: fitted on all rows.
        crossed: ``[N, classes]``, each half of the styles at the temperature of the other.
    """

    truth: np.ndarray
    temperature: float
    crossed: np.ndarray


def calibrate(
    packed: Packed,
    clean: dict[str, dict[str, str]],
    attribute: str,
    classes: tuple[str, ...],
    probabilities: np.ndarray,
) -> Calibration:
    """Calibrate raw probabilities ``[N, classes]`` of all validation rows."""
    rows = [packed.rows[i] for i in packed.select("validation")]
    truth = encode_labels([clean.get(r.image, {}) for r in rows], attribute, classes)
    if (truth >= 0).sum() < ENOUGH_CLEAN:
        merged, _ = merge_labels(rows, clean)
        truth = encode_labels(merged, attribute, classes)
    crossed = cross_softened(probabilities, truth, halves(r.style for r in rows))
    return Calibration(truth, fit_temperature(probabilities, truth), crossed)


def attribute_report(
    packed: Packed,
    clean: dict[str, dict[str, str]],
    attribute: str,
    classes: tuple[str, ...],
    probabilities: np.ndarray,
) -> dict[str, Any]:
    """Temperature, fitted on validation, and scores of each half at the temperature of the other."""
    calibration = calibrate(packed, clean, attribute, classes, probabilities)
    scores = score_rows(packed, clean, "validation", attribute, classes, calibration.crossed)
    raw = score_rows(packed, clean, "validation", attribute, classes, probabilities)
    return {
        "temperature": calibration.temperature,
        "ece before": {row["labels"]: row["ece"] for row in raw},
        "validation": scores,
        "confusion": confusion(calibration.crossed, calibration.truth, len(classes)).tolist(),
    }


def write_reports(
    folder: Path, name: str, attribute: str, config: dict[str, Any], report: dict[str, Any]
) -> None:
    """``report.json`` and ``confusion.png`` of a checkpoint."""
    counts = np.array(report["confusion"])
    plot_confusion(
        counts, config["classes"], folder / "confusion.png", f"{name}: {attribute}, validation"
    )
    write_json(folder / "report.json", {"name": name, "attribute": attribute, **report})


def base_config(
    settings: ClassifierSettings, run: dict[str, Any], packed: Packed, images: int
) -> dict[str, Any]:
    """What the config of every classifier says: its input, its training and its data."""
    return {
        "input_size": settings.input_size,
        "mean": list(settings.mean),
        "std": list(settings.std),
        "training": {
            **{k: v for k, v in asdict(settings).items() if k not in {"mean", "std"}},
            "steps": int(run["state_dict"]["steps_done"]),
        },
        "data": data_statement(packed, images),
    }


def export_classifier(
    name: str,
    packed: Packed,
    clean: dict[str, dict[str, str]],
    runs: Path,
    root: Path,
    real: Real | None = None,
    worn: WornExamples | None = None,
) -> None:
    """Write the checkpoint of the run ``name``; for ``transfer`` also the heads that stand on it.

    ``real`` are phone photos and ``worn`` street photos: heads learn from them too.
    """
    from training.transfer_heads import export_transfer

    settings = SETTINGS[name]
    train = labelled(settings, packed, clean, "train")
    module = ClassifierModule(settings, train, bfloat16=False)
    run = load_run(module, runs / name)
    if settings.architecture == "transfer":
        export_transfer(module, run, packed, clean, runs, root, real, worn)
    else:
        config = {
            **base_config(settings, run, packed, module.images),
            "architecture": settings.architecture,
            "arguments": settings.network_arguments(),
            "attribute": settings.attributes[0],
            "classes": list(settings.classes()[settings.attributes[0]]),
        }
        where = root if settings.ships else runs / UNSHIPPED
        _save_measured(where / name, root / name, module.network, config, settings, packed, clean)
    folders = [name] if name != "transfer" else ["transfer", *HEAD_CHECKPOINTS.values()]
    for folder in folders:
        plot_curves(run["history"], root / folder / "curves.png", name)


def _save_measured(
    folder: Path,
    reports: Path,
    network: nn.Module,
    config: dict[str, Any],
    settings: ClassifierSettings,
    packed: Packed,
    clean: dict[str, dict[str, str]],
) -> None:
    """Save, load what was saved, measure it, and save again with its temperature and figures.

    ``reports`` is the folder of the report and its pictures.
    """
    attribute = config["attribute"]
    save_checkpoint(folder, network, config)
    loaded, _ = load_checkpoint(folder)
    images = packed.images[packed.select("validation")]
    probabilities = predict(loaded, settings.attributes, settings.view, images)[attribute]
    report = attribute_report(packed, clean, attribute, tuple(config["classes"]), probabilities)
    config |= {"temperature": report["temperature"], "metrics": summary(report)}
    save_checkpoint(folder, network, config)
    write_reports(reports, reports.name, attribute, config, report)


def summary(report: dict[str, Any]) -> dict[str, Any]:
    """The few figures of a report that go into ``config.json``."""
    keys = ("n", "accuracy", "macro_f1", "ece", "ece_perfect", "n_random", "accuracy_random")
    return {
        f"validation {row['labels']}": {k: row[k] for k in keys if row.get(k) is not None}
        for row in report["validation"]
    }


def export_gan(name: str, module: GANModule, packed: Packed, runs: Path, root: Path) -> None:
    """Write the averaged generator with its curves, 64 uncurated samples and the film of training."""
    run = load_run(module, runs / name)
    settle_batch_norm(module.average, module.latent_dim)
    settings = module.settings
    folder = root / name
    save_checkpoint(
        folder,
        module.average,
        {
            "architecture": settings.generator,
            "arguments": settings.generator_arguments,
            "latent_dim": module.latent_dim,
            "image_size": list(module.average.image_size),
            "training": {**asdict(settings), "steps": int(run["state_dict"]["steps_done"])},
            "data": data_statement(packed, module.images),
        },
    )
    generator, _ = load_checkpoint(folder)
    latents = torch.randn(64, module.latent_dim, generator=torch.Generator().manual_seed(20261124))
    _write_image(folder / "samples.png", sample_grid(generator, latents))
    plot_curves(run["history"], folder / "curves.png", name)
    grids = sorted((runs / name / "grids").glob("*.png"))
    if grids:
        write_film(grids, folder / "training.gif")
    seen = int(run["state_dict"]["steps_done"]) * settings.batch
    write_json(folder / "report.json", {"name": name, "images seen": seen})


#: A class is offered as a wish when at least this many training pictures show it.
FEWEST_SHOWN = 25
#: Pixels across the sheet of samples on the card.
SAMPLES_WIDTH = 1024


def export_studio(module: StudioModule, packed: Packed, runs: Path, root: Path) -> None:
    """The same for the studio generator with its upsampler, if one was trained, and the learnt wishes."""
    run = load_run(module, runs / "studio")
    torch.manual_seed(1)
    known = module.shown
    # As in training: some wishes given, some left open.
    asked = torch.cat([opened(known) for _ in range(4)])
    settle_batch_norm(module.average, module.latent_dim, batches=128, wishes=asked)
    settings, folder, steps = module.settings, root / "studio", int(run["state_dict"]["steps_done"])
    network, shape = _with_upsampler(module, runs / "studio-upsampler")
    path = runs / "studio" / START_FILE
    start = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    config = {
        **shape,
        "latent_dim": module.latent_dim,
        "image_size": list(network.image_size),
        "conditions": _learnt(known.numpy()),
        "training": {
            **asdict(settings),
            "steps": steps,
            **({"went on from": start} if start else {}),
        },
        "data": data_statement(packed, module.images),
    }
    save_checkpoint(folder, network, config)
    generator, _ = load_checkpoint(folder)
    random = torch.Generator().manual_seed(20261124)
    latents = torch.randn(64, module.latent_dim, generator=random)
    rows = torch.randint(len(known), (64,), generator=random)
    grid = sample_grid(generator, latents, known[rows])
    height = round(grid.shape[0] * SAMPLES_WIDTH / grid.shape[1])
    _write_image(
        folder / "samples.jpg",
        cv2.resize(grid, (SAMPLES_WIDTH, height), interpolation=cv2.INTER_AREA),
    )
    plot_curves(run["history"], folder / "curves.png", "studio")
    if grids := sorted((runs / "studio" / "grids").glob("*.png")):
        write_film(grids, folder / "training.gif")
    seen = steps * settings.batch + start.get("images seen", 0)
    write_json(folder / "report.json", {"name": "studio", "images seen": seen})


def _with_upsampler(module: StudioModule, run: Path) -> tuple[nn.Module, dict[str, Any]]:
    """The averaged generator, under its upsampler where ``run`` holds one; and how to build it."""
    if not (run / "last.ckpt").exists():
        return module.average, {
            "architecture": "studio_generator",
            "arguments": module.arguments,
        }
    content = torch.load(run / "last.ckpt", map_location="cpu", weights_only=False)
    enlarger = UpsamplerSettings()
    arguments = {
        "generator": module.arguments,
        "upsampler": {"width": enlarger.width, "depth": enlarger.depth},
    }
    network = build("studio", **arguments)
    network.generator.load_state_dict(module.average.state_dict())
    network.upsampler.load_state_dict(state_of(content, "network"))
    return network.eval(), {"architecture": "studio", "arguments": arguments}


def _learnt(known: np.ndarray) -> dict[str, list[str]]:
    """Wish -> classes that enough training pictures show, of ``[N, K]``."""
    learnt = {
        key: [value for i, value in enumerate(wish.classes) if (column == i).sum() >= FEWEST_SHOWN]
        for column, (key, wish) in zip(known.T, WISHES.items(), strict=True)
    }
    return {key: values for key, values in learnt.items() if values}


def write_film(grids: list[Path], path: Path, frames: int = 24) -> None:
    """An animated GIF of how samples of the same latents changed, a 4 x 4 corner of each grid."""
    chosen = [grids[i] for i in np.unique(np.linspace(0, len(grids) - 1, frames).astype(int))]
    pictures = [Image.open(p).convert("RGB") for p in chosen]
    corners = [p.crop((0, 0, p.width // 2, p.height // 2)) for p in pictures]
    film = io.BytesIO()
    corners[0].save(film, "GIF", save_all=True, append_images=corners[1:], duration=250, loop=0)
    write_atomically(path, film.getvalue())


def _write_image(path: Path, picture: np.ndarray) -> None:
    """RGB to PNG or JPEG, by the suffix."""
    jpeg = path.suffix == ".jpg"
    quality = [cv2.IMWRITE_JPEG_QUALITY, 90] if jpeg else [cv2.IMWRITE_PNG_COMPRESSION, 9]
    done, data = cv2.imencode(path.suffix, picture[..., ::-1], quality)
    if done:
        write_atomically(path, data.tobytes())
