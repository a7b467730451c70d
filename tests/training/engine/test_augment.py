from __future__ import annotations

import pytest
import torch

from training.engine.augment import augment


@pytest.mark.parametrize("strength", ["none", "flip", "mild", "medium", "strong"])
def test_white_ground_stays_near_white_and_the_range_holds(strength):
    images = torch.ones(6, 3, 48, 48)
    images[:, :, 16:32, 16:32] = 0.2
    torch.manual_seed(1)
    varied = augment(images, strength)
    assert varied.shape == images.shape
    assert varied.min() > -0.02
    assert varied.max() < 1.02
    corners = varied[:, :, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert corners.mean() > 0.8
    assert images[0, 0, 0, 0] == 1


def test_the_same_seed_gives_the_same_pictures():
    images = torch.rand(4, 3, 32, 32)
    results = []
    for _ in range(2):
        torch.manual_seed(5)
        results.append(augment(images, "strong"))
    assert torch.equal(*results)
