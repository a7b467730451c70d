"""The generator of cloth: tiles without a seam, and steps that teach it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fashion_core.networks.cloth_generator import ClothGenerator
from training.tasks.cloth import ClothModule, ClothSettings, tile_sheet, turned


@pytest.fixture(scope="module")
def module() -> ClothModule:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 4, (12, 64, 64))
    patches = ((labels[:, None] == np.arange(4)[:, None, None]) * 255).astype(np.uint8)
    settings = ClothSettings(batch=4, epochs=1)
    return ClothModule(settings, patches, np.arange(12) % 2, bfloat16=False)


def test_a_tile_is_a_torus():
    torch.manual_seed(0)
    network = ClothGenerator().eval()
    noise = torch.randn(1, network.noise, 3, 4)
    with torch.no_grad():
        tile, moved = network(noise), network(noise.roll((1, 2), (2, 3)))
    assert tile.shape == (1, 4, 48, 64)
    torch.testing.assert_close(tile.sum(1), torch.ones(1, 48, 64))
    torch.testing.assert_close(tile.roll((16, 32), (2, 3)), moved, rtol=0, atol=1e-5)


def test_kinds_are_drawn_differently_from_the_same_noise():
    torch.manual_seed(0)
    network = ClothGenerator().eval()
    noise = torch.randn(1, network.noise, 2, 2).repeat(2, 1, 1, 1)
    with torch.no_grad():
        first, second = network(noise, torch.tensor([0, 1]))
    assert (first - second).abs().max() > 1e-4


def test_a_step_moves_all_networks_and_the_average(module):
    module.optimisers = module.make_optimisers()
    before = {name: value.clone() for name, value in module.named_parameters()}
    losses = [module.seeded_step(step) for step in range(2)][-1]
    assert set(losses) == {"loss_d", "loss_g", "loss_fine"}
    assert all(loss.isfinite() for loss in losses.values())
    # A bias of the logits is pushed up by the real and down by the drawn as much, while it tells none apart.
    for name, value in module.named_parameters():
        assert name.endswith("bias") or not torch.equal(value, before[name]), name


def test_what_is_drawn_twice_as_fine_is_learnt_from_patches(module):
    module.optimisers = module.make_optimisers()
    first, *_, last = [float(module.seeded_step(step)["loss_fine"]) for step in range(12)]
    assert last < first


def test_patches_are_turned_and_mirrored_whole():
    patch = torch.arange(16.0).reshape(1, 1, 4, 4)
    seen = {tuple(turned(patch).flatten().tolist()) for _ in range(80)}
    ways = [torch.rot90(p, k, (2, 3)) for p in (patch, patch.flip(3)) for k in range(4)]
    assert seen == {tuple(way.flatten().tolist()) for way in ways}


def test_a_sheet_shows_two_repeats_of_a_row_of_tiles_of_each_kind(module):
    sheet = tile_sheet(module.average, columns=3)
    assert sheet.shape == (2 * 192, 3 * 192, 3)
    assert np.array_equal(sheet[:96], sheet[96:192])
