"""Where the garment is: a mask, a tight upright box and how sure we are.

A small segmentation network (checkpoint ``cutout``) finds the garment on any background. On a plain
background :func:`fashion_core.cutout.border_mask` has the sharper edge, which is taken where both masks agree.
Where neither is sure, the whole picture is read, and :attr:`Cutout.method` says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from PIL import Image

from fashion_core.checkpoint import DEFAULT_ROOT, choose_device, load_checkpoint
from fashion_core.cutout.border import border_mask
from fashion_core.cutout.masks import (
    LEAST_AREA,
    MOST_AREA,
    box_iou,
    box_of,
    checked_box,
    clean_mask,
    clip_box,
    expected_iou,
    fitted_mask,
    iou,
    refine_edge,
    scale_box,
)
from fashion_core.cutout.outline import mask_of_outline
from fashion_core.networks.folding import folded
from fashion_core.preprocess import normalise, to_unit

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from numpy.typing import NDArray
    from torch import nn

    from fashion_core.checkpoint import Config
    from fashion_core.cutout.masks import Box, Floats, Mask, Pixels


#: Longer side of the working copy, and side of the square that the network sees, by profile.
WORK_SIDE = {"full": 448, "fast": 256}
NETWORK_SIDE = {"full": 256, "fast": 160}
#: Each pixel of the working copy averages a block of the picture: of this many pixels a side, or of all (None).
BLOCK_SAMPLES: dict[str, int | None] = {"full": None, "fast": 3}
#: Below this expected IoU the whole picture is read.
TRUSTED = 0.5
#: A border mask of this confidence is taken where it and the network's agree by this IoU.
PLAIN, AGREE = 0.7, 0.95
#: The network sees a user's box with this much background around it, as shares of its sides.
ROOM = 0.06
#: What is found in a rectangle of alpha is the garment if it fills less than this of it.
FRAME_FILL = 0.9
#: A mask whose own box overlaps the user's box by less than this IoU is dropped, and the box is taken.
LEAST_FILL = 0.4
#: Ways to a cut-out on a user's word; they are not doubted.
GIVEN = ("box", "mask")


@dataclass(frozen=True)
class Cutout:
    """A garment's place in a picture.

    Attributes:
        mask: bool ``[h, w]`` of the whole picture at working size, True on the garment.
        pixels: RGB ``[h, w, 3]``, the picture at that size.
        box: x0, y0, x1, y1 in pixels of the picture, x1 and y1 exclusive.
        confidence: 0..1, the IoU that is expected with the true mask.
        method: ``network``, ``border`` (plain background), ``outline`` (what the picture's alpha shows),
            ``mask`` (given, not found), ``box`` (only the user's box is known) or ``whole`` (no edge was found:
            the whole picture).
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
            profile: ``full``, or ``fast`` (a smaller input, a coarser edge).

        Raises:
            CheckpointError: the checkpoint is missing or damaged.
        """
        from pathlib import Path

        where = choose_device(device)
        network, config = load_checkpoint(Path(root) / "cutout", where)
        return cls(folded(network).to(memory_format=torch.channels_last), config, where, profile)

    def find(
        self,
        image: Image.Image,
        box: Box | None = None,
        outline: Image.Image | None = None,
        mask: NDArray[Any] | None = None,
    ) -> Cutout:
        """Cut the garment out of an upright RGB picture.

        Args:
            image: any size.
            box: where a user says that the garment is, in pixels; what lies beyond the picture is left out.
            outline: the picture's alpha, L of its size: who cut a garment out has said where it is.
            mask: what a user says is garment (:func:`fashion_core.cutout.masks.fitted_mask`); then nothing is
                searched for, and neither ``box`` nor ``outline`` is looked at.

        Raises:
            MaskError: the mask does not fit the picture, or nothing is in it.
        """
        if mask is not None:
            small = self._small(image)
            given = fitted_mask(mask, image.size, (small.shape[1], small.shape[0]))
            return _cutout(image.size, small, given, 1.0, "mask")
        if box is not None:
            box = checked_box(box, image.width, image.height)
        if outline is not None and (cut := self._outlined(image, outline, box)):
            return cut
        if box is not None:
            return self._inside(image, box)
        return self._search(image, self._small(image))

    def _outlined(self, image: Image.Image, outline: Image.Image, box: Box | None) -> Cutout | None:
        """What the alpha shows, if that can be a garment."""
        small = self._small(image)
        shown = mask_of_outline(outline, small.shape[:2], box)
        if shown is None:
            return None
        cut = Cutout(shown.mask, small, shown.box, 1.0, "outline")
        if box is None and shown.is_rectangle:
            # The edge of a photo rather than that of a garment: what is found in it, if anything.
            found = self._search(image, small)
            inside = found.mask & cut.mask
            if found.method != "whole" and inside.sum() < FRAME_FILL * cut.mask.sum():
                return found
        return cut

    def _search(self, image: Image.Image, small: Pixels) -> Cutout:
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
        """What the network says: RGB ``[H, W, 3]`` to 0..1, ``[side, side]`` of the squeezed picture."""
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
        mask = clean_mask(likely > 0.5)
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
        """Read a user's box: the network sees the box enlarged, and nothing outside it is garment."""
        x0, y0, x1, y1 = box
        room = round(ROOM * (x1 - x0)), round(ROOM * (y1 - y0))
        larger = x0 - room[0], y0 - room[1], x1 + room[0], y1 + room[1]
        seen_box = clip_box(larger, image.width, image.height)
        small = self._small(image)
        near = self._small(image.crop(seen_box))
        scale = small.shape[1] / image.width, small.shape[0] / image.height
        likely = np.zeros(small.shape[:2], np.float32)
        wide, high = small.shape[1], small.shape[0]
        x, y, right, bottom = clip_box(scale_box(seen_box, scale), wide, high)
        seen = cv2.resize(self._refined(near), (right - x, bottom - y))
        likely[y:bottom, x:right] = seen
        allowed = np.zeros(small.shape[:2], np.bool_)
        a0, b0, a1, b1 = clip_box(scale_box(box, scale), wide, high)
        allowed[b0:b1, a0:a1] = True
        likely[~allowed] = 0
        mask = clean_mask(likely > 0.5)
        confidence = expected_iou(likely, mask)
        # A garment nearly fills its box; where the mask does not, the network found something else.
        if not mask.any() or box_iou(box_of(mask), (a0, b0, a1, b1)) < LEAST_FILL:
            return _cutout(image.size, small, allowed, confidence, "box")
        return _cutout(image.size, small, mask, max(confidence, TRUSTED), "network")


def _cutout(
    size: tuple[int, int], small: Pixels, mask: Mask, confidence: float, method: str
) -> Cutout:
    """The mask and its box in pixels of the large picture; a mask not to be trusted gives all of it."""
    width, height = size
    if method not in GIVEN and (
        confidence < TRUSTED or not LEAST_AREA / 3 < mask.mean() < MOST_AREA
    ):
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
