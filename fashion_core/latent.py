"""Latents: sampling, truncation and paths between them. Pure functions on arrays."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

Latent = NDArray[np.float32]


def design_seed(seed: int, i: int) -> int:
    """The seed of design ``i`` (from 1) of the sheet ``seed``, whatever the size of the sheet.

    >>> design_seed(7, 5) == design_seed(7, 5), design_seed(7, 5) == design_seed(7, 6)
    (True, False)
    """
    return int.from_bytes(hashlib.sha256(f"{seed}:{i}".encode()).digest()[:6], "big")


def sample_latent(seed: int, dim: int) -> Latent:
    """A standard normal latent ``[dim]``; the same on every machine (PCG64)."""
    return np.random.Generator(np.random.PCG64(seed)).standard_normal(dim).astype(np.float32)


def truncate(latent: Latent, psi: float) -> Latent:
    """Pull a latent towards the mean by ``psi`` in 0..1: surer pictures, fewer kinds (Karras, 2019)."""
    return (latent * np.float32(psi)).astype(np.float32)


def slerp(a: Latent, b: Latent, t: float) -> Latent:
    """The point ``t`` (0..1) of the way from ``a`` to ``b`` along the sphere; lengths change evenly.

    Straight lines cut through the middle of the sphere, where a generator has seen nothing (White,
    "Sampling generative networks", 2016). The ends are exact.
    """
    if t <= 0:
        return a
    if t >= 1:
        return b
    length_a, length_b = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    if length_a == 0 or length_b == 0:
        return ((1 - t) * a + t * b).astype(np.float32)
    cosine = float(np.clip(a @ b / (length_a * length_b), -1, 1))
    angle = np.arccos(cosine)
    if np.sin(angle) < 1e-4:
        return ((1 - t) * a + t * b).astype(np.float32)
    direction = (
        np.sin((1 - t) * angle) * a / length_a + np.sin(t * angle) * b / length_b
    ) / np.sin(angle)
    return np.asarray(direction * ((1 - t) * length_a + t * length_b), np.float32)
