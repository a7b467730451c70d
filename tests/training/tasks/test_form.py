from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from fashion_core.networks.form import MOST_DISTANCE, FormGenerator, rendered
from fashion_core.networks.studio import StudioGenerator
from fashion_core.taxonomy import COLOUR, PATTERN, WISHES
from training.data.forms import SIZE, form_of
from training.tasks.discriminators import CLASSES
from training.tasks.form import COLUMNS, FORM_CLASSES, FormModule, FormSettings, begin_as

SMALL = replace(FormSettings(), batch=3, epochs=4, projected=8, imitation=2, discriminators_first=1)


def drawn_dress() -> tuple[np.ndarray, np.ndarray]:
    """A grey dress of 256 px with a darker fold down its middle, and its mask."""
    mask = np.zeros((256, 256), np.uint8)
    cv2.fillPoly(mask, [np.array([[100, 20], [156, 20], [190, 236], [66, 236]])], 1)
    picture = np.full((256, 256, 3), 255, np.uint8)
    picture[mask > 0] = 150
    picture[30:230, 120:136] = 110
    return picture, mask > 0


@pytest.fixture(scope="module")
def studio() -> StudioGenerator:
    torch.manual_seed(1)
    return StudioGenerator(list(CLASSES.values())).eval()


def test_a_form_is_the_distance_to_the_silhouette_and_the_shade_inside():
    distance, shade = form_of(*drawn_dress())
    assert distance.shape == SIZE
    small = cv2.resize(
        drawn_dress()[1].astype(np.float32)[:, 42:213], SIZE[::-1], interpolation=cv2.INTER_AREA
    )
    assert ((distance > 0) == (small > 0.5)).mean() > 0.99
    # The garment's edge is a slope of one pixel a pixel.
    steps = np.abs(np.diff(distance[70] * MOST_DISTANCE))
    assert steps[steps > 0.1].mean() == pytest.approx(1, abs=0.15)
    assert shade[70, 48] < -0.2
    assert abs(shade[70, 38]) < 0.05


def test_a_rendering_is_grey_cloth_on_white():
    maps = torch.from_numpy(form_of(*drawn_dress()))[None]
    image = rendered(maps)[0]
    assert image.shape == (3, *SIZE)
    assert image[:, 0, 0].min() == pytest.approx(1, abs=0.01)
    assert image[0, 70, 38] == pytest.approx(0.24, abs=0.1)
    assert image[0, 70, 48] < image[0, 70, 38]


def test_a_form_generator_begins_as_the_studio_generator_asked_for_plain_dresses(studio):
    form = FormGenerator(list(FORM_CLASSES.values()), start=studio.start).eval()
    begin_as(form, studio)
    form.last, studio_last = torch.nn.Identity(), studio.last
    latent = torch.randn(2, 128)
    wishes = torch.tensor([[0, 1, 2, 1, 0, -1, 1], [0, -1, 3, 0, 2, -1, -1]])
    asked = wishes.clone()
    asked[:, list(CLASSES).index(PATTERN.key)] = PATTERN.classes.index("unicolors")
    asked[:, list(CLASSES).index(COLOUR.key)] = -1
    try:
        studio.last = torch.nn.Identity()
        with torch.no_grad():
            theirs, ours = studio(latent, asked), form(latent, wishes[:, COLUMNS])
    finally:
        studio.last = studio_last
    assert torch.allclose(theirs, ours, atol=1e-5)


def test_training_imitates_then_lets_discriminators_begin_then_learns_from_them(studio):
    rng = np.random.default_rng(1)
    maps = np.stack([np.rint(form_of(*drawn_dress()) * 127).astype(np.int8)] * 4)
    conditions = np.stack([rng.integers(-1, len(w.classes), 4) for w in WISHES.values()], axis=1)
    plainness = [PATTERN.classes.index(c) for c in ("unicolors", "unicolors", "floral", "print")]
    conditions[:, list(CLASSES).index(PATTERN.key)] = plainness
    module = FormModule(SMALL, maps, conditions, studio)
    module.optimisers = module.make_optimisers()
    (plain, any_) = module.batch_indices(0)
    assert set(plain.tolist()) <= {0, 1}
    assert len(any_) == module.batch
    assert list(module.seeded_step(0)) == ["loss_imitation"]
    before = module.generator.last.weight.clone()
    assert set(module.seeded_step(2)) == {"loss_d", "loss_classifier"}
    assert torch.equal(before, module.generator.last.weight)
    assert "loss_g" in module.seeded_step(3)
    assert not torch.equal(before, module.generator.last.weight)
    assert module.film_frame().shape == (3 * SIZE[0], 8 * SIZE[1], 3)
