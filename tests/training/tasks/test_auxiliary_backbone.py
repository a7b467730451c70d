from __future__ import annotations

import numpy as np
import torch

from fashion_core.fusion import pooled
from fashion_core.networks import build
from training.tasks.heads import put_head


def test_a_head_answers_alike_within_the_network():
    torch.manual_seed(1)
    network = build(
        "transfer", classes={"length": 5}, variant="efficientnet-lite0", pool_blocks=[2]
    )
    head = build("linear_head", in_features=network.out_features, classes=6)
    head.train()(torch.randn(40, network.out_features) * 2 + 1)
    torch.nn.init.normal_(head.norm.weight, 1, 0.1)
    torch.nn.init.normal_(head.norm.bias, 0, 0.1)
    head.eval()
    put_head(network.eval(), "pattern", head)
    features = torch.randn(7, network.out_features) * 2
    with torch.no_grad():
        answers = network.classify(features)
        torch.testing.assert_close(answers["pattern"], head(features))
    assert answers.keys() == {"pattern"}


def test_two_who_agree_are_as_sure_as_their_mean_and_surer_when_cooled():
    first = np.array([[0.7, 0.2, 0.1], [0.6, 0.4, 0.0]], np.float32)
    same = pooled(first, first)
    np.testing.assert_allclose(same, first, atol=1e-6)
    assert (pooled(first, first, 0.5)[0, 0]) > 0.9
    split = pooled(first[:1], first[:1, ::-1])
    assert split[0, 0] == split[0, 2]
