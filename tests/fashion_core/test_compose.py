"""Cloth on a form: the silhouette is kept, folds move light and print, black stays black."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from fashion_core.border import contrast_of
from fashion_core.cloth import FAMILIES, Cloth
from fashion_core.colour.colours import parse_hex
from fashion_core.compose import Form, dress, form_of_photo, over
from fashion_core.composition import Composition
from tests.drawing import draw_form

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


@pytest.mark.parametrize(("shade", "least", "most"), [(-45, 20, 60), (0, 128, 128), (28, 160, 185)])
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


@pytest.mark.parametrize("height", [384, 2048])
def test_sleeves_and_borders_are_the_same_at_every_size(height):
    everything = Composition(sleeve_angle=30, border="both", border_width=50, contrast="#c0392b")
    forms = draw_form(sleeve=0.3, height=height), draw_form(sleeve=0.3, height=768)
    other, middle = (over(dress(form, STRIPES, everything), (255, 255, 255)) for form in forms)
    size = forms[1].alpha.shape[1::-1] if height > 768 else forms[0].alpha.shape[1::-1]
    a, b = (cv2.resize(x, size, interpolation=cv2.INTER_AREA).astype(int) for x in (other, middle))
    # Soft edges differ; a band or a stripe that lay elsewhere would show as whole areas.
    apart = cv2.erode((np.abs(a - b).max(2) > 60).astype(np.uint8), np.ones((3, 3), np.uint8))
    assert apart.mean() < 2e-4
    assert np.abs(a - b).mean() < 3.5


def test_the_default_composition_is_the_cloth_laid_flat():
    form = draw_form(sleeve=0.3)
    assert np.array_equal(dress(form, STRIPES), dress(form, STRIPES, Composition()))
    # Parts of the garment are not even looked for.
    assert "parts" not in vars(form)


def test_sleeves_are_turned_like_a_pair_and_the_body_is_left_as_it_is():
    form = draw_form(sleeve=0.3)
    flat = dress(form, STRIPES)
    turned = dress(form, STRIPES, Composition(sleeve_angle=45))
    back = dress(form, STRIPES, Composition(sleeve_angle=-45))
    changed = (flat != turned).any(2)
    rows, columns = form.window
    left, right = form.sleeves
    assert (left.side, right.side) == (-1, 1)
    for sleeve in (left, right):
        covered = form.alpha[rows, columns][sleeve.box] > 0.5
        assert changed[rows, columns][sleeve.box][covered & (sleeve.weight == 1)].mean() > 0.3
        changed[rows, columns][sleeve.box] &= sleeve.weight == 0
    assert not changed.any()
    middle = (columns.start + columns.stop) // 2
    mirrored = dress(form, STRIPES, Composition(sleeve_angle=45))[:, ::-1]
    arm = slice(form.alpha.shape[0] // 4, form.alpha.shape[0] // 3)
    assert np.abs(mirrored[arm].astype(int) - turned[arm]).mean() < 12
    assert np.abs(back[arm, :middle].astype(int) - turned[arm, :middle]).mean() > 10


def test_a_dress_without_sleeves_looks_the_same_at_any_sleeve_angle():
    form = draw_form(sleeve=0.0)
    assert form.sleeves == ()
    assert np.array_equal(dress(form, STRIPES), dress(form, STRIPES, Composition(sleeve_angle=60)))


@pytest.mark.parametrize("kind", FAMILIES)
def test_a_border_is_a_band_of_its_width_at_the_edge(kind):
    form = draw_form(sleeve=0.0)
    cloth = Cloth(kind, "", ("#f4efe6", "#22304a"))
    band = Composition(border="hem", border_width=60, contrast="#c0392b")
    garment = dress(form, cloth, band)
    column = garment[:, garment.shape[1] // 2]
    red = np.abs(column[:, :3].astype(int) - (0xC0, 0x39, 0x2B)).max(1) < 6
    hem = np.flatnonzero(column[:, 3] > 127)[-1]
    rows = np.flatnonzero(red)
    assert hem - rows[-1] <= 2
    assert abs((rows[-1] - rows[0]) * form.pitch - 60) < 3 * form.pitch
    above = slice(0, rows[0] - 2), garment.shape[1] // 2
    assert np.array_equal(garment[above], dress(form, cloth)[above])


def test_a_border_at_the_neckline_follows_its_edge():
    form = draw_form(sleeve=0.3)
    garment = dress(form, STRIPES, Composition(border="neckline", contrast="#c0392b"))
    changed = (garment != dress(form, STRIPES)).any(2)
    neck = form.window[0].start + int(60 / form.pitch)
    middle = garment.shape[1] // 2
    top = np.flatnonzero(form.alpha[:, middle] > 0.5)[0]
    assert changed[top + 3 : top + int(36 / form.pitch), middle].mean() > 0.7
    assert changed[neck].any()
    assert not changed[top + int(50 / form.pitch) :].any()


def test_a_border_without_a_contrast_takes_the_ink_that_stands_out_most():
    near_and_far = Cloth("polkadots", "", ("#f4efe6", "#e8dcc0", "#22304a"))
    assert contrast_of(near_and_far, Composition()) == (0x22, 0x30, 0x4A)
    assert contrast_of(near_and_far, Composition(contrast="#00ff00")) == (0, 255, 0)


@pytest.mark.parametrize(("ground", "lighter"), [("#f4efe6", False), ("#101418", True)])
def test_a_border_of_plain_cloth_is_a_shade_of_it(ground, lighter):
    plain = Cloth("unicolors", "plain", (ground, "#ff0000"))
    chosen = sum(contrast_of(plain, Composition()))
    assert (chosen > sum(parse_hex(ground))) == lighter


def test_nothing_at_all_can_be_composed():
    empty = Form(np.zeros((40, 30), np.float32), np.zeros((40, 30), np.float32), 2.0)
    everything = Composition(sleeve_angle=30, border="both")
    assert not dress(empty, STRIPES, everything).any()


def test_folds_bend_a_print_a_little():
    across = STRIPES.with_(family="breton")
    flat, folded = drawn_form(folds=0), drawn_form(folds=20)
    assert np.ptp(dress(flat, across)[100:102, 60:140, 0].astype(int), axis=1).max() == 0
    still = Form(folded.alpha, folded.shade, folded.pitch)
    assert not np.array_equal(dress(still, across)[..., 0], dress(flat, across)[..., 0])


def test_lace_shows_its_lining():
    lace = Cloth("lace", "guipure", ("#f3ece0",), scale=2)
    red = dress(drawn_form(folds=0), lace, Composition(lining="#c81e1e"))
    inside = red[red[..., 3] == 255]
    assert (inside[:, 1] < 90).mean() > 0.1
    assert (inside[:, 1] > 200).mean() > 0.1


@pytest.mark.parametrize(("seed", "yoke"), [(0, True), (3, True), (4, False)])
def test_lace_is_lined_under_the_body_and_sheer_above(seed, yoke):
    lace = Cloth("lace", "net", ("#141414",), seed=seed)
    form = draw_form(0.3, 384)
    box, weight = form.sleeves[0].box, form.sleeves[0].weight
    middle = form.light.shape[1] // 2

    def lightness(composition: Composition) -> tuple[float, float, float]:
        """Of the skirt, a sleeve and the chest."""
        grey = dress(form, lace, composition)[form.window][..., :3].mean(2)
        chest = round(140 / form.pitch)
        return (
            float(grey[-60:-20, middle - 20 : middle + 20].mean()),
            float(grey[box][weight > 0.99].mean()),
            float(grey[chest - 4 : chest, middle - 20 : middle + 20].mean()),
        )

    skirt, sleeve, chest = lightness(Composition())
    assert sleeve > skirt + 40
    assert (chest > skirt + 40) == yoke
    skirt, sleeve, chest = lightness(Composition(lining="#303030"))
    assert abs(skirt - sleeve) < 15
    assert abs(skirt - chest) < 15


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


def test_a_garment_is_laid_over_a_picture_without_changing_it():
    rng = np.random.default_rng(1)
    garment, ground = (rng.integers(0, 256, (9, 7, n), np.uint8) for n in (4, 3))
    garment[..., 3] = rng.choice([0, 80, 255], (9, 7))
    before = ground.copy()
    share = garment[..., 3:] / 255
    mixed = np.rint(garment[..., :3] * share + ground * (1 - share))
    assert np.array_equal(over(garment, ground), mixed)
    assert np.array_equal(ground, before)


def test_a_cloth_looks_the_same_on_the_next_form():
    cloth = STRIPES.with_(seed=3, angle=30)
    forms = [drawn_form(folds=10) for _ in range(2)]
    first, second = (dress(form, cloth, Composition(border="both")) for form in forms)
    assert np.array_equal(first, second)


def test_folds_bend_a_print_by_as_much_at_every_size():
    bends = [
        np.abs(drawn_form(size, folds=20).places[0] - drawn_form(size, folds=0).places[0]).max()
        for size in (256, 1024)
    ]
    assert bends[0] == pytest.approx(bends[1], rel=0.02)
