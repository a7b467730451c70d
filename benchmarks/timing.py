"""How long something takes."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def median_ms(work: Callable[[], object], rounds: int = 7) -> float:
    """Median milliseconds of ``rounds`` calls, after one that warms up."""
    spent = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent[1:]) * 1000
