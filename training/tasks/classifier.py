"""Classifiers: one attribute or several at once, on shop labels or on clean ones where there are any.

Hyper-parameters start from the report's (SETTINGS below name what differs from the print and why).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from fashion_core.networks import build, transfer, vgg
from fashion_core.preprocess import network_input, normalise, to_unit
from fashion_core.taxonomy import ATTRIBUTES
from training.data.labels import encode_labels, merge_labels
from training.data.shop import SHOP_CLASSES, Packed
from training.engine.augment import augment
from training.engine.loop import StepModule, fast_bfloat16, mix, state_of, update_average
from training.engine.schedule import cosine, warm_up

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from training.data.framed import RealPhotos

#: One label for each attribute of this many images is enough to watch a run by.
WATCHED_IMAGES = 600
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
    def view(self) -> View:
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
    # A student of the one that ships and of the second opinion, on all shop photos of training styles: their
    # word stands where nobody looked (Xie et al., "Self-training with noisy student", CVPR 2020).
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


@dataclass(frozen=True)
class Labelled:
    """Images with their labels.

    Attributes:
        images: uint8 ``[N, S, S, 3]``.
        labels: attribute -> int64 ``[N]`` (-1: none).
        weights: how far to trust them, float32 ``[N]``.
        masks: the garment in shop photos, bits uint8 ``[N, S, S / 8]``, none set where it is not known.
    """

    images: np.ndarray
    labels: dict[str, np.ndarray]
    weights: np.ndarray
    masks: np.ndarray | None = None

    def with_photos(self, photos: RealPhotos, settings: ClassifierSettings) -> Labelled:
        """These and real photos, each ``settings.photo_repeats`` times."""
        times = settings.photo_repeats
        labels = {
            a: np.concatenate([self.labels[a], np.tile(encode_labels(photos.labels, a, c), times)])
            for a, c in settings.classes().items()
        }
        count = times * len(photos.pictures)
        masks = self.masks
        if masks is not None:
            masks = np.concatenate([masks, np.zeros((count, *masks.shape[1:]), np.uint8)])
        return Labelled(
            np.concatenate([self.images, *[photos.pictures] * times]),
            labels,
            np.concatenate([self.weights, np.full(count, settings.clean_weight, np.float32)]),
            masks,
        )


def labelled(
    settings: ClassifierSettings,
    packed: Packed,
    clean: dict[str, dict[str, str]],
    split: str,
    masks: np.ndarray | None = None,
    relabelled: Mapping[str, np.ndarray] | None = None,
) -> Labelled:
    """The rows of ``split`` that carry a label for at least one attribute of ``settings``.

    In the order of ``packed.select(split)``: ``masks`` are bits of the garments, ``relabelled`` holds attribute
    -> class of each, for settings that ask for such labels (:mod:`training.data.relabel`).
    """
    merged, is_clean = merge_labels(packed.rows, clean)
    if settings.labels == "shop":
        merged, is_clean = [row.labels for row in packed.rows], np.zeros(len(packed.rows), bool)
    labels = {a: encode_labels(merged, a, c) for a, c in settings.classes().items()}
    chosen = packed.select(split)
    if relabelled:
        for attribute, values in labels.items():
            values[chosen] = relabelled[attribute]
    kept = np.stack([labels[a][chosen] >= 0 for a in labels]).any(0)
    if settings.clean_only:
        kept &= is_clean[chosen]
    if masks is not None:
        masks = masks[kept]
    chosen = chosen[kept]
    weights = np.where(is_clean, settings.clean_weight, 1.0).astype(np.float32)
    return Labelled(
        packed.images[chosen], {a: v[chosen] for a, v in labels.items()}, weights[chosen], masks
    )


class ClassifierModule(StepModule):
    """A network, its masked multi-task loss and its optimiser.

    Args:
        settings: hyper-parameters.
        train: what to learn from.
        watch: what to score after each epoch; the weights never depend on it.
        imagenet: folder with the initial weights that ``settings.imagenet`` names.
        start: a run's folder to start from instead.
        teacher: a network to take the backbone of instead.
        bfloat16: autocast; by default where the machine gains from it.
    """

    def __init__(
        self,
        settings: ClassifierSettings,
        train: Labelled,
        watch: Labelled | None = None,
        imagenet: Path | None = None,
        start: Path | None = None,
        teacher: nn.Module | None = None,
        *,
        bfloat16: bool | None = None,
    ) -> None:
        super().__init__(len(train.images), settings.batch, settings.epochs, settings.seed)
        torch.manual_seed(mix(settings.seed, "weights"))
        self.settings, self.train_data, self.watch = settings, train, watch
        self.bfloat16 = fast_bfloat16() if bfloat16 is None else bfloat16
        network = settings.network()
        if settings.imagenet and imagenet:
            load = transfer if settings.architecture == "transfer" else vgg
            load.load_imagenet(network, imagenet / settings.imagenet)
        if start:
            state = torch.load(start / "last.ckpt", map_location="cpu", weights_only=False)
            network.load_state_dict(state_of(state, "network"))
        if teacher:
            network.backbone.load_state_dict(teacher.backbone.state_dict())
            network.norm.load_state_dict(teacher.norm.state_dict())
        self.average = copy.deepcopy(network).requires_grad_(False) if settings.ema else None
        if self.bfloat16:
            spare_depthwise(network)
        self.network = network.to(memory_format=torch.channels_last)
        self.labels = {a: torch.from_numpy(v) for a, v in train.labels.items()}
        self.class_weights = {
            a: _class_weights(v, len(settings.classes()[a]), settings.class_weighting)
            for a, v in train.labels.items()
        }

    def make_optimisers(self) -> list[torch.optim.Optimizer]:
        """The optimiser that the settings name."""
        s = self.settings
        if s.optimiser == "rmsprop":
            # Keras' defaults, which the report used.
            return [
                torch.optim.RMSprop(
                    self.network.parameters(), lr=s.learning_rate, alpha=0.9, eps=1e-7
                )
            ]
        kind = torch.optim.AdamW if s.optimiser == "adamw" else torch.optim.Adam
        decayed = [p for p in self.network.parameters() if p.ndim > 1]
        others = [p for p in self.network.parameters() if p.ndim <= 1]
        groups = [
            {"params": decayed, "weight_decay": s.weight_decay},
            {"params": others, "weight_decay": 0.0},
        ]
        return [kind(groups, lr=s.learning_rate, fused=True)]

    def _rate(self, step: int) -> float:
        s = self.settings
        fall = cosine(self.progress(step)) if s.cosine else 1.0
        return s.learning_rate * warm_up(step, min(100, max(1, self.total_steps // 10))) * fall

    def step(self, step: int, indices: Tensor) -> dict[str, Tensor]:
        """One step on the images ``indices``."""
        (optimiser,) = self.optimisers
        for group in optimiser.param_groups:
            group["lr"] = self._rate(step)
        x = augment(self.shown(step, indices), self.settings.augment)
        x = normalise(x, self.settings.mean, self.settings.std)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bfloat16):
            logits = self.logits(x.to(memory_format=torch.channels_last))
        loss = self._loss(logits, indices)
        total = loss + self.network.penalty() if hasattr(self.network, "penalty") else loss
        optimiser.zero_grad()
        total.backward()
        optimiser.step()
        if self.average is not None:
            update_average(self.average, self.network, step, self.settings.ema)
        return {"loss": loss.detach()}

    def shown(self, step: int, indices: Tensor) -> Tensor:
        """Pictures ``[N, 3, S, S]`` in 0..1 of a step, before they are augmented."""
        return to_unit(torch.from_numpy(self._pictures(step, indices.numpy())).to(self.device))

    @property
    def exported(self) -> nn.Module:
        """What ships: the moving average where there is one."""
        return self.network if self.average is None else self.average

    def _pictures(self, step: int, indices: np.ndarray) -> np.ndarray:
        """uint8 ``[N, S, S, 3]`` of the input's size, some of them as a phone would see them."""
        data, s = self.train_data, self.settings
        pictures: np.ndarray = data.images[indices]
        if not s.phone or data.masks is None:
            return pictures
        # Not at the top: a sprint makes its views on the device, where half of their packages are missing.
        from training.data.synthetic.composites import foreground_of
        from training.data.synthetic.phone_views import phone_view

        random = np.random.default_rng(mix(s.seed, "phone", step))
        seen = []
        for packed, bits in zip(pictures, data.masks[indices], strict=True):
            picture = packed
            if bits.any() and random.random() < s.phone:
                mask = np.unpackbits(bits, axis=-1).astype(np.bool_)
                picture = phone_view(foreground_of(packed, mask), random)
            size = (s.input_size, s.input_size)
            seen.append(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
        return np.stack(seen)

    def logits(self, images: Tensor) -> dict[str, Tensor]:
        """Logits by attribute, also for networks of one attribute."""
        found = self.network(images)
        return found if isinstance(found, dict) else {self.settings.attributes[0]: found}

    def _loss(self, logits: dict[str, Tensor], indices: Tensor) -> Tensor:
        """Cross-entropy over the labels that are there, weighted by class and by trust."""
        trust = torch.from_numpy(self.train_data.weights)[indices].to(self.device)
        losses = []
        for attribute, values in logits.items():
            target = self.labels[attribute][indices].to(self.device)
            each = cross_entropy(
                values.float(),
                target,
                weight=self.class_weights[attribute].to(self.device),
                ignore_index=-1,
                reduction="none",
                label_smoothing=self.settings.label_smoothing,
            )
            there = (target >= 0) * trust
            losses.append((each * there).sum() / there.sum().clamp_min(1e-6))
        return torch.stack(losses).mean()

    def after_epoch(self, step: int) -> None:
        """Accuracy of each attribute on some validation images, into the curves."""
        if self.watch is None:
            return
        few = slice(0, WATCHED_IMAGES)
        found = predict(
            self.exported,
            self.settings.attributes,
            self.settings.view,
            self.watch.images[few],
            self.device,
        )
        scores = {}
        for attribute, probabilities in found.items():
            truth = self.watch.labels[attribute][few]
            there = truth >= 0
            if there.any():
                scores[f"val_{attribute}"] = float(
                    (probabilities.argmax(1)[there] == truth[there]).mean()
                )
        self.history.append({"step": step, **scores})
        print(f"\nstep {step} of {self.total_steps}: {scores}", flush=True)
        self.network.train()


def spare_depthwise(network: nn.Module) -> None:
    """Keep depthwise convolutions in float32 when autocasting on a CPU.

    Their bfloat16 backward pass is slow there: 59 ms an image for EfficientNet-Lite1 at 160 px on one
    core against 26 ms with this.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and module.groups > 1:
            module.forward = _in_float32(module.forward)  # type: ignore[method-assign]


def _in_float32(forward: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    def wrapped(x: Tensor) -> Tensor:
        if x.device.type != "cpu":
            return forward(x)
        with torch.autocast("cpu", enabled=False):
            return forward(x.float())

    return wrapped


def _class_weights(labels: np.ndarray, classes: int, power: float) -> Tensor:
    """Weights ``[classes]``: frequency to the minus ``power``, with a mean of one over the data."""
    counts = np.bincount(labels[labels >= 0], minlength=classes).clip(1)
    weights = (counts / counts.sum()) ** -power
    weights /= (weights * counts).sum() / counts.sum()
    return torch.tensor(weights.clip(max=8.0), dtype=torch.float32)


View = tuple[int, Sequence[float], Sequence[float]]


def view_of(config: Mapping[str, Any]) -> View:
    """Input size, mean and std that a checkpoint's config asks for."""
    return config["input_size"], config["mean"], config["std"]


@torch.inference_mode()
def predict(
    network: nn.Module,
    attributes: Sequence[str],
    view: View,
    images: np.ndarray,
    device: torch.device | str = "cpu",
    batch: int = 64,
) -> dict[str, np.ndarray]:
    """Probabilities by attribute, ``[N, classes]`` float32, of uint8 images ``[N, S, S, 3]``.

    ``attributes`` names the one of a network with a single output; others name their own.
    """
    network.eval()
    parts: dict[str, list[np.ndarray]] = {}
    for start in range(0, len(images), batch):
        found = network(network_input(images[start : start + batch], *view, device))
        found = found if isinstance(found, dict) else {attributes[0]: found}
        for attribute, logits in found.items():
            parts.setdefault(attribute, []).append(logits.float().softmax(1).cpu().numpy())
    return {attribute: np.concatenate(p) for attribute, p in parts.items()}
