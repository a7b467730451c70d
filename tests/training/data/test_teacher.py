from __future__ import annotations

import zipfile

import numpy as np
import pytest

from training.data import teacher
from training.data.teacher import believed, teacher_file, teacher_masks
from training.errors import DataError


class OfOneLevel:
    """Instead of a network: every mask has the level that stands in the file."""

    def __init__(self, onnx):
        self.level = int(onnx.read_text())

    def soft_mask(self, pixels):
        return np.full((320, 320), self.level, np.uint8)


def test_masks_of_another_teacher_or_of_other_photos_are_made_anew(
    real_sources, monkeypatch, tmp_path
):
    monkeypatch.setattr(teacher, "Teacher", OfOneLevel)
    photos, onnx = real_sources["folder"] / "photos.zip", tmp_path / "teacher.onnx"
    onnx.write_text("10")
    assert (teacher_masks(photos, onnx, tmp_path)[1] == 10).all()
    onnx.write_text("20")
    names, masks = teacher_masks(photos, onnx, tmp_path)
    assert (masks == 20).all()
    assert len(names) == len(masks) == 24
    other = tmp_path / "photos.zip"
    with zipfile.ZipFile(photos) as before, zipfile.ZipFile(other, "w") as after:
        table, *pictures = sorted(before.namelist(), key=lambda n: not n.endswith(".csv"))
        after.writestr(table, before.read(table))
        # The same names, and the first picture under all of them.
        for name in pictures:
            after.writestr(name, before.read(pictures[0]))
    assert teacher_file(other, onnx, tmp_path) != teacher_file(photos, onnx, tmp_path)


def test_a_missing_teacher_is_asked_for(real_sources, tmp_path):
    with pytest.raises(DataError, match=r"none\.onnx is missing"):
        teacher_masks(real_sources["folder"] / "photos.zip", tmp_path / "none.onnx", tmp_path)


def test_only_masks_that_can_be_believed_are():
    soft = np.zeros((10, 10), np.uint8)
    assert not believed(soft)
    soft[2:7, 2:7] = 255
    assert believed(soft)
    soft[soft > 0] = 120
    assert not believed(soft)
