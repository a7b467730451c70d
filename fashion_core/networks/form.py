"""The form generator: a latent and wishes to the form of a dress, its silhouette and its light and shade.

The blocks are those of the studio generator (:mod:`fashion_core.networks.studio`). What is drawn has no
colour: a cloth is laid on it afterwards, at any size (:mod:`fashion_core.compose`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from fashion_core.networks.studio import StudioGenerator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

#: What the largest value of a map stands for: pixels from the silhouette, and L* from the median.
MOST_DISTANCE, MOST_SHADE = 6.0, 40.0
#: L* of the grey cloth of :func:`rendered`, and over how many pixels its edge goes from 0 to 1.
GREY, EDGE = 62.0, 1.2


class FormGenerator(StudioGenerator):
    """Latents ``[N, latent_dim]`` and wishes ``[N, K]`` to maps ``[N, 2, 144, 96]`` in -1..1.

    The first map is the signed distance to the silhouette, positive inside, in shares of
    :data:`MOST_DISTANCE`; the second is L* less the garment's median, in shares of :data:`MOST_SHADE`.

    Args:
        wishes: number of classes of each wish, in the order of the columns.
        latent_dim: size of the latent, standard normal.
        spread: how many times as wide as they were learnt latents are taken.
        start: height and width of the first map.
    """

    def __init__(
        self,
        wishes: Sequence[int],
        latent_dim: int = 128,
        spread: float = 1.0,
        start: Sequence[int] = (9, 6),
    ) -> None:
        super().__init__(wishes, latent_dim, spread=spread, start=start, maps=2)


def rendered(maps: Tensor) -> Tensor:
    """Forms in plain grey cloth on white: maps ``[N, 2, H, W]`` to images ``[N, 3, H, W]`` in -1..1."""
    distance, shade = maps[:, :1] * MOST_DISTANCE, maps[:, 1:] * MOST_SHADE
    alpha = torch.sigmoid(distance * 4 / EDGE)
    grey = ((GREY + shade) / 50 - 1).clamp(-1, 1)
    return (grey * alpha + (1 - alpha)).expand(-1, 3, -1, -1)
