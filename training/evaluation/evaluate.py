"""One row of scores for every model, attribute and kind of label.

Shop photos are scored as packed (plain ground, panel whitened), without cut-out; phone photos go the
whole way of :class:`fashion_core.Analyser`.
"""

from __future__ import annotations

import json
import zipfile
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image
from sklearn.metrics import roc_auc_score

from fashion_core.analyser import FRAME, IS_DRESS, Analyser, whole
from fashion_core.checkpoint import load_checkpoint
from fashion_core.cutout import frame
from fashion_core.fusion import calibrated
from fashion_core.imaging import open_image
from fashion_core.reader import GarmentReader
from fashion_core.taxonomy import ATTRIBUTES, DETAIL, HEAD_CHECKPOINTS, MEMBER_CHECKPOINTS, TRANSFER
from training.data.features import features_for
from training.data.labels import (
    CLEAN_COLUMNS,
    encode_labels,
    read_clean_labels,
    read_worn_labels,
    worn_without_dress,
)
from training.data.phone import Photo, read_photos
from training.data.shop import prepare
from training.data.splits import HEAD_FOLDS, head_fold, worn_fold
from training.data.street import read_worn
from training.errors import DataError
from training.evaluation.baselines import pooled_scores, unshipped_scores
from training.evaluation.classification import Baseline, calibrate, score_rows
from training.evaluation.metrics import classification_scores
from training.evaluation.stack import best_member
from training.tasks.classifier_settings import SETTINGS
from training.tasks.heads import SHOP_HEADS, fold_files
from training.tasks.segmenter import fold_finders
from training.tasks.stack_members import answers_of_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from fashion_core.analyser import Reading
    from training.data.shop import Packed


def evaluate(
    split: str,
    *,
    data: Path | None,
    photos: Path | None,
    worn: Path | None,
    labels: Path | None,
    root: Path,
    packs: Path,
    runs: Path,
) -> Iterator[dict[str, Any]]:
    """Rows of scores for ``split``.

    ``validation`` and ``test`` are dresses, ``dev`` and ``category`` phone photos, ``worn`` the annotated
    worn dresses, each cut out by the network, and read by the heads, of a fold that never saw it (below
    ``runs``).

    Raises:
        DataError: the split needs a file that was not given.
    """
    if split in {"validation", "test"}:
        if data is None:
            raise DataError(f"--split {split} needs --data.")
        yield from _dresses(split, data, labels, root, packs, runs)
    elif split in {"dev", "category"}:
        if photos is None or (split == "dev" and labels is None):
            raise DataError(f"--split {split} needs --photos and, for dev, --labels.")
        yield from _photos(split, photos, labels, root)
    elif split == "worn":
        if worn is None or labels is None:
            raise DataError("--split worn needs --worn and --labels.")
        yield from _worn(worn, labels, root, runs)
    else:
        raise DataError(f"--split {split}: there are validation, test, dev, category and worn.")


def _row(model: str, attribute: str, split: str, scores: dict[str, Any]) -> dict[str, Any]:
    return {"model": model, "attribute": attribute, "split": split, **scores}


def _dresses(
    split: str, data: Path, labels: Path | None, root: Path, packs: Path, runs: Path
) -> Iterator[dict[str, Any]]:
    clean = read_clean_labels(labels, "dresses") if labels else {}
    members: dict[str, np.ndarray] = {}
    for name in dict.fromkeys(MEMBER_CHECKPOINTS.values()):
        if not (root / name / "config.json").exists():
            continue
        packed = prepare(data, packs, SETTINGS[name].pack_size)
        chosen = packed.select(split)
        members[name] = answers_of_rows(
            root / name, packed, chosen, runs, calibrated=split != "validation"
        )
        yield from _scored(packed, clean, split, name, "pattern", members[name])
    yield from _stacks(split, data, clean, root, packs, members)
    yield from _heads(split, data, clean, root, packs, runs)
    unshipped = unshipped_scores(split, data, packs, runs)
    pooled_baselines = pooled_scores(split, data, root, packs, runs)
    for name, attribute, scores in chain(unshipped, pooled_baselines):
        yield _row(name, attribute, split, scores)


def _stacks(
    split: str,
    data: Path,
    clean: dict[str, dict[str, str]],
    root: Path,
    packs: Path,
    members: dict[str, np.ndarray],
) -> Iterator[dict[str, Any]]:
    """The stacks; on validation their cross-fitted scores, as fitting them used that split."""
    for name in ("pattern-stack", "pattern-stack-shop"):
        if not (root / name / "config.json").exists():
            continue
        if split == "validation":
            report = json.loads((root / name / "report.json").read_text(encoding="utf-8"))
            for scores in report["validation"]:
                yield _row(name, "pattern", split, scores)
            continue
        found = _stacked(root, name, members)
        packed = prepare(data, packs, 128)
        report = json.loads((root / name / "report.json").read_text(encoding="utf-8"))
        best = MEMBER_CHECKPOINTS[best_member(report["members"])]
        baseline = Baseline(best, members[best])
        for scores in score_rows(
            packed, clean, split, "pattern", ATTRIBUTES["pattern"].classes, found, baseline
        ):
            yield _row(name, "pattern", split, scores)


def _stacked(root: Path, name: str, members: Mapping[str, np.ndarray]) -> np.ndarray:
    """What a stack makes of the answers of its ``members``, by checkpoint: the shipped one, or a benchmark."""
    reader = GarmentReader.load(root, "cpu")
    if (stack := reader.manifest.stack) and stack.checkpoint == name:
        return reader.stacked({key: members[MEMBER_CHECKPOINTS[key]] for key in stack.members})
    network, config = load_checkpoint(root / name)
    joined = np.concatenate([members[MEMBER_CHECKPOINTS[m]] for m in config["members"]], axis=1)
    with torch.inference_mode():
        return calibrated(network(torch.from_numpy(joined)), config["temperature"])


def _heads(
    split: str,
    data: Path,
    clean: dict[str, dict[str, str]],
    root: Path,
    packs: Path,
    runs: Path,
) -> Iterator[dict[str, Any]]:
    """Heads as the reader asks them, the benchmark's on the same features, the auxiliary backbone's alone."""
    packed = prepare(data, packs, SETTINGS[TRANSFER].pack_size)
    shipped = GarmentReader.load(root, "cpu", "fast")
    features = features_for(shipped.manifest, root, packed.images[packed.select(split)], runs)
    reader = shipped.uncalibrated() if split == "validation" else shipped
    together = reader.answers_from(features)
    for attribute, name in HEAD_CHECKPOINTS.items():
        if attribute in together:
            yield from _scored(packed, clean, split, name, attribute, together[attribute])
    for attribute, name in SHOP_HEADS.items():
        if (root / name / "config.json").exists():
            head, config = load_checkpoint(root / name)
            heat = 1.0 if split == "validation" else float(config["temperature"])
            with torch.inference_mode():
                found = calibrated(head(features[TRANSFER]), heat)
            yield from _scored(packed, {}, split, name, attribute, found, tuple(config["classes"]))
    if DETAIL in features:
        alone = shipped.answers_from({DETAIL: features[DETAIL]})
        for attribute in (key for key in ATTRIBUTES if key in alone):
            yield from _scored(packed, clean, split, DETAIL, attribute, alone[attribute])


def _scored(
    packed: Packed,
    clean: dict[str, dict[str, str]],
    split: str,
    model: str,
    attribute: str,
    answers: np.ndarray,
    classes: tuple[str, ...] | None = None,
) -> Iterator[dict[str, Any]]:
    """Rows of a model's ``answers [N, classes]``, by default of the attribute's classes.

    On validation they are calibrated here, each half of the styles at the temperature that fits the other.
    """
    names = classes or ATTRIBUTES[attribute].classes
    if split == "validation":
        answers = calibrate(packed, clean, attribute, names, answers).crossed
    for scores in score_rows(packed, clean, split, attribute, names, answers):
        yield _row(model, attribute, split, scores)


def _photos(split: str, photos: Path, labels: Path | None, root: Path) -> Iterator[dict[str, Any]]:
    """Phone photos through the whole Analyser.

    ``category``: other garments of validation senders, and how often they pass for a dress. ``dev``: the
    attributes of dresses, also by the fast profile, and dresses told from those others.
    """
    analyser = Analyser.load(root)
    with zipfile.ZipFile(photos) as archive:
        rows = read_photos(archive)
        others = [p for p in rows if p.set == "category" and p.split == "validation"]
        names = [read_of(archive, p, analyser) for p in others]
        odds = np.array([r["garment"].probabilities["dress"] for r in names])
        kinds = np.array([p.category for p in others])
        if split == "category":
            yield _row("garment", "dress", split, _dress_scores(odds[:0], odds, kinds, "photos"))
            return
        dresses = [p for p in rows if p.set == "dev"]
        readings = [read_of(archive, p, analyser) for p in dresses]
        fast = Analyser.load(root, profile="fast")
        quick = [read_of(archive, p, fast) for p in dresses]
    clean = read_clean_labels(labels, "photos") if labels else {}
    truths = [clean.get(p.image, {}) for p in dresses]
    yield from _readings(readings, truths, "photos", split, "pattern-stack")
    for row in _readings(quick, truths, "photos", split, "transfer"):
        yield row | {"model": f"{row['model']}, fast profile"}
    ours = np.array([r["garment"].probabilities["dress"] for r in readings])
    yield _row("garment", "dress", split, _dress_scores(ours, odds, kinds, "photos"))


def read_of(archive: zipfile.ZipFile, photo: Photo, analyser: Analyser) -> dict[str, Reading]:
    """The readings of one phone photo."""
    image = open_image(archive.read(f"garment-photos/{photo.image}"))
    picture = np.asarray(frame(image, analyser.finder.find(image), FRAME))
    return analyser.read_framed([picture], [whole(image)])[0]


def _dress_scores(
    dresses: np.ndarray, others: np.ndarray, kinds: np.ndarray, labels: str
) -> dict[str, Any]:
    """Scores of "is it a dress" from the odds of dresses ``[N]`` and of others ``[M]`` of some ``kinds``."""
    odds = np.concatenate([dresses, others])
    truth = np.repeat([1, 0], [len(dresses), len(others)])
    scores: dict[str, Any] = {"labels": labels}
    scores |= classification_scores(np.stack([1 - odds, odds], 1), truth, ("other", "dress"))
    scores["warned_others"] = float((others < IS_DRESS).mean()) if len(others) else None
    if len(dresses) and len(others):
        scores["auroc"] = float(roc_auc_score(truth, odds))
        scores["warned_dresses"] = float((dresses < IS_DRESS).mean())
        scores["auroc_by_category"] = {
            str(kind): round(
                float(
                    roc_auc_score(
                        np.repeat([1, 0], [len(dresses), (kinds == kind).sum()]),
                        np.concatenate([dresses, others[kinds == kind]]),
                    )
                ),
                4,
            )
            for kind in np.unique(kinds)
        }
    return scores


def _readings(
    readings: list[dict[str, Reading]],
    truths: list[dict[str, str]],
    kind: str,
    split: str,
    model: str,
) -> Iterator[dict[str, Any]]:
    """A row for every attribute that is annotated; ``model`` names what reads the pattern."""
    annotated = set(CLEAN_COLUMNS.values())
    for attribute, definition in ATTRIBUTES.items():
        if attribute not in annotated:
            continue
        truth = encode_labels(truths, attribute, definition.classes)
        found = np.array([list(r[attribute].probabilities.values()) for r in readings])
        scores = classification_scores(found, truth, definition.classes, attribute)
        name = model if attribute == "pattern" else HEAD_CHECKPOINTS[attribute]
        yield _row(name, attribute, split, {"labels": kind, **scores})


def _worn(worn: Path, labels: Path, root: Path, runs: Path) -> Iterator[dict[str, Any]]:
    """Worn dresses through the Analyser, with the cut-out and the heads of folds that never saw them."""
    finders, clean = fold_finders(root, runs), read_worn_labels(labels)
    bare = worn_without_dress(labels)
    rows = [w for w in read_worn(worn, training=True) if w.stem in clean]
    readings: dict[str, dict[str, Reading]] = {}
    shipped = Analyser.load(root)
    for fold in range(HEAD_FOLDS):
        analyser = _fold_analyser(shipped, root, runs, fold)
        for w in rows:
            if head_fold(w.stem) == fold:
                image = Image.fromarray(w.pixels)
                cut = finders[worn_fold(w.stem)].find(image)
                framed = np.asarray(frame(image, cut, FRAME))
                readings[w.stem] = analyser.read_framed([framed], [whole(image)])[0]
    truths = [clean[w.stem] for w in rows]
    found = [readings[w.stem] for w in rows]
    yield from _readings(found, truths, "worn", "worn", "pattern-stack")
    odds = np.array([r["garment"].probabilities["dress"] for r in found])
    dress = np.array([bool(t.keys() - {"sample"}) for t in truths])
    other = np.array([w.stem in bare for w in rows])
    kinds = np.full(other.sum(), "no dress")
    yield _row("garment", "dress", "worn", _dress_scores(odds[dress], odds[other], kinds, "worn"))


def _fold_analyser(shipped: Analyser, root: Path, runs: Path, fold: int) -> Analyser:
    """The Analyser with those heads replaced that learn from people, by what training left for a fold.

    Raises:
        DataError: there are none.
    """
    files = fold_files(runs, fold)
    if not all(path.exists() for path in files):
        raise DataError(
            f"Worn dresses are measured in folds, and {files[0].parent} has no heads for fold {fold}. "
            "Write them with: python -m training export transfer --worn ..., then garment --worn ... and worn"
        )
    states = {k: v for path in files for k, v in torch.load(path, weights_only=True).items()}
    heads = {}
    for attribute, state in states.items():
        name = HEAD_CHECKPOINTS.get(attribute, attribute)
        heads[name], _ = load_checkpoint(root / name)
        heads[name].load_state_dict(state)
    return shipped.with_heads(heads)
