from __future__ import annotations

import io
import resource
import struct
import zipfile
import zlib
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, features

from fashion_core import ImageError, open_image
from tests.drawing import draw_dress

PICTURE = draw_dress(size=(120, 160))[0]


def encoded(kind: str, image: Image.Image = PICTURE, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "HEIF", "AVIF"])
def test_every_promised_format_opens(kind):
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow was built without AVIF")
    found = open_image(encoded(kind))
    assert (found.mode, found.size) == ("RGB", PICTURE.size)
    difference = np.abs(np.asarray(found, int) - np.asarray(PICTURE, int)).mean()
    assert difference < 8


def test_paths_files_arrays_and_pictures_do_alike(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(encoded("PNG"))
    expected = np.asarray(PICTURE)
    with path.open("rb") as file:
        for source in (path, str(path), file, expected, PICTURE, path.read_bytes()):
            assert np.array_equal(np.asarray(open_image(source)), expected)


def test_rotated_phone_photo_is_turned_upright_and_loses_its_exif():
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "A phone"
    turned = PICTURE.transpose(Image.Transpose.ROTATE_90)
    found = open_image(encoded("JPEG", turned, exif=exif, quality=95))
    assert found.size == PICTURE.size
    assert np.abs(np.asarray(found, int) - np.asarray(PICTURE, int)).mean() < 6
    assert not found.getexif()
    assert found.info == {}


def test_transparency_is_laid_on_white():
    image = Image.new("RGBA", (80, 80), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 40, 80))
    for source in (image, image.convert("P"), image.convert("LA")):
        found = open_image(encoded("PNG", source))
        assert found.getpixel((60, 40)) == (255, 255, 255)


def test_cmyk_sixteen_bit_and_grey_become_rgb():
    assert open_image(encoded("JPEG", PICTURE.convert("CMYK"))).mode == "RGB"
    ramp = np.linspace(0, 65535, 80 * 80).reshape(80, 80).astype(np.uint16)
    found = np.asarray(open_image(encoded("PNG", Image.fromarray(ramp))))
    assert found[0, 0, 0] == 0
    assert found[-1, -1, 0] == 255
    assert 120 < found[40, 0, 0] < 135
    assert open_image(encoded("PNG", PICTURE.convert("L"))).mode == "RGB"


def test_a_colour_profile_is_converted_and_a_broken_one_ignored():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    same = open_image(encoded("PNG", icc_profile=profile))
    assert np.abs(np.asarray(same, int) - np.asarray(PICTURE, int)).max() <= 2
    assert open_image(encoded("PNG", icc_profile=b"nonsense")).size == PICTURE.size


def test_the_first_frame_of_an_animation_is_read():
    other = Image.new("RGB", PICTURE.size, "red")
    found = open_image(encoded("GIF", save_all=True, append_images=[other]))
    assert found.getpixel((2, 2)) != (255, 0, 0)


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99))


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "hello")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (encoded("PNG", Image.new("RGB", (1, 1))), "One pixel is too little to go on. Send at least 64 by 64."),
        (encoded("PNG", Image.new("RGB", (63, 90))), "63 by 90 pixels are too little to go on. Send at least 64 by 64."),
        (encoded("PNG", Image.new("RGB", (1281, 64))), "1281 by 64 pixels are a ribbon, not a photo. Cut it to the garment."),
        (png_header(20000, 10000), "200 megapixels is more than I can hold; 50 is the most. Send a smaller copy."),
        (b"just text, renamed .jpg", "That file is not a picture. Try a JPEG, PNG, WebP or HEIC."),
        (b"<html><body>no</body></html>", "That file is not a picture. Try a JPEG, PNG, WebP or HEIC."),
        (b"", "That file is not a picture. Try a JPEG, PNG, WebP or HEIC."),
        (zipped(), "That file is not a picture. Try a JPEG, PNG, WebP or HEIC."),
        (encoded("JPEG")[:600], "That picture is damaged or cut short. Save or send it again."),
        (encoded("PNG")[:300], "That picture is damaged or cut short. Save or send it again."),
        (b"\0" * (40 * 2**20 + 1), "40 MB is more than I can hold; 40 is the most. Send a smaller copy."),
    ],
)  # fmt: skip
def test_each_refusal_is_one_sentence_that_says_what_to_do(content, sentence):
    with pytest.raises(ImageError) as refusal:
        open_image(content)
    assert str(refusal.value) == sentence


def test_missing_files_folders_and_odd_arrays_are_refused(tmp_path):
    for source in (
        tmp_path / "none.jpg",
        tmp_path,
        "a\0b",
        np.zeros((90, 90)),
        np.zeros((90, 90, 4), np.uint8),
    ):
        with pytest.raises(ImageError):
            open_image(source)


@cache
def whole(kind: str) -> bytes:
    """A file of ``kind``; after a colon, the mode of its picture."""
    name, _, mode = kind.partition(":")
    picture = PICTURE.convert(mode) if mode else PICTURE
    return encoded(name, picture)


def survives(kind: str, cut: int, flips: list[tuple[int, int]]) -> None:
    content = bytearray(whole(kind))
    for place, value in flips:
        content[place % len(content)] ^= value
    damaged = bytes(content[: max(1, len(content) - cut % len(content))])
    try:
        assert open_image(damaged).mode == "RGB"
    except ImageError as refusal:
        assert str(refusal).endswith(".")  # noqa: PT017


flipped = st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 255)), max_size=12)
KINDS = [
    "JPEG",
    "JPEG:CMYK",
    "PNG",
    "PNG:RGBA",
    "PNG:P",
    "PNG:I;16",
    "WEBP",
    "GIF",
    "TIFF",
    "TIFF:I;16",
    "TIFF:F",
    "BMP",
    "HEIF",
]
KINDS += ["AVIF"] if features.check("avif") else []
kinds = st.sampled_from(KINDS)
quietly = {"deadline": 2000, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=300, **quietly)
@given(kinds, st.integers(0, 10_000), flipped)
def test_damaged_bytes_give_a_picture_or_a_sentence(kind, cut, flips):
    survives(kind, cut, flips)


@pytest.mark.slow
def test_twenty_thousand_damaged_files_take_no_memory_and_no_long_time():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    @settings(max_examples=20_000, **quietly)
    @given(kinds, st.integers(0, 10_000), flipped)
    def every(kind, cut, flips):
        survives(kind, cut, flips)

    every()
    # KiB on Linux: headers that lie about sizes must not make us allocate what they claim.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 800 * 1024


hostile = st.one_of(
    st.binary(max_size=3000),
    st.tuples(st.sampled_from(KINDS), st.binary(max_size=600), st.integers(8, 64)).map(
        lambda t: whole(t[0])[: t[2]] + t[1]
    ),
)


@settings(max_examples=150, **quietly)
@given(hostile)
def test_rubbish_with_or_without_the_head_of_a_picture_gives_a_sentence(content):
    try:
        assert open_image(content).mode == "RGB"
    except ImageError as refusal:
        assert str(refusal).endswith(".")  # noqa: PT017
