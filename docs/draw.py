"""Draw the pictures of README.md: ``python docs/draw.py``.

``how-it-works.svg`` is the path of a photo and of a recipe; ``designs.webp`` is the first sheet of the default
generator, as it comes; ``cloths.webp`` has every family of cloth once, in a palette as dresses have it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent))
#: Width and height of a box, and the gap that an arrow crosses.
WIDTH, HEIGHT, GAP = 168, 92, 28
MARGIN, TITLE = 24, 34
GROUND, INK, FAINT, ACCENT = "#f8f7f3", "#1b1b1b", "#5c5a55", "#9b1b30"
#: Designs in a row of ``designs.webp``, and the seed of its sheet.
COLUMNS, SHOWN, SEED = 4, 8, 7
#: Cloths in a row of ``cloths.webp``, pixels of a swatch and between two, and pixels a millimetre.
SWATCHES, SWATCH, SEAM, PITCH = 9, 112, 2, 0.6


@dataclass(frozen=True)
class Step:
    """One box: what happens, in two short lines, and the file that does it."""

    name: str
    lines: tuple[str, str]
    file: str


PHOTO = (
    Step("Open", ("any picture, upright,", "sRGB, alpha on white"), "imaging/"),
    Step("Cut out", ("which pixels are the", "garment; framed to 256 px"), "cutout/"),
    Step("Read", ("classifiers answer; their", "answers are combined"), "reader.py"),
    Step("Name colours", ("clusters of the garment's", "pixels, and its family"), "colour/"),
    Step("Report", ("words, probabilities,", "palette: GarmentReport"), "report.py"),
)
RECIPE = (
    Step("Recipe", ("model, seed and wishes", "as a short text"), "recipe.py"),
    Step("Latent", ("drawn from the seed;", "mixed, varied, truncated"), "latent.py"),
    Step("Draw", ("generator at 64 x 96 px,", "upsampler to 256 x 384"), "designer.py"),
    Step("Export", ("PNG or GIF that carries", "recipe and origin"), "exports.py"),
    Step("Read back", ("the Analyser says what", "the drawing shows"), "analyser.py"),
)


def how_it_works() -> str:
    """The SVG: a row of boxes for a photo, one for a recipe."""
    row = TITLE + HEIGHT + MARGIN
    width = 2 * MARGIN + len(PHOTO) * WIDTH + (len(PHOTO) - 1) * GAP
    height = MARGIN + 2 * row
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" font-family="Helvetica, Arial, sans-serif" role="img">'
        ),
        "<title>How Toile works: the path of a photo and of a recipe</title>",
        f'<rect width="{width}" height="{height}" fill="{GROUND}"/>',
    ]
    rows = ("A photo is read", PHOTO), ("A design is drawn", RECIPE)
    for number, (title, steps) in enumerate(rows):
        y = MARGIN + number * row
        parts.append(_text(MARGIN, y + 16, title, 18, INK, 'font-family="Georgia, serif"'))
        for i, step in enumerate(steps):
            x = MARGIN + i * (WIDTH + GAP)
            parts.append(_box(x, y + TITLE, step))
            if i:
                parts.append(_arrow(x - GAP, y + TITLE + HEIGHT // 2))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _box(x: int, y: int, step: Step) -> str:
    return "\n".join(
        [
            f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" fill="#ffffff" stroke="{INK}"/>',
            _text(x + 12, y + 24, step.name, 15, INK, 'font-weight="bold"'),
            *(
                _text(x + 12, y + 43 + 16 * i, line, 12, INK, "")
                for i, line in enumerate(step.lines)
            ),
            _text(x + 12, y + 80, step.file, 11, FAINT, 'font-family="monospace"'),
        ]
    )


def _text(x: int, y: int, text: str, size: int, colour: str, more: str) -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" {more}>{escape(text)}</text>'


def _arrow(x: int, y: int) -> str:
    tip = x + GAP - 4
    return (
        f'<path d="M{x + 4} {y}H{tip}M{tip - 6} {y - 5}L{tip} {y}L{tip - 6} {y + 5}" '
        f'fill="none" stroke="{ACCENT}" stroke-width="1.5"/>'
    )


def draw_designs(path: Path) -> None:
    """The first designs of one sheet, at the size at which they are drawn."""
    from PIL import Image

    from fashion_core import Designer

    designer = Designer.load(device="cpu")
    pictures = [designer.render(r) for r in designer.sample(seed=SEED)[:SHOWN]]
    width, height = pictures[0].size
    sheet = Image.new("RGB", (COLUMNS * width, -(-SHOWN // COLUMNS) * height), "white")
    for i, picture in enumerate(pictures):
        sheet.paste(picture, (i % COLUMNS * width, i // COLUMNS * height))
    sheet.save(path, quality=82, method=6)


def draw_cloths(path: Path) -> None:
    """A swatch of every family; lace over its own lining."""
    import numpy as np
    from PIL import Image

    from fashion_core.cloth import FAMILIES, Cloth
    from fashion_core.cloth.palettes import drawn_palette
    from fashion_core.compose import Form, dress

    whole = np.ones((SWATCH, SWATCH), np.float32)
    form = Form(whole, np.zeros_like(whole), 1 / PITCH)
    swatches = [
        Image.fromarray(
            dress(form, Cloth(kind, family, drawn_palette(kind, SEED + i), seed=SEED))[..., :3]
        )
        for kind, families in FAMILIES.items()
        for i, family in enumerate(families, start=1)
    ]
    rows, step = -(-len(swatches) // SWATCHES), SWATCH + SEAM
    sheet = Image.new("RGB", (SWATCHES * step - SEAM, rows * step - SEAM), "white")
    for i, swatch in enumerate(swatches):
        sheet.paste(swatch, (i % SWATCHES * step, i // SWATCHES * step))
    sheet.save(path, quality=84, method=6)


if __name__ == "__main__":
    (DOCS / "how-it-works.svg").write_text(how_it_works(), encoding="utf-8")
    draw_designs(DOCS / "designs.webp")
    draw_cloths(DOCS / "cloths.webp")
