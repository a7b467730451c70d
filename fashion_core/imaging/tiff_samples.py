"""The numbers of a TIFF as they are stored: three decoders, and which of them is right for what."""

from __future__ import annotations

import io
import logging
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np
from PIL import Image

from fashion_core.errors import ImageError
from fashion_core.imaging.limits import DAMAGED

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tifffile import TiffPage

#: Compressions that tifffile undoes by itself: none, and the two numbers of deflate.
PLAIN, DEFLATE = 1, (8, 32946)
MOST_SAMPLES = 16
#: Of all samples together: 50 megapixels of RGB with 16 bits are less.
MOST_BYTES = 400 * 2**20
COMPRESSED = "That TIFF is compressed in a way that I cannot read. Save it without compression."


class Layout(NamedTuple):
    """What the tags say about the samples.

    Attributes:
        width, height: in pixels.
        bits: a sample.
        kind: ``u`` for unsigned, ``i`` for signed and ``f`` for floating numbers, ``V`` for any other.
        channels: samples a pixel.
        is_planar: whether the channels lie one after the other.
        compression, predictor: their numbers in TIFF.
        is_ycbcr, is_lab: whether the samples are no light, but these.
    """

    width: int
    height: int
    bits: int
    kind: str
    channels: int
    is_planar: bool
    compression: int
    predictor: int
    is_ycbcr: bool
    is_lab: bool


def samples_of(content: bytes, layout: Layout) -> NDArray[Any]:
    """Decode the first picture.

    Returns:
        ``[H, W, C]`` of any type; YCbCr comes as RGB.

    Raises:
        ImageError: nothing here reads it, or it holds more than it says.
        Exception: whatever decoders raise on damaged files.
    """
    if layout.channels > MOST_SAMPLES or layout.kind == "V":
        raise ImageError(
            f"That TIFF holds {layout.channels} channels that are no colours. Save it as RGB."
        )
    if layout.is_ycbcr:
        return _by_opencv(content, 3, np.dtype(np.uint8))
    if layout.compression in (PLAIN, *DEFLATE) and layout.predictor in (1, 2):
        return _by_tifffile(content)
    if (layout.bits, layout.kind) == (8, "u") and layout.channels >= 3:
        return _by_pillow(content, layout)
    if layout.is_planar or layout.is_lab or layout.channels not in {1, 3, 4}:
        raise ImageError(COMPRESSED)
    return _by_opencv(content, layout.channels, np.dtype(f"{layout.kind}{layout.bits // 8}"))


def _by_tifffile(content: bytes) -> NDArray[Any]:
    from tifffile import TiffFile

    # It reports at length what is odd in a file; a refusal says it in one sentence.
    logging.getLogger("tifffile").setLevel(logging.CRITICAL)
    with TiffFile(io.BytesIO(content)) as file:
        page = file.pages.first
        planes, depth, height, width, channels = page.shaped
        if depth != 1:
            raise ImageError("That TIFF is a stack of slices, not a photo. Save one of them.")
        _check_length(page, content)
        samples = page.asarray(squeeze=False, maxworkers=1)
        if samples.dtype.kind == "u":
            # Twelve bits are read into sixteen: their white is that type's white here.
            samples = samples << (8 * samples.dtype.itemsize - page.bitspersample)
    stacked = np.moveaxis(samples.reshape(planes, height, width, channels), 0, 2)
    return stacked.reshape(height, width, planes * channels)


def _check_length(page: TiffPage, content: bytes) -> None:
    """Refuse strips and tiles that hold less than the picture, or inflate to much more."""
    if page.nbytes > MOST_BYTES:
        raise ImageError(
            f"That TIFF holds {page.nbytes / 2**20:.0f} MB of numbers, and {MOST_BYTES // 2**20} are the most. "
            "Save it with 8 bits a channel."
        )
    left = most = 2 * page.nbytes + 2**20
    for offset, count in zip(page.dataoffsets, page.databytecounts, strict=True):
        if offset + count > len(content):
            raise ImageError(DAMAGED)
        if page.compression in DEFLATE:
            count = len(zlib.decompressobj().decompress(content[offset : offset + count], left + 1))  # noqa: PLW2901
        left -= count
        if left < 0:
            raise ImageError(DAMAGED)
    # Samples of twelve bits are packed.
    if 8 * (most - left) < page.size * page.bitspersample:
        raise ImageError(DAMAGED)


def _by_opencv(content: bytes, channels: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """As libtiff reads it: what lies side by side, as it is stored; YCbCr as RGB."""
    found = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if found is None:
        raise ImageError(DAMAGED)
    samples = np.asarray(found).reshape(*found.shape[:2], -1)
    if samples.dtype != dtype or samples.shape[2] != channels:
        raise ImageError(COMPRESSED)
    return samples[..., [2, 1, 0, 3][:channels]] if channels >= 3 else samples


def _by_pillow(content: bytes, layout: Layout) -> NDArray[Any]:
    with Image.open(io.BytesIO(content), formats=("TIFF",)) as image:
        samples = np.asarray(image)
    # Pillow does not turn the sign of a and b in planes of their own.
    if samples.ndim != 3 or (layout.is_lab and layout.is_planar):
        raise ImageError(COMPRESSED)
    return samples
