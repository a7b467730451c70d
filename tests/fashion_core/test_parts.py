"""Sleeves, hem and neckline are found from the silhouette alone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from fashion_core.parts import STEP, Parts
from tests.drawing import draw_dress, draw_parts

#: Millimetres a pixel of what is drawn.
PITCH = 1.5


def cut(alpha: np.ndarray, part: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """A mask cut to the garment, and a part of it cut alike."""
    rows, columns = np.flatnonzero(alpha.any(1)), np.flatnonzero(alpha.any(0))
    window = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    return alpha[window].astype(np.float32), (alpha if part is None else part)[window]


def painted(found: Parts) -> np.ndarray:
    """All sleeves in one picture, 0..1."""
    picture = np.zeros(found.size, np.float32)
    for sleeve in found.sleeves():
        picture[sleeve.box] = np.maximum(picture[sleeve.box], sleeve.weight)
    return picture


@pytest.mark.parametrize("sleeve", [0.14, 0.3, 0.45])
def test_sleeves_of_any_length_are_found(sleeve):
    alpha, true = cut(*draw_parts(sleeve))
    found = painted(Parts(alpha, PITCH)) * alpha > 0.5
    true = true > 0.5
    assert (found & true).sum() / true.sum() > 0.85
    # What is found beyond is the cloth between the true armhole and ours.
    assert (found & ~true).sum() / (alpha > 0.5).sum() < 0.06


def test_small_sleeves_that_stick_out_are_found():
    alpha, _ = cut(draw_dress()[1])
    left, right = Parts(alpha, 3.0).sleeves()
    assert (left.side, right.side) == (-1, 1)
    assert left.box[0].stop < alpha.shape[0] * 0.3


@pytest.mark.parametrize("flare", [0.16, 0.235, 0.4])
def test_no_skirt_is_taken_for_sleeves(flare):
    alpha, _ = cut(*draw_parts(0.0, flare=flare))
    assert Parts(alpha, PITCH).sleeves() == ()


@pytest.mark.parametrize("flare", [0.3, 0.4])
def test_below_its_sleeves_a_wide_skirt_is_whole(flare):
    alpha, _ = cut(*draw_parts(0.3, flare=flare))
    height = alpha.shape[0]
    assert not (painted(Parts(alpha, PITCH)) * alpha)[int(height * 0.6) :].any()


def outlined(*points: tuple[float, float]) -> np.ndarray:
    """The right half of a dress, in shares of the picture, and its mirror image."""
    right = np.array(points) * (400, 600)
    whole = np.concatenate([right, right[::-1] * (-1, 1)]) + np.array((200, 0))
    mask = np.zeros((600, 400), np.uint8)
    cv2.fillPoly(mask, [np.round(whole).astype(np.int32)], 1)
    return mask.astype(np.float32)


PEPLUM = (
    (0.1, 0.05),
    (0.16, 0.06),
    (0.17, 0.25),
    (0.12, 0.45),
    (0.24, 0.56),
    (0.15, 0.57),
    (0.16, 0.95),
)
TIERS = ((0.1, 0.05), (0.14, 0.06), (0.14, 0.35), (0.24, 0.6), (0.19, 0.61), (0.32, 0.95))
#: Long sleeves that touch the skirt from the hip to the cuff.
TOUCHING = (
    (0.08, 0.05), (0.2, 0.1), (0.28, 0.3), (0.3, 0.7), (0.21, 0.7), (0.21, 0.55), (0.22, 0.55), (0.21, 0.3),
    (0.18, 0.25), (0.14, 0.4), (0.2, 0.55), (0.2, 0.7), (0.21, 0.95),
)  # fmt: skip


@pytest.mark.parametrize("points", [PEPLUM, TIERS])
def test_a_peplum_or_a_tier_is_no_sleeve(points):
    alpha, _ = cut(outlined(*points))
    assert Parts(alpha, 1.8).sleeves() == ()


def test_what_bulges_on_one_side_is_no_sleeve():
    both, none = (draw_parts(sleeve)[0] for sleeve in (0.14, 0.0))
    middle = both.shape[1] // 2
    one = np.concatenate([both[:, :middle], none[:, middle:]], axis=1)
    bulge = cut(cv2.morphologyEx(one, cv2.MORPH_CLOSE, np.ones((1, 61), np.uint8)))[0]
    assert Parts(bulge, PITCH).sleeves() == ()


def test_a_sleeve_of_one_side_alone_is_found_where_a_gap_shows():
    both, none = (draw_parts(sleeve)[0] for sleeve in (0.4, 0.0))
    middle = both.shape[1] // 2
    alpha, _ = cut(np.concatenate([both[:, :middle], none[:, middle:]], axis=1))
    (left,) = Parts(alpha, PITCH).sleeves()
    assert left.side == -1


def test_a_sleeve_that_touches_the_skirt_is_followed_to_its_cuff():
    alpha, _ = cut(outlined(*TOUCHING))
    _, right = Parts(alpha, 1.8).sleeves()
    cuff = (0.7 - 0.05) * 600
    assert abs(right.box[0].stop - cuff) < 12


def test_the_distance_from_a_hem_is_that_in_millimetres():
    alpha, _ = cut(*draw_parts(0.0))
    edge = Parts(alpha, PITCH).hem()
    rows, columns = edge.box
    middle = alpha.shape[1] // 2
    bottom = np.flatnonzero(alpha[:, middle] > 0.5)[-1] + 0.5
    away = edge.steps[:, middle - columns.start] * STEP
    expected = (bottom - np.arange(rows.start, rows.stop)) * PITCH
    near = (expected > 0) & (expected < 100)
    assert np.abs(away - expected)[near].max() < 3


def test_a_slit_does_not_part_a_hem_nor_has_one():
    alpha, _ = cut(*draw_parts(0.0))
    middle = alpha.shape[1] // 2
    slit = alpha.copy()
    slit[-160:, middle - 5 : middle + 5] = 0
    whole, parted = (Parts(a, PITCH).hem() for a in (alpha, slit))
    assert whole.box == parted.box
    assert np.abs(whole.steps[:, 40:60].astype(int) - parted.steps[:, 40:60]).max() < 8
    beside = parted.steps[:, middle - 8 - parted.box[1].start] * STEP
    assert beside[0] > 100


def test_sleeve_ends_are_no_hem():
    alpha, true = cut(*draw_parts(0.4))
    edge = Parts(alpha, PITCH).hem()
    assert not true[edge.box].any()


def test_a_neckline_runs_from_shoulder_to_shoulder():
    for neck in ("round", "v"):
        alpha, _ = cut(*draw_parts(0.14, neck=neck))
        edge = Parts(alpha, PITCH).neckline()
        near = np.zeros(alpha.shape, bool)
        near[edge.box] = (edge.steps * STEP < 30) & (alpha[edge.box] > 0.5)
        middle = alpha.shape[1] // 2
        top = np.flatnonzero(alpha[:, middle] > 0.5)[0]
        assert near[top + 3 : top + 15, middle].all()
        # Not along the upper edge of the sleeves.
        assert not near[:, : middle - int(0.12 * 768)].any()


def test_a_silhouette_of_a_speck_has_no_parts():
    for shape, pitch in (((1, 1), PITCH), ((3, 90), PITCH), ((1, 2048), 950.0)):
        found = Parts(np.ones(shape, np.float32), pitch)
        assert found.sleeves() == ()
        found.hem()
        found.neckline()
