"""What learns from people alone: whether somebody wears it, whether that is a dress, and of which pattern.

A cut-out shows little of a person, and what it leaves out tells: legs below a hem, a waistband, shoes. In
folds of people a head on the whole photo tells dresses from outfits with an AUROC of .80; those on the cut-out
reached .68. Street photos are few (144), so both heads are linear, on features that are there already.
"""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from fashion_core.analyser import whole
from fashion_core.checkpoint import load_checkpoint, read_config, save_checkpoint
from fashion_core.cutout import GarmentFinder
from fashion_core.imaging import open_image
from fashion_core.taxonomy import PATTERN, PEOPLE, PEOPLE_PATTERN, WORN_CLASSES
from training.data.cache import save_arrays, save_states
from training.data.files import write_json
from training.data.framed import RealPhotos
from training.data.labels import encode_labels
from training.data.phone import read_photos
from training.data.splits import HEAD_FOLDS, head_fold
from training.data.street import read_worn
from training.errors import DataError
from training.evaluation.metrics import classification_scores, confusion
from training.publish.plots import plot_confusion, plot_curves
from training.tasks.detail import NAME as DETAIL
from training.tasks.garment import DRESSES, PHONE, dresses_on_grounds, empty_pictures
from training.tasks.heads import fit_head, kept_features, probabilities_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch import nn

    from training.data.shop import Packed
    from training.data.street import WornExamples
    from training.tasks.heads import HeadModule

NOBODY, DRESS, OUTFIT = range(len(WORN_CLASSES))
#: Pictures without people: photos of other garments, dresses on made grounds, empty rooms and drawings.
ALONE = {"train": (900, 300, 120), "validation": (300, 100, 60)}
#: How often a street photo is seen an epoch, beside its mirror image.
WORN_REPEATS = 3
#: What the whole photo is asked.
WORN = "worn"


def people_file(runs: Path, fold: int) -> Path:
    """Where the weights of the heads are that never saw the people of a fold."""
    return runs / "worn-heads" / f"people-{fold}.pt"


@dataclass(frozen=True)
class _Part:
    """What a head learns from.

    Attributes:
        features, mirrored: ``[N, F]``, of pictures and of their mirror images; both are learnt from.
        asked: of what the Analyser shows the head.
        truth: classes ``[N]``, -1 where there is none.
        folds: of people ``[N]``, -1 of nobody.
    """

    features: np.ndarray
    mirrored: np.ndarray
    asked: np.ndarray
    truth: np.ndarray
    folds: np.ndarray


@dataclass(frozen=True)
class _Fitted:
    """A head that learnt from everyone and, for each fold of people, one that did not learn from it.

    Attributes:
        classes: in logit order.
        module: who learnt from everyone.
        states: the weights of the others, by fold.
        crossed: what those make of the people that they never saw, ``[N, classes]``.
    """

    classes: tuple[str, ...]
    module: HeadModule
    states: list[dict[str, Any]]
    crossed: np.ndarray


def _in_folds(
    people: _Part, others: Sequence[_Part], classes: tuple[str, ...], runs: Path
) -> _Fitted:
    seen = [(p.features, p.truth, p.folds) for p in (*others, *[people] * WORN_REPEATS)]
    seen += [(people.mirrored, people.truth, people.folds)] * WORN_REPEATS
    x, y, fold_of = (np.concatenate(part) for part in zip(*seen, strict=True))
    crossed = np.full((len(people.truth), len(classes)), 1 / len(classes), np.float32)
    states = []
    for fold in range(HEAD_FOLDS):
        kept, asked = (fold_of != fold) & (y >= 0), people.folds == fold
        head = fit_head(x[kept], y[kept], len(classes), runs / "head-fold").network
        states.append(head.state_dict())
        if asked.any():
            crossed[asked] = probabilities_of(head, people.asked[asked])
    known = y >= 0
    module = fit_head(x[known], y[known], len(classes), runs / "head-people")
    return _Fitted(classes, module, states, crossed)


def pictures_of_people(worn: Path, examples: WornExamples) -> RealPhotos:
    """The whole street photos of ``examples``; ``labels`` hold ``worn``, one of ``WORN_CLASSES``.

    Raises:
        DataError: not both dresses and outfits are among them.
    """
    dressed, bare = examples.dresses.groups, examples.others.groups
    if not (dressed and bare):
        raise DataError(
            "Learning from people takes annotated street photos with and without a dress."
        )
    kinds = dict.fromkeys(dressed, WORN_CLASSES[DRESS]) | dict.fromkeys(bare, WORN_CLASSES[OUTFIT])
    rows = [w for w in read_worn(worn, training=True) if w.stem in kinds]
    stems = [w.stem for w in rows]
    pictures = np.stack([whole(Image.fromarray(w.pixels)) for w in rows])
    return RealPhotos(stems, stems, pictures, [{WORN: kinds[stem]} for stem in stems])


def pictures_of_nobody(
    packed: Packed, photos: Path, split: str, cache: Path, finder: GarmentFinder
) -> np.ndarray:
    """Whole pictures uint8 ``[N, 256, 256, 3]`` in which nobody wears anything; kept in ``cache``.

    Args:
        packed: dresses, of 256 px.
        photos: garment-photos.zip, whose garments hang or lie.
        split: ``train`` or ``validation``, by style and by sender.
        cache: folder.
        finder: finds garments that are painted over, for empty rooms.
    """
    random = np.random.default_rng(5)
    garments, dresses, empty = ALONE[split]
    with zipfile.ZipFile(photos) as archive:
        rows = [p for p in read_photos(archive) if p.split == split and p.set != "dev"]
        chosen = [rows[i].image for i in random.permutation(len(rows))[:garments]]
        made = f"{packed.fingerprint} {ALONE} {DRESSES} {PHONE} {finder.config['sha256']} {chosen}"
        path = cache / f"nobody-{split}-{hashlib.sha256(made.encode()).hexdigest()[:12]}.npz"
        sources = [] if path.exists() else [archive.read(f"garment-photos/{n}") for n in chosen]
    if not path.exists():
        hung = [open_image(source) for source in tqdm(sources, desc="photos", unit="photo")]
        found = [whole(photo) for photo in hung]
        on_grounds = dresses_on_grounds(packed, split, cache, random)
        found += [whole(Image.fromarray(p)) for p in islice(on_grounds, dresses)]
        nothing = empty_pictures(hung, finder, empty, random)
        found += [whole(Image.fromarray(p)) for p in nothing]
        save_arrays(path, pictures=np.stack(found))
    pictures: np.ndarray = np.load(path)["pictures"]
    return pictures


def train_people(
    packed: Packed,
    photos: Path,
    people: RealPhotos,
    dresses: RealPhotos,
    root: Path,
    packs: Path,
    runs: Path,
) -> dict[str, Any]:
    """Fit and export ``people`` and ``people-pattern``, with heads in folds below ``runs``.

    Street photos are scored in folds, each by heads that never saw the person; pictures of nobody are of other
    senders and styles than those learnt from.

    Args:
        packed: of 256 px.
        photos: garment-photos.zip.
        people: by :func:`pictures_of_people`.
        dresses: of them the annotated dresses, cut out and framed (:class:`training.data.street.WornExamples`).
        root: holds ``transfer`` and ``detail``, on whose features the heads stand.
        packs: pictures of nobody are kept here,
        runs: features and the heads of the folds here.

    Returns:
        Checkpoint -> its report.
    """
    worn, seen, truth, statement = _worn_or_not(packed, photos, people, root, packs, runs)
    report = _export(root / PEOPLE, DETAIL, worn, (seen, truth), statement)
    network, view = load_checkpoint(root / "transfer")
    part = _part(network, view, dresses, ("worn", PATTERN.key, PATTERN.classes), runs)
    pattern = _in_folds(part, [], PATTERN.classes, runs)
    statement = f"Learnt from {(part.truth >= 0).sum()} street photos of dresses (Apache-2.0)."
    answers = pattern.crossed, part.truth
    reports = {
        PEOPLE: report,
        PEOPLE_PATTERN: _export(root / PEOPLE_PATTERN, "transfer", pattern, answers, statement),
    }
    for fold, states in enumerate(zip(worn.states, pattern.states, strict=True)):
        named = dict(zip(reports, states, strict=True))
        save_states(people_file(runs, fold), named)
    return reports


def _worn_or_not(
    packed: Packed, photos: Path, people: RealPhotos, root: Path, packs: Path, runs: Path
) -> tuple[_Fitted, np.ndarray, np.ndarray, str]:
    """The heads of ``people``, what they make of everybody and of nobody, the truth, what was learnt from."""
    finder = GarmentFinder.load(root)
    network, view = load_checkpoint(root / DETAIL)
    parts = []
    for split in ALONE:
        pictures = pictures_of_nobody(packed, photos, split, packs, finder)
        features = kept_features(network, view, pictures, f"nobody-{split}", runs)
        nobody = np.full(len(features), NOBODY)
        parts.append(_Part(features, features[:0], features, nobody, np.full(len(nobody), -1)))
    learnt, watched = parts
    everyone = _part(network, view, people, ("people", WORN, WORN_CLASSES), runs)
    fitted = _in_folds(everyone, [learnt], WORN_CLASSES, runs)
    alone = probabilities_of(fitted.module.network, watched.features)
    statement = (
        f"Learnt from {len(people.names)} street photos (Apache-2.0) and {len(learnt.truth):,} pictures of "
        "nobody: phone photos (CC0), shop photos on made grounds, empty rooms, drawings."
    )
    found = np.concatenate([fitted.crossed, alone])
    return fitted, found, np.concatenate([everyone.truth, watched.truth]), statement


def _part(
    network: nn.Module,
    view: dict[str, Any],
    photos: RealPhotos,
    asked: tuple[str, str, Sequence[str]],
    runs: Path,
) -> _Part:
    """``asked``: under which name features are kept, the attribute, its classes."""
    name, attribute, classes = asked
    features = kept_features(network, view, photos.pictures, name, runs)
    mirrored = kept_features(network, view, photos.pictures[:, :, ::-1], f"{name}-mirrored", runs)
    truth = encode_labels(list(photos.labels), attribute, classes)
    folds = np.array([head_fold(stem) for stem in photos.groups])
    # The pattern is asked of picture and mirror image, the whole photo of the one alone.
    shown = features if attribute == WORN else (features + mirrored) / 2
    return _Part(features, mirrored, shown, truth, folds)


def _export(
    folder: Path,
    below: str,
    fitted: _Fitted,
    answers: tuple[np.ndarray, np.ndarray],
    statement: str,
) -> dict[str, Any]:
    """Write a head on the features of the checkpoint ``below``; returns its report.

    ``answers`` are probabilities ``[N, classes]`` of pictures that were not learnt from, and the truth.
    """
    found, truth = answers
    scores = {"labels": "worn", **classification_scores(found, truth, fitted.classes)}
    if fitted.classes == WORN_CLASSES:
        somebody = truth != NOBODY
        odds = found[somebody, DRESS] - found[somebody, OUTFIT]
        scores["auroc"] = float(roc_auc_score(truth[somebody] == DRESS, odds))
    network = fitted.module.network
    config = {
        "architecture": "linear_head",
        "arguments": {
            "in_features": network.linear.in_features,
            "classes": len(fitted.classes),
        },
        "features": read_config(folder.parent / below)["sha256"],
        "classes": list(fitted.classes),
        "temperature": 1.0,
        "metrics": {"worn": {k: scores[k] for k in ("n", "accuracy", "macro_f1")}},
        "data": {"statement": statement},
    }
    save_checkpoint(folder, network, config)
    report = {
        "name": folder.name,
        "made of": "Street photos in five folds, each by a head that never saw it; for people also pictures of "
        "nobody, of other senders and styles than those learnt from.",
        "validation": [scores],
        "confusion": confusion(found, truth, len(fitted.classes)).tolist(),
    }
    write_json(folder / "report.json", report)
    plot_curves(fitted.module.history, folder / "curves.png", folder.name)
    counts = np.array(report["confusion"])
    plot_confusion(counts, fitted.classes, folder / "confusion.png", folder.name)
    return report
