from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from fashion_core import BoxError
from fashion_core.checkpoint import DEFAULT_ROOT
from fashion_core.cutout import (
    FRAME_SHARE,
    TRUSTED,
    GarmentFinder,
    expected_iou,
    frame,
    iou,
    refine_edge,
    same_frame,
)
from fashion_core.errors import MaskError
from tests.conftest import VIEW, blind_segmenter
from tests.drawing import draw_dress

SHIPPED = pytest.mark.skipif(
    not (DEFAULT_ROOT / "cutout" / "config.json").exists(), reason="no cut-out network is shipped"
)


@pytest.fixture(scope="module")
def blind():
    """A finder whose network sees nothing: only plain grounds can help it."""
    return GarmentFinder(blind_segmenter(), VIEW, torch.device("cpu"))


@pytest.fixture(scope="module")
def finder():
    return GarmentFinder.load(device="cpu")


def enlarged(mask: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    large = Image.fromarray(mask).resize(shape[::-1], Image.Resampling.BILINEAR)
    return np.asarray(large)


@pytest.mark.parametrize("ground", ["white", "panel"])
def test_the_dress_is_found_on_plain_and_panelled_ground_by_its_border(blind, ground):
    image, truth = draw_dress(ground=ground)
    found = blind.find(image)
    assert found.method == "border"
    assert iou(found.mask, truth) > 0.96
    assert found.confidence > 0.6
    x0, y0, x1, y1 = found.box
    assert abs(y0 - 40) < 8
    assert abs(y1 - 361) < 8
    assert 0 <= x0 < x1 <= 400


@SHIPPED
@pytest.mark.parametrize("profile", ["full", "fast"])
def test_the_dress_is_found_on_wood_by_the_shipped_network(profile):
    image, truth = draw_dress(ground="wood")
    found = GarmentFinder.load(device="cpu", profile=profile).find(image)
    assert found.method in {"network", "border"}
    assert found.confidence > TRUSTED
    assert iou(enlarged(found.mask, truth.shape), truth) > 0.85


def test_large_photos_get_a_box_in_their_own_pixels_and_a_small_mask(blind):
    image, truth = draw_dress(size=(1500, 2000))
    found = blind.find(image)
    assert max(found.mask.shape) <= 512
    assert found.mask.shape == found.pixels.shape[:2]
    assert iou(enlarged(found.mask, truth.shape), truth) > 0.96
    rows = np.flatnonzero(truth.any(1))
    assert abs(found.box[1] - rows[0]) < 20
    assert abs(found.box[3] - rows[-1]) < 20


def test_where_nothing_stands_out_the_whole_picture_is_read_and_said_so(blind):
    found = blind.find(Image.new("RGB", (300, 200), (250, 250, 250)))
    assert found.method == "whole"
    assert found.box == (0, 0, 300, 200)
    assert found.mask.all()
    assert found.confidence <= TRUSTED


def test_a_users_box_is_kept_to_and_may_be_drawn_from_any_corner(blind):
    image, _ = draw_dress(ground="wood", size=(500, 700))
    found = blind.find(image, box=(400, 650, 100, 50))
    assert found.method == "box"
    assert np.abs(np.subtract(found.box, (100, 50, 400, 650))).max() <= 3
    outside = found.mask.copy()
    h, w = outside.shape
    outside[50 * h // 700 - 1 : 650 * h // 700 + 2, 100 * w // 500 - 1 : 400 * w // 500 + 2] = False
    assert not outside.any()


@pytest.mark.parametrize("box", [(-50, -50, 9000, 9000), (499, 699, 600, 701), (-5, 3, 1, 4)])
def test_of_a_box_the_part_in_the_picture_counts(blind, box):
    image, _ = draw_dress(size=(500, 700))
    x0, y0, x1, y1 = blind.find(image, box=box).box
    assert 0 <= x0 < x1 <= 500
    assert 0 <= y0 < y1 <= 700


@pytest.mark.parametrize(
    ("box", "sentence"),
    [
        ((499, 699, 499, 699), "is empty"),
        ((0, 0, 0, 0), "is empty"),
        ((100, 50, 100, 400), "is empty"),
        (
            (500, 0, 900, 700),
            "lies outside the picture: the picture is 500 pixels wide and 700 high",
        ),
        ((-90, -90, 0, 0), "lies outside"),
        ((0, 700, 500, 900), "lies outside"),
        ((1, 2, 3), "A box is four numbers"),
        ((float("nan"), 0, 9, 9), "A box is four numbers"),
        ((0, 0, float("inf"), 9), "A box is four numbers"),
        ("dress", "A box is four numbers"),
    ],
)
def test_a_box_without_any_pixel_of_the_picture_is_refused_with_a_sentence(blind, box, sentence):
    image, _ = draw_dress(size=(500, 700))
    with pytest.raises(BoxError, match=sentence):
        blind.find(image, box=box)


@SHIPPED
def test_a_box_chooses_between_two_garments(finder):
    left, truth = draw_dress(colour=(150, 30, 40), ground="wood")
    right, _ = draw_dress(colour=(30, 60, 150), ground="wood")
    both = Image.new("RGB", (800, 400))
    both.paste(left, (0, 0))
    both.paste(right, (400, 0))
    found = finder.find(both, box=(80, 20, 330, 380))
    mask = enlarged(found.mask, (400, 800))
    assert not mask[:, 400:].any()
    assert iou(mask[:, :400], truth) > 0.8


@pytest.mark.parametrize("scale", [1, 0.5])
@pytest.mark.parametrize("kind", [np.bool_, np.uint8])
def test_a_mask_that_is_given_is_the_cut_out(blind, scale, kind):
    image, truth = draw_dress(ground="wood", size=(600, 801))
    size = round(600 * scale), round(801 * scale)
    given = np.asarray(Image.fromarray(truth).resize(size)).astype(kind)
    found = blind.find(image, mask=given if kind == np.bool_ else given * np.uint8(255))
    assert (found.method, found.confidence) == ("mask", 1.0)
    rows, columns = np.flatnonzero(truth.any(1)), np.flatnonzero(truth.any(0))
    box = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
    assert np.abs(np.subtract(found.box, box)).max() <= 4
    assert iou(enlarged(found.mask, truth.shape), truth) > 0.97


def test_a_mask_of_a_small_garment_is_not_doubted(blind):
    given = np.zeros((600, 800), np.bool_)
    given[300:320, 400:430] = True
    found = blind.find(Image.new("RGB", (800, 600)), mask=given)
    assert found.method == "mask"
    assert np.abs(np.subtract(found.box, (400, 300, 430, 320))).max() <= 3


@pytest.mark.parametrize(
    ("mask", "sentence"),
    [
        (np.ones((600, 800), np.bool_), "The mask is 800 x 600 and the picture 600 x 800"),
        (np.ones((1600, 1200), np.bool_), "or of a smaller copy"),
        (np.zeros((800, 600), np.bool_), "Nothing is left in the mask"),
        (np.full((800, 600), 127, np.uint8), "Nothing is left in the mask"),
        (np.ones((800, 600, 3), np.bool_), "one layer of bool or uint8"),
        (np.ones((800, 600), np.float32), "the type float32"),
        (np.ones((0, 0), np.bool_), "the shape"),
    ],
)
def test_a_mask_that_does_not_fit_is_refused(blind, mask, sentence):
    with pytest.raises(MaskError, match=sentence):
        blind.find(Image.new("RGB", (600, 800)), mask=mask)


def test_the_framed_garment_takes_its_share_of_a_white_square(blind):
    image, _ = draw_dress(colour=(10, 10, 10))
    framed = np.asarray(frame(image, blind.find(image), 256))
    assert framed.shape == (256, 256, 3)
    assert (framed[0] == 255).all()
    rows = np.flatnonzero((framed < 128).all(2).any(1))
    assert abs((rows[-1] - rows[0] + 1) / 256 - FRAME_SHARE) < 0.03
    assert abs((rows[0] + rows[-1]) / 2 - 127.5) < 4


@pytest.mark.parametrize("size", [(500, 700), (1500, 2000), (90, 64)])
def test_photo_and_cutout_share_one_frame(blind, size):
    image, _ = draw_dress(size=size)
    photo, cut = same_frame(image, blind.find(image))
    assert photo.size == cut.size
    a, b = np.asarray(photo, int), np.asarray(cut, int)
    kept = (b < 250).any(2)
    assert kept.any()
    assert np.abs(a - b)[kept].mean() < 12


def test_the_expected_iou_is_one_for_a_sure_mask_and_falls_with_doubt():
    mask = np.zeros((8, 8), bool)
    mask[2:6, 2:6] = True
    assert expected_iou(mask.astype(np.float32), mask) == pytest.approx(1)
    assert expected_iou(np.where(mask, 0.7, 0.1).astype(np.float32), mask) == pytest.approx(
        0.7 * 16 / (16 + 0.1 * 48)
    )
    assert expected_iou(np.zeros((8, 8), np.float32), np.zeros((8, 8), bool)) == 0


def test_a_coarse_edge_is_drawn_to_the_edge_of_the_picture():
    image, truth = draw_dress(colour=(20, 20, 20))
    coarse = Image.fromarray((truth * 255).astype(np.uint8)).resize((50, 50)).resize((400, 400))
    soft = np.asarray(coarse, np.float32) / 255
    refined = refine_edge(soft, np.asarray(image))
    assert 0 <= refined.min() <= refined.max() <= 1
    assert iou(refined > 0.5, truth) > iou(soft > 0.5, truth)


@SHIPPED
def test_the_same_picture_gives_the_same_mask(finder):
    image, _ = draw_dress(ground="wood")
    assert np.array_equal(finder.find(image).mask, finder.find(image).mask)
