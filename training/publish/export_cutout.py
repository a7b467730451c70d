"""From the finished runs ``cutout-base`` and ``cutout`` to ``checkpoints/cutout/``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import torch

from fashion_core.checkpoint import save_checkpoint
from fashion_core.networks.transfer import MEAN, STD
from training.data.files import write_json
from training.data.run_record import read_record
from training.errors import DataError
from training.publish.plots import plot_curves
from training.publish.provenance import data_statement
from training.tasks.segmenter import BASE, FINE, load_average

if TYPE_CHECKING:
    from pathlib import Path

    from training.data.shop import Packed


def export_cutout(packed: Packed, runs: Path, root: Path) -> dict[str, Any]:
    """Write the averaged network of the run ``cutout`` to ``root/cutout``; returns its config.

    Raises:
        DataError: the run has no record of what it learnt from.
    """
    base, fine = (
        torch.load(runs / name / "last.ckpt", map_location="cpu", weights_only=True)
        for name in ("cutout-base", "cutout")
    )
    record = read_record(runs / "cutout")
    if record is None:
        raise DataError(f"{runs / 'cutout'} has no record: `python -m training cutout` writes it.")
    counts, steps = record.counts, [int(c["state_dict"]["steps_done"]) for c in (base, fine)]
    data = data_statement(packed, counts["images"])
    data["statement"] += (
        f" {counts['images without a sane border mask']:,} more had no sane border mask and were left out. "
        f"Backgrounds and {counts['phone photos']:,} pictures under a teacher's masks (u2netp, Apache-2.0): "
        f"phone photos of training senders (CC0). {counts['street photos']} street photos with masks of the "
        "dress (Clothing Co-Parsing, Apache-2.0)."
    )
    config = save_checkpoint(
        root / "cutout",
        load_average(runs / "cutout"),
        {
            "architecture": "garment_segmenter",
            "arguments": {},
            "input_size": max(BASE.sizes),
            "mean": list(MEAN),
            "std": list(STD),
            "training": {**asdict(FINE), "base_steps": steps[0], "steps": steps[1]},
            "data": data,
        },
    )
    later = [{**row, "step": row["step"] + steps[0]} for row in fine["history"]]
    plot_curves(base["history"] + later, root / "cutout" / "curves.png", "cutout")
    report = {
        "name": "cutout",
        "dresses": counts["images"],
        "dresses without a sane border mask, left out": counts["images without a sane border mask"],
        "phone photos under the teacher's masks": counts["phone photos under the teacher's masks"],
        "street photos": counts["street photos"],
    }
    write_json(root / "cutout" / "report.json", report)
    return config
