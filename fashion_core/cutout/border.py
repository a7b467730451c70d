"""The garment on a plain background, found without a network, from the colours of the picture's border."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from fashion_core.cutout.masks import LEAST_AREA, MOST_AREA, clean_mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fashion_core.cutout.masks import Floats, Mask, Pixels


def border_mask(pixels: Pixels, least: float = 0.0) -> tuple[Mask, float]:
    """Background is what is joined to the border and near its colours; the rest is garment.

    Args:
        pixels: RGB ``[H, W, 3]``.
        least: the lowest confidence of use; a background too uneven to reach it gives an empty mask at once.

    Returns:
        The mask and a confidence in 0..1.
    """
    lab = cv2.cvtColor(cv2.GaussianBlur(pixels, (3, 3), 0), cv2.COLOR_RGB2LAB).astype(np.float32)
    edge = _border_pixels(lab)
    colours = _background_colours(edge)
    noise = float(np.percentile(_distance(edge, colours), 90))
    if _evenness(noise) < least:
        return np.zeros(pixels.shape[:2], np.bool_), 0.0
    distance = _distance(lab, colours)
    threshold = float(np.clip(noise * 1.6 + 3.0, 5.0, 16.0))
    alike = distance < threshold
    background = _joined_to_border(alike)
    background |= _enclosed_background(alike & ~background, distance, noise)
    mask = _tighten(clean_mask(~background), distance)
    return mask, _border_confidence(mask, distance, noise)


def _distance(lab: Floats, colours: list[Floats]) -> Floats:
    """From each colour ``[..., 3]`` to the nearest of ``colours``; lightness counts less than hue."""
    weights = np.array((0.7, 1.2, 1.2), np.float32)
    squares = [np.square((lab - colour) * weights).sum(-1) for colour in colours]
    return np.asarray(np.sqrt(np.minimum.reduce(squares)), np.float32)


def _border_pixels(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The outer strip, without the foot of the picture, where a long hem may touch: ``[N, C]``."""
    strip = max(2, min(values.shape[:2]) // 40)
    sides = (values[:strip], values[:, :strip], values[:, -strip:])
    return np.concatenate([s.reshape(-1, values.shape[2]) for s in sides])


def _background_colours(edge: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """One to three colours of the border: a backdrop between strips, or light that falls off, has several."""
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    cv2.setRNGSeed(1)
    edge = edge[:: max(1, len(edge) // 1500)]
    start = np.zeros((len(edge), 1), np.int32)
    _, labels, centres = cv2.kmeans(
        np.ascontiguousarray(edge), 3, start, criteria, 2, cv2.KMEANS_PP_CENTERS
    )
    shares = np.bincount(labels.ravel(), minlength=3) / len(edge)
    return [np.asarray(centres[i], np.float32) for i in range(3) if shares[i] > 0.08]


def _joined_to_border(alike: Mask) -> Mask:
    """The regions of a mask that touch the edge of the picture."""
    _, labels = cv2.connectedComponents(alike.astype(np.uint8), connectivity=4)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    joined = np.unique(rim[rim > 0])
    return np.isin(labels, joined)


def _enclosed_background(alike: Mask, distance: NDArray[np.float32], noise: float) -> Mask:
    """Gaps between sleeve and body: as even as the background itself, which white cloth never is."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(alike.astype(np.uint8))
    inner = cv2.erode(alike.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    even = [
        i
        for i in range(1, count)
        if stats[i, cv2.CC_STAT_AREA] > 0.0012 * alike.size
        and (inside := inner & (labels == i)).any()
        and np.median(distance[inside]) < 2.0 + 0.6 * noise
    ]
    return np.isin(labels, even)


def _tighten(mask: Mask, distance: NDArray[np.float32]) -> Mask:
    """Move the edge to where half of the light is the garment's.

    A threshold near the background's own noise takes in blur and JPEG ringing, one to three pixels wide.
    """
    size = max(5, max(mask.shape) // 50) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    sure = cv2.erode(mask.astype(np.uint8), kernel) > 0
    if not sure.any():
        return mask
    _, labels = cv2.distanceTransformWithLabels(
        (~sure).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    inside = np.zeros(labels.max() + 1, np.float32)
    smooth = cv2.blur(distance.astype(np.float32), (size, size))
    inside[labels[sure]] = smooth[sure]
    return np.asarray(mask & (sure | (distance > 0.5 * inside[labels])), np.bool_)


def _evenness(noise: float) -> float:
    """1 for an even background, less with its noise: 0 where its own colours differ by 18."""
    return float(np.clip(1.5 - noise / 12, 0, 1))


def _border_confidence(mask: Mask, distance: NDArray[np.float32], noise: float) -> float:
    area = float(mask.mean())
    if not LEAST_AREA < area < MOST_AREA:
        return 0.0
    contrast = float(np.clip(np.median(distance[mask]) / 14, 0, 1))
    return _evenness(noise) * (0.4 + 0.6 * contrast) * _freedom(mask) * _solidity(mask)


def _freedom(mask: Mask) -> float:
    """1 for a mask that stays clear of the picture's edge, less the more it runs along it."""
    rim = np.concatenate([mask[0], mask[:, 0], mask[:, -1]])
    return float(np.clip(1.15 - 2.2 * rim.mean(), 0, 1))


def _solidity(mask: Mask) -> float:
    """1 for a mask that fills 59 % of its convex hull, less for scattered pieces."""
    contours, _ = cv2.findContours(
        mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    if not contours:
        return 0.0
    hull = cv2.convexHull(np.concatenate(contours))
    return float(np.clip(mask.sum() / max(1.0, cv2.contourArea(hull)) * 1.7, 0, 1))
