"""A classifier whose pictures lie on the device as bytes, and are varied there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F

from fashion_core.preprocess import to_unit
from training.data.synthetic.device_views import phone_views
from training.tasks.classifier import ClassifierModule

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn

    from training.tasks.classifier_settings import ClassifierSettings
    from training.tasks.labelled import Labelled


class DeviceClassifierModule(ClassifierModule):
    """As :class:`training.tasks.classifier.ClassifierModule`, without a picture that crosses the bus.

    Args:
        settings: hyper-parameters.
        train: what to learn from; pictures of 256 px, with masks where ``settings.phone`` asks for views.
        watch: what to score now and then.
        imagenet: folder with the initial weights that ``settings.imagenet`` names.
        teacher: a network to take the backbone of instead.
    """

    pictures: Tensor
    masks: Tensor

    def __init__(
        self,
        settings: ClassifierSettings,
        train: Labelled,
        watch: Labelled | None = None,
        imagenet: Path | None = None,
        teacher: nn.Module | None = None,
    ) -> None:
        super().__init__(settings, train, watch, imagenet, teacher=teacher)
        self.register_buffer("pictures", torch.from_numpy(train.images), persistent=False)
        masks = np.zeros((0,), np.uint8) if train.masks is None else train.masks
        self.register_buffer("masks", torch.from_numpy(masks), persistent=False)

    def shown(self, _step: int, indices: Tensor) -> Tensor:
        """Pictures ``[N, 3, S, S]`` in 0..1, shop photos now and then as a phone would show them."""
        indices = indices.to(self.device)
        images = to_unit(self.pictures[indices])
        if self.settings.phone and len(self.masks):
            masks = _unpacked(self.masks[indices])
            chosen = torch.rand(len(images)).to(self.device) < self.settings.phone
            chosen &= masks.flatten(1).any(1)
            if chosen.any():
                images[chosen] = phone_views(images[chosen], masks[chosen])
        side = self.settings.input_size
        if side == images.shape[-1]:
            return images
        resized = F.interpolate(images, (side, side), mode="bicubic", antialias=True)
        return resized.clamp(0, 1)


def _unpacked(bits: Tensor) -> Tensor:
    """Masks ``[N, 1, H, W]`` in 0..1 of bits uint8 ``[N, H, W / 8]``, the first column's highest."""
    places = torch.arange(7, -1, -1, device=bits.device, dtype=torch.uint8)
    masks = (bits[..., None] >> places) & 1
    return masks.flatten(2)[:, None].float()
