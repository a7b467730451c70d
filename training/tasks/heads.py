"""Linear heads on the features of a frozen backbone, and the table that says of each what it learns from.

The backbone learns from all labels, because shape and texture survive noise. What the heads answer is
decided by labels that somebody checked: on the same features that is worth several points.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from fashion_core.networks.transfer import LinearHead, TransferClassifier
from fashion_core.taxonomy import (
    ATTRIBUTES,
    DETAIL,
    GARMENT_DETAIL,
    HEAD_CHECKPOINTS,
    PATTERN,
    TRANSFER,
    WORN_CLASSES,
    WORN_HEAD,
)
from training.data.garments import CLASSES as GARMENT_CLASSES
from training.data.people import WORN
from training.data.shop import SHOP_CLASSES
from training.data.splits import HEAD_FOLDS
from training.engine.loop import StepModule, fit, mix
from training.engine.schedule import cosine
from training.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np

    from training.tasks.head_sources import Examples


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


@dataclass(frozen=True)
class HeadSpec:
    """One head.

    Attributes:
        name: its checkpoint folder; the pattern heads lie in those of their backbones.
        backbone: the checkpoint whose features it reads.
        attribute: the key of the labels that it learns.
        classes: in logit order.
        learns_from: sources of :mod:`training.tasks.head_sources`, their rows joined in this order, each seen
            once an epoch for every time that it is named; those that are not there are passed over.
        folds: prefix of the files with the weights of heads that never saw the people of one fold; empty
            for a head that learns from no street photos.
        pooled_with: the head whose answers are pooled with its own; empty where it answers alone.
        settings: hyper-parameters.
    """

    name: str
    backbone: str
    attribute: str
    classes: tuple[str, ...]
    learns_from: tuple[str, ...]
    folds: str = ""
    pooled_with: str = ""
    settings: HeadSettings = field(default_factory=HeadSettings)


#: Clean-labelled shop photos and their mirror images, the same as a phone would see them, phone photos.
_DRESSES = ("shop", "shop-mirrored", "views", "photos", "photos-mirrored")
#: Street photos are few: each is seen three times an epoch, and so is its mirror image. Only the length learns
#: from them. In five folds of people they took it from .39 to .51 and left validation dresses alone; pattern,
#: sleeves and neckline gained at most two points on people and lost up to two on validation dresses and phone
#: photos.
_STREET = ("worn-views", *("worn", "worn-mirrored") * 3)
_PEOPLE = (*("worn",) * 3, *("worn-mirrored",) * 3)
_NO_DRESS = (*("worn-others",) * 3, *("worn-others-mirrored",) * 3)
_GARMENT = HeadSettings(class_weighting=0.4)
#: Accuracy is the target of benchmark heads, so rare classes get no more weight than they have rows.
_BENCHMARK = HeadSettings(learning_rate=5e-4, epochs=8, class_weighting=0.0)


def _dress_head(attribute: str, *more: str, folds: str = "") -> HeadSpec:
    name = TRANSFER if attribute == PATTERN.key else HEAD_CHECKPOINTS[attribute]
    classes = ATTRIBUTES[attribute].classes
    return HeadSpec(name, TRANSFER, attribute, classes, (*_DRESSES, *more), folds)


def _shop_head(attribute: str) -> HeadSpec:
    """A benchmark: what the shop would call a dress, wrong labels included, on the terms of the 2020 study."""
    name, classes = SHOP_HEADS[attribute], SHOP_CLASSES[attribute]
    sources = ("tags", "tags-mirrored")
    return HeadSpec(name, TRANSFER, attribute, classes, sources, settings=_BENCHMARK)


def _garment_head(name: str, backbone: str, pooled_with: str) -> HeadSpec:
    sources = ("garments", *_PEOPLE, *_NO_DRESS)
    return HeadSpec(
        name, backbone, "garment", GARMENT_CLASSES, sources, "garment", pooled_with, _GARMENT
    )


#: Attribute -> checkpoint of its benchmark head.
SHOP_HEADS = {key: f"{name}-shop" for key, name in HEAD_CHECKPOINTS.items() if key in SHOP_CLASSES}
#: Every linear head, by its name in ``reader.json``: that of its checkpoint, or ``BACKBONE.ATTRIBUTE`` where it
#: lies in that of its backbone. The app uses no benchmark head; those are called as their checkpoints are.
HEADS: Mapping[str, HeadSpec] = MappingProxyType(
    {
        # The attributes of a dress, on the features of the transfer model.
        "transfer.pattern": _dress_head("pattern"),
        "sleeve-length": _dress_head("sleeve_length"),
        "length": _dress_head("length", *_STREET, folds="fold"),
        "neckline": _dress_head("neckline"),
        "fit": _dress_head("fit"),
        # The pattern on the features of the auxiliary backbone. Nobody annotated the fit, and a kind of
        # garment is told without fine detail. Of necklines it knew less than the transfer model (.720 to .797
        # on validation dresses; together .789); of lengths both together read .779 of those (.772), but .437
        # of people in folds (.507). Of sleeves it helped the transfer model before that was taught by both
        # (.928 to .933); since then both together read .933 and it alone .940.
        "detail.pattern": HeadSpec(
            DETAIL,
            DETAIL,
            PATTERN.key,
            PATTERN.classes,
            ("checked", "views", "photos", "photos-mirrored"),
            pooled_with=TRANSFER,
        ),
        # Is it a dress, and if not, what?
        "garment": _garment_head("garment", TRANSFER, GARMENT_DETAIL),
        GARMENT_DETAIL: _garment_head(GARMENT_DETAIL, DETAIL, "garment"),
        # Whether somebody wears it and whether that is a dress, asked of the whole photo. Street photos are few
        # (144), so it is linear, on features that are there already. In folds of people a head on the whole
        # photo tells dresses from outfits with an AUROC of .80; those on the cut-out reached .68.
        WORN_HEAD: HeadSpec(
            WORN_HEAD,
            DETAIL,
            WORN,
            WORN_CLASSES,
            ("nobody", *("people",) * 3, *("people-mirrored",) * 3),
            folds=WORN_HEAD,
        ),
        # Benchmarks for every attribute that shops tag, but for pattern, whose benchmark is a stack.
        **{name: _shop_head(attribute) for attribute, name in SHOP_HEADS.items()},
    }
)
#: Heads that are fitted together, or asked for by name.
DRESS_HEADS = tuple(
    HEADS[name] for name in ("transfer.pattern", "sleeve-length", "length", "neckline", "fit")
)
DETAIL_HEAD = HEADS["detail.pattern"]
GARMENT_HEADS = HEADS["garment"], HEADS[GARMENT_DETAIL]
WORN_SPEC = HEADS[WORN_HEAD]
BENCHMARK_HEADS = tuple(HEADS[name] for name in SHOP_HEADS.values())


def fold_file(runs: Path, prefix: str, fold: int) -> Path:
    """Where heads are that never saw the people of a fold: key of the head -> weights."""
    return runs / "worn-heads" / f"{prefix}-{fold}.pt"


def fold_files(runs: Path, fold: int) -> list[Path]:
    """The files of all heads that learn from people, for one fold."""
    prefixes = dict.fromkeys(spec.folds for spec in HEADS.values() if spec.folds)
    return [fold_file(runs, prefix, fold) for prefix in prefixes]


class HeadModule(StepModule):
    """Fits a linear head on features ``[N, F]`` float32 with labels ``[N]``."""

    def __init__(
        self, settings: HeadSettings, features: np.ndarray, truth: np.ndarray, classes: int
    ) -> None:
        super().__init__(len(features), settings.batch, settings.epochs, settings.seed)
        torch.manual_seed(mix(settings.seed, "weights"))
        self.settings = settings
        self.network = LinearHead(features.shape[1], classes)
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


def fit_spec(
    spec: HeadSpec, examples: Examples, runs: Path, unseen: int | None = None
) -> HeadModule:
    """The head of ``spec``, without the people of the fold ``unseen``.

    Raises:
        DataError: nothing is labelled.
    """
    features, truth = examples.features, examples.truth
    if unseen is not None:
        kept = examples.folds != unseen
        features, truth = features[kept], truth[kept]
    if not len(truth):
        raise DataError(
            f"No picture has a label of {spec.attribute}, which the head {spec.name} would learn; "
            "the labels come from --labels or, for shop heads, from the tags in --data."
        )
    return fit_head(features, truth, len(spec.classes), runs / f"head-{spec.name}", spec.settings)


def fit_folds(spec: HeadSpec, examples: Examples, runs: Path) -> list[HeadModule]:
    """For each fold of people a head that never saw them: what learns from people is measured by these."""
    return [fit_spec(spec, examples, runs, unseen=fold) for fold in range(HEAD_FOLDS)]


def put_head(network: nn.Module, attribute: str, head: LinearHead) -> None:
    """Make ``head`` the only head of the transfer ``network``, with the norm that it was fitted with."""
    network = cast("TransferClassifier", network)
    network.norm.load_state_dict(head.norm.state_dict())
    network.heads = nn.ModuleDict({attribute: head.linear})
