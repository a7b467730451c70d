"""The commands that draw cloth: ``cloth`` prints a seamless tile, ``restyle`` dresses a photo's garment."""

from __future__ import annotations

import io
import re
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads the types of options when it runs
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fashion_core.composition import Composition
from fashion_core.composition_options import (  # noqa: TC001 - typer reads the types of options
    BorderOption,
    BorderWidthOption,
    ContrastOption,
    LiningOption,
    SleeveAngleOption,
)
from fashion_core.errors import ClothError

if TYPE_CHECKING:
    from fashion_core.cloth.cloth import Cloth

_PANEL = "Cloth"
Kind = StrEnum("Kind", ["floral", "lace", "polkadots", "print", "stripes", "unicolors"])
KindOption = Annotated[Kind, typer.Option(help="A pattern's word.", rich_help_panel=_PANEL)]
FamilyOption = Annotated[
    str,
    typer.Option(help="One of the kind's families; the first without it.", rich_help_panel=_PANEL),
]
_PALETTE = typer.Option(
    help="One to six hex colours, the ground first.",
    metavar="HEX,HEX,...",
    rich_help_panel=_PANEL,
)
_SCALE = typer.Option(help="Of the motifs, .25 to 4.", rich_help_panel=_PANEL)
_DENSITY = typer.Option(help="How many motifs, .5 to 2.", rich_help_panel=_PANEL)
_ANGLE = typer.Option(help="Degrees, -90 to 90.", rich_help_panel=_PANEL)
PaletteOption = Annotated[str, _PALETTE]
ScaleOption = Annotated[float, _SCALE]
DensityOption = Annotated[float, _DENSITY]
AngleOption = Annotated[float, _ANGLE]
SeedOption = Annotated[
    int, typer.Option(help="The same seed draws the same cloth.", rich_help_panel=_PANEL)
]
# The same for designs, whose cloths follow from their seeds where nothing is given.
AnyFamily = Annotated[
    str | None,
    typer.Option(help="One of the families of --pattern; any without it.", rich_help_panel=_PANEL),
]
AnyPalette = Annotated[str | None, _PALETTE]
AnyScale = Annotated[float | None, _SCALE]
AnyDensity = Annotated[float | None, _DENSITY]
AnyAngle = Annotated[float | None, _ANGLE]
#: Where no other is asked for.
PALETTE = "#1f3d36,#d9a5a0,#f0d9c0,#6f8f6a"
#: Pixels a side of the largest tile.
MOST_SIDE = 8192
_SUFFIXES = {"cloth": (".png", ".svg"), "restyle": (".png",)}


def draw_tile(
    out: Annotated[Path, typer.Option(help="The .png or .svg to write.")],
    kind: KindOption = Kind.floral,
    family: FamilyOption = "",
    palette: PaletteOption = PALETTE,
    scale: ScaleOption = 1.0,
    density: DensityOption = 1.0,
    angle: AngleOption = 0.0,
    seed: SeedOption = 7,
    repeat: Annotated[
        str, typer.Option(help="Width of the tile in print, as 64mm; its natural one without.")
    ] = "",
    dpi: Annotated[int, typer.Option(help="Pixels an inch of a PNG, 36 to 1200.")] = 300,
) -> dict[str, Any]:
    """Draw a seamless tile of cloth for print."""
    from fashion_core.checkpoint import write_atomically

    _check_suffix(out, "cloth")
    cloth = _cloth(kind, family, palette, scale, density, angle, seed)
    width, height = tile_mm(cloth, repeat)
    vectors = out.suffix.lower() == ".svg"
    write_atomically(
        out, tile_svg(cloth, repeat).encode() if vectors else tile_png(cloth, repeat, dpi)
    )
    return {
        "file": str(out),
        "cloth": cloth.to_dict(),
        "repeat_mm": [round(width, 2), round(height, 2)],
    }


def tile_png(cloth: Cloth, repeat: str = "", dpi: int = 300) -> bytes:
    """A seamless tile as PNG bytes.

    Args:
        cloth: what is drawn.
        repeat: its width in print, such as ``64mm``; its natural one if empty.
        dpi: pixels an inch.

    Raises:
        ClothError: a width or a number of pixels that cannot be.
    """
    from fashion_core.cloth.raster import raster

    size = tile_pixels(cloth, repeat, dpi)
    return _png(raster(cloth.repeat().turned(cloth.angle), cloth.inks(), size), dpi)


def tile_svg(cloth: Cloth, repeat: str = "") -> str:
    """A seamless tile as an SVG document; ``repeat`` as for :func:`tile_png`.

    Raises:
        ClothError: a width that cannot be.
    """
    from fashion_core.cloth.svg import svg

    return svg(cloth.repeat().turned(cloth.angle), cloth.inks(), tile_mm(cloth, repeat)[0])


def tile_pixels(cloth: Cloth, repeat: str = "", dpi: int = 300) -> tuple[int, int]:
    """Width and height in pixels of the PNG of a tile: millimetres / 25.4 x dpi.

    Raises:
        ClothError: a width or a number of pixels that cannot be.
    """
    width, height = tile_mm(cloth, repeat)
    return _pixels(width, dpi), _pixels(height, dpi)


def tile_mm(cloth: Cloth, repeat: str = "") -> tuple[float, float]:
    """Width and height of a tile in millimetres; its natural ones if ``repeat`` is empty.

    Raises:
        ClothError: a width that cannot be.
    """
    tile = cloth.repeat().turned(cloth.angle)
    width = _millimetres(repeat) or tile.width * cloth.scale
    return width, width * tile.height / tile.width


def restyle_photo(
    photo: Annotated[str, typer.Argument(metavar="PHOTO", help="A picture of a garment.")],
    out: Annotated[Path, typer.Option(help="The .png to write.")],
    kind: KindOption = Kind.floral,
    family: FamilyOption = "",
    palette: PaletteOption = PALETTE,
    scale: ScaleOption = 1.0,
    density: DensityOption = 1.0,
    angle: AngleOption = 0.0,
    seed: SeedOption = 7,
    sleeve_angle: SleeveAngleOption = Composition.sleeve_angle,
    border: BorderOption = Composition.border,
    border_width: BorderWidthOption = Composition.border_width,
    contrast: ContrastOption = "",
    lining: LiningOption = "",
    recipe: Annotated[
        str, typer.Option(help="Of a design: its cloth and composition in place of all these.")
    ] = "",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    checkpoints: Annotated[
        Path | None, typer.Option(help="Folder of checkpoints.", show_default="shipped")
    ] = None,
) -> dict[str, Any]:
    """Show a photo's garment in another cloth."""
    from PIL import Image

    from fashion_core.analyser import Analyser
    from fashion_core.checkpoint import DEFAULT_ROOT, write_atomically
    from fashion_core.exports import png_bytes
    from fashion_core.restyle import restyle

    _check_suffix(out, "restyle")
    cloth = _cloth(kind, family, palette, scale, density, angle, seed)
    composition = Composition(sleeve_angle, border, border_width, contrast, lining)
    if recipe:
        cloth, composition = _worn_by(recipe)
    analyser = Analyser.load(checkpoints or DEFAULT_ROOT, device, "fast")
    worn = Image.fromarray(restyle(analyser.open(photo), cloth, composition))
    write_atomically(out, png_bytes(worn))
    return {"file": str(out), "cloth": cloth.to_dict(), "composition": composition.to_dict()}


def _cloth(
    kind: Kind, family: str, palette: str, scale: float, density: float, angle: float, seed: int
) -> Cloth:
    from fashion_core.cloth.cloth import Cloth
    from fashion_core.cloth.inks import parse_palette

    colours = parse_palette(palette)
    return Cloth(kind.value, family, colours, scale, density, angle, seed)


def _worn_by(recipe: str) -> tuple[Cloth, Composition]:
    """Cloth and composition of a design."""
    from fashion_core.recipe import DesignRecipe

    design = DesignRecipe.decode(recipe)
    if design.cloth is None:
        raise ClothError(
            f"This recipe names no cloth: {design.model} draws form and cloth at once."
        )
    return design.cloth, design.composition


def _check_suffix(out: Path, command: str) -> None:
    if out.suffix.lower() not in _SUFFIXES[command]:
        raise ClothError(
            f"{out} ends in none of {', '.join(_SUFFIXES[command])}, which can be written."
        )


def _millimetres(text: str) -> float:
    """The number of a length such as ``64mm``, ``6.4 cm`` or ``64``; 0 of an empty text."""
    if not text:
        return 0.0
    found = re.fullmatch(r"\s*(\d{1,5}(?:\.\d{1,3})?)\s*(mm|cm)?\s*", text)
    length = float(found[1]) * (10 if found[2] == "cm" else 1) if found else 0.0
    if not 5 <= length <= 2000:
        raise ClothError(f"{text[:40]!r} is no width of a repeat; write 5mm to 2000mm.")
    return length


def _pixels(millimetres: float, dpi: int) -> int:
    if not 36 <= dpi <= 1200:
        raise ClothError(f"{dpi} pixels an inch cannot be drawn; 36 to 1200 can.")
    pixels = max(1, round(millimetres / 25.4 * dpi))
    if pixels > MOST_SIDE:
        raise ClothError(
            f"The tile would be {pixels} pixels long, and {MOST_SIDE} are the most. "
            "Ask for a smaller repeat or fewer dpi, or for an SVG."
        )
    return pixels


def _png(pixels: Any, dpi: int) -> bytes:
    from PIL import Image

    image = Image.fromarray(pixels)
    if pixels[..., 3].min() == 255:
        image = image.convert("RGB")
    file = io.BytesIO()
    image.save(file, "PNG", dpi=(dpi, dpi))
    return file.getvalue()
