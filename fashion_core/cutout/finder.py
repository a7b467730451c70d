"""Where the garment is: a mask, a tight upright box and how sure we are.

A small network of our own (checkpoint ``cutout``) finds the garment on any ground. Where the ground is
plain, what is joined to the border of the picture and looks like it is ground, too; that edge is sharper
and is taken when both agree. Where neither is sure, the whole picture is read, and the method says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from fashion_core.checkpoint import DEFAULT_ROOT, choose_device, load_checkpoint
from fashion_core.networks.folding import folded
from fashion_core.preprocess import normalise, to_unit

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from fashion_core.checkpoint import Config

Mask = NDArray[np.bool_]
Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Box = tuple[int, int, int, int]

#: Longer side of the working copy, and side of the square that the network sees, by profile.
WORK_SIDE = {"full": 448, "fast": 256}
NETWORK_SIDE = {"full": 256, "fast": 160}
#: Pixels of each block's side that are averaged into one of the working copy; nothing: all of them.
BLOCK_SAMPLES: dict[str, int | None] = {"full": None, "fast": 3}
#: What share of the square the garment's longer side takes: as in the shop photos that we learn from.
FRAME_SHARE = 0.88
#: Garments cover between these shares of the picture, or the mask is not believed.
LEAST_AREA, MOST_AREA = 0.03, 0.92
#: Below this expected IoU the whole picture is read.
TRUSTED = 0.5
#: A border mask of this confidence is taken where it and the network's agree by this IoU.
PLAIN, AGREE = 0.7, 0.95
#: A user's box is read with this much ground around it, as shares of its sides.
ROOM = 0.06
#: A mask whose box overlaps the user's by less than this IoU is not what the user meant.
LEAST_FILL = 0.4


@dataclass(frozen=True)
class Cutout:
    """A garment's place in a picture.

    Attributes:
        mask: bool ``[h, w]`` of the whole picture at working size, True on the garment.
        pixels: RGB ``[h, w, 3]``, the picture at that size.
        box: x0, y0, x1, y1 in pixels of the picture, x1 and y1 exclusive.
        confidence: 0..1: the IoU with the truth that we expect.
        method: ``network``, ``border`` (plain ground), ``box`` (only the user's box is known) or
            ``whole`` (no edge was found: the whole picture).
    """

    mask: Mask
    pixels: Pixels = field(repr=False)
    box: Box
    confidence: float
    method: str

    @property
    def small_box(self) -> Box:
        """The box in pixels of ``mask``."""
        return box_of(self.mask)


class GarmentFinder:
    """The loaded cut-out network. Build it with :meth:`load`; it may be used from several threads."""

    def __init__(
        self, network: nn.Module, config: Config, device: torch.device, profile: str = "full"
    ) -> None:
        self._network, self.config, self.device = network, config, device
        self.work_side, self.network_side = WORK_SIDE[profile], NETWORK_SIDE[profile]
        self._samples = BLOCK_SAMPLES[profile]

    @classmethod
    def load(
        cls, root: Path | str = DEFAULT_ROOT, device: str = "auto", profile: str = "full"
    ) -> GarmentFinder:
        """Load and verify the checkpoint ``cutout`` below ``root``.

        Args:
            root: the folder of checkpoints.
            device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
            profile: ``full``, or ``fast`` (a smaller view, a coarser edge).

        Raises:
            CheckpointError: the checkpoint is missing or damaged.
        """
        from pathlib import Path

        where = choose_device(device)
        network, config = load_checkpoint(Path(root) / "cutout", where)
        return cls(folded(network).to(memory_format=torch.channels_last), config, where, profile)

    def find(self, image: Image.Image, box: Box | None = None) -> Cutout:
        """Cut the garment out of an upright RGB picture.

        Args:
            image: any size.
            box: where a user says that the garment is, in pixels; it is cut to the picture.
        """
        if box is not None:
            return self._inside(image, _within(box, image.width, image.height))
        small = self._small(image)
        mask, confidence = self.segment(small)
        method = "network"
        border, plain = border_mask(small, PLAIN)
        if plain >= PLAIN and (iou(border, mask) >= AGREE or confidence < TRUSTED):
            mask, confidence, method = border, max(plain, confidence), "border"
        return _cutout(image.size, small, mask, confidence, method)

    def find_pixels(self, pixels: Pixels) -> Cutout:
        """The same from RGB uint8 ``[H, W, 3]``."""
        return self.find(Image.fromarray(pixels))

    def probability(self, pixels: Pixels) -> Floats:
        """The network's own view: RGB ``[H, W, 3]`` to 0..1, ``[side, side]`` of the squeezed picture."""
        side = self.network_side
        larger = max(pixels.shape[:2]) > side
        method = cv2.INTER_AREA if larger else cv2.INTER_LINEAR
        square = np.asarray(cv2.resize(pixels, (side, side), interpolation=method), np.uint8)
        batch = to_unit(torch.from_numpy(square[None]).to(self.device))
        x = normalise(batch, self.config["mean"], self.config["std"])
        with torch.inference_mode():
            logits = self._network(x.contiguous(memory_format=torch.channels_last))
        return np.asarray(torch.sigmoid(logits[0, 0].float()).cpu().numpy())

    def segment(self, small: Pixels) -> tuple[Mask, float]:
        """The network's mask of a picture at working size, edges refined, and its expected IoU."""
        likely = self._refined(small)
        mask = _clean(likely > 0.5)
        return mask, expected_iou(likely, mask)

    def _small(self, image: Image.Image) -> Pixels:
        return _working_copy(image, self.work_side, self._samples)

    def _refined(self, small: Pixels) -> Floats:
        height, width = small.shape[:2]
        coarse = cv2.resize(
            self.probability(small), (width, height), interpolation=cv2.INTER_LINEAR
        )
        return refine_edge(np.asarray(coarse, np.float32), small)

    def _inside(self, image: Image.Image, box: Box) -> Cutout:
        """Read a user's box: the network looks at it from near, and nothing outside it is garment."""
        x0, y0, x1, y1 = box
        room = round(ROOM * (x1 - x0)), round(ROOM * (y1 - y0))
        larger = x0 - room[0], y0 - room[1], x1 + room[0], y1 + room[1]
        seen_box = _within(larger, image.width, image.height)
        small = self._small(image)
        near = self._small(image.crop(seen_box))
        scale = small.shape[1] / image.width, small.shape[0] / image.height
        likely = np.zeros(small.shape[:2], np.float32)
        wide, high = small.shape[1], small.shape[0]
        x, y, right, bottom = _within(_scaled(seen_box, scale), wide, high)
        seen = cv2.resize(self._refined(near), (right - x, bottom - y))
        likely[y:bottom, x:right] = seen
        allowed = np.zeros(small.shape[:2], np.bool_)
        a0, b0, a1, b1 = _within(_scaled(box, scale), wide, high)
        allowed[b0:b1, a0:a1] = True
        likely[~allowed] = 0
        mask = _clean(likely > 0.5)
        confidence = expected_iou(likely, mask)
        # A garment about fills its box; else the box says more than the network.
        if not mask.any() or box_iou(box_of(mask), (a0, b0, a1, b1)) < LEAST_FILL:
            return _cutout(image.size, small, allowed, confidence, "box")
        return _cutout(image.size, small, mask, max(confidence, TRUSTED), "network")


def _cutout(
    size: tuple[int, int], small: Pixels, mask: Mask, confidence: float, method: str
) -> Cutout:
    """Believe the mask, or fall back to the whole picture; its box in pixels of the large picture."""
    width, height = size
    if method != "box" and (confidence < TRUSTED or not LEAST_AREA / 3 < mask.mean() < MOST_AREA):
        return Cutout(
            np.ones(small.shape[:2], np.bool_), small, (0, 0, width, height),
            min(confidence, TRUSTED), "whole",
        )  # fmt: skip
    x, y = width / mask.shape[1], height / mask.shape[0]
    x0, y0, x1, y1 = box_of(mask)
    box = (
        int(x0 * x),
        int(y0 * y),
        min(width, int(np.ceil(x1 * x))),
        min(height, int(np.ceil(y1 * y))),
    )
    return Cutout(mask, small, box, float(confidence), method)


def iou(a: Mask, b: Mask) -> float:
    """Intersection over union of two masks of one shape; 1 where both are empty."""
    union = int((a | b).sum())
    return float((a & b).sum() / union) if union else 1.0


def expected_iou(likely: Floats, mask: Mask) -> float:
    """The IoU of ``mask`` with the truth, if each pixel were garment as ``likely`` as the network says."""
    if not mask.any():
        return 0.0
    return float(likely[mask].sum() / (mask.sum() + likely[~mask].sum()))


def box_iou(a: Box, b: Box) -> float:
    """Intersection over union of two boxes."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(0, wide) * max(0, high)
    areas = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in (a, b))
    return both / max(1, areas - both)


def _scaled(box: Box, scale: tuple[float, float]) -> Box:
    x0, y0, x1, y1 = box
    return round(x0 * scale[0]), round(y0 * scale[1]), round(x1 * scale[0]), round(y1 * scale[1])


def _within(box: Box, width: int, height: int) -> Box:
    """A box in any order of corners, cut to the picture, at least a pixel large."""
    xs, ys = sorted((int(box[0]), int(box[2]))), sorted((int(box[1]), int(box[3])))
    x0, y0 = min(max(xs[0], 0), width - 1), min(max(ys[0], 0), height - 1)
    return x0, y0, min(max(xs[1], x0 + 1), width), min(max(ys[1], y0 + 1), height)


def refine_edge(likely: Floats, pixels: Pixels, radius: int = 4, epsilon: float = 1e-3) -> Floats:
    """Draw a soft mask to the edges of the picture: guided filter (He, Sun, Tang, ECCV 2010).

    Args:
        likely: 0..1, ``[H, W]``.
        pixels: RGB ``[H, W, 3]``, the guide (its lightness).
        radius: of the windows, in pixels.
        epsilon: variance of the guide (0..1) below which a window is smoothed.
    """
    guide = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    size = 2 * radius + 1

    def mean(x: NDArray[Any]) -> Floats:
        return np.asarray(cv2.blur(x, (size, size)), np.float32)

    mean_guide, mean_likely = mean(guide), mean(likely)
    slope = (mean(guide * likely) - mean_guide * mean_likely) / (
        mean(guide * guide) - mean_guide**2 + epsilon
    )
    offset = mean_likely - slope * mean_guide
    refined = mean(slope) * guide + mean(offset)
    return np.asarray(refined.clip(0, 1), np.float32)


def _working_copy(image: Image.Image, side: int, samples: int | None = None) -> Pixels:
    """RGB ``[h, w, 3]``, the longer side ``side`` at most.

    Pillow averages whole blocks of a large picture five times as fast as it is copied out of Pillow, and
    faster again where ``samples`` pixels of a block's side stand for all of them.
    """
    blocks = max(image.size) // side
    step = blocks // samples if samples else 1
    if step > 1:
        size = max(1, image.width // step), max(1, image.height // step)
        image = image.resize(size, Image.Resampling.NEAREST)
        blocks = max(size) // side
    if blocks > 1 and min(image.size) >= 2 * blocks:
        image = image.reduce(blocks)
    return _shrink(np.asarray(image), side)


def _shrink(pixels: Pixels, side: int) -> Pixels:
    scale = side / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def box_of(mask: Mask) -> Box:
    """The tight upright box of a mask; all of the picture where the mask is empty."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return 0, 0, mask.shape[1], mask.shape[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def border_mask(pixels: Pixels, least: float = 0.0) -> tuple[Mask, float]:
    """Ground is what is joined to the border and near its colours; the rest is garment.

    Args:
        pixels: RGB ``[H, W, 3]``.
        least: a confidence that is of no use below this; then nothing is looked for on restless ground.

    Returns:
        The mask and a confidence in 0..1.
    """
    lab = cv2.cvtColor(cv2.GaussianBlur(pixels, (3, 3), 0), cv2.COLOR_RGB2LAB).astype(np.float32)
    edge = _border_pixels(lab)
    colours = _ground_colours(edge)
    noise = float(np.percentile(_distance(edge, colours), 90))
    if _calm(noise) < least:
        return np.zeros(pixels.shape[:2], np.bool_), 0.0
    distance = _distance(lab, colours)
    threshold = float(np.clip(noise * 1.6 + 3.0, 5.0, 16.0))
    alike = distance < threshold
    ground = _joined_to_border(alike)
    ground |= _enclosed_ground(alike & ~ground, distance, noise)
    mask = _tighten(_clean(~ground), distance)
    return mask, _border_confidence(mask, distance, noise)


def _distance(lab: Floats, colours: list[Floats]) -> Floats:
    """From each colour ``[..., 3]`` to the nearest of ``colours``; lightness counts less than hue."""
    weights = np.array((0.7, 1.2, 1.2), np.float32)
    squares = [np.square((lab - colour) * weights).sum(-1) for colour in colours]
    return np.asarray(np.sqrt(np.minimum.reduce(squares)), np.float32)


def _calm(noise: float) -> float:
    return float(np.clip(1.5 - noise / 12, 0, 1))


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
    return np.asarray(mask & (sure | (distance > 0.5 * inside[labels])), np.bool_)


def _border_pixels(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The outer strip, without the foot of the picture, where a long hem may touch: ``[N, C]``."""
    strip = max(2, min(values.shape[:2]) // 40)
    sides = (values[:strip], values[:, :strip], values[:, -strip:])
    return np.concatenate([s.reshape(-1, values.shape[2]) for s in sides])


def _ground_colours(edge: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """One to three colours of the border: a panel between strips, or a light that falls off, has several."""
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
    contrast = float(np.clip(np.median(distance[mask]) / 14, 0, 1))
    return _calm(noise) * (0.4 + 0.6 * contrast) * _freedom(mask) * _solidity(mask)


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
    pixels = np.asarray(image.crop(cutout.box))
    a0, b0, a1, b1 = cutout.small_box
    mask = cutout.mask[b0:b1, a0:a1].astype(np.float32)
    scale = size * FRAME_SHARE / max(x1 - x0, y1 - y0)
    wide, high = max(1, round((x1 - x0) * scale)), max(1, round((y1 - y0) * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    soft = cv2.INTER_AREA if wide < mask.shape[1] else cv2.INTER_LINEAR
    alpha = cv2.resize(mask, (wide, high), interpolation=soft)[..., None]
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
    alpha = _mask_window(cutout, image.size, left, top, side, shown)[..., None]
    cut = (photo * alpha + 255 * (1 - alpha)).round().astype(np.uint8)
    return Image.fromarray(photo), Image.fromarray(cut)


def _mask_window(
    cutout: Cutout, size: tuple[int, int], left: int, top: int, side: int, shown: int
) -> Floats:
    """The same square of the mask as :func:`_window` shows of the picture, 0..1."""
    x, y = cutout.mask.shape[1] / size[0], cutout.mask.shape[0] / size[1]
    step = side / shown
    # Pixel centres: half a pixel of the window, of the picture and of the mask differ.
    matrix = np.array(
        [
            [step * x, 0, (left + step / 2) * x - 0.5],
            [0, step * y, (top + step / 2) * y - 0.5],
        ],
        np.float32,
    )
    soft = cv2.GaussianBlur(cutout.mask.astype(np.float32), (3, 3), 0.8)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    alpha = cv2.warpAffine(soft, matrix, (shown, shown), flags=flags)
    # Enlarged, the steps of the mask are smoothed and the edge made crisp again.
    return np.asarray(((alpha - 0.5) * min(4.0, 1 + 1 / (step * x)) + 0.5).clip(0, 1), np.float32)


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
