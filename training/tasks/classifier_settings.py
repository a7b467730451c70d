"""Hyper-parameters of every classifier that can be trained by name.

They start from those in the 2020 study's report; the table says what differs and why.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from fashion_core.networks import build, transfer
from fashion_core.taxonomy import ATTRIBUTES
from training.data.shop import SHOP_CLASSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import nn

HALF = (0.5, 0.5, 0.5)


@dataclass(frozen=True)
class ClassifierSettings:
    """Hyper-parameters of one classifier."""

    architecture: str
    attributes: tuple[str, ...] = ("pattern",)
    arguments: dict[str, Any] = field(default_factory=dict)
    labels: str = "clean"
    input_size: int = 128
    mean: tuple[float, float, float] = HALF
    std: tuple[float, float, float] = HALF
    imagenet: str | None = None
    optimiser: str = "adam"
    learning_rate: float = 1e-4
    weight_decay: float = 0.0
    cosine: bool = True
    batch: int = 32
    epochs: float = 10
    augment: str = "mild"
    class_weighting: float = 0.0
    clean_weight: float = 1.0
    label_smoothing: float = 0.0
    #: The run whose weights this one starts from.
    start: str | None = None
    #: The shipped checkpoint whose backbone this one starts from.
    teacher: str | None = None
    #: Decay of the moving average of the weights, which ships where there is one.
    ema: float | None = None
    #: Only rows that somebody looked at.
    clean_only: bool = False
    #: How often a shop photo is seen as a phone would see it, and how often a real photo is seen an epoch.
    phone: float = 0.0
    photo_repeats: int = 0
    #: Without: the weights stay below runs, and the report tells how it lost to a better model.
    ships: bool = True
    seed: int = 1

    def classes(self) -> dict[str, tuple[str, ...]]:
        """Attribute -> classes in logit order."""
        if self.labels == "shop":
            return {a: SHOP_CLASSES[a] for a in self.attributes}
        return {a: ATTRIBUTES[a].classes for a in self.attributes}

    @property
    def pack_size(self) -> int:
        """Pixels a side of the packed pictures; views of a phone are made from the largest."""
        return 256 if self.phone else self.input_size

    @property
    def view(self) -> tuple[int, Sequence[float], Sequence[float]]:
        """What the input looks like: size, mean and std."""
        return self.input_size, self.mean, self.std

    def network(self) -> nn.Module:
        """The network, freshly initialised."""
        return build(self.architecture, **self.network_arguments())

    def network_arguments(self) -> dict[str, Any]:
        """The arguments of its constructor."""
        classes = self.classes()
        if self.architecture == "transfer":
            return {**self.arguments, "classes": {a: len(c) for a, c in classes.items()}}
        return {**self.arguments, "classes": len(classes[self.attributes[0]])}


_TRANSFER = ClassifierSettings(
    "transfer",
    attributes=tuple(ATTRIBUTES),
    imagenet="efficientnet-lite1.safetensors",
    mean=transfer.MEAN,
    std=transfer.STD,
    input_size=224,
    optimiser="adamw",
    learning_rate=2.5e-4,
    weight_decay=0.02,
    epochs=4,
    augment="medium",
    class_weighting=0.3,
    clean_weight=3.0,
    label_smoothing=0.05,
)
#: Every classifier that can be trained by name. Rows 1 to 5 keep the printed optimisers; the input is 96 or
#: 128 px and not 256, with few epochs and cosine decay, because two cores allow that much. At the printed
#: rate of 1e-4 the two CNNs named everything plain or floral after three epochs, so theirs is higher.
SETTINGS: dict[str, ClassifierSettings] = {
    "pattern-cnn1": ClassifierSettings(
        "cnn1",
        arguments={"input_size": 96},
        input_size=96,
        optimiser="rmsprop",
        learning_rate=5e-4,
        epochs=12,
        augment="flip",
    ),
    "pattern-cnn2": ClassifierSettings(
        "cnn2",
        arguments={"input_size": 96},
        input_size=96,
        learning_rate=1e-3,
        epochs=12,
        augment="flip",
    ),
    "pattern-vgg16": ClassifierSettings(
        "vgg16",
        imagenet="vgg16-trunk.safetensors",
        mean=(0.485, 0.456, 0.406),
        std=(0.229, 0.224, 0.225),
        learning_rate=5e-5,
        epochs=4,
        augment="flip",
    ),
    "pattern-resnet": ClassifierSettings("resnet", learning_rate=1e-3, epochs=10),
    "pattern-inception-resnet-a": ClassifierSettings(
        "inception_resnet_a", learning_rate=5e-4, epochs=8
    ),
    # All labels first, for shape and texture; then the clean ones, half of the pictures as phones see them.
    "transfer-base": _TRANSFER,
    "transfer": replace(
        _TRANSFER,
        imagenet=None,
        start="transfer-base",
        clean_only=True,
        phone=0.5,
        photo_repeats=3,
        learning_rate=1.5e-4,
        epochs=4,
    ),
    # A student of the model that ships and of the auxiliary backbone, on all shop photos of training styles:
    # they label what has no clean label (Xie et al., "Self-training with noisy student", CVPR 2020).
    "transfer-student": replace(
        _TRANSFER,
        labels="relabelled",
        imagenet=None,
        teacher="transfer",
        phone=0.5,
        photo_repeats=3,
        learning_rate=1.5e-4,
        epochs=2,
        ema=0.998,
    ),
    # The same in minutes of a GPU (:mod:`training.tasks.sprints`), where epochs are counted by the clock: on
    # larger pictures, with all phone photos that somebody annotated.
    "transfer-sprint": replace(
        _TRANSFER,
        labels="relabelled",
        imagenet=None,
        teacher="transfer",
        input_size=288,
        phone=0.5,
        photo_repeats=3,
        batch=96,
        learning_rate=3e-4,
        epochs=1000,
        ema=0.998,
    ),
    "transfer-sprint-imagenet": replace(
        _TRANSFER,
        labels="relabelled",
        input_size=288,
        phone=0.5,
        photo_repeats=3,
        batch=96,
        learning_rate=6e-4,
        epochs=1000,
        ema=0.998,
    ),
    # Rows 7 to 9 as the report had them, but on all shop labels of training styles and not on 1,200 or
    # 1,500 a class.
    "sleeve-length-report": ClassifierSettings(
        "sleeve_cnn",
        attributes=("sleeve_length",),
        arguments={"input_size": 64},
        labels="shop",
        input_size=64,
        optimiser="rmsprop",
        cosine=False,
        epochs=20,
        augment="flip",
        ships=False,
    ),
    "length-report": ClassifierSettings(
        "cnn2",
        attributes=("length",),
        arguments={"input_size": 96},
        labels="shop",
        input_size=96,
        optimiser="rmsprop",
        cosine=False,
        batch=20,
        epochs=8,
        augment="flip",
        ships=False,
    ),
    "neckline-report": ClassifierSettings(
        "vgg16",
        attributes=("neckline",),
        labels="shop",
        imagenet="vgg16-trunk.safetensors",
        mean=(0.485, 0.456, 0.406),
        std=(0.229, 0.224, 0.225),
        input_size=64,
        learning_rate=5e-5,
        epochs=2,
        augment="flip",
        ships=False,
    ),
}
