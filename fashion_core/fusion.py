"""Two networks asked the same: one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def pooled(
    first: NDArray[np.float32], second: NDArray[np.float32], temperature: float = 1.0
) -> NDArray[np.float32]:
    """The logarithmic opinion pool of two answers, both ``[N, classes]`` (Genest, Zidek, 1986).

    The mean of the logarithms, at a ``temperature`` that was fitted on validation data: two networks that
    agree may be surer than either.

    >>> pooled(np.array([[.5, .5]], "f"), np.array([[.8, .2]], "f")).round(2).tolist()
    [[0.67, 0.33]]
    """
    logits = (np.log(first.clip(1e-8)) + np.log(second.clip(1e-8))) / (2 * temperature)
    odds = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(odds / odds.sum(1, keepdims=True), np.float32)
