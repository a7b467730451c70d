"""The second opinion: a larger backbone that sees the picture larger, frozen, under heads of our own.

Fine stripes and lace are lost at the 224 pixels of the transfer model. Fine-tuning at 320 costs more than two
cores can pay; frozen features of EfficientNet-Lite2 are right and wrong about other pictures than the
fine-tuned ones of Lite1, and both together are better than either (Wolpert, "Stacked generalization", 1992).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from fashion_core.checkpoint import load_checkpoint, read_config, save_checkpoint
from fashion_core.fusion import pooled
from fashion_core.networks import build
from fashion_core.networks.transfer import MEAN, STD, load_imagenet
from fashion_core.taxonomy import ATTRIBUTES, HEAD_CHECKPOINTS, PATTERN
from training.data.files import write_json
from training.errors import DataError
from training.evaluation.classification import attribute_report, write_reports
from training.evaluation.metrics import soften
from training.publish.provenance import data_statement
from training.tasks.heads import kept_features, probabilities_of, read_features
from training.tasks.transfer_heads import Examples, fit_attribute

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from training.data.real import Real
    from training.data.shop import Packed

NAME = "detail"
VARIANT, SIDE = "efficientnet-lite2", 320
#: What it is asked. Nobody annotated the fit, and a kind of garment is told without fine detail. Of necklines
#: it knew less than the transfer model (.720 to .797 on validation dresses; together .789); of lengths both
#: together read .779 of those (.772), but .437 of people in folds (.507). Of sleeves it helped the transfer
#: model before that was taught by both (.928 to .933); since then both together read .933 and it alone .940.
ASKED = ("pattern",)


def train_detail(
    packed: Packed,
    clean: dict[str, dict[str, str]],
    imagenet: Path,
    root: Path,
    runs: Path,
    real: Real | None = None,
) -> dict[str, Any]:
    """Fit and export ``detail``; returns attribute -> report of both opinions together, on validation styles.

    Args:
        packed: of 256 px.
        clean: image -> clean labels; it learns from no others.
        imagenet: folder with the weights of the backbone.
        root: holds ``transfer`` and the heads that it speaks beside; it is written there too.
        runs: features are kept below it.
        real: phone photos, and shop photos as a phone would see them.

    Raises:
        DataError: nothing is labelled.
    """
    classes = {key: ATTRIBUTES[key].classes for key in ASKED}
    network = build("transfer", classes={k: len(c) for k, c in classes.items()}, variant=VARIANT)
    load_imagenet(network, imagenet / f"{VARIANT}.safetensors")
    config = _config(packed, clean, classes, root, real)
    save_checkpoint(root / NAME, network, config)
    network, config = load_checkpoint(root / NAME)
    examples = _examples(network, config, packed, clean, runs, real)
    heads = {
        key: fit_attribute(examples, key, names, runs / f"head-{NAME}")
        for key, names in classes.items()
    }
    _put_heads(network, heads)
    rows = packed.images[packed.select("validation")]
    features = read_features(network, config, rows, "detail-dresses", runs)
    reports = {}
    for key, names in classes.items():
        alone = probabilities_of(heads[key], features)
        own = attribute_report(packed, clean, key, names, alone)
        config["temperatures"][key] = own["temperature"]
        first = first_opinion(key, root, rows, runs)
        both = pooled(first, soften(alone, own["temperature"]).astype(np.float32))
        reports[key] = attribute_report(packed, clean, key, names, both)
        config["joint_temperatures"][key] = reports[key]["temperature"]
        reports[key]["alone"] = own["validation"]
    save_checkpoint(root / NAME, network, config)
    shown = {"classes": list(classes[PATTERN.key])}
    write_reports(root / NAME, NAME, PATTERN.key, shown, reports[PATTERN.key])
    write_json(root / NAME / "both.json", reports)
    return reports


def _config(
    packed: Packed,
    clean: Mapping[str, Mapping[str, str]],
    classes: Mapping[str, Sequence[str]],
    root: Path,
    real: Real | None,
) -> dict[str, Any]:
    looked = sum(packed.rows[i].image in clean for i in packed.select("train"))
    data = data_statement(packed, looked)
    if real:
        data["statement"] += (
            f" The heads learn from clean labels alone, from {len(real.train_views.names):,} phone views of "
            f"the same photos and from {len(real.train.names)} phone photos (CC0)."
        )
    return {
        "architecture": "transfer",
        "arguments": {"classes": {k: len(c) for k, c in classes.items()}, "variant": VARIANT},
        "input_size": SIDE,
        "mean": list(MEAN),
        "std": list(STD),
        "classes": {key: list(names) for key, names in classes.items()},
        "beside": read_config(root / "transfer")["sha256"],
        "temperatures": {},
        "joint_temperatures": {},
        "data": data,
    }


def _examples(
    network: nn.Module,
    config: dict[str, Any],
    packed: Packed,
    clean: Mapping[str, Mapping[str, str]],
    runs: Path,
    real: Real | None,
) -> list[Examples]:
    """Checked shop photos, the same as a phone would see them, phone photos twice."""

    def seen(name: str, pictures: np.ndarray, labels: Sequence[Mapping[str, str]]) -> Examples:
        features = kept_features(network, config, pictures, f"{NAME}-{name}", runs)
        return Examples(features, labels, [""] * len(labels))

    looked = [i for i in packed.select("train") if packed.rows[i].image in clean]
    if not looked:
        raise DataError("The second opinion learns from clean labels, and there are none.")
    labels = [clean[packed.rows[i].image] for i in looked]
    found = [seen("shop", packed.images[looked], labels)]
    if real:
        views, photos = real.train_views, real.train
        found.append(seen("views", views.pictures, views.labels))
        found.append(seen("photos", photos.pictures, photos.labels))
        found.append(seen("photos-mirrored", photos.pictures[:, :, ::-1], photos.labels))
    return found


@torch.no_grad()
def _put_heads(network: nn.Module, heads: Mapping[str, nn.Module]) -> None:
    """Put heads, each standardised by the rows that it was fitted on, behind one shared norm."""
    shared = heads[PATTERN.key].norm
    network.norm.load_state_dict(shared.state_dict())
    for key, head in heads.items():
        own = head.norm
        scale = own.weight / (own.running_var + own.eps).sqrt()
        ours = shared.weight / (shared.running_var + shared.eps).sqrt()
        # own(x) = shared(x) * ratio + shift
        ratio = scale / ours
        shift = (
            own.bias - own.running_mean * scale - ratio * (shared.bias - shared.running_mean * ours)
        )
        network.heads[key].weight.copy_(head.linear.weight * ratio)
        network.heads[key].bias.copy_(head.linear.bias + head.linear.weight @ shift)


def first_opinion(attribute: str, root: Path, pictures: np.ndarray, runs: Path) -> np.ndarray:
    """Calibrated probabilities ``[N, classes]`` of the transfer model and its heads, float32."""
    network, config = load_checkpoint(root / "transfer")
    features = read_features(network, config, pictures, "dresses", runs)
    if attribute == PATTERN.key:
        raw = _classified(network, features)[attribute]
    else:
        head, config = load_checkpoint(root / HEAD_CHECKPOINTS[attribute])
        raw = probabilities_of(head, features)
    return soften(raw, config["temperature"]).astype(np.float32)


def has_detail(root: Path) -> bool:
    """Whether there is a second opinion below ``root``."""
    return (root / NAME / "config.json").exists()


def second_opinion(root: Path, pictures: np.ndarray, runs: Path) -> dict[str, np.ndarray]:
    """Attribute -> calibrated probabilities ``[N, classes]`` of ``detail`` alone; empty where there is none."""
    if not has_detail(root):
        return {}
    network, config = load_checkpoint(root / NAME)
    features = read_features(network, config, pictures, f"{NAME}-pictures", runs)
    return {
        key: soften(raw, config["temperatures"][key]).astype(np.float32)
        for key, raw in _classified(network, features).items()
    }


def both_opinions(attribute: str, root: Path, pictures: np.ndarray, runs: Path) -> np.ndarray:
    """What the Analyser makes of the transfer model and ``detail``, before its temperature for both."""
    first = first_opinion(attribute, root, pictures, runs)
    second = second_opinion(root, pictures, runs)
    return pooled(first, second[attribute]) if attribute in second else first


def joint_temperature(attribute: str, root: Path) -> float:
    """The temperature of both opinions together; 1 where there is one."""
    if not has_detail(root):
        return 1.0
    return float(read_config(root / NAME)["joint_temperatures"].get(attribute, 1.0))


@torch.inference_mode()
def _classified(network: nn.Module, features: np.ndarray) -> dict[str, np.ndarray]:
    logits = network.classify(torch.from_numpy(features))
    return {key: values.softmax(1).numpy() for key, values in logits.items()}
