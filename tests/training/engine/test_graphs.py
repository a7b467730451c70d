"""A graphed run is an eager run: CUDA's part is played by a graph that calls what was captured."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext

import numpy as np
import pytest
import torch

from training.engine.graphs import GraphedStep
from training.engine.sprint import stepper
from training.tasks.gan import GANModule, GANSettings

SMALL = GANSettings(
    generator_arguments={"width": 4}, discriminator_arguments={"width": 4}, batch=8, epochs=4
)


class Stream:
    """Everything happens in one order."""

    def wait_stream(self, _: object) -> None:
        """Nothing to wait for."""


class Graph:
    """What was captured: a call of the module's update on the inputs that it had then."""

    replay = None


@pytest.fixture
def played(monkeypatch):
    """CUDA's functions for graphs, and the module whose update a graph would hold."""
    held: dict[str, object] = {}

    @contextmanager
    def capture(graph: Graph):
        yield
        step = held["step"]
        graph.replay = lambda: step._losses.update(step.module.update(*step._inputs))

    monkeypatch.setattr(torch.cuda, "Stream", Stream)
    monkeypatch.setattr(torch.cuda, "current_stream", Stream)
    monkeypatch.setattr(torch.cuda, "stream", lambda _: nullcontext())
    monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
    monkeypatch.setattr(torch.cuda, "graph", capture)

    class Watched(GraphedStep):
        def __init__(self, module, device):
            held["step"] = self
            super().__init__(module, device)

    return Watched


def fresh() -> GANModule:
    pictures = np.random.default_rng(1).integers(0, 256, (24, 64, 64, 3), dtype=np.uint8)
    module = GANModule(SMALL, pictures, bfloat16=False)
    module.optimisers = module.make_optimisers()
    return module


def test_the_warm_up_leaves_no_trace_and_steps_draw_what_eager_steps_draw(played, monkeypatch):
    eager, graphed = fresh(), fresh()
    before = {k: v.clone() for k, v in graphed.state_dict().items()}
    update = graphed.update
    calls = []

    def counted(*inputs):
        calls.append(inputs)
        # The last call of the set-up is the capture, which on CUDA computes nothing.
        return (
            {"loss_d": torch.zeros(()), "loss_g": torch.zeros(())}
            if len(calls) == 4
            else update(*inputs)
        )

    monkeypatch.setattr(graphed, "update", counted)
    step = played(graphed, torch.device("cpu"))
    assert len(calls) == 4
    assert all(torch.equal(v, before[k]) for k, v in graphed.state_dict().items())
    for i in range(3):
        expected, found = eager.seeded_step(i), step(i)
        assert torch.equal(expected["loss_d"], found["loss_d"])
        assert torch.equal(expected["loss_g"], found["loss_g"])
    for name, value in eager.state_dict().items():
        assert torch.equal(value, graphed.state_dict()[name]), name


def test_a_graph_that_cannot_be_captured_is_told_and_done_without(monkeypatch):
    def refuse(*_: object) -> None:
        raise RuntimeError("operation not permitted when stream is capturing")

    monkeypatch.setattr("training.engine.sprint.GraphedStep", refuse)
    module, told = fresh(), []
    step = stepper(module, torch.device("cuda"), told.append)
    assert "no CUDA graph" in told[0]
    assert step == module.seeded_step


def test_on_a_cpu_there_is_no_graph():
    module, told = fresh(), []
    assert stepper(module, torch.device("cpu"), told.append) == module.seeded_step
    assert not told
