"""One colour as hex, RGB, HSL and CIELAB, and a palette of them."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import webcolors
from numpy.typing import NDArray
from skimage.color import lab2rgb, rgb2lab

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Colour:
    """One colour of a garment: ``share`` of its surface in 0..1, ``rgb`` 0..255."""

    hex: str
    name: str
    family: str
    share: float
    rgb: tuple[int, int, int]

    @property
    def hsl(self) -> tuple[int, int, int]:
        """Hue in degrees, saturation and lightness in per cent, as CSS writes them."""
        hue, lightness, saturation = colorsys.rgb_to_hls(*(v / 255 for v in self.rgb))
        return round(hue * 360) % 360, round(saturation * 100), round(lightness * 100)

    @property
    def lab(self) -> tuple[float, float, float]:
        """CIELAB (D65), to one decimal."""
        lightness, a, b = (round(float(v), 1) + 0.0 for v in to_lab(np.array([self.rgb]))[0])
        return lightness, a, b

    def to_dict(self) -> dict[str, Any]:
        """As in the command line's JSON."""
        return {
            "hex": self.hex,
            "name": self.name,
            "family": self.family,
            "share": round(self.share, 4),
        }


@dataclass(frozen=True)
class Palette:
    """Colours sorted by share. The first one's ``family`` is the garment's, ``multi`` included."""

    colours: tuple[Colour, ...]

    @property
    def family(self) -> str:
        """The garment's colour family."""
        return self.colours[0].family

    def to_list(self) -> list[dict[str, Any]]:
        """As in the command line's JSON."""
        return [colour.to_dict() for colour in self.colours]


def parse_hex(text: str) -> tuple[int, int, int]:
    """A hex colour to RGB in 0..255.

    The 2020 study cut the string one character off, which mixed up the channels.

    >>> parse_hex("#356866")
    (53, 104, 102)
    """
    colour = webcolors.hex_to_rgb(text)
    return colour.red, colour.green, colour.blue


def to_hex(rgb: tuple[int, int, int]) -> str:
    """RGB in 0..255 to a hex colour.

    >>> to_hex((53, 104, 102))
    '#356866'
    """
    return str(webcolors.rgb_to_hex(rgb))


def to_lab(rgb: NDArray[Any]) -> Floats:
    """CIELAB (D65) of RGB ``[N, 3]`` in 0..255."""
    return np.asarray(rgb2lab(np.asarray(rgb, np.float64)[None] / 255)[0])


def hex_to_lab(text: str) -> Floats:
    """CIELAB ``[3]`` of a hex colour."""
    lab: Floats = to_lab(np.array([parse_hex(text)]))[0]
    return lab


def lab_to_rgb(lab: Floats) -> tuple[int, int, int]:
    """RGB in 0..255 of one CIELAB colour ``[3]``."""
    red, green, blue = to_rgb(lab[None])[0].tolist()
    return red, green, blue


def lab_to_hex(lab: Floats) -> str:
    """The hex colour of one CIELAB colour ``[3]``."""
    return to_hex(lab_to_rgb(lab))


def plain_picture(height: int, width: int, rgb: Sequence[int]) -> NDArray[np.uint8]:
    """A picture ``[H, W, 3]`` of one colour; row by row, as writing a colour pixel by pixel is slow."""
    picture = np.empty((height, width, 3), np.uint8)
    picture.reshape(height, -1)[:] = np.tile(np.array(rgb, np.uint8), width)
    return picture


def to_rgb(lab: Floats) -> NDArray[np.int64]:
    """RGB ``[N, 3]`` in 0..255 of CIELAB ``[N, 3]``; clipped to what a screen can show."""
    return np.asarray(np.rint(lab2rgb(lab[None])[0].clip(0, 1) * 255), np.int64)
