"""How answers become one: temperature, logarithmic pool, mixture of experts. Pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor


def calibrated(logits: Tensor, temperature: float) -> NDArray[np.float32]:
    """Probabilities ``[N, classes]`` of logits, divided by a temperature (Guo et al., ICML 2017)."""
    probabilities: NDArray[np.float32] = (logits.float() / temperature).softmax(1).cpu().numpy()
    return probabilities


def apply_temperature(probabilities: NDArray[np.floating[Any]], temperature: float) -> NDArray[Any]:
    """Probabilities ``[N, classes]`` at another temperature (Guo et al., 2017); the type of float stays.

    Above 1 they come closer to each other, below 1 the most likely class gains.

    >>> apply_temperature(np.array([[.5, .25, .25]]), 0.5).round(2).tolist()
    [[0.67, 0.17, 0.17]]
    """
    logits = np.log(probabilities.clip(1e-8)) / temperature
    logits -= logits.max(1, keepdims=True)
    exponent = np.exp(logits)
    return np.asarray(exponent / exponent.sum(1, keepdims=True))


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


def mixture(
    *experts: tuple[NDArray[np.float32], NDArray[np.float32]],
) -> NDArray[np.float32]:
    """The mean of answers ``[N, classes]``, each with its weight ``[N, 1]`` (Jacobs et al., 1991).

    Args:
        experts: weights and answers; the weights of a row sum to 1.

    >>> likely = np.array([[.75], [.0]], "f")
    >>> says, denies = np.array([[1., 0.]], "f"), np.array([[0., 1.]], "f")
    >>> mixture((likely, says), (1 - likely, denies)).tolist()
    [[0.75, 0.25], [0.0, 1.0]]
    """
    (weight, answer), *others = experts
    total = weight * answer
    for weight, answer in others:
        total = total + weight * answer
    return np.asarray(total, np.float32)
