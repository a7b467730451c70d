from __future__ import annotations

import zlib

import numpy as np
import pytest

from fashion_core import ImageError, open_image
from fashion_core.imaging.formats import NOT_A_PICTURE
from fashion_core.imaging.png import take_apart
from tests.fashion_core.imaging import writing as w

COLOUR, WHITE = (180, 60, 90), (255, 255, 255)


def with_chunks(*chunks: bytes, end: bool = True) -> bytes:
    return w.png(w.block(COLOUR, WHITE), 8, 2, chunks, end=end)


def is_read(content: bytes) -> None:
    image = open_image(content)
    assert (image.getpixel((48, 64)), image.getpixel((2, 2))) == (COLOUR, WHITE)


LONG = zlib.compress(bytes(3_000_000))
#: A gigabyte of nothing, in a megabyte.
BOMB = zlib.compress(bytes(2**20) * 1000, 9)


@pytest.mark.parametrize(
    "note",
    [
        w.chunk(b"zTXt", b"Comment\0\0" + LONG),
        w.chunk(b"iTXt", b"Comment\0\1\0\0\0" + LONG),
        w.chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + LONG),
        w.chunk(b"tEXt", b"Comment\0" + b"a" * 3_000_000),
        w.chunk(b"tEXt", b"Comment\0" + b"a" * 70_000) * 20,
        w.chunk(b"zTXt", b"Raw profile type exif\0\0" + LONG),
        w.chunk(b"iCCP", b"long\0\0" + LONG),
        w.chunk(b"iCCP", b"bomb\0\0" + BOMB),
        w.chunk(b"zTXt", b"Raw profile type exif\0\0" + BOMB),
        w.chunk(b"iCCP", b"no profile"),
        w.chunk(b"eXIf", b"no exif"),
        w.chunk(b"gAMA", b"\0"),
        w.chunk(b"cHRM", bytes(32)),
        w.chunk(b"gAMA", bytes(4)),
        w.chunk(b"cICP", b"\1"),
        w.chunk(b"pHYs", b"\1"),
        w.chunk(b"acTL", bytes(8)),
    ],
)
def test_notes_that_are_long_broken_or_bombs_are_left_out(note):
    is_read(with_chunks(note))


@pytest.mark.parametrize("name", [b"tEXt", b"gAMA", b"iCCP", b"tRNS", b"tIME", b"eXIf", b"prVt"])
def test_an_ancillary_chunk_with_a_wrong_checksum_is_left_out(name):
    is_read(with_chunks(w.chunk(name, b"Title\0some words", right=False)))


def test_the_end_may_be_missing_but_not_the_pixels():
    whole = with_chunks(end=False)
    is_read(whole)
    is_read(whole[:-4])
    for lost in (60, len(whole) // 2):
        with pytest.raises(ImageError, match="damaged or cut short"):
            open_image(whole[:-lost])


def test_a_wrong_checksum_of_the_header_is_damage_and_no_reason_to_say_that_it_is_no_picture():
    content = bytearray(with_chunks())
    content[29] ^= 1
    with pytest.raises(ImageError) as refusal:
        open_image(bytes(content))
    assert str(refusal.value) != NOT_A_PICTURE


def test_an_orientation_in_a_note_is_kept():
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf tiff:Orientation="6"/></x:xmpmeta>'
    content = with_chunks(w.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp))
    assert open_image(content).size == (w.HEIGHT, w.WIDTH)


def test_only_the_very_colour_is_transparent():
    """Of 16 bits the lowest counts as well."""
    inside = np.array(COLOUR) * 257
    for other, seen in ((inside + 1, (181, 61, 91)), (inside, WHITE)):
        samples = w.block(inside, (65535,) * 3, np.uint16)
        samples[:8] = other
        key = w.chunk(b"tRNS", inside.astype(">u2").tobytes())
        image = open_image(w.png(samples, 16, 2, [key]))
        assert image.getpixel((48, 64)) == WHITE
        assert np.abs(np.array(image.getpixel((2, 2))) - seen).max() <= 1


def test_what_is_taken_apart_holds_no_notes():
    content = with_chunks(w.chunk(b"tEXt", b"GPS\0somewhere"), w.chunk(b"sRGB", b"\0"))
    assert b"somewhere" not in take_apart(content).content
