from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fashion_core import ClothError, DesignRecipe, RecipeError
from fashion_core.cloth import Cloth
from fashion_core.colour.colours import hex_to_lab
from fashion_core.colourways import (
    MOST_OF_A_SEASON,
    NO_PALETTE,
    SEASON,
    colourways,
    in_colourways,
    parse_season,
    sheet_png,
)
from fashion_core.composition import Composition

SPRUCE = ("#22433f", "#e9c6b8", "#86a68a", "#d9b27c", "#f3ece0")
AUTUMN = parse_season("#4A1523 #C6D3DD #F1E2B6 #1B1A1C #B0573B")
HEX = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


def lightness(palette) -> list[float]:
    return [float(hex_to_lab(colour)[0]) for colour in palette]


def hue(colour: str) -> float:
    lab = hex_to_lab(colour)
    return float(np.degrees(np.arctan2(lab[2], lab[1])))


def test_six_harmonies_have_the_names_that_textile_designers_use():
    names = [way.harmony for way in colourways(SPRUCE)]
    assert names == ["complement", "analogous", "triad", "split complement", "deep", "pale"]


@pytest.mark.parametrize(
    ("harmony", "degrees"),
    [("complement", 180), ("analogous", 30), ("triad", 120), ("split complement", 150)],
)
def test_a_harmony_turns_the_ground_by_its_angle(harmony, degrees):
    # A middle colour, which stays within what a screen shows whatever its hue.
    way = next(way for way in colourways(("#8a6a78", "#e9c6b8")) if way.harmony == harmony)
    assert (hue(way.palette[0]) - hue("#8a6a78") - degrees + 180) % 360 - 180 == pytest.approx(
        0, abs=6
    )


@pytest.mark.parametrize("palette", [SPRUCE, ("#f7f5f0", "#1d2b4f", "#b3402f"), ("#101010",)])
def test_a_light_motif_on_a_dark_ground_stays_so_and_a_dark_one_on_a_light_ground(palette):
    drawn = lightness(palette)
    for way in colourways(palette):
        now = lightness(way.palette)
        assert len(now) == len(drawn)
        assert all((a > now[0]) == (b > drawn[0]) for a, b in zip(now[1:], drawn[1:], strict=True))


@pytest.mark.parametrize("palette", [("#ffffff",), ("#000000", "#ffffff"), ("#7f7f7f",), SPRUCE])
def test_no_two_of_the_six_are_alike_not_even_of_black_and_white(palette):
    assert len({way.palette for way in colourways(palette)}) == 6


@given(st.lists(HEX, min_size=1, max_size=6), st.lists(HEX, max_size=8))
def test_any_palette_has_six_colourways_that_a_cloth_can_be_drawn_in(palette, season):
    ways = colourways(palette, tuple(dict.fromkeys(season)))
    assert len(ways) == 6
    for way in ways:
        assert Cloth(palette=way.palette).palette == way.palette
        assert way.name


def test_of_a_season_each_colour_is_a_ground_and_nothing_else_is_used():
    ways = colourways(SPRUCE, AUTUMN)
    assert {way.palette[0] for way in ways} == set(AUTUMN)
    assert all(set(way.palette) <= set(AUTUMN) for way in ways)
    assert {way.harmony for way in ways} == {SEASON}
    assert len({way.palette for way in ways}) == 6


def test_of_a_season_motifs_keep_their_order_of_lightness():
    drawn = lightness(SPRUCE[1:])
    for way in colourways(SPRUCE, AUTUMN):
        now = lightness(way.palette[1:])
        assert np.array_equal(np.argsort(now), np.argsort(drawn[: len(now)]))


@pytest.mark.parametrize("season", ["#4a1523 #c6d3dd", "#4a1523 #c6d3dd #f1e2b6"])
def test_a_small_season_still_gives_six(season):
    assert len({way.palette for way in colourways(SPRUCE, parse_season(season))}) == 6


def test_a_season_of_one_colour_gives_its_harmonies():
    ways = colourways(SPRUCE, parse_season("#b0573b"))
    assert ways[4].harmony == "deep"
    assert hue(ways[4].palette[0]) == pytest.approx(hue("#b0573b"), abs=6)


@pytest.mark.parametrize(
    "text",
    ["red", "#12", "#4A1523 and more", "#ggg000", "<b>", "#000000 " * (MOST_OF_A_SEASON + 1)],
)
def test_a_text_that_is_no_palette_is_refused_with_the_way_to_write_one(text):
    with pytest.raises(ClothError) as refused:
        parse_season(text)
    assert str(refused.value) == NO_PALETTE


def test_an_empty_text_is_no_season():
    assert parse_season(" \n") == ()


def test_a_design_keeps_all_but_its_colours():
    cloth = Cloth("floral", "ditsy", SPRUCE, scale=1.3, seed=5)
    laid = Composition(border="hem", contrast="#112233")
    design = DesignRecipe("studio", "0" * 12, seed=3, cloth=cloth, composition=laid)
    for other in in_colourways(design):
        assert other.cloth.with_(palette=SPRUCE) == cloth
        assert (other.seed, other.composition) == (3, Composition(border="hem"))


def test_a_generator_that_draws_its_own_cloth_has_no_colourways():
    with pytest.raises(RecipeError, match="draws form and cloth at once"):
        in_colourways(DesignRecipe("dcgan-64", "0" * 12, seed=3))


def test_the_sheet_is_the_same_every_time_and_shows_each_palette():
    ways = colourways(SPRUCE)
    pictures = [Image.new("RGB", (256, 384), way.palette[0]) for way in ways]
    content = sheet_png(pictures, ways, "No. 3, seed 7 — Łódź")
    assert sheet_png(pictures, ways, "No. 3, seed 7 — Łódź") == content
    sheet = Image.open(io.BytesIO(content))
    colours = {colour for _, colour in sheet.getcolors(1 << 24)}
    for way in ways:
        for colour in way.palette:
            assert tuple(bytes.fromhex(colour[1:])) in colours
