"""Ablation: what heads on the same features gain from each kind of labels and pictures, step by step.

Fine-tuning the backbone anew for every row would take days on two cores; a head is fitted in seconds, and
what is asked here is which labels and which pictures to learn from. Choices belong on validation data.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from fashion_core.checkpoint import load_checkpoint
from fashion_core.taxonomy import ATTRIBUTES
from training.data.features import kept_features, probabilities_of
from training.data.files import write_json
from training.data.labels import encode_labels
from training.evaluation.metrics import classification_scores
from training.tasks.heads import HeadSettings, fit_head

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from training.data.real import Real
    from training.data.shop import Packed

ATTRIBUTES_SHOWN = ("pattern", "sleeve_length")
#: Relabelling takes the answer of the head that learnt from clean labels where it is this sure.
SURE = 0.9
#: Small-loss selection leaves out this share of the shop's labels.
DROPPED = 0.15
_PLAIN = HeadSettings(class_weighting=0.0, label_smoothing=0.0)

#: Features ``[N, F]`` with labels ``[N]``; -1 is none.
Examples = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Material:
    """Features of everything that is learnt from or watched.

    Attributes:
        shop, mirrored: all rows of training styles, ``[N, F]``, and their mirror images.
        views: clean-labelled rows as a phone would see them.
        photos: phone photos of training senders.
        dresses, dresses_mirrored: rows of validation styles.
        watched_photos: phone photos of validation senders.
        labels: by the same names, attribute -> class of each row; ``clean`` those of ``shop`` that somebody
            checked, ``dresses`` the checked ones alone.
        random: which rows of ``dresses`` were drawn at random, bool ``[M]``.
    """

    shop: np.ndarray
    mirrored: np.ndarray
    views: np.ndarray
    photos: np.ndarray
    dresses: np.ndarray
    dresses_mirrored: np.ndarray
    watched_photos: np.ndarray
    labels: dict[str, list[Any]]
    random: np.ndarray


def gather(
    packed: Packed, clean: dict[str, dict[str, str]], real: Real, root: Path, runs: Path
) -> Material:
    """Compute or read back all features; ten minutes on one core the first time."""
    backbone, view = load_checkpoint(root / "transfer")
    train, validation = (
        [packed.rows[i] for i in packed.select(s)] for s in ("train", "validation")
    )
    pictures = {
        **_with_mirrored("shop", packed.images[packed.select("train")]),
        **_with_mirrored("dresses", packed.images[packed.select("validation")]),
        "views": real.train_views.pictures,
        "photos": real.train.pictures,
        "watched_photos": real.validation.pictures,
    }
    features = {n: kept_features(backbone, view, p, n, runs) for n, p in pictures.items()}
    return Material(
        shop=features["shop"],
        mirrored=features["shop-mirrored"],
        views=features["views"],
        photos=features["photos"],
        dresses=features["dresses"],
        dresses_mirrored=features["dresses-mirrored"],
        watched_photos=features["watched_photos"],
        labels={
            "shop": [row.labels for row in train],
            "clean": [clean.get(row.image, {}) for row in train],
            "views": list(real.train_views.labels),
            "photos": list(real.train.labels),
            "dresses": [clean.get(row.image, {}) for row in validation],
            "watched_photos": list(real.validation.labels),
        },
        random=np.array([clean.get(r.image, {}).get("sample") == "random" for r in validation]),
    )


def _with_mirrored(name: str, pictures: np.ndarray) -> dict[str, np.ndarray]:
    return {name: pictures, f"{name}-mirrored": pictures[:, :, ::-1]}


def measure(material: Material, runs: Path) -> Iterator[dict[str, Any]]:
    """A row for every variant and attribute: what was learnt from, and scores on clean validation labels."""
    for attribute in ATTRIBUTES_SHOWN:
        classes = ATTRIBUTES[attribute].classes
        truth = {k: encode_labels(v, attribute, classes) for k, v in material.labels.items()}
        for name, examples, settings, flips in _variants(material, truth, len(classes), runs):
            head = _fit(examples, len(classes), settings, runs)
            answers = probabilities_of(head, material.dresses)
            if flips:
                answers = (answers + probabilities_of(head, material.dresses_mirrored)) / 2
            on_photos = probabilities_of(head, material.watched_photos)
            drawn = np.where(material.random, truth["dresses"], -1)
            yield {
                "variant": name,
                "attribute": attribute,
                "learnt from": int(sum((y >= 0).sum() for _, y in examples)),
                "clean": classification_scores(answers, truth["dresses"], classes, attribute),
                "clean, random rows": classification_scores(answers, drawn, classes, attribute),
                "photos": classification_scores(
                    on_photos, truth["watched_photos"], classes, attribute
                ),
            }


def _variants(
    m: Material, truth: dict[str, np.ndarray], classes: int, runs: Path
) -> Iterator[tuple[str, list[Examples], HeadSettings, bool]]:
    """Name, examples, settings and whether to read the mirror image too, each step on top of the one before.

    The first five ask how to learn from wrong labels, the others what the clean ones gain from.
    """
    shop, clean = truth["shop"], truth["clean"]
    merged = np.where(clean >= 0, clean, shop)
    checked = [(m.shop, clean)]
    yield "shop labels", [(m.shop, shop)], _PLAIN, False
    yield (
        "shop labels, smoothed by .1",
        [(m.shop, shop)],
        replace(_PLAIN, label_smoothing=0.1),
        False,
    )
    kept = _small_loss(m.shop, shop, classes, runs)
    yield "shop labels, the 15 % of highest loss left out", [(m.shop, kept)], _PLAIN, False
    yield "shop labels, clean ones in their place", [(m.shop, merged)], _PLAIN, False
    relabelled = _relabelled(m.shop, shop, clean, classes, runs)
    yield "shop labels, relabelled where sure", [(m.shop, relabelled)], _PLAIN, False
    yield "clean labels alone", checked, _PLAIN, False
    yield "... smoothed by .05", checked, replace(_PLAIN, label_smoothing=0.05), False
    settings = HeadSettings()
    yield "... and classes weighted", checked, settings, False
    checked = [*checked, (m.mirrored, clean)]
    yield "... and mirror images", checked, settings, False
    checked = [*checked, (m.views, truth["views"])]
    yield "... and phone views", checked, settings, False
    checked = [*checked, *[(m.photos, truth["photos"])] * 2]
    yield "... and phone photos, twice", checked, settings, False
    yield "... read with the mirror image", checked, settings, True


def _fit(examples: Sequence[Examples], classes: int, settings: HeadSettings, runs: Path) -> Any:
    features = np.concatenate([x[y >= 0] for x, y in examples])
    truth = np.concatenate([y[y >= 0] for _, y in examples])
    return fit_head(features, truth, classes, runs / "head-ablation", settings).network


def _small_loss(features: np.ndarray, truth: np.ndarray, classes: int, runs: Path) -> np.ndarray:
    """Labels without those that a short fit believes least (after Han et al., "Co-teaching", NeurIPS 2018)."""
    head = _fit([(features, truth)], classes, replace(_PLAIN, epochs=3), runs)
    there = np.flatnonzero(truth >= 0)
    believed = probabilities_of(head, features[there])[np.arange(len(there)), truth[there]]
    kept = truth.copy()
    kept[there[believed < np.quantile(believed, DROPPED)]] = -1
    return kept


def _relabelled(
    features: np.ndarray, shop: np.ndarray, clean: np.ndarray, classes: int, runs: Path
) -> np.ndarray:
    """The shop's labels, but the checked one where there is one, else the clean head's where it is sure."""
    head = _fit([(features, clean)], classes, HeadSettings(), runs)
    odds = probabilities_of(head, features)
    relabelled = np.where(odds.max(1) >= SURE, odds.argmax(1), shop)
    return np.where(clean >= 0, clean, relabelled)


def write_ablation(rows: Sequence[dict[str, Any]], root: Path) -> str:
    """Keep the rows as ``root/ablation.json``; returns them as a Markdown table."""
    write_json(root / "ablation.json", list(rows))
    return ablation_table(rows)


def read_ablation(root: Path) -> str:
    """The kept table, empty where none was made."""
    path = root / "ablation.json"
    return ablation_table(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else ""


_COLUMNS = (
    "| heads learn from | attribute | labels | clean, random rows | all clean, macro-F1 | photos |"
)


def ablation_table(rows: Sequence[dict[str, Any]]) -> str:
    """Rows of :func:`measure` in Markdown."""
    lines = [_COLUMNS, "|---|---|---|---|---|---|"]
    for row in rows:
        drawn, clean, photos = (row[k] for k in ("clean, random rows", "clean", "photos"))
        lines.append(
            f"| {row['variant']} | {row['attribute']} | {row['learnt from']:,} | {_share(drawn)} "
            f"| {_share(clean)}, {clean['macro_f1'] or 0:.3f} | {_share(photos)} |"
        )
    return "\n".join(lines)


def _share(scores: dict[str, Any]) -> str:
    if not scores["n"]:
        return ""
    low, high = scores["accuracy_ci95"]
    return f"{scores['accuracy']:.3f} ({low:.3f} to {high:.3f}, n {scores['n']})"
