"""The colour space by numbers (nclx) of a picture in an ISO media file: AVIF, whose decoder does not tell it.

Boxes are those of ISO/IEC 14496-12 and 23008-12.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from fashion_core.imaging.colour_space import by_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fashion_core.imaging.colour_space import ColourSpace


def nclx_space(content: bytes) -> ColourSpace | None:
    """The space that the primary item names, or None; a file that is damaged names none."""
    try:
        return _nclx_space(content)
    except (struct.error, IndexError, StopIteration):
        return None


def _nclx_space(content: bytes) -> ColourSpace | None:
    # A full box begins with a version and three bytes of flags.
    meta = _only(content, b"meta")[4:]
    properties = _only(meta, b"iprp")
    all_properties = list(_boxes(_only(properties, b"ipco")))
    for index in _associated(_only(properties, b"ipma"), _primary(_only(meta, b"pitm"))):
        name, body = all_properties[index - 1]
        if name == b"colr" and body[:4] == b"nclx":
            primaries, transfer = struct.unpack_from(">HH", body, 4)
            return by_numbers(primaries, transfer)
    return None


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and contents of the boxes that follow one another."""
    place = 0
    while place + 8 <= len(content):
        size, name = struct.unpack_from(">I4s", content, place)
        header = 8
        if size == 1:
            (size,), header = struct.unpack_from(">Q", content, place + 8), 16
        end = len(content) if size == 0 else place + size
        if end < place + header:
            return
        yield name, content[place + header : end]
        place = end


def _only(content: bytes, name: bytes) -> bytes:
    return next(body for found, body in _boxes(content) if found == name)


def _primary(box: bytes) -> int:
    return int(struct.unpack_from(">I" if box[0] else ">H", box, 4)[0])


def _associated(box: bytes, item: int) -> list[int]:
    """Numbers from 1 of the properties of an item."""
    version, wide = box[0], box[3] & 1
    (count,) = struct.unpack_from(">I", box, 4)
    place = 8
    for _ in range(count):
        (found,) = struct.unpack_from(">H" if version < 1 else ">I", box, place)
        place += 2 if version < 1 else 4
        numbers = box[place]
        place += 1
        size = 2 if wide else 1
        if found == item:
            indices = struct.unpack_from(f">{numbers}{'H' if wide else 'B'}", box, place)
            # The highest bit says whether a reader has to know the property.
            return [index & (0x7FFF if wide else 0x7F) for index in indices]
        place += size * numbers
    return []
