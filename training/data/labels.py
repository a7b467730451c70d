"""Clean labels, shop labels, and how both become classes."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from training.data.shop import Row

#: Column of clean-labels.csv -> attribute.
CLEAN_COLUMNS = {
    "pattern": "pattern",
    "sleeve": "sleeve_length",
    "length": "length",
    "neckline": "neckline",
    "colour": "colour",
}
LEFT_OUT_NOTES = {"notdress", "two", "unsure", "hidden"}
#: Shop labels that say nothing about what the front shows, or that cannot be learnt (11 images).
UNSEEN_LABELS = {("neckline", "back"), ("neckline", "lined"), ("length", "normal")}


def read_clean_labels(path: Path, source: str) -> dict[str, dict[str, str]]:
    """Image -> attribute -> class from clean-labels.csv, for one ``source``.

    A ``?`` is left out, and so are all labels of a row whose note disqualifies it (the row stays, empty).
    A file may lack columns. The key ``sample`` tells how a row was drawn.
    """
    clean: dict[str, dict[str, str]] = {}
    with path.open(newline="", encoding="utf-8") as file:
        for record in csv.DictReader(file):
            if record["source"] != source:
                continue
            labels = {
                attribute: record[column]
                for column, attribute in CLEAN_COLUMNS.items()
                if (record.get(column) or "?") != "?" and record["note"] not in LEFT_OUT_NOTES
            }
            clean[record["image"]] = {**labels, "sample": record["sample"]}
    return clean


def read_worn_labels(path: Path) -> dict[str, dict[str, str]]:
    """The same for the worn dresses, by the stem of their files."""
    return {Path(name).stem: row for name, row in read_clean_labels(path, "worn").items()}


def worn_without_dress(path: Path) -> set[str]:
    """Stems of the annotated worn photos in which nobody wears a dress."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["source"] == "worn"]
    return {Path(row["image"]).stem for row in rows if row["note"] == "notdress"}


def merge_labels(
    rows: Sequence[Row], clean: Mapping[str, Mapping[str, str]]
) -> tuple[list[dict[str, str]], np.ndarray]:
    """The clean labels where somebody looked, else the shop's; of fit, which nobody did, always the shop's.

    Returns:
        Labels a row, and whether each row is clean (bool ``[N]``).
    """
    annotated = set(CLEAN_COLUMNS.values())
    merged = []
    for row in rows:
        shop = {k: v for k, v in row.labels.items() if (k, v) not in UNSEEN_LABELS}
        if row.image in clean:
            shop = {k: v for k, v in shop.items() if k not in annotated} | dict(clean[row.image])
        merged.append(shop)
    return merged, np.array([row.image in clean for row in rows])


def encode_labels(
    labels: Sequence[Mapping[str, str]], attribute: str, classes: Sequence[str]
) -> np.ndarray:
    """Class indices ``[N]`` int64; -1 where there is no label or one outside ``classes``."""
    index = {c: i for i, c in enumerate(classes)}
    return np.array([index.get(row.get(attribute, ""), -1) for row in labels], dtype=np.int64)
