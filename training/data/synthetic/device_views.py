"""Shop photos as a phone would show them, made in batches where the network computes.

:func:`training.data.synthetic.phone_views.phone_view` makes them one by one on the CPU, some fifteen
milliseconds each; a GPU would wait for it. This is the same chain in tensors: the garment is turned, squeezed
and crumpled, laid on a background, lit, photographed, cut out again with a cut-out's mistakes, and framed. What
the frame seldom shows (planks, tiles, hangers, hands) is left out.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from fashion_core.cutout import FRAME_SHARE

#: Pixels a side of the photo that is taken.
SCENE = 320
#: Pixels a side of the framed garment.
FRAMED = 256
#: JPEG's table for lightness at quality 50 (ITU-T T.81, annex K).
_LUMINANCE = torch.tensor(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ],
    dtype=torch.float32,
)
_COSINES = torch.tensor(
    [
        [
            math.sqrt((1 if k == 0 else 2) / 8) * math.cos((2 * n + 1) * k * math.pi / 16)
            for n in range(8)
        ]
        for k in range(8)
    ]
)


class Choices:
    """Random numbers of one step, a number a picture, shaped to broadcast over ``[N, C, H, W]``.

    They are drawn on the CPU, from torch's random state, so that a seed means the same on every device.
    """

    def __init__(self, count: int, device: torch.device) -> None:
        self.count, self.device = count, device

    def uniform(self, low: float, high: float, channels: int = 1) -> Tensor:
        """``[N, channels, 1, 1]`` between two bounds."""
        return (low + torch.rand(self.count, channels, 1, 1) * (high - low)).to(self.device)

    def normal(self, deviation: float, channels: int = 1) -> Tensor:
        """``[N, channels, 1, 1]`` around 0."""
        return (torch.randn(self.count, channels, 1, 1) * deviation).to(self.device)

    def happens(self, odds: float) -> Tensor:
        """``[N, 1, 1, 1]`` bool."""
        return (torch.rand(self.count, 1, 1, 1) < odds).to(self.device)

    def noise(self, cells: int, size: int, channels: int = 1) -> Tensor:
        """Smooth noise of unit spread ``[N, channels, size, size]``, about ``cells`` bumps across."""
        coarse = torch.randn(self.count, channels, cells, cells).to(self.device)
        return F.interpolate(coarse, size=(size, size), mode="bicubic", align_corners=False)


def phone_views(pictures: Tensor, masks: Tensor) -> Tensor:
    """Framed garments as they would come from phone photos.

    Args:
        pictures: shop photos ``[N, 3, S, S]`` in 0..1.
        masks: their garments ``[N, 1, S, S]`` in 0..1, none of them empty.

    Returns:
        ``[N, 3, FRAMED, FRAMED]`` in 0..1, on white.
    """
    choices = Choices(len(pictures), pictures.device)
    cloth, alpha = _warped(pictures, masks, choices)
    photo = _photo(cloth, alpha, choices)
    cut = _with_mistakes(alpha > 0.5, choices)
    return _framed(photo, cut)


def boxes(masks: Tensor) -> Tensor:
    """Boxes ``[N, 4]`` (x0, y0, x1, y1 in pixels, ends exclusive) of masks ``[N, 1, H, W]``."""
    inside = masks > 0.5
    (x0, x1), (y0, y1) = (_ends(inside.any(axis).flatten(1)) for axis in (2, 3))
    return torch.stack([x0, y0, x1, y1], 1).float()


def _ends(lines: Tensor) -> tuple[Tensor, Tensor]:
    """Of ``[N, L]`` bool the first place that is set and the one behind the last; all where none is."""
    lines = torch.where(lines.any(1, keepdim=True), lines, torch.ones_like(lines)).float()
    places = torch.arange(lines.shape[1], device=lines.device)
    return lines.argmax(1), (lines * (places + 1)).argmax(1) + 1


def _warped(pictures: Tensor, masks: Tensor, choices: Choices) -> tuple[Tensor, Tensor]:
    """Cloth and alpha on a canvas of ``SCENE``, turned, squeezed, sheared and crumpled."""
    side = pictures.shape[-1]
    x0, y0, x1, y1 = boxes(masks).T
    centre = torch.stack([x0 + x1, y0 + y1], 1) / 2
    extent = torch.stack([x1 - x0, y1 - y0], 1)
    aspect = (0.12 + choices.normal(0.13)).exp().flatten().sqrt()
    turns = choices.happens(0.05) * (choices.uniform(0, 4).floor() * (math.pi / 2))
    angle = (choices.normal(math.radians(5.4)) + turns).flatten()
    shear = choices.normal(0.04, 2).flatten(1)
    cos, sin = angle.cos(), angle.sin()
    ones = torch.ones_like(cos)
    rotation = torch.stack([cos, -sin, sin, cos], 1).view(-1, 2, 2)
    sheared = torch.stack([ones, shear[:, 0], shear[:, 1], ones], 1).view(-1, 2, 2)
    linear = torch.diag_embed(torch.stack([aspect, 1 / aspect], 1)) @ rotation @ sheared
    reach = (linear.abs() @ extent[..., None])[..., 0]
    share = torch.where(choices.happens(0.9), choices.uniform(0.5, 0.98), choices.uniform(0.3, 0.5))
    linear = linear * (share.flatten() * SCENE / reach.amax(1))[:, None, None]
    # Canvas to picture: where each pixel's colour comes from.
    line = torch.arange(SCENE, device=pictures.device) + 0.5 - SCENE / 2
    canvas = torch.stack(torch.meshgrid(line, line, indexing="xy"), -1).view(1, -1, 2)
    source = canvas @ torch.linalg.inv(linear).mT + centre[:, None]
    crumple = choices.uniform(0, 0.01) * extent.amax(1)[:, None, None, None]
    folds = (choices.noise(4, SCENE, 2) * crumple).flatten(2).mT
    grid = ((source + folds) / side * 2 - 1).view(-1, SCENE, SCENE, 2)
    # Shrunk a little, so that the white of the ground does not come along as a halo.
    sure = -F.max_pool2d(-masks, 3, 1, 1)
    alpha = F.grid_sample(sure, grid, padding_mode="zeros", align_corners=False)
    cloth = F.grid_sample(pictures, grid, padding_mode="border", align_corners=False)
    return cloth, alpha


def _tinted(images: Tensor, choices: Choices, strength: float) -> Tensor:
    """Another gamma, contrast, exposure and white balance."""
    images = images.clamp(1e-4, 1) ** choices.normal(strength).exp()
    level = images.mean((1, 2, 3), keepdim=True)
    images = level + (images - level) * choices.normal(strength / 2).exp()
    return images * (choices.normal(strength / 3, 3) + choices.normal(strength / 2)).exp()


def _photo(cloth: Tensor, alpha: Tensor, choices: Choices) -> Tensor:
    """The garment on a background, under a lamp, as a camera keeps it."""
    tone = choices.uniform(0.15, 1.0) * (1 - choices.uniform(0, 0.35, 3))
    background = tone * (1 + choices.noise(5, SCENE) * 0.12)
    background = background + choices.noise(SCENE // 2, SCENE) * choices.uniform(0.004, 0.03)
    shadow = F.avg_pool2d(F.avg_pool2d(alpha, 13, 1, 6), 13, 1, 6) * choices.uniform(0, 0.45)
    background = background * (1 - shadow)
    cloth = _tinted(cloth, choices, 0.18)
    cloth = cloth * (1 + choices.noise(7, SCENE) * choices.uniform(0, 0.1))
    ramp = torch.linspace(-1, 1, SCENE, device=cloth.device)
    down, across = choices.normal(0.12), choices.normal(0.12)
    rim = choices.uniform(0, 0.15) * (ramp[:, None] ** 2 + ramp**2)
    lamp = 1 + down * ramp[:, None] + across * ramp - rim
    return _camera(torch.lerp(background, cloth, alpha) * lamp, choices)


def _camera(images: Tensor, choices: Choices) -> Tensor:
    """Blur, noise and JPEG, each now and then."""
    soft = torch.lerp(images, F.avg_pool2d(images, 3, 1, 1), choices.uniform(0.3, 1.0))
    images = torch.where(choices.happens(0.35), soft, images).clamp(0, 1)
    grain = torch.randn_like(images) * choices.uniform(1, 7) / 255
    images = torch.where(choices.happens(0.4), images + grain, images).clamp(0, 1)
    return torch.where(choices.happens(0.5), _jpeg(images, choices.uniform(35, 92)), images)


def _jpeg(images: Tensor, quality: Tensor) -> Tensor:
    """What JPEG leaves of lightness, in blocks of 8; colour is halved in detail. ``quality [N, 1, 1, 1]``."""
    weights = images.new_tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)
    light = (images * weights).sum(1, keepdim=True)
    colour = F.interpolate(F.avg_pool2d(images - light, 2), scale_factor=2, mode="nearest")
    count, _, height, width = light.shape
    blocks = (light * 255 - 128).view(count, height // 8, 8, width // 8, 8).transpose(2, 3)
    cosines = _COSINES.to(images)
    waves = cosines @ blocks @ cosines.T
    factor = torch.where(quality < 50, 50 / quality, 2 - quality / 50)
    table = (_LUMINANCE.to(images) * factor[..., None]).clamp_min(1)
    kept = cosines.T @ ((waves / table).round() * table) @ cosines
    light = (kept.transpose(2, 3).reshape(count, 1, height, width) + 128) / 255
    return (light + colour).clamp(0, 1)


def _with_mistakes(masks: Tensor, choices: Choices) -> Tensor:
    """Masks ``[N, 1, H, W]`` bool with an edge too wide or too narrow, a piece lost, background taken along."""
    cut = masks.float()
    width, wider = choices.uniform(0, 4).floor(), choices.happens(0.5)
    for pixels in (1, 2, 3):
        kernel = 2 * pixels + 1
        grown = F.max_pool2d(cut, kernel, 1, pixels)
        shrunk = -F.max_pool2d(-cut, kernel, 1, pixels)
        cut = torch.where(width == pixels, torch.where(wider, grown, shrunk), cut)
    for value, odds in ((0.0, 0.15), (1.0, 0.25)):
        edge = F.max_pool2d(cut, 3, 1, 1) - cut
        at = torch.where(edge.flatten(1).any(1, keepdim=True), edge.flatten(1), 1.0)
        place = torch.multinomial(at, 1)[:, 0]
        size = cut.shape[-1]
        line = torch.arange(size, device=cut.device)
        down = (line[:, None] - (place // size).view(-1, 1, 1, 1)).float()
        across = (line - (place % size).view(-1, 1, 1, 1)).float()
        angle = choices.uniform(0, math.pi)
        along = down * angle.sin() + across * angle.cos()
        aside = down * angle.cos() - across * angle.sin()
        long, short = choices.uniform(0.02, 0.09) * size, choices.uniform(0.02, 0.09) * size
        inside = (along / long).square() + (aside / short).square() < 1
        cut = torch.where(inside & choices.happens(odds), torch.full_like(cut, value), cut)
    return cut


def _framed(photos: Tensor, cut: Tensor) -> Tensor:
    """As :func:`fashion_core.cutout.frame`: the garment on white, its longer side ``FRAME_SHARE`` of it."""
    size = photos.shape[-1]
    x0, y0, x1, y1 = boxes(cut).T
    scale = torch.maximum(x1 - x0, y1 - y0) / size / FRAME_SHARE
    theta = torch.zeros(len(photos), 2, 3, device=photos.device)
    theta[:, 0, 0] = theta[:, 1, 1] = scale
    theta[:, 0, 2], theta[:, 1, 2] = (x0 + x1) / size - 1, (y0 + y1) / size - 1
    grid = F.affine_grid(theta, [len(photos), 1, FRAMED, FRAMED], align_corners=False)
    seen = F.grid_sample(photos, grid, align_corners=False)
    alpha = F.grid_sample(cut, grid, align_corners=False)
    return torch.lerp(torch.ones_like(seen), seen, alpha)
