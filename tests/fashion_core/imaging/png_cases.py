"""PNG: depths, colour types, transparent colours, and the chunks that name a colour space."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from itertools import product

import numpy as np

from tests.fashion_core.imaging import writing as w
from tests.fashion_core.imaging.case import WHITE, Case, Rgb, grey


def _png_grey(depth: int, key: bool, c: Rgb) -> tuple[bytes, object, object]:
    top = 2**depth - 1
    value, ground = (
        round(c[0] / 255 * top * 0.9),
        top if not key else min(top, round(c[0] / 255 * top * 0.9) + 1),
    )
    if ground == value:
        value = ground - 1
    chunks = [w.chunk(b"tRNS", ground.to_bytes(2, "big"))] if key else []
    content = w.png(w.block(value, ground, np.uint16), depth, 0, chunks)
    return content, grey(value / top * 255), WHITE


def _png_rgb(depth: int, key: bool, c: Rgb) -> tuple[bytes, object, object]:
    scale = (2**depth - 1) // 255
    inside = np.array(c) * scale
    # Next to the colour inside: it differs in its lowest bit alone.
    outside = inside + np.array((0, 0, 1)) if key else np.array(WHITE) * scale
    chunks = [w.chunk(b"tRNS", outside.astype(">u2").tobytes())] if key else []
    return w.png(w.block(inside, outside, np.uint16), depth, 2, chunks), c, WHITE


def _png_palette(depth: int, alpha: bool, c: Rgb) -> tuple[bytes, object, object]:
    chunks = [w.chunk(b"PLTE", bytes((*c, *((9, 8, 7) if alpha else WHITE))))]
    chunks += [w.chunk(b"tRNS", bytes((255, 0)))] if alpha else []
    return w.png(w.block(0, 1), depth, 3, chunks), c, WHITE


def _png_alpha(depth: int, kind: int, c: Rgb) -> tuple[bytes, object, object]:
    channels, scale = 1 if kind == 4 else 3, (2**depth - 1) // 255
    inside = np.array((*c[:channels], 255)) * scale
    outside = np.array((*(10,) * channels, 0)) * scale
    return (
        w.png(w.block(inside, outside, np.uint16), depth, kind),
        c if kind == 6 else grey(c[0]),
        WHITE,
    )


def depths_and_types() -> Iterator[Case]:
    """Depths and colour types, opaque, with a transparent colour and with alpha."""

    for key in (False, True):
        for depth in (1, 2, 4, 8, 16):
            yield Case(f"png grey {depth} key {key}", lambda c, d=depth, k=key: _png_grey(d, k, c))
        for depth in (8, 16):
            yield Case(f"png rgb {depth} key {key}", lambda c, d=depth, k=key: _png_rgb(d, k, c))
        for depth in (1, 2, 4, 8):
            yield Case(
                f"png palette {depth} alpha {key}", lambda c, d=depth, k=key: _png_palette(d, k, c)
            )
    for depth, kind in product((8, 16), (4, 6)):
        yield Case(f"png type {kind} {depth}", lambda c, d=depth, k=kind: _png_alpha(d, k, c))


def _hundred_thousandths(*values: float) -> bytes:
    return b"".join(round(v * 100_000).to_bytes(4, "big") for v in values)


CHRM_P3 = w.chunk(b"cHRM", _hundred_thousandths(0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06))
GAMMA = w.chunk(b"gAMA", _hundred_thousandths(1 / 1.8))
SRGB_GAMMA = w.chunk(b"gAMA", _hundred_thousandths(1 / 2.2))
SRGB = w.chunk(b"sRGB", b"\0")


def _iccp(profile: bytes) -> bytes:
    return w.chunk(b"iCCP", b"named\0\0" + zlib.compress(profile))


def _gamma(rgb: object) -> np.ndarray:
    return w.srgb((np.asarray(rgb, float) / 255) ** 1.8)


#: Chunks, and what they make of a colour: cICP goes before iCCP, that before sRGB, that before gAMA and cHRM.
PNG_SPACES: dict[str, tuple[list[bytes], Callable[[Rgb], object]]] = {
    "sRGB": ([SRGB, GAMMA, CHRM_P3], lambda c: c),
    "gAMA": ([GAMMA], _gamma),
    "gAMA of sRGB": ([SRGB_GAMMA], lambda c: c),
    "gAMA and cHRM": (
        [GAMMA, CHRM_P3],
        lambda c: w.srgb(w.P3_TO_SRGB @ (np.array(c) / 255) ** 1.8),
    ),
    "cHRM": ([CHRM_P3], w.in_p3),
    "cHRM and 2.2": (
        [CHRM_P3, SRGB_GAMMA],
        lambda c: w.srgb(w.P3_TO_SRGB @ (np.array(c) / 255) ** 2.2),
    ),
    "cICP P3": ([w.chunk(b"cICP", bytes((12, 13, 0, 1))), SRGB, GAMMA], w.in_p3),
    "cICP BT.2020": ([w.chunk(b"cICP", bytes((9, 13, 0, 1))), _iccp(w.P3_PROFILE)], w.in_bt2020),
    "iCCP": ([_iccp(w.P3_PROFILE), GAMMA], w.in_p3_profile),
    "iCCP broken": ([w.chunk(b"iCCP", b"named\0\0nonsense"), SRGB], lambda c: c),
    "iCCP of grey": ([_iccp(w.GREY_PROFILE)], lambda c: c),
}


def colour_spaces() -> Iterator[Case]:
    for name, (chunks, expected) in PNG_SPACES.items():
        for depth in (8, 16):

            def rgb(
                c: Rgb,
                chunks=chunks,
                expected=expected,
                scale=1 if depth == 8 else 257,
                depth=depth,
            ):
                samples = w.block(np.array(c) * scale, np.array(WHITE) * scale, np.uint16)
                return w.png(samples, depth, 2, chunks), expected(c), WHITE

            yield Case(f"png rgb {depth} {name}", rgb)

        def palette(c: Rgb, chunks=chunks, expected=expected):
            colours = w.chunk(b"PLTE", bytes((*c, *WHITE)))
            return w.png(w.block(0, 1), 8, 3, [*chunks, colours]), expected(c), WHITE

        yield Case(f"png palette {name}", palette)
    for name, code, samples_of in (("PQ", 16, w.pq), ("HLG", 18, w.hlg)):

        def hdr(c: Rgb, code=code, samples_of=samples_of):
            deep = w.block(samples_of(c) * 65535, samples_of(WHITE) * 65535, np.uint16)
            return w.png(deep, 16, 2, [w.chunk(b"cICP", bytes((9, code, 0, 1)))]), c, WHITE

        yield Case(f"png {name}", hdr)
    for kind, depth in product((0, 4), (8, 16)):

        def one_channel(c: Rgb, kind=kind, depth=depth):
            scale = 1 if depth == 8 else 257
            inside, outside = ((c[0], 255), (9, 0)) if kind == 4 else (c[0], 255)
            samples = w.block(np.array(inside) * scale, np.array(outside) * scale, np.uint16)
            content = w.png(samples, depth, kind, [_iccp(w.GREY_PROFILE)])
            return content, w.in_grey_profile(c[0]), WHITE

        yield Case(f"png type {kind} {depth} profile of grey", one_channel)

    def grey_gamma(c: Rgb):
        return w.png(w.block(c[0], 255), 8, 0, [GAMMA]), _gamma(grey(c[0])), WHITE

    yield Case("png grey gAMA", grey_gamma)
