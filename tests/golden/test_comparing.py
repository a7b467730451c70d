"""What a golden test says of an answer that is not the one in its file."""

from __future__ import annotations

import pytest

from tests.golden.conftest import _differences


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"a": 1, "b": {"c": 2.0}}, []),
        ({"a": 1, "b": {"c": 2.5}}, ["it.b.c: 2.0 is now 2.5"]),
        ({"a": 1, "b": {"c": 2.0}, "d": "much"}, ["it.d is new"]),
        ({"b": {}}, ["it.a is gone", "it.b.c is gone"]),
        ({"b": {"c": 2.0}, "a": 1}, ["it has its keys in another order"]),
    ],
)
def test_every_difference_is_named_and_nothing_else(found, said):
    assert list(_differences({"a": 1, "b": {"c": 2.0}}, found, "it", 0.0, 0.0)) == said
