from __future__ import annotations

import numpy as np
import pytest
import torch

from fashion_core.networks import build
from training.heads import HeadSettings, fit_head, kept_features, merge_heads, probabilities_of


def told_plainly(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Features of two backbones, three of four, both of which tell the class."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, 3, count)
    code = np.eye(3)[truth] * 3
    features = np.concatenate([code, code[:, ::-1], random.normal(0, 1, (count, 1))], axis=1)
    return (features + random.normal(0, 0.5, features.shape)).astype(np.float32), truth


def test_a_merged_head_answers_with_the_mean_of_its_parts():
    torch.manual_seed(1)
    parts = [build("linear_head", in_features=n, classes=3) for n in (4, 2)]
    for part in parts:
        part.train()(torch.randn(50, part.norm.num_features) * 3 + 1)
        part.eval()
    features = torch.randn(5, 6)
    expected = (parts[0](features[:, :4]) + parts[1](features[:, 4:])) / 2
    torch.testing.assert_close(merge_heads(parts)(features), expected)
    assert merge_heads(parts[:1]) is parts[0]


def test_each_backbone_gets_a_head_of_its_own(tmp_path):
    features, truth = told_plainly(300, 1)
    fitted = fit_head(features, truth, 3, tmp_path, HeadSettings(learning_rate=0.05), [3, 4])
    assert [part.norm.num_features for part in fitted.parts] == [3, 4]
    unseen, answers = told_plainly(200, 2)
    assert (probabilities_of(fitted.network, unseen).argmax(1) == answers).mean() > 0.95
    assert fitted.history


def test_features_are_computed_once_for_all_who_ask(tmp_path):
    arguments = {"classes": {}, "variant": "efficientnet-lite0", "pool_blocks": [4]}
    torch.manual_seed(1)
    network = build("transfer", **arguments, detail="efficientnet-lite0", inner_size=32).eval()
    config = {"input_size": 48, "mean": [0.5] * 3, "std": [0.5] * 3}
    pictures = np.random.default_rng(1).integers(0, 255, (2, 64, 64, 3), np.uint8)
    found = kept_features(network, config, pictures, "shop", tmp_path)
    assert found.shape == (2, sum(network.widths))
    assert network.widths[0] == network.widths[1]
    assert found == pytest.approx(kept_features(network, config, pictures, "other", tmp_path))
    assert [p.name.split("-")[0] for p in (tmp_path / "features").iterdir()] == ["shop"]
    kept_features(network, config | {"input_size": 64}, pictures, "larger", tmp_path)
    assert len(list((tmp_path / "features").iterdir())) == 2
