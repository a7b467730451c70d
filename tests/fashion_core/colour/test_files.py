from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image

from fashion_core.colour import Colour, Palette
from fashion_core.colour.files import PNG_SIZE, to_ase, to_css, to_gpl, to_png

TEAL = Colour("#2f5f62", "dark teal", "green", 0.6, (47, 95, 98))
BLUSH = Colour("#e7c9bd", "pale blush", "pink", 0.2, (231, 201, 189))
PALETTE = Palette((TEAL, BLUSH))


def test_a_colour_tells_its_values_as_css_and_cielab_write_them():
    assert TEAL.hsl == (184, 35, 28)
    assert TEAL.lab == pytest.approx((36.7, -15.0, -7.0), abs=0.6)


def test_gimp_reads_one_line_a_colour():
    lines = to_gpl(PALETTE).splitlines()
    assert lines[0] == "GIMP Palette"
    assert lines[-2:] == [" 47  95  98\tdark teal", "231 201 189\tpale blush"]


def read_ase(content: bytes) -> list[tuple[str, str, tuple[float, ...], int]]:
    """The colour blocks of an Adobe Swatch Exchange file."""
    assert content[:4] == b"ASEF"
    major, minor, count = struct.unpack(">HHI", content[4:12])
    assert (major, minor) == (1, 0)
    found, at = [], 12
    for _ in range(count):
        kind, length = struct.unpack(">HI", content[at : at + 6])
        assert kind == 1
        body = content[at + 6 : at + 6 + length]
        (units,) = struct.unpack(">H", body[:2])
        name = body[2 : 2 + 2 * units].decode("utf-16-be")
        model = body[2 + 2 * units : 6 + 2 * units].decode()
        values = struct.unpack(">fffH", body[6 + 2 * units :])
        found.append((name, model, values[:3], values[3]))
        at += 6 + length
    assert at == len(content)
    return found


def test_adobe_reads_names_and_rgb():
    teal, blush = read_ase(to_ase(PALETTE))
    assert teal[:2] == ("dark teal\0", "RGB ")
    assert np.allclose(np.array(teal[2]) * 255, TEAL.rgb, atol=1e-3)
    assert blush[0] == "pale blush\0"


def test_css_variables_have_names_of_their_own():
    text = to_css(Palette((TEAL, BLUSH, TEAL)))
    assert "--toile-dark-teal: #2f5f62; /* rgb(47 95 98), hsl(184 35% 28%)" in text
    assert "--toile-dark-teal-2: #2f5f62" in text
    assert text.count("--toile-") == 3


def test_the_picture_shows_every_colour_as_wide_as_its_share():
    picture = Image.open(io.BytesIO(to_png(PALETTE)))
    assert picture.size == PNG_SIZE
    row = np.asarray(picture)[10]
    assert (row == TEAL.rgb).all(1).mean() == pytest.approx(0.75, abs=0.01)
    assert tuple(row[-1]) == BLUSH.rgb
