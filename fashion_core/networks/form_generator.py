"""The form generator: a latent and wishes to the form of a dress, its silhouette and its light and shade.

Three networks, the first two as in Rombach et al., "High-resolution image synthesis with latent diffusion
models" (CVPR 2022). The decoder of an autoencoder draws a form from a short code. A flow knows which codes are
dresses: it carries a latent, standard normal, to the code of a dress as it is wished for (Lipman et al., "Flow
matching for generative modeling", ICLR 2023). A refiner makes what the decoder draws crisp
(:mod:`fashion_core.networks.refiner`). Codes are short and the flow is small, so that all are learnt on two CPU
cores, which the discriminators of one large generator would not let them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fashion_core.networks.form import CHANNELS, SIZE, FormDecoder
from fashion_core.networks.refiner import FormRefiner
from fashion_core.networks.studio import WishEmbedding

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Size of what tells a flow the time.
_TIMES = 16
#: Masks of photos are rough along their edges, and so is what a refiner learns from them: how it moves an edge
#: is smoothed by a Gaussian of this deviation, in pixels of the maps.
SMOOTH = 1.4
#: The way back from a code is followed in so many times more steps.
_FINER = 5
#: Weights of the last two and the last three velocities in a step, the newest first.
_ADAMS_BASHFORTH = {2: (3 / 2, -1 / 2), 3: (23 / 12, -16 / 12, 5 / 12)}


class _Hidden(nn.Module):
    """Residual block of a flow, ``[N, width]`` under a condition ``[N, D]``."""

    def __init__(self, width: int, condition: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.join = nn.Linear(condition, width)
        self.first = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)
        self.second = nn.Linear(width, width)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        inside = F.silu(self.first(F.silu(self.norm(x + self.join(condition)))))
        added: Tensor = x + self.second(self.dropout(inside))
        return added


class FormFlow(nn.Module):
    """The velocity that carries latents to codes: codes on their way, time and conditions to ``[N, code]``.

    Args:
        code: size of a code, and of a latent.
        condition: size of a condition.
        width: of the hidden layers.
        depth: how many residual blocks.
        dropout: while it learns.
    """

    def __init__(
        self, code: int, condition: int, width: int = 512, depth: int = 4, dropout: float = 0.1
    ) -> None:
        super().__init__()
        self.first = nn.Linear(code + _TIMES, width)
        self.blocks = nn.ModuleList(
            _Hidden(width, condition + _TIMES, dropout) for _ in range(depth)
        )
        self.last = nn.Linear(width, code)
        nn.init.zeros_(self.last.weight)

    def forward(self, codes: Tensor, time: Tensor, condition: Tensor) -> Tensor:
        """``time`` ``[N]`` is 0 at the latent and 1 at the code."""
        turns = time[:, None] * torch.arange(1, _TIMES // 2 + 1, device=time.device) * (math.pi / 2)
        clock = torch.cat([turns.sin(), turns.cos()], 1)
        x = self.first(torch.cat([codes, clock], 1))
        wanted = torch.cat([condition, clock], 1)
        for block in self.blocks:
            x = block(x, wanted)
        velocity: Tensor = self.last(F.silu(x))
        return velocity


class FormGenerator(nn.Module):
    """Latents ``[N, latent_dim]`` and wishes ``[N, K]`` to maps ``[N, 2, 192, 128]`` in -1..1.

    The first map is the signed distance to the silhouette, positive inside, in shares of
    :data:`~fashion_core.networks.form.MOST_DISTANCE`; the second is L* less the garment's median, in shares of
    :data:`~fashion_core.networks.form.MOST_SHADE`.

    Args:
        wishes: number of classes of each wish, in the order of the columns.
        code: size of the form's code.
        detail: size of the code of its details; a latent is as long as both.
        wish_dim: size of the vector of one wish.
        width: of the flow.
        channels: of the decoder.
        steps: of the way from latent to code.
        directions: how many ways there are along which a code can be edited.
        guidance: how far beyond what any dress would be wishes lead (Ho, Salimans, "Classifier-free
            diffusion guidance", 2022); 1 as learnt.
    """

    def __init__(
        self,
        wishes: Sequence[int],
        code: int = 96,
        detail: int = 384,
        wish_dim: int = 16,
        width: int = 512,
        channels: Sequence[int] = CHANNELS,
        steps: int = 10,
        guidance: float = 1.0,
        directions: int = 0,
    ) -> None:
        super().__init__()
        self.latent_dim = latent_dim = code + detail
        self.wishes, self.steps, self.guidance = len(wishes), steps, guidance
        self.image_size = SIZE
        # The last column tells the flow that the shade is known; in training of some only the silhouette is.
        self.embedding = WishEmbedding([*wishes, 1], wish_dim)
        self.flow = FormFlow(latent_dim, self.embedding.out_features, width)
        self.decoder, self.refiner = FormDecoder(code, channels), FormRefiner(detail)
        self._parts = code, detail
        self.register_buffer("smoothing", _gaussian(SMOOTH), persistent=False)
        self.register_buffer("mean", torch.zeros(latent_dim))
        self.register_buffer("scale", torch.ones(latent_dim))
        self.register_buffer("directions", torch.zeros(directions, latent_dim))

    smoothing: Tensor
    mean: Tensor
    scale: Tensor
    directions: Tensor

    def condition(self, wishes: Tensor) -> Tensor:
        """What :meth:`code` takes of wishes ``[N, K]`` (class index, -1 for any); may be interpolated."""
        vectors: Tensor = self.embedding(F.pad(wishes, (0, 1)))
        return vectors

    def code(self, latent: Tensor, condition: Tensor) -> Tensor:
        """Codes ``[N, latent_dim]`` of latents under conditions that :meth:`condition` made.

        Along the flow each number of a code is scaled to unit variance.
        """
        return self._carried(latent, condition, self.steps) * self.scale + self.mean

    def latent(self, code: Tensor, condition: Tensor, most: int = 12) -> Tensor:
        """Latents that :meth:`code` carries to these codes, but for a little.

        The flow backwards, in finer steps, is where the search begins. Steps there and back are not each
        other's inverse, under guidance far from it, so the latent is then corrected by what is missed: L-BFGS,
        ``most`` steps.
        """
        with torch.inference_mode(mode=False), torch.enable_grad():
            goal = ((code - self.mean) / self.scale).clone()
            with torch.no_grad():
                latent = self._carried(goal, condition.clone(), _FINER * self.steps, back=True)
            latent.requires_grad_()
            search = torch.optim.LBFGS(
                [latent], max_iter=most, tolerance_grad=1e-3, line_search_fn="strong_wolfe"
            )

            def missed() -> Tensor:
                arrived = self._carried(latent, condition.clone(), self.steps)
                loss = (arrived - goal).square().sum()
                (latent.grad,) = torch.autograd.grad(loss, [latent])
                return loss

            search.step(missed)
        return latent.detach()

    def _carried(
        self, place: Tensor, condition: Tensor, steps: int, *, back: bool = False
    ) -> Tensor:
        """All the way along the flow from latents, or back from codes.

        Adams-Bashforth steps of the third order, after a midpoint step and one of the second: each asks the
        flow once, and goes on as its last answers bend (Hairer, Norsett, Wanner, "Solving ordinary differential
        equations I", III.1).
        """
        free: Tensor = self.condition(torch.full((1, self.wishes), -1, device=place.device))
        # Where nothing is asked for, there is nothing to go beyond.
        unguided = self.guidance == 1 or torch.equal(condition, free.expand_as(condition))
        any_ = None if unguided else free
        time, step = (1.0, -1 / steps) if back else (0.0, 1 / steps)
        last: list[Tensor] = []
        for _ in range(steps):
            last = [self._velocity(place, time, condition, any_), *last[:2]]
            if len(last) == 1:
                half = place + step / 2 * last[0]
                place = place + step * self._velocity(half, time + step / 2, condition, any_)
            else:
                weights = _ADAMS_BASHFORTH[len(last)]
                place = place + sum(step * w * v for w, v in zip(weights, last, strict=True))
            time += step
        return place

    def _velocity(
        self, code: Tensor, time: float, condition: Tensor, any_: Tensor | None
    ) -> Tensor:
        if any_ is None:
            times = torch.full((len(code),), time, device=code.device)
            velocity: Tensor = self.flow(code, times, condition)
            return velocity
        # With and without the wishes, in one pass.
        times = torch.full((2 * len(code),), time, device=code.device)
        both = torch.cat([condition, any_.expand_as(condition)])
        wished, free = self.flow(code.repeat(2, 1), times, both).chunk(2)
        guided: Tensor = free + self.guidance * (wished - free)
        return guided

    def decode(self, code: Tensor) -> Tensor:
        """Maps of codes."""
        form, detail = code.split(self._parts, 1)
        soft = self.decoder(form)
        changed = self.refiner(soft, detail) - soft
        reach = self.smoothing.shape[-1] // 2
        edge = F.conv2d(changed[:, :1], self.smoothing, padding=(0, reach))
        edge = F.conv2d(edge, self.smoothing.mT, padding=(reach, 0))
        maps: Tensor = (soft + torch.cat([edge, changed[:, 1:]], 1)).clamp(-1, 1)
        return maps

    def draw(self, latent: Tensor, condition: Tensor) -> Tensor:
        """Maps of latents under conditions that :meth:`condition` made."""
        return self.decode(self.code(latent, condition))

    def forward(self, latent: Tensor, wishes: Tensor | None = None) -> Tensor:
        """Maps; without wishes, of any."""
        if wishes is None:
            wishes = torch.full((len(latent), self.wishes), -1, device=latent.device)
        return self.draw(latent, self.condition(wishes))


def _gaussian(deviation: float) -> Tensor:
    """A kernel ``[1, 1, 1, S]`` whose sum is one, for one direction and then for the other."""
    reach = math.ceil(3 * deviation)
    one = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / deviation) ** 2)
    return (one / one.sum())[None, None, None]
