"""What a slider moves: its own measure, and as little else as can be.

A slider has the name of its measure. A design is moved where a measure changes by more than one standard
deviation of the unedited designs: its own measure upwards, any other either way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fashion_core.silhouette import measure
from fashion_core.taxonomy import LENGTH, SLEEVE_LENGTH, WISHES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from training.evaluation.drawing import Designs, Silhouettes
    from training.evaluation.reading_back import Reader

    Measuring = Callable[[Designs], Mapping[str, np.ndarray]]

#: How far sliders are moved, in standard deviations.
SIGMA = 2.0
#: Classes from the shortest to the longest.
ORDERS = {
    SLEEVE_LENGTH.key: ("sleeveless", "short", "half", "long"),
    LENGTH.key: ("short", "knee", "3-4", "long"),
}
#: Measures of a silhouette that are read off it; how long sleeves and dress are, the reader sees better.
OF_SILHOUETTE = ("flare", "waist", "neckline_depth")


def slider_shares(
    moved: Callable[[str, float], Designs],
    sliders: tuple[str, ...],
    measuring: Measuring,
    sigma: float = SIGMA,
) -> dict[str, dict[str, float]]:
    """For each slider the share of designs whose measures it moves, by the measure's name.

    Args:
        moved: slider and standard deviations to the designs; the same ones each time, unedited at 0.
        sliders: names.
        measuring: designs to the values ``[N]`` of each measure.
        sigma: how far.
    """
    before = measuring(moved(sliders[0], 0.0)) if sliders else {}
    shares = {}
    for slider in sliders:
        after = measuring(moved(slider, sigma))
        shares[slider] = {
            name: _share_moved(before[name], after[name], upwards=name == slider) for name in before
        }
    return shares


def slider_lines(shares: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """A table of :func:`slider_shares`: a line a slider, its own measure in brackets."""
    measures = tuple(next(iter(shares.values()), {}))
    yield f"{'slider':16}" + "".join(f"{name:>16}" for name in measures) + f"{'most of others':>16}"
    for slider, row in shares.items():
        cells = [f"[{row[m]:.2f}]" if m == slider else f"{row[m]:.2f} " for m in measures]
        others = max((row[m] for m in measures if m != slider), default=0.0)
        yield f"{slider:16}" + "".join(f"{cell:>16}" for cell in cells) + f"{others:>15.2f} "


def silhouette_values(silhouettes: Silhouettes) -> dict[str, np.ndarray]:
    """Flare, waist and depth of the neckline of silhouettes ``[N, H, W]``, none of them empty."""
    measured = [measure(mask) for mask in silhouettes]
    return {name: np.array([getattr(m, name) for m in measured]) for name in OF_SILHOUETTE}


def measuring_with(reader: Reader) -> Measuring:
    """Sleeves and length as ``reader`` expects them, as places in :data:`ORDERS`; the rest from silhouettes."""

    def values(designs: Designs) -> dict[str, np.ndarray]:
        features = reader.features(designs.pictures)
        read = {key: expected_place(reader, key, features) for key in ORDERS}
        return read | silhouette_values(designs.silhouettes)

    return values


def expected_place(reader: Reader, key: str, features: np.ndarray) -> np.ndarray:
    """How far up its order an attribute is expected to be, ``[N]``: 0 is all its lowest class."""
    classes = WISHES[key].classes
    places = [classes.index(name) for name in ORDERS[key]]
    likely = reader.probabilities(key, features)[:, places]
    return np.asarray(likely @ np.arange(len(places)) / np.maximum(likely.sum(1), 1e-9))


def _share_moved(before: np.ndarray, after: np.ndarray, *, upwards: bool) -> float:
    change = after - before
    moved = change > before.std() if upwards else np.abs(change) > before.std()
    return float(moved.mean())
