"""From the soft form that an autoencoder draws to a crisp one: corners, necklines, seams and folds.

A short code cannot say where every fold lies, so its decoder draws their mean: none. A second network takes the
soft maps and a second code, of the details, and draws what such a dress looks like, taught by discriminators
(Isola et al., "Image-to-image translation with conditional adversarial networks", CVPR 2017; the second code as
in Zhu et al., "Toward multimodal image-to-image translation", NeurIPS 2017). It is a small U-Net
(Ronneberger et al., MICCAI 2015) that works at half of the maps' size and below, which keeps it quick.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fashion_core.networks.form import SIZE, Block, FormEncoder, doubled, shade_seen

#: Channels at half the size of the maps, at a quarter, an eighth and a sixteenth.
CHANNELS = (32, 64, 96, 128)
#: Height and width of a code of details: a place of it tells of 16 x 16 pixels.
GRID = (SIZE[0] // 16, SIZE[1] // 16)


class FormRefiner(nn.Module):
    """Soft maps ``[N, 2, 192, 128]`` and codes of details ``[N, detail]`` to crisp maps of the same shape.

    Args:
        detail: size of a code of details, a multiple of the places of its grid of 12 x 8.
        channels: fine to coarse, from half the maps' size.
    """

    def __init__(self, detail: int = 384, channels: tuple[int, int, int, int] = CHANNELS) -> None:
        super().__init__()
        fine, *coarser = channels
        self.first = nn.Conv2d(8, fine, 3, padding=1)
        self.down = nn.ModuleList()
        width = fine
        for wider in coarser:
            self.down.append(
                nn.Sequential(nn.Conv2d(width, wider, 2, stride=2), Block(wider, wider))
            )
            width = wider
        self.detail = nn.Conv2d(detail // math.prod(GRID), width, 1)
        self.middle = Block(width, width)
        self.narrower, self.up = nn.ModuleList(), nn.ModuleList()
        for finer in reversed(channels[:-1]):
            self.narrower.append(nn.Conv2d(width, finer, 1))
            self.up.append(Block(finer, finer))
            width = finer
        self.out = nn.Conv2d(fine, 48, 3, padding=1)
        self.last = nn.Conv2d(12, 2, 3, padding=1)
        # It begins as what it is given.
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)  # type: ignore[arg-type] # it has one

    def forward(self, soft: Tensor, detail: Tensor) -> Tensor:
        x = self.first(F.pixel_unshuffle(soft, 2).contiguous(memory_format=torch.channels_last))
        skips = [x]
        for layer in self.down:
            x = layer(x)
            skips.append(x)
        x = self.middle(x + self.detail(detail.view(len(detail), -1, *GRID)))
        for narrow, layer, skip in zip(self.narrower, self.up, reversed(skips[:-1]), strict=True):
            x = layer(doubled(narrow(x)) + skip)
        changed: Tensor = self.last(F.pixel_shuffle(F.silu(self.out(F.silu(x))), 2))
        return soft + changed


class DetailEncoder(nn.Module):
    """Maps ``[N, 2, 192, 128]`` to the mean and log-variance ``[N, detail]`` of the code of their details.

    Each place of the code's grid is told by what lies around it, without what the whole form is.

    Args:
        detail: size of a code, a multiple of the places of its grid.
        channels: at a quarter, an eighth and a sixteenth of the maps' size.
    """

    def __init__(self, detail: int = 384, channels: tuple[int, int, int] = (32, 64, 96)) -> None:
        super().__init__()
        first, second, third = channels
        self.body = nn.Sequential(
            nn.Conv2d(2, first, 4, stride=4),
            Block(first, first),
            nn.Conv2d(first, second, 2, stride=2),
            Block(second, second),
            nn.Conv2d(second, third, 2, stride=2),
            Block(third, third),
            nn.SiLU(),
            nn.Conv2d(third, 2 * detail // math.prod(GRID), 1),
        )

    def forward(self, maps: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance = self.body(shade_seen(maps)).chunk(2, 1)
        return mean.flatten(1), log_variance.flatten(1).clamp(-12, 4)


class DetailedEncoder(nn.Module):
    """Maps ``[N, 2, 192, 128]`` to the mean and log-variance of their code: of the form, then its details.

    Args:
        code: size of the form's code.
        detail: size of the code of details.
    """

    def __init__(self, code: int = 96, detail: int = 384) -> None:
        super().__init__()
        self.form, self.detail = FormEncoder(code), DetailEncoder(detail)

    def forward(self, maps: Tensor) -> tuple[Tensor, Tensor]:
        both = self.form(maps), self.detail(maps)
        return torch.cat([mean for mean, _ in both], 1), torch.cat(
            [spread for _, spread in both], 1
        )
