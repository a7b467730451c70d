"""Scores of a stack beside those of its members, cross-fitted; and the leak of the 2020 study's protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fashion_core.taxonomy import MEMBER_CHECKPOINTS, PATTERN
from training.evaluation.calibration import cross_calibrated, fit_temperature
from training.evaluation.classification import Baseline, compared, score_rows
from training.evaluation.metrics import classification_scores, confusion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from training.data.shop import Packed
    from training.tasks.stack import FittedStack


def stack_report(
    stack: FittedStack, packed: Packed, clean: dict[str, dict[str, str]]
) -> dict[str, Any]:
    """Cross-fitted validation scores of the stack, of each member and of all settings that were tried."""
    examples = stack.examples
    truth, shop = examples.truth, examples.shop
    calibrated = cross_calibrated(stack.crossed, truth, examples.half)
    parts = np.split(examples.inputs, len(stack.members), axis=1)
    answers = dict(zip(stack.members, parts, strict=True))
    members = {k: _shop_rows(packed, clean, part[:shop]) for k, part in answers.items()}
    tried = {k: _shop_rows(packed, clean, part[:shop]) for k, part in stack.tried.items()}
    best = best_member(members)
    name = MEMBER_CHECKPOINTS[best]
    scores = _shop_rows(packed, clean, calibrated[:shop], Baseline(name, answers[best][:shop]))
    if examples.photos:
        last = slice(len(truth) - examples.photos, None)
        baseline = Baseline(name, answers[best][last])
        scores.append(_photo_row(calibrated[last], truth[last], baseline))
        for rows, probabilities in ((members, answers), (tried, stack.tried)):
            for key, part in probabilities.items():
                rows[key].append(_photo_row(part[last], truth[last]))
    return {
        "temperature": fit_temperature(stack.crossed, truth),
        "protocol": "honest: fitted on one half of the validation styles, scored on the other",
        "validation": scores,
        "members": members,
        "tried": tried,
        "confusion": confusion(calibrated[:shop], truth[:shop], len(PATTERN.classes)).tolist(),
    }


def best_member(scores: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """The member with the highest accuracy on validation dresses: on clean labels, where there are any."""

    def accuracy(key: str) -> float:
        by_labels = {row["labels"]: row["accuracy"] for row in scores[key]}
        return float(by_labels.get("clean", by_labels["shop"]))

    return max(scores, key=accuracy)


def leaky_report(
    leaky: np.ndarray, truth: np.ndarray, unseen: np.ndarray, packed: Packed
) -> dict[str, Any]:
    """The leaky protocol, side by side with the same stack's score on validation images.

    Args:
        leaky: probabilities ``[N, 6]`` of the images that stack and members were fitted on,
        truth: and their classes ``[N]``.
        unseen: probabilities ``[M, 6]`` of the validation images.
        packed: whose rows they are.
    """
    return {
        "protocol": "report: fitted and scored on the same images, which its members were trained on",
        "leaky score, not a result": classification_scores(leaky, truth, PATTERN.classes),
        "validation": _shop_rows(packed, {}, unseen),
        "confusion": confusion(leaky, truth, len(PATTERN.classes)).tolist(),
    }


def _shop_rows(
    packed: Packed,
    clean: dict[str, dict[str, str]],
    probabilities: np.ndarray,
    baseline: Baseline | None = None,
) -> list[dict[str, Any]]:
    return score_rows(
        packed, clean, "validation", PATTERN.key, PATTERN.classes, probabilities, baseline
    )


def _photo_row(
    probabilities: np.ndarray, truth: np.ndarray, baseline: Baseline | None = None
) -> dict[str, Any]:
    scores = classification_scores(probabilities, truth, PATTERN.classes, PATTERN.key)
    return {"labels": "photos", **scores, **compared(probabilities, truth, baseline)}
