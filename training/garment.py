"""Is it a dress, and if not, what? A provisional head on the transfer features.

Learns from dresses of training styles against phone photos of other garments (sets ``train`` and
``category`` of training senders), all cut out and framed alike. Provisional, because the two sides still
differ in camera and cloth: a better one needs grounds exchanged on both sides.
"""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from fashion_core.checkpoint import load_checkpoint, save_checkpoint
from fashion_core.cutout import GarmentFinder, frame
from fashion_core.imaging import open_image
from training.dresses import is_validation
from training.errors import DataError
from training.heads import HeadSettings, features_of, fit_head, probabilities_of
from training.metrics import classification_scores, confusion, fit_temperature, soften
from training.provenance import LICENCE
from training.report import plot_confusion, plot_curves, write_json

if TYPE_CHECKING:
    from pathlib import Path

    from training.dresses import Packed

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
CLASSES = tuple(dict.fromkeys(CATEGORIES.values()))
#: Dresses drawn from each split, so that neither side drowns the other.
DRESSES = {"train": 1600, "validation": 400}


@dataclass(frozen=True)
class Photo:
    """One phone photo: its file name, category, sender and set."""

    image: str
    category: str
    sender: str
    set: str

    @property
    def split(self) -> str:
        """``train`` or ``validation``, by sender; ``dev`` is neither and is never read here."""
        if self.set == "dev":
            return "dev"
        return "validation" if is_validation(self.sender) else "train"


def read_photos(archive: zipfile.ZipFile) -> list[Photo]:
    """The rows of ``garment-photos/photos.csv``.

    Raises:
        DataError: no such table, or a column is missing.
    """
    try:
        text = archive.read("garment-photos/photos.csv").decode()
        records = list(csv.DictReader(io.StringIO(text)))
        return [Photo(r["image"], r["category"], r["sender"], r["set"]) for r in records]
    except KeyError as error:
        raise DataError(f"{archive.filename} is not the photo set: {error}.") from error


def framed_pictures(
    packed: Packed, archive: zipfile.ZipFile, split: str, cache: Path, finder: GarmentFinder
) -> tuple[np.ndarray, np.ndarray]:
    """Pictures uint8 ``[N, 256, 256, 3]``, cut out and framed as the Analyser does it, and categories.

    Cutting out takes minutes and is kept in ``cache``, by the weights of the cut-out.
    """
    path = cache / f"garment-{split}-{finder.config['sha256'][:8]}.npz"
    if not path.exists():
        photos = [p for p in read_photos(archive) if p.split == split and p.category in CATEGORIES]
        rows = packed.select(split)
        rows = np.random.default_rng(1).choice(rows, min(DRESSES[split], len(rows)), replace=False)
        sources: list[Any] = [packed.images[i] for i in rows]
        sources += [archive.read(f"garment-photos/{p.image}") for p in photos]
        truth = [0] * len(rows) + [CLASSES.index(CATEGORIES[p.category]) for p in photos]
        framed = [
            _frame(source, finder) for source in tqdm(sources, desc="cutting out", unit="image")
        ]
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, pictures=np.stack(framed), truth=np.array(truth, np.int64))
    found = np.load(path)
    return found["pictures"], found["truth"]


def _frame(source: Any, finder: GarmentFinder) -> np.ndarray:
    image = open_image(source)
    return np.asarray(frame(image, finder.find(image), 256))


def train_garment(
    packed: Packed, photos: Path, root: Path, packs: Path, runs: Path
) -> dict[str, Any]:
    """Fit, measure and export the ``garment`` head; returns its report."""
    finder = GarmentFinder.load(root)
    with zipfile.ZipFile(photos) as archive:
        pictures, y = framed_pictures(packed, archive, "train", packs, finder)
        watched, y_val = framed_pictures(packed, archive, "validation", packs, finder)
    network, view = load_checkpoint(root / "transfer")
    x, x_val = features_of(network, view, pictures), features_of(network, view, watched)
    module = fit_head(x, y, len(CLASSES), runs / "garment", HeadSettings(class_weighting=0.4))
    found = probabilities_of(module.network, x_val)
    temperature = fit_temperature(found, y_val)
    found = soften(found, temperature)
    scores = {"labels": "photos", **classification_scores(found, y_val, CLASSES)}
    scores["auroc"] = float(roc_auc_score(y_val == 0, found[:, 0]))
    report = {
        "provisional": "Dresses are shop photos and the rest phone photos; camera may give them away.",
        "temperature": temperature,
        "validation": [scores],
        "confusion": confusion(found, y_val, len(CLASSES)).tolist(),
    }
    folder = root / "garment"
    config = {
        "architecture": "linear_head",
        "arguments": {"in_features": x.shape[1], "classes": len(CLASSES)},
        "features": view["sha256"],
        "attribute": "garment",
        "classes": list(CLASSES),
        "temperature": temperature,
        "metrics": {"validation photos": {k: scores[k] for k in ("n", "accuracy", "auroc")}},
        "data": {
            "statement": f"Learnt from {(y == 0).sum():,} shop photos of dresses and "
            f"{(y > 0).sum():,} phone photos of other garments (CC0).",
            "source": LICENCE,
            "fingerprint": packed.fingerprint,
        },
    }
    save_checkpoint(folder, module.network, config)
    write_json(folder / "report.json", {"name": "garment", "attribute": "garment", **report})
    plot_curves(module.history, folder / "curves.png", "garment")
    plot_confusion(np.array(report["confusion"]), CLASSES, folder / "confusion.png", "garment")
    return report
