"""Learning-rate schedules: by how much the learning rate of the settings is multiplied at a moment of the run.

:func:`cosine` is a function of how much of a run is over (0..1), which may be told by its steps or, in a
sprint, by the clock (:class:`TimeBudget`); :func:`warm_up` counts steps.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def cosine(progress: float) -> float:
    """From 1 to 0 along half a cosine (Loshchilov, Hutter, "SGDR", ICLR 2017).

    >>> cosine(0.0), cosine(0.5).__round__(3), cosine(1.0)
    (1.0, 0.5, 0.0)
    """
    return 0.5 * (1 + math.cos(math.pi * min(max(progress, 0.0), 1.0)))


def warm_up(step: int, steps: int) -> float:
    """From nearly 0 to 1 over the first ``steps`` steps, in a line.

    >>> [warm_up(step, 4) for step in (0, 1, 3, 9)]
    [0.25, 0.5, 1.0, 1.0]
    """
    return min(1.0, (step + 1) / steps)


class TimeBudget:
    """Lays a run out by time: how much of it is over follows from the clock and not from a count of steps.

    The first ``settled`` steps count as the very beginning whatever time they take, so that two runs from one
    seed begin alike on machines of different speed. A machine so slow that they take half of the time falls
    by the clock from there on.

    Args:
        seconds: that the run may take.
        settled: steps before the clock matters.
        now: a clock that only moves on, in seconds.
    """

    def __init__(
        self, seconds: float, settled: int = 100, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.seconds, self.settled, self._now = seconds, settled, now
        self.start = now()
        self._falls_from: float | None = None

    @property
    def elapsed(self) -> float:
        """Seconds since the budget was opened."""
        return self._now() - self.start

    @property
    def left(self) -> float:
        """Seconds that are left, never fewer than none."""
        return max(0.0, self.seconds - self.elapsed)

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return self.elapsed >= self.seconds

    def progress(self, step: int) -> float:
        """How much of the run is over at ``step``, 0..1."""
        elapsed = self.elapsed
        if self._falls_from is None:
            if step < self.settled and elapsed < self.seconds / 2:
                return 0.0
            self._falls_from = elapsed
        left = self.seconds - self._falls_from
        return 1.0 if left <= 0 else min(1.0, (elapsed - self._falls_from) / left)
