"""How large a picture may be, and the sentences that say so."""

from __future__ import annotations

from fashion_core.errors import ImageError

LEAST_SIDE = 64
MOST_PIXELS = 50_000_000
#: How many times as long as wide a picture may be: networks see squares.
MOST_ASPECT = 20
MOST_BYTES = 40 * 2**20
DAMAGED = "That picture is damaged or cut short. Save or send it again."


def too_many_bytes(size: int) -> str:
    """The refusal of a file of ``size`` bytes."""
    return (
        f"{size / 2**20:.0f} MB is more than I can hold; {MOST_BYTES // 2**20} is the most. "
        "Send a smaller copy."
    )


def too_many_pixels(pixels: int) -> str:
    """The refusal of a picture of so many pixels."""
    return (
        f"{pixels / 1e6:.0f} megapixels is more than I can hold; "
        f"{MOST_PIXELS // 10**6} is the most. Send a smaller copy."
    )


def check_size(width: int, height: int) -> None:
    """Refuse what is too large to hold or too small to read.

    Raises:
        ImageError: with the limit that it breaks.
    """
    if width * height > MOST_PIXELS:
        raise ImageError(too_many_pixels(width * height))
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
