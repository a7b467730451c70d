"""The table of colour names: what stands in it, and which name a colour gets."""

from __future__ import annotations

import csv
import re
from collections import defaultdict

import numpy as np
import pytest
import webcolors
from skimage.color import deltaE_ciede2000

from fashion_core.colour import parse_hex
from fashion_core.colour.colours import to_lab
from fashion_core.colour.names import TABLE, nearest_names
from fashion_core.taxonomy import COLOUR

with TABLE.open(newline="", encoding="utf-8") as _file:
    ROWS = list(csv.DictReader(_file))
VALUES = defaultdict(set)
for _row in ROWS:
    VALUES[_row["name"]].add(_row["hex"])
ROW_LAB = to_lab(np.array([parse_hex(row["hex"]) for row in ROWS]))

#: The last word of every name: a colour, or the noun that a name of CSS ends with.
NOUNS = """
    alabaster almond amber amethyst anthracite apricot aqua aquamarine aubergine avocado azure beige berry biscuit
    bisque black blue blush bone bordeaux brick bronze brown buff burgundy burlywood butterscotch camel caramel
    carmine carnation celadon celery cement cerise cerulean chambray champagne charcoal chartreuse cherry chestnut
    chiffon chocolate cinnamon claret clay cobalt cocoa coffee cognac copper coral cornflower cornsilk cream crimson
    curry cyan daffodil damson denim drab ebony ecru eggshell emerald espresso eucalyptus fawn fern firebrick
    fuchsia gainsboro garnet ginger gold goldenrod grape grapefruit graphite green grey gunmetal hazelnut heather
    honey honeydew indigo iris ivory jade khaki lace latte lavender lemon lilac lime linen magenta mahogany maize
    mandarin mango marine maroon mauve melon merlot midnight mink mint moccasin mocha moss mulberry mushroom mustard
    navy nutmeg oatmeal ochre off-black off-white olive orange orchid oxblood paprika peach pear pearl periwinkle
    persimmon peru petrol pewter pink pistachio plum primrose puff pumpkin purple putty raspberry red rose rosewood
    ruby russet rust saffron sage salmon sand sandstone sapphire scarlet seafoam seashell sepia sienna silver slate
    smoke snow spruce stone straw strawberry tan tangerine taupe teal terracotta thistle tobacco toffee tomato
    truffle turquoise ultramarine umber vanilla vermilion violet viridian walnut watermelon wheat whip white wine
    wisteria yellow
"""
#: Words that may stand before a noun, besides other nouns.
BEFORE = """
    air alice antique apple army ash baby banana blanched bottle bright burnt butter cadet canary candy cardinal
    chalk cool dark deep dim dodger dove duck dusky dusty egg electric flamingo floral force forest french ghost
    golden grass hot hunter ice indian ink jet kelly kiwi laurel lawn leaf light medium mid military misty muted
    myrtle navajo neon ocean old optic oxford pale papaya pastel pea peacock pine poppy powder prussian racing
    rebecca rosy royal saddle sandy sea shocking sky soft spring steel sunflower tea twilight warm
"""
WORDS_AFTER, WORDS_BEFORE = set(NOUNS.split()), set(BEFORE.split())
#: What shops print on labels, each with a value that dictionaries or cloths have.
SHOP_NAMES = """
    alabaster #edeae0, almond #efdecd, amber #ffbf00, amethyst #9966cc, anthracite #383e42, apricot #fbceb1,
    army green #4b5320, ash grey #b2beb5, aubergine #614051, avocado #568203, baby blue #89cff0, baby pink #f4c2c2,
    biscuit #dec095, black #000000, blush #de5d83, bone #e3dac9, bordeaux #6b1f33, bottle green #006a4e,
    brick red #9c3b34, bronze #cd7f32, burgundy #800020, burnt orange #cc5500, butter yellow #f5e7a6, camel #c19a6b,
    caramel #b7773f, celadon #ace1af, cerise #de3163, cerulean #007ba7, chambray #9db2cd, champagne #f7e7ce,
    charcoal #36454f, cherry red #b51e2e, chestnut #954535, chocolate #7b3f00, claret #7f1734, clay #b1715a,
    cobalt blue #0047ab, cocoa #7d5b48, coffee #6f4e37, cognac #99572c, copper #b87333, coral #ff7f50, cream #fffdd0,
    crimson #dc143c, curry #b88a24, damson #472c40, dark navy #1f2a44, denim #1560bd, dove grey #b6b3af,
    duck egg blue #c4d9d5, dusty blue #8ea5bb, dusty pink #cda4a3, dusty rose #b98586, ecru #c2b280, eggshell #f0ead6,
    emerald #50c878, espresso #3b2a22, eucalyptus #72917f, fawn #e5aa70, fern green #4f7942, flamingo pink #fc8eac,
    forest green #228b22, french navy #1c2c5e, fuchsia #ff00ff, garnet #733635, ginger #b06500, gold #d4af37,
    grape #65406f, graphite #4d4f53, gunmetal #2a3439, hazelnut #a98768, heather #9d8aa0, honey #d8a54a,
    hot pink #ff69b4, hunter green #355e3b, ice blue #d6e3ea, indigo #4b0082, ink blue #2b3a58, ivory #fffff0,
    jade #00a86b, jet black #343434, kelly green #4cbb17, khaki #c3b091, lavender #e6e6fa, lemon #fff700,
    light denim #8ba5c4, lilac #c8a2c8, linen #faf0e6, magenta #ca1f7b, mahogany #592820, mandarin #ee7444,
    maroon #800000, mauve #e0b0ff, midnight #1b1c2b, midnight blue #191970, mink #8a7768, mint #3eb489, mocha #a47864,
    moss green #8a9a5b, mulberry #c54b8c, mushroom #b4a69a, mustard #e1ad01, navy #000080, oatmeal #d8ccb6,
    ochre #cc7722, off-white #faf9f6, old gold #cfb53b, old rose #c08081, olive #808000, oxblood #571a1c,
    paprika #b23a2a, peach #ffe5b4, pearl grey #d0cfca, periwinkle #ccccff, persimmon #ec5800, petrol #005f6a,
    pewter #8d9095, pine green #01796f, pistachio #93c572, plum #8e4585, poppy red #dc4132, powder blue #b0e0e6,
    powder pink #eed6d6, primrose #ece39a, prussian blue #003153, racing green #004225, raspberry #e30b5c,
    rose gold #b76e79, rosewood #65000b, royal blue #4169e1, ruby #e0115f, russet #80461b, rust #b7410e,
    saffron #f4c430, sage #b2ac88, salmon #fa8072, sand #d8c6a2, sapphire #0f52ba, scarlet #ff2400, seafoam #a3cfbf,
    silver grey #b7b8bb, slate grey #708090, steel grey #6c7176, stone #bab09f, straw #e4d96f, tangerine #f28500,
    taupe #a4968a, taupe grey #8b8589, teal #008080, terracotta #e2725b, tobacco #6e5034, toffee #98683f,
    turquoise #40e0d0, vanilla #f3e5ab, vermilion #e34234, violet #8f00ff, walnut #5c4434, wine #722f37,
    wisteria #c9a0dc
"""
SHOP = [entry.strip().rsplit(" ", 1) for entry in SHOP_NAMES.split(",")]


def names_of(lab: np.ndarray) -> list[str]:
    return [named.name for named in nearest_names(lab)]


def test_every_row_has_a_value_of_its_own_a_family_and_a_source():
    assert {row["source"] for row in ROWS} == {"css", "dictionary", "cloth", "survey"}
    assert all(re.fullmatch("#[0-9a-f]{6}", row["hex"]) for row in ROWS)
    assert len({row["hex"] for row in ROWS}) == len(ROWS)
    assert {row["family"] for row in ROWS} == set(COLOUR.classes) - {"multi"}


@pytest.mark.parametrize("family", ["black", "green", "orange", "pink", "purple"])
def test_a_name_that_ends_in_a_family_belongs_to_it(family):
    """Other words are told by the eye: blue grey is grey or blue, and a pale yellow may be white."""
    assert {row["family"] for row in ROWS if row["name"].split()[-1] == family} == {family}


def test_names_are_spelt_words_that_end_in_a_noun_and_can_be_printed():
    """An unknown word, and so a misspelt, run-together or coarse one, has to be let in here by hand."""
    for name in VALUES:
        *before, last = name.split(" ")
        assert last in WORDS_AFTER, name
        assert set(before) <= WORDS_AFTER | WORDS_BEFORE, name
    assert not any(
        word in WORDS_AFTER | WORDS_BEFORE for word in ("gray", "nasty", "greenish", "darkblue")
    )


@pytest.mark.parametrize("css", sorted(webcolors.names("css3")))
def test_colours_of_css_keep_their_name_in_spaced_words(css):
    value = webcolors.name_to_hex(css)
    (name,) = (row["name"] for row in ROWS if row["hex"] == value)
    british = {"cyan": "aqua", "magenta": "fuchsia"}.get(css, css.replace("gray", "grey"))
    assert name.replace(" ", "") == british


def test_at_least_120_names_of_shops_are_there():
    assert len({name for name, _ in SHOP}) == len(SHOP) >= 120


def test_every_exact_value_has_the_name_that_stands_beside_it():
    assert names_of(ROW_LAB) == [row["name"] for row in ROWS]
    shops = names_of(to_lab(np.array([parse_hex(value) for _, value in SHOP])))
    assert shops == [name for name, _ in SHOP]


def test_the_name_is_the_nearest_by_ciede2000_at_any_lightness():
    random = np.random.default_rng(7)
    rgb = np.concatenate([random.integers(0, top, (150, 3)) for top in (24, 64, 256)])
    rgb = np.concatenate([rgb, 255 - random.integers(0, 32, (150, 3))])
    lab = to_lab(rgb)
    nearest = deltaE_ciede2000(ROW_LAB[None], lab[:, None]).argmin(1)
    assert names_of(lab) == [ROWS[i]["name"] for i in nearest]


@pytest.mark.parametrize(
    ("rgb", "names"),
    [
        ((31, 42, 68), {"dark navy"}),
        ((27, 28, 43), {"midnight", "black"}),
        ((203, 104, 67), {"terracotta"}),
        ((185, 167, 217), {"lavender"}),
        ((216, 198, 162), {"sand"}),
        ((16, 16, 18), {"black"}),
        ((252, 252, 252), {"white"}),
        ((60, 61, 64), {"charcoal"}),
    ],
)
def test_cloths_are_called_as_shops_call_them(rgb, names):
    assert set(names_of(to_lab(np.array([rgb])))) <= names
