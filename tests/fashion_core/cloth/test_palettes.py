"""Palettes: as dresses have them, from a garment that was read, around one colour."""

from __future__ import annotations

import numpy as np
import pytest

from fashion_core.cloth.inks import parse_palette
from fashion_core.cloth.palettes import (
    HARMONIES,
    drawn_palette,
    harmony,
    legible,
    one_more,
    palette_of,
    shuffled,
    typical,
)
from fashion_core.colour import Palette
from fashion_core.colour.colours import Colour, hex_to_lab, parse_hex, to_lab
from fashion_core.colour.names import nearest_names
from fashion_core.errors import ClothError
from fashion_core.taxonomy import COLOUR, PATTERN


def test_every_pattern_has_typical_palettes_whose_shares_make_a_whole():
    assert tuple(typical()) == PATTERN.classes
    for palettes in typical().values():
        assert sum(p["share"] for p in palettes) == pytest.approx(1, abs=0.02)
        assert {p["family"] for p in palettes} <= set(COLOUR.classes)
        assert all(parse_palette(p["colours"]) == tuple(p["colours"]) for p in palettes)


def test_the_same_seed_draws_the_same_palette_and_others_draw_others():
    assert drawn_palette("floral", 3) == drawn_palette("floral", 3)
    assert len({drawn_palette("floral", seed) for seed in range(20)}) > 15


@pytest.mark.parametrize("kind", PATTERN.classes)
def test_any_family_can_be_asked_for_in_any_pattern(kind):
    for family in COLOUR.classes:
        assert 1 <= len(drawn_palette(kind, 1, family)) <= 6


def test_a_plain_cloth_is_called_by_the_family_that_was_asked_for():
    for family in sorted({p["family"] for p in typical()["unicolors"]} - {"multi"}):
        grounds = [drawn_palette("unicolors", seed, family)[0] for seed in range(12)]
        lab = to_lab([parse_hex(ground) for ground in grounds])
        assert {name.family for name in nearest_names(lab)} == {family}


@pytest.mark.parametrize("name", HARMONIES)
def test_a_harmony_keeps_its_colour_as_the_ground_and_can_be_told_from_it(name):
    colours = harmony("#2f4858", name)
    assert colours[0] == "#2f4858"
    lightness = [to_lab([parse_hex(colour)])[0][0] for colour in colours]
    assert max(abs(one - lightness[0]) for one in lightness) > 15


def test_a_palette_that_was_read_becomes_a_cloths():
    read = Palette((Colour("#102030", "ink", "blue", 0.7, (16, 32, 48)),) * 7)
    assert palette_of(read) == ("#102030",) * 6


def test_what_is_not_there_is_said():
    with pytest.raises(ClothError, match="no kind of cloth"):
        drawn_palette("tartan", 1)
    with pytest.raises(ClothError, match="no colour family"):
        drawn_palette("floral", 1, "puce")
    with pytest.raises(ClothError, match="no harmony"):
        harmony("#102030", "discord")


def test_the_main_colour_of_a_print_by_chance_stands_out_from_its_ground():
    assert legible(("#202020",)) == ("#202020",)
    assert legible(("#202020", "#f0f0f0", "#303030")) == ("#202020", "#f0f0f0", "#303030")
    assert legible(("#202020", "#303030", "#f0f0f0")) == ("#202020", "#f0f0f0", "#303030")
    ground, main = legible(("#202020", "#2a2a2a"))
    assert ground == "#202020"
    assert np.linalg.norm(hex_to_lab(main) - hex_to_lab(ground)) > 30


def test_a_shuffled_palette_keeps_its_length_and_what_is_locked():
    given = ("#102030", "#ffffff", "#aa0000", "#00aa00", "#0000aa", "#777777")
    for kind in typical():
        for count in range(1, 7):
            drawn = shuffled(given[:count], kind, 5)
            assert len(drawn) == count
            assert drawn == shuffled(given[:count], kind, 5)
        kept = shuffled(given, kind, 5, {0, 4})
        assert (kept[0], kept[4]) == (given[0], given[4])
        assert kept != given
    with pytest.raises(ClothError, match="no kind of cloth"):
        shuffled(given, "tweed", 1)


def test_one_more_colour_differs_from_all_there_are_and_a_full_palette_takes_none():
    palette = ("#2f4858",)
    while len(palette) < 6:
        *before, added = palette = one_more(palette)
        apart = [np.linalg.norm(hex_to_lab(added) - hex_to_lab(each)) for each in before]
        assert min(apart) > 10
    with pytest.raises(ClothError, match="1 to 6 colours"):
        one_more(palette)
