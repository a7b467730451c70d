from __future__ import annotations

import numpy as np
import pytest

from training.evaluation.silhouettes import flattened, nearest_ious, silhouette_figures


def boxes(*edges: int) -> np.ndarray:
    """Silhouettes ``[N, 96, 64]`` from row 10 to row 90, each from the 8th column to its edge."""
    masks = np.zeros((len(edges), 96, 64), bool)
    for mask, edge in zip(masks, edges, strict=True):
        mask[10:90, 8:edge] = True
    return masks


def test_squares_are_cut_to_the_portrait_and_empty_silhouettes_left_out():
    square = np.zeros((3, 192, 192), bool)
    square[0, 20:180, 48:144] = True
    square[1, :, :30] = True
    rows = flattened(square)
    assert rows.shape == (1, 96 * 64)
    assert rows.reshape(96, 64)[10:90, 8:56].all()
    assert rows.sum() == 80 * 48
    assert flattened(np.zeros((0, 96, 64), bool)).shape == (0, 96 * 64)


def test_the_nearest_is_found_among_many():
    references = flattened(boxes(*range(20, 60)))
    ious = nearest_ious(flattened(boxes(30, 61)), references)
    assert ious == pytest.approx([1.0, 51 / 53])


def test_one_shape_is_plausible_and_covers_little():
    real = flattened(boxes(*range(20, 60, 2)))
    same = silhouette_figures(flattened(boxes(*[30] * 9)), real)
    assert same["plausibility"]["mean"] == pytest.approx(1)
    assert same["coverage"]["mean"] < 0.7
    assert same["coverage"]["p5"] < same["coverage"]["median"] < 0.75
    every = silhouette_figures(flattened(boxes(*range(20, 60))), real)
    assert every["coverage"]["mean"] == pytest.approx(1)
    assert 0.95 < every["plausibility"]["mean"] < 1
    assert (every["coverage"]["n"], every["plausibility"]["n"]) == (20, 40)


def test_designs_without_any_silhouette_cover_nothing():
    none = silhouette_figures(flattened(np.zeros((2, 96, 64), bool)), flattened(boxes(30)))
    assert none["coverage"] == {"mean": 0, "median": 0, "p5": 0, "n": 1}
    assert none["plausibility"]["n"] == none["plausibility"]["mean"] == 0
