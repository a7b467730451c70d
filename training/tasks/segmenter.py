"""Train the garment cut-out network: composites first, real photos beside them.

Four kinds of pictures teach it: composites (:mod:`training.data.synthetic.composites`, exact masks); shop
photos whose border mask is sane, half of them with the grey panel drawn in again; phone photos of training
senders under the soft masks of a teacher (u2netp: Qin et al., "U-2-Net", Pattern Recognition 2020, Apache-2.0),
where the teacher is sure; and the training part of the worn dresses, which have masks of the dress alone.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from fashion_core.cutout import GarmentFinder
from fashion_core.networks.segmenter import GarmentSegmenter
from fashion_core.networks.transfer import MEAN, STD, load_imagenet
from fashion_core.preprocess import normalise, to_unit
from training.data.cache import weights_digest
from training.data.cutout_material import draw_composite
from training.data.splits import CUTOUT_FOLDS
from training.data.synthetic.camera import camera, tint
from training.data.synthetic.recloth import reclothed
from training.data.teacher import UNSURE, believed
from training.engine.loop import StepModule, mix, state_of, update_average
from training.engine.schedule import cosine, warm_up
from training.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from training.data.cutout_material import Material
    from training.data.street import Worn
    from training.data.synthetic.composites import Foreground

    Pixels = np.ndarray

PANEL = slice(40, 216)


@dataclass(frozen=True)
class CutoutSettings:
    """Hyper-parameters; ``shares`` are those of composites, shop, phone and worn pictures in a batch."""

    steps: int
    shares: tuple[float, float, float, float]
    batch: int = 8
    sizes: tuple[int, ...] = (160, 192, 256)
    size_odds: tuple[float, ...] = (0.4, 0.25, 0.35)
    learning_rate: float = 8e-4
    #: The encoder starts from ImageNet and needs less.
    encoder_rate: float = 0.35
    weight_decay: float = 0.01
    ema: float = 0.995
    #: How often a composite has a second cloth, and a worn dress is given another one.
    second_cloth: float = 0.2
    new_cloth: float = 0.5
    seed: int = 1
    #: The run whose weights this one starts from, and the third of the worn photos it never sees.
    start: str | None = None
    fold: int | None = None


BASE = CutoutSettings(steps=2200, shares=(0.66, 0.12, 0.22, 0.0))
#: From the base on, with people. The folds read worn dresses that their network never saw.
FINE = CutoutSettings(
    steps=2000, shares=(0.3, 0.08, 0.14, 0.48), learning_rate=4e-4, start="cutout-base"
)
SETTINGS = {
    "cutout-base": BASE,
    "cutout": FINE,
    **{f"cutout-fold-{i}": replace(FINE, steps=800, fold=i) for i in range(CUTOUT_FOLDS)},
}


class CutoutModule(StepModule):
    """The network, its pictures and its loss.

    Args:
        settings: hyper-parameters.
        material: what to learn from.
        initial: ImageNet weights of the encoder.
        start: a run's folder to start from instead.
    """

    def __init__(
        self,
        settings: CutoutSettings,
        material: Material,
        initial: Path | None = None,
        start: Path | None = None,
    ) -> None:
        images = len(material.foregrounds)
        epochs = settings.steps / max(1, images // settings.batch)
        super().__init__(images, settings.batch, epochs, settings.seed)
        torch.manual_seed(mix(settings.seed, "weights"))
        self.settings, self.material = settings, material
        self.network = GarmentSegmenter().to(memory_format=torch.channels_last)
        if initial is not None:
            load_imagenet(self.network.encoder, initial)
        if start is not None:
            content = torch.load(start / "last.ckpt", map_location="cpu", weights_only=True)
            self.network.load_state_dict(state_of(content, "average"))
        self.average = copy.deepcopy(self.network).requires_grad_(False).eval()
        self._believed = [i for i, soft in enumerate(material.teacher) if believed(soft)]

    def make_optimisers(self) -> list[torch.optim.Optimizer]:
        """AdamW with a smaller rate for the encoder."""
        s = self.settings
        encoder = list(self.network.encoder.parameters())
        inside = {id(p) for p in encoder}
        groups = [
            {"params": encoder, "factor": s.encoder_rate},
            {
                "params": [p for p in self.network.parameters() if id(p) not in inside],
                "factor": 1.0,
            },
        ]
        return [torch.optim.AdamW(groups, lr=s.learning_rate, weight_decay=s.weight_decay)]

    def step(self, step: int, indices: Tensor) -> dict[str, Tensor]:
        """One step on a batch of all kinds at one size."""
        s, (optimiser,) = self.settings, self.optimisers
        factor = warm_up(step, 100) * max(cosine(self.progress(step)), 0.01)
        for group in optimiser.param_groups:
            group["lr"] = s.learning_rate * group["factor"] * factor
        random = np.random.default_rng(mix(s.seed, "pictures", step))
        size = int(random.choice(s.sizes, p=s.size_odds))
        drawn = [self._draw(int(i), size, random) for i in indices]
        pictures, targets = (torch.from_numpy(np.stack(x)) for x in zip(*drawn, strict=True))
        x = normalise(to_unit(pictures.to(self.device)), MEAN, STD)
        self.network.train()
        # ImageNet's statistics are better than those of eight pictures.
        for module in self.network.encoder.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
        logits = self.network(x.contiguous(memory_format=torch.channels_last))[:, 0]
        loss = segmentation_loss(logits, targets.to(self.device).float().div(255))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
        optimiser.step()
        update_average(self.average, self.network, step, s.ema)
        return {"loss": loss.detach()}

    def _draw(self, index: int, size: int, random: np.random.Generator) -> tuple[Pixels, Pixels]:
        """A picture ``[size, size, 3]`` and its target ``[size, size]``; target 127 means unknown."""
        m = self.material
        kind = int(random.choice(4, p=self.settings.shares))
        if kind == 0:
            often = self.settings.second_cloth
            return draw_composite(m.foregrounds, index, m.backgrounds, size, random, often)
        if kind == 1:
            return _varied(*_shop(m.shop[index], m.foregrounds[index], random), size, random, 0.4)
        if kind == 2:
            i = self._believed[int(random.integers(len(self._believed)))]
            soft = m.teacher[i]
            known = np.where(soft <= UNSURE[0], 0, np.where(soft >= UNSURE[1], 255, 127))
            return _varied(m.photos[i], known.astype(np.uint8), size, random, 0.8)
        worn = m.worn[int(random.integers(len(m.worn)))]
        if random.random() < self.settings.new_cloth:
            cloth = m.foregrounds[index]
            worn = replace(worn, pixels=reclothed(worn.pixels, worn.mask, cloth, random))
        return _varied(*_around(worn, random), size, random, 0.8)


def _shop(
    picture: Pixels, foreground: Foreground, random: np.random.Generator
) -> tuple[Pixels, Pixels]:
    """A shop photo, half of the time with the grey panel that :mod:`training.data.shop` whitened."""
    if random.random() < 0.5:
        picture = picture.copy()
        picture[:, PANEL] = (picture[:, PANEL] * np.float32(245 / 255)).round().astype(np.uint8)
    return picture, foreground.alpha


def _around(worn: Worn, random: np.random.Generator) -> tuple[Pixels, Pixels]:
    """Some crop of a street photo that holds all of the dress."""
    rows, columns = (np.flatnonzero((worn.mask > 127).any(axis)) for axis in (1, 0))
    height, width = worn.mask.shape
    if not len(rows):
        return worn.pixels, worn.mask
    share = random.uniform(0, 1, 4) ** 0.7
    top, bottom = int(rows[0] * share[0]), int(height - (height - rows[-1] - 1) * share[1])
    left, right = int(columns[0] * share[2]), int(width - (width - columns[-1] - 1) * share[3])
    return worn.pixels[top:bottom, left:right], worn.mask[top:bottom, left:right]


def _varied(
    picture: Pixels, target: Pixels, size: int, random: np.random.Generator, strength: float
) -> tuple[Pixels, Pixels]:
    """Flipped, turned, zoomed, in another light and through another camera."""
    height, width = target.shape
    zoom = np.exp(random.normal(0.05, 0.12 * strength, 2)) * size / np.array([width, height])
    zoom[0] *= random.choice([-1, 1])
    angle = np.radians(random.normal(0, 8 * strength))
    if random.random() < 0.06 * strength:
        angle += np.pi / 2 * random.integers(1, 4)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag(zoom)
    shift = size / 2 + random.normal(0, 0.04 * strength, 2) * size
    matrix = np.hstack([linear, (shift - linear @ (width / 2, height / 2))[:, None]])
    edge = cv2.BORDER_REPLICATE if random.random() < 0.5 else cv2.BORDER_REFLECT
    moved = cv2.warpAffine(picture, matrix, (size, size), flags=cv2.INTER_AREA, borderMode=edge)
    mask = cv2.warpAffine(target, matrix, (size, size), flags=cv2.INTER_NEAREST, borderMode=edge)
    return camera(tint(np.asarray(moved, np.uint8), random, 0.25 * strength), random), mask


def load_average(run: Path) -> GarmentSegmenter:
    """The averaged network of a run, in eval mode."""
    network = GarmentSegmenter()
    content = torch.load(run / "last.ckpt", map_location="cpu", weights_only=True)
    network.load_state_dict(state_of(content, "average"))
    return network.eval().requires_grad_(False)


def fold_finders(root: Path, runs: Path) -> list[GarmentFinder]:
    """For each fold of the worn photos a finder whose network never saw them.

    Raises:
        DataError: the folds are not trained.
    """
    shipped = GarmentFinder.load(root, "cpu")
    missing = [
        i for i in range(CUTOUT_FOLDS) if not (runs / f"cutout-fold-{i}" / "last.ckpt").exists()
    ]
    if missing:
        raise DataError(
            f"Worn dresses are measured in folds, and {runs} has no run cutout-fold-{missing[0]}. "
            "Train them with: python -m training cutout cutout-fold-0 (and 1, 2)."
        )
    finders = []
    for i in range(CUTOUT_FOLDS):
        network = load_average(runs / f"cutout-fold-{i}")
        # What is kept of its cut-outs goes by its own weights.
        config = {**shipped.config, "sha256": weights_digest(network)}
        finders.append(GarmentFinder(network, config, shipped.device))
    return finders


def teaching_finders(root: Path, runs: Path) -> list[GarmentFinder]:
    """Finders for people that heads learn from: those of the folds, else the shipped one for each.

    The shipped one has seen their masks and cuts them out a little too well; to measure people it will not do.
    """
    try:
        return fold_finders(root, runs)
    except DataError:
        print("No cut-outs in folds: heads learn from people as the shipped cut-out sees them.")
        return [GarmentFinder.load(root, "cpu")] * CUTOUT_FOLDS


def segmentation_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy and soft Jaccard over the pixels that are known.

    Args:
        logits: ``[N, H, W]``.
        targets: the same shape in 0..1; 127/255 means unknown.
    """
    known = ((targets - 127 / 255).abs() > 1e-3).float()
    edge = (
        torch.nn.functional.max_pool2d(targets[:, None], 7, 1, 3)[:, 0]
        + torch.nn.functional.max_pool2d(-targets[:, None], 7, 1, 3)[:, 0]
    )
    weight = known * (1 + 2 * (edge > 0.5).float())
    each = binary_cross_entropy_with_logits(logits, targets, reduction="none")
    entropy = (each * weight).sum() / weight.sum().clamp_min(1)
    p = torch.sigmoid(logits) * known
    t = targets * known
    both = (p * t).sum((1, 2))
    jaccard = 1 - (both + 1) / (p.sum((1, 2)) + t.sum((1, 2)) - both + 1)
    return entropy + jaccard.mean()
