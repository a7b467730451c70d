"""The baseline for colour families: the algorithm of the 2020 study."""

from __future__ import annotations

import numpy as np
from PIL import Image

from fashion_core.colour.clusters import k_means
from fashion_core.colour.colours import Colour, Palette, parse_hex, to_hex

#: The study's short list of families, as names and hex colours.
FAMILIES = {
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


def baseline2020_palette(image: Image.Image) -> Palette:
    """The garment's one colour, by the larger of two clusters of the centre crop.

    The crop is rows and columns 92 to 159 of the picture squeezed to 256 px; the family is the nearest of
    the short list in RGB, and the colour's name too.
    """
    square = np.asarray(image.resize((256, 256), Image.Resampling.BILINEAR))[92:160, 92:160]
    labels, centres = k_means(square.reshape(-1, 3).astype(np.float64), 2)
    shares = np.bincount(labels, minlength=2) / len(labels)
    best = int(shares.argmax())
    r, g, b = (int(v) for v in centres[best].round())
    distances = {
        name: np.linalg.norm(np.subtract(parse_hex(code), (r, g, b)))
        for name, code in FAMILIES.items()
    }
    family = min(distances, key=lambda name: distances[name])
    return Palette((Colour(to_hex((r, g, b)), family, family, float(shares[best]), (r, g, b)),))
