from __future__ import annotations

import numpy as np
import pytest

from fashion_core.fusion import apply_temperature
from training.evaluation.calibration import cross_calibrated, fit_temperature
from training.evaluation.metrics import (
    classification_scores,
    diversity,
    expected_calibration_error,
    kernel_distance,
    nearest_distances,
    paired_difference,
    perfect_calibration_error,
    precision_recall,
    wilson_interval,
)


def _simulated(n: int, temperature: float = 1.0):
    """Probabilities, and labels drawn from them at another temperature."""
    random = np.random.default_rng(1)
    logits = random.normal(0, 2, (n, 4))
    exponent = np.exp(logits)
    probabilities = exponent / exponent.sum(1, keepdims=True)
    true = apply_temperature(probabilities, temperature)
    labels = np.array([random.choice(4, p=p) for p in true])
    return probabilities, labels


def test_scores_of_a_hand_made_confusion():
    truth = np.array([0] * 6 + [1] * 6 + [-1])
    found = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 1])
    scores = classification_scores(np.eye(3)[found], truth, ("a", "b", "c"))
    assert scores["n"] == 12
    assert scores["accuracy"] == pytest.approx(8 / 12)
    assert scores["per_class"]["a"]["recall"] == pytest.approx(5 / 6)
    assert scores["per_class"]["b"]["precision"] == pytest.approx(3 / 4)
    # class c has no rows, and does not pull the mean down
    assert scores["macro_f1"] == pytest.approx((10 / 14 + 6 / 10) / 2)
    low, high = scores["accuracy_ci95"]
    assert low < 8 / 12 < high


def test_a_perfect_length_reading_has_kappa_one_and_neighbours_cost_less_than_extremes():
    classes = ("3-4", "knee", "long", "normal", "short")
    truth = np.array([4, 1, 0, 2] * 5)
    assert classification_scores(np.eye(5)[truth], truth, classes, "length")["kappa"] == 1
    near = np.where(truth == 4, 1, truth)
    far = np.where(truth == 4, 2, truth)
    kappas = [
        classification_scores(np.eye(5)[f], truth, classes, "length")["kappa"] for f in (near, far)
    ]
    assert kappas[0] > kappas[1]


def test_calibration_error_is_small_for_calibrated_and_large_for_bold_probabilities():
    probabilities, labels = _simulated(4000)
    assert expected_calibration_error(probabilities, labels) < 0.03
    assert expected_calibration_error(apply_temperature(probabilities, 0.3), labels) > 0.1


def test_the_temperature_is_recovered():
    probabilities, labels = _simulated(4000, temperature=2.0)
    assert fit_temperature(probabilities, labels) == pytest.approx(2.0, rel=0.1)


def test_wilson_interval_stays_within_bounds():
    assert wilson_interval(0, 5)[0] == 0
    assert wilson_interval(5, 5)[1] == pytest.approx(1)
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_a_perfectly_calibrated_model_scores_little_but_not_nothing():
    random = np.random.default_rng(4)
    probabilities = random.dirichlet(np.ones(4), 3000)
    floor = perfect_calibration_error(probabilities)
    assert 0 < floor < 0.03
    assert perfect_calibration_error(probabilities[:200]) > floor
    truth = (probabilities.cumsum(1) > random.random((3000, 1))).argmax(1)
    assert abs(expected_calibration_error(probabilities, truth) - floor) < 0.02


def test_each_half_gets_the_temperature_of_the_other():
    random = np.random.default_rng(5)
    calm = random.dirichlet(np.ones(3), 2000)
    truth = (calm.cumsum(1) > random.random((2000, 1))).argmax(1)
    half = np.arange(2000) % 2
    loud = apply_temperature(calm, 0.4)
    found = cross_calibrated(loud, truth, half)
    assert expected_calibration_error(found, truth) < expected_calibration_error(loud, truth) / 2
    changed = truth.copy()
    changed[half == 1] = -1
    again = cross_calibrated(loud, changed, half)
    assert np.array_equal(again[half == 1], found[half == 1])


def test_kernel_distance_agrees_with_its_definition():
    random = np.random.default_rng(2)
    real, fake = random.normal(0, 1, (40, 6)), random.normal(0.4, 1, (60, 6))

    def kernel(a, b):
        return (a @ b.T / 6 + 1) ** 3

    def within(x):
        k, n = kernel(x, x), len(x)
        return (k.sum() - np.trace(k)) / n / (n - 1)

    expected = within(real) + within(fake) - 2 * kernel(real, fake).mean()
    value, half = kernel_distance(real, fake, groups=10)
    assert value == pytest.approx(expected * 1000, rel=1e-3)
    assert half > 0


def test_a_paired_difference_is_of_the_same_rows():
    """Two models err on the same hard rows: their difference is known far better than either's accuracy."""
    random = np.random.default_rng(5)
    truth = random.integers(0, 3, 400)
    hard = random.random(400) < 0.4
    found = np.where(hard, (truth + 1) % 3, truth)
    theirs, ours = np.eye(3)[found], np.eye(3)[found]
    ours[:40] = np.eye(3)[truth[:40]]
    difference, low, high = paired_difference(ours, theirs, truth)
    assert difference == pytest.approx(hard[:40].sum() / 400)
    assert 0 < low < difference < high < difference + 0.03
    assert paired_difference(ours, ours, truth) == (0.0, 0.0, 0.0)
    unknown = np.where(np.arange(400) < 40, -1, truth)
    assert paired_difference(ours, theirs, unknown)[0] == 0


def test_kernel_distance_of_one_distribution_is_nothing_within_its_interval():
    random = np.random.default_rng(3)
    value, half = kernel_distance(random.normal(0, 1, (500, 8)), random.normal(0, 1, (700, 8)))
    assert abs(value) < 2 * half
    far, _ = kernel_distance(random.normal(0, 1, (500, 8)), random.normal(0.5, 1, (700, 8)))
    assert far > 10 * abs(value)


def test_precision_and_recall_see_what_is_out_of_place_and_what_is_missing():
    random = np.random.default_rng(4)
    two = np.concatenate([random.normal(0, 1, (200, 4)), random.normal(30, 1, (200, 4))])
    one = random.normal(0, 1, (200, 4))
    precision, recall = precision_recall(two, one)
    assert precision > 0.8
    assert 0.3 < recall < 0.52
    assert precision_recall(two, two) == (1.0, 1.0)
    assert precision_recall(two, one + 100) == (0.0, 0.0)


def test_distances_by_hand():
    corners = np.array([[0.0, 0], [3, 4], [0, 4]])
    assert diversity(corners) == pytest.approx((5 + 4 + 3) / 3)
    assert nearest_distances(np.array([[0.0, 1], [3, 4]]), corners).tolist() == [1, 0]
