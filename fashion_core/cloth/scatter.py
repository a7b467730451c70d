"""Where motifs lie: points ``[N, 2]`` in a repeat whose opposite edges touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def tossed(
    rng: np.random.Generator,
    count: int,
    width: float,
    height: float,
    keep_off: NDArray[np.float64] | None = None,
    tries: int = 24,
) -> NDArray[np.float64]:
    """``count`` points thrown so that they lie apart (Mitchell's best candidate, across the seams too).

    Args:
        keep_off: points ``[M, 2]`` that are there already.
        tries: candidates for each point; the one furthest from all others is kept.
    """
    size = np.array([width, height])
    first = 0 if keep_off is None else len(keep_off)
    points = np.empty((first + count, 2))
    if keep_off is not None:
        points[:first] = keep_off
    for there in range(first, first + count):
        candidates = rng.uniform(0, 1, (tries, 2)) * size
        points[there] = candidates[0]
        if there:
            apart = np.abs(candidates[:, None] - points[None, :there])
            apart = np.minimum(apart, size - apart)
            nearest = np.square(apart).sum(2).min(1)
            points[there] = candidates[np.argmax(nearest)]
    return points[first:]


def half_drop(columns: int, rows: int, width: float, height: float) -> NDArray[np.float64]:
    """A lattice whose every second column is lowered by half a step; ``columns`` has to be even."""
    x = (np.arange(columns) + 0.5) / columns * width
    y = (np.arange(rows) + 0.25) / rows * height
    drop = np.arange(columns) % 2 * height / rows / 2
    return np.stack([np.repeat(x, rows), np.add.outer(drop, y).ravel()], 1)


def grid(columns: int, rows: int, width: float, height: float) -> NDArray[np.float64]:
    """The centres of ``columns`` x ``rows`` equal fields."""
    x = (np.arange(columns) + 0.5) / columns * width
    y = (np.arange(rows) + 0.5) / rows * height
    return np.stack([np.repeat(x, rows), np.tile(y, columns)], 1)
