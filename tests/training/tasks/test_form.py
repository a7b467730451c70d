from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from fashion_core.maps import maps_of
from fashion_core.networks.form import MOST_DISTANCE, SIZE, coverage, rendered
from fashion_core.networks.form_generator import FormGenerator
from fashion_core.networks.refiner import FormRefiner
from fashion_core.taxonomy import PATTERN, WISHES
from training.data.forms import of_one_cloth, without_labels
from training.tasks.form import FormModule, FormSettings, PatchDiscriminator, form_errors
from training.tasks.form_detail import DetailSettings, FormDetailModule
from training.tasks.form_flow import COLUMNS, FlowSettings, FormFlowModule, codes_of
from training.tasks.form_parts import FormParts, trained_autoencoder, trained_parts

SMALL = replace(FormSettings(), code=8, batch=3, epochs=4)


def drawn_dress(shift: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A grey dress of 256 px with a darker fold down its middle, and its mask."""
    mask = np.zeros((256, 256), np.uint8)
    cv2.fillPoly(mask, [np.array([[100, 20], [156, 20], [190 + shift, 236], [66, 236]])], 1)
    picture = np.full((256, 256, 3), 255, np.uint8)
    picture[mask > 0] = 150
    picture[30:230, 120:136] = 110
    return picture, mask > 0


def drawn_maps(count: int) -> np.ndarray:
    forms = [maps_of(*drawn_dress(4 * i)) for i in range(count)]
    return np.stack([np.rint(form * 127).astype(np.int8) for form in forms])


@pytest.fixture(scope="module")
def module() -> FormModule:
    module = FormModule(SMALL, drawn_maps(4), np.array([True, True, False, True]))
    module.optimisers = module.make_optimisers()
    return module


@pytest.fixture(scope="module")
def detail(module) -> FormDetailModule:
    """A refiner of plain dresses on the autoencoder, after its first step."""
    settings = replace(DetailSettings(), detail=96, batch=3, mixed=2, epochs=4)
    parts = trained_autoencoder({"state_dict": module.state_dict()})
    detail = FormDetailModule(settings, drawn_maps(3), *parts)
    detail.optimisers = detail.make_optimisers()
    losses = detail.seeded_step(0)
    assert all(torch.isfinite(value) for value in losses.values())
    return detail


@pytest.fixture(scope="module")
def parts(module, detail) -> FormParts:
    return trained_parts({"state_dict": module.state_dict()}, {"state_dict": detail.state_dict()})


def test_a_form_is_the_distance_to_the_silhouette_and_the_shade_inside():
    distance, shade = maps_of(*drawn_dress())
    assert distance.shape == SIZE
    small = cv2.resize(
        drawn_dress()[1].astype(np.float32)[:, 42:213], SIZE[::-1], interpolation=cv2.INTER_AREA
    )
    assert ((distance > 0) == (small > 0.5)).mean() > 0.99
    # The garment's edge is a slope of one pixel a pixel.
    steps = np.abs(np.diff(distance[93] * MOST_DISTANCE))
    assert steps[steps > 0.1].mean() == pytest.approx(1, abs=0.15)
    assert shade[93, 64] < -0.2
    assert abs(shade[93, 50]) < 0.05


def test_a_rendering_is_grey_cloth_on_white():
    maps = torch.from_numpy(maps_of(*drawn_dress()))[None]
    image = rendered(maps)[0]
    assert image.shape == (3, *SIZE)
    assert image[:, 0, 0].min() == pytest.approx(1, abs=0.01)
    assert image[0, 93, 50] == pytest.approx(0.24, abs=0.1)
    assert image[0, 93, 64] < image[0, 93, 50]
    assert float(coverage(torch.tensor(0.0))) == 0.5


def test_the_discriminator_joins_in_the_second_part_of_the_run(module):
    first = module.seeded_step(0)
    assert "loss_d" not in first
    later = module.seeded_step(module.total_steps - 1)
    assert {"loss_d", "score_drawn"} <= set(later)
    assert all(torch.isfinite(value) for value in later.values())
    assert module.film_frame().shape[0] == 3 * SIZE[0]


def test_the_shade_of_printed_dresses_is_neither_shown_nor_asked_for(module):
    maps, plain = module._batch(torch.tensor([0, 2]))
    shown = module._shown(maps, plain)
    assert not shown[1, 1].any()
    assert torch.equal(shown[:, 0], maps[:, 0])
    wrong = maps.clone()
    wrong[1, 1] += 0.5
    errors = form_errors(wrong, maps, plain)
    assert all(float(value) == 0 for value in errors.values())


def test_thin_parts_count_for_more():
    maps = torch.full((1, 2, 40, 40), -1.0)
    maps[:, :, 10:38, 10:30] = 1
    strap, body = maps.clone(), maps.clone()
    strap[:, 0, 2:10, 12:14] = 1
    lost = form_errors(maps, strap, torch.tensor([True]))["loss_covered"]
    body[:, 0, 20:28, 28:30] = -1
    notch = form_errors(body, maps, torch.tensor([True]))["loss_covered"]
    assert float(lost) > 2 * float(notch)


def test_patches_are_scored_one_by_one():
    scores, maps = PatchDiscriminator()(torch.zeros(2, 2, 48, 32))
    assert scores.shape == (2, 1, 6, 4)
    assert [m.shape[1] for m in maps] == [32, 64, 96]


def test_a_refiner_begins_as_what_it_is_given_and_leaves_the_autoencoder_as_it_is(module, detail):
    soft = torch.rand(2, 2, *SIZE)
    assert torch.equal(FormRefiner(96)(soft, torch.randn(2, 96)), soft)
    changed = detail.network["refiner"](soft, torch.zeros(2, 96))
    assert not torch.equal(changed, soft)
    before = trained_autoencoder({"state_dict": module.state_dict()})[1].state_dict()
    after = detail.decoder.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert detail.film_frame().shape[0] == 4 * SIZE[0]


def test_discriminators_learn_and_frozen_features_do_not(detail):
    before = {name: value.clone() for name, value in detail.discriminators.state_dict().items()}
    detail.seeded_step(1)
    moved = {
        name.split(".")[0]
        for name, value in detail.discriminators.state_dict().items()
        if not torch.equal(before[name], value)
    }
    assert moved == {"patches", "heads"}


def test_the_shops_label_goes_and_all_else_stays():
    maps = drawn_maps(1)
    maps[0, 1, 10:80, 40:90] = -20
    labelled = maps.copy()
    labelled[0, 1, 20:26, 60:70] = 110
    cleared = without_labels(labelled)
    assert np.abs(cleared[0, 1].astype(int) - maps[0, 1]).max() < 20
    assert np.array_equal(cleared[0, 0], maps[0, 0])
    assert np.array_equal(without_labels(maps), maps)


def test_a_sheer_part_is_no_light_and_shade():
    maps = drawn_maps(3)
    maps[1, 1, 60:120, 40:90] = 100
    maps[2, 1, 60:66, 60:66] = 100
    assert of_one_cloth(maps).tolist() == [True, False, True]


def test_the_flow_learns_on_codes_of_both_encoders_and_draws_forms(parts):
    maps = drawn_maps(4)
    rng = np.random.default_rng(1)
    conditions = np.stack([rng.integers(-1, len(w.classes), 4) for w in WISHES.values()], axis=1)
    conditions[:, list(WISHES).index("pattern")] = [
        PATTERN.classes.index(name) for name in ("unicolors", "unicolors", "floral", "unicolors")
    ]
    settings = replace(FlowSettings(), batch=4, epochs=200, width=64)
    flow = FormFlowModule(settings, maps, conditions, parts)
    assert flow.means.shape == (8, 104)
    assert flow.shown[:, -1].tolist() == [0, 0, -1, 0] * 2
    flow.optimisers = flow.make_optimisers()
    losses = [float(flow.seeded_step(step)["loss_flow"]) for step in range(flow.total_steps)]
    assert np.mean(losses[-50:]) < np.mean(losses[:50])
    # What draws is as it was, and stays so.
    for name in ("decoder", "refiner"):
        before = getattr(parts, name).state_dict()
        after = getattr(flow.generator, name).state_dict()
        assert all(torch.equal(before[key], after[key]) for key in before)
    wishes = torch.from_numpy(conditions[:, COLUMNS])
    assert flow.average.eval()(torch.randn(4, 104), wishes).shape == (4, 2, *SIZE)


def test_codes_do_not_know_the_shade_of_printed_dresses(parts):
    maps = drawn_maps(1).repeat(2, 0)
    maps[1, 1] = 100
    means, deviations = codes_of(parts.encoder, maps, torch.tensor([False, False]))
    assert torch.equal(means[0], means[1])
    assert (deviations > 0).all()


def test_guidance_goes_beyond_any_dress():
    torch.manual_seed(1)
    generator = FormGenerator(
        [2, 3], code=4, detail=96, wish_dim=4, width=8, channels=[8] * 5
    ).eval()
    torch.nn.init.normal_(generator.flow.last.weight)
    latent, wishes = torch.randn(2, 100), torch.tensor([[1, -1], [-1, -1]])
    condition = generator.condition(wishes)
    codes = []
    for guidance in (1.0, 2.0):
        generator.guidance = guidance
        codes.append(generator.code(latent, condition))
    assert not torch.allclose(codes[0][0], codes[1][0])
    # Nothing was asked for, so nothing is gone beyond.
    assert torch.allclose(codes[0][1], codes[1][1], atol=1e-5)


def test_the_flow_is_asked_once_a_step_and_half_as_much_where_nothing_is_asked_for(monkeypatch):
    torch.manual_seed(1)
    generator = FormGenerator(
        [2, 3], code=4, detail=96, wish_dim=4, width=8, channels=[8] * 5, guidance=2.0
    ).eval()
    torch.nn.init.normal_(generator.flow.last.weight, std=0.3)
    asked = []

    def counted(codes: torch.Tensor, *rest: torch.Tensor) -> torch.Tensor:
        asked.append(len(codes))
        return type(generator.flow).forward(generator.flow, codes, *rest)

    monkeypatch.setattr(generator.flow, "forward", counted)
    latent, none = torch.randn(2, 100), torch.full((2, 2), -1)
    generator.code(latent, generator.condition(none))
    generator.code(latent, generator.condition(torch.tensor([[1, -1], [-1, -1]])))
    steps = generator.steps + 1
    assert asked == [2] * steps + [4] * steps


@torch.inference_mode()
def test_ten_steps_end_where_many_small_ones_do():
    torch.manual_seed(2)
    generator = FormGenerator(
        [2, 3], code=4, detail=96, wish_dim=4, width=8, channels=[8] * 5, guidance=2.0
    ).eval()
    torch.nn.init.normal_(generator.flow.last.weight, std=0.3)
    latent, condition = torch.randn(4, 100), generator.condition(torch.tensor([[1, 2]] * 4))
    code = generator.code(latent, condition)
    exact = generator._carried(latent, condition, 400)
    moved = (exact - latent).square().mean().sqrt()
    assert (code - exact).square().mean().sqrt() < 0.02 * moved
    back = generator._carried(exact, condition, 400, back=True)
    assert (back - latent).square().mean().sqrt() < 0.02 * moved
