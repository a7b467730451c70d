from __future__ import annotations

import zipfile

import numpy as np
import pytest

from tests.training.conftest import BOUNDARY, draw, encode, record, write_zip
from training.data.shop import SHOP_CLASSES, find_panel, prepare, read_rows, whiten_panel
from training.errors import DataError


def test_zip_and_unpacked_folder_read_alike(drawn_zip, tmp_path):
    with zipfile.ZipFile(drawn_zip) as archive:
        archive.extractall(tmp_path)
    assert read_rows(tmp_path) == read_rows(drawn_zip)


def test_two_labels_in_one_group_are_an_error_that_names_the_row(drawn_rows, tmp_path):
    rows, images = [dict(r) for r in drawn_rows[0]], drawn_rows[1]
    rows[3]["pattern_lace"] = "1"
    with pytest.raises(DataError, match=r"Row 5 .*two labels for pattern"):
        read_rows(write_zip(tmp_path / "d.zip", rows, images))


def test_a_missing_image_is_named(drawn_rows, tmp_path):
    rows, images = drawn_rows[0], dict(drawn_rows[1])
    del images[rows[7]["img_path"]]
    with pytest.raises(DataError, match=f"Row 9: the image {rows[7]['img_path']} is missing"):
        read_rows(write_zip(tmp_path / "d.zip", rows, images))


def test_a_corrupt_image_is_named(drawn_rows, tmp_path):
    rows, images = drawn_rows[0], dict(drawn_rows[1])
    images[rows[7]["img_path"]] = b"\xff\xd8 no jpeg"
    with pytest.raises(DataError, match=f"{rows[7]['img_path']} is corrupt"):
        prepare(write_zip(tmp_path / "d.zip", rows, images), tmp_path, 32)


def test_wrong_columns_and_odd_values_are_named(tmp_path):
    path = tmp_path / "d.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("images/fashion/img_attr_dresses.csv", "img_path,pattern_lace\n")
    with pytest.raises(DataError, match="lacks the columns"):
        read_rows(path)
    row = {**record("dresses/a.jpg"), "fit_tight": "yes"}
    with pytest.raises(DataError, match=r"Row 2 .*fit_tight should be 0 or 1"):
        read_rows(write_zip(path, [row], {"dresses/a.jpg": encode(draw(1))}))


#: Those that are read of the public table.
COLUMNS = (
    "color_beige,color_black,color_blue,color_gray,color_green,color_pink,color_red,color_white,color_yellow,"
    "length_3-4,length_knee,length_long,length_normal,length_short,pattern_floral,pattern_lace,pattern_polkadots,"
    "pattern_print,pattern_stripes,pattern_unicolors,neckline_back,neckline_deep,neckline_lined,neckline_round,"
    "neckline_v,neckline_wide,sleeve_length_half,sleeve_length_long,sleeve_length_short,sleeve_length_sleeveless,"
    "fit_loose,fit_normal,fit_tight,occasion_casual,occasion_party"
)


def test_no_column_is_asked_for_that_the_public_table_lacks():
    """Whatever the taxonomy comes to know: nobody can add tags to photos of shops."""
    asked = {f"{key}_{name}" for key, classes in SHOP_CLASSES.items() for name in classes}
    assert asked == set(COLUMNS.split(","))


def test_what_is_no_data_set_is_said(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        read_rows(tmp_path / "nothing.zip")
    (tmp_path / "text.zip").write_text("hello")
    with pytest.raises(DataError, match="not a zip file"):
        read_rows(tmp_path / "text.zip")


@pytest.mark.parametrize("encoding", ["uint8", "webp"])
def test_a_second_prepare_does_nothing(drawn_zip, tmp_path, encoding):
    first = prepare(drawn_zip, tmp_path, 48, encoding, BOUNDARY)
    files = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()}
    second = prepare(drawn_zip, tmp_path, 48, encoding, BOUNDARY)
    assert files == {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()}
    assert first.images.shape == (60, 48, 48, 3)
    assert np.array_equal(first.images, second.images)
    assert first.rows == second.rows


def test_the_report_counts_labels_and_finds_duplicates(drawn_rows, tmp_path):
    rows, images = drawn_rows[0], dict(drawn_rows[1])
    images[rows[1]["img_path"]] = images[rows[3]["img_path"]]
    report = prepare(write_zip(tmp_path / "d.zip", rows, images), tmp_path, 16).report
    assert report["images"] == 60
    assert report["attributes"]["pattern"]["stripes"] == 30
    assert report["attributes"]["sleeve_length"]["not labelled"] == 20
    assert report["exact duplicates"] == [[rows[1]["img_path"], rows[3]["img_path"]]]


def test_the_grey_panel_becomes_white_and_leaves_no_seam():
    image = draw(2, panel=True)
    assert find_panel(image) == slice(40, 216)
    assert find_panel(draw(2)) is None
    whitened = whiten_panel(image)
    assert (whitened[:, 34:46] == 255).all()
    assert np.array_equal(whiten_panel(draw(2)), draw(2))
