"""JPEG files that lost their last bytes: viewers show them, and so do we where next to nothing is missing.

Where the pixels end cannot be asked of the decoder, which fills up with grey without a word. So what is there
is decoded twice, with two endings: pixels that differ are those that the file does not hold.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    #: Component, coefficients from and to, and the lowest bit that is known after the scan.
    Scan = tuple[int, int, int, int]

END = b"\xff\xd9"
#: This share of the pixels may be missing, or this many rows: one row of blocks.
MOST_MISSING, BLOCK = 1 / 16, 16
MARKER = re.compile(rb"\xff+([^\0\xff\xd0-\xd7])", re.DOTALL)


def completed(content: bytes) -> Image.Image | None:
    """The picture of a file that ends too early.

    Returns:
        The decoded picture, as its decoder gives it; the last rows are continued where they are missing. None
        where more is missing, or the file does end as it should.
    """
    # A marker that was cut in two is no part of the pixels.
    body = content.removesuffix(b"\xff")
    if body.endswith(END) or not _has_all_scans(body):
        return None
    image = _opened(body + END)
    pixels = np.array(image)
    # No 0xff among them, so that they are read as pixels; no pattern, so that they are not read as nothing.
    junk = np.random.default_rng(1).integers(0, 255, 4096 + len(body) // 4, np.uint8).tobytes()
    missing = _differ(pixels, np.asarray(_opened(body + junk + END)))
    first = int(np.argmax(missing.any(1))) if missing.any() else len(missing)
    few = len(missing) - first <= BLOCK or missing.mean() <= MOST_MISSING
    if not few or first == 0:
        return None
    for row in range(first, len(pixels)):
        pixels[row, missing[row]] = pixels[row - 1, missing[row]]
    mended = Image.frombytes(image.mode, image.size, pixels.tobytes())
    mended.info, mended.format = image.info, image.format
    return mended


def _opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content), formats=("JPEG",))
    image.load()
    return image


def _differ(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Blocks that are not the same in both, ``[H, W]``; a row or column may be its neighbour's colour."""
    differ = one != other
    differ = differ.any(-1) if differ.ndim == 3 else differ
    height, width = differ.shape
    padded = np.pad(differ, ((0, -height % BLOCK), (0, -width % BLOCK)), "edge")
    rows, columns = padded.shape[0] // BLOCK, padded.shape[1] // BLOCK
    blocks = padded.reshape(rows, BLOCK, columns, BLOCK).mean((1, 3)) > 0.2
    return np.repeat(np.repeat(blocks, BLOCK, 0), BLOCK, 1)[:height, :width]


def _has_all_scans(content: bytes) -> bool:
    """Whether every coefficient of every component is known to its last bit, if the last scan is whole."""
    known: dict[tuple[int, int], int] = {}
    components = _components(content)
    for component, start, end, lowest in _scans(content):
        for coefficient in range(start, end + 1):
            known[component, coefficient] = lowest
    wanted = [(component, coefficient) for component in components for coefficient in range(64)]
    return bool(components) and all(known.get(each) == 0 for each in wanted)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Markers with their segments."""
    place = 2
    while found := MARKER.search(content, place):
        place = found.end()
        length = int.from_bytes(content[place : place + 2], "big")
        yield found[1][0], content[place + 2 : place + length]
        place += length


def _components(content: bytes) -> list[int]:
    for marker, segment in _segments(content):
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC} and len(segment) > 5:
            return [segment[6 + 3 * i] for i in range(segment[5]) if 6 + 3 * i < len(segment)]
    return []


def _scans(content: bytes) -> Iterator[Scan]:
    for marker, segment in _segments(content):
        if marker == 0xDA and segment and len(segment) >= 2 * segment[0] + 4:
            count = segment[0]
            start, end, bits = segment[1 + 2 * count : 4 + 2 * count]
            for i in range(count):
                yield segment[1 + 2 * i], start, min(end, 63), bits & 15
