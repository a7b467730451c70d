"""Ways along which a form is edited: named sliders, found from what dresses show.

Of training forms the measures are known: of the silhouette, and by their labels how long sleeves and skirt
are. A linear regression tells each measure from the code. The way of a measure is then the shortest one, as
codes are spread, along which it grows and the others stay (as in Shen et al., "Interpreting the latent space
of GANs for semantic face editing", CVPR 2020, made independent of one another at once).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F

from fashion_core.taxonomy import WISHES
from training.evaluation.sliders import OF_SILHOUETTE, silhouette_values
from training.tasks.form_flow import FORM_CLASSES

if TYPE_CHECKING:
    from training.tasks.form_flow import FormFlowModule

#: Named ways. Of the first two the measure is a label's rank, of the others the silhouette's.
DIRECTIONS = ("sleeve_length", "length", "flare", "waist", "neckline_depth")
#: Classes from short to long.
RANKS = {
    "sleeve_length": ("sleeveless", "short", "half", "long"),
    "length": ("short", "normal", "knee", "3-4", "long"),
}
#: Weight of the ridge, as a share of the codes' variance.
RIDGE = 0.01


def directions_of(module: FormFlowModule) -> tuple[tuple[str, ...], torch.Tensor]:
    """Names, and ways ``[len(names), D]``: one step moves the measure by its standard deviation.

    They leave the code of details alone: what is drawn where follows from the form.
    """
    half, code = len(module.means) // 2, module.sizes["code"]
    found = torch.from_numpy(ways(module.means[:half, :code].numpy(), measured(module)))
    return DIRECTIONS, F.pad(found, (0, module.sizes["detail"]))


def measured(module: FormFlowModule) -> np.ndarray:
    """Measures ``[N, 5]`` of training forms, NaN where one is not known."""
    half = len(module.means) // 2
    shown = module.shown[:half].numpy()
    columns = []
    for key, order in RANKS.items():
        classes = WISHES[key].classes
        rank = np.array([float(order.index(c)) for c in classes])
        label = shown[:, list(FORM_CLASSES).index(key)]
        columns.append(np.where(label >= 0, rank[label], np.nan))
    measures = silhouette_values(module.outlines)
    return np.stack([*columns, *(measures[name] for name in OF_SILHOUETTE)], 1)


def ways(codes: np.ndarray, measures: np.ndarray) -> np.ndarray:
    """Ways ``[M, D]`` for codes ``[N, D]`` and measures ``[N, M]`` (NaN: not known), float32.

    >>> rng = np.random.default_rng(1)
    >>> codes = rng.normal(size=(4000, 3))
    >>> ways(codes, codes[:, :2] * 5).round(1).tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    middle = codes.mean(0)
    spread = np.cov(codes - middle, rowvar=False)
    ridge = RIDGE * np.trace(spread) / len(spread) * np.eye(len(spread))
    slopes = []
    for column in measures.T:
        known = np.isfinite(column)
        x = codes[known] - codes[known].mean(0)
        y = column[known]
        y = (y - y.mean()) / y.std()
        slopes.append(np.linalg.solve(x.T @ x / len(x) + ridge, x.T @ y / len(x)))
    slope = np.stack(slopes)
    found = spread @ slope.T @ np.linalg.inv(slope @ spread @ slope.T)
    return np.ascontiguousarray(found.T, np.float32)
