"""Whether silhouettes of designs are those of dresses, and of all dresses: nearest neighbours by IoU."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from training.evaluation.drawing import Silhouettes

#: Height and width to which silhouettes are brought: enough for straps, and quick to compare.
SIZE = (96, 64)


def flattened(silhouettes: Silhouettes) -> np.ndarray:
    """Silhouettes ``[N, H, W]`` as rows of 0 and 1, float32 ``[N, 96 * 64]``, without the empty ones.

    Squares are cut to the middle two thirds of their columns, as portraits are.
    """
    rows = []
    for mask in silhouettes:
        high, wide = mask.shape
        kept = min(wide, round(high * SIZE[1] / SIZE[0]))
        left = (wide - kept) // 2
        portrait = np.ascontiguousarray(mask[:, left : left + kept], np.uint8) * 255
        small = cv2.resize(portrait, SIZE[::-1], interpolation=cv2.INTER_AREA) > 127
        if small.any():
            rows.append(small.ravel())
    return np.array(rows, np.float32).reshape(-1, SIZE[0] * SIZE[1])


def nearest_ious(queries: np.ndarray, references: np.ndarray) -> np.ndarray:
    """The IoU ``[N]`` of each of ``queries [N, D]`` with the most similar of ``references [M, D]``; 0 of none.

    >>> a, b = np.array([[1, 1, 0, 0]], np.float32), np.array([[1, 0, 0, 0], [0, 0, 1, 1]], np.float32)
    >>> nearest_ious(a, b).tolist()
    [0.5]
    """
    if not len(references):
        return np.zeros(len(queries), np.float32)
    sizes = references.sum(1)
    best = []
    for start in range(0, len(queries), 500):
        part = queries[start : start + 500]
        both = part @ references.T
        best.append((both / (part.sum(1)[:, None] + sizes - both)).max(1))
    return np.concatenate(best) if best else np.zeros(0, np.float32)


def silhouette_figures(designs: np.ndarray, real: np.ndarray) -> dict[str, dict[str, float]]:
    """Coverage and plausibility of silhouettes of designs, both as :func:`flattened`.

    Returns:
        ``coverage``: of the real silhouettes, the best IoU with a design (is every dress drawn?);
        ``plausibility``: of the designs, the best IoU with a real one (is every design a dress?). Of both the
        mean, the median and the 5th percentile. Coverage grows with the count of designs: compare as many.
    """
    return {
        "coverage": _summary(nearest_ious(real, designs)),
        "plausibility": _summary(nearest_ious(designs, real)),
    }


def _summary(ious: np.ndarray) -> dict[str, float]:
    there = ious if len(ious) else np.zeros(1)
    return {
        "mean": float(there.mean()),
        "median": float(np.median(there)),
        "p5": float(np.percentile(there, 5)),
        "n": len(ious),
    }
