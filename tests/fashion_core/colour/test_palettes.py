from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from skimage.color import deltaE_ciede2000

from fashion_core.checkpoint import SHIPPED_ROOT
from fashion_core.colour import palette, parse_hex, to_hex
from fashion_core.colour.names import nearest_names
from fashion_core.cutout import GarmentFinder
from fashion_core.taxonomy import COLOUR
from tests.drawing import draw_dress

#: Sharma, Wu, Dalal (2005), table 1, all 34 pairs: they tell right implementations from wrong ones.
SHARMA = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 3.1571, -77.2803), (50.0, 0.0, -82.7485), 2.8615),
    ((50.0, 2.8361, -74.0200), (50.0, 0.0, -82.7485), 3.4412),
    ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, -1.1848, -84.8006), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, -0.9009, -85.5211), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, -1.0, 2.0), (50.0, 0.0, 0.0), 2.3669),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0010), 7.1792),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0012), 7.2195),
    ((50.0, -0.001, 2.49), (50.0, 0.0009, -2.49), 4.8045),
    ((50.0, -0.001, 2.49), (50.0, 0.0010, -2.49), 4.8045),
    ((50.0, -0.001, 2.49), (50.0, 0.0011, -2.49), 4.7461),
    ((50.0, 2.5, 0.0), (50.0, 0.0, -2.5), 4.3065),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
    ((50.0, 2.5, 0.0), (56.0, -27.0, -3.0), 31.9030),
    ((50.0, 2.5, 0.0), (58.0, 24.0, 15.0), 19.4535),
    ((50.0, 2.5, 0.0), (50.0, 3.1736, 0.5854), 1.0000),
    ((50.0, 2.5, 0.0), (50.0, 3.2972, 0.0), 1.0000),
    ((50.0, 2.5, 0.0), (50.0, 1.8634, 0.5757), 1.0000),
    ((50.0, 2.5, 0.0), (50.0, 3.2592, 0.3350), 1.0000),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
    ((61.2901, 3.7196, -5.3901), (61.4292, 2.2480, -4.9620), 1.8731),
    ((35.0831, -44.1164, 3.7933), (35.0232, -40.0716, 1.5901), 1.8645),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((36.4612, 47.8580, 18.3852), (36.2715, 50.5065, 21.2231), 1.4146),
    ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
    ((90.9257, -0.5406, -0.9208), (88.6381, -0.8985, -0.7239), 1.5381),
    ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("a", "b", "expected"), SHARMA)
def test_the_colour_difference_agrees_with_the_published_pairs(a, b, expected):
    assert deltaE_ciede2000(np.array(a), np.array(b)) == pytest.approx(expected, abs=1e-4)


def test_hex_is_read_without_the_slip_of_2020():
    assert parse_hex("#356866") == (0x35, 0x68, 0x66)
    assert to_hex((0x35, 0x68, 0x66)) == "#356866"
    found = palette(Image.new("RGB", (100, 100), "#356866"), mode="baseline2020").colours[0]
    assert found.hex == "#356866"
    assert found.share == pytest.approx(1, abs=0.01)


def test_the_baseline_of_2020_reads_the_centre_and_takes_the_ground_for_the_dress():
    image = Image.new("RGB", (256, 256), (255, 255, 255))
    image.paste((0, 0, 255), (0, 0, 256, 120))
    assert palette(image, mode="baseline2020").family == "white"


@pytest.mark.parametrize(
    ("colour", "family"),
    [
        ((15, 15, 16), "black"),
        ((250, 250, 250), "white"),
        ((128, 128, 128), "gray"),
        ((200, 20, 30), "red"),
        ((245, 170, 190), "pink"),
        ((30, 60, 160), "blue"),
        ((20, 25, 55), "blue"),
        ((30, 120, 60), "green"),
        ((240, 210, 40), "yellow"),
        ((235, 120, 30), "orange"),
        ((95, 60, 40), "brown"),
        ((110, 50, 140), "purple"),
        ((220, 205, 180), "beige"),
        ((244, 244, 240), "white"),
        ((250, 246, 238), "white"),
        ((27, 28, 43), "blue"),
    ],
)
def test_clear_colours_fall_into_their_family(colour, family):
    image, mask = draw_dress(colour=colour, ground="wood")
    assert palette(image, mask).family == family


def test_a_striped_dress_has_both_colours_with_their_shares():
    image, mask = draw_dress(colour=(190, 20, 40), second=(245, 245, 245))
    found = palette(image, mask)
    assert {nearest_names(np.array([c.lab]))[0].family for c in found.colours[:2]} == {
        "red",
        "white",
    }
    assert all(0.35 < c.share < 0.65 for c in found.colours[:2])
    assert sum(c.share for c in found.colours) <= 1 + 1e-6
    assert [c.share for c in found.colours] == sorted(
        (c.share for c in found.colours), reverse=True
    )


def test_four_families_in_equal_parts_are_multi():
    bands = np.repeat(
        np.array([[200, 20, 30], [30, 60, 160], [30, 120, 60], [240, 210, 40]], np.uint8),
        40,
        axis=0,
    )
    image = Image.fromarray(np.repeat(bands[:, None], 160, axis=1))
    found = palette(image)
    assert found.family == "multi"
    assert {c.family for c in found.colours[1:]} < set(COLOUR.classes)


def test_shadow_on_one_cloth_is_not_a_second_colour():
    ramp = np.linspace(0.75, 1.1, 200)[:, None, None] * np.array([40.0, 100, 110])
    image = Image.fromarray(np.repeat(ramp, 200, axis=1).clip(0, 255).astype(np.uint8))
    assert palette(image).colours[0].share > 0.9


def test_the_same_picture_gives_the_same_palette_and_contract_keys():
    image, mask = draw_dress(second=(240, 200, 60))
    first = palette(image, mask).to_list()
    assert first == palette(image, mask).to_list()
    assert all(set(c) == {"hex", "name", "family", "share"} for c in first)


GROUNDS = {
    "white": (255, 255, 255),
    "paper": (244, 244, 242),
    "grey": (190, 190, 190),
    "blue": (120, 160, 200),
    "wood": (176, 128, 84),
    "dark": (38, 36, 40),
}


def flat_dress(colour: tuple[int, int, int], ground: tuple[int, int, int]) -> Image.Image:
    """A dress of one colour before a ground of one colour, with a soft edge, 120 x 160."""
    mask = (
        Image.fromarray(FLAT_MASK).resize((480, 640)).resize((120, 160), Image.Resampling.LANCZOS)
    )
    return Image.composite(
        Image.new("RGB", mask.size, colour), Image.new("RGB", mask.size, ground), mask
    )


FLAT_MASK = (draw_dress(size=(120, 160))[1] * 255).astype(np.uint8)


def families_on_all_grounds(count: int) -> float:
    """Share of random flat dresses that have one family on every ground."""
    random = np.random.default_rng(21)
    found = [
        {palette(flat_dress(colour, ground), FLAT_MASK > 0).family for ground in GROUNDS.values()}
        for colour in map(tuple, random.integers(0, 256, (count, 3)).tolist())
    ]
    return float(np.mean([len(families) == 1 for families in found]))


def test_the_family_of_a_flat_dress_does_not_depend_on_the_ground():
    assert families_on_all_grounds(30) == 1


@pytest.mark.slow
def test_the_family_of_a_thousand_flat_dresses_does_not_depend_on_the_ground():
    assert families_on_all_grounds(1000) >= 0.99


@pytest.fixture(scope="module")
def finder():
    return GarmentFinder.load(SHIPPED_ROOT, "cpu")


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize(
    ("colour", "family", "name"),
    [
        ((0, 0, 128), "blue", "navy"),
        ((185, 167, 217), "purple", "lavender"),
        ((216, 198, 162), "beige", "sand"),
        ((27, 28, 43), "blue", "midnight"),
        ((0, 128, 128), "green", "teal"),
        ((255, 127, 80), "orange", "coral"),
        ((31, 42, 68), "blue", "dark navy"),
        ((203, 104, 67), "orange", "terracotta"),
    ],
)
def test_flat_dresses_that_are_cut_out_keep_name_and_family(finder, colour, family, name, ground):
    picture = flat_dress(colour, GROUNDS[ground]).resize((240, 320), Image.Resampling.BICUBIC)
    cut = finder.find(picture)
    found = palette(Image.fromarray(cut.pixels), cut.mask)
    assert (found.family, found.colours[0].name) == (family, name)


def test_another_mode_is_refused():
    with pytest.raises(ValueError, match="No mode"):
        palette(Image.new("RGB", (80, 80)), mode="best")
