"""JPEG, WebP, HEIC, AVIF, GIF and BMP, with and without a colour space."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
import pillow_heif
from PIL import Image, features

from tests.fashion_core.imaging import writing as w
from tests.fashion_core.imaging.case import WHITE, Case, Rgb, grey


def _decoded(content: bytes) -> Rgb:
    """The colour that an encoder made of the one inside: a wide space enlarges what it rounded."""
    with Image.open(io.BytesIO(content)) as image:
        return image.convert("RGB").getpixel((48, 64))


def jpeg_and_exif() -> Iterator[Case]:
    best = {"quality": 100, "subsampling": 0}
    for progressive, cut in product((False, True), (0, 1, 2)):

        def rgb(c: Rgb, progressive=progressive, cut=cut):
            content = w.saved(w.image_of(c, WHITE), "JPEG", progressive=progressive, **best)
            return content[: len(content) - cut], c, WHITE

        yield Case(f"jpeg progressive {progressive} without {cut} bytes", rgb)

    def one_channel(c: Rgb, options: dict[str, object], expected: Callable[[float], object]):
        image = w.image_of((c[0],) * 3, WHITE).convert("L")
        return w.saved(image, "JPEG", **best, **options), expected(c[0]), WHITE

    yield Case("jpeg grey", lambda c: one_channel(c, {}, grey))
    yield Case(
        "jpeg grey profile",
        lambda c: one_channel(c, {"icc_profile": w.GREY_PROFILE}, w.in_grey_profile),
    )
    yield Case(
        "jpeg grey profile of rgb",
        lambda c: one_channel(
            c, {"icc_profile": w.P3_PROFILE}, lambda v: w.in_p3_profile((v,) * 3)
        ),
    )
    yield Case(
        "jpeg cmyk",
        lambda c: (w.saved(w.image_of(c, WHITE).convert("CMYK"), "JPEG", **best), c, WHITE),
    )
    for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
        options = {"JPEG": best, "WEBP": {"lossless": True}, "AVIF": AVIF}.get(kind, {})
        for by_number in (False, True):

            def adobe(c: Rgb, kind=kind, options=options, by_number=by_number):
                exif = w.adobe_rgb_exif(by_number=by_number)
                content = w.saved(w.image_of(c, WHITE), kind, exif=exif, **options)
                # AVIF says sRGB by numbers, unless they say that nothing is known.
                content = w.with_nclx(content, 2, 2) if kind == "AVIF" else content
                return content, w.in_adobe_rgb(_decoded(content)), WHITE

            yield Case(f"{kind.lower()} exif adobe {by_number}", adobe)

        def both(c: Rgb, kind=kind, options=options):
            exif = w.adobe_rgb_exif()
            content = w.saved(
                w.image_of(c, WHITE), kind, exif=exif, icc_profile=w.P3_PROFILE, **options
            )
            return content, w.in_p3_profile(c), WHITE

        yield Case(f"{kind.lower()} profile before exif", both)


AVIF = {"quality": 100, "subsampling": "4:4:4"}
NCLX = {"P3": (12, 13, w.in_p3), "BT.2020": (9, 13, w.in_bt2020), "sRGB": (1, 13, lambda c: c)}


def heic() -> Iterator[Case]:
    def written(samples: np.ndarray, mode: str, **options: object) -> bytes:
        file = io.BytesIO()
        picture = pillow_heif.from_bytes(mode, (w.WIDTH, w.HEIGHT), samples.tobytes())
        picture.save(
            file, quality=-1, chroma=444, matrix_coefficients=0, full_range_flag=1, **options
        )
        return file.getvalue()

    for name, (primaries, transfer, expected) in NCLX.items():
        numbers = {"color_primaries": primaries, "transfer_characteristics": transfer}
        for mode in ("RGB", "RGBA", "RGB;16"):

            def picture(c: Rgb, mode=mode, numbers=numbers, expected=expected):
                alpha, scale = mode == "RGBA", 257 if mode == "RGB;16" else 1
                inside, outside = (
                    np.array((*c, 255) if alpha else c),
                    np.array((*WHITE, 0) if alpha else WHITE),
                )
                samples = w.block(
                    inside * scale, outside * scale, np.uint16 if scale > 1 else np.uint8
                )
                return written(samples, mode, **numbers), expected(c), WHITE

            yield Case(f"heic {mode} nclx {name}", picture)
    for name, code, samples_of in (("PQ", 16, w.pq), ("HLG", 18, w.hlg)):

        def hdr(c: Rgb, code=code, samples_of=samples_of):
            deep = w.block(samples_of(c) * 65535, samples_of(WHITE) * 65535, np.uint16)
            return (
                written(deep, "RGB;16", color_primaries=9, transfer_characteristics=code),
                c,
                WHITE,
            )

        yield Case(f"heic {name}", hdr)

    def profile(c: Rgb):
        file = io.BytesIO()
        picture = pillow_heif.from_pillow(w.image_of(c, WHITE))
        picture.info["icc_profile"] = w.P3_PROFILE
        picture.save(file, quality=-1, chroma=444)
        return file.getvalue(), w.in_p3_profile(c), WHITE

    yield Case("heic profile", profile)


def avif() -> Iterator[Case]:
    if not features.check("avif"):
        return
    for name, (primaries, transfer, expected) in NCLX.items():
        for mode in ("RGB", "RGBA"):

            def picture(
                c: Rgb, mode=mode, primaries=primaries, transfer=transfer, expected=expected
            ):
                image = (
                    w.image_of((*c, 255), (9, 9, 9, 0), "RGBA")
                    if mode == "RGBA"
                    else w.image_of(c, WHITE)
                )
                content = w.saved(image, "AVIF", **AVIF)
                return w.with_nclx(content, primaries, transfer), expected(_decoded(content)), WHITE

            yield Case(f"avif {mode} nclx {name}", picture)


def _gif(c: Rgb, transparent: bool):
    image = Image.fromarray(w.block(1, 0))
    image = Image.frombytes("P", image.size, image.tobytes())
    image.putpalette(bytes((*((9, 8, 7) if transparent else WHITE), *c)))
    return w.saved(image, "GIF", **({"transparency": 0} if transparent else {})), c, WHITE


def _bmp(c: Rgb, alpha: int | None):
    """32 bits with a mask of alpha: 0 everywhere, or 255 inside."""
    content = bytearray(w.saved(w.image_of((*c, 255), (*WHITE, 0), "RGBA"), "BMP"))
    if alpha is not None:
        start = int.from_bytes(content[10:14], "little")
        content[start + 3 :: 4] = bytes((alpha,)) * len(content[start + 3 :: 4])
    return bytes(content), c, WHITE


def other_formats() -> Iterator[Case]:
    yield Case("gif", lambda c: _gif(c, False))
    yield Case("gif transparent", lambda c: _gif(c, True))

    for alpha in (0, 255, None):
        yield Case(f"bmp 32 alpha {alpha}", lambda c, a=alpha: _bmp(c, a))
    for mode in ("1", "L", "P", "RGB"):

        def plain(c: Rgb, mode=mode):
            colour = (0, 0, 0) if mode == "1" else (c[0],) * 3 if mode == "L" else c
            image = w.image_of(colour, WHITE)
            image = image.quantize(4) if mode == "P" else image.convert(mode)
            return w.saved(image, "BMP"), colour, WHITE

        yield Case(f"bmp {mode}", plain)
    for mode in ("RGB", "RGBA"):

        def webp(c: Rgb, mode=mode):
            image = (
                w.image_of((*c, 255), (9, 9, 9, 0), "RGBA")
                if mode == "RGBA"
                else w.image_of(c, WHITE)
            )
            return w.saved(image, "WEBP", lossless=True, exact=True), c, WHITE

        yield Case(f"webp {mode}", webp)
    yield Case(
        "webp profile",
        lambda c: (
            w.saved(w.image_of(c, WHITE), "WEBP", lossless=True, icc_profile=w.P3_PROFILE),
            w.in_p3_profile(c),
            WHITE,
        ),
    )
