"""A classifier's figures on shop photos: scores on both kinds of labels, calibration, a baseline beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.data.labels import encode_labels, merge_labels
from training.data.splits import halves
from training.evaluation.calibration import cross_calibrated, fit_temperature
from training.evaluation.metrics import classification_scores, confusion, paired_difference

if TYPE_CHECKING:
    from training.data.shop import Packed

#: Bins of the calibration error on clean labels, which are fewer.
CLEAN_BINS = 10
#: Clean labels that are enough to fit a temperature on; with fewer the shop's are taken too.
ENOUGH_CLEAN = 200


@dataclass(frozen=True)
class Baseline:
    """What a model is compared with on the same rows: a name and its probabilities ``[N, classes]``."""

    name: str
    probabilities: np.ndarray


def score_rows(
    packed: Packed,
    clean: dict[str, dict[str, str]],
    split: str,
    attribute: str,
    classes: tuple[str, ...],
    probabilities: np.ndarray,
    baseline: Baseline | None = None,
) -> list[dict[str, Any]]:
    """Rows of scores on shop labels and on clean ones, for probabilities of the rows of ``split``.

    Accuracy on clean labels is over the rows drawn at random, macro-F1 and the rest over all of them. With a
    ``baseline`` each row also says how much better the probabilities are than its own on the same pictures.
    """
    rows = [packed.rows[i] for i in packed.select(split)]
    shop = encode_labels([r.labels for r in rows], attribute, classes)
    shop_row = {"labels": "shop", **classification_scores(probabilities, shop, classes, attribute)}
    scored = [shop_row | compared(probabilities, shop, baseline)]
    labels = [clean.get(r.image, {}) for r in rows]
    truth = encode_labels(labels, attribute, classes)
    if (truth >= 0).any():
        scores = classification_scores(probabilities, truth, classes, attribute, CLEAN_BINS)
        drawn = np.array([row.get("sample") == "random" for row in labels])
        random = classification_scores(
            probabilities, np.where(drawn, truth, -1), classes, attribute
        )
        for key in ("n", "accuracy", "accuracy_ci95"):
            scores[f"{key}_random"] = random[key]
        scored.append({"labels": "clean", **scores, **compared(probabilities, truth, baseline)})
    return scored


def compared(
    probabilities: np.ndarray, truth: np.ndarray, baseline: Baseline | None
) -> dict[str, Any]:
    """What a row says of a baseline: its name, the difference in accuracy and its paired interval."""
    if baseline is None or not (truth >= 0).any():
        return {}
    difference, *interval = paired_difference(probabilities, baseline.probabilities, truth)
    return {"baseline": baseline.name, "less_baseline": difference, "less_baseline_ci95": interval}


@dataclass(frozen=True)
class Calibration:
    """Probabilities of all validation rows, calibrated.

    Attributes:
        truth: what the temperatures are fitted on, int64 ``[N]``: clean labels where they are enough.
        temperature: fitted on all rows.
        crossed: ``[N, classes]``, each half of the styles at the temperature of the other.
    """

    truth: np.ndarray
    temperature: float
    crossed: np.ndarray


def calibrate(
    packed: Packed,
    clean: dict[str, dict[str, str]],
    attribute: str,
    classes: tuple[str, ...],
    probabilities: np.ndarray,
) -> Calibration:
    """Calibrate raw probabilities ``[N, classes]`` of all validation rows."""
    rows = [packed.rows[i] for i in packed.select("validation")]
    truth = encode_labels([clean.get(r.image, {}) for r in rows], attribute, classes)
    if (truth >= 0).sum() < ENOUGH_CLEAN:
        merged, _ = merge_labels(rows, clean)
        truth = encode_labels(merged, attribute, classes)
    crossed = cross_calibrated(probabilities, truth, halves(r.style for r in rows))
    return Calibration(truth, fit_temperature(probabilities, truth), crossed)


def attribute_report(
    packed: Packed,
    clean: dict[str, dict[str, str]],
    attribute: str,
    classes: tuple[str, ...],
    probabilities: np.ndarray,
) -> dict[str, Any]:
    """Temperature, fitted on validation, and scores of each half at the temperature of the other."""
    calibration = calibrate(packed, clean, attribute, classes, probabilities)
    scores = score_rows(packed, clean, "validation", attribute, classes, calibration.crossed)
    raw = score_rows(packed, clean, "validation", attribute, classes, probabilities)
    return {
        "temperature": calibration.temperature,
        "ece before": {row["labels"]: row["ece"] for row in raw},
        "validation": scores,
        "confusion": confusion(calibration.crossed, calibration.truth, len(classes)).tolist(),
    }


def summary(report: dict[str, Any]) -> dict[str, Any]:
    """The few figures of a report that go into ``config.json``."""
    keys = ("n", "accuracy", "macro_f1", "ece", "ece_perfect", "n_random", "accuracy_random")
    return {
        f"validation {row['labels']}": {k: row[k] for k in keys if row.get(k) is not None}
        for row in report["validation"]
    }
