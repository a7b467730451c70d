"""A garment's colours: k-means in CIELAB, families and fine names by CIEDE2000.

The fine names are the XKCD colour survey's (Randall Munroe, 2010, CC0; rude ones left out) and CSS's. The
report's own algorithm (k-means with two clusters on the centre crop) stays as ``mode="report"``.
"""

from __future__ import annotations

import colorsys
import json
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import webcolors
from numpy.typing import NDArray
from PIL import Image
from skimage.color import deltaE_ciede2000, lab2rgb, rgb2lab

from fashion_core.colour.family import (
    evenly,
    families,
    garment_family,
)

Floats = NDArray[np.float64]

CLUSTERS, SEED = 6, 1
#: Pixels that are clustered, by profile, and on how large a copy they are picked.
SAMPLES, COPY_SIDE = {"full": 4000, "fast": 900}, {"full": 320, "fast": 160}
#: Clusters closer than this (CIEDE2000) are one colour in different light.
MERGE_BELOW = 11.0
#: kL of CIEDE2000 when merging: folds and shine change lightness and are no other colour.
LIGHTNESS_WEIGHT = 1.6
LEAST_SHARE = 0.03
#: Fine names that are nearest by CIE76 and compared by CIEDE2000: of 5,000 colours none had its name
#: further than 83rd.
NEAREST_NAMES = 160
MOST_COLOURS = 5
#: The report's short list, as hex and name.
REPORT_COLOURS = {
    "black": "#000000",
    "blue": "#0000ff",
    "brown": "#a52a2a",
    "gray": "#808080",
    "green": "#008000",
    "orange": "#ffa500",
    "pink": "#ffc0cb",
    "purple": "#800080",
    "red": "#ff0000",
    "white": "#ffffff",
    "yellow": "#ffff00",
    "beige": "#f5f5dc",
}


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
        lightness, a, b = (round(float(v), 1) + 0.0 for v in _to_lab(np.array([self.rgb]))[0])
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

    The report sliced the string one character off, which scrambled the channels.

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


@lru_cache(maxsize=1)
def _names() -> tuple[list[str], Floats]:
    """All fine names with their CIELAB colours ``[N, 3]``."""
    path = Path(__file__).with_name("colour_names.json")
    table: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    for name in webcolors.names("css3"):
        if "grey" not in name:
            table.setdefault(_spaced(name), webcolors.name_to_hex(name))
    rgb = np.array([parse_hex(code) for code in table.values()])
    return list(table), _to_lab(rgb)


#: The words that CSS runs together in its colour names.
_CSS_WORDS = [
    "alice",
    "antique",
    "aqua",
    "marine",
    "almond",
    "blanched",
    "burly",
    "wood",
    "cadet",
    "chart",
    "corn",
    "flower",
    "dark",
    "deep",
    "dim",
    "dodger",
    "fire",
    "brick",
    "floral",
    "forest",
    "ghost",
    "golden",
    "rod",
    "hot",
    "indian",
    "khaki",
    "lace",
    "lavender",
    "blush",
    "lawn",
    "lemon",
    "chiffon",
    "light",
    "lime",
    "magenta",
    "medium",
    "midnight",
    "mint",
    "cream",
    "misty",
    "moccasin",
    "navajo",
    "old",
    "olive",
    "drab",
    "orchid",
    "pale",
    "papaya",
    "whip",
    "peach",
    "puff",
    "powder",
    "rosy",
    "rose",
    "royal",
    "saddle",
    "sandy",
    "sea",
    "shell",
    "sky",
    "slate",
    "smoke",
    "spring",
    "steel",
    "turquoise",
    "violet",
    "white",
    "blue",
    "brown",
    "coral",
    "cyan",
    "gray",
    "green",
    "orange",
    "pink",
    "purple",
    "red",
    "salmon",
    "silk",
    "tan",
    "yellow",
]
_CSS_WORD = re.compile("|".join(sorted(_CSS_WORDS, key=len, reverse=True)))


def _spaced(name: str) -> str:
    """A CSS name as words.

    >>> _spaced("antiquewhite"), _spaced("teal")
    ('antique white', 'teal')
    """
    words = _CSS_WORD.findall(name)
    return " ".join(words) if "".join(words) == name else name


def _to_lab(rgb: NDArray[Any]) -> Floats:
    return np.asarray(rgb2lab(np.asarray(rgb, np.float64)[None] / 255)[0])


def fine_name(lab: Floats) -> str:
    """The nearest fine name by CIEDE2000 (Sharma, Wu, Dalal, 2005)."""
    return _fine_names(lab[None])[0]


def _fine_names(lab: Floats) -> list[str]:
    """The fine name of each colour of ``[K, 3]``."""
    names, table = _names()
    distances = np.square(lab[:, None] - table).sum(2)
    near = np.sort(distances.argpartition(NEAREST_NAMES)[:, :NEAREST_NAMES])
    nearest = deltaE_ciede2000(table[near], lab[:, None]).argmin(1)
    return [names[row[i]] for row, i in zip(near, nearest, strict=True)]


def palette(
    image: Image.Image,
    mask: NDArray[np.bool_] | None = None,
    mode: str = "garment",
    profile: str = "full",
) -> Palette:
    """The colours of a garment.

    Args:
        image: RGB.
        mask: bool of the picture's shape or smaller, True on the garment; the whole picture without it.
        mode: ``garment``, or ``report`` for the report's two clusters on the centre crop.
        profile: ``full``, or ``fast`` (fewer pixels).

    Raises:
        ValueError: another mode.
    """
    if mode == "report":
        return _report_palette(image)
    if mode != "garment":
        raise ValueError(f"No mode {mode!r}; there are 'garment' and 'report'.")
    lab, ground = garment_lab(np.asarray(image), mask, profile)
    centres, shares = _merge(*_kmeans(lab, CLUSTERS))
    order = np.argsort(-shares, kind="stable")
    kept = [i for i in order if shares[i] >= LEAST_SHARE][:MOST_COLOURS] or [int(order[0])]
    colours = _colours(centres[kept], shares[kept])
    colours[0] = replace(colours[0], family=garment_family(lab, ground, profile=profile))
    return Palette(tuple(colours))


def garment_lab(
    pixels: NDArray[np.uint8], mask: NDArray[np.bool_] | None, profile: str = "full"
) -> tuple[Floats, Floats]:
    """CIELAB colours of the garment and of its ground, both clear of its edge.

    Returns:
        At most ``SAMPLES`` colours ``[N, 3]`` of the garment, at most a quarter as many of the ground.
    """
    scale = COPY_SIDE[profile] / max(pixels.shape[:2])
    if scale < 1:
        size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    size = pixels.shape[1], pixels.shape[0]
    if mask is None:
        mask = np.ones(pixels.shape[:2], np.bool_)
    small = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    inside = cv2.erode(small, np.ones((5, 5), np.uint8), borderValue=1) > 0
    chosen = pixels[inside if inside.sum() >= 50 else small > 0 if small.any() else ...]
    chosen = chosen.reshape(-1, 3)
    outside = pixels[cv2.dilate(small, np.ones((9, 9), np.uint8)) == 0]
    most = SAMPLES[profile]
    return _to_lab(evenly(chosen, most)), _to_lab(evenly(outside, most // 4))


def _kmeans(lab: Floats, clusters: int) -> tuple[Floats, Floats]:
    """Cluster centres ``[K, 3]`` and shares ``[K]``; lightness counts less, as folds vary only that."""
    weights = np.array([0.6, 1.0, 1.0])
    # Colours as numbers, which are sorted ten times as fast as rows.
    count = min(clusters, len(np.unique(lab @ (1.0, 1e3, 1e6))))
    labels, _ = _cluster(lab * weights, count)
    found = [i for i in range(count) if (labels == i).any()]
    # The median is what the cloth looks like between its shadows and highlights.
    centres = np.array([np.median(lab[labels == i], axis=0) for i in found])
    return centres, np.array([(labels == i).mean() for i in found])


def _cluster(samples: Floats, count: int) -> tuple[NDArray[np.int32], Floats]:
    """Seeded k-means++: labels ``[N]`` and centres ``[count, C]``."""
    if count < 2:
        # OpenCV takes a single pixel for three samples of one channel.
        return np.zeros(len(samples), np.int32), samples.mean(0, keepdims=True)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 0.2)
    start = np.zeros((len(samples), 1), np.int32)
    cv2.setRNGSeed(SEED)
    _, labels, centres = cv2.kmeans(
        samples.astype(np.float32), count, start, criteria, 2, cv2.KMEANS_PP_CENTERS
    )
    return np.asarray(labels, np.int32).ravel(), np.asarray(centres, np.float64)


def _merge(centres: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """Join the closest pair until none is closer than ``MERGE_BELOW``."""
    while len(centres) > 1:
        distances = deltaE_ciede2000(centres[:, None], centres[None], kL=LIGHTNESS_WEIGHT)
        np.fill_diagonal(distances, np.inf)
        i, j = np.unravel_index(int(distances.argmin()), distances.shape)
        if distances[i, j] >= MERGE_BELOW:
            break
        weight = shares[[i, j]] / shares[[i, j]].sum()
        centres[i] = weight @ centres[[i, j]]
        shares[i] += shares[j]
        centres, shares = np.delete(centres, j, axis=0), np.delete(shares, j)
    return centres, shares


def _colours(lab: Floats, shares: Floats) -> list[Colour]:
    """The colours of ``[K, 3]`` with their shares ``[K]``."""
    rgb = (lab2rgb(lab[None])[0].clip(0, 1) * 255).round().astype(int)
    return [
        Colour(to_hex((r, g, b)), name, family, float(share), (r, g, b))
        for (r, g, b), name, family, share in zip(
            rgb.tolist(), _fine_names(lab), families(lab), shares, strict=True
        )
    ]


def _report_palette(image: Image.Image) -> Palette:
    """K = 2 on 92..160 of the picture at 256 px; the more frequent cluster; nearest of a short list."""
    square = np.asarray(image.resize((256, 256), Image.Resampling.BILINEAR))[92:160, 92:160]
    labels, centres = _cluster(square.reshape(-1, 3).astype(np.float64), 2)
    share = np.bincount(labels, minlength=2) / len(labels)
    best = int(share.argmax())
    r, g, b = (int(v) for v in centres[best].round())
    distances = {
        n: np.linalg.norm(np.subtract(parse_hex(h), (r, g, b))) for n, h in REPORT_COLOURS.items()
    }
    family = min(distances, key=lambda name: distances[name])
    return Palette((Colour(to_hex((r, g, b)), family, family, float(share[best]), (r, g, b)),))
