from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image

from fashion_core.cutout import GarmentFinder, iou
from fashion_core.imaging import open_picture
from tests.conftest import VIEW, blind_segmenter
from tests.drawing import draw_dress


@pytest.fixture(scope="module")
def blind():
    """A finder whose network sees nothing: only plain grounds and outlines can help it."""
    return GarmentFinder(blind_segmenter(), VIEW, torch.device("cpu"))


def cut_out(
    colour: tuple[int, int, int], size: tuple[int, int], kind: str = "PNG"
) -> tuple[bytes, np.ndarray]:
    """A dress on nothing, and its mask."""
    picture, mask = draw_dress(colour, size=size)
    picture.putalpha(Image.fromarray(mask.astype(np.uint8) * 255))
    file = io.BytesIO()
    picture.save(file, kind, **({"lossless": True} if kind == "WEBP" else {}))
    return file.getvalue(), mask


def box_of(mask: np.ndarray) -> tuple[int, ...]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("size", [(240, 320), (1500, 2000)])
def test_alpha_is_the_outline_of_a_white_dress(blind, kind, size):
    content, mask = cut_out((255, 255, 255), size, kind)
    opened = open_picture(content)
    found = blind.find(opened.image, outline=opened.outline)
    assert (found.method, found.confidence) == ("outline", 1.0)
    assert found.box == box_of(mask)
    small = np.asarray(Image.fromarray(mask).resize(found.mask.shape[::-1]))
    assert iou(found.mask, small) > 0.97


def test_the_outline_is_turned_with_the_picture():
    content, mask = cut_out((200, 30, 60), (240, 320))
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    with Image.open(io.BytesIO(content)) as picture:
        picture.save(file, "PNG", exif=exif)
    opened = open_picture(file.getvalue())
    assert opened.outline is not None
    assert opened.outline.size == opened.image.size == (320, 240)
    assert np.array_equal(np.asarray(opened.outline) > 0, np.rot90(mask, 3))


def test_specks_are_no_part_of_the_outline(blind):
    picture, mask = draw_dress()
    alpha = mask.astype(np.uint8) * 255
    alpha[5:9, 5:9] = 255
    found = blind.find(picture, outline=Image.fromarray(alpha))
    assert found.box == box_of(mask)


def test_inside_a_users_box_the_outline_holds(blind):
    picture, mask = draw_dress()
    found = blind.find(picture, (0, 0, 400, 200), Image.fromarray(mask.astype(np.uint8) * 255))
    assert found.method == "outline"
    assert found.box == box_of(mask[:200])


@pytest.mark.parametrize(
    "alpha", [np.full((400, 400), 200), np.pad(np.full((396, 396), 255), 2), np.eye(400) * 255]
)
def test_what_cannot_be_a_garments_outline_is_none(blind, alpha):
    """Glass, rounded corners and a line."""
    found = blind.find(draw_dress()[0], outline=Image.fromarray(alpha.astype(np.uint8)))
    assert found.method == "border"


def test_a_photo_with_bars_of_nothing_beside_it_is_searched(blind):
    picture, mask = draw_dress(size=(400, 400))
    wide = Image.new("RGB", (600, 400), "white")
    wide.paste(picture, (100, 0))
    alpha = np.pad(np.full((400, 400), 255, np.uint8), ((0, 0), (100, 100)))
    found = blind.find(wide, outline=Image.fromarray(alpha))
    assert found.method == "border"
    assert abs(found.box[0] - 100 - box_of(mask)[0]) < 6
