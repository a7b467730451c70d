"""A repeat as SVG: one seamless tile in millimetres."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fashion_core.cloth.repeat import GROUND, HOLE, Ink

if TYPE_CHECKING:
    from fashion_core.cloth.inks import Inks
    from fashion_core.cloth.repeat import Repeat, Shape


def svg(repeat: Repeat, inks: Inks, width_mm: float) -> str:
    """An SVG document of the piece that repeats, ``width_mm`` wide.

    A hole in lace cuts what was painted before it: as SVG has no eraser, everything up to the last hole is
    grouped under a mask.
    """
    height_mm = width_mm * repeat.height / repeat.width
    size = f'width="{width_mm:g}mm" height="{height_mm:g}mm"'
    view = f'viewBox="0 0 {repeat.width:.4f} {repeat.height:.4f}"'
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view} overflow="hidden">']
    if not repeat.see_through:
        lines.append(_rect(repeat, inks.hex(Ink(GROUND))))
    lines += _layers(list(repeat.wrapped()), repeat, inks)
    lines.append("</svg>")
    return "\n".join(lines) + "\n"


def _layers(shapes: list[Shape], repeat: Repeat, inks: Inks) -> list[str]:
    """Paths; a run of holes masks all that lies under it."""
    lines: list[str] = []
    holes: list[Shape] = []
    masks = 0

    def cut() -> None:
        nonlocal lines, holes, masks
        if not holes:
            return
        masks += 1
        white = _rect(repeat, "#fff")
        black = "".join(f'<path d="{_path(hole)}" fill-rule="evenodd"/>' for hole in holes)
        mask = f'<mask id="holes{masks}" maskUnits="userSpaceOnUse" x="0" y="0" width="100%" height="100%">'
        lines = [f"{mask}{white}{black}</mask>", f'<g mask="url(#holes{masks})">', *lines, "</g>"]
        holes = []

    for shape in shapes:
        if shape.ink.colour == HOLE:
            holes.append(shape)
            continue
        cut()
        lines.append(f'<path d="{_path(shape)}" fill="{inks.hex(shape.ink)}" fill-rule="evenodd"/>')
    cut()
    return lines


def _rect(repeat: Repeat, fill: str) -> str:
    return f'<rect width="{repeat.width:.4f}" height="{repeat.height:.4f}" fill="{fill}"/>'


def _path(shape: Shape) -> str:
    return "".join(
        "M" + "L".join(f"{x:.3f} {y:.3f}" for x, y in np.asarray(outline)) + "Z"
        for outline in shape.outlines
    )
