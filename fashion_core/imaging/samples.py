"""From samples of any type to eight bits: what number is black and what is white."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fashion_core.errors import ImageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What programs write as white into samples that could hold more.
USUAL_WHITES = (255, 65535)
#: Samples may be so far beyond black and white, as shares of their range: filters overshoot at edges.
OVERSHOOT = 0.1
#: Where white is: this share of the samples is not brighter. One bright speck is none.
BULK = 99.5
RANGES = "0 to 1, 0 to 255 or 0 to 65535"
SAVE_OTHERWISE = "Save it with 8 or 16 bits a channel."


def to_light(samples: NDArray[Any], *, white_is_zero: bool = False) -> NDArray[np.float32]:
    """Samples as they are stored, to 0..1 where 1 is white.

    Args:
        samples: unsigned, signed or floating numbers of any shape. White is the largest number of the
            type or, where all are far below it, 255 or 65535; of fractions it is 1, 255 or 65535. Infinite
            ones are clipped; what is not a number is taken for white, as nothing was seen there.
        white_is_zero: whether the largest number is black.

    Raises:
        ImageError: the numbers lie in no usual range, or many are negative: they are no light.
    """
    kind = samples.dtype.kind
    if kind not in "uif":
        raise ImageError(f"Samples of type {samples.dtype} are no light. {SAVE_OTHERWISE}")
    finite = samples[np.isfinite(samples)] if kind == "f" else samples.ravel()
    if not finite.size:
        raise ImageError(f"That picture holds no numbers, only NaN. {SAVE_OTHERWISE}")
    white = _white_of_fractions(finite) if kind == "f" else _white_of_integers(finite)
    least = -OVERSHOOT * min(white, abs(float(finite.max())))
    if kind != "u" and (finite < least).mean() > 0.001:
        raise ImageError(
            f"That picture holds negative numbers, which are no light; I read {RANGES}. {SAVE_OTHERWISE}"
        )
    light = samples.astype(np.float32) / np.float32(white)
    light = 1 - light if white_is_zero else light
    return np.asarray(np.nan_to_num(light, nan=1.0).clip(0, 1), np.float32)


def to_eight_bits(light: NDArray[np.float32]) -> NDArray[np.uint8]:
    """0..1 to 0..255."""
    return np.asarray((light * 255).round().clip(0, 255), np.uint8)


def _white_of_integers(samples: NDArray[Any]) -> float:
    top = float(samples.max())
    own = float(np.iinfo(samples.dtype).max)
    for white in USUAL_WHITES:
        if top <= white < own:
            return white
    # Twelve bits in sixteen, or measurements: all of it would be next to black.
    if own > USUAL_WHITES[0] and top < own / 16:
        raise ImageError(_no_range(top))
    return own


def _white_of_fractions(samples: NDArray[Any]) -> float:
    top = float(np.percentile(samples[:: 1 + samples.size // 2**20], BULK))
    # What is darker than a sixteenth of white is taken for no picture of that range.
    for white, least in ((1.0, 0.0), (255.0, 255 / 16), (65535.0, 65535 / 16)):
        if least <= top <= white * (1 + OVERSHOOT) or (least == 0 and top <= 0):
            return white
    raise ImageError(_no_range(top))


def _no_range(top: float) -> str:
    return f"That picture holds numbers up to {top:,.4g}, which are no light; I read {RANGES}. {SAVE_OTHERWISE}"
