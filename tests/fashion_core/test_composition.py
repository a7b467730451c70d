"""A composition is data: what a recipe keeps, and what a stranger may send."""

from __future__ import annotations

import json

import pytest

from fashion_core.composition import BORDERS, Composition
from fashion_core.errors import ClothError


def test_a_composition_survives_json():
    composition = Composition(-12, "both", 55, "C0392B", "#FFFFFF")
    assert composition.contrast == "#c0392b"
    assert Composition.from_dict(json.loads(json.dumps(composition.to_dict()))) == composition
    assert Composition.from_dict({}) == Composition()


@pytest.mark.parametrize(
    ("border", "edges"),
    zip(BORDERS, [(), ("hem",), ("neckline",), ("hem", "neckline")], strict=True),
)
def test_a_border_runs_along_its_edges(border, edges):
    assert Composition(border=border).edges == edges


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"sleeve_angle": 91}, "sleeve angle of a composition is -90 to 90"),
        ({"sleeve_angle": "steep"}, "is a number from -90 to 90"),
        ({"sleeve_angle": True}, "is a number from -90 to 90"),
        ({"border_width": float("nan")}, "is a number from 10 to 120"),
        ({"border_width": 9.9}, "border width of a composition is 10 to 120"),
        ({"border": "cuff"}, "is none, hem, neckline or both"),
        ({"border": ["hem"]}, "is none, hem, neckline or both"),
        ({"contrast": "red"}, "contrast of a composition is a hex colour"),
        ({"lining": 7}, "lining of a composition is a hex colour"),
        ({"lining": None}, "lining of a composition is a hex colour"),
        ({"buttons": 4}, "has no 'buttons'; it has border, border_width"),
    ],
)
def test_what_is_out_of_range_is_said_in_one_sentence(content, said):
    with pytest.raises(ClothError, match=said) as error:
        Composition.from_dict(content)
    assert "\n" not in str(error.value)
