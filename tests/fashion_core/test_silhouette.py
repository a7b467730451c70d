"""Measures of drawn dresses, whose waist, hem, sleeves and neckline are known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from fashion_core.silhouette import hem_roughness, holes, measure, pieces


def dress(
    chest=48.0,
    waist=38.0,
    hips=50.0,
    hem=64.0,
    length=150.0,
    sleeve=0.0,
    gap=0.0,
    neckline=4.0,
    height=192,
):
    """A dress drawn in centimetres of a kind: armpits 22 below the shoulder, waist 45, hips 68.

    ``sleeve`` is how far down sleeves reach, ``gap`` how far they stay clear of the torso.
    """
    scale = height / 192 * 8
    middle = 64

    def draw(points, value):
        corners = np.array([[(x + middle) * scale, (y + 6) * scale] for x, y in points])
        cv2.fillPoly(picture, [np.rint(corners).astype(np.int32)], value, cv2.LINE_8, 0)

    picture = np.zeros((round(192 * scale), round(128 * scale)), np.uint8)
    half = [(19, 0), (chest / 2, 22), (waist / 2, 45), (hips / 2, 68), (hem / 2, length)]
    draw([*half, *[(-x, y) for x, y in reversed(half)]], 255)
    if sleeve:
        for side in (-1, 1):
            inner = chest / 2 + gap
            draw(
                [
                    (side * x, y)
                    for x, y in [
                        (15, 0),
                        (inner + 12, 16),
                        (inner + 12, sleeve),
                        (inner, sleeve),
                        (inner, 24),
                        (15, 22),
                    ]
                ],
                255,
            )
    draw([(-9, -1), (9, -1), (0, neckline)], 0)
    return cv2.resize(picture, (height * 2 // 3, height), interpolation=cv2.INTER_AREA) > 127


def test_measures_of_a_plain_dress_are_those_it_was_drawn_with():
    found = measure(dress())
    assert found.flare == pytest.approx(64 / 38, rel=0.05)
    assert found.waist == pytest.approx(38 / 50, abs=0.03)
    assert found.hem == pytest.approx(150 / 48, rel=0.06)
    assert found.neckline_depth == pytest.approx(4 / 150, abs=0.01)
    assert found.sleeves == 0


@pytest.mark.parametrize("gap", [0.0, 6.0])
@pytest.mark.parametrize("sleeve", [36.0, 55.0, 95.0, 130.0])
def test_sleeves_are_measured_and_are_no_torso(sleeve, gap):
    found, without = measure(dress(sleeve=sleeve, gap=gap, hem=52)), measure(dress(hem=52))
    assert found.sleeves == pytest.approx(sleeve / 150, abs=0.03)
    # Long sleeves that lie against the torso hide the waist.
    if gap or sleeve < 45:
        assert found.waist == pytest.approx(without.waist, abs=0.05)
        assert found.flare == pytest.approx(without.flare, rel=0.08)
    assert found.hem == pytest.approx(without.hem, rel=0.15)


def test_each_measure_follows_what_it_measures():
    flares = [measure(dress(hem=hem)).flare for hem in (44, 60, 80, 100)]
    waists = [measure(dress(waist=waist)).waist for waist in (32, 38, 44, 49)]
    depths = [measure(dress(neckline=depth)).neckline_depth for depth in (2, 8, 16, 24)]
    hems = [measure(dress(length=length)).hem for length in (100, 120, 150, 180)]
    for values in (flares, waists, depths, hems):
        assert values == sorted(values)
        assert values[-1] > 1.25 * values[0]


@pytest.mark.parametrize("height", [128, 384, 1536])
def test_measures_hold_at_any_size_and_place(height):
    small = dress(sleeve=36, height=192)
    large = np.pad(dress(sleeve=36, height=height), ((height // 5, 0), (0, height // 3)))
    for name, value in vars(measure(small)).items():
        assert getattr(measure(large), name) == pytest.approx(value, rel=0.06, abs=0.015), name


def test_a_neckline_that_the_back_closes_is_seen_below_it():
    plain, open_ = dress(neckline=20), dress(neckline=20)
    strap = slice(int(0.035 * 192), int(0.055 * 192))
    open_[strap, 50:79] = True
    assert measure(open_).neckline_depth == pytest.approx(measure(plain).neckline_depth, abs=0.03)


def test_a_hem_that_hangs_lower_on_one_side_is_no_sleeve():
    uneven = dress()
    uneven[140:, 64:] = False
    assert measure(uneven).sleeves < 0.1
    assert measure(uneven).waist == pytest.approx(measure(dress()).waist, abs=0.06)


def odd_masks():
    rng = np.random.default_rng(1)
    yield np.ones((40, 30), bool)
    yield np.ones((1, 1), bool)
    yield np.eye(50, dtype=bool)
    yield np.eye(200, 90, dtype=bool)
    yield np.arange(120).reshape(1, 120) % 2 == 0
    yield (np.arange(400) % 3 == 0)[:, None] & np.ones((1, 7), bool)
    for size in [(3, 3), (12, 200), (300, 9), (64, 64), (192, 128)]:
        for share in (0.03, 0.4, 0.8):
            noise = rng.random(size) < share
            noise[rng.integers(size[0]), rng.integers(size[1])] = True
            yield noise
            yield cv2.GaussianBlur(rng.random(size), (0, 0), 4) > 0.5
    two = np.zeros((100, 100), bool)
    two[:, 5:10] = two[:, 80:95] = True
    yield two
    for _ in range(30):
        canvas = np.zeros((192, 128), np.uint8)
        points = rng.integers(-20, 190, (rng.integers(3, 9), 2)).astype(np.int32)
        cv2.fillPoly(canvas, [points], 1)
        yield canvas > 0


def test_every_mask_has_measures_but_an_empty_one():
    for mask in odd_masks():
        if mask.any():
            values = np.array(list(vars(measure(mask)).values()))
            assert np.isfinite(values).all()
            assert (values >= 0).all()
            assert measure(mask).sleeves <= 1
            assert 0 <= hem_roughness(mask) <= 1
            assert 0 <= pieces(mask) < 1
            assert all(share > 0 for share in holes(mask))
    with pytest.raises(ValueError, match="empty mask"):
        measure(np.zeros((8, 8), bool))
    empty = np.zeros((8, 8), bool)
    assert (pieces(empty), holes(empty), hem_roughness(empty)) == (0, (), 0)


def test_pieces_and_holes_are_shares_of_the_garment():
    garment = np.zeros((60, 60), bool)
    garment[10:60, 10:30] = True
    garment[20:24, 14:19] = garment[40, 20] = False
    area = int(garment.sum())
    assert holes(garment) == (20 / area, 1 / area)
    garment[5, 50:58] = True
    assert pieces(garment) == pytest.approx(8 / (area + 8))


def test_a_garment_that_ends_at_the_edge_of_the_picture_has_no_hole_there():
    garment = np.ones((20, 20), bool)
    garment[15:, 8:12] = False
    assert holes(garment) == ()


def test_a_ragged_hem_is_rougher_than_a_slanted_or_a_round_one():
    even = hem_roughness(dress())
    column = np.arange(128)
    row = np.arange(192)[:, None]
    slanted = dress() & (row < 130 + column * 0.2)
    rounded = dress() & (row < 160 - (column - 64) ** 2 / 60)
    teeth = dress() & (row < 140 + 5 * (column % 8 < 4))
    assert max(even, hem_roughness(slanted), hem_roughness(rounded)) < 0.006
    assert hem_roughness(teeth) > 0.02
