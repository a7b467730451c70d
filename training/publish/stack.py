"""Write the checkpoints of stacks; of the stack by the 2020 study's protocol only the report, as nobody should
use it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fashion_core.checkpoint import save_checkpoint
from fashion_core.taxonomy import PATTERN
from training.data.files import write_json
from training.evaluation.classification import summary
from training.evaluation.stack import leaky_report, stack_report
from training.publish.plots import plot_confusion, plot_curves
from training.publish.provenance import data_statement
from training.tasks.stack import (
    StackSettings,
    fit_honest,
    fit_stack,
    leaky_examples,
    stack_examples,
    stack_probabilities,
)
from training.tasks.stack_members import member_predictions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from training.data.real import Real
    from training.data.shop import Packed
    from training.tasks.stack import StackModule

LEAKY = "pattern-stack-report"


def export_stack(
    name: str,
    members: Sequence[str],
    packed: Packed,
    clean: dict[str, dict[str, str]],
    root: Path,
    packs: Path,
    runs: Path,
    real: Real | None = None,
) -> dict[str, Any]:
    """Fit, cross-fit and write a stack; ``clean`` empty means shop labels.

    Returns:
        Its report: cross-fitted validation scores of the stack and of each member.
    """
    examples = stack_examples(members, packed, clean, root, packs, runs, real)
    stack = fit_honest(name, members, examples, runs)
    report = stack_report(stack, packed, clean)
    labelled = int((examples.truth[: examples.shop] >= 0).sum())
    data = data_statement(packed, labelled, "validation styles")
    if real:
        data["statement"] += (
            f" Besides {len(real.validation_views.names):,} of them as a phone would see them, and "
            f"{len(real.validation.names)} phone photos (CC0) of validation senders."
        )
    settings = stack.module.settings
    config = {
        "architecture": settings.architecture,
        "arguments": settings.arguments(len(members)),
        "members": list(members),
        "attribute": PATTERN.key,
        "classes": list(PATTERN.classes),
        "temperature": report["temperature"],
        "metrics": summary(report),
        "data": data,
    }
    save_checkpoint(root / name, stack.module.network, config)
    _write_report(root / name, stack.module, report, f"{name}: validation")
    return report


def export_leaky_stack(
    members: Sequence[str],
    packed: Packed,
    root: Path,
    packs: Path,
    runs: Path,
    settings: StackSettings | None = None,
) -> dict[str, Any]:
    """Fit a stack under the leaky protocol and write its report alone: nobody should use that model."""
    examples = leaky_examples(members, packed, root, packs, runs)
    module = fit_stack(settings or StackSettings(), examples.inputs, examples.truth, runs / LEAKY)
    validation = member_predictions(members, root, packs, runs, packed.select("validation"))
    answers = (stack_probabilities(module, inputs) for inputs in (examples.inputs, validation))
    leaky, unseen = answers
    report = leaky_report(leaky, examples.truth, unseen, packed)
    _write_report(root / LEAKY, module, report, f"{LEAKY}: the leak, 619 training images")
    return report


def _write_report(folder: Path, module: StackModule, report: dict[str, Any], title: str) -> None:
    write_json(folder / "report.json", {"name": folder.name, "attribute": PATTERN.key, **report})
    plot_curves(module.history, folder / "curves.png", folder.name)
    counts = np.array(report["confusion"])
    plot_confusion(counts, PATTERN.classes, folder / "confusion.png", title)
