"""Two small trainings on drawn dresses: the order of their batches, their first losses, and resuming."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from fashion_core.taxonomy import ATTRIBUTES
from tests.drawing import draw_dress
from training.engine.loop import fit

# Where the trainers live: a refactoring may change these lines.
from training.tasks.classifier import ClassifierModule
from training.tasks.classifier_settings import ClassifierSettings
from training.tasks.gan import GANModule, GANSettings
from training.tasks.labelled import Labelled

if TYPE_CHECKING:
    from pathlib import Path

IMAGES, SIDE = 32, 64


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray, np.ndarray]:
    """Dresses uint8 ``[N, S, S, 3]``, every second one striped, and their pattern ``[N]``."""
    random = np.random.default_rng(5)
    classes = ATTRIBUTES["pattern"].classes
    pictures, labels = [], []
    for i in range(IMAGES):
        colour, second = random.integers(0, 256, (2, 3)).tolist()
        striped = i % 2 == 1
        pictures.append(np.asarray(draw_dress(colour, second if striped else None, size=(SIDE, SIDE))[0]))  # fmt: skip
        labels.append(classes.index("stripes" if striped else "unicolors"))
    return np.stack(pictures), np.array(labels, np.int64)


def new_module(kind: str, drawn: tuple[np.ndarray, np.ndarray]) -> Any:
    """A trainer at its first step."""
    pictures, labels = drawn
    if kind == "gan":
        small = {"generator_arguments": {"width": 4}, "discriminator_arguments": {"width": 4}}
        return GANModule(GANSettings(batch=8, epochs=2, **small), pictures, bfloat16=False)
    settings = ClassifierSettings(
        "cnn1", arguments={"input_size": SIDE}, input_size=SIDE, batch=8, epochs=2, augment="strong", class_weighting=0.5
    )  # fmt: skip
    trust = np.where(np.arange(IMAGES) % 4 == 0, 3, 1).astype(np.float32)
    data = Labelled(pictures, {"pattern": labels}, trust)
    return ClassifierModule(settings, data, bfloat16=False)


def train(module: Any, folder: Path, **limit: timedelta) -> Any:
    return fit(module, folder, device="cpu", quiet=True, **limit)


@pytest.fixture(scope="module", params=["gan", "classifier"])
def whole(request, drawn, tmp_path_factory) -> tuple[str, Any]:
    """The kind of a training, and its module after all steps in one go."""
    folder = tmp_path_factory.mktemp(request.param)
    return request.param, train(new_module(request.param, drawn), folder)


def test_a_training_takes_the_same_batches_and_loses_the_same(golden, whole):
    kind, module = whole
    batches = [module.batch_indices(step).numpy() for step in range(module.total_steps)]
    digest = hashlib.sha256(np.concatenate(batches).astype("<i8").tobytes()).hexdigest()
    first, later = module.history[:4], module.history[4:]
    found = {"batches": digest, "steps": module.total_steps, "losses": first}
    golden.check_json(f"training-{kind}", found, relative=1e-4)
    # What processors round differently grows with every step: by 4e-4 in eight, where it was measured.
    golden.check_json(f"training-{kind}-later", later, relative=2e-3)


def test_a_training_that_a_time_limit_cut_short_ends_with_the_same_weights(whole, drawn, tmp_path):
    kind, module = whole
    short = train(new_module(kind, drawn), tmp_path, max_time=timedelta(0))
    assert 0 < int(short.steps_done) < module.total_steps
    resumed = train(new_module(kind, drawn), tmp_path)
    assert resumed.history == module.history
    weights = resumed.state_dict()
    for name, expected in module.state_dict().items():
        assert torch.equal(expected, weights[name]), name
