"""Scores of classifiers and of generators.

Of classifiers: accuracy, macro-F1, the calibration error (how far stated probabilities are from shares that
were right), and Cohen's kappa: agreement beyond chance, 0 to 1, where an answer that is one length off costs
less than one that is three off. Of generators, on features of a network: KID, the kernel inception distance,
which is 0 where generated and real pictures are spread alike; precision and recall, the shares of generated
pictures that lie among real ones and of real ones that lie among generated ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from sklearn.metrics import cohen_kappa_score, confusion_matrix, precision_recall_fscore_support

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: The networks on whose features generators are measured.
FAMILIES = LITE2, VGG, INCEPTION = "EfficientNet-Lite2", "VGG16 trunk", "Inception mixed7 (nsfwjs)"
#: The key of ``generation.json`` with how often generators draw what was asked for.
ADHERENCE = "condition adherence"
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


def mean_interval(values: Iterable[float]) -> tuple[float, float, float]:
    """Mean and its 95 % interval (bootstrap, Efron, 1979; 2,000 draws).

    >>> tuple(round(x, 1) for x in mean_interval([1.0] * 50 + [0.0] * 50))
    (0.5, 0.4, 0.6)
    """
    x = np.array(list(values), float)
    draws = np.random.default_rng(1).choice(x, (2000, len(x))).mean(1)
    low, high = (float(v) for v in np.percentile(draws, [2.5, 97.5]))
    return float(x.mean()), low, high


def paired_difference(
    ours: np.ndarray, baseline: np.ndarray, truth: np.ndarray
) -> tuple[float, float, float]:
    """Accuracy of ``ours [N, C]`` less that of ``baseline [N, C]`` on the same rows, and its 95 % interval.

    Rows whose ``truth [N]`` is -1 are left out.
    """
    there = truth >= 0
    hits = [(p.argmax(1) == truth)[there].astype(float) for p in (ours, baseline)]
    return mean_interval(hits[0] - hits[1])


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
    n, predicted = len(truth), probabilities.argmax(1)
    if n == 0:
        return {**dict.fromkeys(_FIGURES), "n": 0, "accuracy_ci95": [0.0, 1.0], "per_class": {}}
    hits = int((predicted == truth).sum())
    labels = list(range(len(classes)))
    precision, recall, f1, support = precision_recall_fscore_support(
        truth, predicted, labels=labels, zero_division=0
    )
    counted = [i for i in labels if support[i] >= FEWEST_ROWS]
    return {
        "n": n,
        "accuracy": hits / n,
        "accuracy_ci95": list(wilson_interval(hits, n)),
        "macro_f1": float(np.mean([f1[i] for i in counted])) if counted else None,
        "ece": expected_calibration_error(probabilities, truth, bins),
        "ece_perfect": perfect_calibration_error(probabilities, bins),
        "kappa": _kappa(truth, predicted, classes) if attribute == "length" else None,
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


def _kappa(truth: np.ndarray, predicted: np.ndarray, classes: Sequence[str]) -> float | None:
    rank = np.array([LENGTH_ORDER.index(c) if c in LENGTH_ORDER else -1 for c in classes])
    there = (rank[truth] >= 0) & (rank[predicted] >= 0)
    if not there.any():
        return None
    return float(cohen_kappa_score(rank[truth[there]], rank[predicted[there]], weights="linear"))


def confusion(probabilities: np.ndarray, truth: np.ndarray, classes: int) -> np.ndarray:
    """Counts ``[classes, classes]``, rows the truth; rows labelled -1 are left out."""
    there = truth >= 0
    if not there.any():
        return np.zeros((classes, classes), np.int64)
    predicted = probabilities[there].argmax(1)
    return np.asarray(confusion_matrix(truth[there], predicted, labels=range(classes)))


def kernel_distance(real: np.ndarray, fake: np.ndarray, groups: int = 20) -> tuple[float, float]:
    """KID, the squared maximum mean discrepancy under the kernel (x.y / D + 1)^3, unbiased, times 1,000.

    Binkowski et al., "Demystifying MMD GANs", ICLR 2018, on whatever features are handed in; figures on
    other features than Inception's cannot be compared with published ones.

    Args:
        real: features ``[N, D]``.
        fake: features ``[M, D]``.
        groups: parts of both sides for the jackknife that gives the interval.

    Returns:
        The distance, and half the width of its 95 % interval.
    """
    sides = [torch.from_numpy(np.asarray(x, np.float32)) for x in (real, fake)]
    random = torch.Generator().manual_seed(1)
    parts = [x[torch.randperm(len(x), generator=random)].tensor_split(groups) for x in sides]

    def sums(a: Sequence[torch.Tensor], b: Sequence[torch.Tensor]) -> np.ndarray:
        # Row by row of groups: the whole kernel matrix would be large.
        joined, sizes = torch.cat(list(b)), [len(x) for x in b]
        rows = [((x @ joined.T / x.shape[1] + 1) ** 3).double().sum(0).split(sizes) for x in a]
        return np.array([[float(cell.sum()) for cell in row] for row in rows])

    def own(a: Sequence[torch.Tensor]) -> np.ndarray:
        # A picture beside itself does not count.
        diagonal = [float(((x.square().sum(1) / x.shape[1] + 1) ** 3).double().sum()) for x in a]
        return sums(a, a) - np.diag(diagonal)

    within, across = [own(x) for x in parts], sums(*parts)
    sizes = np.array([[len(x) for x in side] for side in parts])

    def value(kept: np.ndarray) -> float:
        n, m = (float(side[kept].sum()) for side in sizes)
        real_part, fake_part = (w[np.ix_(kept, kept)].sum() for w in within)
        both = across[np.ix_(kept, kept)].sum()
        distance = real_part / n / (n - 1) + fake_part / m / (m - 1) - 2 * both / n / m
        return float(distance) * 1000

    everything = np.arange(groups)
    left_out = np.array([value(np.delete(everything, g)) for g in everything])
    spread = (groups - 1) / groups * ((left_out - left_out.mean()) ** 2).sum()
    return value(everything), 1.96 * float(np.sqrt(spread))


def precision_recall(real: np.ndarray, fake: np.ndarray, k: int = 3) -> tuple[float, float]:
    """Shares of ``fake`` that lie among ``real`` and the other way (Kynkaanniemi et al., NeurIPS 2019).

    A feature lies among others when it is as close to one of them as that one's ``k``-th neighbour. Both
    figures depend on the counts: compare only what was measured with the same.

    Args:
        real: features ``[N, D]``.
        fake: features ``[M, D]``.
        k: which neighbour.
    """

    def share_of(inner: np.ndarray, outer: np.ndarray) -> float:
        radius = _sorted_distances(outer, outer, k + 1)[:, k]
        close = _distances(inner, outer) <= torch.from_numpy(radius)
        return float(close.any(1).double().mean())

    return share_of(fake, real), share_of(real, fake)


def diversity(features: np.ndarray) -> float:
    """Mean Euclidean distance of two of ``features [N, D]``."""
    count = len(features)
    return float(_distances(features, features).double().sum()) / (count * (count - 1))


def nearest_distances(queries: np.ndarray, references: np.ndarray) -> np.ndarray:
    """Euclidean distance ``[N]`` of each query ``[N, D]`` to the nearest reference ``[M, D]``."""
    return _sorted_distances(queries, references, 1)[:, 0]


def _distances(a: np.ndarray, b: np.ndarray) -> torch.Tensor:
    x, y = (torch.from_numpy(np.asarray(v, np.float32)) for v in (a, b))
    return torch.cdist(x, y)


def _sorted_distances(a: np.ndarray, b: np.ndarray, count: int) -> np.ndarray:
    return _distances(a, b).topk(count, largest=False).values.numpy()
