"""Classifiers: one attribute or several at once, on shop labels or on clean ones where there are any."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from fashion_core.networks import transfer, vgg
from fashion_core.preprocess import network_input, normalise, to_unit
from training.engine.augment import augment
from training.engine.loop import StepModule, fast_bfloat16, mix, state_of, update_average
from training.engine.schedule import cosine, warm_up

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from training.tasks.classifier_settings import ClassifierSettings
    from training.tasks.labelled import Labelled

#: Input size, mean and standard deviation of a network.
View = tuple[int, Sequence[float], Sequence[float]]
#: One label for each attribute of this many images is enough to watch a run by.
WATCHED_IMAGES = 600


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
        self.in_bfloat16 = fast_bfloat16() if bfloat16 is None else bfloat16
        network = settings.network()
        if settings.imagenet and imagenet:
            _load_imagenet(network, imagenet / settings.imagenet)
        if start:
            state = torch.load(start / "last.ckpt", map_location="cpu", weights_only=True)
            network.load_state_dict(state_of(state, "network"))
        if teacher:
            student, teacher = (cast("transfer.TransferClassifier", n) for n in (network, teacher))
            student.backbone.load_state_dict(teacher.backbone.state_dict())
            student.norm.load_state_dict(teacher.norm.state_dict())
        self.average = copy.deepcopy(network).requires_grad_(False) if settings.ema else None
        if self.in_bfloat16:
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
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.in_bfloat16):
            logits = self.logits(x.to(memory_format=torch.channels_last))
        loss = self._loss(logits, indices)
        penalty: Callable[[], Tensor] | None = getattr(self.network, "penalty", None)
        total = loss + penalty() if penalty else loss
        optimiser.zero_grad()
        total.backward()
        optimiser.step()
        if self.average is not None and self.settings.ema is not None:
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
        outputs = self.network(images)
        return outputs if isinstance(outputs, dict) else {self.settings.attributes[0]: outputs}

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
        predicted = predict(
            self.exported,
            self.settings.attributes,
            self.settings.view,
            self.watch.images[few],
            self.device,
        )
        scores = {}
        for attribute, probabilities in predicted.items():
            truth = self.watch.labels[attribute][few]
            there = truth >= 0
            if there.any():
                scores[f"val_{attribute}"] = float(
                    (probabilities.argmax(1)[there] == truth[there]).mean()
                )
        self.history.append({"step": step, **scores})
        print(f"\nstep {step} of {self.total_steps}: {scores}", flush=True)
        self.network.train()


def _load_imagenet(network: nn.Module, path: Path) -> None:
    if isinstance(network, transfer.TransferClassifier):
        transfer.load_imagenet(network, path)
    else:
        vgg.load_imagenet(cast("vgg.VGG16", network), path)


def spare_depthwise(network: nn.Module) -> None:
    """Keep depthwise convolutions in float32 when autocasting on a CPU.

    Their bfloat16 backward pass is slow there: 59 ms an image for EfficientNet-Lite1 at 160 px on one
    core against 26 ms with this.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and module.groups > 1:
            # A method of one object is replaced on purpose: mypy takes both for errors.
            module.forward = _in_float32(module.forward)  # type: ignore[method-assign, assignment]


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
        outputs = network(network_input(images[start : start + batch], *view, device))
        outputs = outputs if isinstance(outputs, dict) else {attributes[0]: outputs}
        for attribute, logits in outputs.items():
            parts.setdefault(attribute, []).append(logits.float().softmax(1).cpu().numpy())
    return {attribute: np.concatenate(p) for attribute, p in parts.items()}
