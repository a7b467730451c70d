from __future__ import annotations

import numpy as np
import pytest

from fashion_core import ImageError, open_image
from tests.drawing import draw_dress
from tests.fashion_core.imaging import writing as w

PICTURE = draw_dress(size=(240, 320), ground="wood")[0]


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_without_its_end_mark_is_read_whole(mode, progressive):
    whole = w.saved(PICTURE.convert(mode), "JPEG", quality=85, progressive=progressive)
    expected = np.asarray(open_image(whole))
    for lost in (1, 2):
        assert np.array_equal(np.asarray(open_image(whole[:-lost])), expected)


@pytest.mark.parametrize("progressive", [False, True])
def test_where_the_last_bytes_are_lost_the_last_rows_are_continued(progressive):
    whole = w.saved(PICTURE, "JPEG", quality=85, progressive=progressive)
    expected = np.asarray(open_image(whole), int)
    found = np.asarray(open_image(whole[:-10]), int)
    assert np.array_equal(found[:-16], expected[:-16])
    assert np.abs(found[-16:] - expected[-16:]).max() < 60


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.75, 0.88])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_that_lost_a_part_of_its_picture_is_refused(progressive, kept):
    whole = w.saved(PICTURE, "JPEG", quality=85, progressive=progressive)
    with pytest.raises(ImageError, match="damaged or cut short"):
        open_image(whole[: int(len(whole) * kept)])


def test_a_turned_jpeg_without_its_end_mark_is_upright_and_has_its_profile():
    turned = w.image_of((180, 60, 90), (255,) * 3)
    exif = w.adobe_rgb_exif()
    exif[0x0112] = 6
    content = w.saved(turned, "JPEG", exif=exif, quality=100, subsampling=0)[:-2]
    image = open_image(content)
    assert image.size == (w.HEIGHT, w.WIDTH)
    expected = w.in_adobe_rgb((180, 60, 90))
    assert np.abs(np.array(image.getpixel((64, 48))) - expected).max() <= 3
