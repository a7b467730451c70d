"""From the runs of the form generator to its checkpoint, and to that of the encoder of forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from fashion_core.checkpoint import load_checkpoint, save_checkpoint
from fashion_core.networks import build
from fashion_core.networks.form import rendered
from fashion_core.taxonomy import WISHES
from training.data.files import write_json
from training.publish.export import done, load_run, write_film, write_samples
from training.publish.form_directions import directions_of
from training.publish.plots import plot_curves
from training.publish.provenance import data_statement
from training.tasks.form import FormSettings
from training.tasks.form_flow import FORM_CLASSES
from training.tasks.form_parts import trained_parts
from training.tasks.gan import as_grid

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from fashion_core.networks.form_generator import FormGenerator
    from training.data.shop import Packed
    from training.tasks.form_flow import FormFlowModule

#: A class is offered as a wish when at least this many training pictures show it.
FEWEST_SHOWN = 25
#: How far beyond any dress a wish leads. Read back as asked at 1, 1.5, 2.5 (25 designs a class): sleeves .79,
#: .85, .92; lengths .55, .60, .68; necklines .38, .41, .48.
GUIDANCE = 2.5


def export_form(module: FormFlowModule, packed: Packed, runs: Path, root: Path) -> None:
    """Write the checkpoints ``form`` and ``encoder`` from the runs ``form``, ``form-detail`` and ``form-flow``.

    Args:
        module: of the flow, as it is built for training.
        packed: pictures that it learns from.
        runs: all three.
        root: of checkpoints.
    """
    flow = load_run(module, runs / "form-flow")
    first, second = (
        torch.load(runs / name / "last.ckpt", map_location="cpu", weights_only=True)
        for name in ("form", "form-detail")
    )
    parts = trained_parts(first, second)
    names, ways = directions_of(module)
    arguments = {**module.arguments, "guidance": GUIDANCE, "directions": len(names)}
    network: FormGenerator = build("form_generator", **arguments)  # type: ignore[assignment] # by its name
    network.load_state_dict({**module.average.state_dict(), "directions": ways})
    known = module.shown[: len(module.shown) // 2, :-1].numpy()
    steps = [int(content["state_dict"]["steps_done"]) for content in (first, second, flow)]
    seen = first.get("images seen", steps[0] * FormSettings().batch)
    training = {
        "autoencoder steps": steps[0],
        "refiner steps": steps[1],
        "flow steps": steps[2],
        "hyperparameters": done(module.settings, steps[2], module.images),
    }
    statement = data_statement(packed, len(known))
    folder = root / "form"
    written = save_checkpoint(
        folder,
        network,
        {
            "architecture": "form_generator",
            "arguments": arguments,
            "latent_dim": network.latent_dim,
            "image_size": list(network.image_size),
            "conditions": learnt_wishes(known),
            "directions": list(names),
            "training": training,
            "data": statement,
        },
    )
    save_checkpoint(
        root / "encoder",
        parts.encoder,
        {
            "architecture": "form_encoder",
            "arguments": parts.sizes,
            "image_size": list(network.image_size),
            "decoder": written["sha256"],
            "training": {"autoencoder steps": steps[0], "refiner steps": steps[1]},
            "data": statement,
        },
    )
    write_samples(folder, sample_sheet(load_checkpoint(folder)[0], known))  # type: ignore[arg-type] # by its name
    plot_curves(second["history"], folder / "curves.png", "form")
    if grids := sorted((runs / "form-detail" / "grids").glob("*.png")):
        write_film(grids, folder / "training.gif")
    for name in ("form", "encoder"):
        write_json(root / name / "report.json", {"name": name, "images seen": seen})


def learnt_wishes(known: np.ndarray) -> dict[str, list[str]]:
    """Wish -> classes that enough training forms show, of ``[N, K]``."""
    return {
        key: [v for i, v in enumerate(WISHES[key].classes) if (column == i).sum() >= FEWEST_SHOWN]
        for key, column in zip(FORM_CLASSES, known.T, strict=True)
    }


@torch.inference_mode()
def sample_sheet(network: FormGenerator, known: np.ndarray, seed: int = 20261127) -> np.ndarray:
    """32 designs in grey under wishes as training dresses have them, uint8 ``[4 H, 8 W, 3]``."""
    random = torch.Generator().manual_seed(seed)
    latents = torch.randn(32, network.latent_dim, generator=random)
    rows = torch.randint(len(known), (32,), generator=random)
    return as_grid(rendered(network(latents, torch.from_numpy(known)[rows])), columns=8)
