"""Fit the colour families: which of thirteen names somebody would give a garment, from its pixels.

Learns from the clean colour labels of training styles (shop photos), of training senders (phone photos)
and of the training part of the worn dresses (street photos). Lamps differ, so the pixels of each garment
are varied together, in exposure and in white balance.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from fashion_core.colour import garment_lab
from fashion_core.colour.family import FAMILY_FILE, family_features, light_of
from fashion_core.cutout import GarmentFinder, border_mask
from fashion_core.taxonomy import COLOUR
from training.data.files import write_json
from training.data.labels import read_clean_labels, read_worn_labels
from training.data.phone import annotated_photos
from training.data.shop import decode
from training.data.splits import CUTOUT_FOLDS, worn_fold
from training.data.street import read_worn
from training.engine.loop import StepModule, fit, mix
from training.engine.schedule import cosine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from training.data.shop import Packed

#: Bags float32 ``[N, KEPT, 3]``, the light of their grounds float32 ``[N, 4]``, labels int64 ``[N]``.
Bags = tuple[np.ndarray, np.ndarray, np.ndarray]
#: Pixels kept of each garment, and how many of them a step sees.
KEPT, SEEN = 400, 150


@dataclass(frozen=True)
class ColourSettings:
    """Hyper-parameters; ``jitter`` scales the variation of light, ``photo_odds`` weighs phone photos."""

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
    #: Networks, from one seed each, whose probabilities are averaged: with so few labels luck shows.
    members: int = 3
    seed: int = 1


class FamilyNet(nn.Module):
    """The set network of :mod:`fashion_core.colour`.

    Bags ``[N, P, 3]`` of CIELAB and the light of their grounds ``[N, 4]`` to logits ``[N, 13]``.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.pixel = nn.Sequential(
            nn.Linear(6, width), nn.Tanh(), nn.Linear(width, width), nn.Tanh()
        )
        self.garment = nn.Sequential(
            nn.Linear(2 * width + 4, width), nn.Tanh(), nn.Dropout(0.1), nn.Linear(width, 13)
        )

    def forward(self, bags: Tensor, light: Tensor) -> Tensor:
        """Logits."""
        count, pixels = bags.shape[:2]
        flat = bags.reshape(-1, 3).double().numpy()
        x = self.pixel(torch.from_numpy(family_features(flat)).float()).view(count, pixels, -1)
        logits: Tensor = self.garment(torch.cat([x.mean(1), x.std(1), light], 1))
        return logits


class ColourModule(StepModule):
    """Fits :class:`FamilyNet`."""

    def __init__(self, settings: ColourSettings, data: Bags) -> None:
        super().__init__(len(data[0]), settings.batch, settings.epochs, settings.seed)
        torch.manual_seed(mix(settings.seed, "weights"))
        self.settings, self.network = settings, FamilyNet(settings.width)
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
        # One flat colour must be named as well as a garment: palettes are made of them.
        flat = (torch.rand(len(bags)) < s.single) & (truth < 12)
        bags[flat] = bags[flat].median(1, keepdim=True).values
        count = len(bags)
        gains = 1 + torch.randn(count, 1, 3) * torch.tensor([0.05, 0.08, 0.08]) * s.jitter
        bags = bags * gains + torch.randn(count, 1, 3) * torch.tensor([3.0, 1.5, 2.0]) * s.jitter
        known = (torch.rand(count, 1) >= s.unknown_light).float()
        logits = self.network(bags, self.light[indices] * known)
        loss = cross_entropy(logits, truth, self.weights, label_smoothing=s.label_smoothing)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return {"loss": loss.detach()}


def bag_of(pixels: np.ndarray, mask: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """``KEPT`` colours of a garment, float32 ``[KEPT, 3]``, and the light of its ground ``[4]``."""
    lab, ground = garment_lab(pixels, mask)
    bag = lab[np.linspace(0, len(lab) - 1, KEPT).astype(int)]
    return bag.astype(np.float32), light_of(ground).astype(np.float32)


def gather_bags(
    packed: Packed, photos: Path, labels: Path, finder: GarmentFinder, split: str
) -> dict[str, Bags]:
    """Bags and labels of the clean rows of ``split``: ``dresses`` and ``photos`` (of set ``train``)."""
    clean = read_clean_labels(labels, "dresses")
    rows = [i for i in packed.select(split) if "colour" in clean.get(packed.rows[i].image, {})]
    pictures = [np.asarray(packed.images[i]) for i in rows]
    found = [
        (*bag_of(p, border_mask(p)[0]), clean[packed.rows[i].image]["colour"])
        for p, i in zip(pictures, rows, strict=True)
    ]
    clean = read_clean_labels(labels, "photos")
    on_photos = []
    with zipfile.ZipFile(photos) as archive:
        for photo in annotated_photos(archive, split):
            if "colour" in clean.get(photo.image, {}):
                pixels = decode(archive.read(f"garment-photos/{photo.image}"), photo.image)
                cut = finder.find_pixels(pixels)
                label = clean[photo.image]["colour"]
                on_photos.append((*bag_of(cut.pixels, cut.mask), label))
    return {name: _stacked(bags) for name, bags in (("dresses", found), ("photos", on_photos))}


def worn_bags(worn: Path, labels: Path) -> tuple[Bags, np.ndarray]:
    """Bags of the worn dresses of the training part, each under its exact mask, and their folds ``[N]``."""
    clean = read_worn_labels(labels)
    found = [w for w in read_worn(worn, training=True) if "colour" in clean.get(w.stem, {})]
    bags = [(*bag_of(w.pixels, w.mask > 127), clean[w.stem]["colour"]) for w in found]
    return _stacked(bags), np.array([worn_fold(w.stem) for w in found])


def _stacked(found: list[tuple[np.ndarray, np.ndarray, str]]) -> Bags:
    bags, lights, names = zip(*found, strict=True)
    truth = np.array([COLOUR.classes.index(n) for n in names], np.int64)
    return np.stack(bags), np.stack(lights), truth


def fit_colours(data: dict[str, Bags], run: Path, settings: ColourSettings) -> list[FamilyNet]:
    """Fit on all of ``data``; a minute or two, so nothing is resumed."""
    bags, light, truth = (np.concatenate(x) for x in zip(*data.values(), strict=True))
    found = []
    for member in range(settings.members):
        module = ColourModule(replace(settings, seed=settings.seed + member), (bags, light, truth))
        (run / "last.ckpt").unlink(missing_ok=True)
        fit(module, run, device="cpu", quiet=True)
        found.append(module.network.eval())
    return found


@torch.inference_mode()
def accuracy(networks: Sequence[FamilyNet], data: Bags) -> float:
    """Share of garments whose family is right."""
    bags, light, truth = (torch.from_numpy(x) for x in data)
    odds = torch.stack([network(bags, light).softmax(1) for network in networks]).mean(0)
    return float((odds.argmax(1) == truth).float().mean())


def write_family_net(networks: Sequence[FamilyNet], path: Path, statement: dict[str, Any]) -> None:
    """The weights as the JSON that :mod:`fashion_core.colour` reads."""
    members = [_weights(network) for network in networks]
    write_json(path, {"classes": list(COLOUR.classes), **statement, "members": members})


def _weights(network: FamilyNet) -> list[Any]:
    linear = [m for m in network.modules() if isinstance(m, nn.Linear)]
    return [
        [
            [[round(float(v), 4) for v in row] for row in m.weight.detach().T],
            [round(float(v), 4) for v in m.bias.detach()],
        ]
        for m in linear
    ]


def train_colours(
    packed: Packed, photos: Path, worn: Path, labels: Path, root: Path, runs: Path
) -> dict[str, float]:
    """Fit, measure on validation and write what :mod:`fashion_core.colour` reads.

    A network for each fold of the worn dresses goes to ``runs/colour-fold-<i>/colour_family.json``; it
    measures those that it never saw.
    """
    finder = GarmentFinder.load(root)
    train, watch = (
        gather_bags(packed, photos, labels, finder, split) for split in ("train", "validation")
    )
    train["worn"], folds = worn_bags(worn, labels)
    for fold in range(CUTOUT_FOLDS):
        run = runs / f"colour-fold-{fold}"
        bags, light, truth = (x[folds != fold] for x in train["worn"])
        part = fit_colours({**train, "worn": (bags, light, truth)}, run, ColourSettings())
        write_family_net(part, run / FAMILY_FILE.name, {"fold": fold})
    networks = fit_colours(train, runs / "colour", ColourSettings())
    scores = {
        f"validation {name}": round(accuracy(networks, bags), 4) for name, bags in watch.items()
    }
    counts = {name: len(bags[-1]) for name, bags in train.items()}
    statement = f"Learnt from the clean colour labels of {counts['dresses']:,} shop photos and "
    statement += f"{counts['photos']:,} phone photos (training styles and senders) and "
    statement += f"{counts['worn']:,} street photos."
    write_family_net(networks, FAMILY_FILE, {"data": statement, "metrics": scores})
    return scores
