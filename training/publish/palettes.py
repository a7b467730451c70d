"""Measure how dresses are coloured, and write the typical palettes that designs are drawn in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from skimage.color import deltaE_ciede2000
from sklearn.cluster import KMeans
from tqdm import tqdm

from fashion_core.cloth.palettes import FILE
from fashion_core.colour import garment_lab
from fashion_core.colour.clusters import k_means
from fashion_core.colour.colours import to_hex, to_rgb
from fashion_core.colour.family import garment_family
from fashion_core.taxonomy import PATTERN, PLAIN
from training.data.conditions import believed
from training.data.masks import sane_masks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from training.data.shop import Packed

#: Dresses of each pattern that are measured at most, and of how many one typical palette is to stand.
MOST, STANDS_FOR = 500, 6
#: A plain dress is one colour; what else is found in it is light and shade.
COLOURS = {PLAIN: 1}
#: Palettes that are kept of one family of one pattern, at most.
MOST_KEPT = 14
#: Colours that a palette is described by, to tell which are alike.
_DESCRIBED = 3
#: Clusters of a dress's pixels, the least share of one that counts, and by how much (CIEDE2000 times the
#: fourth root of its share) a colour has to stand out from those before it.
_CLUSTERS, _LEAST_SHARE, _STANDS_OUT = 9, 0.012, 5.0


@dataclass(frozen=True)
class Printed:
    """What a dress was printed in.

    Attributes:
        lab: CIELAB ``[K, 3]``, the ground first.
        shares: of its surface.
        family: the garment's colour family.
    """

    lab: np.ndarray
    shares: tuple[float, ...]
    family: str


def write_palettes(
    packed: Packed, clean: Mapping[str, Mapping[str, str]], cache: Path, path: Path = FILE
) -> dict[str, int]:
    """Measure the training dresses and write ``path``.

    Args:
        packed: pictures at 256 px.
        clean: image -> clean labels; other dresses count by the shop's tag.
        cache: where border masks are kept.
        path: of the file.

    Returns:
        Pattern -> palettes that were kept.
    """
    rows = packed.select("train")
    patterns = believed([packed.rows[i] for i in rows], clean, PATTERN, None)
    masks = sane_masks(packed, "train", cache)
    content = {}
    for number, pattern in enumerate(PATTERN.classes):
        chosen = [k for k in np.flatnonzero(patterns == number) if masks[k].any()]
        if len(chosen) > MOST:
            chosen = np.random.default_rng(1).choice(chosen, MOST, replace=False).tolist()
        measured = []
        for k in tqdm(chosen, desc=pattern, unit="dress"):
            mask = np.unpackbits(masks[k], axis=-1).astype(bool)
            measured.append(
                printed(np.asarray(packed.images[rows[k]]), mask, COLOURS.get(pattern, 6))
            )
        content[pattern] = typical_palettes(measured)
    path.write_text(json.dumps(content, indent=0) + "\n", encoding="utf-8")
    return {pattern: len(kept) for pattern, kept in content.items()}


def printed(pixels: np.ndarray, mask: np.ndarray, most: int) -> Printed:
    """The colours that a dress was printed in: its ground, then what stands out most from those before.

    The middle of a cluster of pixels is paler than the ink, as motifs are small and their edges blend. So of
    each cluster its most coloured third counts.
    """
    lab, background = garment_lab(pixels, mask)
    family = garment_family(lab, background)
    if most == 1:
        # Cloth as it looks in the light: a white dress is mostly photographed in grey.
        lit = lab[lab[:, 0] >= np.percentile(lab[:, 0], 70)]
        return Printed(np.median(lit, axis=0)[None], (1.0,), family)
    labels, _ = k_means(lab * [0.7, 1, 1], min(_CLUSTERS, len(lab)))
    inks, shares = [], []
    for cluster in range(int(labels.max()) + 1):
        members = lab[labels == cluster]
        if len(members) < _LEAST_SHARE * len(lab):
            continue
        chroma = np.hypot(members[:, 1], members[:, 2])
        inks.append(np.median(members[chroma >= np.percentile(chroma, 66)], axis=0))
        shares.append(len(members) / len(lab))
    order = [int(np.argmax(shares))]
    while len(order) < min(most, len(inks)):
        apart = [
            min(float(deltaE_ciede2000(ink, inks[j])) for j in order) * share**0.25
            for ink, share in zip(inks, shares, strict=True)
        ]
        best = int(np.argmax(apart))
        if apart[best] < _STANDS_OUT:
            break
        order.append(best)
    chosen = np.stack([inks[j] for j in order])
    return Printed(chosen, tuple(float(shares[j]) for j in order), family)


def typical_palettes(palettes: Sequence[Printed]) -> list[dict[str, object]]:
    """A lively palette for each group of similar ones of a family, and the share of all that the group has."""
    kept: list[dict[str, object]] = []
    for family in sorted({p.family for p in palettes}):
        own = [p for p in palettes if p.family == family]
        count = min(MOST_KEPT, max(1, round(len(own) / STANDS_FOR)))
        described = np.stack([_description(p) for p in own])
        clusters = KMeans(count, n_init=4, random_state=1).fit(described)
        for cluster, centre in enumerate(clusters.cluster_centers_):
            members = np.flatnonzero(clusters.labels_ == cluster)
            if not len(members):
                continue
            apart = np.square(described[members] - centre).sum(1)
            # The middle of many colours is grey: of the nearer half the most colourful one stands for all.
            near = members[apart.argsort()[: max(1, len(members) // 2)]]
            liveliest = max((own[k] for k in near), key=_colourfulness)
            share = round(len(members) / len(palettes), 4)
            kept.append({"family": family, "share": share, "colours": _hexes(liveliest.lab)})
    return kept


def _colourfulness(palette: Printed) -> float:
    """How far its colours lie apart in hue and chroma (CIELAB a, b)."""
    return float(np.hypot(*(palette.lab[:, 1:].max(0) - palette.lab[:, 1:].min(0))))


def _hexes(lab: np.ndarray) -> list[str]:
    return [to_hex((red, green, blue)) for red, green, blue in to_rgb(lab).tolist()]


def _description(palette: Printed) -> np.ndarray:
    """CIELAB of the first colours, each as often as it weighs; one that is missing is the one before it."""
    places = [min(k, len(palette.lab) - 1) for k in range(_DESCRIBED)]
    weights = np.sqrt([max(palette.shares[k], 0.05) for k in places])
    return np.asarray((palette.lab[places] * weights[:, None]).ravel())
