"""The stacked ensemble (Wolpert, 1992): a small network on the members' probabilities.

Honest protocol: the members learnt from training styles; the stack is fitted on their predictions for one
half of the validation styles and scored on the other, both ways, so that every score is of images that
neither saw (but for the members' own temperatures, one number each, fitted on both halves). What ships is
fitted on both halves. Report protocol: fitted and scored on the same 619 images that the members were
trained on. It is run to show how large the leak is, and quoted as that.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from fashion_core.checkpoint import load_checkpoint, read_config, save_checkpoint
from fashion_core.networks import build
from fashion_core.taxonomy import MEMBER_CHECKPOINTS, PATTERN
from training.data.cache import save_array
from training.data.files import write_json
from training.data.labels import encode_labels
from training.data.shop import load_packed
from training.data.splits import halves
from training.engine.loop import StepModule, fit, mix
from training.evaluation.classification import Rival, against, score_rows, summary
from training.evaluation.metrics import (
    classification_scores,
    confusion,
    cross_softened,
    fit_temperature,
    soften,
)
from training.publish.plots import plot_confusion, plot_curves
from training.publish.provenance import data_statement
from training.tasks.classifier import predict, view_of
from training.tasks.classifier_settings import SETTINGS
from training.tasks.detail import both_opinions, has_detail, joint_temperature

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from training.data.framed import RealPhotos
    from training.data.real import Real
    from training.data.shop import Packed

TRANSFER = MEMBER_CHECKPOINTS["transfer"]
#: How many images the report fitted and scored its stack on.
REPORT_IMAGES = 619


@dataclass(frozen=True)
class StackSettings:
    """The printed stack: Adam, 20 epochs; rate and batch are not printed."""

    architecture: str = "stack"
    hidden: int = 10
    learning_rate: float = 3e-3
    weight_decay: float = 1e-3
    batch: int = 16
    epochs: int = 20
    #: Real photos are few: how often each is seen an epoch.
    photo_repeats: int = 4
    seed: int = 1

    def arguments(self, members: int) -> dict[str, Any]:
        """The arguments of the network's constructor."""
        found = {"members": members, "classes": len(PATTERN.classes)}
        return found | ({"hidden": self.hidden} if self.architecture == "stack" else {})


#: As printed, and with one weight a member in place of a hidden layer.
SETTINGS_TRIED = (StackSettings(), StackSettings(architecture="weighted_pool", learning_rate=1e-2))


class StackModule(StepModule):
    """Fits the stack on frozen predictions.

    Args:
        settings: hyper-parameters.
        inputs: float32 ``[N, members * classes]``, the members' probabilities.
        truth: int64 ``[N]``.
    """

    def __init__(self, settings: StackSettings, inputs: np.ndarray, truth: np.ndarray) -> None:
        super().__init__(len(inputs), settings.batch, settings.epochs, settings.seed)
        torch.manual_seed(mix(settings.seed, "weights"))
        self.settings = settings
        arguments = settings.arguments(inputs.shape[1] // len(PATTERN.classes))
        self.network = build(settings.architecture, **arguments)
        self.inputs, self.truth = torch.from_numpy(inputs), torch.from_numpy(truth)

    def make_optimisers(self) -> list[torch.optim.Optimizer]:
        """Adam, as printed, with a little weight decay."""
        s = self.settings
        return [
            torch.optim.AdamW(
                self.network.parameters(), lr=s.learning_rate, weight_decay=s.weight_decay
            )
        ]

    def step(self, _step: int, indices: Tensor) -> dict[str, Tensor]:
        """One step on a batch of predictions."""
        (optimiser,) = self.optimisers
        loss = cross_entropy(self.network(self.inputs[indices]), self.truth[indices])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return {"loss": loss.detach()}


def member_predictions(
    members: Sequence[str], root: Path, packs: Path, runs: Path, chosen: np.ndarray
) -> np.ndarray:
    """Probabilities ``[N, members * 6]`` of the images ``chosen``, from the exported checkpoints.

    They are cached below ``runs`` by the weights' checksum.
    """
    parts = []
    for key in members:
        name = MEMBER_CHECKPOINTS[key]
        packed = load_packed(packs / f"dresses-{SETTINGS[name].pack_size}-uint8")
        raw = raw_predictions(root / name, packed, chosen, runs)
        parts.append(_calibrated(root / name, raw))
    return np.concatenate(parts, axis=1)


def raw_predictions(folder: Path, packed: Packed, chosen: np.ndarray, runs: Path) -> np.ndarray:
    """Probabilities ``[N, 6]`` of one member for the images ``chosen``, before its temperature; kept too.

    The transfer model answers together with its second opinion.
    """
    source = packed.fingerprint.encode() + chosen.tobytes()
    return _predictions(folder, packed.images[chosen], source, runs)


def predictions_of(
    members: Sequence[str], root: Path, pictures: np.ndarray, runs: Path
) -> np.ndarray:
    """Probabilities ``[N, members * 6]`` of framed pictures, uint8 ``[N, S, S, 3]``; kept likewise."""
    source = np.ascontiguousarray(pictures[:, ::16, ::16]).tobytes()
    folders = [root / MEMBER_CHECKPOINTS[key] for key in members]
    parts = [_calibrated(f, _predictions(f, pictures, source, runs)) for f in folders]
    return np.concatenate(parts, axis=1)


def member_temperature(folder: Path) -> float:
    """What a member's raw predictions are divided by."""
    if folder.name == TRANSFER and has_detail(folder.parent):
        return joint_temperature(PATTERN.key, folder.parent)
    return float(read_config(folder)["temperature"])


def _calibrated(folder: Path, raw: np.ndarray) -> np.ndarray:
    return np.asarray(soften(raw, member_temperature(folder)), np.float32)


def _predictions(folder: Path, pictures: np.ndarray, source: bytes, runs: Path) -> np.ndarray:
    """Float32 ``[N, 6]`` of one checkpoint; ``source`` tells the pictures from others."""
    if folder.name == TRANSFER and has_detail(folder.parent):
        return both_opinions(PATTERN.key, folder.parent, pictures, runs)
    config = read_config(folder)
    tag = hashlib.sha256(config["sha256"].encode() + source).hexdigest()[:16]
    cache = runs / "predictions" / f"{folder.name}-{tag}.npy"
    if not cache.exists():
        network, config = load_checkpoint(folder)
        raw = predict(network, ["pattern"], view_of(config), pictures)["pattern"]
        save_array(cache, raw.astype(np.float32))
    return np.asarray(np.load(cache), np.float32)


def _fit(settings: StackSettings, inputs: np.ndarray, truth: np.ndarray, run: Path) -> StackModule:
    there = truth >= 0
    module = StackModule(settings, inputs[there], truth[there])
    (run / "last.ckpt").unlink(missing_ok=True)  # seconds of work: nothing to resume
    fit(module, run, device="cpu", quiet=True)
    module.network.eval()
    return module


@torch.inference_mode()
def _apply(module: StackModule, inputs: np.ndarray) -> np.ndarray:
    found: np.ndarray = module.network(torch.from_numpy(inputs)).softmax(1).numpy()
    return found


def train_honest(
    name: str,
    members: Sequence[str],
    packed: Packed,
    clean: dict[str, dict[str, str]],
    root: Path,
    packs: Path,
    runs: Path,
    tried: Sequence[StackSettings] = SETTINGS_TRIED,
    real: Real | None = None,
) -> dict[str, Any]:
    """Fit, cross-fit and export a stack; ``clean`` empty means shop labels.

    Of the settings that are ``tried`` those ship whose cross-fitted answers are right more often; the scores of
    all are in the report. With ``real`` they are fitted on real photos of validation senders
    too, and on validation dresses as a phone would see them: there the members deserve other weights than on
    shop photos.

    Returns:
        Its report: cross-fitted validation scores of the stack and of each member.
    """
    chosen = packed.select("validation")
    rows = [packed.rows[i] for i in chosen]
    inputs = member_predictions(members, root, packs, runs, chosen)
    labels = [clean.get(r.image, {}) for r in rows] if clean else [r.labels for r in rows]
    truth = encode_labels(labels, "pattern", PATTERN.classes)
    half = halves(r.style for r in rows)
    for photos, times in _weighted(real, tried[0]):
        found = predictions_of(members, root, photos.pictures, runs)
        inputs = np.concatenate([inputs, *[found] * times])
        named = encode_labels(photos.labels, "pattern", PATTERN.classes)
        truth = np.concatenate([truth, np.tile(named, times)])
        half = np.concatenate([half, np.tile(halves(photos.groups), times)])
    answers = {s.architecture: _crossed(s, inputs, truth, half, runs / name) for s in tried}
    settings = max(tried, key=lambda s: _share_right(answers[s.architecture], truth))
    crossed = answers[settings.architecture]
    final = _fit(settings, inputs, truth, runs / name)
    temperature = fit_temperature(crossed, truth)
    everything, shop = cross_softened(crossed, truth, half), len(rows)
    calibrated = everything[:shop]
    theirs = dict(zip(members, np.split(inputs, len(members), axis=1), strict=True))
    members_scores = {
        key: score_rows(packed, clean, "validation", "pattern", PATTERN.classes, part[:shop])
        for key, part in theirs.items()
    }
    tried_scores = {
        key: score_rows(packed, clean, "validation", "pattern", PATTERN.classes, found[:shop])
        for key, found in answers.items()
    }
    best = best_member(members_scores)
    rival = Rival(MEMBER_CHECKPOINTS[best], theirs[best][:shop])
    scores = score_rows(packed, clean, "validation", "pattern", PATTERN.classes, calibrated, rival)
    if real:
        last = slice(len(inputs) - len(real.validation.pictures), None)
        rival = Rival(rival.name, theirs[best][last])
        scores.append(_score_photos(everything[last], truth[last], rival))
        for listed, answered in ((members_scores, theirs), (tried_scores, answers)):
            for key, part in answered.items():
                listed[key].append(_score_photos(part[last], truth[last]))
    report = {
        "temperature": temperature,
        "protocol": "honest: fitted on one half of the validation styles, scored on the other",
        "validation": scores,
        "members": members_scores,
        "tried": tried_scores,
        "confusion": confusion(calibrated, truth[:shop], len(PATTERN.classes)).tolist(),
    }
    data = data_statement(packed, int((truth[: len(rows)] >= 0).sum()), "validation styles")
    if real:
        data["statement"] += (
            f" Besides {len(real.validation_views.names):,} of them as a phone would see them, and "
            f"{len(real.validation.names)} phone photos (CC0) of validation senders."
        )
    _export(name, final, members, data, report, root)
    return report


def _crossed(
    settings: StackSettings, inputs: np.ndarray, truth: np.ndarray, half: np.ndarray, run: Path
) -> np.ndarray:
    """Answers ``[N, 6]`` for each half of the styles by a stack that was fitted on the other."""
    found = np.zeros((len(inputs), len(PATTERN.classes)), np.float32)
    for side in (0, 1):
        there = np.where(half == side, truth, -1)
        fitted = _fit(settings, inputs, there, run.with_name(f"{run.name}-{side}"))
        found[half != side] = _apply(fitted, inputs[half != side])
    return found


def _share_right(found: np.ndarray, truth: np.ndarray) -> float:
    there = truth >= 0
    return float((found[there].argmax(1) == truth[there]).mean())


def best_member(scores: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """The member with the highest accuracy on validation dresses: on clean labels, where there are any."""

    def accuracy(key: str) -> float:
        named = {row["labels"]: row["accuracy"] for row in scores[key]}
        return float(named.get("clean", named["shop"]))

    return max(scores, key=accuracy)


def _weighted(real: Real | None, settings: StackSettings) -> list[tuple[RealPhotos, int]]:
    """What the stack is fitted on beside shop photos, and how often each is seen; photos come last."""
    if real is None:
        return []
    return [(real.validation_views, 1), (real.validation, settings.photo_repeats)]


def _score_photos(
    found: np.ndarray, truth: np.ndarray, rival: Rival | None = None
) -> dict[str, Any]:
    scores = classification_scores(found, truth, PATTERN.classes, "pattern")
    return {"labels": "photos", **scores, **against(rival, found, truth)}


def _export(
    name: str,
    module: StackModule,
    members: Sequence[str],
    data: dict[str, Any],
    report: dict[str, Any],
    root: Path,
) -> None:
    folder, classes = root / name, PATTERN.classes
    save_checkpoint(
        folder,
        module.network,
        {
            "architecture": module.settings.architecture,
            "arguments": module.settings.arguments(len(members)),
            "members": list(members),
            "attribute": "pattern",
            "classes": list(classes),
            "temperature": report["temperature"],
            "metrics": summary(report),
            "data": data,
        },
    )
    write_json(folder / "report.json", {"name": name, "attribute": "pattern", **report})
    plot_curves(module.history, folder / "curves.png", name)
    plot_confusion(
        np.array(report["confusion"]), classes, folder / "confusion.png", f"{name}: validation"
    )


def train_report(
    members: Sequence[str],
    packed: Packed,
    root: Path,
    packs: Path,
    runs: Path,
    settings: StackSettings | None = None,
) -> dict[str, Any]:
    """The leaky protocol, side by side with the same stack's score on validation images.

    Only its report is written: it is no model that anybody should use.
    """
    name = "pattern-stack-report"
    train = packed.select("train")
    chosen = train[[("pattern" in packed.rows[i].labels) for i in train]][:REPORT_IMAGES]
    labels = [packed.rows[i].labels for i in chosen]
    truth = encode_labels(labels, "pattern", PATTERN.classes)
    inputs = member_predictions(members, root, packs, runs, chosen)
    module = _fit(settings or StackSettings(), inputs, truth, runs / name)
    leaky = _apply(module, inputs)
    validation = packed.select("validation")
    unseen = _apply(module, member_predictions(members, root, packs, runs, validation))
    report = {
        "protocol": "report: fitted and scored on the same images, which its members were trained on",
        "leaky score, not a result": classification_scores(leaky, truth, PATTERN.classes),
        "validation": score_rows(packed, {}, "validation", "pattern", PATTERN.classes, unseen),
        "confusion": confusion(leaky, truth, len(PATTERN.classes)).tolist(),
    }
    folder = root / name
    write_json(folder / "report.json", {"name": name, "attribute": "pattern", **report})
    plot_curves(module.history, folder / "curves.png", name)
    plot_confusion(
        np.array(report["confusion"]),
        PATTERN.classes,
        folder / "confusion.png",
        f"{name}: the leak, 619 training images",
    )
    return report
