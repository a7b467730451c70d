from __future__ import annotations

import io

import numpy as np
import pytest
import tifffile

from fashion_core import ImageError, open_image
from tests.fashion_core.imaging import writing as w


def tiff(samples: np.ndarray, **options: object) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, samples, **options)
    return file.getvalue()


def seen(samples: np.ndarray, **options: object) -> tuple[object, object]:
    image = open_image(tiff(samples, **options))
    return image.getpixel((48, 64)), image.getpixel((2, 2))


FLAT = w.block(0.4, 1.0, np.float32)


@pytest.mark.parametrize("odd", [1.02, 30.0, np.nan, np.inf, -np.inf, -0.02])
def test_one_odd_number_does_not_change_the_range(odd):
    samples = FLAT.copy()
    samples[5, 5] = odd
    assert seen(samples) == ((102,) * 3, (255,) * 3)
    assert seen(1 - samples, photometric="miniswhite") == ((102,) * 3, (255,) * 3)


def test_what_is_not_a_number_is_white():
    samples = np.where(FLAT == 1, np.nan, FLAT)
    assert seen(samples.astype(np.float32)) == ((102,) * 3, (255,) * 3)


@pytest.mark.parametrize(
    "samples",
    [
        np.full_like(FLAT, np.nan),
        FLAT * 3,
        FLAT * 1000,
        FLAT * 1e9,
        FLAT - 0.7,
        w.block(-2000, 3000, np.int16),
        w.block(400_000, 1_000_000, np.uint32),
        w.block(400, 1023, np.uint16),
        w.block(40, 90, np.complex64),
    ],
)
def test_numbers_that_are_no_light_are_refused_in_a_sentence(samples):
    with pytest.raises(ImageError, match=r"^(That|Samples).*Save it .*\.$"):
        open_image(tiff(samples))


def test_twelve_bits_are_their_own_range():
    with io.BytesIO() as file:
        tifffile.imwrite(file, w.block(round(0.4 * 4095) << 4, 4095 << 4, np.uint16))
        assert open_image(file.getvalue()).getpixel((48, 64)) == (102,) * 3


@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
def test_a_tiff_that_is_cut_short_is_refused(compression, kind):
    noise = np.random.default_rng(0).random((128, 96, 3))
    samples = noise.astype(kind) if kind == "f4" else (noise * np.iinfo(kind).max).astype(kind)
    content = tiff(samples, photometric="rgb", compression=compression)
    for lost in (1000, len(content) // 2):
        with pytest.raises(ImageError, match=r"damaged or cut short"):
            open_image(content[:-lost])


def test_a_deflated_bomb_is_refused():
    """Strips that inflate to a thousand times what the picture needs."""
    import zlib

    content = tiff(w.block(1, 9, np.uint16), compression="zlib", rowsperstrip=128)
    with tifffile.TiffFile(io.BytesIO(content)) as file:
        page = file.pages.first
        offset, count = page.dataoffsets[0], page.databytecounts[0]
        place = page.tags["StripByteCounts"].valueoffset
        code = page.tags["StripByteCounts"].dtype
    bomb = zlib.compress(bytes(2**20) * 200, 9)
    content = bytearray(content[:offset] + bomb)
    size = {3: 2, 4: 4, 16: 8}[int(code)]
    assert count < 2 ** (8 * size)
    if len(bomb) >= 2 ** (8 * size):
        bomb = bomb[: 2 ** (8 * size) - 1]
    content[place : place + size] = len(bomb).to_bytes(size, "little")
    with pytest.raises(ImageError):
        open_image(bytes(content))


@pytest.mark.parametrize("photometric", [4, 10, 32803, 34892])
def test_a_tiff_without_colours_says_so(photometric):
    content = bytearray(tiff(w.block(1, 9)))
    with tifffile.TiffFile(io.BytesIO(content)) as file:
        place = file.pages.first.tags["PhotometricInterpretation"].valueoffset
    content[place : place + 2] = photometric.to_bytes(2, "little")
    with pytest.raises(ImageError, match=f"PhotometricInterpretation is {photometric}"):
        open_image(bytes(content))


def test_the_preview_of_a_raw_file_is_not_taken_for_the_photo():
    content = tiff(w.block(1, 9), extratags=[(50706, 1, 4, bytes((1, 4, 0, 0)), True)])
    with pytest.raises(ImageError, match="camera's raw file"):
        open_image(content)


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("kind", ["u1", "u2"])
def test_a_tiff_of_the_large_kind_is_read(byteorder, kind):
    scale = 257 if kind == "u2" else 1
    samples = w.block(np.array((180, 60, 90)) * scale, (255 * scale,) * 3, kind)
    content = tiff(samples, photometric="rgb", bigtiff=True, byteorder=byteorder)
    assert open_image(content).getpixel((48, 64)) == (180, 60, 90)


def test_a_palette_of_eight_bits_is_not_black():
    colours = np.zeros((3, 256), np.uint16)
    colours[:, 0], colours[:, 1] = 255, (180, 60, 90)
    assert seen(w.block(1, 0), photometric="palette", colormap=colours) == (
        (180, 60, 90),
        (255,) * 3,
    )


def test_a_turned_tiff_of_sixteen_bits_is_upright():
    content = tiff(w.block(9, 65535, np.uint16), extratags=[(274, 3, 1, 6, True)])
    assert open_image(content).size == (w.HEIGHT, w.WIDTH)


def test_a_compression_that_nothing_reads_is_named():
    content = bytearray(tiff(w.block(9, 65535, np.uint16)))
    with tifffile.TiffFile(io.BytesIO(content)) as file:
        place = file.pages.first.tags["Compression"].valueoffset
    content[place : place + 2] = (34712).to_bytes(2, "little")
    with pytest.raises(ImageError, match=r"compressed in a way|damaged"):
        open_image(bytes(content))
