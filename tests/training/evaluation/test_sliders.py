"""Sliders that are known to move one thing, on drawn dresses."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from fashion_core.taxonomy import WISHES
from training.evaluation.drawing import Designs
from training.evaluation.sliders import (
    expected_place,
    silhouette_values,
    slider_lines,
    slider_shares,
)

COUNT = 40


def moved(slider: str, sigma: float) -> Designs:
    """Skirts of many widths and necklines of many depths; the slider ``both`` moves either."""
    rng = np.random.default_rng(1)
    hems, depths = rng.normal(34, 4, COUNT), rng.normal(14, 3, COUNT)
    if slider in ("flare", "both"):
        hems = hems + 4 * sigma
    if slider in ("neckline_depth", "both"):
        depths = depths + 3 * sigma
    masks = np.zeros((COUNT, 192, 128), np.uint8)
    for mask, hem, depth in zip(masks, hems, depths, strict=True):
        half = [(20, 8), (26, 32), (18, 60), (27, 85), (hem, 186)]
        outline = [(64 + x, y) for x, y in half] + [(64 - x, y) for x, y in reversed(half)]
        cv2.fillPoly(mask, [np.rint(outline).astype(np.int32)], 1)
        neck = [(52, 7), (76, 7), (64, 8 + depth)]
        cv2.fillPoly(mask, [np.rint(neck).astype(np.int32)], 0)
    return Designs(np.zeros((COUNT, 8, 8, 3), np.uint8), masks > 0)


def measuring(designs: Designs) -> dict[str, np.ndarray]:
    return silhouette_values(designs.silhouettes)


def test_a_slider_moves_its_own_measure_and_no_other():
    shares = slider_shares(moved, ("flare", "neckline_depth", "both"), measuring)
    assert shares["flare"]["flare"] > 0.9
    assert shares["flare"]["neckline_depth"] < 0.1
    assert shares["neckline_depth"]["neckline_depth"] > 0.9
    assert shares["neckline_depth"]["flare"] < 0.1
    assert min(shares["both"][name] for name in ("flare", "neckline_depth")) > 0.9


def test_the_wrong_way_is_no_way_of_its_own():
    backwards = slider_shares(moved, ("flare",), measuring, sigma=-2)
    assert backwards["flare"]["flare"] < 0.05


def test_the_table_marks_the_own_measure_and_tells_the_most_of_the_others():
    shares = {"flare": {"flare": 0.91, "waist": 0.25, "neckline_depth": 0.04}}
    head, line = slider_lines(shares)
    assert head.split()[:4] == ["slider", "flare", "waist", "neckline_depth"]
    assert line.split() == ["flare", "[0.91]", "0.25", "0.04", "0.25"]


def test_what_is_between_two_classes_is_expected_between_them():
    class Reader:
        def probabilities(self, key: str, features: np.ndarray) -> np.ndarray:
            likely = np.zeros((2, len(WISHES[key].classes)))
            likely[0, WISHES[key].classes.index("long")] = 1
            likely[1, [WISHES[key].classes.index(c) for c in ("short", "half")]] = 0.5
            return likely

    assert expected_place(Reader(), "sleeve_length", np.zeros((2, 1))) == pytest.approx([3, 1.5])
