"""From a finished run to ``checkpoints/<name>/``: weights, config, measured figures, and plots or samples.

Figures are measured on the exported float16 weights, not on the run's, so that they hold for what ships.
"""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import torch
from PIL import Image
from torch import nn

from fashion_core.checkpoint import load_checkpoint, save_checkpoint, write_atomically
from fashion_core.taxonomy import HEAD_CHECKPOINTS
from training.data.files import write_json, write_picture
from training.data.run_record import read_record
from training.engine.loop import state_of
from training.errors import DataError
from training.evaluation import UNSHIPPED
from training.evaluation.classification import attribute_report, summary
from training.publish.plots import plot_curves
from training.publish.provenance import data_statement
from training.publish.reports import base_config, write_reports
from training.publish.transfer import export_transfer
from training.tasks.classifier import predict
from training.tasks.classifier_settings import SETTINGS, ClassifierSettings
from training.tasks.gan import GANModule, sample_grid, settle_batch_norm

if TYPE_CHECKING:
    from pathlib import Path

    from training.data.real import Real
    from training.data.shop import Packed
    from training.data.street import WornExamples
    from training.tasks.form_flow import FlowSettings
    from training.tasks.gan import GANSettings


def load_run(module: torch.nn.Module, run: Path) -> dict[str, Any]:
    """Put the weights of ``run/last.ckpt`` into ``module``; returns the whole checkpoint."""
    content: dict[str, Any] = torch.load(run / "last.ckpt", map_location="cpu", weights_only=True)
    module.load_state_dict(content["state_dict"], strict=False)
    return content


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

    Raises:
        DataError: the run has no record of what it learnt from.
    """
    settings, record = SETTINGS[name], read_record(runs / name)
    if record is None:
        raise DataError(
            f"{runs / name} has no record: `python -m training classifier {name}` writes it."
        )
    run = torch.load(runs / name / "last.ckpt", map_location="cpu", weights_only=True)
    network = settings.network()
    network.load_state_dict(state_of(run, "average" if settings.ema else "network"))
    # As the run counted them: better labels and its own export must not change what the card says.
    counts = record.counts
    if settings.architecture == "transfer":
        export_transfer(network, settings, run, counts, packed, clean, runs, root, real, worn)
    else:
        config = {
            **base_config(settings, run, packed, counts["images"]),
            "architecture": settings.architecture,
            "arguments": settings.network_arguments(),
            "attribute": settings.attributes[0],
            "classes": list(settings.classes()[settings.attributes[0]]),
        }
        where = root if settings.ships else runs / UNSHIPPED
        _save_measured(where / name, root / name, network, config, settings, packed, clean)
    transfer = settings.architecture == "transfer"
    folders = ["transfer", *HEAD_CHECKPOINTS.values()] if transfer else [name]
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


def export_gan(name: str, module: GANModule, packed: Packed, runs: Path, root: Path) -> None:
    """Write the averaged generator with its curves, 64 uncurated samples and the film of training.

    Of a generator that does not ship the weights stay below ``runs``.
    """
    run = load_run(module, runs / name)
    settle_batch_norm(module.average, module.latent_dim)
    settings, steps = module.settings, int(run["state_dict"]["steps_done"])
    folder = root / name
    weights = folder if settings.ships else runs / UNSHIPPED / name
    save_checkpoint(
        weights,
        module.average,
        {
            "architecture": settings.generator,
            "arguments": settings.generator_arguments,
            "latent_dim": module.latent_dim,
            "image_size": list(module.average.image_size),
            "training": done(settings, steps, module.images),
            "data": data_statement(packed, module.images),
        },
    )
    generator, _ = load_checkpoint(weights)
    latents = torch.randn(64, module.latent_dim, generator=torch.Generator().manual_seed(20261124))
    folder.mkdir(parents=True, exist_ok=True)
    write_samples(folder, sample_grid(generator, latents))
    plot_curves(run["history"], folder / "curves.png", name)
    grids = sorted((runs / name / "grids").glob("*.png"))
    if grids:
        write_film(grids, folder / "training.gif")
    seen = run.get("images seen", steps * settings.batch)
    data = data_statement(packed, module.images)["statement"]
    write_json(folder / "report.json", {"name": name, "images seen": seen, "data": data})


def done(settings: GANSettings | FlowSettings, steps: int, images: int) -> dict[str, Any]:
    """Hyper-parameters of a run, and how far it went, which may be less or more than they say."""
    epochs = round(steps * settings.batch / images, 2)
    return {**asdict(settings), "epochs": epochs, "steps": steps}


#: Pixels across the sheet of samples on the card.
SAMPLES_WIDTH = 1024
#: Pixels that a film of training measures at most, either way.
FILM_SIDE = 448


def write_film(pictures: list[Path], path: Path, frames: int = 24) -> None:
    """An animated GIF of how samples of the same latents changed, from at most so many of the pictures."""
    chosen = np.unique(np.linspace(0, len(pictures) - 1, frames).astype(int))
    shown = [Image.open(pictures[i]).convert("RGB") for i in chosen]
    for picture in shown:
        picture.thumbnail((FILM_SIDE, FILM_SIDE))
    film = io.BytesIO()
    shown[0].save(film, "GIF", save_all=True, append_images=shown[1:], duration=250, loop=0)
    write_atomically(path, film.getvalue())


def write_samples(folder: Path, grid: np.ndarray) -> None:
    """Write RGB ``[H, W, 3]`` as ``samples.png``; a wide grid shrunk, as ``samples.jpg``."""
    height, width, _ = grid.shape
    if width > SAMPLES_WIDTH:
        size = SAMPLES_WIDTH, round(height * SAMPLES_WIDTH / width)
        shrunk = cv2.resize(grid, size, interpolation=cv2.INTER_AREA)
        write_picture(folder / "samples.jpg", np.asarray(shrunk))
    else:
        write_picture(folder / "samples.png", grid)
