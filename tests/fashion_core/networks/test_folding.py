from __future__ import annotations

import pytest
import torch
from torch import nn

from fashion_core.networks import build
from fashion_core.networks.folding import folded

NETWORKS = [
    ("garment_segmenter", {}, 64),
    ("transfer", {"classes": {"pattern": 6}}, 64),
    ("resnet", {"classes": 6}, 64),
    ("inception_resnet_a", {"classes": 6}, 96),
    ("cnn1", {"classes": 6, "input_size": 32}, 32),
]


@pytest.mark.parametrize(("name", "arguments", "size"), NETWORKS)
def test_a_folded_network_answers_the_same_without_its_norms(name, arguments, size):
    torch.manual_seed(0)
    network = build(name, **arguments)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.5, 0.5)
            module.running_mean.uniform_(-0.3, 0.3)
            module.running_var.uniform_(0.5, 1.5)
    images = torch.randn(2, 3, size, size)
    with torch.inference_mode():
        before = network.eval()(images)
        after = folded(network)(images)
    if isinstance(before, dict):
        before, after = before["pattern"], after["pattern"]
    assert torch.allclose(before, after, atol=1e-3 * before.abs().max().item())
    assert not any(isinstance(m, nn.BatchNorm2d) for m in network.modules())
