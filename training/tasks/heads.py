"""Linear heads for the attributes, fitted on clean labels alone, on the features of the transfer model.

The backbone learns from all labels, because shape and texture survive noise. What the heads answer is
decided by labels that somebody checked: on the same features that is worth several points.
"""

from __future__ import annotations

import copy
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from fashion_core.networks import build
from fashion_core.networks.folding import folded
from fashion_core.preprocess import network_input
from training.data.cache import save_array, weights_digest
from training.engine.loop import StepModule, fit, mix
from training.engine.schedule import cosine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class HeadSettings:
    """Hyper-parameters of a linear head."""

    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    batch: int = 64
    epochs: int = 12
    class_weighting: float = 0.3
    label_smoothing: float = 0.05
    seed: int = 1


class HeadModule(StepModule):
    """Fits a linear head on features ``[N, F]`` float32 with labels ``[N]``."""

    def __init__(
        self, settings: HeadSettings, features: np.ndarray, truth: np.ndarray, classes: int
    ) -> None:
        super().__init__(len(features), settings.batch, settings.epochs, settings.seed)
        torch.manual_seed(mix(settings.seed, "weights"))
        self.settings = settings
        self.network = build("linear_head", in_features=features.shape[1], classes=classes)
        self.features, self.truth = torch.from_numpy(features), torch.from_numpy(truth)
        counts = torch.bincount(self.truth, minlength=classes).clamp_min(1)
        weights = (counts / counts.sum()) ** -settings.class_weighting
        self.weights = weights / weights.mean()

    def make_optimisers(self) -> list[torch.optim.Optimizer]:
        """AdamW; the rate falls to nothing along a cosine."""
        s = self.settings
        return [
            torch.optim.AdamW(
                self.network.parameters(), lr=s.learning_rate, weight_decay=s.weight_decay
            )
        ]

    def step(self, step: int, indices: Tensor) -> dict[str, Tensor]:
        """One step."""
        (optimiser,) = self.optimisers
        for group in optimiser.param_groups:
            group["lr"] = self.settings.learning_rate * cosine(self.progress(step))
        loss = cross_entropy(
            self.network(self.features[indices]),
            self.truth[indices],
            self.weights,
            label_smoothing=self.settings.label_smoothing,
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return {"loss": loss.detach()}


def fit_head(
    features: np.ndarray,
    truth: np.ndarray,
    classes: int,
    run: Path,
    settings: HeadSettings | None = None,
) -> HeadModule:
    """Fit a head; seconds of work, so nothing is resumed."""
    module = HeadModule(settings or HeadSettings(), features, truth, classes)
    (run / "last.ckpt").unlink(missing_ok=True)
    fit(module, run, device="cpu", quiet=True)
    module.network.eval()
    return module


@torch.inference_mode()
def probabilities_of(head: nn.Module, features: np.ndarray) -> np.ndarray:
    """Probabilities ``[N, classes]`` of features ``[N, F]``."""
    found: np.ndarray = head(torch.from_numpy(features)).softmax(1).numpy()
    return found


@torch.inference_mode()
def features_of(
    network: nn.Module, config: Mapping[str, Any], pictures: Sequence[np.ndarray], batch: int = 16
) -> np.ndarray:
    """Transfer features ``[N, F]`` of framed or packed pictures, uint8 ``[N, S, S, 3]``."""
    network = folded(copy.deepcopy(network)).to(memory_format=torch.channels_last)
    view = config["input_size"], config["mean"], config["std"]
    parts = range(0, len(pictures), batch)
    return np.concatenate(
        [network.features(network_input(pictures[i : i + batch], *view)).numpy() for i in parts]
    )


def kept_features(
    network: nn.Module, config: Mapping[str, Any], pictures: np.ndarray, name: str, runs: Path
) -> np.ndarray:
    """The same, kept below ``runs`` by checksums of the backbone, of its view and of the pictures.

    Other heads on the same backbone find them again, whatever ``name`` they were kept under.
    """
    shown = hashlib.sha256(np.ascontiguousarray(pictures[:, ::16, ::16]).tobytes()).hexdigest()
    view = f"{config['input_size']} {config['mean']} {config['std']}"
    seer = hashlib.sha256(f"{weights_digest(network.backbone)} {view}".encode()).hexdigest()
    folder, key = runs / "features", f"{seer[:8]}-{shown[:8]}"
    path = next(folder.glob(f"*-{key}.npy"), folder / f"{name}-{key}.npy")
    if not path.exists():
        save_array(path, features_of(network, config, pictures).astype(np.float16))
    return np.load(path).astype(np.float32)


def read_features(
    network: nn.Module, config: Mapping[str, Any], pictures: np.ndarray, name: str, runs: Path
) -> np.ndarray:
    """What the Analyser reads: the mean of :func:`kept_features` of pictures and of their mirror images."""
    mirrored = np.ascontiguousarray(pictures[:, :, ::-1])
    first = kept_features(network, config, pictures, name, runs)
    return (first + kept_features(network, config, mirrored, f"{name}-mirrored", runs)) / 2
