from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from fashion_core.checkpoint import load_checkpoint
from fashion_core.networks import build
from fashion_core.networks.studio import WishEmbedding
from fashion_core.taxonomy import WISHES
from training.tasks.studio import (
    StudioModule,
    StudioSettings,
    drop_conditions,
    portraits,
    raked,
    vary,
)

SMALL = replace(StudioSettings(), batch=4, epochs=2, projected=8)


@pytest.fixture(scope="module")
def material() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    pictures = random.integers(0, 255, (6, 96, 96, 3), np.uint8)
    wishes = [random.integers(-1, len(wish.classes), 6) for wish in WISHES.values()]
    return pictures, np.stack(wishes, axis=1)


def test_portraits_are_the_middle():
    pictures = np.zeros((1, 96, 96, 3), np.uint8)
    pictures[:, :, 16:80] = 7
    assert portraits(pictures).shape == (1, 96, 64, 3)
    assert (portraits(pictures) == 7).all()


def test_some_conditions_are_dropped_and_none_is_made_up():
    wishes = torch.randint(0, 3, (400, 7))
    left = drop_conditions(wishes)
    assert ((left == wishes) | (left == -1)).all()
    shares = (left == -1).float().mean(1)
    assert 0.4 < shares.mean() < 0.6
    # From all given to all open: each row has a share of its own.
    assert (shares == 0).any()
    assert (shares == 1).any()


def test_rare_classes_are_drawn_more_often():
    wishes = np.array([[0, -1]] * 9 + [[1, -1]])
    odds = raked(wishes, 0.5)
    assert odds.sum() == pytest.approx(1)
    assert odds[-1] == pytest.approx(odds[0] * 3, rel=0.01)
    assert raked(wishes, 0.0) == pytest.approx(np.full(10, 0.1))


def test_no_row_is_drawn_too_often():
    wishes = np.array([[0, 0]] * 996 + [[0, 1]] * 3 + [[1, 1]])
    odds = raked(wishes, 1.0, most=8)
    assert odds.max() < 0.02
    assert raked(np.full((3, 2), -1), 0.5) == pytest.approx(np.full(3, 1 / 3))


def test_variation_keeps_the_ground_white_and_lets_gradients_through():
    torch.manual_seed(1)
    images = torch.ones(8, 3, 96, 64, requires_grad=True)
    varied = vary(images)
    assert varied.shape == images.shape
    # But for the light and the piece that is left out: what comes in from outside is white.
    assert (varied > 0.8).float().mean() > 0.7
    varied.sum().backward()
    assert images.grad is not None
    assert images.grad.any()


def test_variation_keeps_the_finest_grain():
    torch.manual_seed(1)
    board = (torch.arange(96)[:, None] + torch.arange(64)) % 2 * 1.0
    varied = vary(board.expand(16, 3, 96, 64))
    centre = varied[:, :, 40:56, 24:40]
    steps = (centre[..., 1:] - centre[..., :-1]).abs()
    # But for the piece that is left out.
    assert (steps > 0.8).float().mean() > 0.7


def test_a_step_teaches_generator_and_discriminators_and_leaves_the_backbone_alone(
    material, tmp_path
):
    module = StudioModule(SMALL, *material, grids=tmp_path)
    before = {k: v.clone() for k, v in module.state_dict().items()}
    module.optimisers = module.make_optimisers()
    losses = module.step(0, module.batch_indices(0))
    assert all(np.isfinite(list(losses.values())))
    after = module.state_dict()
    changed = {k for k, v in before.items() if not torch.equal(v, after[k])}
    assert not any("projection" in name for name in changed)
    for part in (
        "generator.first.weight",
        "average.first.weight",
        "discriminators.classifier.0.weight",
    ):
        assert part in changed
    module.after_epoch(1)
    assert (tmp_path / "0000001.png").exists()


def test_fresh_discriminators_learn_alone_before_a_generator_that_is_not_fresh(material):
    start = StudioModule(replace(SMALL, seed=5), *material).generator
    module = StudioModule(replace(SMALL, discriminators_first=1), *material, start=start)
    module.optimisers = module.make_optimisers()

    def moved() -> bool:
        return not torch.equal(module.generator.last.weight, start.last.weight)

    module.step(0, module.batch_indices(0))
    assert not moved()
    module.step(1, module.batch_indices(1))
    assert moved()


def test_batches_follow_the_seed(material):
    first, again = (StudioModule(SMALL, *material).batch_indices(3) for _ in range(2))
    assert torch.equal(first, again)
    other = StudioModule(replace(SMALL, seed=2), *material)
    assert any(not torch.equal(other.batch_indices(i), again) for i in range(3))


def test_wishes_of_a_checkpoint_come_back_in_their_order(material, tmp_path):
    from fashion_core.checkpoint import save_checkpoint

    module = StudioModule(SMALL, *material)
    config = {"architecture": "studio_generator", "arguments": module.arguments}
    save_checkpoint(tmp_path, module.average, config)
    loaded, _ = load_checkpoint(tmp_path)
    wishes = torch.from_numpy(material[1])
    latent = torch.randn(6, module.latent_dim)
    expected = module.average.eval()(latent, wishes)
    torch.testing.assert_close(loaded(latent, wishes), expected, rtol=0, atol=0.02)


def test_emphasis_takes_wishes_further_and_several_less_far_each():
    sizes = [len(wish.classes) for wish in WISHES.values()]
    plain, loud = WishEmbedding(sizes, 4), WishEmbedding(sizes, 4, [0.6, *[0.0] * 6])
    loud.load_state_dict(plain.state_dict())
    nothing = torch.full((1, 7), -1)
    torch.testing.assert_close(loud(nothing), plain(nothing))
    for others in (0, 3):
        wishes = nothing.clone()
        wishes[0, : 1 + others] = 1
        way = plain(wishes) - plain(nothing)
        further = (loud(wishes) - plain(nothing)) - way
        torch.testing.assert_close(further[:, :4], way[:, :4] * 0.6 / (1 + others) ** 0.5)
        assert not further[:, 4:].any()


def test_what_ships_draws_wider_latents_and_emphasised_wishes(material):
    module = StudioModule(SMALL, *material)
    shipped = build("studio_generator", **module.shipped_arguments).eval()
    shipped.load_state_dict(module.average.state_dict())
    latent = torch.randn(2, module.latent_dim)
    expected = module.average.eval()(latent * SMALL.spread)
    torch.testing.assert_close(shipped(latent), expected)
    wishes = torch.zeros(2, len(WISHES), dtype=torch.long)
    assert not torch.equal(shipped.condition(wishes), module.average.condition(wishes))
