"""TIFF: what its tags say about its numbers (TIFF 6.0 and Adobe's supplements).

Pillow reads most TIFF of eight bits. Wider, signed and floating samples, separate planes and CIELAB are taken
from :mod:`fashion_core.imaging.tiff_samples` as they are stored; what the numbers mean is decided here.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PIL import Image, UnidentifiedImageError
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from fashion_core.errors import ImageError
from fashion_core.imaging.limits import DAMAGED, check_size
from fashion_core.imaging.samples import to_eight_bits, to_light
from fashion_core.imaging.tiff_samples import PLAIN, Layout, samples_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

MAGICS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, YCBCR, CIELAB, ICCLAB = 0, 1, 2, 3, 5, 6, 8, 9
#: Colour channels; what comes beyond them is alpha or of no use.
CHANNELS: Mapping[int, int] = {
    WHITE_IS_ZERO: 1, BLACK_IS_ZERO: 1, RGB: 3, PALETTE: 1, CMYK: 4, YCBCR: 3, CIELAB: 3, ICCLAB: 3
}  # fmt: skip
#: Values of ExtraSamples: alpha that the colours were multiplied by, and alpha that they were not.
ASSOCIATED, UNASSOCIATED = 1, 2
RAW = "That is a camera's raw file, which I cannot read. Develop it, or send the JPEG of the same photo."


class Tiff(NamedTuple):
    """The first picture of a file.

    Attributes:
        colours: L, RGB, CMYK or LAB, eight bits.
        alpha: L, if there is one.
        profile: the ICC profile, if there is one.
        exif: its tags, as Exif knows them.
    """

    colours: Image.Image
    alpha: Image.Image | None
    profile: bytes | None
    exif: Image.Exif


def read(content: bytes) -> Tiff | None:
    """Read what Pillow would not, or not rightly.

    Returns:
        The picture, not yet turned upright; None where Pillow reads it well.

    Raises:
        ImageError: its numbers are no light, or are stored in a way that cannot be read.
        Exception: whatever decoders raise on damaged files.
    """
    tags = _tags(content)
    # The first picture of a raw file is its preview; the DNG version or sub-directories tell it.
    if 50706 in tags or (_number(tags, 254, 0) & 1 and 330 in tags):
        raise ImageError(RAW)
    photometric = _number(tags, 262, WHITE_IS_ZERO)
    if photometric not in CHANNELS:
        raise ImageError(
            f"That TIFF holds no colours that I can read: its PhotometricInterpretation is {photometric}. "
            "Save it as RGB."
        )
    layout = _layout(tags, photometric)
    check_size(layout.width, layout.height)
    palette = tags.get(320, ()) if photometric == PALETTE else ()
    if _pillow_reads(content, layout, palette):
        return None
    return _interpret(samples_of(content, layout), layout, tags)


def _tags(content: bytes) -> ImageFileDirectory_v2:
    file = io.BytesIO(content)
    tags = ImageFileDirectory_v2(file.read(16 if content[2:3] == b"+" else 8))
    if content.startswith(b"MM\0+"):
        # Pillow knows BigTIFF of the other byte order alone.
        tags._bigtiff, tags.next = True, int.from_bytes(content[8:16], "big")  # noqa: SLF001
    file.seek(tags.next)
    tags.load(file)
    return tags


def _number(tags: ImageFileDirectory_v2, tag: int, default: int) -> int:
    """A tag's only value, or its first."""
    value: Any = tags.get(tag, default)
    return int(value[0] if isinstance(value, tuple) else value)


def _layout(tags: ImageFileDirectory_v2, photometric: int) -> Layout:
    return Layout(
        width=_number(tags, 256, 0),
        height=_number(tags, 257, 0),
        bits=_number(tags, 258, 1),
        kind={1: "u", 2: "i", 3: "f"}.get(_number(tags, 339, 1), "V"),
        channels=_number(tags, 277, 1),
        is_planar=_number(tags, 284, 1) == 2,
        compression=_number(tags, 259, PLAIN),
        predictor=_number(tags, 317, 1),
        is_ycbcr=photometric == YCBCR,
        is_lab=photometric in {CIELAB, ICCLAB},
    )


def _pillow_reads(content: bytes, layout: Layout, palette: tuple[int, ...]) -> bool:
    if max(palette, default=256) < 256:
        return False  # eight bits where sixteen belong: Pillow makes black of them
    if layout.bits > 8 or layout.kind != "u" or layout.is_planar or layout.is_lab:
        return False
    if layout.is_ycbcr and layout.compression == PLAIN:
        return False
    try:
        Image.open(io.BytesIO(content), formats=("TIFF",)).close()
    except UnidentifiedImageError:
        return False
    return True


def _interpret(samples: NDArray[Any], layout: Layout, tags: ImageFileDirectory_v2) -> Tiff:
    """Make colours and alpha of samples ``[H, W, C]``."""
    photometric = RGB if layout.is_ycbcr else _number(tags, 262, WHITE_IS_ZERO)
    count = CHANNELS[photometric]
    if samples.shape[2] < count:
        raise ImageError(DAMAGED)
    extra = tags.get(338, (UNASSOCIATED,) if photometric == RGB else ())
    alpha, is_associated = _alpha(
        samples[..., count:], extra if isinstance(extra, tuple) else (extra,)
    )
    colours = samples[..., :count]
    if photometric == PALETTE:
        image = _of_palette(colours[..., 0], tags)
    elif layout.is_lab:
        image = _of_lab(colours, photometric)
    else:
        light = to_light(colours, white_is_zero=photometric == WHITE_IS_ZERO)
        if alpha is not None and is_associated:
            light = (light / np.maximum(alpha, 1e-6)[..., None]).clip(0, 1)
        pixels = np.ascontiguousarray(to_eight_bits(light))
        mode = {1: "L", 3: "RGB", 4: "CMYK"}[count]
        image = Image.frombytes(mode, (pixels.shape[1], pixels.shape[0]), pixels.tobytes())
    profile = tags.get(34675)
    exif = Image.Exif()
    exif[274] = _number(tags, 274, 1)
    return Tiff(
        image,
        None if alpha is None else Image.fromarray(to_eight_bits(alpha)),
        profile if isinstance(profile, bytes) else None,
        exif,
    )


def _alpha(rest: NDArray[Any], extra: tuple[int, ...]) -> tuple[NDArray[np.float32] | None, bool]:
    """The first channel of ``rest`` that is an alpha, 0..1, and whether the colours were multiplied by it."""
    for i, meaning in enumerate(extra[: rest.shape[2]]):
        if meaning in {ASSOCIATED, UNASSOCIATED}:
            values = rest[..., i]
            if values.dtype.kind in "ui":
                values = (values / np.iinfo(values.dtype).max).clip(0, 1)
            return to_light(values), meaning == ASSOCIATED
    return None, False


def _of_palette(indices: NDArray[Any], tags: ImageFileDirectory_v2) -> Image.Image:
    colours = np.reshape(tags[320], (3, -1)).T
    # Some programs write eight bits where sixteen belong.
    colours = colours // 257 if colours.max() > 255 else colours
    return Image.fromarray(colours.astype(np.uint8)[indices.clip(0, len(colours) - 1)])


def _of_lab(samples: NDArray[Any], photometric: int) -> Image.Image:
    """Lightness 0..100 and a, b in -128..127 of any depth, as a LAB image."""
    if samples.dtype.kind == "f":
        lightness, ab = samples[..., 0], samples[..., 1:]
    else:
        steps = 256.0 ** (samples.dtype.itemsize - 1)
        signed = samples.view(f"i{samples.dtype.itemsize}")[..., 1:] / steps
        is_signed = photometric == CIELAB
        ab = signed if is_signed else samples[..., 1:] / steps - 128
        lightness = samples[..., 0] * (100 / ((256 * steps - 1) if is_signed else 255 * steps))
    values = np.dstack([lightness * 2.55, ab + 128])
    bands = np.nan_to_num(values).round().clip(0, 255).astype(np.uint8)
    return Image.merge("LAB", [Image.fromarray(bands[..., i]) for i in range(3)])
