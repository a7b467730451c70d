"""Curves, confusion matrices and model cards: what every checkpoint shows of itself."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
import matplotlib.pyplot as plt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.typing import RcKeyType

INK, ACCENT, GROUND = "#1B1A18", "#A5182F", "#F8F7F4"
#: Of losses, in the order of their names.
COLOURS = (INK, ACCENT, "#3F6B8A", "#B07D2B", "#5E7D4F", "#7A5B8C")
STYLE: dict[RcKeyType, Any] = {
    "figure.facecolor": GROUND,
    "axes.facecolor": GROUND,
    "axes.edgecolor": "#878178",
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "font.size": 9,
}


def decimals(value: float | None) -> str:
    """Three decimals; a dash where there is nothing to score."""
    return "-" if value is None else f"{value:.3f}"


def plot_curves(history: Sequence[Mapping[str, float]], path: Path, title: str) -> None:
    """Losses a step (thin) with their running mean, and validation scores where there are any."""
    losses = sorted({k for row in history for k in row if k.startswith("loss")})
    scores = sorted({k for row in history for k in row if k.startswith("val_")})
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(
            1, 2 if scores else 1, figsize=(9 if scores else 5.5, 3.2), squeeze=False
        )
        for key, colour in zip(losses, cycle(COLOURS), strict=False):
            _plot_loss(axes[0, 0], [(r["step"], r[key]) for r in history if key in r], key, colour)
        axes[0, 0].set(xlabel="step", ylabel="loss", title=title)
        axes[0, 0].legend(frameon=False)
        for key in scores:
            points = [(r["step"], r[key]) for r in history if key in r]
            axes[0, 1].plot(*zip(*points, strict=True), marker="o", ms=3, label=key[4:])
        if scores:
            axes[0, 1].set(xlabel="step", ylabel="accuracy, validation (first 600)")
            axes[0, 1].legend(frameon=False)
        _save(figure, path)


def _plot_loss(axis: Axes, points: Sequence[tuple[float, float]], key: str, colour: str) -> None:
    steps, values = (np.array(v, float) for v in zip(*points, strict=True))
    axis.plot(steps, values, color=colour, alpha=0.18, lw=0.5)
    width = max(1, len(values) // 60)
    smooth = np.convolve(values, np.ones(width) / width, mode="valid")
    axis.plot(steps[width - 1 :], smooth, color=colour, lw=1.4, label=key.replace("_", " "))


def plot_confusion(counts: np.ndarray, classes: Sequence[str], path: Path, title: str) -> None:
    """Confusion matrix with counts, shaded by the share of each true class."""
    shares = counts / counts.sum(1, keepdims=True).clip(1)
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(4.6, 4.2))
        axis.imshow(shares, cmap="Greys", vmin=0, vmax=1)
        for i, j in np.ndindex(*counts.shape):
            colour = "white" if shares[i, j] > 0.55 else INK
            axis.text(j, i, f"{counts[i, j]}", ha="center", va="center", color=colour, fontsize=8)
        axis.set_xticks(range(len(classes)), classes, rotation=40, ha="right")
        axis.set_yticks(range(len(classes)), classes)
        axis.set(xlabel="read as", ylabel="labelled", title=title)
        _save(figure, path)


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    # No creation date, so that the same curves give the same file.
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)


def per_class_table(scores: Mapping[str, Any]) -> str:
    """The per-class table of one row of scores, in Markdown."""
    lines = ["| class | precision | recall | F1 | rows |", "|---|---|---|---|---|"]
    lines += [
        f"| {name} | {c['precision']:.3f} | {c['recall']:.3f} | {c['f1']:.3f} | {c['support']} |"
        for name, c in scores["per_class"].items()
    ]
    return "\n".join(lines)
