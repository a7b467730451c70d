"""One row of scores for every model, attribute and kind of label.

Shop photos are scored as packed (plain ground, panel whitened), without cut-out; phone photos go the
whole way of :class:`fashion_core.Analyser`.
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from fashion_core.analyser import Analyser
from fashion_core.checkpoint import load_checkpoint, read_config
from fashion_core.cutout import frame
from fashion_core.imaging import open_image
from fashion_core.taxonomy import ATTRIBUTES, MEMBER_CHECKPOINTS
from training.classifier import SETTINGS, predict, view_of
from training.dresses import encode_labels, prepare, read_clean_labels
from training.errors import DataError
from training.export import score_rows
from training.garment import read_photos
from training.heads import features_of
from training.metrics import classification_scores, soften

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def evaluate(
    split: str,
    *,
    data: Path | None,
    photos: Path | None,
    worn: Path | None,
    labels: Path | None,
    root: Path,
    packs: Path,
) -> Iterator[dict[str, Any]]:
    """Rows of scores for ``split``: ``validation``, ``test`` (dresses), ``dev``, ``category`` (photos).

    Raises:
        DataError: the split needs a file that was not given.
    """
    if split in {"validation", "test"}:
        if data is None:
            raise DataError(f"--split {split} needs --data.")
        yield from _dresses(split, data, labels, root, packs)
    elif split in {"dev", "category"}:
        if photos is None or (split == "dev" and labels is None):
            raise DataError(f"--split {split} needs --photos and, for dev, --labels.")
        yield from _photos(split, photos, labels, root)
    else:
        asked = (
            "worn dresses are not scored yet"
            if worn or split == "worn"
            else "there is no such split"
        )
        raise DataError(f"--split {split}: {asked}; validation, test, dev and category are.")


def _row(model: str, attribute: str, split: str, scores: dict[str, Any]) -> dict[str, Any]:
    return {"model": model, "attribute": attribute, "split": split, **scores}


def _dresses(
    split: str, data: Path, labels: Path | None, root: Path, packs: Path
) -> Iterator[dict[str, Any]]:
    clean = read_clean_labels(labels, "dresses") if labels else {}
    members: dict[str, np.ndarray] = {}
    for name in dict.fromkeys(MEMBER_CHECKPOINTS.values()):
        if not (root / name / "config.json").exists():
            continue
        network, config = load_checkpoint(root / name)
        packed = prepare(data, packs, SETTINGS[name].pack_size)
        images = packed.images[packed.select(split)]
        probabilities = predict(network, ["pattern"], view_of(config), images)["pattern"]
        found = soften(probabilities, config["temperature"])
        members[name] = found.astype(np.float32)
        for scores in score_rows(
            packed, clean, split, "pattern", ATTRIBUTES["pattern"].classes, found
        ):
            yield _row(name, "pattern", split, scores)
    yield from _stacks(split, data, clean, root, packs, members)
    yield from _heads(split, data, clean, root, packs)


def _stacks(
    split: str,
    data: Path,
    clean: dict[str, dict[str, str]],
    root: Path,
    packs: Path,
    members: dict[str, np.ndarray],
) -> Iterator[dict[str, Any]]:
    """The stacks; on validation their cross-fitted scores, as fitting them used that split."""
    import json

    for name in ("pattern-stack", "pattern-stack-shop"):
        if not (root / name / "config.json").exists():
            continue
        if split == "validation":
            report = json.loads((root / name / "report.json").read_text(encoding="utf-8"))
            for scores in report["validation"]:
                yield _row(name, "pattern", split, scores)
            continue
        network, config = load_checkpoint(root / name)
        joined = np.concatenate([members[MEMBER_CHECKPOINTS[m]] for m in config["members"]], axis=1)
        with torch.inference_mode():
            logits = network(torch.from_numpy(joined)) / config["temperature"]
        packed = prepare(data, packs, 128)
        found = logits.softmax(1).numpy()
        for scores in score_rows(
            packed, clean, split, "pattern", ATTRIBUTES["pattern"].classes, found
        ):
            yield _row(name, "pattern", split, scores)


@torch.inference_mode()
def _heads(
    split: str, data: Path, clean: dict[str, dict[str, str]], root: Path, packs: Path
) -> Iterator[dict[str, Any]]:
    names = {a: a.replace("_", "-") for a in ATTRIBUTES if a != "pattern"}
    backbone, view = load_checkpoint(root / "transfer")
    packed = prepare(data, packs, SETTINGS["transfer"].pack_size)
    images = packed.images[packed.select(split)]
    joined = torch.from_numpy(features_of(backbone, view, images))
    for attribute, name in names.items():
        head, config = load_checkpoint(root / name)
        found = (head(joined) / config["temperature"]).softmax(1).numpy()
        for scores in score_rows(packed, clean, split, attribute, tuple(config["classes"]), found):
            yield _row(name, attribute, split, scores)


def _photos(split: str, photos: Path, labels: Path | None, root: Path) -> Iterator[dict[str, Any]]:
    """Phone photos through the whole Analyser: attributes on ``dev``, dress or not on ``category``."""
    analyser = Analyser.load(root)
    model = read_config(root / "pattern-stack")["architecture"]
    with zipfile.ZipFile(photos) as archive:
        rows = [p for p in read_photos(archive) if p.set == split]
        if split == "category":
            rows = [p for p in rows if p.split == "validation"]
        readings = []
        for photo in rows:
            image = open_image(archive.read(f"garment-photos/{photo.image}"))
            framed = np.asarray(frame(image, analyser.finder.find(image), 256))
            readings += analyser.read_framed([framed])
    if split == "category":
        dress = np.array([r["garment"].probabilities["dress"] for r in readings])
        truth = np.zeros(len(dress), np.int64)
        scores = classification_scores(np.stack([1 - dress, dress], 1), truth, ("other", "dress"))
        yield _row("garment", "dress", split, {"labels": "photos", **scores})
        return
    clean = read_clean_labels(labels, "photos") if labels else {}
    for attribute, definition in ATTRIBUTES.items():
        if attribute == "fit":
            continue
        truth = encode_labels([clean.get(p.image, {}) for p in rows], attribute, definition.classes)
        found = np.array([list(r[attribute].probabilities.values()) for r in readings])
        scores = classification_scores(found, truth, definition.classes, attribute)
        name = f"pattern-{model}" if attribute == "pattern" else attribute.replace("_", "-")
        yield _row(name, attribute, split, {"labels": "photos", **scores})
