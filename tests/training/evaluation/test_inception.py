"""Weights in the package's own wrapping, read into the network that they belong to."""

from __future__ import annotations

import base64
import io
import tarfile

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torchvision.models.inception import BasicConv2d

from training.errors import DataError
from training.evaluation.inception import WEIGHTS, Inception, inception, main


def packed_weights(blocks: list[BasicConv2d], spare: int = 0) -> dict[str, str]:
    """Files of a package with random weights of the right shapes, in steps of 8 bits, and what they mean."""
    rng = np.random.default_rng(1)
    entries, stored = [], []
    for number, block in enumerate(blocks, 1):
        out, inside, high, wide = block.conv.weight.shape
        parts = {
            f"batch_normalization_{number}/beta": ([out], -0.25),
            f"batch_normalization_{number}/moving_mean": ([out], -1e-05),
            f"batch_normalization_{number}/moving_variance": ([out], 0.5),
            f"conv2d_{number}/kernel": ([high, wide, inside, out], -0.1),
        }
        for name, (shape, least) in parts.items():
            sizes = ",".join(map(str, shape))
            entries.append(
                f'{{name:"{name}",shape:[{sizes}],dtype:"float32",'
                f'quantization:{{min:{least},scale:.0009765625,dtype:"uint8"}}}}'
            )
            count = int(np.prod(shape))
            stored.append(
                rng.integers(0, 256, count, np.uint8).tobytes() if number < 3 else bytes(count)
            )
    together = b"".join([*stored, bytes(spare)])
    half = len(together) // 6 * 3
    return {
        "model.min.js": f"!function(){{weightsManifest:[{{weights:[{','.join(entries)}]}}]}}()",
        "group1-shard1of2.min.js": f'x="{base64.b64encode(together[:half]).decode()}"',
        "group1-shard2of2.min.js": f'x="{base64.b64encode(together[half:]).decode()}"',
    }


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    def write(spare: int = 0):
        blocks = [m for m in Inception().modules() if isinstance(m, BasicConv2d)]
        path = tmp_path_factory.mktemp("npm") / "nsfwjs.tgz"
        with tarfile.open(path, "w") as archive:
            for name, text in packed_weights(blocks, spare).items():
                info = tarfile.TarInfo(f"package/dist/models/inception_v3/{name}")
                info.size = len(text)
                archive.addfile(info, io.BytesIO(text.encode()))
        return path

    return write


def test_a_converted_package_is_the_network_that_it_holds(package, tmp_path):
    main(package(), tmp_path)
    network = inception(tmp_path)
    assert not network.training
    first = network.trunk[0]
    stored = np.random.default_rng(1).integers(0, 256, 32 * 3 + 3 * 3 * 3 * 32, np.uint8)
    assert first.bn.bias.detach().numpy() == pytest.approx(stored[:32] / 1024 - 0.25)
    assert network(torch.rand(2, 3, 75, 75)).shape == (2, 768)


def test_averages_count_no_pixels_beyond_the_edge():
    block = Inception().eval().trunk[7]
    x = torch.rand(1, 192, 5, 5)
    with torch.inference_mode():
        pooled = F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
        assert torch.allclose(block(x)[:, -32:], block.branch_pool[1](pooled), atol=1e-6)


def test_weights_that_the_manifest_does_not_tell_of_are_refused(package):
    with pytest.raises(RuntimeError, match="and tells of"):
        main(package(spare=6), package().parent)


def test_without_weights_the_readme_is_named(tmp_path):
    with pytest.raises(DataError, match=rf"{WEIGHTS} is missing; training/README.md"):
        inception(tmp_path)
