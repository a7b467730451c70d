from __future__ import annotations

import pytest

from training.engine.loop import StepModule
from training.errors import DataError


def test_a_run_without_pictures_says_so():
    with pytest.raises(DataError, match="no picture to learn from"):
        StepModule(0, batch=32, epochs=1, seed=1)


def test_fewer_pictures_than_a_batch_are_one_step_an_epoch():
    run = StepModule(5, batch=32, epochs=3, seed=1)
    assert (run.batch, run.steps_per_epoch, run.total_steps) == (5, 1, 3)
    assert sorted(run.batch_indices(2).tolist()) == [0, 1, 2, 3, 4]
