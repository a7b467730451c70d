from __future__ import annotations

import numpy as np
import pytest

from fashion_core import CheckpointError, Designer, DesignRecipe, RecipeError, WishError
from fashion_core.exports import png_bytes
from tests.conftest import add_tiny_studio


@pytest.fixture(scope="module")
def designer(tiny_root) -> Designer:
    return Designer.load(tiny_root, device="cpu")


def test_the_default_generator_is_the_best_that_is_there(designer, tiny_root):
    assert designer.name == "dcgan-64"
    assert Designer.available(tiny_root) == ["dcgan-64"]
    assert designer.image_size == (64, 64)
    assert designer.learnt_from == "Learnt from drawn dresses."
    assert len(designer.weights) == 12


def test_a_missing_generator_names_those_that_are_there(tiny_root, tmp_path):
    with pytest.raises(CheckpointError, match="there are: dcgan-64"):
        Designer.load(tiny_root, "studio")
    with pytest.raises(CheckpointError, match="none"):
        Designer.load(tmp_path)


def test_design_five_is_the_same_whatever_the_sheets_size(designer):
    assert designer.sample(16, seed=7)[4] == designer.sample(8, seed=7)[4]
    assert designer.sample(2, seed=7) != designer.sample(2, seed=8)


def test_a_recipe_gives_the_same_bytes_alone_and_after_a_sheet(designer):
    recipes = designer.sample(16, seed=7)
    alone = png_bytes(designer.render(recipes[4]), recipes[4], designer)
    for recipe in recipes:
        designer.render(recipe)
    decoded = DesignRecipe.decode(recipes[4].encode())
    assert png_bytes(designer.render(decoded), decoded, designer) == alone


def test_previews_show_what_renders_show(designer):
    recipes = designer.sample(5, seed=1)
    for shown, recipe in zip(designer.preview(recipes, batch=2), recipes, strict=True):
        difference = np.abs(np.asarray(shown, int) - np.asarray(designer.render(recipe), int))
        assert difference.max() <= 1
    assert designer.preview([]) == []


def test_a_recipe_for_other_weights_says_which_are_needed(designer):
    other = DesignRecipe("dcgan-64", "3fa93fa93fa9", seed=1)
    with pytest.raises(
        RecipeError, match=f"needs the weights 3fa93fa93fa9.*has {designer.weights}"
    ):
        designer.render(other)


def test_a_latent_of_another_size_and_unknown_edits_are_refused(designer):
    with pytest.raises(RecipeError, match="has 3 numbers"):
        designer.render(DesignRecipe("dcgan-64", designer.weights, latent=(0.0, 1.0, 2.0)))
    with pytest.raises(RecipeError, match="no direction"):
        designer.render(
            DesignRecipe("dcgan-64", designer.weights, seed=1, edits=(("longer", 1.0),))
        )


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"hem": "long"}, "no wish 'hem'"),
        ({"pattern": "tartan"}, "'tartan' is no pattern"),
        ({"pattern": "floral"}, "takes no wishes"),
    ],
)
def test_wishes_that_cannot_be_met_are_said(designer, wishes, words):
    with pytest.raises(WishError, match=words):
        designer.sample(1, wishes=wishes)


@pytest.mark.parametrize(("count", "seed"), [(0, 1), (257, 1), (1, -1)])
def test_counts_and_seeds_have_bounds(designer, count, seed):
    with pytest.raises(WishError):
        designer.sample(count, seed)


def test_the_morph_begins_and_ends_with_its_designs(designer):
    a, b = designer.sample(2, seed=3)
    frames = designer.interpolate(a, b, 7)
    assert len(frames) == 7
    assert frames[0].tobytes() == designer.render(a).tobytes()
    assert frames[-1].tobytes() == designer.render(b).tobytes()
    with pytest.raises(WishError, match="1 frames"):
        designer.interpolate(a, b, 1)


def test_variations_are_near_and_repeatable(designer):
    recipe = designer.sample(1, seed=3)[0]
    varied = designer.vary(recipe, 3, seed=1, strength=0.3)
    assert varied == designer.vary(recipe, 3, seed=1, strength=0.3)
    base = designer.latent(recipe)
    other = designer.latent(designer.sample(2, seed=3)[1])
    far = np.linalg.norm(base - other)
    assert all(np.linalg.norm(base - designer.latent(v)) < far for v in varied)
    assert DesignRecipe.decode(varied[0].encode()) == varied[0]


@pytest.fixture(scope="module")
def studio(tmp_path_factory) -> Designer:
    root = tmp_path_factory.mktemp("studio")
    add_tiny_studio(root)
    return Designer.load(root, device="cpu")


def test_wishes_change_the_design_and_any_is_a_wish_of_its_own(studio):
    asked = [{}, {"colour": "red"}, {"colour": "blue"}, {"colour": "red", "pattern": "floral"}]
    drawn = {png_bytes(studio.render(studio.sample(1, 7, wishes)[0])) for wishes in asked}
    assert len(drawn) == len(asked)
    again = studio.render(DesignRecipe.decode(studio.sample(1, 7, asked[1])[0].encode()))
    assert png_bytes(again) in drawn
    assert again.size == (16, 24)


def test_an_unknown_wish_names_those_that_there_are(studio):
    with pytest.raises(WishError, match="no colour; there are beige, black"):
        studio.sample(1, 7, {"colour": "puce"})
    with pytest.raises(WishError, match="no wish 'collar'; there are pattern"):
        studio.sample(1, 7, {"collar": "high"})


def test_a_walk_between_wishes_starts_and_ends_with_them(studio):
    a, b = studio.sample(1, 1, {"colour": "red"})[0], studio.sample(1, 1, {"colour": "blue"})[0]
    walk = studio.interpolate(a, b, 5)
    assert len(walk) == 5
    assert [png_bytes(walk[0]), png_bytes(walk[-1])] == [
        png_bytes(studio.render(r)) for r in (a, b)
    ]
    # The latent is the same all the way: what changes are the wishes.
    assert len({png_bytes(frame) for frame in walk}) == 5


def test_relatives_keep_the_wishes(studio):
    recipe = studio.sample(1, 1, {"pattern": "stripes"})[0]
    assert {r.wishes["pattern"] for r in studio.vary(recipe)} == {"stripes"}


def test_a_wish_that_could_not_be_learnt_counts_as_any_and_says_so(studio):
    assert studio.not_learnt({"colour": "red", "fit": "tight"}) == []
    assert "length 'normal'" in studio.not_learnt({"length": "normal"})[0]
    drawn = {
        png_bytes(studio.render(studio.sample(1, 7, w)[0])) for w in ({}, {"length": "normal"})
    }
    assert len(drawn) == 1
    # The class after it keeps its own place.
    assert png_bytes(studio.render(studio.sample(1, 7, {"length": "short"})[0])) not in drawn
