"""Where the garment is: a mask, a tight upright box and how sure we are.

Plain grounds are recognised by their border: what is joined to the edge of the picture and looks like it is
ground. Any other ground goes to GrabCut (Rother, Kolmogorov, Blake, SIGGRAPH 2004), started from the
border and the middle. Where both fail, the whole picture is read, and the confidence says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Mask = NDArray[np.bool_]
Pixels = NDArray[np.uint8]

#: Longer side of the copy on which the border method works, and that for GrabCut.
WORK_SIDE, GRABCUT_SIDE = 384, 192
#: What share of the square the garment's longer side takes: as in the shop photos that we learn from.
FRAME_SHARE = 0.88
#: Garments cover between these shares of the picture, or the mask is not believed.
LEAST_AREA, MOST_AREA = 0.03, 0.92
TRUSTED = 0.35


@dataclass(frozen=True)
class Cutout:
    """A garment's place in a picture.

    Attributes:
        mask: bool ``[H, W]`` of the whole picture, True on the garment.
        box: x0, y0, x1, y1 in pixels, x1 and y1 exclusive.
        confidence: 0..1; a plain ground with a clear edge is near 1.
        method: ``border``, ``grabcut`` or ``whole`` (no edge was found: the whole picture).
    """

    mask: Mask
    box: tuple[int, int, int, int]
    confidence: float
    method: str


def find_garment(image: Image.Image) -> Cutout:
    """Cut the garment out of an upright RGB picture."""
    pixels = np.asarray(image)
    small = _shrink(pixels, WORK_SIDE)
    mask, confidence = border_mask(small)
    method = "border"
    if confidence < 0.6:
        other, sure = _grabcut_mask(_shrink(pixels, GRABCUT_SIDE))
        if sure > confidence:
            mask, confidence, method = other, sure, "grabcut"
    if confidence < TRUSTED:
        whole = np.ones(pixels.shape[:2], np.bool_)
        return Cutout(whole, (0, 0, image.width, image.height), confidence, "whole")
    full = _enlarge(mask, image.width, image.height)
    return Cutout(full, _box(full), confidence, method)


def _shrink(pixels: Pixels, side: int) -> Pixels:
    scale = side / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _enlarge(mask: Mask, width: int, height: int) -> Mask:
    if mask.shape == (height, width):
        return mask
    soft = cv2.resize(mask.astype(np.uint8) * 255, (width, height), interpolation=cv2.INTER_LINEAR)
    found = np.asarray(soft > 128)
    return found if found.any() else np.ones((height, width), np.bool_)


def _box(mask: Mask) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def border_mask(pixels: Pixels) -> tuple[Mask, float]:
    """Ground is what is joined to the border and near its colours; the rest is garment."""
    lab = cv2.cvtColor(cv2.GaussianBlur(pixels, (3, 3), 0), cv2.COLOR_RGB2LAB).astype(np.float32)
    edge = _border_pixels(lab)
    colours = _ground_colours(edge)
    distance = np.min(
        [np.linalg.norm((lab - c) * (0.7, 1.2, 1.2), axis=2) for c in colours], axis=0
    )
    noise = float(np.percentile(_border_pixels(distance[..., None]), 90))
    threshold = float(np.clip(noise * 1.6 + 3.0, 5.0, 16.0))
    alike = distance < threshold
    ground = _joined_to_border(alike)
    ground |= _enclosed_ground(alike & ~ground, distance, noise)
    mask = _tighten(_clean(~ground), distance)
    return mask, _border_confidence(mask, distance, noise)


def _tighten(mask: Mask, distance: NDArray[np.float32]) -> Mask:
    """Move the edge to where half of the light is the garment's.

    A threshold near the ground's own noise takes in blur and JPEG ringing, one to three pixels wide.
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
    calm = cv2.blur(distance.astype(np.float32), (size, size))
    inside[labels[sure]] = calm[sure]
    return mask & (sure | (distance > 0.5 * inside[labels]))


def _border_pixels(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The outer strip, without the foot of the picture, where a long hem may touch: ``[N, C]``."""
    strip = max(2, min(values.shape[:2]) // 40)
    sides = (values[:strip], values[:, :strip], values[:, -strip:])
    return np.concatenate([s.reshape(-1, values.shape[2]) for s in sides])


def _ground_colours(edge: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """One to three colours of the border: a panel between strips, or a light that falls off, has several."""
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    cv2.setRNGSeed(1)
    start = np.zeros((len(edge), 1), np.int32)
    _, labels, centres = cv2.kmeans(edge, 3, start, criteria, 2, cv2.KMEANS_PP_CENTERS)
    shares = np.bincount(labels.ravel(), minlength=3) / len(edge)
    return [np.asarray(centres[i], np.float32) for i in range(3) if shares[i] > 0.08]


def _joined_to_border(alike: Mask) -> Mask:
    _, labels = cv2.connectedComponents(alike.astype(np.uint8), connectivity=4)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    joined = np.unique(rim[rim > 0])
    return np.isin(labels, joined)


def _enclosed_ground(alike: Mask, distance: NDArray[np.float32], noise: float) -> Mask:
    """Gaps between sleeve and body: as even as the ground itself, which white cloth never is."""
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


def _clean(mask: Mask) -> Mask:
    """Without specks and hairlines; small holes closed; only pieces of some size."""
    size = max(3, min(mask.shape) // 100) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    closed = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, kernel)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed)
    if count < 2:
        return closed.astype(np.bool_)
    areas = stats[1:, cv2.CC_STAT_AREA]
    kept = np.flatnonzero(areas >= 0.12 * areas.max()) + 1
    return _fill_small_holes(np.isin(labels, kept))


def _fill_small_holes(mask: Mask) -> Mask:
    count, labels, stats, _ = cv2.connectedComponentsWithStats((~mask).astype(np.uint8))
    most = 0.0012 * mask.size
    small = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] < most]
    return mask | np.isin(labels, small)


def _border_confidence(mask: Mask, distance: NDArray[np.float32], noise: float) -> float:
    area = float(mask.mean())
    if not LEAST_AREA < area < MOST_AREA:
        return 0.0
    calm = float(np.clip(1.5 - noise / 12, 0, 1))
    contrast = float(np.clip(np.median(distance[mask]) / 14, 0, 1))
    return calm * (0.4 + 0.6 * contrast) * _freedom(mask) * _solidity(mask)


def _freedom(mask: Mask) -> float:
    """1 when the mask stays clear of the picture's edge, less the more it runs along it."""
    rim = np.concatenate([mask[0], mask[:, 0], mask[:, -1]])
    return float(np.clip(1.15 - 2.2 * rim.mean(), 0, 1))


def _solidity(mask: Mask) -> float:
    """Area over that of the hull: rags are no garment."""
    contours, _ = cv2.findContours(
        mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    if not contours:
        return 0.0
    hull = cv2.convexHull(np.concatenate(contours))
    return float(np.clip(mask.sum() / max(1.0, cv2.contourArea(hull)) * 1.7, 0, 1))


def _grabcut_mask(pixels: Pixels) -> tuple[Mask, float]:
    height, width = pixels.shape[:2]
    if min(height, width) < 24:
        return np.zeros((height, width), np.bool_), 0.0
    guess = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    strip = max(2, min(height, width) // 24)
    guess[:strip], guess[:, :strip], guess[:, -strip:] = cv2.GC_BGD, cv2.GC_BGD, cv2.GC_BGD
    guess[-max(1, strip // 2) :] = cv2.GC_BGD
    guess[height // 8 : height * 7 // 8, width // 6 : width * 5 // 6] = cv2.GC_PR_FGD
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(1)
    calm = np.asarray(cv2.bilateralFilter(pixels, 5, 25, 5), np.uint8)
    bgr = np.ascontiguousarray(calm[..., ::-1])
    cv2.grabCut(bgr, guess, (0, 0, 1, 1), *models, 4, cv2.GC_INIT_WITH_MASK)
    mask = _clean((guess == cv2.GC_FGD) | (guess == cv2.GC_PR_FGD))
    return mask, _grabcut_confidence(mask, bgr)


def _grabcut_confidence(mask: Mask, bgr: Pixels) -> float:
    area = float(mask.mean())
    if not LEAST_AREA < area < 0.85:
        return 0.0
    middle = mask[
        mask.shape[0] // 3 : 2 * mask.shape[0] // 3, mask.shape[1] // 3 : 2 * mask.shape[1] // 3
    ]
    lab = cv2.cvtColor(bgr, cv2.COLOR_BGR2LAB).astype(np.float32)
    apart = float(np.linalg.norm(lab[mask].mean(0) - lab[~mask].mean(0)))
    contrast = float(np.clip(apart / 40, 0.3, 1))
    return 0.75 * contrast * float(middle.mean()) * _freedom(mask) * _solidity(mask) + 0.1


def frame(image: Image.Image, cutout: Cutout, size: int = 256) -> Image.Image:
    """The garment alone on white, centred in a square as the networks learnt to see it.

    Args:
        image: the upright RGB picture that ``cutout`` belongs to.
        cutout: where the garment is; with method ``whole`` the whole picture is framed.
        size: pixels a side.

    Returns:
        RGB ``size`` x ``size``; the garment's longer side takes ``FRAME_SHARE`` of it.
    """
    x0, y0, x1, y1 = cutout.box
    pixels = np.asarray(image)[y0:y1, x0:x1]
    mask = cutout.mask[y0:y1, x0:x1].astype(np.float32)
    scale = size * FRAME_SHARE / max(x1 - x0, y1 - y0)
    wide, high = max(1, round((x1 - x0) * scale)), max(1, round((y1 - y0) * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    alpha = cv2.resize(mask, (wide, high), interpolation=cv2.INTER_AREA)[..., None]
    cloth = cv2.resize(pixels, (wide, high), interpolation=method).astype(np.float32)
    square = np.full((size, size, 3), 255, np.uint8)
    top, left = (size - high) // 2, (size - wide) // 2
    blended = cloth * alpha + 255 * (1 - alpha)
    square[top : top + high, left : left + wide] = blended.round().astype(np.uint8)
    return Image.fromarray(square)


def same_frame(
    image: Image.Image, cutout: Cutout, most: int = 1080
) -> tuple[Image.Image, Image.Image]:
    """The photo and the cut-out in one square crop, so that one can be laid over the other.

    Args:
        image: the upright RGB picture.
        cutout: where the garment is.
        most: pixels a side at most.

    Returns:
        Photo and cut-out on white, RGB, of the same size; white beyond the picture's edge.
    """
    x0, y0, x1, y1 = cutout.box
    side = min(max(round(max(x1 - x0, y1 - y0) * 1.16), 1), max(image.size))
    left, top = (x0 + x1 - side) // 2, (y0 + y1 - side) // 2
    # Inside the picture where it is large enough, so that no white bar is shown without need.
    left = (
        min(max(left, 0), image.width - side) if side <= image.width else (image.width - side) // 2
    )
    top = (
        min(max(top, 0), image.height - side)
        if side <= image.height
        else (image.height - side) // 2
    )
    shown = min(side, most)
    photo = _window(np.asarray(image), left, top, side, shown, 255)
    mask = _window(cutout.mask.astype(np.uint8) * 255, left, top, side, shown, 0)
    alpha = mask[..., None].astype(np.float32) / 255
    cut = (photo * alpha + 255 * (1 - alpha)).round().astype(np.uint8)
    return Image.fromarray(photo), Image.fromarray(cut)


def _window(pixels: Pixels, left: int, top: int, side: int, shown: int, beyond: int) -> Pixels:
    """The square from ``left``, ``top``, resized to ``shown``; filled with ``beyond`` outside."""
    height, width = pixels.shape[:2]
    inside = pixels[max(top, 0) : top + side, max(left, 0) : left + side]
    above, before = max(-top, 0), max(-left, 0)
    below, after = max(top + side - height, 0), max(left + side - width, 0)
    square = cv2.copyMakeBorder(
        inside, above, below, before, after, cv2.BORDER_CONSTANT, value=(beyond,) * 3
    )
    return np.asarray(cv2.resize(square, (shown, shown), interpolation=cv2.INTER_AREA), np.uint8)
