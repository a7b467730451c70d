"""PNG: a file without its notes, the colour that stands for transparent, and the colour space that chunks name.

Chunks are those of the PNG specification, third edition (W3C, 2025). Only what a picture needs is handed to the
decoder: notes are never inflated, and an ancillary chunk whose checksum is wrong is left out, as browsers do.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
from PIL import Image

from fashion_core.imaging.colour_space import by_chromaticities, by_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from fashion_core.imaging.colour_space import Chromaticities, Space

MAGIC = b"\x89PNG\r\n\x1a\n"
GREY, RGB, PALETTE, GREY_ALPHA = 0, 2, 3, 4
#: Chunks that the decoder gets: pixels, palette, and Exif for its orientation.
NEEDED = (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"eXIf")
#: Notes that hold an orientation; others are left out.
KEYWORDS = (b"XML:com.adobe.xmp\0", b"Raw profile type exif\0", b"Raw profile type APP1\0")
MOST_NOTE = 2**18
#: Profiles of presses hold large tables.
MOST_PROFILE = 2**23


class Png(NamedTuple):
    """A file that was taken apart.

    Attributes:
        content: the file without what no picture needs.
        depth: bits a sample.
        kind: the colour type: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.
        key: samples of the transparent colour, of grey and RGB alone.
        space: what cICP, iCCP, sRGB, or cHRM and gAMA say, in this order; None where none is there.
    """

    content: bytes
    depth: int
    kind: int
    key: tuple[int, ...] | None
    space: Space

    @property
    def is_deep(self) -> bool:
        """Whether it is RGB of 16 bits, of which the decoder gives eight."""
        return self.depth == 16 and self.kind == RGB


def take_apart(content: bytes) -> Png:
    """Read the chunks of a file that begins with :data:`MAGIC`; it may be damaged anywhere."""
    kept, found = [MAGIC], dict[bytes, bytes]()
    for name, chunk, is_sound in _chunks(content):
        body = chunk[8:-4]
        ancillary = name[0] & 0x20
        if ancillary and not is_sound:
            continue
        found.setdefault(name, body)
        if (
            name in NEEDED
            or (name == b"tRNS" and _kind_of(found) == PALETTE)
            or _is_needed_note(name, body)
        ):
            kept.append(chunk)
    header = found.get(b"IHDR", b"").ljust(13, b"\0")
    depth, kind = header[8], header[9]
    return Png(
        b"".join(kept), depth, kind, _key(found.get(b"tRNS", b""), depth, kind), _space(found)
    )


def alpha_by_key(image: Image.Image, png: Png) -> Image.Image | None:
    """The alpha that a transparent colour gives.

    Args:
        image: the picture as its decoder gives it, before anything was converted.
        png: the file that it was decoded from.
    """
    if png.key is None:
        return None
    samples = _samples(image, png)
    if len(png.key) == 1:
        transparent = samples == png.key[0]
    else:
        transparent = (samples == np.array(png.key, samples.dtype)).all(-1)
    return Image.fromarray(np.where(transparent, 0, 255).astype(np.uint8))


def _samples(image: Image.Image, png: Png) -> NDArray[np.int64 | np.uint16 | np.uint8]:
    """Grey ``[H, W]`` or RGB ``[H, W, 3]``, at the depth of the file."""
    if png.is_deep:
        return sixteen_bits(png.content)
    values = np.asarray(image)
    if png.depth == 1:
        return values.astype(np.uint8)
    # Two and four bits are spread over 0..255.
    return values // (255 // (2**png.depth - 1)) if png.depth < 8 else values


def sixteen_bits(content: bytes) -> NDArray[np.uint16]:
    """RGB of 16 bits, of which the decoder gives eight: the upper, or those that it takes for the upper."""
    halves = []
    for order in ("RGB;16B", "RGB;16L"):
        with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
            image.tile = [tile._replace(args=order) for tile in image.tile]
            halves.append(np.asarray(image).astype(np.uint16))
    return np.asarray(halves[0] << 8 | halves[1], np.uint16)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes, bool]]:
    """Name, whole chunk, and whether its checksum is right, up to the first that is cut short."""
    place = len(MAGIC)
    while place + 8 <= len(content):
        length, name = struct.unpack_from(">I4s", content, place)
        end = place + length + 12
        chunk = content[place:end]
        is_sound = end <= len(content) and zlib.crc32(chunk[4:-4]) == int.from_bytes(
            chunk[-4:], "big"
        )
        yield name, chunk, is_sound
        place = end


def _kind_of(found: dict[bytes, bytes]) -> int | None:
    header = found.get(b"IHDR", b"")
    return header[9] if len(header) > 9 else None


def _is_needed_note(name: bytes, body: bytes) -> bool:
    """Whether a note holds an orientation and is small, also when it is inflated."""
    if not body.startswith(KEYWORDS) or len(body) > MOST_NOTE:
        return False
    after_keyword = body[body.index(b"\0") + 1 :]
    if name == b"zTXt":
        return _inflated(after_keyword[1:], MOST_NOTE) is not None
    return name == b"tEXt" or (name == b"iTXt" and after_keyword[:1] == b"\0")


def _inflated(content: bytes, most: int) -> bytes | None:
    """What was compressed, or None where it is broken or longer than ``most``."""
    try:
        inflater = zlib.decompressobj()
        inflated = inflater.decompress(content, most)
    except zlib.error:
        return None
    return None if inflater.unconsumed_tail else inflated


def _key(body: bytes, depth: int, kind: int) -> tuple[int, ...] | None:
    count = {GREY: 1, RGB: 3}.get(kind, 0)
    if not count or len(body) < 2 * count:
        return None
    # "If the image bit depth is less than 16 bits, the least significant bits are used."
    return tuple(v & (2**depth - 1) for v in struct.unpack_from(f">{count}H", body))


def _space(found: dict[bytes, bytes]) -> Space:
    if len(numbers := found.get(b"cICP", b"")) == 4 and numbers[2] == 0:
        return by_numbers(numbers[0], numbers[1], full_range=numbers[3] != 0)
    _, _, compressed = found.get(b"iCCP", b"").partition(b"\0")
    if compressed[:1] == b"\0" and (profile := _inflated(compressed[1:], MOST_PROFILE)):
        return profile
    if b"sRGB" in found:
        return by_chromaticities(None, None)
    return _by_old_chunks(found.get(b"cHRM", b""), found.get(b"gAMA", b""))


def _by_old_chunks(chromaticities: bytes, gamma: bytes) -> Space:
    if len(chromaticities) != 32 and len(gamma) != 4:
        return None
    where = None
    if len(chromaticities) == 32:
        white_first = [v / 1e5 for v in struct.unpack(">8I", chromaticities)]
        where = cast("Chromaticities", (*white_first[2:], *white_first[:2]))
    return by_chromaticities(where, int.from_bytes(gamma, "big") / 1e5 if len(gamma) == 4 else None)
