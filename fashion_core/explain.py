"""Where a network looked before it answered: layer Grad-CAM on the transfer model.

Selvaraju et al., "Grad-CAM: visual explanations from deep networks via gradient-based localization", ICCV
2017, as captum computes it.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
import torch
from captum.attr import LayerGradCam
from PIL import Image
from torch import nn

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from fashion_core.networks.transfer import TransferClassifier

#: The block whose map is asked: of those that are pooled, the last with a cell for every 16 pixels.
BLOCK = 14
#: How much of the picture is left where nothing mattered.
FAINTEST = 0.12


class _OneHead(nn.Module):
    """The backbone with one head: images to logits."""

    def __init__(self, backbone: TransferClassifier, head: nn.Module) -> None:
        super().__init__()
        self.backbone, self.head = backbone, head

    def forward(self, images: Tensor) -> Tensor:
        """Logits ``[N, classes]``."""
        logits: Tensor = self.head(self.backbone.features(images))
        return logits


def looked_at(
    backbone: nn.Module, head: nn.Module, images: Tensor, target: int
) -> NDArray[np.float32]:
    """Where the evidence for class ``target`` lies.

    Args:
        backbone: a :class:`fashion_core.networks.transfer.TransferClassifier`.
        head: features to logits.
        images: ``[1, 3, H, W]``, normalised.
        target: number of the class.

    Returns:
        ``[h, w]`` in 0..1, coarse; all 0 where nothing spoke for the class.
    """
    # captum hooks a layer while it works, and the networks are shared by all visitors: ask a copy.
    model = copy.deepcopy(_OneHead(cast("TransferClassifier", backbone), head))
    with torch.enable_grad():
        explainer = LayerGradCam(model, model.backbone.backbone._blocks[BLOCK])  # noqa: SLF001
        evidence = explainer.attribute(
            images.detach().clone().requires_grad_(True), target, relu_attributions=True
        )
    heat = evidence[0, 0].detach().float().cpu().numpy()
    return np.asarray(heat / max(float(heat.max()), 1e-9), np.float32)


def spotlight(picture: NDArray[np.uint8], heat: NDArray[np.float32]) -> Image.Image:
    """``picture`` ``[H, W, 3]`` on white, faded where ``heat`` ``[h, w]`` is low."""
    size = picture.shape[1], picture.shape[0]
    smooth = cv2.resize(heat, size, interpolation=cv2.INTER_CUBIC).clip(0, 1)
    kept = (FAINTEST + (1 - FAINTEST) * smooth)[..., None]
    return Image.fromarray(
        (255 - (255 - picture.astype(np.float32)) * kept).round().astype(np.uint8)
    )
