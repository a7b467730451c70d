"""Cloths of a colour that was asked for: a reader calls them by it."""

from __future__ import annotations

import pytest

from fashion_core.cloth import Cloth
from fashion_core.cloth.palettes import MULTI
from fashion_core.cloth_colour import (
    MANY_COLOURED,
    SURE,
    cloth_in_colour,
    is_called,
    is_sure,
    moved_to,
)
from fashion_core.taxonomy import COLOUR, PATTERN


def test_every_family_but_many_colours_has_sure_colours_of_its_own():
    assert set(SURE) == set(COLOUR.classes) - {"multi"}
    for family, colours in SURE.items():
        assert all(is_sure(colour, family) for colour in colours)


@pytest.mark.parametrize(
    ("colour", "family"), [("#fbcab3", "orange"), ("#472932", "purple"), ("#d6d7d9", "white")]
)
def test_a_colour_between_two_families_is_not_taken(colour, family):
    assert not is_sure(colour, family)


@pytest.mark.parametrize("family", COLOUR.classes)
def test_cloths_of_every_kind_are_called_as_asked(family):
    # Plain cloth, lace and dots have one colour on another, which are not many.
    kinds = MANY_COLOURED if family == MULTI else PATTERN.classes
    for seed, kind in enumerate(kinds):
        assert is_called(cloth_in_colour(seed, kind, family, {}), family)


def test_a_ground_is_moved_no_further_than_its_name_needs():
    light = Cloth("unicolors", "plain", ("#d6d7d9",))
    assert not is_called(light, "white")
    moved = moved_to(light, "white")
    assert is_called(moved, "white")
    assert moved.palette[0] < "#f0f0f0"
    assert moved_to(moved, "white") == moved
    assert moved_to(light, "multi") == light
