"""Whether a design shows what was asked for, read by a network that generators never saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fashion_core.networks.transfer import MEAN, STD, TransferClassifier, load_imagenet
from fashion_core.taxonomy import COLOUR, WISHES
from training.data.conditions import shown_colour
from training.data.features import features_of, kept_features, probabilities_of
from training.data.labels import UNSEEN_LABELS, encode_labels
from training.evaluation.drawing import squares
from training.evaluation.metrics import wilson_interval
from training.tasks.heads import fit_head

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import nn

    from training.data.shop import Packed
    from training.evaluation.drawing import Drawing, Pictures

#: The reader sees pictures of this side, which is that of its input.
READER_SIDE = READER_INPUT = 192
#: What a sheet can be asked for and a picture can answer; fit and occasion nobody can read off a picture.
READ = ("colour", "sleeve_length", "pattern", "length", "neckline")
#: A class with fewer clean labels of training styles is not asked for: the reader does not know it.
FEWEST_LABELS = 30
#: Designs of each class of each condition.
PER_CLASS = 100


class Reader:
    """Reads attributes off small pictures: EfficientNet-Lite2, frozen, under heads fitted on clean labels.

    Another backbone than the discriminator's (Lite0) and the relabeller's (Lite1), so that a generator is
    not scored by what it was trained to please.

    Attributes:
        heads: attribute -> head.
        known: attribute -> classes that it had enough labels of.
    """

    def __init__(self, imagenet: Path) -> None:
        network = TransferClassifier({}, "efficientnet-lite2")
        load_imagenet(network, imagenet / "efficientnet-lite2.safetensors")
        self.network = network.eval()
        self.view = {"input_size": READER_INPUT, "mean": MEAN, "std": STD}
        self.heads: dict[str, nn.Module] = {}
        self.known: dict[str, tuple[str, ...]] = {}

    def features(self, pictures: Pictures) -> np.ndarray:
        """Features of uint8 pictures of any size and form, ``[N, H, W, 3]``."""
        return features_of(self.network, self.view, squares(pictures, READER_SIDE))

    def fit(
        self, packed: Packed, clean: Mapping[str, Mapping[str, str]], runs: Path
    ) -> dict[str, Any]:
        """Learn from the clean labels of training styles; returns the accuracy on those of validation styles.

        Args:
            packed: pictures of ``READER_SIDE``.
            clean: image -> labels.
            runs: features are kept below it.
        """
        looked = {
            split: [i for i in packed.select(split) if packed.rows[i].image in clean]
            for split in ("train", "validation")
        }
        seen = {
            split: kept_features(self.network, self.view, packed.images[rows], "reader", runs)
            for split, rows in looked.items()
        }
        accuracy = {}
        for key in READ:
            if key == COLOUR.key:
                continue
            classes = WISHES[key].classes
            labels = {
                split: encode_labels(
                    [dict(clean[packed.rows[i].image]) for i in rows], key, classes
                )
                for split, rows in looked.items()
            }
            there = labels["train"] >= 0
            fitted = fit_head(
                seen["train"][there], labels["train"][there], len(classes), runs / "head-reader"
            )
            self.heads[key] = fitted.network
            self.known[key] = enough_labels(labels["train"], classes)
            there = labels["validation"] >= 0
            truth, read = labels["validation"][there], self.read(key, seen["validation"][there])
            # What a perfect generator would score: designs are read back by the same reader.
            recall = {
                name: float((read == value)[truth == value].mean())
                for value, name in enumerate(classes)
                if name in self.known[key] and (truth == value).any()
            }
            mean = float(np.mean(list(recall.values()) or [0.0]))
            accuracy[key] = _share(read == truth) | {"mean": mean, "per_class": recall}
        return accuracy

    def read(self, key: str, features: np.ndarray) -> np.ndarray:
        """The class ``[N]`` that each picture shows."""
        classes: np.ndarray = self.probabilities(key, features).argmax(1)
        return classes

    def probabilities(self, key: str, features: np.ndarray) -> np.ndarray:
        """How likely each class is, ``[N, classes]``."""
        return probabilities_of(self.heads[key], features)


def enough_labels(labels: np.ndarray, classes: tuple[str, ...]) -> tuple[str, ...]:
    """The classes of which ``labels`` (``[N]``, -1 for none) hold enough.

    >>> enough_labels(np.repeat([0, 1, -1], [30, 29, 90]), ("round", "deep"))
    ('round',)
    """
    return tuple(c for i, c in enumerate(classes) if (labels == i).sum() >= FEWEST_LABELS)


def condition_adherence(
    drawing: Drawing, reader: Reader, per_class: int = PER_CLASS
) -> dict[str, Any]:
    """How often a condition that was given alone is read back: of each class, and the mean over classes."""
    shares: dict[str, Any] = {}
    columns = list(WISHES)
    for key in READ:
        right = {}
        for value, name in enumerate(WISHES[key].classes):
            if (key, name) in UNSEEN_LABELS or name not in reader.known.get(key, (name,)):
                continue
            conditions = np.full((per_class, len(columns)), -1)
            conditions[:, columns.index(key)] = value
            pictures = drawing.draw(per_class, conditions, seed=100 + value)
            if key == COLOUR.key:
                read = np.array([shown_colour(p) == name for p in squares(pictures, READER_SIDE)])
            else:
                read = reader.read(key, reader.features(pictures)) == value
            right[name] = float(read.mean())
        shares[key] = {"mean": float(np.mean(list(right.values()))), "per_class": right}
    return shares


def _share(right: np.ndarray) -> dict[str, Any]:
    hits, n = int(right.sum()), len(right)
    return {"accuracy": hits / n, "accuracy_ci95": wilson_interval(hits, n), "n": n}
