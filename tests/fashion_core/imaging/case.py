"""A picture to write, with the values that are right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

WHITE = (255, 255, 255)
Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Case:
    """A picture to write: given a colour, it makes a file and says what comes out inside and outside."""

    name: str
    write: Callable[[Rgb], tuple[bytes, object, object]]


def grey(value: float) -> np.ndarray:
    return np.full(3, value)
