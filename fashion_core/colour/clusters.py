"""The main colours of a garment: k-means in CIELAB; clusters that differ only by light and shade are joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from skimage.color import deltaE_ciede2000

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fashion_core.colour.colours import Floats

CLUSTERS, SEED = 6, 1
#: Clusters closer than this (CIEDE2000) are one colour in different light.
MERGE_BELOW = 11.0
#: kL of CIEDE2000 when merging: folds and shine change lightness without changing the colour.
LIGHTNESS_WEIGHT = 1.6


def main_colours(lab: Floats) -> tuple[Floats, Floats]:
    """The main CIELAB colours ``[K, 3]`` of pixels ``[N, 3]`` and their shares ``[K]`` of them."""
    return _merge(*_cluster_medians(lab, CLUSTERS))


def _cluster_medians(lab: Floats, clusters: int) -> tuple[Floats, Floats]:
    """Medians ``[K, 3]`` and shares ``[K]`` of clusters; lightness counts less, as folds vary only that."""
    weights = np.array([0.6, 1.0, 1.0])
    # Distinct colours are counted as single numbers, which sort ten times as fast as rows.
    count = min(clusters, len(np.unique(lab @ (1.0, 1e3, 1e6))))
    labels, _ = k_means(lab * weights, count)
    filled = [i for i in range(count) if (labels == i).any()]
    # The median is the cloth's colour between its shadows and its highlights.
    centres = np.array([np.median(lab[labels == i], axis=0) for i in filled])
    return centres, np.array([(labels == i).mean() for i in filled])


def k_means(samples: Floats, count: int) -> tuple[NDArray[np.int32], Floats]:
    """Seeded k-means++: labels ``[N]`` and centres ``[count, C]``."""
    if count < 2:
        # OpenCV takes a single pixel for three samples of one channel.
        return np.zeros(len(samples), np.int32), samples.mean(0, keepdims=True)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 0.2)
    start = np.zeros((len(samples), 1), np.int32)
    cv2.setRNGSeed(SEED)
    _, labels, centres = cv2.kmeans(
        samples.astype(np.float32), count, start, criteria, 2, cv2.KMEANS_PP_CENTERS
    )
    return np.asarray(labels, np.int32).ravel(), np.asarray(centres, np.float64)


def _merge(centres: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """Join the closest pair until none is closer than ``MERGE_BELOW``."""
    while len(centres) > 1:
        distances = deltaE_ciede2000(centres[:, None], centres[None], kL=LIGHTNESS_WEIGHT)
        np.fill_diagonal(distances, np.inf)
        i, j = np.unravel_index(int(distances.argmin()), distances.shape)
        if distances[i, j] >= MERGE_BELOW:
            break
        weight = shares[[i, j]] / shares[[i, j]].sum()
        centres[i] = weight @ centres[[i, j]]
        shares[i] += shares[j]
        centres, shares = np.delete(centres, j, axis=0), np.delete(shares, j)
    return centres, shares
