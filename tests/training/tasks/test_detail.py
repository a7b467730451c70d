from __future__ import annotations

import numpy as np
import torch

from fashion_core.fusion import pooled
from fashion_core.networks import build
from training.tasks.detail import _put_heads


def test_heads_of_several_norms_answer_alike_behind_one():
    torch.manual_seed(1)
    network = build(
        "transfer",
        classes={"pattern": 6, "length": 5},
        variant="efficientnet-lite0",
        pool_blocks=[2],
    )
    heads = {}
    for i, (key, classes) in enumerate({"pattern": 6, "length": 5}.items()):
        head = build("linear_head", in_features=network.out_features, classes=classes)
        head.train()(torch.randn(40, network.out_features) * (i + 1) + i)
        torch.nn.init.normal_(head.norm.weight, 1, 0.1)
        torch.nn.init.normal_(head.norm.bias, 0, 0.1)
        heads[key] = head.eval()
    network.eval()
    _put_heads(network, heads)
    features = torch.randn(7, network.out_features) * 2
    with torch.no_grad():
        together = network.classify(features)
        for key, head in heads.items():
            torch.testing.assert_close(together[key], head(features), rtol=1e-4, atol=1e-4)


def test_two_who_agree_are_as_sure_as_their_mean_and_surer_when_cooled():
    first = np.array([[0.7, 0.2, 0.1], [0.6, 0.4, 0.0]], np.float32)
    same = pooled(first, first)
    np.testing.assert_allclose(same, first, atol=1e-6)
    assert (pooled(first, first, 0.5)[0, 0]) > 0.9
    split = pooled(first[:1], first[:1, ::-1])
    assert split[0, 0] == split[0, 2]
