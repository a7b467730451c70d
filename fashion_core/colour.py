"""A garment's colours: k-means in CIELAB, families and fine names by CIEDE2000.

The fine names are the XKCD colour survey's (Randall Munroe, 2010, CC0; rude ones left out) and CSS's. The
report's own algorithm (k-means with two clusters on the centre crop) stays as ``mode="report"``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import webcolors
from numpy.typing import NDArray
from PIL import Image
from skimage.color import deltaE_ciede2000, lab2rgb, rgb2lab

Floats = NDArray[np.float64]

CLUSTERS, SAMPLES, SEED = 6, 4000, 1
#: Clusters closer than this (CIEDE2000) are one colour in different light.
MERGE_BELOW = 11.0
#: kL of CIEDE2000 when merging: folds and shine change lightness and are no other colour.
LIGHTNESS_WEIGHT = 1.6
LEAST_SHARE = 0.03
MOST_COLOURS = 5
#: A garment is ``multi`` when no family holds this share of it; chosen on training styles.
FAMILY_SHARE = 0.42
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


def family_of(lab: Floats) -> str:
    """The colour family of one CIELAB colour (D65), by lightness, chroma and hue.

    The borders were set on clean labels of training styles.
    """
    lightness, a, b = (float(v) for v in lab)
    chroma, hue = float(np.hypot(a, b)), float(np.degrees(np.arctan2(b, a)) % 360)
    navy = 255 < hue < 312 and chroma > 4.6
    if chroma < 4.6 or (lightness < 22 and chroma < 8 and not navy):
        return _grey(lightness)
    if lightness > 86 and chroma < 9 and not (navy and chroma > 6.5):
        return "white"
    return _hue_family(lightness, chroma, hue)


def _grey(lightness: float) -> str:
    if lightness < 22:
        return "black"
    return "white" if lightness > 82 else "gray"


def _hue_family(lightness: float, chroma: float, hue: float) -> str:
    """Families of colours that have a hue, by sectors of it."""
    if hue < 20 or hue >= 340:
        return "pink" if lightness > 52 or (lightness > 42 and hue >= 340) else "red"
    if hue < 45:
        if lightness > 62:
            return "pink" if chroma < 45 else "orange"
        return "red" if chroma > 28 else "brown"
    if hue < 75:
        if lightness > 60 and chroma < 32:
            return "beige"
        return "orange" if lightness > 52 and chroma > 42 else "brown"
    if hue < 105:
        if chroma < 27:
            return "beige" if lightness > 60 else "green" if hue > 95 else "brown"
        return "yellow" if lightness > 58 else "green" if hue > 92 else "brown"
    if hue < 205:
        return "yellow" if hue < 112 and lightness > 75 and chroma > 40 else "green"
    if hue < 300:
        return "gray" if chroma < 7 and lightness > 30 else "blue"
    return "purple" if lightness < 75 else "pink" if hue > 320 else "purple"


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
    names, table = _names()
    return names[int(deltaE_ciede2000(table, lab[None]).argmin())]


def palette(
    image: Image.Image, mask: NDArray[np.bool_] | None = None, mode: str = "garment"
) -> Palette:
    """The colours of a garment.

    Args:
        image: RGB.
        mask: bool ``[H, W]``, True on the garment; the whole picture without it.
        mode: ``garment``, or ``report`` for the report's two clusters on the centre crop.

    Raises:
        ValueError: another mode.
    """
    if mode == "report":
        return _report_palette(image)
    if mode != "garment":
        raise ValueError(f"No mode {mode!r}; there are 'garment' and 'report'.")
    lab = _to_lab(_garment_pixels(np.asarray(image), mask))
    centres, shares = _merge(*_kmeans(lab, CLUSTERS))
    order = np.argsort(-shares, kind="stable")
    kept = [i for i in order if shares[i] >= LEAST_SHARE][:MOST_COLOURS] or [int(order[0])]
    colours = [_colour(centres[i], float(shares[i])) for i in kept]
    colours[0] = _with_family(colours[0], _garment_family(centres, shares))
    return Palette(tuple(colours))


def _garment_pixels(pixels: NDArray[np.uint8], mask: NDArray[np.bool_] | None) -> NDArray[np.uint8]:
    """At most ``SAMPLES`` pixels ``[N, 3]`` from inside the garment, clear of its edge."""
    scale = 320 / max(pixels.shape[:2])
    if mask is None:
        mask = np.ones(pixels.shape[:2], np.bool_)
    if scale < 1:
        size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        mask = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    inside = cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=1) > 0
    chosen = pixels[inside if inside.sum() >= 50 else mask if mask.any() else ...].reshape(-1, 3)
    step = max(1, len(chosen) // SAMPLES)
    return np.asarray(chosen[::step], np.uint8)


def _kmeans(lab: Floats, clusters: int) -> tuple[Floats, Floats]:
    """Cluster centres ``[K, 3]`` and shares ``[K]``; lightness counts less, as folds vary only that."""
    weights = np.array([0.6, 1.0, 1.0])
    count = min(clusters, len(np.unique(lab, axis=0)))
    labels, _ = _cluster(lab * weights, count)
    found = [i for i in range(count) if (labels == i).any()]
    # The median is what the cloth looks like between its shadows and highlights.
    centres = np.array([np.median(lab[labels == i], axis=0) for i in found])
    return centres, np.array([(labels == i).mean() for i in found])


def _cluster(samples: Floats, count: int) -> tuple[NDArray[np.int32], Floats]:
    """Seeded k-means++: labels ``[N]`` and centres ``[count, C]``."""
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


def _garment_family(centres: Floats, shares: Floats) -> str:
    held: dict[str, float] = {}
    for centre, share in zip(centres, shares, strict=True):
        family = family_of(centre)
        held[family] = held.get(family, 0.0) + float(share)
    best = max(held, key=lambda family: held[family])
    return best if held[best] >= FAMILY_SHARE else "multi"


def _colour(lab: Floats, share: float) -> Colour:
    r, g, b = (int(v) for v in (lab2rgb(lab[None, None])[0, 0].clip(0, 1) * 255).round())
    return Colour(to_hex((r, g, b)), fine_name(lab), family_of(lab), share, (r, g, b))


def _with_family(colour: Colour, family: str) -> Colour:
    return Colour(colour.hex, colour.name, family, colour.share, colour.rgb)


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
