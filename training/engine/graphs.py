"""A training step as one CUDA graph.

A step of a small GAN is some hundred kernels of a few microseconds each: launching them takes longer than
running them. A graph is launched once a step (PyTorch's notes "CUDA graphs", whole-network capture).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch import Tensor

from training.engine.loop import mix

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Eager steps before the capture, in which libraries choose their kernels and set up their memory.
WARM_UP = 3


class Graphable(Protocol):
    """A :class:`training.engine.loop.StepModule` whose step is the same kernels every time."""

    seed: int
    optimisers: list[torch.optim.Optimizer]

    def batch_indices(self, step: int) -> Tensor: ...

    def inputs(self, indices: Tensor) -> Sequence[Tensor]: ...

    def update(self, *inputs: Tensor) -> dict[str, Tensor]: ...

    def after_update(self, step: int) -> None: ...

    def state_dict(self) -> dict[str, Any]: ...


class GraphedStep:
    """Runs steps of a module by replaying its :meth:`update`, with inputs as the eager step would draw them.

    Args:
        module: on a CUDA device, its optimisers fresh and capturable.
        device: that device.
    """

    def __init__(self, module: Graphable, device: torch.device) -> None:
        self.module = module
        self._inputs = [x.to(device) for x in self._drawn(0)]
        before = _state(module)
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(WARM_UP):
                module.update(*self._inputs)
        torch.cuda.current_stream().wait_stream(side)
        # The warm-up taught the networks: undo it, so that a graphed run is an eager run.
        _restore(module, before)
        for optimiser in module.optimisers:
            optimiser.zero_grad(set_to_none=True)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._losses = module.update(*self._inputs)

    def __call__(self, step: int) -> dict[str, Tensor]:
        """Step number ``step``; the losses are overwritten by the next."""
        for kept, drawn in zip(self._inputs, self._drawn(step), strict=True):
            kept.copy_(drawn)
        self._graph.replay()
        self.module.after_update(step)
        return self._losses

    def _drawn(self, step: int) -> Sequence[Tensor]:
        torch.manual_seed(mix(self.module.seed, "step", step))
        return self.module.inputs(self.module.batch_indices(step))


def _state(module: Graphable) -> list[Tensor]:
    return [tensor.clone() for tensor in _tensors(module)]


def _tensors(module: Graphable) -> list[Tensor]:
    return list(module.state_dict().values())


@torch.no_grad()
def _restore(module: Graphable, before: list[Tensor]) -> None:
    for tensor, value in zip(_tensors(module), before, strict=True):
        tensor.copy_(value)
    for optimiser in module.optimisers:
        for state in optimiser.state.values():
            for value in state.values():
                if isinstance(value, Tensor):
                    value.zero_()
