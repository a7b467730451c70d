"""Cloth on a form: the silhouette is kept, folds move light and print, black stays black."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from fashion_core.cloth import Cloth
from fashion_core.compose import Form, dress, form_of_photo, over

STRIPES = Cloth("stripes", "awning", ("#f4efe6", "#22304a"))


def drawn_form(height: int = 300, folds: float = 12.0) -> Form:
    """A straight dress with soft vertical folds."""
    width = height * 2 // 3
    alpha = np.zeros((height, width), np.float32)
    cv2.rectangle(alpha, (width // 4, height // 10), (width * 3 // 4, height * 9 // 10), 1.0, -1)
    x = np.linspace(0, 8 * np.pi, width, dtype=np.float32)
    shade = np.broadcast_to(folds * np.sin(x), (height, width)).astype(np.float32)
    return Form(alpha, shade, 950 / (height * 0.8))


def test_the_silhouette_is_the_forms():
    form = drawn_form()
    garment = dress(form, STRIPES)
    assert np.array_equal(garment[..., 3], np.rint(form.alpha * 255))
    on_white = over(garment, (255, 255, 255))
    assert (on_white[0] == 255).all()


def test_black_stays_black_and_white_keeps_its_shade():
    form = drawn_form()
    inside = form.alpha == 1
    black = dress(form, Cloth("unicolors", "plain", ("#000000",)))[inside]
    white = dress(form, Cloth("unicolors", "plain", ("#ffffff",)))[inside]
    assert black[:, :3].max() <= 12
    assert np.ptp(white[:, 1].astype(int)) > 25


@pytest.mark.parametrize(("shade", "least", "most"), [(-45, 20, 60), (0, 128, 128), (28, 140, 175)])
def test_light_and_shade_go_the_right_way_to_their_ends(shade, least, most):
    form = drawn_form(folds=0)
    lit = Form(form.alpha, np.full_like(form.shade, shade), form.pitch)
    garment = dress(lit, Cloth("unicolors", "plain", ("#808080",)))
    assert least <= garment[150, 100, 0] <= most


def test_a_plain_form_shows_the_colour_that_was_asked_for():
    garment = dress(drawn_form(folds=0), Cloth("unicolors", "plain", ("#8c2f39",)))
    assert tuple(garment[150, 100, :3]) == (0x8C, 0x2F, 0x39)


def test_the_composition_is_the_same_at_every_size():
    small = over(dress(drawn_form(256), STRIPES), (255, 255, 255))
    large = over(dress(drawn_form(1024), STRIPES), (255, 255, 255))
    smaller = cv2.resize(large, small.shape[1::-1], interpolation=cv2.INTER_AREA)
    inside = drawn_form(256).alpha == 1
    assert np.abs(smaller.astype(int) - small)[inside].mean() < 12


def test_folds_bend_a_print_a_little():
    across = STRIPES.with_(family="breton")
    flat, folded = drawn_form(folds=0), drawn_form(folds=20)
    assert np.ptp(dress(flat, across)[100:102, 60:140, 0].astype(int), axis=1).max() == 0
    still = Form(folded.alpha, folded.shade, folded.pitch)
    assert not np.array_equal(dress(still, across)[..., 0], dress(flat, across)[..., 0])


def test_lace_shows_its_lining():
    lace = Cloth("lace", "guipure", ("#f3ece0",))
    red = dress(drawn_form(folds=0), lace, lining=(200, 30, 30))
    inside = red[red[..., 3] == 255]
    assert (inside[:, 1] < 60).mean() > 0.1
    assert (inside[:, 1] > 200).mean() > 0.1


@pytest.mark.parametrize("patterned", [False, True])
def test_a_photos_form_keeps_its_folds_and_loses_its_print(patterned):
    height, width = 360, 240
    folds = 14 * np.sin(np.linspace(0, 6 * np.pi, width))[None]
    lightness = np.full((height, width), 60.0) + folds
    if patterned:
        dots = (np.add.outer(np.arange(height) // 12, np.arange(width) // 12) % 2).astype(bool)
        lightness = np.where(dots, lightness, lightness * 0.45)
    pixels = np.repeat(np.clip(lightness * 2.55, 0, 255)[..., None], 3, 2).astype(np.uint8)
    mask = np.zeros((height, width), bool)
    mask[30:330, 40:200] = True
    form = form_of_photo(pixels, mask, patterned=patterned)
    inner = slice(60, 300), slice(60, 180)
    rows = form.shade[inner]
    along_folds = np.corrcoef(rows.mean(0), np.broadcast_to(folds, (height, width))[inner].mean(0))
    assert along_folds[0, 1] > 0.8
    # What varies down a fold is print: there is none of it in the cloth.
    assert rows.std(0).mean() < 3.5


def test_an_empty_mask_is_no_form():
    with pytest.raises(ValueError, match="no garment"):
        form_of_photo(np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8), bool))
