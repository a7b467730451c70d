"""Cloths: every family closes at its seams, keeps to its data and looks the same at every size."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import cv2
import numpy as np
import pytest

from fashion_core.cloth import FAMILIES, Cloth, Inks, parse_palette, raster, svg
from fashion_core.cloth.repeat import HOLE, MAIN, Ink, Repeat
from fashion_core.cloth.swatch import swatch
from fashion_core.errors import ClothError
from fashion_core.taxonomy import PATTERN

PALETTE = ("#1f3d36", "#d9a5a0", "#f0d9c0", "#6f8f6a")
EVERY = [(kind, family) for kind, families in FAMILIES.items() for family in families]


def tile(cloth: Cloth, width: int = 160) -> np.ndarray:
    repeat = cloth.repeat()
    return raster(
        repeat, cloth.inks(), (width, max(2, round(width * repeat.height / repeat.width)))
    )


def seam(pixels: np.ndarray, axis: int) -> tuple[float, float]:
    """Mean difference of neighbours across the seam, and inside the tile."""
    values = pixels.astype(float)
    inside = np.abs(np.diff(values, axis=axis)).mean()
    across = np.abs(values.take(0, axis) - values.take(-1, axis)).mean()
    return float(across), float(inside)


def test_there_is_a_kind_of_cloth_for_every_pattern_that_is_read():
    assert set(FAMILIES) == set(PATTERN.classes)


@pytest.mark.parametrize(("kind", "family"), EVERY)
def test_a_tile_closes_at_its_seams(kind, family):
    cloth = Cloth(kind, family, PALETTE, seed=5)
    pixels = tile(cloth)
    for axis in (0, 1):
        across, inside = seam(pixels, axis)
        # One row is compared with the mean of all: on stripes it may lie on an edge of a band, and a
        # tile drawn half a repeat further has its seam elsewhere. Both are drawn the same way.
        shifted, _ = seam(np.roll(pixels, pixels.shape[axis] // 2, axis), axis)
        assert across <= max(inside, shifted) * 1.5 + 2


@pytest.mark.parametrize(("kind", "family"), EVERY)
def test_shifting_the_shapes_by_half_a_repeat_shifts_the_pixels(kind, family):
    cloth = Cloth(kind, family, PALETTE, seed=5)
    repeat = cloth.repeat()
    moved = Repeat(repeat.width, repeat.height, repeat.see_through)
    moved.place(repeat.shapes, (repeat.width / 2, repeat.height / 2))
    size = 96, 96
    first, second = raster(repeat, cloth.inks(), size), raster(moved, cloth.inks(), size)
    apart = np.abs(np.roll(first, (48, 48), (0, 1)).astype(int) - second)
    # Shapes that reach over an edge may lie over each other in another order there.
    assert (apart.max(2) > 24).mean() < 0.04


@pytest.mark.parametrize(("kind", "family"), EVERY)
def test_the_same_data_gives_the_same_bytes_and_the_same_cloth_at_another_size(kind, family):
    cloth = Cloth(kind, family, PALETTE, seed=5)
    again = Cloth.from_dict(cloth.to_dict())
    assert again == cloth
    small, large = tile(cloth, 64), tile(again, 256)
    assert np.array_equal(small, tile(cloth, 64))
    smaller = cv2.resize(large, small.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(smaller.astype(int) - small).mean() < 6


def test_families_of_a_kind_do_not_look_alike_and_seeds_vary_what_is_thrown():
    for kind, families in FAMILIES.items():
        drawn = [cv2.resize(tile(Cloth(kind, f, PALETTE)), (64, 64)).astype(int) for f in families]
        for i, a in enumerate(drawn):
            assert all(np.abs(a - b).mean() > 1 for b in drawn[:i])
    ditsy = [tile(Cloth("floral", "ditsy", PALETTE, seed=seed)) for seed in (1, 2)]
    assert not np.array_equal(*ditsy)


def test_only_lace_can_be_seen_through():
    for kind, family in EVERY:
        alpha = tile(Cloth(kind, family, PALETTE))[..., 3]
        if kind == "lace":
            assert 0.2 < alpha.mean() / 255 < 0.8
        else:
            assert alpha.min() == 255


def test_one_colour_is_enough_and_all_others_stay_near_it():
    inks = Inks(["#8c2f39"])
    assert inks.hex(Ink(0)) == "#8c2f39"
    reds = [inks.rgb(Ink(k)) for k in range(6)]
    assert all(red >= green and red >= blue for red, green, blue in reds)


def test_colours_are_mixed_all_at_once_as_one_by_one():
    inks = Inks(PALETTE)
    wanted = {Ink(k, other, share) for k in range(6) for other in (0, 4) for share in (0.0, 0.35)}
    table = inks.table([*wanted, Ink(HOLE)])
    assert table == {**{ink: inks.rgb(ink) for ink in wanted}, Ink(HOLE): (0, 0, 0)}


def test_leaves_take_the_greenest_colour():
    inks = Inks(["#ffffff", "#5d7350", "#b8404f", "#e3a04a"], leaves=True)
    assert inks.hex(Ink(3)) == "#5d7350"
    assert Inks(["#ffffff", "#5d7350"]).hex(Ink(MAIN)) == "#5d7350"


@pytest.mark.parametrize("angle", [-90, -35, 10, 45, 72])
def test_a_turned_tile_closes_again(angle):
    cloth = Cloth("stripes", "awning", PALETTE, angle=angle)
    turned = cloth.repeat().turned(angle)
    size = round(turned.width * 3), round(turned.height * 3)
    pixels = raster(turned, cloth.inks(), size)
    for axis in (0, 1):
        shifted, _ = seam(np.roll(pixels, pixels.shape[axis] // 2, axis), axis)
        across, inside = seam(pixels, axis)
        assert across <= max(inside, shifted) * 1.5 + 2


def test_a_quarter_turn_lays_lengthways_stripes_across():
    cloth = Cloth("stripes", "awning", PALETTE)
    upright, turned = tile(cloth), cloth.repeat().turned(90)
    across = raster(turned, cloth.inks(), (160, 160))
    assert np.ptp(upright.astype(int), axis=0).max() == 0
    assert np.ptp(across.astype(int), axis=1).max() == 0


def test_an_svg_holds_the_tile_in_millimetres():
    cloth = Cloth("lace", "net", ("#f3ece0",))
    root = ET.fromstring(svg(cloth.repeat(), cloth.inks(), 64))  # noqa: S314 - our own text
    assert root.get("width") == "64mm"
    assert root.find("{http://www.w3.org/2000/svg}g") is not None
    plain = Cloth("polkadots", "coin", PALETTE)
    text = svg(plain.repeat(), plain.inks(), 64)
    assert text.count("<path") >= 2
    assert "#1f3d36" in text


def test_a_hole_is_cut_and_never_painted():
    repeat = Repeat(10, 10, see_through=True)
    square = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], float)
    repeat.add(square, MAIN)
    repeat.add(square * 0.5, Ink(HOLE))
    alpha = raster(repeat, Inks(PALETTE), (20, 20))[..., 3]
    assert alpha[2, 2] == 0
    assert alpha[15, 15] == 255


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "tartan"}, "no kind of cloth"),
        ({"kind": "floral", "family": "breton"}, "no family of floral"),
        ({"kind": 3}, "kind of a cloth is a word"),
        ({"palette": []}, "1 to 6 colours"),
        ({"palette": ["#111111"] * 7}, "1 to 6 colours"),
        ({"palette": ["#12345g"]}, "no colour"),
        ({"palette": [17]}, "no colour"),
        ({"scale": 9}, "scale"),
        ({"density": float("nan")}, "density"),
        ({"angle": "steep"}, "angle"),
        ({"seed": -1}, "seed"),
        ({"seed": True}, "seed"),
        ({"colour": "red"}, "has no 'colour'"),
    ],
)
def test_wrong_fields_are_named(fields, said):
    with pytest.raises(ClothError, match=said):
        Cloth.from_dict(fields)


def test_a_palette_is_read_from_text_as_people_paste_it():
    assert parse_palette(" #1B2A49,  f2e8d5;#000000 ") == ("#1b2a49", "#f2e8d5", "#000000")
    with pytest.raises(ClothError, match="no colour"):
        parse_palette("red, blue")


@pytest.mark.parametrize(("kind", "family"), EVERY)
def test_a_swatch_is_full_of_its_cloth_and_no_other_familys_is_the_same(kind, family):
    drawn = swatch(Cloth(kind, family, PALETTE), 96)
    assert (drawn.shape, drawn.dtype) == ((96, 96, 3), np.uint8)
    colours = len(np.unique(drawn.reshape(-1, 3), axis=0))
    assert colours == 1 if family == "plain" else colours > 1
    others = [swatch(Cloth(kind, name, PALETTE), 96) for name in FAMILIES[kind] if name != family]
    assert not any(np.array_equal(drawn, other) for other in others)
