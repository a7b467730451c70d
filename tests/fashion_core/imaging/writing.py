"""Writers of small pictures: a flat block on a flat ground in any format, depth, mode and colour space.

What the writers of Pillow, tifffile and pillow-heif cannot write is written here by hand.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 96, 128
INSIDE = (slice(32, 96), slice(24, 72))


def block(inside: object, outside: object, dtype: object = np.uint8) -> np.ndarray:
    """``[HEIGHT, WIDTH]`` or ``[HEIGHT, WIDTH, C]``."""
    outside = np.asarray(outside)
    samples = np.empty((HEIGHT, WIDTH, *outside.shape), dtype)
    samples[:] = outside
    samples[INSIDE] = inside
    return samples


def image_of(inside: Sequence[int], outside: Sequence[int], mode: str = "RGB") -> Image.Image:
    samples = block(inside, outside)
    return Image.frombytes(mode, (WIDTH, HEIGHT), samples.tobytes())


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(name: bytes, body: bytes, *, right: bool = True) -> bytes:
    """A chunk of PNG, on request with a wrong checksum."""
    crc = zlib.crc32(name + body) ^ (0 if right else 1)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc)


def png(
    samples: np.ndarray,
    depth: int,
    kind: int,
    before: Sequence[bytes] = (),
    *,
    end: bool = True,
) -> bytes:
    """PNG of any depth and colour type: samples ``[H, W]`` or ``[H, W, C]``, ``before`` the pixels other chunks."""
    height, width = samples.shape[:2]
    flat = samples.reshape(height, -1)
    if depth < 8:
        bits = (flat[..., None] >> np.arange(depth - 1, -1, -1)) & 1
        rows = np.packbits(bits.reshape(height, -1).astype(np.uint8), axis=1)
    else:
        rows = flat.astype(f">u{depth // 8}").view(np.uint8).reshape(height, -1)
    raw = np.pad(rows, ((0, 0), (1, 0))).tobytes()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
    parts = [b"\x89PNG\r\n\x1a\n", header, *before, chunk(b"IDAT", zlib.compress(raw))]
    return b"".join([*parts, chunk(b"IEND", b"")] if end else parts)


def profile(space: str, gamma: float, colourants: Sequence[Sequence[float]] = ()) -> bytes:
    """An ICC profile (version 2) of one curve: ``GRAY``, or ``RGB`` with its colourants under D50."""

    def number(value: float) -> bytes:
        return struct.pack(">i", round(value * 65536))

    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    points = [
        b"XYZ " + bytes(4) + b"".join(map(number, c)) for c in ((0.9642, 1, 0.8249), *colourants)
    ]
    names = [b"wtpt", b"rXYZ", b"gXYZ", b"bXYZ"][: len(points)]
    tags = [*zip(names, points, strict=True)]
    tags += [
        (name, curve) for name in ([b"kTRC"] if space == "GRAY" else [b"rTRC", b"gTRC", b"bTRC"])
    ]
    table, content, place = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, body in tags:
        table += struct.pack(">4sII", name, place + len(content), len(body))
        content += body
    header = struct.pack(
        ">I4sI4s4s4s", 0, bytes(4), 0x02400000, b"mntr", space.ljust(4).encode(), b"XYZ "
    )
    header = (
        header.ljust(36, b"\0") + b"acsp" + bytes(28) + b"".join(map(number, (0.9642, 1, 0.8249)))
    )
    whole = header.ljust(128, b"\0") + table + content
    return struct.pack(">I", len(whole)) + whole[4:]


#: Display P3's colourants under D50 with the gamma of Adobe RGB, so that no name is right by chance.
P3_PROFILE = profile(
    "RGB", 563 / 256,
    ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)),
)  # fmt: skip
GREY_PROFILE = profile("GRAY", 461 / 256)

# Reference values: matrices of light between spaces of white D65, as published.
P3_TO_SRGB = np.array(
    [[1.2249401763, -0.2249401763, 0], [-0.0420569547, 1.0420569547, 0], [-0.0196375546, -0.0786360456, 1.0982736001]]
)  # fmt: skip
ADOBE_TO_SRGB = np.array(
    [[1.3983557440, -0.3983557440, 0], [0, 1, 0], [0, -0.0429289893, 1.0429289893]]
)
BT2020_TO_SRGB = np.array(
    [[1.6604910021, -0.5876411388, -0.0728498633], [-0.1245504745, 1.1328998971, -0.0083494226], [-0.0181507634, -0.1005788980, 1.1187296614]]
)  # fmt: skip
XYZ_D50_TO_SRGB = np.array(
    [[3.1338561, -1.6168667, -0.4906146], [-0.9787684, 1.9161415, 0.0334540], [0.0719453, -0.2289914, 1.4052427]]
)  # fmt: skip


def srgb_light(samples: object) -> np.ndarray:
    """0..255 to light."""
    v = np.asarray(samples, float) / 255
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def srgb(light: object) -> np.ndarray:
    """Light to 0..255, clipped."""
    v = np.clip(light, 0, 1)
    return 255 * np.where(v <= 0.0031308, v * 12.92, 1.055 * v ** (1 / 2.4) - 0.055)


def in_p3(rgb: object) -> np.ndarray:
    return srgb(P3_TO_SRGB @ srgb_light(rgb))


def in_bt2020(rgb: object) -> np.ndarray:
    return srgb(BT2020_TO_SRGB @ srgb_light(rgb))


def in_adobe_rgb(rgb: object) -> np.ndarray:
    return srgb(ADOBE_TO_SRGB @ (np.asarray(rgb, float) / 255) ** (563 / 256))


def in_p3_profile(rgb: object) -> np.ndarray:
    return srgb(P3_TO_SRGB @ (np.asarray(rgb, float) / 255) ** (563 / 256))


def in_grey_profile(grey: float) -> np.ndarray:
    return srgb(np.full(3, (grey / 255) ** (461 / 256)))


def of_lab(lightness: float, a: float, b: float) -> np.ndarray:
    """CIELAB under D50."""
    y = (lightness + 16) / 116
    f = np.array([y + a / 500, y, y - b / 200])
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * (0.9642, 1, 0.8249)
    return srgb(XYZ_D50_TO_SRGB @ xyz)


def pq(rgb: object) -> np.ndarray:
    """The samples in 0..1 of BT.2020 and PQ that show an sRGB colour, white at 203 candela a square metre."""
    light = np.linalg.solve(BT2020_TO_SRGB, srgb_light(rgb)).clip(0, 1) * 203 / 10_000
    power = light ** (2610 / 16384)
    return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375


def hlg(rgb: object) -> np.ndarray:
    """The same of BT.2020 and HLG, on a screen of 1,000 candela a square metre."""
    screen = np.linalg.solve(BT2020_TO_SRGB, srgb_light(rgb)).clip(0, 1) * 203 / 1000
    luminance = screen @ (0.2627, 0.6780, 0.0593)
    scene = screen * luminance ** (1 / 1.2 - 1)
    low, high = (
        np.sqrt(3 * scene),
        0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073,
    )
    return np.where(scene <= 1 / 12, low, high)


def with_nclx(content: bytes, primaries: int, transfer: int) -> bytes:
    """An AVIF with other numbers in its box of colours."""
    place = content.index(b"nclx") + 4
    return content[:place] + struct.pack(">HH", primaries, transfer) + content[place + 4 :]


def adobe_rgb_exif(*, by_number: bool = False) -> Image.Exif:
    """Exif that names Adobe RGB, by its interoperability index or, as some cameras do, by number."""
    exif = Image.Exif()
    exif[0x8769] = {0xA001: 2} if by_number else {0xA001: 65535, 0xA005: {1: "R03", 2: b"0100"}}
    return exif
