"""Is it a dress, and if not, what? A head on the transfer features, and one on those of the second opinion.

Both learn from dresses of training styles against phone photos of other garments (sets ``train`` and
``category`` of training senders) and against pictures with nothing to wear in them, all cut out and framed
alike. Most dresses are shown as a phone would see them, and half of the others a second time on the same made
grounds, so that neither camera nor ground gives the answer away.
"""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from fashion_core.checkpoint import load_checkpoint, read_config, save_checkpoint
from fashion_core.cutout import GarmentFinder, frame
from fashion_core.fusion import pooled
from fashion_core.imaging import open_image
from fashion_core.taxonomy import GARMENT_DETAIL
from training.data.cache import save_arrays, save_states
from training.data.files import write_json
from training.data.masks import sane_masks
from training.data.phone import read_photos
from training.data.splits import HEAD_FOLDS, head_fold
from training.data.synthetic.backgrounds import PROCEDURAL, paint_over, procedural_background
from training.data.synthetic.composites import foreground_of
from training.data.synthetic.phone_views import phone_scene
from training.evaluation.metrics import (
    classification_scores,
    confusion,
    fit_temperature,
    soften,
)
from training.publish.plots import plot_confusion, plot_curves
from training.publish.provenance import LICENCE
from training.tasks.detail import NAME as DETAIL
from training.tasks.heads import (
    HeadSettings,
    fit_head,
    kept_features,
    probabilities_of,
    read_features,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from PIL import Image
    from torch import nn

    from training.data.shop import Packed
    from training.data.street import WornExamples
    from training.tasks.heads import HeadModule

#: Category in photos.csv -> category that the head tells.
CATEGORIES = {
    "Dress": "dress",
    **dict.fromkeys(["T-Shirt", "Top", "Polo", "Undershirt", "Longsleeve", "Body"], "top"),
    **dict.fromkeys(["Shirt", "Blouse"], "shirt"),
    **dict.fromkeys(["Hoodie", "Outwear", "Blazer"], "jacket"),
    "Skirt": "skirt",
    "Pants": "trousers",
    "Shorts": "shorts",
    "Shoes": "shoes",
    "Hat": "hat",
}
#: What there is nothing to wear in: rooms, floors, drawings.
NOTHING = "no garment"
#: Several garments that are no dress, on a person.
OUTFIT = "outfit"
CLASSES = (*dict.fromkeys(CATEGORIES.values()), NOTHING, OUTFIT)
#: How often a street photo is seen an epoch, beside its mirror image.
WORN_REPEATS = 3
#: Dresses drawn from each split, so that neither side drowns the other, and the share of them that is
#: seen as a phone would see it: a head must not tell dresses by the shop's camera.
DRESSES, PHONE = {"train": 1000, "validation": 300}, 0.75
#: Share of the other garments that are photographed again on made grounds.
AGAIN = 0.5
#: Most uploads are dresses, most training pictures are not: the odds of a dress are raised until this share of
#: the other garments of validation senders passes for one.
PASSING = 0.1
#: Pictures without a garment.
EMPTY = {"train": 360, "validation": 90}


def framed_pictures(
    packed: Packed, photos: Path, split: str, cache: Path, finder: GarmentFinder
) -> tuple[np.ndarray, np.ndarray]:
    """Pictures uint8 ``[N, 256, 256, 3]``, cut out and framed as the Analyser does it, and categories.

    Cutting out takes minutes and is kept in ``cache``, by the weights of the cut-out.
    """
    # Street photos are kept elsewhere.
    classes = tuple(name for name in CLASSES if name != OUTFIT)
    made = f"{packed.fingerprint} {DRESSES} {PHONE} {AGAIN} {EMPTY} {classes}"
    key = hashlib.sha256(f"{finder.config['sha256']} {made}".encode()).hexdigest()[:12]
    path = cache / f"garment-{split}-{key}.npz"
    if not path.exists():
        random = np.random.default_rng(1)
        dresses = dresses_on_grounds(packed, split, cache, random)
        found = [(_frame(picture, finder), "dress") for picture in dresses]
        with zipfile.ZipFile(photos) as archive:
            rows = [p for p in read_photos(archive) if p.split == split]
            sources = [(archive.read(f"garment-photos/{p.image}"), p.category) for p in rows]
        for source, category in tqdm(sources, desc="cutting out", unit="photo"):
            if category in CATEGORIES:
                image = open_image(source)
                cut = finder.find(image)
                found.append((np.asarray(frame(image, cut, 256)), CATEGORIES[category]))
                if random.random() < AGAIN:
                    again = phone_scene(foreground_of(cut.pixels, cut.mask), random)[0]
                    found.append((_frame(again, finder), CATEGORIES[category]))
        rooms = [open_image(source) for source, _ in sources]
        nothing = empty_pictures(rooms, finder, EMPTY[split], random)
        found.extend((_frame(picture, finder), NOTHING) for picture in nothing)
        truth = np.array([CLASSES.index(name) for _, name in found], np.int64)
        save_arrays(path, pictures=np.stack([p for p, _ in found]), truth=truth)
    kept = np.load(path)
    return kept["pictures"], kept["truth"]


def dresses_on_grounds(
    packed: Packed, split: str, cache: Path, random: np.random.Generator
) -> Iterator[np.ndarray]:
    """Shop photos of dresses, most of them as a phone would see them."""
    masks = sane_masks(packed, split, cache)
    rows = [(i, b) for i, b in zip(packed.select(split), masks, strict=True) if np.asarray(b).any()]
    chosen = random.permutation(len(rows))[: DRESSES[split]]
    for k in tqdm(chosen, desc="dresses", unit="image"):
        i, bits = rows[k]
        picture = np.asarray(packed.images[i])
        mask = np.unpackbits(bits, axis=-1).astype(np.bool_)
        seen = random.random() < PHONE
        yield phone_scene(foreground_of(picture, mask), random)[0] if seen else picture


def empty_pictures(
    rooms: Sequence[Image.Image],
    finder: GarmentFinder,
    count: int,
    random: np.random.Generator,
) -> Iterator[np.ndarray]:
    """Pictures with nothing to wear in them: rooms whose garment is painted over, made grounds, drawings.

    Args:
        rooms: photos with a garment.
        finder: finds the garment that is painted over.
        count: how many are made.
        random: the choices.
    """
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (17, 17))
    for i in range(count):
        kind = i % 3
        if kind == 0 and rooms:
            room = np.asarray(rooms[int(random.integers(len(rooms)))].resize((256, 256)))
            mask = finder.find_pixels(room).mask.astype(np.uint8)
            mask = cv2.dilate(cv2.resize(mask, (256, 256)), kernel) > 0
            if mask.mean() < 0.8:
                yield paint_over(room, mask, random)
                continue
        if kind == 2:
            yield drawing(random)
            continue
        yield procedural_background(PROCEDURAL[int(random.integers(len(PROCEDURAL)))], 256, random)


def drawing(random: np.random.Generator, size: int = 256) -> np.ndarray:
    """A doodle, RGB ``[size, size, 3]``: a face, or balls, boxes and lines, in a few colours."""
    paper = np.full((size, size, 3), random.integers(200, 256, 3), np.uint8)

    def colour() -> list[int]:
        return [int(v) for v in random.integers(0, 256, 3)]

    def near(x: float, y: float) -> tuple[int, int]:
        jitter = random.normal(0, 0.02, 2)
        return int((x + jitter[0]) * size), int((y + jitter[1]) * size)

    if random.random() < 0.5:
        radius = int(size * random.uniform(0.2, 0.42))
        cv2.circle(paper, near(0.5, 0.5), radius, colour(), -1, cv2.LINE_AA)
        cv2.circle(paper, near(0.5, 0.5), radius, colour(), 3, cv2.LINE_AA)
        for x in (0.4, 0.6):
            cv2.circle(paper, near(x, 0.42), int(size * random.uniform(0.02, 0.05)), colour(), -1)
        axes = int(size * random.uniform(0.06, 0.14)), int(size * random.uniform(0.02, 0.08))
        cv2.ellipse(paper, near(0.5, 0.6), axes, 0, 0, 180, colour(), 4, cv2.LINE_AA)
        return paper
    for _ in range(int(random.integers(1, 7))):
        (x0, y0), (x1, y1) = (near(*random.uniform(0.1, 0.9, 2)) for _ in range(2))
        thick = int(random.choice([-1, 2, 6]))
        shape = int(random.integers(3))
        if shape == 0:
            cv2.circle(paper, (x0, y0), int(size * random.uniform(0.05, 0.3)), colour(), thick)
        elif shape == 1:
            cv2.rectangle(paper, (x0, y0), (x1, y1), colour(), thick)
        else:
            cv2.line(paper, (x0, y0), (x1, y1), colour(), int(random.integers(1, 9)), cv2.LINE_AA)
    return paper


def _frame(source: Any, finder: GarmentFinder) -> np.ndarray:
    image = open_image(source)
    return np.asarray(frame(image, finder.find(image), 256))


_HEAD = HeadSettings(class_weighting=0.4)
#: The checkpoint whose features a head stands on -> the head's own.
HEADS = {"transfer": "garment", DETAIL: GARMENT_DETAIL}


@dataclass(frozen=True)
class Opinion:
    """A head on one network's features.

    Attributes:
        module: how it was fitted.
        temperature: fitted on validation pictures.
        watched: its probabilities of those, ``[N, classes]`` float32, at that temperature.
    """

    module: HeadModule
    temperature: float
    watched: np.ndarray


def _fitted(
    x: np.ndarray, y: np.ndarray, x_val: np.ndarray, y_val: np.ndarray, run: Path
) -> Opinion:
    module = fit_head(x, y, len(CLASSES), run, _HEAD)
    found = probabilities_of(module.network, x_val)
    temperature = fit_temperature(found, y_val)
    return Opinion(module, temperature, soften(found, temperature).astype(np.float32))


def _agreed(first: Opinion, second: Opinion, truth: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Raise the odds of a dress until ``PASSING`` of the other garments get .5.

    The second head's answer is changed for it, which is asked together with the first alone.

    Returns:
        What both make of the validation pictures ``[N, classes]``, before their temperature; that
        temperature; and what was added to the logit of a dress of both.
    """
    temperature = fit_temperature(pooled(first.watched, second.watched), truth)
    others = (truth != 0) & (truth != CLASSES.index(NOTHING))
    both = pooled(first.watched, second.watched, temperature)
    passing = float(np.quantile(both[others, 0], 1 - PASSING))
    # Never lowered: a dress that is more likely than not is called one.
    offset = max(0.0, float(np.log1p(-passing) - np.log(passing)))
    raised = np.log(second.watched.clip(1e-8))
    raised[:, 0] += 2 * temperature * offset
    with torch.no_grad():
        second.module.network.linear.bias[0] += 2 * temperature * offset * second.temperature
    odds = np.exp(raised - raised.max(1, keepdims=True))
    odds /= odds.sum(1, keepdims=True)
    return pooled(first.watched, odds.astype(np.float32)), temperature, offset


def garment_file(runs: Path, fold: int) -> Path:
    """Where the weights of the heads are that never saw the people of a fold."""
    return runs / "worn-heads" / f"garment-{fold}.pt"


def _with_worn(
    x: np.ndarray,
    y: np.ndarray,
    network: nn.Module,
    view: dict[str, Any],
    worn: WornExamples,
    runs: Path,
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Features, classes and stems of the people (else empty), with street photos and their mirror images."""
    features, truth, stems = [x], [y], [""] * len(y)
    parts = ((worn.dresses, "dress", "worn"), (worn.others, OUTFIT, "worn-others"))
    for photos, name, key in parts:
        seen = photos.pictures, photos.pictures[:, :, ::-1]
        for suffix, pictures in zip(("", "-mirrored"), seen, strict=True):
            found = kept_features(network, view, pictures, key + suffix, runs)
            features += [found] * WORN_REPEATS
            truth += [np.full(len(found), CLASSES.index(name))] * WORN_REPEATS
            stems += list(photos.groups) * WORN_REPEATS
    return np.concatenate(features), np.concatenate(truth), stems


def train_garment(
    packed: Packed,
    photos: Path,
    root: Path,
    packs: Path,
    runs: Path,
    worn: WornExamples | None = None,
) -> dict[str, Any]:
    """Fit, measure and export the heads ``garment`` and ``garment-detail``; returns their report.

    With street photos (``worn``) also heads in folds, below ``runs``, which never saw the people of one.
    """
    finder = GarmentFinder.load(root)
    pictures, y = framed_pictures(packed, photos, "train", packs, finder)
    watched, y_val = framed_pictures(packed, photos, "validation", packs, finder)
    made = {name: int((y == CLASSES.index(name)).sum()) for name in ("dress", NOTHING)}
    made["others"] = len(y) - sum(made.values())
    opinions: list[Opinion] = []
    in_folds: list[list[Opinion]] = [[] for _ in range(HEAD_FOLDS if worn else 0)]
    for name, head in HEADS.items():
        network, view = load_checkpoint(root / name)
        x = kept_features(network, view, pictures, f"{head}-train", runs)
        x_val = read_features(network, view, watched, f"{head}-validation", runs)
        truth = y
        if worn:
            x, truth, stems = _with_worn(x, y, network, view, worn, runs)
            for fold, found in enumerate(in_folds):
                kept = np.array([not stem or head_fold(stem) != fold for stem in stems])
                found.append(_fitted(x[kept], truth[kept], x_val, y_val, runs / head))
        opinions.append(_fitted(x, truth, x_val, y_val, runs / head))
    for fold, (first, second) in enumerate(in_folds):
        _agreed(first, second, y_val)
        heads = zip(HEADS.values(), (first, second), strict=True)
        states = {head: o.module.network.state_dict() for head, o in heads}
        save_states(garment_file(runs, fold), states)
    first, second = opinions
    raw, temperature, offset = _agreed(first, second, y_val)
    # As shipped: a temperature fitted anew would not be that of the raised odds.
    found = soften(raw, temperature)
    scores = {"labels": "photos", **classification_scores(found, y_val, CLASSES)}
    scores["auroc"] = _auroc(found, y_val)
    report = {
        "made of": "Dresses: shop photos, three of four as a phone would see them. Others: phone photos. "
        "No garment: rooms with the garment painted over, made grounds, drawings.",
        "temperature": temperature,
        "auroc alone": {
            head: _auroc(o.watched, y_val) for head, o in zip(HEADS.values(), opinions, strict=True)
        },
        "validation": [scores],
        "confusion": confusion(found, y_val, len(CLASSES)).tolist(),
    }
    statement = (
        f"Learnt from {made['dress']:,} shop photos of dresses, {made['others']:,} phone photos of other "
        f"garments (CC0; half of them also on made grounds), {made[NOTHING]:,} pictures without a garment and "
        f"{len(worn.dresses.names) + len(worn.others.names) if worn else 0} street photos (Apache-2.0)."
    )
    together = {"joint_temperature": temperature, "offset": offset}
    for (name, head), opinion in zip(HEADS.items(), opinions, strict=True):
        network = opinion.module.network
        config = {
            "architecture": "linear_head",
            "arguments": {
                "in_features": network.linear.in_features,
                "classes": len(CLASSES),
            },
            "features": read_config(root / name)["sha256"],
            "attribute": "garment",
            "classes": list(CLASSES),
            "temperature": opinion.temperature,
            **(together if name == DETAIL else {}),
            "metrics": {"validation photos": {k: scores[k] for k in ("n", "accuracy", "auroc")}},
            "data": {
                "statement": statement,
                "source": LICENCE,
                "fingerprint": packed.fingerprint,
            },
        }
        folder = root / head
        save_checkpoint(folder, network, config)
        write_json(folder / "report.json", {"name": head, "attribute": "garment", **report})
        plot_curves(opinion.module.history, folder / "curves.png", head)
    folder = root / HEADS["transfer"]
    plot_confusion(np.array(report["confusion"]), CLASSES, folder / "confusion.png", "garment")
    return report


def _auroc(probabilities: np.ndarray, truth: np.ndarray) -> float:
    """Of a dress against all else."""
    return float(roc_auc_score(truth == 0, probabilities[:, 0]))
