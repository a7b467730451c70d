"""Labels for shop photos that nobody looked at: what the shipped classifiers read, beside the shop's word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fashion_core.reader import GarmentReader
from fashion_core.taxonomy import ATTRIBUTES, DETAIL
from training.data.conditions import believed, readings, transfer_heads
from training.data.features import features_for

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np

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

    Raises:
        CheckpointError: there are no classifiers, or they do not go together.
    """
    chosen = packed.select("train")
    rows = [packed.rows[i] for i in chosen]
    reader = GarmentReader.load(root, "cpu", "fast")
    read = readings(packed, reader, packs, "train")
    answers = {head: read[key] for key, head in transfer_heads(reader).items()}
    detail = features_for(reader.manifest, root, packed.images[chosen], runs, [DETAIL])
    both = reader.combined(answers | reader.head_answers(detail))
    return {k: believed(rows, clean, attribute, both.get(k)) for k, attribute in ATTRIBUTES.items()}
