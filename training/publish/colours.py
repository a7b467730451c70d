"""Fit the colour families and write them to ``checkpoints/colour-family/``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fashion_core.checkpoint import save_checkpoint
from fashion_core.colour.family import CHECKPOINT
from fashion_core.cutout import GarmentFinder
from fashion_core.taxonomy import COLOUR
from training.data.files import write_json
from training.data.splits import CUTOUT_FOLDS
from training.tasks.colour import ColourSettings, accuracy, fit_colours, gather_bags, worn_bags

if TYPE_CHECKING:
    from pathlib import Path

    from fashion_core.networks.colour_family import ColourFamily
    from training.data.shop import Packed


def export_colours(
    packed: Packed, photos: Path, worn: Path, labels: Path, root: Path, runs: Path
) -> dict[str, float]:
    """Fit, measure on validation and write the checkpoint ``colour-family`` below ``root``.

    Fitting takes a few minutes, so there is no run to resume or to export from. For each fold of the worn
    dresses a network that never saw them goes to ``runs/colour-fold-<i>``, to be measured on them.

    Returns:
        What was measured -> share of garments whose family is right.
    """
    finder, settings = GarmentFinder.load(root), ColourSettings()
    train, watch = (
        gather_bags(packed, photos, labels, finder, split) for split in ("train", "validation")
    )
    train["worn"], folds = worn_bags(worn, labels)
    for fold in range(CUTOUT_FOLDS):
        run = runs / f"colour-fold-{fold}"
        bags, light, truth = (x[folds != fold] for x in train["worn"])
        part = fit_colours({**train, "worn": (bags, light, truth)}, run, settings)
        _save_family(part, run, settings, fold=fold)
    network = fit_colours(train, runs / "colour", settings)
    scores = {
        f"validation {name}": round(accuracy(network, bags), 4) for name, bags in watch.items()
    }
    counts = {name: len(bags[-1]) for name, bags in train.items()}
    statement = f"Learnt from the clean colour labels of {counts['dresses']:,} shop photos and "
    statement += f"{counts['photos']:,} phone photos (training styles and senders) and "
    statement += f"{counts['worn']:,} street photos."
    folder = root / CHECKPOINT
    _save_family(network, folder, settings, data={"statement": statement}, metrics=scores)
    report: dict[str, float] = {"shop photos": counts["dresses"], "phone photos": counts["photos"]}
    report |= {"street photos": counts["worn"]}
    report |= {f"accuracy on {name}": score for name, score in scores.items()}
    write_json(folder / "report.json", {"name": CHECKPOINT, **report})
    return scores


def _save_family(
    network: ColourFamily, folder: Path, settings: ColourSettings, **statement: Any
) -> None:
    """Write what :func:`fashion_core.colour.family.load_family_network` reads."""
    config = {
        "architecture": "colour_family",
        "arguments": {"width": settings.width, "members": settings.members},
        "classes": list(COLOUR.classes),
        "training": asdict(settings),
        **statement,
    }
    save_checkpoint(folder, network, config)
