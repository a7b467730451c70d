"""Which photos may be learnt from and which measure. All rules are here; whoever reads photos asks them.

- **Shop photos.** Test: the rows from ``TEST_BOUNDARY`` on, in file order. Of the earlier rows those are
  validation whose *style* (a garment, whatever photo shows it) has a hash that 5 divides: a fifth of all
  styles, the same on every machine, and no garment on two sides.
- **Phone photos** come in three sets. ``train`` and ``category`` are divided as styles are, by who sent them.
  ``dev`` measures; only a sprint may learn from it (:func:`phone_photos_to_learn`).
- **Street photos** of worn dresses. Five of eight may be learnt from. They are few and measure as well: what
  learns from them is fitted once for each fold of people without that fold, and is scored on it. The other
  three of eight are the test of people.

Which of these photos a model learns from stands with the model: ``learns_from`` in the table of
:mod:`training.tasks.heads`, :func:`training.tasks.stack.stack_examples`, :mod:`training.tasks.labelled`.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

TEST_BOUNDARY = "dresses/ON321C0WX-Q11.jpg"
#: The two sides of what may be learnt from; ``test`` and ``dev`` are neither.
SPLITS = ("train", "validation")
#: Folds of senders, in which a sprint that learns from ``dev`` is measured.
SENDER_FOLDS = 5
#: Folds of worn dresses for the cut-out and the colours, and for the heads.
CUTOUT_FOLDS = 3
HEAD_FOLDS = 5
_STYLES = (
    (re.compile(r"^([A-Z0-9]{9})-[A-Z0-9]{3}$"), 1),
    (re.compile(r"^([A-Z]{3}\d{4})\d{9}$"), 1),
    (re.compile(r"^(\d{2}\.\d{3}\.\d{2}\.\d{4})_"), 1),
)


def style_of(image: str) -> str:
    """The style (garment) that a file shows, from its name.

    >>> style_of("dresses/ON321C0WX-Q11.jpg"), style_of("dresses/05.803.82.8357_595932.jpg")
    ('ON321C0WX', '05.803.82.8357')
    """
    stem = PurePosixPath(image).stem
    for pattern, group in _STYLES:
        if match := pattern.match(stem):
            return match[group]
    return stem


def is_validation(group: str) -> bool:
    """The one validation rule: for styles of dresses and for senders of phone photos."""
    return _digest(group) % 5 == 0


def shop_split(style: str, *, behind_boundary: bool) -> str:
    """``train``, ``validation`` or ``test``: what a shop photo is for.

    Args:
        style: of the photo.
        behind_boundary: whether ``TEST_BOUNDARY`` or a row before it in the file was that image.
    """
    if behind_boundary:
        return "test"
    return "validation" if is_validation(style) else "train"


def phone_split(sender: str, photo_set: str) -> str:
    """``train``, ``validation`` or ``dev``: what a phone photo of a set is for."""
    if photo_set == "dev":
        return "dev"
    return "validation" if is_validation(sender) else "train"


def halves(groups: Iterable[str]) -> np.ndarray:
    """0 or 1 for each style or sender: what is fitted on one half of them is scored on the other."""
    return np.array([_digest(f"half {group}") % 2 for group in groups])


def sender_fold(sender: str) -> int:
    """The fold of a sender, 0 to 4: a figure on photos of a fold is of models that saw none of its senders."""
    return _digest(sender) % SENDER_FOLDS


def phone_photos_to_learn(
    in_dev: np.ndarray,
    is_validation: np.ndarray,
    folds: np.ndarray,
    *,
    fold: int | None,
    ships: bool,
) -> np.ndarray:
    """Which phone photos a sprint may learn from, bool ``[N]``.

    Of the sets ``train`` and ``category`` those of training senders; of ``dev`` all for a run that ships, all
    but the fold's for a run that measures, none else. No photo at all of a sender of the fold.

    Args:
        in_dev: whether each photo is of set ``dev``, ``[N]``.
        is_validation: whether its sender belongs to validation, ``[N]``.
        folds: of its sender, ``[N]``.
        fold: that the run is measured on, if any.
        ships: whether the run is the one that ships.
    """
    learnt = np.where(in_dev, ships or fold is not None, ~is_validation)
    return learnt if fold is None else learnt & (folds != fold)


def is_worn_training(stem: str) -> bool:
    """Whether a worn dress may be learnt from; the others are the test of people."""
    return _digest(stem) % 8 < 5


def worn_fold(stem: str) -> int:
    """The fold of a worn dress for the cut-out and the colours."""
    return _digest(stem) % CUTOUT_FOLDS


def head_fold(stem: str) -> int:
    """The fold of a worn dress for the heads."""
    return _digest(stem) % HEAD_FOLDS


def _digest(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)
