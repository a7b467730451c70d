"""Patches of prints: where which colour is, without light, colours and what is no print."""

from __future__ import annotations

import cv2
import numpy as np

from training.data.prints import COLOURS, SIDE, is_print, patches_of, shares_of

GROUND, FLOWER, LEAF = (40, 44, 80), (226, 120, 130), (80, 150, 70)


def dress(motifs: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """A dress with flowers and leaves in falling light on white, and its mask."""
    picture = np.full((200, 160, 3), GROUND, np.uint8)
    rng = np.random.default_rng(3)
    for k, (x, y) in enumerate(
        np.stack(np.meshgrid(range(8, 160, 16), range(8, 200, 16)), -1).reshape(-1, 2)
    ):
        if motifs:
            at = int(x + rng.integers(-2, 3)), int(y + rng.integers(-2, 3))
            cv2.circle(picture, at, 4, FLOWER if k % 3 else LEAF, -1)
    light = np.linspace(1, 0.75, 200)[:, None, None]
    picture = cv2.GaussianBlur((picture * light).astype(np.uint8), (0, 0), 0.6)
    mask = np.zeros((200, 160), bool)
    mask[10:190, 30:130] = True
    picture[~mask] = 255
    return picture, mask


def test_the_ground_is_first_and_leaves_have_the_place_of_the_palettes_leaf():
    picture, mask = dress()
    shares = shares_of(picture, mask, mask)
    assert shares.shape == (COLOURS, 200, 160)
    whole = shares[:, mask].mean(1)
    assert whole.argmax() == 0
    centre = picture.astype(int)
    red = mask & (np.abs(centre - FLOWER).sum(2) < 60)
    green = mask & (np.abs(centre - LEAF).sum(2) < 60)
    assert shares[1][red].mean() > 0.9
    assert shares[1][green].mean() < 0.1
    assert shares[2:][:, green].sum(0).mean() > 0.9


def test_patches_lie_inside_the_garment_and_sum_to_one():
    patches = patches_of(*dress(), seed=1)
    assert len(patches) >= 1
    assert patches.shape[1:] == (COLOURS, SIDE, SIDE)
    assert np.abs(patches.astype(int).sum(1) - 255).max() <= 2
    assert np.array_equal(patches, patches_of(*dress(), seed=1))


def test_a_plain_dress_and_one_that_is_too_narrow_give_none():
    assert len(patches_of(*dress(motifs=False), seed=1)) == 0
    picture, mask = dress()
    mask[:, 80:] = False
    assert len(patches_of(picture, mask, seed=1)) == 0


def test_what_is_placed_once_or_too_fine_is_no_print():
    spots = np.zeros((COLOURS, SIDE, SIDE), np.float32)
    spots[1, 4::16, 4::16] = spots[1, 5::16, 4::16] = 1
    spots[1] = cv2.dilate(spots[1], np.ones((5, 5)))
    spots[0] = 1 - spots[1]
    soft = np.stack([cv2.GaussianBlur(s, (0, 0), 0.7) for s in spots])
    assert is_print(soft)
    once = soft.copy()
    once[:, 16:] = [[[1]], [[0]], [[0]], [[0]]]
    assert not is_print(once)
    fine = np.full((COLOURS, SIDE, SIDE), 0.25, np.float32)
    fine[0] = 0.6
    assert not is_print(fine)
