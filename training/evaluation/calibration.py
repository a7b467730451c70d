"""Temperature scaling: fitted on validation data, and scored on rows that it was not fitted on."""

from __future__ import annotations

import numpy as np
import torch

from fashion_core.fusion import apply_temperature


def fit_temperature(probabilities: np.ndarray, truth: np.ndarray) -> float:
    """The temperature that minimises the log loss of ``softmax(logits / T)`` (Guo et al., ICML 2017).

    Works on probabilities, because their logarithm is the logits up to a constant.
    """
    there = truth >= 0
    logits = torch.from_numpy(np.log(probabilities[there].clip(1e-8))).double()
    target = torch.from_numpy(truth[there])
    scale = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([scale], max_iter=60)

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        value = torch.nn.functional.cross_entropy(logits * torch.exp(-scale), target)
        value.backward()
        return value

    optimiser.step(loss)
    return float(torch.exp(scale.detach()).clamp(0.2, 5.0))


def cross_calibrated(probabilities: np.ndarray, truth: np.ndarray, half: np.ndarray) -> np.ndarray:
    """Each half of ``[N, classes]`` at the temperature that fits the other half (``half`` is 0 or 1 a row)."""
    calibrated = probabilities.copy()
    for side in (0, 1):
        fitted = fit_temperature(probabilities, np.where(half == side, truth, -1))
        calibrated[half != side] = apply_temperature(probabilities[half != side], fitted)
    return calibrated
