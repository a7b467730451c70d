"""Labels for shop photos that nobody looked at: what the shipped classifiers read, beside the shop's word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fashion_core.fusion import pooled
from fashion_core.taxonomy import ATTRIBUTES
from training.data.conditions import believed, readings
from training.data.shipped import auxiliary_probabilities, joint_temperature

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from training.data.shop import Packed


def relabelled(
    packed: Packed, clean: Mapping[str, Mapping[str, str]], root: Path, packs: Path, runs: Path
) -> dict[str, np.ndarray]:
    """Attribute -> class ``[N]`` of every training row, -1 where neither is to be believed.

    Clean labels stand. Else a shop's tag stands where the classifiers (the transfer model's heads, and the
    auxiliary backbone where there is one) find it likely, and what they are sure of takes its place.

    Args:
        packed: pictures at 256 px.
        clean: image -> clean labels.
        root: of the shipped classifiers.
        packs: what the heads read is kept here,
        runs: and features of the auxiliary backbone here.
    """
    chosen = packed.select("train")
    rows = [packed.rows[i] for i in chosen]
    read = readings(packed, root, packs, "train")
    for key, second in auxiliary_probabilities(root, packed.images[chosen], runs).items():
        first = read[key].astype(np.float32)
        read[key] = pooled(first, second, joint_temperature(key, root))
    return {k: believed(rows, clean, attribute, read[k]) for k, attribute in ATTRIBUTES.items()}
