"""How good a generator is: distance to real dresses, variety, memorised pictures.

Pictures of every generator are brought to one form first: centred on a white square and resized by area. They
are compared by the features of three networks of different families, EfficientNet, VGG and Inception: a
generator that was trained against the features of one network scores too well on that one and on similar ones.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from fashion_core.networks.folding import folded
from fashion_core.networks.transfer import MEAN, STD, EfficientNetLite, load_imagenet
from fashion_core.networks.vgg import MEAN as VGG_MEAN
from fashion_core.networks.vgg import STD as VGG_STD
from fashion_core.networks.vgg import VGG16
from fashion_core.networks.vgg import load_imagenet as load_vgg
from fashion_core.preprocess import network_input
from training.data.cache import save_array
from training.evaluation.inception import INPUT, inception
from training.evaluation.metrics import (
    INCEPTION,
    LITE2,
    VGG,
    diversity,
    kernel_distance,
    nearest_distances,
    precision_recall,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from training.data.shop import Packed
    from training.evaluation.drawing import Pictures

#: Pixels a side to which every picture is brought before it is compared.
SIDE = 192
#: Samples for the distances.
SAMPLES = 5000


@dataclass(frozen=True)
class Family:
    """A network whose pooled maps are features.

    Attributes:
        network: normalised images to features ``[N, D]``.
        input_side: of the side of a picture, that of its input.
        mean, std: of its input.
    """

    network: Callable[[torch.Tensor], torch.Tensor]
    input_side: Callable[[int], int]
    mean: Sequence[float]
    std: Sequence[float]

    @torch.inference_mode()
    def features(self, pictures: Pictures, batch: int = 50) -> np.ndarray:
        """Features ``[N, D]`` of uint8 ``[N, S, S, 3]``."""
        side = self.input_side(pictures.shape[1])
        parts = [pictures[i : i + batch] for i in range(0, len(pictures), batch)]
        inputs = (network_input(list(p), side, self.mean, self.std) for p in parts)
        return np.concatenate([self.network(x).numpy() for x in inputs])


def families(imagenet: Path) -> dict[str, Family]:
    """The three families, from the weights in ``imagenet``."""
    lite = EfficientNetLite("efficientnet-lite2", classes=0)
    load_imagenet(lite, imagenet / "efficientnet-lite2.safetensors")
    lite = folded(lite).to(memory_format=torch.channels_last)
    vgg = VGG16()
    load_vgg(vgg, imagenet / "vgg16-trunk.safetensors")
    trunk = vgg.features.eval().to(memory_format=torch.channels_last)
    mixed7 = inception(imagenet).to(memory_format=torch.channels_last)
    return {
        # Twice as large as the picture, up to the size that the network learnt from.
        LITE2: Family(lite, lambda side: max(side, min(2 * side, 260)), MEAN, STD),
        VGG: Family(lambda x: trunk(x).mean((2, 3)), lambda side: side, VGG_MEAN, VGG_STD),
        INCEPTION: Family(mixed7, lambda _: INPUT, (0.0,) * 3, (1.0,) * 3),
    }


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
