"""How long something takes, and the photo that it is taken on."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

#: A phone's photo: 12 megapixels.
PHONE = (3000, 4000)


def example_photo() -> Image.Image:
    """The page's first example at the size of a phone's photo."""
    examples = Path(__file__).resolve().parents[1] / "demo" / "examples"
    return Image.open(min(examples.glob("*.jpg"))).convert("RGB").resize(PHONE)


def median_ms(work: Callable[[], object], rounds: int = 7) -> float:
    """Median milliseconds of ``rounds`` calls, after one that warms up."""
    spent = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent[1:]) * 1000
