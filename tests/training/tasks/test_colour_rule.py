from __future__ import annotations

import numpy as np
import pytest
import torch
from skimage.color import rgb2lab

from fashion_core.networks import build
from fashion_core.preprocess import to_signed
from fashion_core.taxonomy import COLOUR
from training.data.conditions import shown_colour
from training.tasks.colour_rule import ColourRule, colour_loss, lab_of

CLOTHS = {
    "red": (200, 20, 30),
    "blue": (30, 60, 180),
    "yellow": (245, 215, 40),
    "black": (18, 18, 20),
}


def dresses() -> np.ndarray:
    """A plain garment of each cloth on white, uint8 [4, 96, 64, 3]."""
    pictures = np.full((len(CLOTHS), 96, 64, 3), 255, np.uint8)
    for picture, cloth in zip(pictures, CLOTHS.values(), strict=True):
        picture[15:85, 18:46] = cloth
    return pictures


def test_lab_is_that_of_scikit_image():
    rgb = np.random.default_rng(1).random((500, 3))
    np.testing.assert_allclose(lab_of(torch.from_numpy(rgb)).numpy(), rgb2lab(rgb), atol=0.01)


def test_the_rule_names_what_the_analyser_names():
    odds, there = ColourRule()(to_signed(torch.from_numpy(dresses())))
    assert there.all()
    torch.testing.assert_close(odds.sum(1), torch.ones(len(odds)))
    found = [COLOUR.classes[i] for i in odds.argmax(1)]
    assert found == [shown_colour(picture) for picture in dresses()] == list(CLOTHS)


def test_a_network_that_is_given_is_frozen_in_a_copy_of_its_own():
    network = build("colour_family").train()
    rule, images = ColourRule(network), to_signed(torch.from_numpy(dresses())).requires_grad_()
    first, second = rule(images)[0], rule(images)[0]
    assert torch.equal(first, second)
    first.sum().backward()
    assert images.grad is not None
    assert all(p.grad is None for p in (*rule.network.parameters(), *network.parameters()))
    assert network.training
    assert all(p.requires_grad for p in network.parameters())


def test_its_loss_turns_a_garment_to_the_colour_that_was_asked_for():
    images = to_signed(torch.from_numpy(dresses())).requires_grad_()
    asked = torch.full((len(images),), COLOUR.classes.index("green"))
    rule, losses = ColourRule(), []
    for _ in range(60):
        loss = colour_loss(rule, images, asked)
        (slope,) = torch.autograd.grad(loss, images)
        assert torch.isfinite(slope).all()
        losses.append(float(loss.detach()))
        images = (images - 0.05 * slope.sign()).clamp(-1, 1).detach().requires_grad_()
    assert losses[-1] < losses[0] / 2


def test_nothing_is_asked_of_open_wishes_and_empty_pictures():
    rule, white = ColourRule(), torch.ones(2, 3, 96, 64, requires_grad=True)
    for families in (torch.tensor([-1, -1]), torch.tensor([3, 4])):
        loss = colour_loss(rule, white, families)
        assert float(loss.detach()) == pytest.approx(0)
        loss.backward()
