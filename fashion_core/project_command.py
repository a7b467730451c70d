"""The command ``project``: the nearest design of a photo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def project_photo(
    photo: Annotated[str, typer.Argument(metavar="PHOTO", help="A picture of a garment.")],
    out: Annotated[Path, typer.Option(help="Folder for NAME-design.png, after the photo's NAME.")],
    size: Annotated[
        str, typer.Option(help="Width x height of the design, 256x384 to 2048x3072.")
    ] = "512x768",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    checkpoints: Annotated[
        Path | None, typer.Option(help="Folder of checkpoints.", show_default="shipped")
    ] = None,
) -> dict[str, Any]:
    """Draw the nearest design of a photo: its form, in a cloth of its pattern and colours."""
    from fashion_core.analyser import Analyser
    from fashion_core.checkpoint import DEFAULT_ROOT, write_atomically
    from fashion_core.designer import Designer
    from fashion_core.exports import png_bytes
    from fashion_core.form_designer import parse_size
    from fashion_core.project import Projector

    chosen = parse_size(size)
    root = checkpoints or DEFAULT_ROOT
    designer = Designer.load(root, device=device)
    projector = Projector.load(designer, root)
    opened = Analyser.load(root, device).open(photo)
    recipe, report = projector.project(opened, _tell)
    file = out / f"{Path(photo).stem}-design.png"
    write_atomically(file, png_bytes(designer.render(recipe, chosen), recipe, designer))
    return {
        "file": str(file),
        "recipe": recipe.encode(),
        "model": designer.name,
        "report": report.to_dict(),
    }


def _tell(name: str, number: int, of: int) -> None:
    typer.echo(f"{name}, {number} of {of} ...", err=True)
