from __future__ import annotations

import struct

import pytest
from PIL import Image

from fashion_core import ImageError, open_image
from fashion_core.imaging import is_picture_name
from tests.fashion_core.imaging.writing import saved


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\xff\x0a" + bytes(90), "a JPEG XL picture"),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(90), "a JPEG XL picture"),
        (saved(Image.new("RGB", (90, 90)), "JPEG2000"), "a JPEG 2000 picture"),
        (b"\xff\x4f\xff\x51" + bytes(90), "a JPEG 2000 picture"),
        (b"II\xbc\x01" + bytes(90), "a JPEG XR picture"),
        (b"P6 90 90 255 " + bytes(90), "a picture of a rare format"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a dress -->\n<svg width="9"/>', "an SVG drawing"),
        (b"8BPS\0\1" + bytes(90), "a Photoshop file"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "a PostScript drawing"),
        (b"\x76\x2f\x31\x01" + bytes(90), "a picture of high dynamic range"),
        (b"II*\0\x10\0\0\0CR\2\0" + bytes(90), "a camera's raw file"),
        (b"\0\0\0\x18ftypcrx " + bytes(90), "a camera's raw file"),
        (b"FUJIFILMCCD-RAW 0201", "a camera's raw file"),
        (b"\0\0\0\x18ftypisom" + bytes(90), "a video"),
        (b"\0\0\0\x14ftypqt  " + bytes(90), "a video"),
        (b"\x1a\x45\xdf\xa3" + bytes(90), "a video"),
        (b"RIFF\0\0\0\0AVI LIST", "a video"),
        (b"\0\0\1\0\1\0" + bytes(90), "an icon"),
        (struct.pack(">II", 0x00051607, 0x00020000) + b"Mac OS X".ljust(90, b"\0"), "the shadow that macOS keeps"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(content, name):
    with pytest.raises(ImageError, match=f"^That is {name}.*which I cannot read") as refusal:
        open_image(content)
    assert str(refusal.value).endswith((".", "._"))


@pytest.mark.parametrize(
    "content", [b"<html><svg/></html>", b"<?xml version='1.0'?><a/>", b"PK\3\4"]
)
def test_other_files_are_no_pictures(content):
    with pytest.raises(ImageError, match="not a picture"):
        open_image(content)


@pytest.mark.parametrize("nothing", [None, ""])
def test_no_picture_is_not_a_damaged_one(nothing):
    with pytest.raises(ImageError, match="No picture came"):
        open_image(nothing)


@pytest.mark.parametrize("odd", [5, {"path": "a.jpg"}, [1, 2]])
def test_what_is_no_source_at_all_is_said(odd):
    with pytest.raises(ImageError, match=f"not {type(odd).__name__}"):
        open_image(odd)


def test_photos_are_told_from_what_systems_put_beside_them():
    photos = ["a.jpg", "A.HIF", "sub/b.JPeG", "sub\\c.Png", "d.dib"]
    others = [
        "._a.jpg", "__MACOSX/a.jpg", "__MACOSX/._a.jpg", "sub/.hidden.png", ".cache/a.png", "Thumbs.db",
        ".DS_Store", "notes.txt", "a.jpg.part", "$RECYCLE.BIN/a.jpg", "jpg",
    ]  # fmt: skip
    assert all(map(is_picture_name, photos))
    assert not [name for name in others if is_picture_name(name)]
