"""Inception's features after its block ``mixed7``, from the weights that the npm package ``nsfwjs`` carries.

Szegedy et al., "Rethinking the Inception architecture for computer vision", CVPR 2016, as Keras built it and
``nsfwjs`` 4.4.0 (MIT) learnt it further, in whole numbers of 8 bits. They serve to measure generators and
nothing else; figures on them cannot be compared with published ones.

``python -m training.evaluation.inception nsfwjs-4.4.0.tgz init`` makes ``init/inception-nsfwjs.safetensors``
of what ``npm pack nsfwjs@4.4.0`` brings.
"""

from __future__ import annotations

import base64
import re
import sys
import tarfile
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.models.inception import BasicConv2d, InceptionA, InceptionB, InceptionC

from training.errors import DataError

WEIGHTS = "inception-nsfwjs.safetensors"
#: Pixels a side of its input, 0..1.
INPUT = 299
_FOLDER = "package/dist/models/inception_v3/"
_ENTRY = re.compile(
    r'\{name:"(?P<name>[^"]+)",shape:\[(?P<shape>[\d,]*)\],dtype:"float32",'
    r'quantization:\{min:(?P<min>[-.\de]+),scale:(?P<scale>[-.\de]+),dtype:"uint8"\}\}'
)
_BASE64 = re.compile(r'"([A-Za-z0-9+/=]{1000,})"')


class _CountInside(nn.Module):
    """Corrects an average pooling of 3 x 3: torchvision counts zeros beyond the edge, Keras does not."""

    def forward(self, x: Tensor) -> Tensor:
        return x / F.avg_pool2d(torch.ones_like(x[:1, :1]), 3, 1, 1)


class Inception(nn.Module):
    """Images ``[N, 3, H, W]`` in 0..1, 75 pixels a side at least, to features ``[N, 768]``."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            BasicConv2d(3, 32, kernel_size=3, stride=2),
            BasicConv2d(32, 32, kernel_size=3),
            BasicConv2d(32, 64, kernel_size=3, padding=1),
            nn.MaxPool2d(3, 2),
            BasicConv2d(64, 80, kernel_size=1),
            BasicConv2d(80, 192, kernel_size=3),
            nn.MaxPool2d(3, 2),
            InceptionA(192, pool_features=32),
            InceptionA(256, pool_features=64),
            InceptionA(288, pool_features=64),
            InceptionB(288),
            InceptionC(768, channels_7x7=128),
            InceptionC(768, channels_7x7=160),
            InceptionC(768, channels_7x7=160),
            InceptionC(768, channels_7x7=192),
        )
        for block in self.trunk:
            if isinstance(block, InceptionA | InceptionC):
                block.branch_pool = nn.Sequential(_CountInside(), block.branch_pool)

    def forward(self, images: Tensor) -> Tensor:
        features: Tensor = self.trunk(images).mean((2, 3))
        return features


def load_nsfwjs(network: Inception, package: Path) -> None:
    """Read the weights out of the package, a ``.tgz``.

    Raises:
        RuntimeError: it holds other layers or shapes.
    """
    with tarfile.open(package) as archive:
        names = sorted(n for n in archive.getnames() if n.startswith(_FOLDER + "group1-shard"))
        texts = [_text(archive, name) for name in names]
        manifest = _text(archive, _FOLDER + "model.min.js")
    stored = b"".join(base64.b64decode(match[1]) for t in texts if (match := _BASE64.search(t)))
    tensors, start = {}, 0
    for entry in _ENTRY.finditer(manifest):
        shape = [int(size) for size in entry["shape"].split(",")]
        count = int(np.prod(shape))
        steps = np.frombuffer(stored, np.uint8, count, start).reshape(shape).astype(np.float32)
        tensors[entry["name"]] = torch.from_numpy(
            steps * float(entry["scale"]) + float(entry["min"])
        )
        start += count
    if start != len(stored):
        raise RuntimeError(f"{package} holds {len(stored)} weights, and tells of {start}.")
    # Keras counted its layers in the order in which torchvision's modules stand.
    blocks = [m for m in network.modules() if isinstance(m, BasicConv2d)]
    for number, block in enumerate(blocks, 1):
        norm = f"batch_normalization_{number}"
        block.load_state_dict(
            {
                "conv.weight": tensors[f"conv2d_{number}/kernel"].permute(3, 2, 0, 1),
                "bn.weight": torch.ones_like(tensors[f"{norm}/beta"]),
                "bn.bias": tensors[f"{norm}/beta"],
                "bn.running_mean": tensors[f"{norm}/moving_mean"],
                "bn.running_var": tensors[f"{norm}/moving_variance"],
                "bn.num_batches_tracked": torch.tensor(0),
            }
        )


def inception(imagenet: Path) -> Inception:
    """The network, set to evaluate, with the weights kept in the folder ``imagenet``.

    Raises:
        DataError: they are not there.
    """
    path = imagenet / WEIGHTS
    if not path.exists():
        raise DataError(f"{path} is missing; training/README.md tells how it is made.")
    network = Inception()
    network.load_state_dict(safetensors.torch.load_file(path))
    return network.eval()


def _text(archive: tarfile.TarFile, name: str) -> str:
    file = archive.extractfile(name)
    if file is None:
        raise RuntimeError(f"{name} is no file.")
    return file.read().decode()


def main(package: Path, imagenet: Path) -> None:
    """Convert ``package`` into a file of the folder ``imagenet``."""
    network = Inception()
    load_nsfwjs(network, package)
    safetensors.torch.save_file(network.state_dict(), imagenet / WEIGHTS)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
