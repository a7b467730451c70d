"""The stacked ensemble: a small network over the probabilities of its members.

Wolpert: "Stacked generalization", Neural Networks 1992. What it is fitted on decides what it is worth: its
members' predictions for images that they were not trained on.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Stack(nn.Module):
    """Probabilities ``[N, members * classes]`` to logits ``[N, classes]``.

    Args:
        members: how many models vote; each one's probabilities (0..1) lie together, member by
            member.
        classes: classes of each member and of the output.
        hidden: width of the only hidden layer.
    """

    def __init__(self, members: int = 5, classes: int = 6, hidden: int = 10) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(members * classes, hidden), nn.ReLU(inplace=True), nn.Linear(hidden, classes)
        )

    def forward(self, probabilities: Tensor) -> Tensor:
        logits: Tensor = self.layers(probabilities)
        return logits


class WeightedPool(nn.Module):
    """The same with one weight a member: the logarithmic opinion pool (Genest, Zidek, 1986).

    It can do less than :class:`Stack` and so has less to learn by heart: a member that is right about shop
    photos and lost on phone photos gets one weight, not one for each class.

    Args:
        members: how many models vote.
        classes: classes of each member and of the output.
    """

    def __init__(self, members: int = 5, classes: int = 6) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.full((members,), 1 / members))
        self.bias = nn.Parameter(torch.zeros(classes))
        self.shape = members, classes

    def forward(self, probabilities: Tensor) -> Tensor:
        logits: Tensor = probabilities.view(-1, *self.shape).clamp_min(1e-4).log()
        return (logits * self.weights[:, None]).sum(1) + self.bias
