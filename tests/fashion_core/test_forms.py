from __future__ import annotations

import numpy as np
import pytest

from fashion_core import Designer
from fashion_core.forms import CANVAS_HEIGHT, form_of_maps, tidied
from fashion_core.networks.form import MOST_DISTANCE, SIZE
from fashion_core.silhouette import holes, pieces
from tests.conftest import REPO


def disc(middle: tuple[float, float], radius: float) -> np.ndarray:
    """Distance in pixels to the edge of a disc, positive inside."""
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    return (radius - np.hypot(y - middle[0], x - middle[1])).astype(np.float32)


def maps_of_distance(distance: np.ndarray) -> np.ndarray:
    clipped = np.clip(distance / MOST_DISTANCE, -1, 1)
    return np.stack([clipped, np.full(SIZE, 0.1)]).astype(np.float32)


@pytest.mark.parametrize("size", [(256, 384), (512, 768), (1024, 1536)])
def test_a_form_has_the_same_silhouette_at_every_size_and_a_sharp_edge(size):
    form = form_of_maps(maps_of_distance(disc((96, 64), 40)), size)
    assert form.alpha.shape == size[::-1]
    share = form.alpha.sum() / form.alpha.size
    assert share == pytest.approx(np.pi * 40**2 / (SIZE[0] * SIZE[1]), rel=0.01)
    # The edge is about one pixel wide, whatever the size.
    soft = ((form.alpha > 0.02) & (form.alpha < 0.98)).sum()
    assert soft < 2.5 * 2 * np.pi * 40 * size[1] / SIZE[0]
    assert form.shade.mean() == pytest.approx(4, abs=0.1)
    assert form.pitch == pytest.approx(CANVAS_HEIGHT / size[1])


def test_stray_pieces_and_small_holes_go_and_a_gap_between_arm_and_body_stays():
    distance = disc((96, 64), 50)
    distance = np.maximum(distance, disc((20, 20), 4))
    distance = np.minimum(distance, -disc((90, 60), 1.5))
    distance = np.minimum(distance, -disc((110, 64), 9))
    inside = tidied(distance) > 0
    assert pieces(inside) == 0
    assert len(holes(inside)) == 1
    assert holes(inside)[0] > 0.02


def test_an_empty_form_stays_empty():
    form = form_of_maps(np.full((2, *SIZE), -1, np.float32), (256, 384))
    assert not form.alpha.any()


def test_designs_of_the_shipped_generator_are_in_one_piece_and_without_holes_that_are_faults():
    designer = Designer.load(REPO / "checkpoints", "studio", "cpu")
    recipes = designer.sample(32, seed=100)
    for maps in designer._maps(designer._codes(recipes)):
        garment = form_of_maps(maps, (512, 768)).alpha > 0.5
        assert garment.mean() > 0.05
        assert pieces(garment) == 0
        assert all(hole >= 0.002 for hole in holes(garment))
