from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from fashion_core import Cloth, ClothError, Designer, DesignRecipe, RecipeError, WishError
from fashion_core.cloth.chosen import between, chosen_cloth
from fashion_core.cloth.palettes import MULTI
from fashion_core.cloth_colour import MANY_COLOURED, cloth_in_colour, is_called
from fashion_core.exports import png_bytes
from fashion_core.form_designer import parse_size


@pytest.fixture(scope="module")
def designer(form_root) -> Designer:
    return Designer.load(form_root, device="cpu")


def test_form_and_cloth_are_the_default_generator_under_the_name_studio(designer):
    assert designer.name == "studio"
    assert designer.image_size == (768, 512)
    assert designer.conditions["pattern"][0] == "floral"
    assert "multi" in designer.conditions["colour"]
    assert designer.conditions["length"] == ("3-4", "knee", "long", "short")


def test_a_recipe_and_a_size_give_the_same_bytes_alone_and_after_a_sheet(designer):
    recipes = designer.sample(6, seed=7)
    alone = png_bytes(designer.render(recipes[4]), recipes[4], designer)
    designer.preview(recipes)
    decoded = DesignRecipe.decode(recipes[4].encode())
    assert decoded == recipes[4]
    assert png_bytes(designer.render(decoded), decoded, designer) == alone
    assert designer.render(decoded, (256, 384)).size == (256, 384)
    assert designer.sample(6, seed=7)[4] == designer.sample(8, seed=7)[4]


def test_a_large_picture_is_the_same_composition_as_a_small_one(designer):
    recipe = designer.sample(1, seed=3, wishes={"pattern": "polkadots"})[0]
    small, large = (np.asarray(designer.render(recipe, s)) for s in ((256, 384), (512, 768)))
    shrunk = large.reshape(384, 2, 256, 2, 3).mean((1, 3))
    assert np.abs(shrunk - small).mean() < 4


def test_previews_show_what_renders_show(designer):
    recipes = designer.sample(3, seed=1)
    for shown, recipe in zip(designer.preview(recipes, batch=2), recipes, strict=True):
        apart = np.abs(
            np.asarray(shown, int) - np.asarray(designer.render(recipe, (256, 384)), int)
        )
        assert (apart > 1).mean() < 0.001


def test_pattern_and_colour_choose_the_cloth_and_the_rest_the_form(designer):
    (any_,) = designer.sample(1, seed=5)
    (red,) = designer.sample(1, seed=5, wishes={"pattern": "stripes", "colour": "red"})
    assert red.cloth is not None
    assert red.cloth.kind == "stripes"
    assert np.array_equal(designer.form(any_).alpha, designer.form(red).alpha)
    (long,) = designer.sample(1, seed=5, wishes={"sleeve_length": "long"})
    assert not np.array_equal(designer.form(any_).alpha, designer.form(long).alpha)


def test_fields_of_a_cloth_are_taken_over_and_a_wrong_one_is_refused(designer):
    cloth = {"family": "breton", "palette": ("#102030", "#ffffff"), "scale": 2.0}
    (recipe,) = designer.sample(1, seed=5, wishes={"pattern": "stripes"}, cloth=cloth)
    assert recipe.cloth is not None
    assert (recipe.cloth.family, recipe.cloth.palette[0], recipe.cloth.scale) == (
        "breton",
        "#102030",
        2.0,
    )
    with pytest.raises(ClothError, match="no family of lace"):
        designer.sample(1, wishes={"pattern": "lace"}, cloth=cloth)


def test_another_cloth_leaves_the_form_exactly_as_it_is(designer):
    (recipe,) = designer.sample(1, seed=2)
    other = replace(recipe, cloth=Cloth("floral", seed=9))
    assert designer.form(other) is designer.form(recipe)


def test_edits_move_the_form_along_named_directions(designer):
    (recipe,) = designer.sample(1, seed=2)
    longer = replace(recipe, edits=(("length", 2.0),))
    assert not np.array_equal(designer.form(longer).alpha, designer.form(recipe).alpha)
    with pytest.raises(
        RecipeError, match="no direction 'collar'; there are: sleeve_length, length"
    ):
        designer.render(replace(recipe, edits=(("collar", 1.0),)))


def test_a_recipe_without_a_cloth_is_refused_and_so_is_one_of_other_weights(designer):
    (recipe,) = designer.sample(1, seed=2)
    with pytest.raises(RecipeError, match="no cloth"):
        designer.render(replace(recipe, cloth=None))
    with pytest.raises(RecipeError, match="needs the weights 3fa93fa93fa9 of studio"):
        designer.render(replace(recipe, weights="3fa93fa93fa9"))


@pytest.mark.parametrize(
    "text", ["", "512", "512x", "100x150", "4096x6144", "768x512", "axb", "512x512"]
)
def test_a_size_that_cannot_be_drawn_is_refused(text):
    with pytest.raises(WishError, match=r"size|cannot be drawn"):
        parse_size(text)


def test_sizes_are_two_to_three():
    assert parse_size(" 1024x1536") == (1024, 1536)
    assert parse_size("300×450") == (300, 450)


def test_a_morph_begins_and_ends_with_its_two_designs(designer):
    a, b = designer.sample(2, seed=4)
    frames = designer.interpolate(a, b, 5)
    assert len(frames) == 5
    for frame, end in ((frames[0], a), (frames[-1], b)):
        apart = np.abs(np.asarray(frame, int) - np.asarray(designer.render(end, (256, 384)), int))
        assert (apart > 1).mean() < 0.001
    steps = [np.abs(np.asarray(x, int) - np.asarray(y, int)).mean() for x, y in pairwise(frames)]
    assert max(steps) < 3 * np.mean(steps)


def test_relatives_keep_the_cloth(designer):
    (recipe,) = designer.sample(1, seed=4)
    relatives = designer.vary(recipe, 2)
    assert all(relative.cloth == recipe.cloth for relative in relatives)
    assert relatives[0].latent != relatives[1].latent


def test_a_cloth_between_two_has_a_palette_between():
    a, b = (
        Cloth("stripes", palette=("#000000",), scale=1.0),
        Cloth("stripes", palette=("#ffffff", "#ff0000"), scale=4.0),
    )
    half = between(a, b, 0.5)
    assert half.scale == pytest.approx(2.0)
    assert len(half.palette) == 2
    assert half.palette[0] == "#777777"
    assert between(a, b, 0) == a


def test_a_cloth_that_nobody_chose_follows_from_its_seed():
    assert chosen_cloth(5) == chosen_cloth(5)
    assert {chosen_cloth(seed).kind for seed in range(60)} == {
        "floral",
        "lace",
        "polkadots",
        "print",
        "stripes",
        "unicolors",
    }
    assert chosen_cloth(3, kind="lace", colour=MULTI).kind == "lace"


def test_an_edited_design_keeps_what_was_not_changed(designer):
    (recipe,) = designer.sample(1, seed=2, wishes={"pattern": "stripes"})
    once = designer.edited(recipe, [("length", 1.0)], cloth={"scale": 2.0})
    twice = designer.edited(once, [("length", 0.5), ("flare", -1.0)], wishes={"pattern": "lace"})
    assert once.cloth is not None
    assert twice.cloth is not None
    assert (once.cloth.kind, once.cloth.scale, once.edits) == ("stripes", 2.0, (("length", 1.0),))
    assert dict(twice.edits) == {"length": 1.5, "flare": -1.0}
    assert twice.cloth.kind == "lace"
    assert designer.edited(recipe, cloth={"kind": "floral"}).cloth.kind == "floral"
    assert designer.edited(once, [("length", -1.0)]).edits == ()
    with pytest.raises(RecipeError, match="no direction"):
        designer.edited(recipe, [("collar", 1.0)])


@pytest.mark.parametrize(("colour", "least"), [("red", 6), ("white", 5), ("green", 6), (MULTI, 5)])
def test_a_wish_for_a_colour_chooses_a_cloth_that_is_called_by_it(designer, colour, least):
    recipes = designer.sample(6, seed=11, wishes={"colour": colour})
    assert sum(is_called(recipe.cloth, colour) for recipe in recipes) >= least
    assert recipes == designer.sample(6, seed=11, wishes={"colour": colour})


def test_many_colours_are_wanted_of_families_that_show_them_unless_one_is_given():
    for seed in range(6):
        cloth = cloth_in_colour(seed, None, MULTI, {})
        assert cloth.family in MANY_COLOURED[cloth.kind]
    assert cloth_in_colour(1, "floral", MULTI, {"family": "ditsy"}).family == "ditsy"


def test_a_palette_that_is_given_overrules_the_colour():
    cloth = cloth_in_colour(3, "stripes", "red", {"palette": ("#102030", "#ffffff")})
    assert cloth.palette == ("#102030", "#ffffff")


def test_a_form_is_placed_along_directions_and_back(designer):
    (recipe,) = designer.sample(1, seed=7)
    placed = designer.placed(recipe, {"flare": 1.25, "waist": -0.5})
    assert placed.edits == (("flare", 1.25), ("waist", -0.5))
    assert designer.placed(placed, {"flare": 0.1}).edits == (("flare", 0.1), ("waist", -0.5))
    assert designer.placed(placed, {"flare": 0, "waist": 0}) == recipe
    with pytest.raises(RecipeError, match="no direction"):
        designer.placed(recipe, {"charm": 1})


def test_one_side_is_drawn_anew_and_the_other_stays(designer):
    a, b = designer.sample(2, seed=7, wishes={"pattern": "lace", "colour": "black"})
    moved = designer.placed(a, {"flare": 1.0})
    form = designer.another_form(moved, 3)
    assert (form.seed, form.edits, form.cloth, form.wishes) == (3, (), a.cloth, a.wishes)
    cloth = designer.another_cloth(moved, 3)
    assert replace(cloth, cloth=moved.cloth) == moved
    assert (cloth.cloth.kind, cloth.cloth.seed == a.cloth.seed) == ("lace", False)
    joined = designer.in_cloth_of(a, b)
    assert (joined.seed, joined.cloth) == (a.seed, b.cloth)


def test_a_mixed_form_lies_between_two(designer):
    a, b = designer.sample(2, seed=7)
    assert designer.latent(designer.mixed(a, b, 0)) == pytest.approx(designer.latent(a))
    assert designer.latent(designer.mixed(a, b, 1)) == pytest.approx(designer.latent(b))
    half = designer.mixed(a, b, 0.5)
    assert half.cloth == a.cloth
    assert DesignRecipe.decode(half.encode()) == half
