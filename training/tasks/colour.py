"""Fit the colour families: which of thirteen names somebody would give a garment, from its pixels.

Learns from the clean colour labels of training styles (shop photos), of training senders (phone photos)
and of the training part of the worn dresses (street photos). Lamps differ, so the pixels of each garment
are varied together, in exposure and in white balance.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from fashion_core.colour import garment_lab
from fashion_core.colour.family import light_of
from fashion_core.cutout import GarmentFinder, border_mask
from fashion_core.networks.colour_family import ColourFamily
from fashion_core.taxonomy import COLOUR
from training.data.labels import read_clean_labels, read_worn_labels
from training.data.phone import annotated_photos
from training.data.shop import decode
from training.data.splits import worn_fold
from training.data.street import read_worn
from training.engine.loop import StepModule, fit, mix
from training.engine.schedule import cosine

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from training.data.shop import Packed

#: Bags of pixels float32 ``[N, KEPT, 3]``, the light of each garment float32 ``[N, 4]``, labels int64 ``[N]``.
Bags = tuple[np.ndarray, np.ndarray, np.ndarray]
#: Pixels kept of each garment, and how many of them a step sees.
KEPT, SEEN = 400, 150


@dataclass(frozen=True)
class ColourSettings:
    """Hyper-parameters.

    Attributes:
        jitter: scales how much exposure and white balance of a garment are varied.
        single: share of garments that are shown as one flat colour.
        unknown_light: share of garments that are shown without their light.
    """

    width: int = 32
    learning_rate: float = 4e-3
    weight_decay: float = 0.01
    batch: int = 64
    epochs: float = 40
    class_weighting: float = 0.25
    label_smoothing: float = 0.05
    jitter: float = 0.8
    single: float = 0.04
    unknown_light: float = 0.2
    #: Networks whose probabilities are averaged, one seed each: with few labels, seeds matter.
    members: int = 3
    seed: int = 1


class ColourModule(StepModule):
    """Fits one member of :class:`ColourFamily`."""

    def __init__(self, settings: ColourSettings, data: Bags) -> None:
        super().__init__(len(data[0]), settings.batch, settings.epochs, settings.seed)
        torch.manual_seed(mix(settings.seed, "weights"))
        self.settings, self.network = settings, ColourFamily(settings.width, members=1)
        self.bags, self.light, self.truth = (torch.from_numpy(x) for x in data)
        counts = torch.bincount(self.truth, minlength=13).clamp_min(1)
        self.weights = (counts.sum() / counts) ** settings.class_weighting

    def make_optimisers(self) -> list[torch.optim.Optimizer]:
        """AdamW along a cosine."""
        s = self.settings
        return [
            torch.optim.AdamW(
                self.network.parameters(), lr=s.learning_rate, weight_decay=s.weight_decay
            )
        ]

    def step(self, step: int, indices: Tensor) -> dict[str, Tensor]:
        """One step."""
        s, (optimiser,) = self.settings, self.optimisers
        for group in optimiser.param_groups:
            group["lr"] = s.learning_rate * cosine(self.progress(step))
        bags = self.bags[indices][:, torch.randint(KEPT, (SEEN,))]
        truth = self.truth[indices]
        # The colours of a palette are named alone, so the network has to know flat colours too.
        flat = (torch.rand(len(bags)) < s.single) & (truth < 12)
        bags[flat] = bags[flat].median(1, keepdim=True).values
        count = len(bags)
        gains = 1 + torch.randn(count, 1, 3) * torch.tensor([0.05, 0.08, 0.08]) * s.jitter
        bags = bags * gains + torch.randn(count, 1, 3) * torch.tensor([3.0, 1.5, 2.0]) * s.jitter
        known = (torch.rand(count, 1) >= s.unknown_light).float()
        logits = self.network.logits(bags, self.light[indices] * known)[0]
        loss = cross_entropy(logits, truth, self.weights, label_smoothing=s.label_smoothing)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return {"loss": loss.detach()}


def bag_of(pixels: np.ndarray, mask: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """``KEPT`` colours of a garment, float32 ``[KEPT, 3]``, and its light ``[4]``."""
    lab, background = garment_lab(pixels, mask)
    bag = lab[np.linspace(0, len(lab) - 1, KEPT).astype(int)]
    return bag.astype(np.float32), light_of(background).astype(np.float32)


def gather_bags(
    packed: Packed, photos: Path, labels: Path, finder: GarmentFinder, split: str
) -> dict[str, Bags]:
    """Bags and labels of the clean rows of ``split``: ``dresses`` and ``photos`` (of set ``train``)."""
    clean = read_clean_labels(labels, "dresses")
    rows = [i for i in packed.select(split) if "colour" in clean.get(packed.rows[i].image, {})]
    pictures = [np.asarray(packed.images[i]) for i in rows]
    of_dresses = [
        (*bag_of(p, border_mask(p)[0]), clean[packed.rows[i].image]["colour"])
        for p, i in zip(pictures, rows, strict=True)
    ]
    clean = read_clean_labels(labels, "photos")
    of_photos = []
    with zipfile.ZipFile(photos) as archive:
        for photo in annotated_photos(archive, split):
            if "colour" in clean.get(photo.image, {}):
                pixels = decode(archive.read(f"garment-photos/{photo.image}"), photo.image)
                cut = finder.find_pixels(pixels)
                label = clean[photo.image]["colour"]
                of_photos.append((*bag_of(cut.pixels, cut.mask), label))
    return {name: _stacked(bags) for name, bags in (("dresses", of_dresses), ("photos", of_photos))}


def worn_bags(worn: Path, labels: Path) -> tuple[Bags, np.ndarray]:
    """Bags of the worn dresses of the training part, each under its exact mask, and their folds ``[N]``."""
    clean = read_worn_labels(labels)
    people = [w for w in read_worn(worn, training=True) if "colour" in clean.get(w.stem, {})]
    bags = [(*bag_of(w.pixels, w.mask > 127), clean[w.stem]["colour"]) for w in people]
    return _stacked(bags), np.array([worn_fold(w.stem) for w in people])


def _stacked(rows: list[tuple[np.ndarray, np.ndarray, str]]) -> Bags:
    bags, lights, names = zip(*rows, strict=True)
    truth = np.array([COLOUR.classes.index(n) for n in names], np.int64)
    return np.stack(bags), np.stack(lights), truth


def fit_colours(data: dict[str, Bags], run: Path, settings: ColourSettings) -> ColourFamily:
    """Fit the members one after the other on all of ``data``.

    It takes a minute or two, so nothing is resumed: a ``run/last.ckpt`` is removed first.
    """
    bags, light, truth = (np.concatenate(x) for x in zip(*data.values(), strict=True))
    fitted = []
    for member in range(settings.members):
        module = ColourModule(replace(settings, seed=settings.seed + member), (bags, light, truth))
        (run / "last.ckpt").unlink(missing_ok=True)
        fit(module, run, device="cpu", quiet=True)
        fitted.append(module.network.state_dict())
    family = ColourFamily(settings.width, settings.members)
    family.load_state_dict({name: torch.cat([s[name] for s in fitted]) for name in fitted[0]})
    return family.eval()


@torch.inference_mode()
def accuracy(network: ColourFamily, data: Bags) -> float:
    """Share of garments whose family is right."""
    bags, light, truth = (torch.from_numpy(x) for x in data)
    return float((network(bags, light).argmax(1) == truth).float().mean())
