"""TIFF: types, ranges, photometric interpretations, planes, byte orders, compressions and profiles."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import product

import numpy as np
import tifffile
from PIL import Image

from tests.fashion_core.imaging import writing as w
from tests.fashion_core.imaging.case import WHITE, Case, Rgb, grey


def _tiff_bytes(samples: np.ndarray, **options: object) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, samples, **options)
    return file.getvalue()


#: Type of the samples, and what is white in them.
TIFF_WHITES = {
    "u1": 255, "u2": 65535, "u4": 2**32 - 1, "i2": 32767, "i4": 2**31 - 1,
    "f2": 1.0, "f4": 1.0, "f8": 1.0,
}  # fmt: skip
#: The same where programs keep the numbers of a narrower type.
TIFF_NARROW_WHITES = {"u4": 65535, "i4": 255, "i2": 255, "f4": 255.0, "f8": 65535.0}


def _typed(share: np.ndarray, kind: str, white: float) -> np.ndarray:
    values = share * white
    return (values if kind[0] == "f" else np.round(values)).astype(kind)


def _tiff_grey(c: Rgb, kind: str, white: float, photometric: str, options: dict[str, object]):
    share = w.block(c[0] / 255, 1.0, float)
    share = 1 - share if photometric == "miniswhite" else share
    content = _tiff_bytes(_typed(share, kind, white), photometric=photometric, **options)
    return content, grey(c[0]), WHITE


def _tiff_rgb(
    c: Rgb, kind: str, white: float, planar: str, extra: str | None, options: dict[str, object]
):
    inside, outside = np.array(c) / 255, np.ones(3)
    if extra:
        inside, outside = np.array((*inside, 1)), np.array((*(outside * 0), 0))
    samples = _typed(w.block(inside, outside, float), kind, white)
    if planar == "separate":
        samples = np.ascontiguousarray(np.moveaxis(samples, -1, 0))
    extras = {"extrasamples": [extra]} if extra else {}
    content = _tiff_bytes(samples, photometric="rgb", planarconfig=planar, **extras, **options)
    return content, c, WHITE


def _tiff_cmyk(c: Rgb, kind: str, planar: str):
    white = TIFF_WHITES[kind]
    samples = _typed(w.block((*(1 - np.array(c) / 255), 0), (0, 0, 0, 0), float), kind, white)
    if planar == "separate":
        samples = np.ascontiguousarray(np.moveaxis(samples, -1, 0))
    return _tiff_bytes(samples, photometric="separated", planarconfig=planar), c, WHITE


def _tiff_lab(c: Rgb, kind: str, photometric: str):
    lightness, a, b = 30 + c[0] // 5, c[1] // 8 - 10, c[2] // 8 - 20
    size = int(kind[1])
    steps = 256 ** (size - 1)
    offset = 0 if photometric == "cielab" else 128
    top = (2 ** (8 * size) - 1 if photometric == "cielab" else 255 * steps) / 100
    inside = np.array((round(lightness * top), (a + offset) * steps, (b + offset) * steps))
    outside = np.array((round(100 * top), offset * steps, offset * steps))
    samples = w.block(inside % (256 * steps), outside, np.int64).astype(kind)
    return _tiff_bytes(samples, photometric=photometric), w.of_lab(lightness, a, b), WHITE


def numbers() -> Iterator[Case]:
    orders = [{"byteorder": "<"}, {"byteorder": ">"}, {"byteorder": "<", "compression": "zlib"}]
    for (kind, white), photometric, options in product(
        [*TIFF_WHITES.items(), *TIFF_NARROW_WHITES.items()], ("minisblack", "miniswhite"), orders
    ):
        if photometric == "miniswhite" and white < 65535 and kind[0] != "f" and kind != "u1":
            continue  # nobody could tell which number is black
        name = f"tif grey {kind} white {white} {photometric} {' '.join(options.values())}"
        yield Case(
            name, lambda c, k=kind, t=white, p=photometric, o=options: _tiff_grey(c, k, t, p, o)
        )
    for kind, planar, extra, options in product(
        TIFF_WHITES, ("contig", "separate"), (None, "unassalpha", "assocalpha"), orders
    ):
        if extra and kind[0] == "i":
            continue
        name = f"tif rgb {kind} {planar} {extra} {' '.join(options.values())}"
        yield Case(
            name,
            lambda c, k=kind, p=planar, e=extra, o=options: _tiff_rgb(
                c, k, TIFF_WHITES[k], p, e, o
            ),
        )
    for kind, planar in product(("u1", "u2"), ("contig", "separate")):
        yield Case(f"tif cmyk {kind} {planar}", lambda c, k=kind, p=planar: _tiff_cmyk(c, k, p))
    for kind, photometric in product(("u1", "u2"), ("cielab", "icclab")):
        yield Case(f"tif {photometric} {kind}", lambda c, k=kind, p=photometric: _tiff_lab(c, k, p))


def compressions_and_profiles() -> Iterator[Case]:
    """What libtiff compresses, palettes, YCbCr, profiles and Exif."""
    for mode, compression in product(
        ("1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB"), ("raw", "tiff_lzw", "packbits")
    ):

        def picture(c: Rgb, mode=mode, compression=compression):
            if mode == "LAB":
                image = w.image_of((140, 20, 230), (255, 0, 0), "LAB")
                return (
                    w.saved(image, "TIFF", compression=compression),
                    w.of_lab(140 / 2.55, 20, -26),
                    WHITE,
                )
            if mode == "RGBA":
                image = w.image_of((*c, 255), (9, 9, 9, 0), "RGBA")
            elif mode == "1":
                return (
                    w.saved(
                        w.image_of((0,) * 3, WHITE).convert("1"), "TIFF", compression=compression
                    ),
                    (0,) * 3,
                    WHITE,
                )
            else:
                image = w.image_of(c, WHITE).convert("RGB" if mode == "P" else mode)
                image = image.quantize(4) if mode == "P" else image
            expected = grey(image.getpixel((48, 64))) if mode == "L" else c
            return w.saved(image, "TIFF", compression=compression), expected, WHITE

        yield Case(f"tif {mode} {compression}", picture)
    for kind in ("u2", "f4"):

        def lzw(c: Rgb, kind=kind):
            samples = _typed(w.block(c[0] / 255, 1.0, float), kind, TIFF_WHITES[kind])
            return (
                w.saved(Image.fromarray(samples), "TIFF", compression="tiff_lzw"),
                grey(c[0]),
                WHITE,
            )

        yield Case(f"tif grey {kind} lzw", lzw)
    yield Case(
        "tif profile",
        lambda c: (
            w.saved(w.image_of(c, WHITE), "TIFF", icc_profile=w.P3_PROFILE),
            w.in_p3_profile(c),
            WHITE,
        ),
    )
    yield Case(
        "tif rgb u2 profile",
        lambda c: (
            _tiff_bytes(w.block(np.array(c) * 257, (65535,) * 3, np.uint16), photometric="rgb", iccprofile=w.P3_PROFILE),
            w.in_p3_profile(c), WHITE,
        ),
    )  # fmt: skip
    yield Case(
        "tif exif adobe",
        lambda c: (
            w.saved(w.image_of(c, WHITE), "TIFF", exif=w.adobe_rgb_exif(by_number=True).tobytes()),
            w.in_adobe_rgb(c),
            WHITE,
        ),
    )
