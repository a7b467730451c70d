"""A palette as a file: for GIMP, Inkscape and Krita, for Adobe programs, as CSS variables, as a picture.

Pure functions from a :class:`fashion_core.colour.Palette` to the content of a file.
"""

from __future__ import annotations

import io
import re
import struct
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from fashion_core.colour.colours import Colour, Palette

#: Pixels of the PNG: all chips side by side, as wide as their shares.
PNG_SIZE = (1200, 300)


def to_gpl(palette: Palette) -> str:
    """A GIMP palette, which Inkscape, Krita and Scribus read too."""
    lines = ["GIMP Palette", "Name: Toile", "Columns: 5", "#"]
    for colour in palette.colours:
        values = " ".join(f"{value:3d}" for value in colour.rgb)
        lines.append(f"{values}\t{colour.name}")
    return "\n".join(lines) + "\n"


def to_ase(palette: Palette) -> bytes:
    """An Adobe Swatch Exchange file, version 1.0, of RGB colours."""
    blocks = [_ase_block(colour) for colour in palette.colours]
    return b"ASEF" + struct.pack(">HHI", 1, 0, len(blocks)) + b"".join(blocks)


def _ase_block(colour: Colour) -> bytes:
    name = colour.name + "\0"
    body = struct.pack(">H", len(name)) + name.encode("utf-16-be")
    body += b"RGB " + struct.pack(">fff", *(v / 255 for v in colour.rgb))
    body += struct.pack(">H", 2)  # a normal colour, neither global nor spot
    return struct.pack(">HI", 1, len(body)) + body


def to_css(palette: Palette) -> str:
    """CSS variables, one a colour, with RGB, HSL, CIELAB and share beside it.

    Two colours of one name are told apart by a number.
    """
    lines, seen = [], dict[str, int]()
    for colour in palette.colours:
        slug = re.sub(r"[^a-z0-9]+", "-", colour.name.lower()).strip("-")
        seen[slug] = seen.get(slug, 0) + 1
        name = slug if seen[slug] == 1 else f"{slug}-{seen[slug]}"
        rgb = " ".join(str(v) for v in colour.rgb)
        hue, saturation, lightness = colour.hsl
        lab = " ".join(str(v) for v in colour.lab)
        lines.append(
            f"  --toile-{name}: {colour.hex}; /* rgb({rgb}), hsl({hue} {saturation}% {lightness}%), "
            f"lab({lab}), {colour.share:.0%} */"
        )
    return ":root {\n" + "\n".join(lines) + "\n}\n"


def to_png(palette: Palette) -> bytes:
    """Chips side by side, each as wide as its share of all that is shown."""
    width, height = PNG_SIZE
    picture = Image.new("RGB", PNG_SIZE)
    total, left, sofar = sum(c.share for c in palette.colours), 0, 0.0
    for colour in palette.colours:
        sofar += colour.share
        right = round(width * sofar / total)
        picture.paste(colour.rgb, (left, 0, right, height))
        left = right
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()
