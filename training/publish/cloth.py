"""From the run of the generator of cloth to its checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fashion_core.checkpoint import load_checkpoint, save_checkpoint
from training.data.files import write_json
from training.data.run_record import read_record
from training.errors import DataError
from training.publish.export import done, load_run, write_film, write_samples
from training.publish.plots import plot_curves
from training.publish.provenance import data_statement
from training.tasks.cloth import tile_sheet

if TYPE_CHECKING:
    from pathlib import Path

    from training.data.shop import Packed
    from training.tasks.cloth import ClothModule


def export_cloth(module: ClothModule, packed: Packed, runs: Path, root: Path) -> None:
    """Write the checkpoint ``cloth`` from the run of that name, with its curves, samples and film.

    Args:
        module: as it is built for training.
        packed: pictures that it learns from.
        runs: folder of runs.
        root: of checkpoints.

    Raises:
        DataError: the run has no record of what it learnt from.
    """
    folder, run = root / "cloth", runs / "cloth"
    content, record = load_run(module, run), read_record(run)
    if record is None:
        raise DataError(f"{run} has no record: `python -m training gan cloth` writes it.")
    steps = int(content["state_dict"]["steps_done"])
    data = data_statement(packed, record.counts["dresses"])
    save_checkpoint(
        folder,
        module.average,
        {
            "architecture": "cloth_generator",
            "arguments": module.arguments,
            "kinds": list(module.settings.kinds),
            "latent_dim": module.average.noise,
            "training": done(module.settings, steps, module.images),
            "data": data,
        },
    )
    write_samples(folder, tile_sheet(load_checkpoint(folder)[0]))  # type: ignore[arg-type] # by its name
    plot_curves(content["history"], folder / "curves.png", "cloth")
    if grids := sorted((run / "grids").glob("*.png")):
        write_film(grids, folder / "training.gif")
    seen = steps * module.settings.batch
    write_json(
        folder / "report.json", {"name": "cloth", "images seen": seen, "data": data["statement"]}
    )
