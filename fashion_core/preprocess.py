"""From pixels to what the networks take: the one path that training and reading share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from PIL import Image

#: Pixels a side of the framed garment, from which every network's input is made.
FRAME = 256


def resize_square(image: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """RGB uint8 ``[H, W, 3]`` to ``[size, size, 3]``: by area when smaller, cubic when larger.

    A picture that is not square is centred on white first.
    """
    height, width = image.shape[:2]
    if height != width:
        side = max(height, width)
        square = np.full((side, side, 3), 255, np.uint8)
        top, left = (side - height) // 2, (side - width) // 2
        square[top : top + height, left : left + width] = image
        image = square
    if image.shape[0] == size:
        return image
    method = cv2.INTER_AREA if image.shape[0] > size else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, (size, size), interpolation=method), np.uint8)


def whole(picture: Image.Image) -> NDArray[np.uint8]:
    """The whole photo as the networks see it: centred in a square of white, RGB uint8 ``[256, 256, 3]``."""
    # Shrunk before it is squared: the square of a large photo would be larger still.
    longer = max(picture.size)
    size = [max(1, round(side * FRAME / longer)) for side in picture.size]
    method = cv2.INTER_AREA if longer > FRAME else cv2.INTER_CUBIC
    return resize_square(
        np.asarray(cv2.resize(np.asarray(picture), size, interpolation=method), np.uint8), FRAME
    )


def to_unit(pictures: Tensor) -> Tensor:
    """uint8 ``[N, H, W, 3]`` to float32 ``[N, 3, H, W]`` in 0..1."""
    return pictures.permute(0, 3, 1, 2).float().div(255)


def to_signed(pictures: Tensor) -> Tensor:
    """uint8 ``[N, H, W, 3]`` to float32 ``[N, 3, H, W]`` in -1..1, as generators draw."""
    return pictures.permute(0, 3, 1, 2).float().div(127.5).sub(1)


def to_pixels(images: Tensor) -> Tensor:
    """The way back: ``[N, 3, H, W]`` in -1..1 to uint8 ``[N, H, W, 3]``."""
    pixels = ((images.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    return pixels.permute(0, 2, 3, 1)


def normalise(images: Tensor, mean: Sequence[float], std: Sequence[float]) -> Tensor:
    """``[N, 3, H, W]`` less ``mean`` and divided by ``std``, a channel each."""
    m, s = (torch.tensor(v, device=images.device).view(1, 3, 1, 1) for v in (mean, std))
    return (images - m) / s


def network_input(
    pictures: Iterable[NDArray[np.uint8]],
    size: int,
    mean: Sequence[float],
    std: Sequence[float],
    device: torch.device | str = "cpu",
) -> Tensor:
    """Framed RGB pictures ``[H, W, 3]`` to a normalised ``channels_last`` batch ``[N, 3, size, size]``."""
    batch = np.stack([resize_square(p, size) for p in pictures])
    images = normalise(to_unit(torch.from_numpy(batch).to(device)), mean, std)
    return images.contiguous(memory_format=torch.channels_last)
