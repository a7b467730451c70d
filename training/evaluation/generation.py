"""How good a generator is: distance to real dresses, variety, memorised pictures, condition adherence.

Pictures of every generator are brought to one form first: centred on a white square and resized by area. They
are compared by the features of two networks of different families, EfficientNet and VGG: a generator that was
trained against the features of one network scores too well on that one and on similar ones. Whether a picture
shows the condition that was asked for is read by a third network, which learnt from clean labels on pictures
of the same size.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from torch import nn

from fashion_core.networks.folding import folded
from fashion_core.networks.transfer import (
    MEAN,
    STD,
    EfficientNetLite,
    TransferClassifier,
    load_imagenet,
)
from fashion_core.networks.vgg import MEAN as VGG_MEAN
from fashion_core.networks.vgg import STD as VGG_STD
from fashion_core.networks.vgg import VGG16
from fashion_core.networks.vgg import load_imagenet as load_vgg
from fashion_core.preprocess import network_input, resize_square, to_pixels
from fashion_core.taxonomy import COLOUR, WISHES
from training.data.cache import save_array
from training.data.conditions import shown_colour
from training.data.features import features_of, kept_features, probabilities_of
from training.data.labels import UNSEEN_LABELS, encode_labels
from training.evaluation.metrics import (
    LITE2,
    VGG,
    diversity,
    kernel_distance,
    nearest_distances,
    precision_recall,
    wilson_interval,
)
from training.tasks.heads import fit_head

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from training.data.shop import Packed

#: Side to which every picture is brought before it is compared.
SIDE = 64
#: Samples for the distances, and for each class of each condition.
SAMPLES, PER_CLASS = 5000, 100
#: The reader sees pictures of this side, enlarged to that of its input.
READER_SIDE, READER_INPUT = 96, 192
#: What a sheet can be asked for and a picture can answer. Fit and occasion nobody can read off a picture, and
#: the neckline's `deep` has next to no labels.
READ = ("colour", "sleeve_length", "pattern", "length")

Pictures = np.ndarray


@dataclass(frozen=True)
class Family:
    """A network whose pooled maps are features.

    Attributes:
        network: normalised images to features ``[N, D]``.
        enlarged: how many times larger than the picture its input is.
        mean, std: of its input.
    """

    network: Callable[[torch.Tensor], torch.Tensor]
    enlarged: int
    mean: Sequence[float]
    std: Sequence[float]

    @torch.inference_mode()
    def features(self, pictures: Pictures, batch: int = 50) -> np.ndarray:
        """Features ``[N, D]`` of uint8 ``[N, S, S, 3]``."""
        side = pictures.shape[1] * self.enlarged
        parts = [pictures[i : i + batch] for i in range(0, len(pictures), batch)]
        inputs = (network_input(list(p), side, self.mean, self.std) for p in parts)
        return np.concatenate([self.network(x).numpy() for x in inputs])


def families(imagenet: Path) -> dict[str, Family]:
    """The two families, from the weights in ``imagenet``."""
    lite = EfficientNetLite("efficientnet-lite2", classes=0)
    load_imagenet(lite, imagenet / "efficientnet-lite2.safetensors")
    lite = folded(lite).to(memory_format=torch.channels_last)
    vgg = VGG16()
    load_vgg(vgg, imagenet / "vgg16-trunk.safetensors")
    trunk = vgg.features.eval().to(memory_format=torch.channels_last)
    return {
        LITE2: Family(lite, 2, MEAN, STD),
        VGG: Family(lambda x: trunk(x).mean((2, 3)), 1, VGG_MEAN, VGG_STD),
    }


@torch.inference_mode()
def draw(
    network: nn.Module, count: int, conditions: np.ndarray | None = None, seed: int = 1
) -> Pictures:
    """Samples of a generator at its own size, uint8 ``[count, H, W, 3]``.

    Args:
        network: set to evaluate.
        count: how many.
        conditions: classes ``[count, K]`` (-1 is any) for a generator that takes them.
        seed: of the latents.
    """
    latent_dim = cast("int", network.latent_dim)  # every generator tells the size of its latent
    random = torch.Generator().manual_seed(seed)
    parts = []
    for start in range(0, count, 50):
        latent = torch.randn(min(50, count - start), latent_dim, generator=random)
        asked = () if conditions is None else (torch.from_numpy(conditions[start : start + 50]),)
        parts.append(to_pixels(network(latent, *asked)).numpy())
    return np.concatenate(parts)


def squares(pictures: Pictures, side: int = SIDE) -> Pictures:
    """Pictures ``[N, H, W, 3]`` centred on white squares, ``[N, side, side, 3]``."""
    return np.stack([resize_square(picture, side) for picture in pictures])


@dataclass(frozen=True)
class Reals:
    """Features of real dresses under each family.

    Attributes:
        validation: all of validation styles, with which samples are compared.
        train: as many of training styles, drawn at random: what a perfect generator would score.
        learnt: all of training styles, EfficientNet-Lite2: what may have been learnt by heart.
    """

    validation: dict[str, np.ndarray]
    train: dict[str, np.ndarray]
    learnt: np.ndarray


def real_features(
    packed: Packed, networks: Mapping[str, Family], cache: Path, most: int | None = None
) -> Reals:
    """Features of real dresses, ``packed`` at the side that is compared; kept in ``cache``.

    ``most`` limits the rows of each split (for tests).
    """
    validation, train = (packed.select(split)[:most] for split in ("validation", "train"))
    drawn = np.sort(np.random.default_rng(1).permutation(train)[: len(validation)])

    def kept(name: str, rows: np.ndarray) -> np.ndarray:
        key = f"{packed.fingerprint}{name}".encode() + np.asarray(rows).tobytes()
        path = cache / f"real-{hashlib.sha256(key).hexdigest()[:8]}.npy"
        if not path.exists():
            save_array(path, networks[name].features(packed.images[rows]))
        features: np.ndarray = np.load(path)
        return features

    learnt = kept(LITE2, train)
    return Reals(
        {name: kept(name, validation) for name in networks},
        {
            name: learnt[np.isin(train, drawn)] if name == LITE2 else kept(name, drawn)
            for name in networks
        },
        learnt,
    )


def distances(fake: Mapping[str, np.ndarray], reals: Reals) -> dict[str, Any]:
    """KID, precision, recall, diversity and nearest training pictures of features of samples."""
    figures: dict[str, Any] = {"samples": len(next(iter(fake.values())))}
    for name, features in fake.items():
        real = reals.validation[name]
        kid, half = kernel_distance(real, features)
        # Both figures depend on the counts: as many samples as there are real ones.
        precision, recall = precision_recall(real, features[: len(real)])
        figures[name] = {
            "kid": kid,
            "kid_ci95": [kid - half, kid + half],
            "precision": precision,
            "recall": recall,
            "diversity": diversity(features[: len(real)]) / diversity(real),
        }
    figures["nearest training picture"] = _nearest(fake[LITE2], reals.learnt)
    figures["nearest to real"] = _nearest(reals.validation[LITE2], reals.learnt)
    return figures


def of_real(reals: Reals) -> dict[str, Any]:
    """What training pictures score as samples; nearest training pictures are those of validation pictures."""
    figures = distances(reals.train, reals)
    figures["nearest training picture"] = figures["nearest to real"]
    return figures


def _nearest(features: np.ndarray, learnt: np.ndarray) -> dict[str, float]:
    nearest = nearest_distances(features, learnt)
    return {"median": float(np.median(nearest)), "p1": float(np.percentile(nearest, 1))}


class Reader:
    """Reads attributes off small pictures: EfficientNet-Lite2, frozen, under heads fitted on clean labels.

    Another backbone than the discriminator's (Lite0) and the relabeller's (Lite1), so that a generator is
    not scored by what it was trained to please.
    """

    def __init__(self, imagenet: Path) -> None:
        network = TransferClassifier({}, "efficientnet-lite2")
        load_imagenet(network, imagenet / "efficientnet-lite2.safetensors")
        self.network = network.eval()
        self.view = {"input_size": READER_INPUT, "mean": MEAN, "std": STD}
        self.heads: dict[str, nn.Module] = {}

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
            there = labels["validation"] >= 0
            read = self.read(key, seen["validation"][there])
            accuracy[key] = _share(read == labels["validation"][there])
        return accuracy

    def read(self, key: str, features: np.ndarray) -> np.ndarray:
        """The class ``[N]`` that each picture shows."""
        classes: np.ndarray = probabilities_of(self.heads[key], features).argmax(1)
        return classes


def condition_adherence(
    network: nn.Module, reader: Reader, per_class: int = PER_CLASS
) -> dict[str, Any]:
    """How often a condition that was given alone is read back: of each class, and the mean over classes."""
    shares: dict[str, Any] = {}
    columns = list(WISHES)
    for key in READ:
        right = {}
        for value, name in enumerate(WISHES[key].classes):
            if (key, name) in UNSEEN_LABELS:
                continue
            conditions = np.full((per_class, len(columns)), -1)
            conditions[:, columns.index(key)] = value
            pictures = draw(network, per_class, conditions, seed=100 + value)
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
