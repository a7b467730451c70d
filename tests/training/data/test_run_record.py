"""A run is closed in itself: what it learns from is decided when it begins, and kept."""

from __future__ import annotations

import pytest

from training.data.run_record import RECORD_FILE, begin, read_record
from training.errors import DataError


def test_a_record_is_written_once_and_read_again(tmp_path):
    asked = []

    def count() -> dict[str, int]:
        asked.append(1)
        return {"images": 7}

    first = begin(tmp_path / "run", {"dresses": "a"}, count, {"labels": "b"})
    assert (tmp_path / "run" / RECORD_FILE).exists()
    again = begin(tmp_path / "run", {"dresses": "a"}, lambda: {"images": 8}, {"labels": "c"})
    assert again == first == read_record(tmp_path / "run")
    assert again.counts == {"images": 7}
    assert again.made_from == {"labels": "b"}
    assert len(asked) == 1


def test_a_run_is_not_resumed_on_other_data(tmp_path):
    begin(tmp_path, {"dresses": "a", "worn": "b"}, dict)
    with pytest.raises(DataError, match=r"began with other data \(dresses\): give it what"):
        begin(tmp_path, {"dresses": "z", "worn": "b"}, dict)


def test_a_run_that_never_began_has_no_record(tmp_path):
    assert read_record(tmp_path) is None
