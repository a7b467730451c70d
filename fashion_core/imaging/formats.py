"""Which files are pictures by their names, and what those are by their first bytes that cannot be read."""

from __future__ import annotations

import re
from pathlib import PurePath

#: Only these decoders are ever tried (JPEG's reads MPO too).
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF", "TIFF", "BMP")
SUFFIXES = frozenset(
    (
        ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".apng", ".webp", ".avif", ".heic", ".heif", ".hif",
        ".gif", ".tif", ".tiff", ".bmp", ".dib",
    )
)  # fmt: skip
#: What macOS and Windows put beside photos: a folder of copies of attributes, and thumbnails.
NOT_PHOTOS = frozenset(("__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin"))
NOT_A_PICTURE = "That file is not a picture. Try a JPEG, PNG, WebP or HEIC."
#: First bytes, what they are the start of, and what to do with it.
SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL picture", "Save it as JPEG or PNG."),
    # Its decoder comes with Pillow, but takes seconds for a few damaged bytes.
    (rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51", "a JPEG 2000 picture", "Save it as JPEG or PNG."),
    (rb"II\xbc\x01", "a JPEG XR picture", "Save it as JPEG or PNG."),
    (rb"BPG\xfb|qoif|P[1-7]\s|/\* XPM \*/", "a picture of a rare format", "Save it as JPEG or PNG."),
    (rb"8BPS", "a Photoshop file", "Export it as PNG or JPEG."),
    (rb"%PDF", "a PDF", "Export its page as PNG or JPEG."),
    (rb"%!PS|\xc5\xd0\xd3\xc6", "a PostScript drawing", "Export it as PNG or JPEG."),
    (rb"gimp xcf", "a GIMP file", "Export it as PNG or JPEG."),
    (rb"SIMPLE  =", "a FITS file", "Export it as PNG or TIFF."),
    (rb"\x76\x2f\x31\x01|#\?RADIANCE|#\?RGBE", "a picture of high dynamic range (EXR or HDR)",
     "Export it as JPEG or PNG."),
    (rb"II\x2a\0....CR\x02|II\x1a\0\0\0HEAPCCDR|....ftypcrx |FUJIFILMCCD-RAW|IIU\0|IIR[OS]|MMOR|\0MRM|FOVb",
     "a camera's raw file", "Develop it, or send the JPEG of the same photo."),
    (rb"DDS |\xabKTX ", "a texture", "Export it as PNG."),
    (rb"\0\0[\x01\x02]\0[\x01-\xff]\0", "an icon", "Save it as PNG."),
    (rb"\0\x05\x16[\0\x07]\0", "the shadow that macOS keeps of a file", "Send the file itself, without ._"),
    ((rb"....ftyp(?:isom|iso\d|mp4\d|avc1|M4V |qt  |3g[p2]|dash|MSNV)|\x1a\x45\xdf\xa3|RIFF....AVI |"
     rb"....(?:moov|mdat|wide)|\0\0\x01[\xba\xb3]|FLV\x01"), "a video", "Send one frame of it as JPEG or PNG."),
)  # fmt: skip
#: SVG is text: a comment or a document type may stand before its element.
SVG = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!DOCTYPE svg|svg)", re.IGNORECASE)


def is_picture_name(name: str) -> bool:
    """Whether a file of a folder or an archive is a picture, by its path below that folder.

    Hidden files and folders are none, nor is what macOS and Windows write beside photos.

    >>> is_picture_name("sub/A.JPG"), is_picture_name("sub/._A.JPG"), is_picture_name("__MACOSX/A.JPG")
    (True, False, False)
    """
    path = PurePath(name.replace("\\", "/"))
    is_ours = not any(part.startswith(".") or part.lower() in NOT_PHOTOS for part in path.parts)
    return is_ours and path.suffix.lower() in SUFFIXES


def refusal_of(content: bytes) -> str:
    """The sentence for a file that no decoder of :data:`FORMATS` knows, naming what it is if that is known.

    Args:
        content: the file, or its first thousand bytes or more.
    """
    head = content[:1024]
    for signature, name, advice in SIGNATURES:
        if re.match(signature, head, re.DOTALL):
            return f"That is {name}, which I cannot read. {advice}"
    start = content[: 1 << 16].lower()
    if SVG.match(head) and b"<svg" in start and b"<html" not in start:
        return "That is an SVG drawing, which I cannot read. Export it as PNG or JPEG."
    return NOT_A_PICTURE
