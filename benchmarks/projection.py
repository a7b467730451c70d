"""What the nearest design of a photo keeps of its garment: read by the Analyser, and by its silhouette."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np

from fashion_core import Analyser, Designer
from fashion_core.cutout.masks import iou
from fashion_core.errors import ImageError
from fashion_core.project import Projector, framed_maps
from training.data.shop import prepare
from training.evaluation.metrics import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fashion_core.form_designer import FormDesigner
    from fashion_core.report import GarmentReport

#: What a design is to keep, in how many of all photos, and how far silhouettes are to overlap in the median.
KEPT = {"colour": 0.9, "sleeve_length": 0.75, "length": 0.75, "pattern": 0.75}
OVERLAP, SECONDS = 0.85, 2.0


def projection(data: Path, packs: Path, root: Path, count: int) -> Iterator[str]:
    """Lines of figures of dresses of validation styles, drawn at random.

    Args:
        data: the dresses.
        packs: packed data.
        root: checkpoints.
        count: photos; those in which no garment is found are told and left out.
    """
    packed = prepare(data, packs, 256)
    rows = np.random.default_rng(1).permutation(packed.select("validation"))[:count]
    analyser, designer = Analyser.load(root), cast("FormDesigner", Designer.load(root))
    projector = Projector.load(designer, root)
    kept: dict[str, list[bool]] = {key: [] for key in KEPT}
    overlaps, seconds, lost = [], [], 0
    for row in rows:
        photo = analyser.open(packed.images[row])
        try:
            report = photo.report()
            start = time.perf_counter()
            recipe, _ = projector.project(photo, report=report)
        except ImageError:
            lost += 1
            continue
        seconds.append(time.perf_counter() - start)
        drawn = analyser.open(designer.render(recipe)).report()
        for key, before in _read(report).items():
            kept[key].append(_read(drawn)[key] == before)
        overlaps.append(_overlap(framed_maps(photo)[0] > 0, designer.form(recipe).alpha))
    yield f"nearest designs of {len(overlaps)} dresses of validation styles; {lost} more without a garment"
    for key, target in KEPT.items():
        hits, n = sum(kept[key]), len(kept[key])
        low, high = wilson_interval(hits, n)
        yield f"{key:14} kept in {hits} of {n}: {hits / n:.3f} ({low:.3f} to {high:.3f}); target {target:g}"
    low, median = np.percentile(overlaps, (5, 50))
    yield f"silhouettes' IoU median {median:.3f}, 5th percentile {low:.3f}; target {OVERLAP:g}"
    middle, slow = np.percentile(seconds, (50, 95))
    yield f"seconds a photo that is read: median {middle:.2f}, 95th percentile {slow:.2f}; target {SECONDS:g}"


def _read(report: GarmentReport) -> dict[str, Any]:
    """What the Analyser calls a garment."""
    words = {key: report.attributes[key].label for key in KEPT if key in report.attributes}
    return {"colour": report.palette.colours[0].family, **words}


def _overlap(wanted: np.ndarray, alpha: np.ndarray) -> float:
    height, width = wanted.shape
    drawn = cv2.resize(alpha, (width, height), interpolation=cv2.INTER_AREA) > 0.5
    return iou(wanted, drawn)
