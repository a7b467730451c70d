"""The figures of a model card, in Markdown: scores, tables by class, generators, members of a stack."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from training.evaluation.metrics import ADHERENCE, FAMILIES, LITE2
from training.publish.plots import decimals, per_class_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: How the splits that `python -m training evaluate` scores are called in a card.
SPLITS = {
    "test": "shop labels, test rows",
    "dev": "phone photos (`dev`)",
    "category": "phone photos of other garments",
    "worn": "worn dresses, in folds",
}
#: How the rows of validation are called, the most telling kind first.
LABELS = {
    "clean": "clean labels, validation",
    "worn": "labels of worn garments, in folds",
    "photos": "labels of photos, validation",
    "shop": "shop labels, validation",
}
_TRIED = {"stack": "stack as printed", "weighted_pool": "one weight a member"}


def headline(
    report: Mapping[str, Any],
    evaluated: Sequence[Mapping[str, Any]] = (),
    generation: Mapping[str, Any] | None = None,
    vision: str = "",
) -> str:
    """How good it is, on what, in one line; empty where nothing was measured.

    Args:
        report: ``report.json``.
        evaluated: its rows of ``results.json``.
        generation: ``generation.json`` of a generator.
        vision: ``vision.txt`` of the cut-out.
    """
    if generation:
        return _distance(generation)
    if vision:
        return _overlaps(vision)
    if plain := _plain_accuracies(report):
        return plain
    rows = {row["labels"]: row for row in report.get("validation", []) if row["n"]}
    parts = [f"{_accuracy(rows[kind])} {LABELS[kind]}" for kind in LABELS if kind in rows][:1]
    parts += [
        f"{_accuracy(row)} {_measured_on(row)}"
        for split in ("dev", "worn")
        for row in evaluated
        if row["split"] == split and "fast profile" not in row["model"]
    ]
    return "; ".join(parts)


def _plain_accuracies(report: Mapping[str, Any]) -> str:
    """The entries ``accuracy on ...`` of a report that has no rows."""
    kept = {
        key.removeprefix("accuracy on "): report[key] for key in report if "accuracy on " in key
    }
    return "; ".join(f"{share:.3f} of {what}" for what, share in kept.items())


def _measured_on(row: Mapping[str, Any]) -> str:
    return SPLITS[row["split"]] + (", dress or not" if row["attribute"] == "dress" else "")


def _accuracy(row: Mapping[str, Any]) -> str:
    low, high = row["accuracy_ci95"]
    return f"{row['accuracy']:.3f} ({low:.3f} to {high:.3f}) of {row['n']:,}"


def _distance(figures: Mapping[str, Any]) -> str:
    """KID on the features that tell generators apart best, at the smallest size measured."""
    told = []
    for size in [key for key in figures if key.startswith("at ")][:1]:
        row = figures[size][LITE2]
        low, high = row["kid_ci95"]
        told.append(f"KID x 1000 {row['kid']:.1f} ({low:.1f} to {high:.1f}) {size}, less is better")
    adherence = ", ".join(f"{key} {row['mean']:.3f}" for key, row in _conditions(figures).items())
    if adherence:
        told.append(f"conditions read back as asked: {adherence}")
    return "; ".join(told)


def _conditions(figures: Mapping[str, Any]) -> Mapping[str, Any]:
    """Condition adherence: how often a classifier reads back what was asked for, by condition."""
    conditions: Mapping[str, Any] = figures.get(ADHERENCE, {})
    return conditions


def _overlaps(vision: str) -> str:
    """Mean IoU of the full profile, from the first two tables of whole pictures and of worn dresses."""
    found = []
    for title, (n, row) in _tables(vision).items():
        if "mean IoU" in title and title.startswith(("composites", "boxes", "worn")):
            share, interval = row
            found.append(f"{share} ({interval}) of {n} {title.partition(' (n')[0].split(',')[0]}")
    return f"mean IoU {'; '.join(found)}" if found else ""


def _tables(vision: str) -> dict[str, tuple[str, tuple[str, str]]]:
    """Title -> number of pictures, and share and interval of "ours, full", of each table there is."""
    tables, title = {}, ""
    for line in vision.splitlines():
        if not line.startswith(" "):
            title = line
        row = re.match(r"  ours, full +([\d.]+) +\(([\d.]+)\.\.([\d.]+)\)", line)
        n = re.search(r"n = (\d+)", title)
        if row and n:
            tables[title] = n[1], (row[1], f"{row[2]} to {row[3]}")
    return tables


def scores(row: Mapping[str, Any]) -> str:
    """One row of ``report.json`` as a sentence, and its table by class."""
    low, high = row["accuracy_ci95"]
    text = (
        f"**{LABELS[row['labels']].capitalize()}**: accuracy {row['accuracy']:.3f} "
        f"({low:.3f} to {high:.3f}, n = {row['n']}), macro-F1 {decimals(row['macro_f1'])}, "
        f"ECE {decimals(row['ece'])}"
    )
    if row.get("ece_perfect") is not None:
        text += f" (perfect {row['ece_perfect']:.3f})"
    if row.get("n_random"):
        low, high = row["accuracy_ci95_random"]
        text += (
            f"; on random rows accuracy {row['accuracy_random']:.3f} "
            f"({low:.3f} to {high:.3f}, n = {row['n_random']})"
        )
    for key in ("kappa", "auroc"):
        if row.get(key) is not None:
            text += f"; {key} {row[key]:.3f}"
    return f"{text}.\n\n{per_class_table(row)}"


def evaluated_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """What ``python -m training evaluate`` measured of the shipped model on rows held out from it."""
    lines = ["| measured on | model | n | accuracy (95 %) | macro-F1 |", "|---|---|---|---|---|"]
    for row in rows:
        low, high = row["accuracy_ci95"]
        lines.append(
            f"| {_measured_on(row)} | {row['model']} | {row['n']} "
            f"| {row['accuracy']:.3f} ({low:.3f} to {high:.3f}) | {decimals(row['macro_f1'])} |"
        )
    return "\n".join(lines)


def leak(report: Mapping[str, Any]) -> str:
    """A figure that was measured on what the model had been fitted on."""
    leaky = report["leaky score, not a result"]
    where = report.get("leak", "the very ones that it was fitted on")
    return f"The leak: accuracy {leaky['accuracy']:.3f} on {leaky['n']:,} images, {where}. **Not a result.**"


def members(report: Mapping[str, Any]) -> str:
    """A stack beside its members and beside what else was tried, on the same rows."""
    lines = ["| on the same rows | labels | accuracy | macro-F1 |", "|---|---|---|---|"]
    rows = [("what ships", row) for row in report["validation"]]
    for key, tried in report.get("tried", {}).items():
        rows += [(_TRIED[key], row) for row in tried]
    rows += [(name, row) for name, scored in report["members"].items() for row in scored]
    lines += [
        f"| {name} | {row['labels']} | {row['accuracy']:.3f} | {decimals(row['macro_f1'])} |"
        for name, row in rows
    ]
    return "\n".join(lines)


def generator(figures: Mapping[str, Any]) -> str:
    """What ``python -m benchmarks generation`` measured."""
    lines: list[str] = []
    for size in (key for key in figures if key.startswith("at ")):
        lines += [*_against_real(size, figures[size]), ""]
    if conditions := _conditions(figures):
        lines += _adherence(conditions)
    if "ms for 16" in figures:
        threads = figures.get("threads", 1)
        spent = f"Sixteen designs in one batch: {figures['ms for 16']:.0f} ms on a CPU"
        lines += ["", f"{spent}, {threads} thread{'s' * (threads > 1)}."]
    return "\n".join(lines).rstrip()


def _against_real(size: str, measured: Mapping[str, Any]) -> list[str]:
    side = size.removeprefix("at ")
    lines = [
        f"{measured['samples']:,} samples {side} a side, against all dresses of validation styles:",
        "",
        "| features | KID x 1000 (95 %) | precision | recall | diversity, real = 1 |",
        "|---|---|---|---|---|",
    ]
    for family in (name for name in FAMILIES if name in measured):
        row = measured[family]
        low, high = row["kid_ci95"]
        lines.append(
            f"| {family} | {row['kid']:.2f} ({low:.2f} to {high:.2f}) | {row['precision']:.3f} "
            f"| {row['recall']:.3f} | {row['diversity']:.2f} |"
        )
    near, real = measured["nearest training picture"], measured["nearest to real"]
    return [
        *lines,
        "",
        (
            f"Distance to the nearest training picture ({LITE2}): median {near['median']:.2f}, 1st percentile "
            f"{near['p1']:.2f}; of real validation pictures {real['median']:.2f} and {real['p1']:.2f}."
        ),
    ]


def _adherence(measured: Mapping[str, Any]) -> list[str]:
    lines = [
        "| condition, asked for alone | read back as asked, mean over classes | worst |",
        "|---|---|---|",
    ]
    for key, row in measured.items():
        worst = sorted(row["per_class"].items(), key=lambda item: item[1])[:3]
        named = ", ".join(f"{name} {share:.2f}" for name, share in worst)
        lines.append(f"| {key} | {row['mean']:.3f} | {named} |")
    return lines
