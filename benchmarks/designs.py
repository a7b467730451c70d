"""How long designs take: a sheet, one large picture, another cloth on the same form."""

from __future__ import annotations

import statistics
import time
from itertools import count
from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmarks.timing import median_ms
from fashion_core.cloth import FAMILIES, Cloth
from fashion_core.compose import Form, dress, over
from fashion_core.forms import CANVAS_HEIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fashion_core import Designer

#: Width and height of the designs of a sheet, of a large picture, and of forms that get another cloth.
SHEET, LARGE = (256, 384), (1024, 1536)
CHANGED = ((512, 768), (256, 384))
_PALETTE = ("#22304a", "#f4efe6", "#c8553d", "#6b8f71")


def design_lines(designer: Designer, rounds: int = 7) -> Iterator[str]:
    """Milliseconds for sixteen designs and for a large one; every round draws others than the last."""
    seeds = count(1)
    sheet = median_ms(
        lambda: designer.preview(designer.sample(16, seed=next(seeds)), size=SHEET), rounds
    )
    yield f"16 designs at {SHEET[0]} x {SHEET[1]}: {sheet:.0f} ms"
    large = median_ms(
        lambda: designer.render(designer.sample(1, seed=next(seeds))[0], size=LARGE), rounds
    )
    yield f"one design at {LARGE[0]} x {LARGE[1]}: {large:.0f} ms"


def cloth_lines(rounds: int = 7) -> Iterator[str]:
    """Milliseconds for another cloth on a fixed form, over white: middle of all families, and slowest."""
    for size in CHANGED:
        spent = cloth_changes(drawn_form(size), rounds)
        slowest = max(spent, key=lambda name: spent[name])
        middle = statistics.median(spent.values())
        yield (
            f"another cloth on a form of {size[0]} x {size[1]}: {middle:.0f} ms, the middle of "
            f"{len(spent)} families; slowest {slowest} {spent[slowest]:.0f}"
        )


def cloth_changes(form: Form, rounds: int = 7) -> dict[str, float]:
    """Median milliseconds of each family; each time its print is drawn from another seed."""
    over(dress(form, Cloth()), (255, 255, 255))
    spent = {}
    names = [(kind, family) for kind, families in FAMILIES.items() for family in families]
    for kind, family in names:
        taken = []
        for seed in range(rounds):
            cloth = Cloth(kind, family, _PALETTE, seed=seed)
            start = time.perf_counter()
            over(dress(form, cloth), (255, 255, 255))
            taken.append(time.perf_counter() - start)
        spent[f"{kind}/{family}"] = statistics.median(taken) * 1000
    return spent


def drawn_form(size: tuple[int, int]) -> Form:
    """A dress with folds, drawn at ``size`` (width, height); it covers what dresses cover of their canvas."""
    width, height = size
    half = np.array([(0.16, 0.05), (0.21, 0.2), (0.15, 0.38), (0.22, 0.52), (0.34, 0.95)])
    outline = np.concatenate([half, (half * (-1, 1))[::-1]]) * (width, height) + (width / 2, 0)
    alpha = np.zeros((height, width), np.float32)
    cv2.fillPoly(alpha, [np.rint(outline).astype(np.int32)], 1.0)
    x = np.linspace(0, 9 * np.pi, width, dtype=np.float32)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    soft = np.asarray(cv2.GaussianBlur(alpha, (0, 0), 0.6), np.float32)
    return Form(soft, 14 * y * np.sin(x), CANVAS_HEIGHT / height)
