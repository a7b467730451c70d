"""Scores of classifiers: accuracy with its interval, macro-F1, calibration error, kappa, per class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from sklearn.metrics import cohen_kappa_score, confusion_matrix, precision_recall_fscore_support

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Classes with fewer rows are listed but do not enter macro-F1.
FEWEST_ROWS = 5
#: Order of the lengths for the linearly weighted kappa.
LENGTH_ORDER = ("short", "knee", "3-4", "long")


_FIGURES = (
    "n", "accuracy", "accuracy_ci95", "macro_f1", "ece", "ece_perfect", "kappa", "auroc", "per_class"
)  # fmt: skip


def wilson_interval(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927).

    >>> tuple(round(x, 3) for x in wilson_interval(8, 10))
    (0.49, 0.943)
    """
    if n == 0:
        return 0.0, 1.0
    share, spread = hits / n, z * z / n
    centre = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * float(np.sqrt(share * (1 - share) / n + spread / (4 * n)))
    return max(0.0, centre - half), min(1.0, centre + half)


def expected_calibration_error(
    probabilities: np.ndarray, truth: np.ndarray, bins: int = 15
) -> float:
    """Expected calibration error of the winning class over bins of equal mass (Nixon et al., 2019).

    Args:
        probabilities: ``[N, classes]``.
        truth: ``[N]``.
        bins: how many.
    """
    confidence = probabilities.max(1)
    hit = probabilities.argmax(1) == truth
    order = np.argsort(confidence, kind="stable")
    parts = [p for p in np.array_split(order, bins) if len(p)]
    gaps = [abs(confidence[p].mean() - hit[p].mean()) * len(p) for p in parts]
    return float(sum(gaps) / max(1, len(truth)))


def perfect_calibration_error(probabilities: np.ndarray, bins: int = 15, draws: int = 200) -> float:
    """What a perfectly calibrated model would score on the same probabilities ``[N, classes]``.

    Bins hold finitely many rows, so its error is not 0: labels are drawn from the probabilities
    ``draws`` times, and the mean error is returned.
    """
    confidence = probabilities.max(1)
    order = np.argsort(confidence, kind="stable")
    hits = np.random.default_rng(1).random((draws, len(confidence))) < confidence
    parts = [p for p in np.array_split(order, bins) if len(p)]
    gaps = [np.abs(confidence[p].mean() - hits[:, p].mean(1)) * len(p) for p in parts]
    return float(np.sum(gaps, axis=0).mean() / max(1, len(confidence)))


def classification_scores(
    probabilities: np.ndarray,
    truth: np.ndarray,
    classes: Sequence[str],
    attribute: str = "",
    bins: int = 15,
) -> dict[str, Any]:
    """Everything a row of ``evaluate`` holds, from probabilities ``[N, classes]`` and labels ``[N]``.

    Rows whose label is -1 are left out. ``kappa`` is given for ``length`` only (linear weights). ``bins``
    are those of the calibration error, ``ece_perfect`` is its floor.
    """
    there = truth >= 0
    probabilities, truth = probabilities[there], truth[there]
    n, found = len(truth), probabilities.argmax(1)
    if n == 0:
        return {**dict.fromkeys(_FIGURES), "n": 0, "accuracy_ci95": [0.0, 1.0], "per_class": {}}
    hits = int((found == truth).sum())
    labels = list(range(len(classes)))
    precision, recall, f1, support = precision_recall_fscore_support(
        truth, found, labels=labels, zero_division=0
    )
    counted = [i for i in labels if support[i] >= FEWEST_ROWS]
    return {
        "n": n,
        "accuracy": hits / n,
        "accuracy_ci95": list(wilson_interval(hits, n)),
        "macro_f1": float(np.mean([f1[i] for i in counted])) if counted else None,
        "ece": expected_calibration_error(probabilities, truth, bins),
        "ece_perfect": perfect_calibration_error(probabilities, bins),
        "kappa": _kappa(truth, found, classes) if attribute == "length" else None,
        "auroc": None,
        "per_class": {
            name: {
                "precision": float(precision[i]),
                "recall": float(recall[i]),
                "f1": float(f1[i]),
                "support": int(support[i]),
            }
            for i, name in enumerate(classes)
        },
    }


def _kappa(truth: np.ndarray, found: np.ndarray, classes: Sequence[str]) -> float | None:
    rank = np.array([LENGTH_ORDER.index(c) if c in LENGTH_ORDER else -1 for c in classes])
    there = (rank[truth] >= 0) & (rank[found] >= 0)
    if not there.any():
        return None
    return float(cohen_kappa_score(rank[truth[there]], rank[found[there]], weights="linear"))


def confusion(probabilities: np.ndarray, truth: np.ndarray, classes: int) -> np.ndarray:
    """Counts ``[classes, classes]``, rows the truth; rows labelled -1 are left out."""
    there = truth >= 0
    if not there.any():
        return np.zeros((classes, classes), np.int64)
    found = probabilities[there].argmax(1)
    return np.asarray(confusion_matrix(truth[there], found, labels=range(classes)))


def fit_temperature(probabilities: np.ndarray, truth: np.ndarray) -> float:
    """The temperature that minimises the log loss of ``softmax(logits / T)`` (Guo et al., ICML 2017).

    Works on probabilities, because their logarithm is the logits up to a constant.
    """
    there = truth >= 0
    logits = torch.from_numpy(np.log(probabilities[there].clip(1e-8))).double()
    target = torch.from_numpy(truth[there])
    scale = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([scale], max_iter=60)

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        value = torch.nn.functional.cross_entropy(logits * torch.exp(-scale), target)
        value.backward()
        return value

    optimiser.step(loss)
    return float(torch.exp(scale.detach()).clamp(0.2, 5.0))


def cross_softened(probabilities: np.ndarray, truth: np.ndarray, half: np.ndarray) -> np.ndarray:
    """Each half of ``[N, classes]`` at the temperature that fits the other half (``half`` is 0 or 1 a row)."""
    found = probabilities.copy()
    for side in (0, 1):
        fitted = fit_temperature(probabilities, np.where(half == side, truth, -1))
        found[half != side] = soften(probabilities[half != side], fitted)
    return found


def soften(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities at another temperature."""
    logits = np.log(probabilities.clip(1e-8)) / temperature
    logits -= logits.max(1, keepdims=True)
    exponent = np.exp(logits)
    return np.asarray(exponent / exponent.sum(1, keepdims=True))
