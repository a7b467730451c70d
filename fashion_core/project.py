"""The nearest design of a photo: its form found in the form generator, its cloth from what is read of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from fashion_core.checkpoint import DEFAULT_ROOT, load_checkpoint
from fashion_core.cloth.chosen import chosen_cloth
from fashion_core.cloth.palettes import palette_of
from fashion_core.cloth_colour import moved_to
from fashion_core.cutout import frame
from fashion_core.errors import CheckpointError
from fashion_core.maps import maps_of
from fashion_core.networks.form import coverage
from fashion_core.recipe import DesignRecipe
from fashion_core.taxonomy import COLOUR, PATTERN, PLAIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from fashion_core.analyser import Photo
    from fashion_core.form_designer import FormDesigner
    from fashion_core.report import GarmentReport

    Progress = Callable[[str, int, int], None]

#: Of the checkpoint that tells a form's code.
ENCODER = "encoder"
#: Steps from the encoder's guess to the nearest form, and how far each may go, in codes' deviations.
STEPS, RATE = 8, 0.1
#: Weight of the shade, and of staying near the codes of dresses.
_SHADE, _PRIOR = 2.0, 2e-4
#: A reading this sure is a wish of the design.
SURE = 0.5
#: What is told as progress.
PARTS = ("Reading", "Looking for the nearest form", "Choosing its cloth")


class Projector:
    """Finds designs that look like photos. Build it with :meth:`load`."""

    def __init__(self, designer: FormDesigner, encoder: torch.nn.Module) -> None:
        self.designer, self.encoder = designer, encoder

    @classmethod
    def load(cls, designer: Any, root: Path | str = DEFAULT_ROOT) -> Projector:
        """The projector of a generator.

        Raises:
            CheckpointError: the generator draws no forms, or the encoder is missing or not its own.
        """
        if not designer.scalable:
            raise CheckpointError(
                f"{designer.name} draws no forms, so no photo can be found in it."
            )
        encoder, config = load_checkpoint(Path(root) / ENCODER, designer.device)
        if config.get("decoder") != designer.config["sha256"]:
            raise CheckpointError(
                "The encoder belongs to another form generator. Fetch both again."
            )
        return cls(designer, encoder)

    def project(
        self,
        photo: Photo,
        progress: Progress | None = None,
        report: GarmentReport | None = None,
    ) -> tuple[DesignRecipe, GarmentReport]:
        """The recipe of the nearest design, and what was read of the photo.

        Args:
            photo: opened and cut out by :meth:`fashion_core.Analyser.open`.
            progress: called with a step's name, its number and the number of steps.
            report: what was read of the photo before, and perhaps corrected; without it the photo is read.

        Raises:
            ImageError: there is no garment in the photo.
        """
        photo.require_garment()
        tell = progress or (lambda *_: None)
        if report is None:
            tell(PARTS[0], 1, len(PARTS))
            report = photo.report()
        tell(PARTS[1], 2, len(PARTS))
        patterned = report.attributes[PATTERN.key].label != PLAIN
        maps = framed_maps(photo)
        code = self.nearest(maps, shaded=not patterned)
        tell(PARTS[2], 3, len(PARTS))
        return self.recipe(code, report), report

    def nearest(self, maps: NDArray[np.float32], *, shaded: bool = True) -> Tensor:
        """The code ``[1, D]`` whose form is nearest to maps ``[2, H, W]``.

        Unless ``shaded``, the silhouette alone counts: a print would be taken for folds.
        """
        network: Any = self.designer.network
        wanted = torch.from_numpy(maps)[None].to(self.designer.device)
        shown = wanted.clone()
        if not shaded:
            shown[:, 1] = 0
        with torch.no_grad():
            code: Tensor = self.encoder(shown)[0]
        code.requires_grad_()
        optimiser = torch.optim.Adam([code], lr=RATE * float(network.scale.mean()))
        inside = coverage(wanted[:, :1])
        for _ in range(STEPS):
            drawn = network.decode(code)
            apart = (drawn[:, :1] - wanted[:, :1]).abs().mean()
            apart = apart + 2 * (coverage(drawn[:, :1]) - inside).abs().mean()
            if shaded:
                off = ((drawn[:, 1:] - wanted[:, 1:]).abs() * inside).sum() / inside.sum()
                apart = apart + _SHADE * off
            apart = apart + _PRIOR * ((code - network.mean) / network.scale).square().sum()
            optimiser.zero_grad()
            apart.backward()
            optimiser.step()
        return code.detach()

    def recipe(self, code: Tensor, report: GarmentReport) -> DesignRecipe:
        """The recipe of a form's code, in the cloth of what was read."""
        read = report.attributes
        wishes = {
            key: read[key].label
            for key in self.designer.conditions
            if key in read
            and key != PATTERN.key
            and read[key].probability >= SURE
            and read[key].label in self.designer.conditions[key]
        }
        latent = self.designer.latent_of(code, wishes)
        kind = read[PATTERN.key].label
        palette = palette_of(report.palette)
        cloth = chosen_cloth(0, kind, fixed={"palette": palette[:1] if kind == PLAIN else palette})
        colour = report.palette.colours[0].family
        cloth = moved_to(cloth, colour)
        asked = {**wishes, PATTERN.key: kind, COLOUR.key: colour}
        return DesignRecipe(
            self.designer.name,
            self.designer.weights,
            latent=tuple(latent.tolist()),
            wishes=asked,
            cloth=cloth,
        )


def framed_maps(photo: Photo) -> NDArray[np.float32]:
    """Maps ``[2, H, W]`` of a photo's garment, framed as training dresses are."""
    black = Image.new("RGB", photo.picture.size)
    mask = np.asarray(frame(black, photo.cutout, photo.framed.shape[0]))[..., 0] < 128
    return maps_of(photo.framed, mask)
