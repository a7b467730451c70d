"""Dresses on grounds they were never photographed on: pictures whose exact garment mask is known.

Foregrounds are shop photos, whose plain ground gives the mask away. Grounds are phone photos with their
garment cut out and painted over, strips from beside it, and procedural cloth, wood, floor and wall. What
real photos have is added: hangers, hands, shadows, folds, lamp light, blur, noise and JPEG.

Everything random comes from the generator that is handed in, so a run can be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from fashion_core.cutout import border_mask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Floats = NDArray[np.float32]

#: What a believable border mask looks like: its share of the picture, how far the cloth is from the
#: ground (CIELAB, median and within two pixels of the edge), and how much of its closing it fills.
AREA = (0.05, 0.8)
LEAST_CONTRAST, LEAST_EDGE_CONTRAST, LEAST_WHOLENESS = 20.0, 10.0, 0.955
#: Sensor noise, drawn once; each picture takes a piece of it.
_GRAIN = np.random.default_rng(1).standard_normal((1024, 1024, 3), np.float32)
PROCEDURAL = ("cloth", "wood", "floor", "wall", "plain")


@dataclass(frozen=True)
class Foreground:
    """A cut-out garment: RGB ``[H, W, 3]``, colours drawn on past its edge, and alpha ``[H, W]``."""

    pixels: Pixels
    alpha: Pixels


def sane_border_mask(picture: Pixels) -> NDArray[np.bool_] | None:
    """The border mask of a shop photo ``[H, W, 3]``, or None where it cannot be believed.

    White dresses on white ground are the usual reason: their masks have bays and holes.
    """
    mask, _ = border_mask(picture)
    if not AREA[0] < mask.mean() < AREA[1]:
        return None
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32)
    rim = np.concatenate([lab[0], lab[:, 0], lab[:, -1]])
    distance = np.linalg.norm(lab - np.median(rim, axis=0), axis=2)
    edge = mask & ~_erode(mask, 5)
    contrasts = float(np.median(distance[mask])), float(np.percentile(distance[edge], 25))
    if contrasts[0] < LEAST_CONTRAST or contrasts[1] < LEAST_EDGE_CONTRAST:
        return None
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (15, 15))
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    return mask if mask.sum() / closed.sum() >= LEAST_WHOLENESS else None


def _erode(mask: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return np.asarray(cv2.erode(mask.astype(np.uint8), kernel) > 0)


def foreground_of(picture: Pixels, mask: NDArray[np.bool_]) -> Foreground:
    """Cut a garment out without a halo: past its sure inside, the nearest sure colour is drawn on."""
    sure = _erode(mask, 3)
    if not sure.any():
        sure = mask
    _, labels = cv2.distanceTransformWithLabels(
        (~sure).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    nearest = np.zeros((labels.max() + 1, 3), np.uint8)
    nearest[labels[sure]] = picture[sure]
    alpha = cv2.GaussianBlur(mask.astype(np.float32), (3, 3), 0.7)
    return Foreground(nearest[labels], (alpha * 255).round().astype(np.uint8))


def paint_over(photo: Pixels, mask: NDArray[np.bool_], random: np.random.Generator) -> Pixels:
    """A photo without its garment: smooth colour from around it, and texture from elsewhere in it.

    Args:
        photo: ``[H, W, 3]``.
        mask: True where to paint, generously.
        random: where the texture is taken from.
    """
    height, width = mask.shape
    small = cv2.resize(photo, (64, 64), interpolation=cv2.INTER_AREA)
    hole = cv2.resize(mask.astype(np.uint8), (64, 64), interpolation=cv2.INTER_LINEAR) > 0
    filled = cv2.inpaint(small, hole.astype(np.uint8), 4, cv2.INPAINT_TELEA)
    base = cv2.resize(filled, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    texture = photo.astype(np.float32) - cv2.GaussianBlur(photo, (0, 0), width / 64)
    missing, borrowed = mask.copy(), np.zeros_like(texture)
    for _ in range(24):
        shift = random.integers(-width // 2, width // 2, 2)
        there = missing & ~np.roll(mask, shift, (0, 1))
        borrowed[there] = np.roll(texture, shift, (0, 1))[there]
        missing &= ~there
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 2)[..., None]
    soft = np.maximum(soft, mask[..., None])
    return _pixels(photo * (1 - soft) + (base + borrowed) * soft)


def strip_beside(photo: Pixels, mask: NDArray[np.bool_], size: int) -> Pixels | None:
    """The largest of four strips between garment and edge of the photo, enlarged to a square."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return None
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    strips = photo[:top], photo[bottom:], photo[:, :left], photo[:, right:]
    best = max(strips, key=lambda s: s.size)
    if min(best.shape[:2]) < 28:
        return None
    return np.asarray(cv2.resize(best, (size, size), interpolation=cv2.INTER_CUBIC), np.uint8)


def procedural_ground(kind: str, size: int, random: np.random.Generator) -> Pixels:
    """Cloth, wood, floor, wall or plain ground, RGB ``[size, size, 3]``."""
    hue, chroma = random.uniform(0, 180), random.uniform(0, 90) ** 1.0
    tone = cv2.cvtColor(
        np.uint8([[[hue, chroma, random.uniform(40, 250)]]]), cv2.COLOR_HSV2RGB
    ).astype(np.float32)[0, 0]
    if kind == "wood":
        tone = np.float32((150, 105, 65)) * random.uniform(0.5, 1.6)
    ground = np.broadcast_to(tone, (size, size, 3)).copy()
    if kind == "plain":
        return _pixels(ground)
    if kind == "cloth":
        ground *= 1 + _noise(size, int(random.integers(2, 7)), random)[..., None] * 0.16
        ground += _noise(size, size // 2, random)[..., None] * random.uniform(2, 9)
        if random.random() < 0.4:
            ground = _check(ground, random)
    elif kind == "wood":
        ground *= _planks(size, random)[..., None]
    elif kind == "floor":
        ground = _tiles(ground, random)
        ground += _noise(size, size // 3, random)[..., None] * random.uniform(1, 8)
    else:
        ground += _noise(size, size // 2, random)[..., None] * random.uniform(1, 6)
        edge = int(random.uniform(0.6, 1.1) * size)
        ground[edge:] *= random.uniform(0.5, 1.2)
    turns = int(random.integers(4)) if kind in {"wood", "cloth"} else 0
    return np.rot90(_pixels(ground), turns).copy()


def _pixels(values: Floats) -> Pixels:
    return np.asarray(values.clip(0, 255).round(), np.uint8)


def _noise(size: int, cells: int, random: np.random.Generator) -> Floats:
    """Smooth noise of unit spread, about ``cells`` bumps across."""
    coarse = random.standard_normal((max(2, cells), max(2, cells))).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)


def _check(ground: Floats, random: np.random.Generator) -> Floats:
    """Stripes or checks woven into cloth."""
    size = len(ground)
    period = random.uniform(8, 60)
    wave = (np.arange(size) / period % 1 < random.uniform(0.15, 0.6)).astype(np.float32)
    both = wave[:, None] + (wave[None] if random.random() < 0.5 else 0)
    other = random.uniform(0, 255, 3).astype(np.float32)
    share = both[..., None].clip(0, 1.5) / 1.5 * random.uniform(0.2, 0.9)
    return ground * (1 - share) + other * share


def _planks(size: int, random: np.random.Generator) -> Floats:
    width = int(random.uniform(12, 70))
    shades = random.uniform(0.8, 1.2, size // width + 2).repeat(width)[:size]
    grain = cv2.resize(
        random.standard_normal((size, max(2, size // 24))).astype(np.float32), (size, size)
    )
    planks = shades[:, None] * (1 + grain * random.uniform(0.02, 0.1))
    planks[::width] *= random.uniform(0.4, 0.9)
    return np.asarray(planks, np.float32)


def _tiles(ground: Floats, random: np.random.Generator) -> Floats:
    size, period = len(ground), int(random.uniform(24, 110))
    joint = np.arange(size) % period < random.integers(1, 4)
    ground[joint[:, None] | joint[None]] *= random.uniform(0.4, 1.4)
    return ground


def vary_ground(ground: Pixels, size: int, random: np.random.Generator) -> Pixels:
    """A flipped, turned and zoomed piece of a ground, ``[size, size, 3]``, in another light."""
    side = len(ground)
    part = int(side * random.uniform(0.5, 1))
    y, x = random.integers(0, side - part + 1, 2)
    piece = ground[y : y + part, x : x + part]
    piece = np.rot90(piece, int(random.integers(4)))[:, :: random.choice([-1, 1])]
    piece = cv2.resize(np.ascontiguousarray(piece), (size, size), interpolation=cv2.INTER_LINEAR)
    return tint(np.asarray(piece, np.uint8), random, 0.25)


def tint(picture: Pixels, random: np.random.Generator, strength: float) -> Pixels:
    """Another exposure, white balance, contrast and gamma; a table a channel, as pow is slow."""
    level = float(np.mean(cv2.mean(picture)[:3])) / 255
    x = np.linspace(0, 1, 256, dtype=np.float32) ** np.exp(random.normal(0, strength))
    x = level + (x - level) * np.exp(random.normal(0, strength / 2))
    gains = np.exp(random.normal(0, strength / 3, 3) + random.normal(0, strength / 2))
    return np.asarray(cv2.LUT(picture, _pixels(255 * x[:, None, None] * gains)), np.uint8)


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
        source[..., axis] += _noise(size, int(random.integers(3, 6)), random) * crumple * 0.5
    taken = [
        cv2.remap(layer, source[..., 0], source[..., 1], cv2.INTER_LINEAR, borderMode=mode)
        for layer, mode in (
            (foreground.pixels, cv2.BORDER_REPLICATE),
            (foreground.alpha, cv2.BORDER_CONSTANT),
        )
    ]
    return Foreground(np.asarray(taken[0], np.uint8), np.asarray(taken[1], np.uint8))


def with_second_cloth(
    foreground: Foreground, other: Foreground, random: np.random.Generator
) -> Foreground:
    """The garment with a collar, cuffs, a hem, a bodice or a skirt of another one's cloth.

    Without these a network learns that one garment has one colour, and leaves collars and cuffs behind.
    """
    rows, columns = (np.flatnonzero((foreground.alpha > 127).any(axis)) for axis in (1, 0))
    top, height = rows[0], rows[-1] + 1 - rows[0]
    left, width = columns[0], columns[-1] + 1 - columns[0]
    part = np.zeros(foreground.alpha.shape, np.bool_)
    kind = random.choice(["collar", "cuffs", "hem", "halves"])
    if kind == "collar":
        centre = int(left + width / 2), int(top)
        axes = int(width * random.uniform(0.1, 0.3)), int(height * random.uniform(0.04, 0.14))
        part = cv2.ellipse(part.astype(np.uint8), centre, axes, 0, 0, 360, 1, -1) > 0
    elif kind == "cuffs":
        cuff = int(width * random.uniform(0.05, 0.2))
        part[:, : left + cuff] = part[:, left + width - cuff :] = True
    elif kind == "hem":
        part[int(top + height * random.uniform(0.75, 0.95)) :] = True
    else:
        part[int(top + height * random.uniform(0.25, 0.6)) :] = True
    cloth = tint(other.pixels, random, 0.3)
    pixels = np.where(part[..., None], cloth, foreground.pixels)
    return Foreground(pixels, foreground.alpha)


def reclothed(
    picture: Pixels, mask: Pixels, cloth: Foreground, random: np.random.Generator
) -> Pixels:
    """A worn dress in another garment's cloth, under the folds and the light of the photo.

    A few street photos show few dresses; shapes and poses stay, what they are made of changes.

    Args:
        picture: RGB ``[H, W, 3]``.
        mask: uint8 ``[H, W]``, 255 the dress.
        cloth: where the cloth comes from; its colours are drawn on past its edge.
        random: the choices.

    Returns:
        RGB ``[H, W, 3]``.
    """
    inside = mask > 127
    if not inside.any():
        return picture
    alpha = cv2.GaussianBlur(inside.astype(np.float32), (3, 3), 0.7)
    light = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) + 12
    # Folds and shadows are broad; the print of the dress that was is fine.
    light = cv2.GaussianBlur(light * alpha, (0, 0), 1.5) / np.maximum(
        cv2.GaussianBlur(alpha, (0, 0), 1.5), 1e-3
    )
    shade = (light / np.median(light[inside])).clip(0.35, 1.8) ** np.float32(random.uniform(0.5, 1))
    height, width = inside.shape
    piece = cloth.pixels[:, :: random.choice([-1, 1])]
    grown = cv2.resize(np.ascontiguousarray(piece), (width, height), interpolation=cv2.INTER_LINEAR)
    worn = tint(np.asarray(grown, np.uint8), random, 0.2).astype(np.float32) * shade[..., None]
    return _pixels(_blend(picture.astype(np.float32), worn, alpha))


def composite(
    foreground: Foreground,
    ground: Pixels,
    random: np.random.Generator,
    distractor: Foreground | None = None,
) -> tuple[Pixels, Pixels]:
    """A garment on a ground as a phone would see it.

    Args:
        foreground: already warped to the canvas.
        ground: RGB ``[S, S, 3]``.
        random: the choices.
        distractor: another garment, of which a part shows at the side; it is ground.

    Returns:
        RGB uint8 ``[S, S, 3]`` and alpha uint8 ``[S, S]`` of what is left of the garment in sight.
    """
    size = len(ground)
    picture = tint(ground, random, 0.15).astype(np.float32)
    if distractor is not None:
        side = int(random.choice([-1, 1]) * size * random.uniform(0.5, 0.75))
        layer = np.roll(distractor.alpha, side, 1).astype(np.float32) / 255
        layer[:, : max(0, side)] = 0 if side < 0 else layer[:, : max(0, side)]
        beyond = slice(0, side) if side > 0 else slice(size + side, size)
        layer[:, beyond] = 0
        colours = np.roll(distractor.pixels, side, 1)
        picture = _blend(picture, tint(colours, random, 0.2).astype(np.float32), layer)
    alpha = foreground.alpha.astype(np.float32) / 255
    picture = _shade(picture, alpha, random)
    if random.random() < 0.35:
        picture = _hanger(picture, alpha, random)
    cloth = tint(foreground.pixels, random, 0.18).astype(np.float32)
    cloth *= 1 + _noise(size, int(random.integers(3, 12)), random)[..., None] * random.uniform(
        0, 0.1
    )
    picture = _blend(picture, cloth, alpha)
    if random.random() < 0.15:
        picture, alpha = _hand(picture, alpha, random)
    picture *= _lamp(size, random)[..., None]
    return camera(_pixels(picture), random), (alpha * 255).round().astype(np.uint8)


def _blend(under: Floats, over: Floats, alpha: Floats) -> Floats:
    return np.asarray(under + (over - under) * alpha[..., None], np.float32)


def _shade(picture: Floats, alpha: Floats, random: np.random.Generator) -> Floats:
    """The garment's shadow: soft and to one side, and dark and near where it touches the ground."""
    size = len(alpha)
    shift = random.normal(0, 0.02, 2) * size
    matrix = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
    moved = cv2.warpAffine(alpha, matrix, (size, size))
    wide = cv2.GaussianBlur(moved, (0, 0), random.uniform(0.005, 0.05) * size)
    near = cv2.GaussianBlur(alpha, (0, 0), random.uniform(0.003, 0.01) * size)
    strength = random.uniform(0, 0.55), random.uniform(0, 0.35)
    return picture * (1 - np.maximum(wide * strength[0], near * strength[1]))[..., None]


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
    layer = cv2.GaussianBlur(layer, (3, 3), 0.7)
    skin = np.array((224, 172, 140)) * random.uniform(0.35, 1.1)
    cloth = np.broadcast_to(skin.astype(np.float32), picture.shape)
    shaded = cloth * (1 + _noise(size, 12, random)[..., None] * 0.08)
    return _blend(picture, shaded.astype(np.float32), layer), alpha * (1 - layer)


def _lamp(size: int, random: np.random.Generator) -> Floats:
    """Light that falls off across the picture."""
    ramp = np.linspace(-1, 1, size, dtype=np.float32)
    slope = random.normal(0, 0.12, 2)
    vignette = random.uniform(0, 0.15) * (ramp[:, None] ** 2 + ramp[None] ** 2)
    return np.asarray(1 + slope[0] * ramp[:, None] + slope[1] * ramp[None] - vignette, np.float32)


def camera(picture: Pixels, random: np.random.Generator) -> Pixels:
    """Blur, noise and JPEG."""
    if random.random() < 0.35:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), random.uniform(0.4, 1.1)), np.uint8)
    if random.random() < 0.4:
        y, x = random.integers(0, len(_GRAIN) - len(picture), 2)
        grain = _GRAIN[y : y + len(picture), x : x + len(picture)]
        picture = _pixels(picture + grain * np.float32(random.uniform(1, 7)))
    if random.random() < 0.5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(35, 92))]
        picture = np.asarray(cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], 1), np.uint8)
    return picture


@dataclass(frozen=True)
class Grounds:
    """Photo grounds uint8 ``[N, S, S, 3]`` to draw from; some draws are procedural instead."""

    photos: Pixels
    procedural: float = 0.25

    def draw(self, size: int, random: np.random.Generator) -> Pixels:
        """One ground, varied, ``[size, size, 3]``."""
        if random.random() < self.procedural:
            kind = PROCEDURAL[int(random.integers(len(PROCEDURAL)))]
            return procedural_ground(kind, size, random)
        return vary_ground(self.photos[int(random.integers(len(self.photos)))], size, random)


def draw_composite(
    foregrounds: Sequence[Foreground],
    index: int,
    grounds: Grounds,
    size: int,
    random: np.random.Generator,
    second_cloth: float = 0.0,
) -> tuple[Pixels, Pixels]:
    """The garment ``index`` on some ground: RGB ``[size, size, 3]`` and alpha ``[size, size]``.

    ``second_cloth`` is how often a part of it is of another cloth.
    """
    distractor = None
    if random.random() < 0.12:
        other = foregrounds[int(random.integers(len(foregrounds)))]
        distractor = warped(other, size, random, spread=0.3)
    garment = foregrounds[index]
    if second_cloth and random.random() < second_cloth:
        other = foregrounds[int(random.integers(len(foregrounds)))]
        garment = with_second_cloth(garment, other, random)
    return composite(warped(garment, size, random), grounds.draw(size, random), random, distractor)
