"""How heads for garments and for people are calibrated and scored, and what the 2020 study's split leaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from sklearn.metrics import roc_auc_score

from fashion_core.fusion import apply_temperature, pooled
from training.data.features import probabilities_of
from training.data.garments import CLASSES, NOTHING
from training.data.people import DRESS, NOBODY, OUTFIT
from training.evaluation.calibration import fit_temperature
from training.evaluation.metrics import classification_scores, confusion
from training.tasks.heads import fit_head

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from training.tasks.heads import HeadModule, HeadSpec

#: Most uploads are dresses, most training pictures are not: the odds of a dress are raised until this share of
#: the other garments of validation senders passes for one.
PASSING = 0.1


@dataclass(frozen=True)
class CalibratedHead:
    """A head with its temperature.

    Attributes:
        module: the fit.
        temperature: fitted on validation pictures.
        probabilities: of those, ``[N, classes]`` float32, at that temperature.
    """

    module: HeadModule
    temperature: float
    probabilities: np.ndarray


def calibrated_head(module: HeadModule, features: np.ndarray, truth: np.ndarray) -> CalibratedHead:
    """Fit the temperature of a head on validation features ``[N, F]`` with classes ``[N]``."""
    raw = probabilities_of(module.network, features)
    temperature = fit_temperature(raw, truth)
    return CalibratedHead(
        module, temperature, apply_temperature(raw, temperature).astype(np.float32)
    )


def raise_dress_odds(
    first: CalibratedHead, second: CalibratedHead, truth: np.ndarray
) -> tuple[np.ndarray, float, float]:
    """Raise the odds of a dress until ``PASSING`` of the other garments get .5.

    For it the bias of the second head is changed, in place: it is only asked together with the first.

    Returns:
        Pooled probabilities of the validation pictures ``[N, classes]``, before their joint temperature; that
        temperature; and what was added to the pooled logit of a dress.
    """
    temperature = fit_temperature(pooled(first.probabilities, second.probabilities), truth)
    others = (truth != 0) & (truth != CLASSES.index(NOTHING))
    both = pooled(first.probabilities, second.probabilities, temperature)
    passing = float(np.quantile(both[others, 0], 1 - PASSING))
    # Never lowered: a dress that is more likely than not is called one.
    offset = max(0.0, float(np.log1p(-passing) - np.log(passing)))
    raised = np.log(second.probabilities.clip(1e-8))
    raised[:, 0] += 2 * temperature * offset
    with torch.no_grad():
        second.module.network.linear.bias[0] += 2 * temperature * offset * second.temperature
    odds = np.exp(raised - raised.max(1, keepdims=True))
    odds /= odds.sum(1, keepdims=True)
    return pooled(first.probabilities, odds.astype(np.float32)), temperature, offset


def garment_report(
    heads: Sequence[CalibratedHead],
    specs: Sequence[HeadSpec],
    raw: np.ndarray,
    temperature: float,
    truth: np.ndarray,
) -> dict[str, Any]:
    """Scores of the pooled garment heads on validation pictures, as shipped.

    Args:
        heads: both, before the odds were raised.
        specs: theirs.
        raw: pooled probabilities ``[N, classes]``, by :func:`raise_dress_odds`.
        temperature: the joint one; one that is fitted anew would not be that of the raised odds.
        truth: classes ``[N]``.
    """
    answers = apply_temperature(raw, temperature)
    scores = {"labels": "photos", **classification_scores(answers, truth, CLASSES)}
    scores["auroc"] = _dress_auroc(answers, truth)
    return {
        "made of": "Dresses: shop photos, three of four as a phone would see them. Others: phone photos. "
        "No garment: rooms with the garment painted over, synthetic backgrounds, drawings.",
        "temperature": temperature,
        "auroc alone": {
            spec.name: _dress_auroc(head.probabilities, truth)
            for spec, head in zip(specs, heads, strict=True)
        },
        "validation": [scores],
        "confusion": confusion(answers, truth, len(CLASSES)).tolist(),
    }


def _dress_auroc(probabilities: np.ndarray, truth: np.ndarray) -> float:
    """Of a dress against all else."""
    return float(roc_auc_score(truth == 0, probabilities[:, 0]))


def cross_fitted(
    modules: Sequence[HeadModule], features: np.ndarray, folds: np.ndarray, classes: int
) -> np.ndarray:
    """Probabilities ``[N, classes]`` of street photos, each by the head of the fold that never saw it.

    Args:
        modules: the head of each fold.
        features: ``[N, F]``, as the Analyser reads them.
        folds: of people ``[N]``.
        classes: how many.
    """
    answers = np.full((len(features), classes), 1 / classes, np.float32)
    for fold, module in enumerate(modules):
        asked = folds == fold
        if asked.any():
            answers[asked] = probabilities_of(module.network, features[asked])
    return answers


def worn_report(spec: HeadSpec, probabilities: np.ndarray, truth: np.ndarray) -> dict[str, Any]:
    """Scores of a head that learns from people, on probabilities ``[N, classes]`` of what it never saw."""
    scores = {"labels": "worn", **classification_scores(probabilities, truth, spec.classes)}
    if "dress" in spec.classes:
        somebody = truth != NOBODY
        odds = probabilities[somebody, DRESS] - probabilities[somebody, OUTFIT]
        scores["auroc"] = float(roc_auc_score(truth[somebody] == DRESS, odds))
    return {
        "name": spec.name,
        "made of": "Street photos in five folds, each by a head that never saw it; for people also pictures of "
        "nobody, of other senders and styles than those learnt from.",
        "validation": [scores],
        "confusion": confusion(probabilities, truth, len(spec.classes)).tolist(),
    }


def leaky_scores(
    spec: HeadSpec, features: np.ndarray, truth: np.ndarray, runs: Path
) -> dict[str, Any]:
    """Scores of a head under the split of the 2020 study, which leaks: no result.

    A quarter of the images is held out, drawn at random whatever their style, so that many garments stand on
    both sides.
    """
    labelled = np.flatnonzero(truth >= 0)
    held = np.random.default_rng(1).random(len(labelled)) < 0.25
    train, test = labelled[~held], labelled[held]
    classes = len(spec.classes)
    head = fit_head(features[train], truth[train], classes, runs / "head-leaky", spec.settings)
    answers = probabilities_of(head.network, features[test])
    return classification_scores(answers, truth[test], spec.classes)
