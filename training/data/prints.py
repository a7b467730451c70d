"""Patches of the prints of training dresses, with their colours taken out, for the generator of cloth.

What is learnt is where a print has which of its few colours, not the colours: so what is drawn takes any
palette. Each dress is flattened (large light and shade taken off), grouped into at most four colours, and the
share of each pixel that each colour covers is kept.
"""

from __future__ import annotations

import hashlib
from itertools import combinations
from typing import TYPE_CHECKING

import cv2
import numpy as np
from skimage.color import deltaE_ciede2000
from tqdm import tqdm

from fashion_core.cloth.inks import greenest_third
from fashion_core.colour.clusters import k_means
from fashion_core.compose import form_of_photo
from fashion_core.taxonomy import PATTERN
from training.data.cache import save_arrays
from training.data.masks import sane_masks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from training.data.shop import Packed

#: Pixels a side of a patch, colours of a print at most, and patches of one dress at most.
SIDE, COLOURS, MOST = 64, 4, 4
#: The edge of a garment has hems, shadows and background in it.
_RIM = 13
#: Colours are grouped in a picture so many times larger, whose pixels then give shares.
_LARGER = 3
#: Groups closer than this (CIEDE2000) are one colour of the print.
_ALIKE = 9.0
#: A colour this near (CIELAB) to the line between two others may be nothing but their blurred border.
_BETWEEN = 14.0
#: Specks are taken out by a Gaussian of this standard deviation, in pixels of the larger picture.
_SPECK = 1.3
#: What a patch has to show: the share of its ground; how far shares of colours differ from one half to the
#: other at most (a print that is placed once, a seam); the share of pixels with a border of colours (a plain
#: cloth has fewer, a print that is too fine for the pixels more).
_GROUND, _MOST_UNEVEN, _BORDERS = (0.3, 0.92), 0.15, (0.05, 0.4)


def prints(
    packed: Packed, patterns: np.ndarray, names: Sequence[str], cache: Path
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Patches of training dresses whose border mask can be believed; kept in ``cache``, as they take minutes.

    Args:
        packed: pictures at 256 px.
        patterns: of each training row, an index of the taxonomy's patterns or -1.
        names: of the patterns that are wanted.
        cache: folder.

    Returns:
        Shares uint8 ``[N, COLOURS, SIDE, SIDE]``; of which of ``names`` each is, int64 ``[N]``; and from which
        training row, int64 ``[N]``.
    """
    digest = hashlib.sha256(patterns.tobytes() + repr(tuple(names)).encode()).hexdigest()
    path = cache / f"prints-{packed.fingerprint[:8]}-{digest[:8]}.npz"
    if not path.exists():
        rows = packed.select("train")
        masks = sane_masks(packed, "train", cache)
        found, kinds, dresses = [np.zeros((0, COLOURS, SIDE, SIDE), np.uint8)], [], []
        for kind, name in enumerate(names):
            chosen = np.flatnonzero(patterns == PATTERN.classes.index(name))
            for k in tqdm(chosen, desc=name, unit="dress"):
                mask = np.unpackbits(masks[k], axis=-1).astype(np.bool_)
                if mask.any():
                    found.append(patches_of(np.asarray(packed.images[rows[k]]), mask, int(k)))
                    kinds += [kind] * len(found[-1])
                    dresses += [k] * len(found[-1])
        save_arrays(
            path,
            patches=np.concatenate(found),
            kinds=np.array(kinds, np.int64),
            rows=np.array(dresses, np.int64),
        )
    with np.load(path) as content:
        return content["patches"], content["kinds"], content["rows"]


def patches_of(picture: NDArray[np.uint8], mask: NDArray[np.bool_], seed: int) -> np.ndarray:
    """Shares of the colours of a print, uint8 ``[n, COLOURS, SIDE, SIDE]`` that sum to about 255; n may be 0.

    Args:
        picture: of a dress, RGB ``[H, W, 3]``.
        mask: True on the garment.
        seed: of where patches are taken.
    """
    inside = cv2.erode(mask.astype(np.uint8), np.ones((_RIM, _RIM), np.uint8))
    whole = cv2.boxFilter(
        inside.astype(np.float32), -1, (SIDE, SIDE), anchor=(0, 0), normalize=False
    )
    whole = whole[: -SIDE + 1, : -SIDE + 1]
    places = np.argwhere(whole > SIDE * SIDE - 0.5)
    if not len(places):
        return np.zeros((0, COLOURS, SIDE, SIDE), np.uint8)
    shares = shares_of(picture, mask, inside > 0)
    chosen: list[np.ndarray] = []
    taken: list[np.ndarray] = []
    for place in np.random.default_rng(seed).permutation(places)[:60]:
        if any(np.abs(place - other).max() < SIDE // 3 for other in taken):
            continue
        row, column = place
        patch = shares[:, row : row + SIDE, column : column + SIDE]
        if is_print(patch):
            chosen.append(patch)
            taken.append(place)
        if len(chosen) == MOST:
            break
    patches = np.reshape(chosen, (-1, COLOURS, SIDE, SIDE))
    return np.asarray(np.rint(patches * 255), np.uint8)


def shares_of(
    picture: NDArray[np.uint8], mask: NDArray[np.bool_], inside: NDArray[np.bool_]
) -> np.ndarray:
    """What share of each pixel each colour of the print covers, float32 ``[COLOURS, H, W]``.

    The ground is first, then the colours by how much they stand out; the greenest has the place of leaves.
    """
    size = picture.shape[1] * _LARGER, picture.shape[0] * _LARGER
    lab = np.asarray(cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
    lab[..., 0] -= form_of_photo(picture, mask, patterned=True).shade
    large = cv2.resize(lab, size, interpolation=cv2.INTER_CUBIC)
    centres = _colours(lab[inside])
    apart = np.stack([np.square((large - centre) * [0.7, 1, 1]).sum(2) for centre in centres])
    labels = _without_blur(apart, centres)
    masks = [(labels == k).astype(np.float32) for k in range(len(centres))]
    small = [cv2.resize(m, picture.shape[1::-1], interpolation=cv2.INTER_AREA) for m in masks]
    empty = np.zeros(picture.shape[:2], np.float32)
    shares: np.ndarray = np.stack([*small, *[empty] * (COLOURS - len(small))])
    return shares


def _colours(lab: np.ndarray) -> list[np.ndarray]:
    """The colours of a print from its pixels ``[N, 3]``: one to four in CIELAB, the ground first."""
    labels, _ = k_means(lab * [0.7, 1, 1], COLOURS + 1)
    groups = [lab[labels == k] for k in range(int(labels.max()) + 1)]
    centres = [np.median(g, axis=0) for g in groups if len(g)]
    shares = [len(g) / len(lab) for g in groups if len(g)]
    while len(centres) > 1:
        pairs = list(combinations(range(len(centres)), 2))
        near = [float(deltaE_ciede2000(centres[i], centres[j])) for i, j in pairs]
        closest = int(np.argmin(near))
        if near[closest] >= _ALIKE and len(centres) <= COLOURS:
            break
        i, j = pairs[closest]
        total = shares[i] + shares[j]
        centres[i] = (centres[i] * shares[i] + centres[j] * shares[j]) / total
        shares[i] = total
        del centres[j], shares[j]
    order = [int(np.argmax(shares))]
    while len(order) < len(centres):
        rest = [k for k in range(len(centres)) if k not in order]
        stands_out = [
            min(float(deltaE_ciede2000(centres[k], centres[j])) for j in order) * shares[k] ** 0.25
            for k in rest
        ]
        order.append(rest[int(np.argmax(stands_out))])
    ground, *others = [centres[k] for k in order]
    return [ground, *(greenest_third(others) if len(others) > 1 else others)]


def _without_blur(apart: np.ndarray, centres: list[np.ndarray]) -> np.ndarray:
    """The nearest colour of each pixel ``[H, W]``, of distances ``[K, H, W]``; blurred borders are none.

    Where two colours meet, the camera shows a mixture, which would be taken for a third one that lies between.
    """
    labels = np.asarray(apart.argmin(0))
    kernel = np.ones((2 * _LARGER + 1,) * 2, np.uint8)
    near = [cv2.dilate((labels == k).astype(np.uint8), kernel) > 0 for k in range(len(centres))]
    for middle in range(len(centres)):
        for a, b in combinations([k for k in range(len(centres)) if k != middle], 2):
            way = centres[b] - centres[a]
            along = float((centres[middle] - centres[a]) @ way / max(way @ way, 1e-6))
            off = float(np.linalg.norm(centres[a] + along * way - centres[middle]))
            if not 0 < along < 1 or off > _BETWEEN:
                continue
            border = (labels == middle) & near[a] & near[b]
            labels[border] = np.where(apart[a] < apart[b], a, b)[border]
    # Without the specks of single pixels.
    masks = [(labels == k).astype(np.float32) for k in range(len(centres))]
    return np.asarray(np.argmax([cv2.GaussianBlur(m, (0, 0), _SPECK) for m in masks], axis=0))


def is_print(patch: np.ndarray) -> bool:
    """Whether shares ``[COLOURS, SIDE, SIDE]`` show a print all over that the pixels resolve."""
    if not _GROUND[0] <= float(patch[0].mean()) <= _GROUND[1]:
        return False
    halves = patch.reshape(COLOURS, 2, SIDE // 2, 2, SIDE // 2).mean((2, 4))
    uneven = max(float(np.ptp(halves.mean(axis), axis=1).max()) for axis in (1, 2))
    borders = float((patch.max(0) < 0.9).mean())
    return uneven <= _MOST_UNEVEN and _BORDERS[0] <= borders <= _BORDERS[1]
