from __future__ import annotations

import pytest

from fashion_core import Designer, RecipeError
from fashion_core.others import KINDS, other_cloths, other_cuts


@pytest.fixture(scope="module")
def designer(form_root) -> Designer:
    return Designer.load(form_root, device="cpu")


def test_other_cloths_keep_the_cut_and_are_one_of_each_kind(designer):
    (design,) = designer.sample(1, 3, {"length": "long"})
    others = other_cloths(design)
    assert [other.recipe.own_cloth().kind for other in others] == list(KINDS)
    assert {(o.recipe.seed, o.recipe.wishes["length"]) for o in others} == {(design.seed, "long")}
    assert all(o.words.startswith(o.recipe.own_cloth().family.capitalize()) for o in others)


def test_other_cuts_keep_the_cloth_and_say_what_they_are(designer):
    (design,) = designer.sample(1, 3)
    others = other_cuts(designer, design)
    assert {other.recipe.cloth for other in others} == {design.cloth}
    assert len({other.recipe.seed for other in others}) == 6
    assert others[1].words == "Long sleeves, V neck"
    assert others[1].recipe.wishes == {"sleeve_length": "long", "neckline": "v"}
    designer.preview([other.recipe for other in others])


def test_the_next_row_has_others_and_the_same_row_the_same(designer):
    (design,) = designer.sample(1, 3)
    assert other_cloths(design, 1) == other_cloths(design, 1)
    assert other_cloths(design, 1) != other_cloths(design)
    assert other_cuts(designer, design, 1) == other_cuts(designer, design, 1)
    assert other_cuts(designer, design, 1) != other_cuts(designer, design)


def test_a_generator_that_draws_its_own_cloth_has_no_others(form_root):
    classic = Designer.load(form_root, "dcgan-64", "cpu")
    (design,) = classic.sample(1, 3)
    with pytest.raises(RecipeError, match="draws form and cloth at once"):
        other_cloths(design)
    with pytest.raises(RecipeError, match="draws form and cloth at once"):
        other_cuts(classic, design)
