from __future__ import annotations

import pytest

from training.engine.schedule import TimeBudget, cosine, warm_up


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_rates_rise_and_fall():
    assert [warm_up(step, 10) for step in (0, 4, 9, 50)] == [0.1, 0.5, 1.0, 1.0]
    falling = [cosine(i / 10) for i in range(11)]
    assert falling == sorted(falling, reverse=True)
    assert cosine(2.0) == pytest.approx(0.0)


def test_the_rate_reaches_its_end_when_the_time_does(clock):
    budget = TimeBudget(60, settled=10, now=clock)
    clock.seconds += 20
    assert budget.progress(9) == 0.0
    assert budget.progress(10) == 0.0
    clock.seconds += 20
    assert budget.progress(400) == pytest.approx(0.5)
    assert not budget.over
    clock.seconds += 20
    assert budget.progress(800) == 1.0
    assert budget.over


def test_a_machine_too_slow_for_the_first_steps_falls_by_the_clock(clock):
    budget = TimeBudget(60, settled=100, now=clock)
    clock.seconds += 30
    assert budget.progress(3) == 0.0
    clock.seconds += 15
    assert budget.progress(5) == pytest.approx(0.5)


def test_time_that_was_up_before_it_began_is_over(clock):
    budget = TimeBudget(0, now=clock)
    assert budget.over
    assert budget.progress(0) == 1.0
