"""Dresses on backgrounds they were never photographed on: pictures whose exact garment mask is known.

Foregrounds are shop photos, whose plain background gives the mask away. What real photos have is added:
hangers, hands, shadows, folds, lamp light, blur, noise and JPEG.

Everything random comes from the generator that is handed in, so that a run can be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from training.data.masks import eroded
from training.data.synthetic.camera import blend, camera, lamp, smooth_noise, tint, to_pixels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Foreground:
    """A cut-out garment: RGB ``[H, W, 3]``, colours drawn on past its edge, and alpha ``[H, W]``."""

    pixels: Pixels
    alpha: Pixels


def foreground_of(picture: Pixels, mask: NDArray[np.bool_]) -> Foreground:
    """Cut a garment out without a halo: past its sure inside, the nearest sure colour is drawn on."""
    sure = eroded(mask, 3)
    if not sure.any():
        sure = mask
    _, labels = cv2.distanceTransformWithLabels(
        (~sure).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    nearest = np.zeros((labels.max() + 1, 3), np.uint8)
    nearest[labels[sure]] = picture[sure]
    alpha = cv2.GaussianBlur(mask.astype(np.float32), (3, 3), 0.7)
    return Foreground(nearest[labels], (alpha * 255).round().astype(np.uint8))


def warped(
    foreground: Foreground, size: int, random: np.random.Generator, *, spread: float = 1.0
) -> Foreground:
    """The garment at another place, size, angle and aspect of a square canvas, its cloth crumpled.

    Args:
        foreground: the garment.
        size: pixels a side of the canvas.
        random: the choices.
        spread: 0 leaves it upright, whole and in the middle.
    """
    rows, columns = (np.flatnonzero((foreground.alpha > 127).any(axis)) for axis in (1, 0))
    centre = np.array([(columns[0] + columns[-1]) / 2, (rows[0] + rows[-1]) / 2], np.float32)
    extent = np.array([columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1], np.float32)
    # Networks see photos squeezed to a square: 3:4 upright, 4:3 lying.
    aspect = float(np.exp(random.normal(0.12, 0.22 * spread)))
    stretch = np.array([np.sqrt(aspect), 1 / np.sqrt(aspect)], np.float32)
    angle = np.radians(random.normal(0, 9 * spread))
    if random.random() < 0.08 * spread:
        angle += np.pi / 2 * random.integers(1, 4)
    rotation = np.array(
        [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32
    )
    shear = np.array([[1, random.normal(0, 0.06 * spread)], [random.normal(0, 0.04 * spread), 1]])
    linear = (np.diag(stretch) @ rotation @ shear.astype(np.float32)).astype(np.float32)
    if random.random() < 0.5:
        linear[:, 0] *= -1
    reach = np.abs(linear) @ extent
    share = random.uniform(0.5, 1.04) if random.random() < 0.9 else random.uniform(0.3, 0.5)
    linear *= share * size / reach.max()
    reach = np.abs(linear) @ extent
    room = np.maximum(size - reach, 0.06 * size) / 2
    place = size / 2 + random.uniform(-1, 1, 2) * room * spread
    inverse = np.linalg.inv(linear).astype(np.float32)
    grid = np.stack(np.meshgrid(np.arange(size), np.arange(size)), -1).astype(np.float32)
    source = (grid - place.astype(np.float32)) @ inverse.T + centre
    crumple = random.uniform(0, 0.035) * spread * extent.max()
    for axis in (0, 1):
        source[..., axis] += smooth_noise(size, int(random.integers(3, 6)), random) * crumple * 0.5
    taken = [
        cv2.remap(layer, source[..., 0], source[..., 1], cv2.INTER_LINEAR, borderMode=mode)
        for layer, mode in (
            (foreground.pixels, cv2.BORDER_REPLICATE),
            (foreground.alpha, cv2.BORDER_CONSTANT),
        )
    ]
    return Foreground(np.asarray(taken[0], np.uint8), np.asarray(taken[1], np.uint8))


def composite(
    foreground: Foreground,
    background: Pixels,
    random: np.random.Generator,
    distractor: Foreground | None = None,
) -> tuple[Pixels, Pixels]:
    """A garment on a background as a phone would see it.

    Args:
        foreground: already warped to the canvas.
        background: RGB ``[S, S, 3]``.
        random: the choices.
        distractor: another garment, of which a part shows at the side; it is background.

    Returns:
        RGB uint8 ``[S, S, 3]`` and alpha uint8 ``[S, S]`` of what is left of the garment in sight.
    """
    size = len(background)
    picture = tint(background, random, 0.15).astype(np.float32)
    if distractor is not None:
        side = int(random.choice([-1, 1]) * size * random.uniform(0.5, 0.75))
        layer = _unit(np.roll(distractor.alpha, side, 1))
        layer[:, : max(0, side)] = 0 if side < 0 else layer[:, : max(0, side)]
        beyond = slice(0, side) if side > 0 else slice(size + side, size)
        layer[:, beyond] = 0
        colours = np.roll(distractor.pixels, side, 1)
        picture = blend(picture, tint(colours, random, 0.2).astype(np.float32), layer)
    alpha = _unit(foreground.alpha)
    picture = _shade(picture, alpha, random)
    if random.random() < 0.35:
        picture = _hanger(picture, alpha, random)
    cloth = tint(foreground.pixels, random, 0.18).astype(np.float32)
    cloth *= 1 + smooth_noise(size, int(random.integers(3, 12)), random)[
        ..., None
    ] * random.uniform(0, 0.1)
    picture = blend(picture, cloth, alpha)
    if random.random() < 0.15:
        picture, alpha = _hand(picture, alpha, random)
    picture *= lamp(size, random)[..., None]
    return camera(to_pixels(picture), random), (alpha * 255).round().astype(np.uint8)


def _unit(alpha: Pixels) -> Floats:
    """Levels 0..255 to 0..1."""
    return np.asarray(alpha.astype(np.float32) / 255, np.float32)


def _shade(picture: Floats, alpha: Floats, random: np.random.Generator) -> Floats:
    """The garment's shadow: soft and to one side, and dark and near where it touches the background."""
    size = len(alpha)
    shift = random.normal(0, 0.02, 2) * size
    matrix = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
    moved = cv2.warpAffine(alpha, matrix, (size, size))
    wide = cv2.GaussianBlur(moved, (0, 0), random.uniform(0.005, 0.05) * size)
    near = cv2.GaussianBlur(alpha, (0, 0), random.uniform(0.003, 0.01) * size)
    strength = random.uniform(0, 0.55), random.uniform(0, 0.35)
    shadow = np.maximum(wide * strength[0], near * strength[1])
    return np.asarray(picture * (1 - shadow)[..., None], np.float32)


def _hanger(picture: Floats, alpha: Floats, random: np.random.Generator) -> Floats:
    """A hook and two arms behind the garment's shoulders."""
    size = len(alpha)
    rows = np.flatnonzero((alpha > 0.5).any(1))
    if not len(rows):
        return picture
    top = int(rows[0])
    columns = np.flatnonzero((alpha[top : top + size // 12] > 0.5).any(0))
    middle, half = int(columns.mean()), max(6, int((columns[-1] - columns[0]) * 0.5))
    colour = [
        float(v)
        for v in (
            random.uniform(0, 255, 3)
            if random.random() < 0.3
            else np.array((150, 105, 65)) * random.uniform(0.5, 1.5)
            if random.random() < 0.5
            else np.full(3, random.choice([15, 60, 150, 235]))
        )
    ]
    drawn = picture.copy()
    thick = int(random.integers(1, max(2, size // 50)))
    drop = int(half * random.uniform(0.1, 0.5))
    neck = top + int(random.uniform(-0.02, 0.04) * size)
    for x in (middle - half, middle + half):
        cv2.line(drawn, (middle, neck), (x, neck + drop), colour, thick, cv2.LINE_AA)
    hook = int(random.uniform(0.04, 0.14) * size)
    cv2.line(drawn, (middle, neck), (middle, neck - hook), colour, max(1, thick // 2), cv2.LINE_AA)
    radius = max(2, hook // 3)
    cv2.ellipse(
        drawn, (middle + radius, neck - hook), (radius, radius), 0, 150, 380, colour,
        max(1, thick // 2), cv2.LINE_AA,
    )  # fmt: skip
    return drawn


def _hand(picture: Floats, alpha: Floats, random: np.random.Generator) -> tuple[Floats, Floats]:
    """A hand (a few ellipses of skin) that holds the garment at its edge; it is not the garment."""
    size = len(alpha)
    edge = np.argwhere(cv2.morphologyEx(alpha, cv2.MORPH_GRADIENT, np.ones((3, 3))) > 0.5)
    if not len(edge):
        return picture, alpha
    y, x = edge[random.integers(len(edge))]
    layer = np.zeros_like(alpha)
    scale = random.uniform(0.025, 0.06) * size
    outward = np.degrees(np.arctan2(y - size / 2, x - size / 2))
    cv2.ellipse(
        layer, (int(x), int(y)), (int(scale * 1.6) + 1, int(scale) + 1), outward, 0, 360, 1, -1
    )
    for _ in range(4):
        tip = np.array([x, y]) + random.normal(0, scale, 2)
        axes = int(scale * 1.1) + 1, int(scale * 0.3) + 1
        cv2.ellipse(
            layer, tuple(int(v) for v in tip), axes, outward + random.normal(0, 25), 0, 360, 1, -1
        )
    arm = np.array([np.cos(np.radians(outward)), np.sin(np.radians(outward))]) * size
    end = int(x + arm[0]), int(y + arm[1])
    cv2.line(layer, (int(x), int(y)), end, 1, max(2, int(scale * 1.2)))
    layer = np.asarray(cv2.GaussianBlur(layer, (3, 3), 0.7), np.float32)
    skin = np.array((224, 172, 140)) * random.uniform(0.35, 1.1)
    cloth = np.broadcast_to(skin.astype(np.float32), picture.shape)
    shaded = cloth * (1 + smooth_noise(size, 12, random)[..., None] * 0.08)
    return blend(picture, shaded.astype(np.float32), layer), alpha * (1 - layer)
