"""Any picture in: decoded safely, upright, sRGB, alpha on white.

Inputs are hostile until decoded. The number of bytes is checked before reading, format and number of
pixels before decoding, and every refusal is one sentence that says what to do.
"""

from __future__ import annotations

import io
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pillow_heif
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from fashion_core.errors import ImageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    ImageSource = str | Path | bytes | BinaryIO | Image.Image | NDArray[np.uint8]

#: Only these decoders are ever tried (JPEG's reads MPO too).
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF", "TIFF", "BMP")
SUFFIXES = frozenset(
    [
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".mpo",
        ".png",
        ".webp",
        ".avif",
        ".heic",
        ".heif",
        ".gif",
        ".tif",
        ".tiff",
        ".bmp",
    ]
)
LEAST_SIDE = 64
MOST_PIXELS = 50_000_000
#: How many times as long as wide a picture may be: networks see squares.
MOST_ASPECT = 20
MOST_BYTES = 40 * 2**20
NOT_A_PICTURE = "That file is not a picture. Try a JPEG, PNG, WebP or HEIC."
DAMAGED = "That picture is damaged or cut short. Save or send it again."

# All of Pillow's decoders are registered, then only those of FORMATS are asked.
Image.init()
pillow_heif.register_heif_opener()


def open_image(source: ImageSource) -> Image.Image:
    """Decode a picture.

    Args:
        source: a path, the bytes of a file, a binary file, a PIL image or an RGB uint8 array
            ``[H, W, 3]``.

    Returns:
        RGB, turned upright by its EXIF orientation, converted to sRGB by its ICC profile, alpha laid on
        white, without any metadata. The first frame of an animation.

    Raises:
        ImageError: not a picture, damaged, smaller than 64 pixels a side, larger than 50 megapixels or
            40 MB, or more than 20 times as long as wide.
    """
    if isinstance(source, np.ndarray):
        return _from_array(source)
    try:
        with warnings.catch_warnings():
            # Pillow's own bomb warning comes at 89 megapixels; ours is an error at 50, before decoding.
            warnings.simplefilter("ignore")
            return _decode(source if isinstance(source, Image.Image) else _open(source))
    except ImageError:
        raise
    except Image.DecompressionBombError as error:
        # Pillow refuses the largest ones by itself, and names the number of pixels.
        pixels = re.search(r"\d+", str(error))
        raise ImageError(_too_many_pixels(int(pixels[0]) if pixels else 10**9)) from None
    except UnidentifiedImageError:
        raise ImageError(NOT_A_PICTURE) from None
    except Exception as error:  # decoders raise whatever they like on damaged files
        raise ImageError(DAMAGED) from error


def _from_array(array: NDArray[np.uint8]) -> Image.Image:
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3:
        raise ImageError(
            f"An array should be RGB uint8 of shape (H, W, 3), not {array.dtype} {array.shape}."
        )
    _check_size(array.shape[1], array.shape[0])
    return Image.fromarray(np.ascontiguousarray(array))


def _open(source: str | Path | bytes | BinaryIO) -> Image.Image:
    content = _read(source)
    if len(content) > MOST_BYTES:
        raise ImageError(_too_many_bytes(len(content)))
    return Image.open(io.BytesIO(content), formats=FORMATS)


def _read(source: str | Path | bytes | BinaryIO) -> bytes:
    if isinstance(source, bytes):
        return source
    if not isinstance(source, (str, Path)):
        return source.read(MOST_BYTES + 1)
    path = Path(source)
    try:
        if not path.is_file():
            raise ImageError(f"{path.name} is not a file. Give the path of a picture.")
        if (size := path.stat().st_size) > MOST_BYTES:
            raise ImageError(_too_many_bytes(size))
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise ImageError(
            f"{path.name} cannot be read: check that it is there and yours."
        ) from error


def _too_many_bytes(size: int) -> str:
    return (
        f"{size / 2**20:.0f} MB is more than I can hold; {MOST_BYTES // 2**20} is the most. "
        "Send a smaller copy."
    )


def _too_many_pixels(pixels: int) -> str:
    return (
        f"{pixels / 1e6:.0f} megapixels is more than I can hold; "
        f"{MOST_PIXELS // 10**6} is the most. Send a smaller copy."
    )


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise ImageError(_too_many_pixels(width * height))
    if width == height == 1:
        raise ImageError(
            f"One pixel is too little to go on. Send at least {LEAST_SIDE} by {LEAST_SIDE}."
        )
    if max(width, height) > MOST_ASPECT * min(width, height):
        raise ImageError(
            f"{width} by {height} pixels are a ribbon, not a photo. Cut it to the garment."
        )
    if min(width, height) < LEAST_SIDE:
        raise ImageError(
            f"{width} by {height} pixels are too little to go on. "
            f"Send at least {LEAST_SIDE} by {LEAST_SIDE}."
        )


def _decode(image: Image.Image) -> Image.Image:
    _check_size(*image.size)
    image.load()
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    colours = _on_white(_to_eight_bits(upright), profile)
    return Image.frombytes("RGB", colours.size, colours.tobytes())


def _to_eight_bits(image: Image.Image) -> Image.Image:
    """16-bit and float greys are scaled to their own type's range; other modes come back as they are."""
    if image.mode not in {"I", "I;16", "I;16B", "I;16L", "I;16N", "F"}:
        return image
    values = np.asarray(image, np.float64)
    if image.mode == "F":
        top = 1.0 if values.max(initial=0) <= 1 else 255.0
    else:
        top = 65535.0 if values.max(initial=0) > 255 or image.mode != "I" else 255.0
    scaled = (np.nan_to_num(values) / top * 255).clip(0, 255).round().astype(np.uint8)
    return Image.fromarray(scaled)


def _on_white(image: Image.Image, profile: bytes | None) -> Image.Image:
    """To RGB: alpha laid on white, and to sRGB where the profile says that it is something else."""
    if (
        image.mode in {"P", "PA"}
        or "transparency" in image.info
        or image.mode in {"LA", "La", "RGBa"}
    ):
        image = image.convert("RGBA")
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    base = image.convert("RGB") if alpha is not None else image
    colours = _to_srgb(base, profile)
    if alpha is None:
        return colours
    white = Image.new("RGB", image.size, (255, 255, 255))
    white.paste(colours, mask=alpha)
    return white


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile and image.mode in {"RGB", "CMYK", "L"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None  # a broken profile is no reason to refuse the picture
        if converted is not None:
            return converted
    return image.convert("RGB")
