from __future__ import annotations

import base64
import json
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fashion_core import DesignRecipe, RecipeError

GOOD = {"model": "dcgan-64", "weights": "0123456789ab", "seed": 5, "truncation": 1.0, "wishes": {}, "edits": []}  # fmt: skip


def packed(content: object) -> str:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return "toile1." + base64.urlsafe_b64encode(zlib.compress(text)).decode().rstrip("=")


@given(
    st.integers(0, 2**64 - 1),
    st.floats(0, 1, width=32),
    st.dictionaries(st.sampled_from(["pattern", "colour"]), st.text(max_size=12)),
    st.lists(st.tuples(st.text(min_size=1, max_size=9), st.floats(-5, 5)), max_size=4),
)
def test_a_seeded_recipe_comes_back_exactly(seed, truncation, wishes, edits):
    recipe = DesignRecipe(
        "studio",
        "0123456789ab",
        seed=seed,
        truncation=truncation,
        wishes=wishes,
        edits=tuple(edits),
    )
    assert DesignRecipe.decode(recipe.encode()) == recipe


def test_a_latent_recipe_comes_back_to_the_last_bit():
    latent = np.random.default_rng(1).standard_normal(100).astype(np.float32)
    recipe = DesignRecipe("dcgan-64", "0123456789ab", latent=tuple(latent.tolist()))
    assert DesignRecipe.decode(recipe.encode()).latent == recipe.latent
    assert len(recipe.encode()) < 1000


def test_the_text_is_short_and_safe_in_a_link():
    text = DesignRecipe("dcgan-64", "0123456789ab", seed=2**48).encode()
    assert text.startswith("toile1.")
    assert len(text) < 200
    assert not set(text) & set("+/=&?# ")


def test_surrounding_white_space_is_forgiven():
    recipe = DesignRecipe("dcgan-64", "0123456789ab", seed=1)
    assert DesignRecipe.decode(f"  {recipe.encode()}\n") == recipe


@pytest.mark.parametrize(
    "text",
    ["", "hello", "toile2.abc", "toile1.", "toile1.!!!", "toile1." + "A" * 20_000, None, 7],
)
def test_what_is_no_recipe_is_said(text):
    with pytest.raises(RecipeError, match="not a recipe"):
        DesignRecipe.decode(text)


@pytest.mark.parametrize(
    "change",
    [
        {"seed": -1}, {"seed": 2**64}, {"seed": True}, {"seed": "5"}, {"seed": None},
        {"latent": "AAAA"}, {"seed": None, "latent": "not base64"},
        {"seed": None, "latent": base64.b64encode(np.float32([np.nan]).tobytes()).decode()},
        {"truncation": "1"}, {"truncation": 9}, {"truncation": True}, {"wishes": {"pattern": 1}},
        {"wishes": []}, {"edits": [["x"]]}, {"edits": [[1, 1.0]]}, {"edits": [["x", 1e9]]},
        {"model": "../etc"}, {"model": ""}, {"weights": "xyz"}, {"unknown": 1},
    ],
)  # fmt: skip
def test_hostile_fields_are_refused_as_damage(change):
    with pytest.raises(RecipeError):
        DesignRecipe.decode(packed({**GOOD, **change}))


def test_bombs_deep_nesting_and_cut_texts_are_refused():
    bomb = packed(b" " * 10_000_000)
    nested = packed(b"[" * 30_000)
    whole = DesignRecipe("dcgan-64", "0123456789ab", seed=1).encode()
    for text in (bomb, nested, whole[:-6], packed(GOOD)[:20], packed([1])):
        with pytest.raises(RecipeError):
            DesignRecipe.decode(text)


def test_a_recipe_needs_a_seed_or_a_latent_and_not_both():
    with pytest.raises(RecipeError):
        DesignRecipe("dcgan-64", "0123456789ab")
    with pytest.raises(RecipeError):
        DesignRecipe("dcgan-64", "0123456789ab", seed=1, latent=(0.0,))
