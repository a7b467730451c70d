"""The command line: ``python -m fashion_core analyse|generate|interpolate|cloth|restyle|project``.

JSON lines on stdout; progress and warnings on stderr. Exit 0: all done; 1: some inputs failed, or a folder
among them could not be opened; 2: usage.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fashion_core.cloth_commands import (
    AnyAngle,
    AnyDensity,
    AnyFamily,
    AnyPalette,
    AnyScale,
    draw_tile,
    restyle_photo,
)
from fashion_core.composition import Composition
from fashion_core.composition_options import (  # noqa: TC001 - typer reads the types of options
    BorderOption,
    BorderWidthOption,
    ContrastOption,
    LiningOption,
    SleeveAngleOption,
)
from fashion_core.errors import ImageError, ToileError, UsageError
from fashion_core.project_command import project_photo
from fashion_core.taxonomy import WISHES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fashion_core.analyser import Analyser

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Read a garment. Draw the next one."
)


#: Suffixes of pictures and films, which no folder has.
FILE_SUFFIXES = frozenset(
    (
        ".png",
        ".jpg",
        ".jpeg",
        ".webp",
        ".gif",
        ".svg",
        ".pdf",
        ".mp4",
        ".webm",
        ".tif",
        ".tiff",
        ".zip",
    )
)


class Profile(StrEnum):
    """How much to ask: all members, or the transfer model alone."""

    full = "full"
    fast = "fast"


def _wish(name: str) -> Any:
    return typer.Option(
        help=f"{', '.join(WISHES[name].classes)}; for generators that take wishes.",
        rich_help_panel="Wishes",
        metavar="WORD",
    )


Root = Annotated[Path | None, typer.Option(help="Folder of checkpoints.", show_default="shipped")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")]


def _say(line: str) -> None:
    typer.echo(line, err=True)


def _print(content: dict[str, Any]) -> None:
    # Escaped, as the names of files may hold what the terminal's encoding does not.
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


def _root(given: Path | None) -> Path:
    from fashion_core.checkpoint import DEFAULT_ROOT

    return given or DEFAULT_ROOT


def _walk(paths: list[str], unreadable: list[OSError]) -> Iterator[str]:
    """Files to read: named ones as given; folders recursively, sorted, pictures only.

    Args:
        paths: files and folders.
        unreadable: gets an error for each folder that cannot be opened; its ``filename`` is the folder.
    """
    from fashion_core.imaging import is_picture_name

    for name in paths:
        if not Path(name).is_dir():
            yield name
            continue
        before = len(unreadable)
        pictures = sorted(
            os.path.join(folder, file)  # noqa: PTH118 - keeps the path as given ("./a", "a//b")
            for folder, _, files in os.walk(name, onerror=unreadable.append)
            for file in files
            # Of the folder itself a name may begin with a dot: somebody named it.
            if is_picture_name(os.path.relpath(os.path.join(folder, file), name))  # noqa: PTH118
        )
        if not pictures and len(unreadable) == before:
            _say(f"{name} holds no pictures.")
        yield from pictures


def _check_file(out: Path, suffix: str) -> None:
    """Refuse to write a file under the name of another kind, or where a folder is."""
    if out.suffix and out.suffix.lower() != suffix:
        raise UsageError(
            f"This writes a {suffix[1:].upper()}, and {out.name} is called {out.suffix}. "
            f"Call it {out.with_suffix(suffix).name}."
        )
    if out.is_dir():
        raise UsageError(
            f"{out} is a folder. Give the file's name as well: {out / ('out' + suffix)}."
        )


def _check_folder(out: Path) -> None:
    """Refuse a file's name where a folder is meant."""
    if out.is_file() or out.suffix.lower() in FILE_SUFFIXES:
        raise UsageError(
            f"This writes PNG files into a folder, and {out} is a file's name. Give the name of a folder."
        )


@app.command()
def analyse(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files or folders.")],
    profile: Annotated[
        Profile, typer.Option(help="full, or fast (without the stack that reads the pattern).")
    ] = Profile.full,
    device: Device = "auto",
    checkpoints: Root = None,
) -> None:
    """Read garments from pictures: one JSON line a file."""
    from tqdm import tqdm

    from fashion_core.analyser import Analyser

    unreadable: list[OSError] = []
    files = list(_walk(paths, unreadable))
    analyser = Analyser.load(_root(checkpoints), device=device, profile=profile.value)
    failed = len(unreadable)
    for error in unreadable:
        _print({"file": str(error.filename), "error": f"cannot be opened: {error.strerror}"})
        _say(f"{error.filename} cannot be opened: {error.strerror}.")
    for file in tqdm(files, unit="photo", file=sys.stderr, disable=len(files) < 2):
        line = _analyse_one(analyser, file)
        failed += "error" in line
        _print(line)
    raise typer.Exit(1 if failed else 0)


def _analyse_one(analyser: Analyser, file: str) -> dict[str, Any]:
    try:
        return {"file": file, **analyser.analyse(file).to_dict()}
    except ImageError as error:
        return {"file": file, "error": f"not an image: {error}"}
    except Exception as error:  # noqa: BLE001 - one odd file must not stop a catalogue
        _say(f"{file}: {type(error).__name__}: {error}")
        return {"file": file, "error": f"could not be read: {error}"}


@app.command()
def generate(
    out: Annotated[Path, typer.Option(help="Folder for design-0001.png, ...")],
    count: Annotated[int, typer.Option(help="How many designs, 1 to 256.")] = 16,
    seed: Annotated[int, typer.Option(help="The same seed draws the same sheet.")] = 7,
    model: Annotated[str, typer.Option(help="A generator's name.")] = "default",
    pattern: Annotated[str | None, _wish("pattern")] = None,
    sleeve_length: Annotated[str | None, _wish("sleeve_length")] = None,
    length: Annotated[str | None, _wish("length")] = None,
    neckline: Annotated[str | None, _wish("neckline")] = None,
    fit: Annotated[str | None, _wish("fit")] = None,
    colour: Annotated[str | None, _wish("colour")] = None,
    occasion: Annotated[str | None, _wish("occasion")] = None,
    size: Annotated[
        str | None,
        typer.Option(help="Width x height of form x cloth, 256x384 to 2048x3072; 512x768 without."),
    ] = None,
    family: AnyFamily = None,
    palette: AnyPalette = None,
    scale: AnyScale = None,
    density: AnyDensity = None,
    angle: AnyAngle = None,
    sleeve_angle: SleeveAngleOption = Composition.sleeve_angle,
    border: BorderOption = Composition.border,
    border_width: BorderWidthOption = Composition.border_width,
    contrast: ContrastOption = "",
    lining: LiningOption = "",
    device: Device = "auto",
    checkpoints: Root = None,
) -> None:
    """Draw new designs: one PNG and one JSON line each."""
    from tqdm import tqdm

    from fashion_core.checkpoint import write_atomically
    from fashion_core.cloth.inks import parse_palette
    from fashion_core.designer import Designer
    from fashion_core.exports import png_bytes
    from fashion_core.form_designer import parse_size

    given = {
        "pattern": pattern,
        "sleeve_length": sleeve_length,
        "length": length,
        "neckline": neckline,
        "fit": fit,
        "colour": colour,
        "occasion": occasion,
    }
    _check_folder(out)
    wishes = {key: value for key, value in given.items() if value is not None}
    designer = Designer.load(_root(checkpoints), model, device)
    chosen = parse_size(size) if size else None
    fields = {
        "family": family,
        "palette": None if palette is None else parse_palette(palette),
        "scale": scale,
        "density": density,
        "angle": angle,
    }
    cloth = {key: value for key, value in fields.items() if value is not None}
    composition = Composition(sleeve_angle, border, border_width, contrast, lining)
    recipes = designer.sample(count, seed, wishes, cloth, composition)
    for sentence in designer.not_learnt(wishes):
        _say(sentence)
    for i, recipe in enumerate(tqdm(recipes, unit="design", file=sys.stderr), start=1):
        file = out / f"design-{i:04d}.png"
        write_atomically(file, png_bytes(designer.render(recipe, chosen), recipe, designer))
        _print({"file": str(file), "recipe": recipe.encode(), "seed": seed, "model": designer.name})


@app.command()
def interpolate(
    recipe_a: Annotated[str, typer.Argument(help="Where to start.")],
    recipe_b: Annotated[str, typer.Argument(help="Where to end.")],
    out: Annotated[Path, typer.Option(help="The GIF to write.")],
    frames: Annotated[int, typer.Option(help="Pictures from A to B, 2 to 240.")] = 24,
    device: Device = "auto",
    checkpoints: Root = None,
) -> None:
    """Morph one design into another: an animated GIF."""
    from fashion_core.checkpoint import write_atomically
    from fashion_core.designer import Designer
    from fashion_core.exports import film, gif_bytes
    from fashion_core.recipe import DesignRecipe

    _check_file(out, ".gif")
    a, b = DesignRecipe.decode(recipe_a), DesignRecipe.decode(recipe_b)
    designer = Designer.load(_root(checkpoints), a.model, device)
    write_atomically(out, gif_bytes(film(a, b, frames, designer), designer))
    _print({"file": str(out), "frames": frames, "model": designer.name})


@app.command("cloth")
@functools.wraps(draw_tile)
def cloth(**options: Any) -> None:  # noqa: D103 - that of draw_tile
    _print(draw_tile(**options))


@app.command("restyle")
@functools.wraps(restyle_photo)
def restyle(**options: Any) -> None:  # noqa: D103 - that of restyle_photo
    _print(restyle_photo(**options))


@app.command("project")
@functools.wraps(project_photo)
def project(**options: Any) -> None:  # noqa: D103 - that of project_photo
    _check_folder(options["out"])
    _print(project_photo(**options))


def main() -> None:
    """Run a command; what a user got wrong ends with one sentence and exit code 2."""
    try:
        app()
    except ToileError as error:
        _say(str(error))
        sys.exit(2)
    except BrokenPipeError:
        # The reader (head, less) has gone: nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        _say(f"Cannot write: {error}")
        sys.exit(2)


if __name__ == "__main__":
    main()
