"""From any source to an upright sRGB picture, with the outline of what its alpha shows."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from fashion_core.errors import ImageError
from fashion_core.imaging import jpeg, png, tiff
from fashion_core.imaging.colour_space import (
    ADOBE_RGB,
    ColourSpace,
    by_numbers,
    convert_samples,
    to_srgb,
)
from fashion_core.imaging.formats import FORMATS, NOT_A_PICTURE, refusal_of
from fashion_core.imaging.iso_media import nclx_space
from fashion_core.imaging.limits import (
    DAMAGED,
    MOST_BYTES,
    check_size,
    too_many_bytes,
    too_many_pixels,
)
from fashion_core.imaging.samples import to_eight_bits, to_light

if TYPE_CHECKING:
    from fashion_core.imaging.colour_space import Space

ImageSource: TypeAlias = str | Path | bytes | BinaryIO | Image.Image | NDArray[np.uint8]

NO_PICTURE = "No picture came. Send a JPEG, PNG, WebP or HEIC."
#: Exif: how a picture is turned upright.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
ORIENTATION, EXIF, COLOUR_SPACE, INTEROPERABILITY, INDEX = 0x0112, 0x8769, 0xA001, 0xA005, 1

# All of Pillow's decoders are registered, then only those of FORMATS are asked.
Image.init()
pillow_heif.register_heif_opener()


@dataclass(frozen=True)
class Picture:
    """An opened picture.

    Attributes:
        image: RGB, upright, sRGB, alpha laid on white, without any metadata.
        outline: where it is not transparent, L of the same size; None where it is opaque.
    """

    image: Image.Image
    outline: Image.Image | None = None


@dataclass
class _Decoded:
    """A picture as it was decoded: colours L, RGB, CMYK or LAB, alpha, space and Exif's orientation."""

    colours: Image.Image
    alpha: Image.Image | None
    space: Space
    orientation: int = 1


def open_image(source: ImageSource) -> Image.Image:
    """Decode a picture.

    Args:
        source: a path, the bytes of a file, a binary file, a PIL image or an RGB uint8 array
            ``[H, W, 3]``.

    Returns:
        RGB, turned upright by its EXIF orientation, converted to sRGB from the colour space that it names
        (profile or numbers), alpha laid on white, without any metadata. The first frame of an animation.

    Raises:
        ImageError: not a picture, damaged, smaller than 64 pixels a side, larger than 50 megapixels or
            40 MB, more than 20 times as long as wide, or of numbers that are no light.
    """
    return open_picture(source).image


def open_picture(source: ImageSource) -> Picture:
    """Decode a picture and keep its outline: :func:`open_image`, whose arguments and errors these are."""
    if isinstance(source, np.ndarray):
        return Picture(_from_array(source))
    try:
        with warnings.catch_warnings():
            # Pillow's own bomb warning comes at 89 megapixels; ours is an error at 50, before decoding.
            warnings.simplefilter("ignore")
            if isinstance(source, Image.Image):
                check_size(*source.size)
                return _finish(_split(source, None))
            return _finish(_decode(_read(source)))
    except ImageError:
        raise
    except Image.DecompressionBombError as error:
        # Pillow refuses the largest ones by itself, and names the number of pixels.
        pixels = re.search(r"\d+", str(error))
        raise ImageError(too_many_pixels(int(pixels[0]) if pixels else 10**9)) from None
    except Exception as error:  # decoders raise whatever they like on damaged files
        raise ImageError(DAMAGED) from error


def _from_array(array: NDArray[np.uint8]) -> Image.Image:
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3:
        raise ImageError(
            f"An array should be RGB uint8 of shape (H, W, 3), not {array.dtype} {array.shape}."
        )
    check_size(array.shape[1], array.shape[0])
    return Image.fromarray(np.ascontiguousarray(array))


def _read(source: str | Path | bytes | BinaryIO) -> bytes:
    if source is None or source == "":
        raise ImageError(NO_PICTURE)
    if not isinstance(source, (str, Path)):
        if not (isinstance(source, bytes) or hasattr(source, "read")):
            raise ImageError(
                f"A picture is a path, bytes, a file, a PIL image or an RGB array, not {type(source).__name__}."
            )
        content = source if isinstance(source, bytes) else source.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise ImageError(too_many_bytes(len(content)))
        return content
    path = Path(source)
    try:
        if not path.is_file():
            raise ImageError(f"{path.name} is not a file. Give the path of a picture.")
        if (size := path.stat().st_size) > MOST_BYTES:
            raise ImageError(too_many_bytes(size))
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise ImageError(
            f"{path.name} cannot be read: check that it is there and yours."
        ) from error


def _decode(content: bytes) -> _Decoded:
    if content.startswith(png.MAGIC):
        return _decode_png(content)
    if content.startswith(tiff.MAGICS) and refusal_of(content) == NOT_A_PICTURE:
        found = tiff.read(content)
        if found:
            space = found.profile or _named_by_exif(found.exif)
            return _Decoded(found.colours, found.alpha, space, found.exif.get(ORIENTATION, 1))
    try:
        image: Image.Image = Image.open(io.BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError:
        raise ImageError(refusal_of(content)) from None
    check_size(*image.size)
    is_deep = image.info.get("bit_depth", 8) > 8 and image.mode in {"RGB", "RGBA"}
    if is_deep and (space := _nclx_of(image)):
        return _decode_deep_heif(content, space)
    try:
        image.load()
    except OSError:
        completed = jpeg.completed(content) if image.format in {"JPEG", "MPO"} else None
        if completed is None:
            raise
        image = completed
    return _split(image, nclx_space(content) if image.format == "AVIF" else None)


def _decode_deep_heif(content: bytes, space: ColourSpace) -> _Decoded:
    """Of PQ and HLG eight bits are too few, and Pillow has no more; libheif has turned it upright."""
    found = pillow_heif.open_heif(io.BytesIO(content), convert_hdr_to_8bit=False)
    samples = np.asarray(found)
    alpha = np.asarray(samples[..., 3] >> 8, np.uint8) if samples.shape[2] == 4 else None
    return _Decoded(
        Image.fromarray(convert_samples(samples[..., :3], space)),
        None if alpha is None else Image.fromarray(alpha),
        None,
    )


def _decode_png(content: bytes) -> _Decoded:
    parts = png.take_apart(content)
    try:
        image: Image.Image = Image.open(io.BytesIO(parts.content), formats=("PNG",))
    except UnidentifiedImageError:
        raise ImageError(DAMAGED) from None
    check_size(*image.size)
    image.load()
    if parts.kind == png.GREY_ALPHA:
        # Of 16 bits it comes as RGBA.
        image = image.convert("LA")
    alpha = png.alpha_by_key(image, parts)
    if alpha is not None:
        image.info.pop("transparency", None)
    decoded = _split(image, parts.space)
    decoded.alpha = alpha or decoded.alpha
    if isinstance(parts.space, ColourSpace) and not parts.space.is_srgb and parts.is_deep:
        # Of PQ and HLG eight bits are too few.
        decoded.colours = Image.fromarray(
            convert_samples(png.sixteen_bits(parts.content), parts.space)
        )
        decoded.space = None
    return decoded


def _split(image: Image.Image, space: Space) -> _Decoded:
    """Colours and alpha of a decoded image; a profile of its own goes before ``space``."""
    image.load()
    exif = _exif_of(image)
    space = image.info.get("icc_profile") or space or _nclx_of(image) or _named_by_exif(exif)
    key = image.info.get("transparency")
    if image.mode == "RGB" and isinstance(key, tuple) and max(key) > 255:
        # Pillow gives a key of 16 bits, and eight of the samples.
        image.info["transparency"] = tuple(v >> 8 for v in key)
    if image.mode in {"I", "I;16", "I;16B", "I;16L", "I;16N", "F"}:
        image = _to_eight_bits(image)
    has_alpha = image.has_transparency_data
    # Grey keeps its mode, because its profile is one of grey.
    if has_alpha and image.mode in {"L", "LA", "La"}:
        image = image.convert("LA")
    elif has_alpha:
        image = image.convert("RGBA")
    alpha = image.getchannel("A") if has_alpha else None
    mode = {"1": "L", "L": "L", "LA": "L", "CMYK": "CMYK", "LAB": "LAB"}.get(image.mode, "RGB")
    return _Decoded(image.convert(mode), alpha, space, exif.get(ORIENTATION, 1))


def _exif_of(image: Image.Image) -> Image.Exif:
    try:
        return image.getexif()
    except Exception:  # noqa: BLE001 - notes that are broken are no reason to refuse a picture
        return Image.Exif()


def _named_by_exif(exif: Image.Exif) -> Space:
    """Adobe RGB where Exif names it (DCF 2.0, and ColorSpace 2 of some cameras)."""
    if EXIF not in exif:
        return None
    colour_space, index = None, None
    with contextlib.suppress(Exception):  # notes may be broken anywhere
        colour_space = exif.get_ifd(EXIF).get(COLOUR_SPACE)
        index = exif.get_ifd(INTEROPERABILITY).get(INDEX)
    # Some write it as text, some as bytes.
    is_adobe = "R03" in str(index) and colour_space != 1
    return ADOBE_RGB if is_adobe or colour_space == 2 else None


def _nclx_of(image: Image.Image) -> ColourSpace | None:
    """The colour space that HEIC names by numbers."""
    numbers = image.info.get("nclx_profile")
    if not numbers:
        return None
    return by_numbers(numbers["color_primaries"], numbers["transfer_characteristics"])


def _to_eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits has its type's range; that of wider types is found in its numbers."""
    values = np.asarray(image)
    is_sixteen = image.mode.startswith("I;16")
    light = np.asarray(values / 65535, np.float32) if is_sixteen else to_light(values)
    grey = Image.fromarray(to_eight_bits(light))
    if isinstance(key := image.info.get("transparency"), int):
        grey.putalpha(Image.fromarray(np.where(values == key, 0, 255).astype(np.uint8)))
    return grey


def _finish(decoded: _Decoded) -> Picture:
    """Upright, to sRGB and on white."""
    colours, alpha = to_srgb(decoded.colours, decoded.space), decoded.alpha
    if alpha is not None:
        if alpha.getextrema() == (255, 255) or _is_never_filled(alpha, colours):
            alpha = None
        else:
            white = Image.new("RGB", colours.size, (255, 255, 255))
            white.paste(colours, mask=alpha)
            colours = white
    if turn := UPRIGHT.get(decoded.orientation):
        colours = colours.transpose(turn)
        alpha = alpha.transpose(turn) if alpha else None
    # Of bytes, so that nothing of the file comes along.
    return Picture(Image.frombytes("RGB", colours.size, colours.tobytes()), alpha)


def _is_never_filled(alpha: Image.Image, colours: Image.Image) -> bool:
    """Programs write 0 where they mean nothing; a picture below that is meant to be seen."""
    return alpha.getextrema() == (0, 0) and len(colours.getcolors(2) or ()) != 1
