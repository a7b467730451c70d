"""Property: whatever the format, depth, mode and colour space, the colours that were meant come out."""

from __future__ import annotations

import numpy as np
import pytest

from fashion_core import open_image
from tests.fashion_core.imaging import photo_cases, png_cases, tiff_cases

CASES = [
    *png_cases.depths_and_types(),
    *png_cases.colour_spaces(),
    *tiff_cases.numbers(),
    *tiff_cases.compressions_and_profiles(),
    *photo_cases.jpeg_and_exif(),
    *photo_cases.heic(),
    *photo_cases.avif(),
    *photo_cases.other_formats(),
]
#: One in so many in CI; all of them in the slow run.
STRIDE = -(-len(CASES) // 40)


def colours_come_out(case, seed):
    random = np.random.default_rng(seed)
    colour = tuple(int(v) for v in random.integers(48, 200, 3))
    content, inside, outside = case.write(colour)
    image = open_image(content)
    assert image.size == (96, 128)
    for place, expected in (((48, 64), inside), ((2, 2), outside), ((93, 125), outside)):
        found = np.array(image.getpixel(place))
        assert np.abs(found - np.asarray(expected, float)).max() <= 3, (
            colour,
            place,
            found,
            expected,
        )


@pytest.mark.parametrize("case", CASES[::STRIDE], ids=lambda case: case.name)
def test_some_pictures_have_the_colours_that_were_meant(case):
    colours_come_out(case, 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_picture_has_the_colours_that_were_meant(case, seed):
    colours_come_out(case, seed)


def test_there_are_combinations_enough():
    assert len(CASES) >= 300
    assert len({case.name for case in CASES}) == len(CASES)
