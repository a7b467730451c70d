"""Files of designs: PNG, GIF, MP4 and frames, each with the line that says where it comes from."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, PngImagePlugin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fashion_core.designer import Designer
    from fashion_core.recipe import DesignRecipe

#: Downloads and films are enlarged to at least these many pixels a side.
DOWNLOAD_SIDE, FILM_SIDE = 1024, 384
#: What a generator that draws at any size draws them at.
DOWNLOAD_SIZE, FILM_SIZE = (1024, 1536), (384, 576)
#: Frames of a film that its palette is made of.
PALETTE_FRAMES = 8


def png_bytes(
    image: Image.Image, recipe: DesignRecipe | None = None, designer: Designer | None = None
) -> bytes:
    """A PNG of a picture; the same input gives the same bytes.

    Args:
        image: RGB, at the generator's own size or enlarged.
        recipe: kept in the text chunk ``Toile recipe``.
        designer: which drew it; its provenance is kept in the text chunk ``Toile origin``.
    """
    notes = PngImagePlugin.PngInfo()
    if recipe:
        notes.add_text("Toile recipe", recipe.encode())
    if designer:
        notes.add_text("Toile origin", provenance(designer, image.size))
    file = io.BytesIO()
    image.save(file, "PNG", pnginfo=notes)
    return file.getvalue()


def gif_bytes(
    images: Sequence[Image.Image],
    designer: Designer | None = None,
    seconds: float = 2.4,
    *,
    back_and_forth: bool = True,
) -> bytes:
    """An endless animated GIF, enlarged to at least ``FILM_SIDE`` pixels.

    Args:
        images: the frames.
        designer: which drew them; the file then carries its provenance as a comment.
        seconds: from the first to the last.
        back_and_forth: return the same way instead of jumping to the start.
    """
    palette = _palette(images)
    frames = [enlarge(image, FILM_SIDE).quantize(palette=palette) for image in images]
    if back_and_forth:
        frames += frames[-2:0:-1]
    each = max(20, round(seconds * 1000 / max(1, len(images)) / 10) * 10)
    note = {"comment": provenance(designer, frames[0].size).encode()} if designer else {}
    file = io.BytesIO()
    frames[0].save(
        file, "GIF", save_all=True, append_images=frames[1:], duration=each, loop=0, **note
    )
    return file.getvalue()


def _palette(images: Sequence[Image.Image]) -> Image.Image:
    """One palette for a whole film, white in it: a palette for each frame would take ten times as long."""
    chosen = [
        images[i] for i in np.linspace(0, len(images) - 1, PALETTE_FRAMES).round().astype(int)
    ]
    strip = Image.new("RGB", (sum(image.width for image in chosen), images[0].height))
    for i, image in enumerate(chosen):
        strip.paste(image, (i * image.width, 0))
    palette = strip.quantize(255, method=Image.Quantize.FASTOCTREE)
    palette.putpalette([*(palette.getpalette() or [])[: 255 * 3], 255, 255, 255])
    return palette


def enlarge(image: Image.Image, least: int = DOWNLOAD_SIDE) -> Image.Image:
    """The picture enlarged so that both sides have ``least`` pixels or more (Lanczos)."""
    scale = least / min(image.size)
    if scale <= 1:
        return image
    size = round(image.width * scale), round(image.height * scale)
    return image.resize(size, Image.Resampling.LANCZOS)


def download(recipe: DesignRecipe, designer: Designer) -> Image.Image:
    """The picture of a recipe for a download: drawn large, or enlarged where it can only be drawn small."""
    if designer.scalable:
        return designer.render(recipe, DOWNLOAD_SIZE)
    return enlarge(designer.render(recipe))


def film(a: DesignRecipe, b: DesignRecipe, frames: int, designer: Designer) -> list[Image.Image]:
    """The frames of a film from one design to another, at a film's size where they can be drawn so."""
    return designer.interpolate(a, b, frames, FILM_SIZE if designer.scalable else None)


def joined(legs: Sequence[Sequence[Image.Image]]) -> list[Image.Image]:
    """The frames of films, each of which begins with the frame that the one before ends with, as one film."""
    return [*(frame for leg in legs[:-1] for frame in leg[:-1]), *legs[-1]]


def mp4_bytes(
    images: Sequence[Image.Image], designer: Designer | None = None, frames_a_second: int = 15
) -> bytes:
    """A film as MP4: H.264 in yuv420p, which every browser and phone plays.

    Args:
        images: the frames, of one size; enlarged to at least ``FILM_SIDE`` pixels, with even sides.
        designer: which drew them; the file then carries its provenance as a comment.
        frames_a_second: 1 to 60.
    """
    # Imported here: it takes a moment, and only films need it.
    import av

    frames = [_even(enlarge(image, FILM_SIDE)) for image in images]
    # Without what tells of the time and of the encoder, so that the same frames give the same bytes.
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    # In a file: to put the index first, so that a browser plays it while it loads, it is read again.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        with av.open(str(path), "w", format="mp4", options=options) as container:
            if designer:
                container.metadata["comment"] = provenance(designer, frames[0].size)
            stream = container.add_stream("libx264", rate=frames_a_second)
            stream.width, stream.height = frames[0].size
            stream.pix_fmt = "yuv420p"
            stream.options = {"crf": "18", "threads": "1", "flags": "+bitexact"}
            for image in frames:
                pixels = np.asarray(image)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
            container.mux(stream.encode())
        return path.read_bytes()


def _even(image: Image.Image) -> Image.Image:
    """Without the last row or column of an odd number: yuv420p has one colour for two by two pixels."""
    return image.crop((0, 0, image.width // 2 * 2, image.height // 2 * 2)).convert("RGB")


def frames_zip(images: Sequence[Image.Image], designer: Designer | None = None) -> bytes:
    """The frames of a film as numbered PNGs in one archive; the same frames give the same bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for i, image in enumerate(images, start=1):
            content = png_bytes(enlarge(image, FILM_SIDE), None, designer)
            archive.writestr(zipfile.ZipInfo(f"frame-{i:03d}.png"), content)
    return file.getvalue()


def provenance(designer: Designer, size: tuple[int, int] | None = None) -> str:
    """One line for every export: what drew it, what that learnt from, and whether it was enlarged."""
    height, width = designer.image_size
    line = f"Drawn by the network {designer.name}; no person designed it. {designer.learnt_from}"
    line += f" Its card: checkpoints/{designer.folder}/CARD.md."
    if size and size != (width, height) and not designer.scalable:
        line += f" Upscaled from {width} x {height} pixels."
    return line
