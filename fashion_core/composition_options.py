"""Options of commands that lay a cloth on a form: sleeves, borders and lining."""

from __future__ import annotations

from typing import Annotated

import typer

from fashion_core.composition import BORDERS

_PANEL = "Composition"

SleeveAngleOption = Annotated[
    float,
    typer.Option(
        help="Degrees by which the print of the sleeves is turned outwards, -90 to 90.",
        rich_help_panel=_PANEL,
    ),
]
BorderOption = Annotated[
    str,
    typer.Option(
        help="The edges that a border runs along.",
        metavar="|".join(BORDERS),
        rich_help_panel=_PANEL,
    ),
]
BorderWidthOption = Annotated[
    float, typer.Option(help="Of a border, 10 to 120 millimetres.", rich_help_panel=_PANEL)
]
ContrastOption = Annotated[
    str,
    typer.Option(
        help="Colour of a border; without it, the palette's that stands out most.",
        metavar="HEX",
        rich_help_panel=_PANEL,
    ),
]
LiningOption = Annotated[
    str,
    typer.Option(
        help="Colour seen through lace; without it, a shade of the thread, and sleeves are sheer.",
        metavar="HEX",
        rich_help_panel=_PANEL,
    ),
]
