"""From the colour space that a file names to sRGB.

A file names it by an ICC profile or by numbers: of ITU-T H.273 (nclx, cICP), or the chromaticities and the
gamma of PNG, or a word in EXIF. What has no name is taken for sRGB.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, cast

import cv2
import numpy as np
from PIL import Image, ImageCms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    #: x and y of red, green, blue and white.
    Chromaticities: TypeAlias = tuple[float, float, float, float, float, float, float, float]
    #: An ICC profile, numbers, or None: sRGB.
    Space: TypeAlias = "bytes | ColourSpace | None"

D65 = (0.3127, 0.3290)
BT709: Chromaticities = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, *D65)
#: Colour primaries of ITU-T H.273, table 2.
PRIMARIES: Mapping[int, Chromaticities] = {
    1: BT709,
    4: (0.67, 0.33, 0.21, 0.71, 0.14, 0.08, 0.310, 0.316),
    5: (0.64, 0.33, 0.29, 0.60, 0.15, 0.06, *D65),
    6: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *D65),
    7: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *D65),
    8: (0.681, 0.319, 0.243, 0.692, 0.145, 0.049, 0.310, 0.316),
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, *D65),
    11: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.314, 0.351),
    12: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, *D65),
    22: (0.630, 0.340, 0.295, 0.605, 0.155, 0.077, *D65),
}
UNSPECIFIED, PQ, HLG = 2, 16, 18
#: White of a page or a shirt in a picture of high dynamic range, in candela a square metre (ITU-R BT.2408).
DIFFUSE_WHITE = 203.0
#: The screen that HLG is graded on, and its system gamma (ITU-R BT.2100).
HLG_PEAK, HLG_GAMMA = 1000.0, 1.2
ADOBE_RGB_GAMMA = 563 / 256
#: Bradford cone responses, for adapting white.
BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
#: Rows that are converted at a time, so that a large picture is not held in floats.
BAND = 256


@dataclass(frozen=True)
class ColourSpace:
    """A colour space by numbers.

    Attributes:
        chromaticities: x and y of red, green, blue and white.
        transfer: H.273 transfer characteristics; those of video (BT.709 and the like) are taken for sRGB, as
            viewers do with photos.
        gamma: the exponent from samples to light, in place of ``transfer``.
        narrow: whether black is 16 and white 235 of 255.
    """

    chromaticities: Chromaticities = BT709
    transfer: int = 13
    gamma: float | None = None
    narrow: bool = False

    @property
    def is_srgb(self) -> bool:
        """Whether there is nothing to convert."""
        near = np.allclose(self.chromaticities, BT709, atol=0.002)
        return near and self.light_of is _srgb_to_light and not self.narrow

    @property
    def light_of(self) -> Callable[[Floats], Floats]:
        """From samples in 0..1 to light, 1 where a page is white."""
        if self.gamma is not None:
            gamma = self.gamma
            return lambda samples: samples**gamma
        return TRANSFERS.get(self.transfer, _srgb_to_light)

    def to_srgb_primaries(self) -> Floats:
        """The matrix ``[3, 3]`` from light of this space to light of sRGB."""
        matrix = np.linalg.inv(_to_xyz(BT709)) @ _adapted(self.chromaticities[6:])
        return np.asarray(matrix @ _to_xyz(self.chromaticities))


ADOBE_RGB = ColourSpace((0.64, 0.33, 0.21, 0.71, 0.15, 0.06, *D65), gamma=ADOBE_RGB_GAMMA)


def by_numbers(primaries: int, transfer: int, *, full_range: bool = True) -> ColourSpace | None:
    """The space of H.273 code points; unknown ones are taken for sRGB's. None where neither is specified."""
    if primaries == transfer == UNSPECIFIED:
        return None
    return ColourSpace(PRIMARIES.get(primaries, BT709), transfer, narrow=not full_range)


def by_chromaticities(chromaticities: Chromaticities | None, gamma: float | None) -> Space:
    """The space of PNG's cHRM and gAMA, where they make sense.

    Args:
        chromaticities: x and y of red, green, blue and white; None for sRGB's.
        gamma: the exponent from light to samples; None for sRGB's curve, which .45455 means as well where
            the chromaticities are sRGB's: PNG has it written so.
    """
    space = ColourSpace()
    if chromaticities and _is_sensible(chromaticities):
        space = ColourSpace(chromaticities)
    if gamma and 0.1 < gamma < 10 and not (space.is_srgb and abs(gamma - 1 / 2.2) < 0.002):
        space = ColourSpace(space.chromaticities, gamma=1 / gamma)
    return space


def _is_sensible(chromaticities: Chromaticities) -> bool:
    xy = np.reshape(chromaticities, (4, 2))
    red, green, blue = xy[:3]
    area = abs(np.cross([*(green - red), 0], [*(blue - red), 0])[2])
    return bool(
        (xy >= 0).all() and (xy[:, 1] > 0).all() and (xy.sum(1) <= 1.0).all() and area > 0.02
    )


def to_srgb(image: Image.Image, space: Space) -> Image.Image:
    """RGB of sRGB from an L, RGB, CMYK or LAB image of 8 bits.

    A profile that is broken, or of another kind of colours than the picture's, is no reason to refuse it: it
    is ignored.
    """
    if isinstance(space, bytes) and (converted := _by_profile(image, space)):
        return converted
    if image.mode == "LAB":
        return _transform(image, ImageCms.createProfile("LAB"))
    colours = image.convert("RGB")
    if isinstance(space, ColourSpace) and not space.is_srgb:
        return Image.fromarray(convert_samples(np.asarray(colours), space))
    return colours


def _by_profile(image: Image.Image, content: bytes) -> Image.Image | None:
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(content))
        kind = profile.profile.xcolor_space.strip()
        if kind == "RGB" and image.mode == "L":
            image = image.convert("RGB")
        if {"GRAY": "L", "RGB": "RGB", "CMYK": "CMYK", "Lab": "LAB"}.get(kind) != image.mode:
            return None
        return _transform(image, profile)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _transform(image: Image.Image, source: object) -> Image.Image:
    converted = ImageCms.profileToProfile(
        image,
        source,  # type: ignore[arg-type]
        ImageCms.createProfile("sRGB"),
        outputMode="RGB",
    )
    assert converted is not None  # noqa: S101 - it is None only where the image itself is changed
    return converted


def convert_samples(
    samples: NDArray[np.uint8 | np.uint16], space: ColourSpace
) -> NDArray[np.uint8]:
    """Samples of a space, uint8 or uint16 ``[H, W, 3]``, as sRGB uint8.

    What is brighter than white, or out of sRGB's reach, is clipped.
    """
    values = np.linspace(0, 1, np.iinfo(samples.dtype).max + 1)
    if space.narrow:
        values = ((values * 255 - 16) / 219).clip(0, 1)
    table = space.light_of(values).astype(np.float32)
    matrix = space.to_srgb_primaries().astype(np.float32)
    encoded = np.round(_light_to_srgb(np.linspace(0, 1, 65536)) * 255).astype(np.uint8)
    out = np.empty(samples.shape, np.uint8)
    for top in range(0, len(samples), BAND):
        light = table[samples[top : top + BAND]]
        if space.gamma is None and space.transfer == HLG:
            light *= _hlg_gain(light, space)
        seen = cv2.transform(light, matrix).clip(0, 1)
        out[top : top + BAND] = encoded[(seen * 65535 + 0.5).astype(np.uint16)]
    return out


def _hlg_gain(scene: NDArray[np.float32], space: ColourSpace) -> NDArray[np.float32]:
    """What makes light of a scene light of a screen: BT.2100's OOTF, ``[h, w, 1]``."""
    luminance = scene @ _to_xyz(space.chromaticities)[1].astype(np.float32)
    gain = HLG_PEAK / DIFFUSE_WHITE * luminance ** np.float32(HLG_GAMMA - 1)
    return np.asarray(gain[..., None], np.float32)


def _to_xyz(chromaticities: Chromaticities) -> Floats:
    """From light to XYZ with white's Y = 1, ``[3, 3]`` (SMPTE RP 177)."""
    xy = np.reshape(chromaticities, (4, 2))
    xyz = np.stack([xy[:, 0] / xy[:, 1], np.ones(4), (1 - xy.sum(1)) / xy[:, 1]])
    return np.asarray(xyz[:, :3] * np.linalg.solve(xyz[:, :3], xyz[:, 3]))


def _adapted(white: tuple[float, ...]) -> Floats:
    """The Bradford matrix from XYZ under ``white`` (x, y) to XYZ under D65."""
    here, there = (
        np.array([x / y, 1, (1 - x - y) / y]) for x, y in (cast("tuple[float, float]", white), D65)
    )
    gains = np.diag((BRADFORD @ there) / (BRADFORD @ here))
    return np.asarray(np.linalg.inv(BRADFORD) @ gains @ BRADFORD)


def _srgb_to_light(samples: Floats) -> Floats:
    return np.where(samples <= 0.04045, samples / 12.92, ((samples + 0.055) / 1.055) ** 2.4)


def _light_to_srgb(light: Floats) -> Floats:
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def _pq_to_light(samples: Floats) -> Floats:
    """SMPTE ST 2084."""
    m1, m2 = 2610 / 16384, 2523 / 4096 * 128
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    power = samples ** (1 / m2)
    light = (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1)
    return np.asarray(light * 10_000 / DIFFUSE_WHITE)


def _hlg_to_scene(samples: Floats) -> Floats:
    """ARIB STD-B67: light of the scene; :func:`_hlg_gain` makes it light of a screen."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(samples <= 0.5, samples**2 / 3, (np.exp((samples - c) / a) + b) / 12)


#: H.273 transfer characteristics that are not taken for sRGB.
TRANSFERS: Mapping[int, Callable[[Floats], Floats]] = {
    4: lambda samples: samples**2.2,
    5: lambda samples: samples**2.8,
    8: lambda samples: samples,
    PQ: _pq_to_light,
    17: lambda samples: samples**2.6 * 52.37 / 48,
    HLG: _hlg_to_scene,
}
