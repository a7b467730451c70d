from __future__ import annotations

import numpy as np

from fashion_core import Designer
from fashion_core.networks import build
from fashion_core.taxonomy import WISHES
from training.evaluation.drawing import DesignerDrawing, NetworkDrawing, silhouettes_of, squares


def test_samples_follow_seed_and_count_only():
    generator = NetworkDrawing(build("dcgan_generator", width=4).eval())
    first, more = generator.draw(10, seed=3), generator.draw(60, seed=3)
    assert first.shape == (10, 64, 64, 3)
    assert first.dtype == np.uint8
    assert more.shape[0] == 60
    assert (generator.draw(10, seed=3) == first).all()
    assert (generator.draw(10, seed=4) != first).any()


def test_portraits_become_white_squares():
    black = np.zeros((2, 96, 64, 3), np.uint8)
    square = squares(black, 64)
    assert square.shape == (2, 64, 64, 3)
    assert (square[:, :, 0] == 255).all()
    assert (square[:, :, 32] == 0).all()


def test_wishes_are_of_no_effect_on_a_network_that_takes_none():
    generator = NetworkDrawing(build("dcgan_generator", width=4).eval())
    assert not generator.takes_wishes
    wishes = np.zeros((3, len(WISHES)), int)
    assert (generator.draw(3, wishes) == generator.draw(3)).all()


def test_silhouettes_are_those_of_the_designs_of_the_same_seed():
    generator = NetworkDrawing(build("dcgan_generator", width=4).eval())
    silhouettes = generator.silhouettes(3, seed=2)
    assert silhouettes.shape == (3, 64, 64)
    assert silhouettes.dtype == bool


def test_a_garment_that_cannot_be_told_from_its_ground_has_no_silhouette():
    pictures = np.full((2, 96, 64, 3), 255, np.uint8)
    pictures[0, 12:84, 16:48] = (150, 30, 40)
    pictures[1, 12:84, 16:48] = 250
    red, white = silhouettes_of(pictures)
    assert red[14:82, 18:46].all()
    assert not red[:10].any()
    assert not white.any()


def test_a_generator_of_the_app_is_measured_by_its_previews(tiny_root):
    designer = Designer.load(tiny_root, "dcgan-64", "cpu")
    generator = DesignerDrawing(designer)
    assert not generator.takes_wishes
    pictures = generator.draw(3, seed=5)
    assert pictures.shape == (3, 64, 64, 3)
    recipes = generator.recipes(3, seed=5)
    assert len({r.seed for r in recipes}) == 3
    assert (pictures[1] == np.asarray(designer.render(recipes[1]))).mean() > 0.99
    assert (generator.draw(2, seed=5) == pictures[:2]).mean() > 0.99
    assert (generator.draw(3, seed=6) != pictures).any()


def test_rows_of_wishes_become_the_words_of_recipes():
    class Asked:
        def __init__(self):
            self.conditions = {"colour": ("red", "blue"), "length": ("knee",)}

        def sample(self, count, seed, wishes):
            assert count == 1
            return [wishes]

    row = np.full(len(WISHES), -1)
    row[list(WISHES).index("colour")] = WISHES["colour"].classes.index("red")
    row[list(WISHES).index("fit")] = 0
    generator = DesignerDrawing(Asked())
    assert generator.takes_wishes
    assert generator.recipes(1, row[None]) == [{"colour": "red"}]
