"""From framed garments to probabilities: the only place that runs the classifiers and combines their answers.

What runs, and how answers become one, is written in ``reader.json``
(:class:`fashion_core.reader_manifest.ReaderManifest`). In words: a backbone (or two) makes a vector of features
of each picture; linear heads answer each attribute from it; two heads that answer the same are pooled. In the
full profile a stack of six networks answers the pattern in their place. Where a whole photo is given, a head on
it says how likely it is that somebody wears the garment; by so much its answer for the kind of garment replaces
theirs (a mixture of two experts).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from torch import Tensor, nn

from fashion_core.checkpoint import DEFAULT_ROOT, choose_device
from fashion_core.errors import CheckpointError
from fashion_core.fusion import calibrated, mixture, pooled
from fashion_core.preprocess import network_input
from fashion_core.reader_manifest import FILE, GARMENT, WORN, ReaderManifest
from fashion_core.reader_networks import load_networks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from fashion_core.networks.transfer import TransferClassifier
    from fashion_core.reader_networks import Network, View

    #: Probabilities ``[N, classes]`` of what is read, by name.
    Probabilities = dict[str, NDArray[np.float32]]

#: ``full``: with the stack and its members; ``fast``: without.
PROFILES = ("full", "fast")


@dataclass(frozen=True)
class Answers:
    """What was read of N pictures.

    Attributes:
        probabilities: what is read -> ``[N, classes]``, 0..1.
        votes: name of each member of the stack -> ``[N, classes]``; empty without a stack.
    """

    probabilities: Mapping[str, NDArray[np.float32]]
    votes: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True)
class GarmentReader:
    """The loaded classifiers. Build it with :meth:`load`; it may be used from several threads.

    Attributes:
        manifest: what runs and how answers are combined.
        device: where.
    """

    manifest: ReaderManifest
    device: torch.device
    _networks: Mapping[str, Network]
    _heads: Mapping[str, nn.Module]
    _stack: nn.Module | None

    @classmethod
    def load(
        cls, root: Path | str = DEFAULT_ROOT, device: str = "auto", profile: str = "full"
    ) -> GarmentReader:
        """Load what ``root/reader.json`` names.

        Args:
            root: the folder of checkpoints.
            device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
            profile: ``full`` or ``fast``, as in :data:`PROFILES`.

        Raises:
            CheckpointError: the manifest or a checkpoint is missing, damaged, or not what the manifest was
                written for.
            ValueError: no such profile.
        """
        if profile not in PROFILES:
            raise ValueError(f"No profile {profile!r}; there are {' and '.join(PROFILES)}.")
        folder, where = Path(root), choose_device(device)
        manifest = ReaderManifest.load(folder)
        if profile == "fast":
            manifest = manifest.without_stack()
        networks = load_networks(folder, manifest, where)
        return cls(manifest, where, networks.pictured, networks.heads, networks.stack)

    def __post_init__(self) -> None:
        self._check_shapes()

    def with_heads(self, heads: Mapping[str, nn.Module]) -> GarmentReader:
        """The same reader with some heads replaced: of a fold, say; nothing else is loaded or copied.

        Args:
            heads: name in the manifest -> a module from features ``[N, F]`` to logits ``[N, classes]``.

        Raises:
            CheckpointError: a head takes other features or answers other classes.
            ValueError: the manifest has no such head.
        """
        if unknown := ", ".join(heads.keys() - self._heads.keys()):
            raise ValueError(f"No head {unknown}; there are {', '.join(self._heads)}.")
        moved = {name: head.to(self.device).eval() for name, head in heads.items()}
        return replace(self, _heads={**self._heads, **moved})

    def uncalibrated(self) -> GarmentReader:
        """The same reader before the temperatures of what heads answer, for whoever fits them on other rows."""
        return replace(self, manifest=self.manifest.uncalibrated())

    def classes(self, reads: str) -> tuple[str, ...]:
        """The classes of an attribute, of ``garment`` or of ``worn``, in logit order."""
        return self.manifest.classes[reads]

    @torch.inference_mode()
    def read(
        self,
        pictures: Sequence[NDArray[np.uint8]],
        photos: Sequence[NDArray[np.uint8]] | None = None,
    ) -> Answers:
        """Read garments that are cut out and framed already.

        Args:
            pictures: RGB uint8 ``[256, 256, 3]``.
            photos: what they were cut from, as many, by :func:`fashion_core.preprocess.whole`; without them
                nobody is thought to wear it.

        Raises:
            ValueError: more photos than pictures, or fewer.
        """
        if photos is not None and len(photos) != len(pictures):
            raise ValueError(f"{len(pictures)} pictures cannot be cut from {len(photos)} photos.")
        inputs: dict[View, Tensor] = {}

        def images_for(checkpoint: str) -> Tensor:
            view = self._networks[checkpoint].view
            if view not in inputs:
                inputs[view] = network_input(pictures, *view, self.device)
            return inputs[view]

        features = {
            name: self._networks[f.backbone].pooled_features(
                images_for(f.backbone), mirrored=f.mirrored
            )
            for name, f in self.manifest.features.items()
            if f.picture == "cut-out"
        }
        found = self.answers_from(features)
        votes: Probabilities = {}
        if (stack := self.manifest.stack) and self._stack:
            for vote, member in stack.members.items():
                if member is None:
                    votes[vote] = found[stack.reads]
                    continue
                network = self._networks[member.checkpoint].module
                logits = network(images_for(member.checkpoint))
                votes[vote] = calibrated(logits, member.temperature)
            found[stack.reads] = self.stacked(votes)
        if photos is not None:
            found |= self._where_worn(found, photos)
        return Answers(found, votes)

    @torch.inference_mode()
    def features(
        self, name: str, pictures: Sequence[NDArray[np.uint8]], *, mirrored: bool | None = None
    ) -> Tensor:
        """What heads stand on, ``[N, F]``.

        Args:
            name: a key of the manifest's ``features``.
            pictures: RGB uint8 ``[S, S, 3]``: framed garments or whole photos, as the manifest says.
            mirrored: whether the mirror images count as well; as the manifest says unless given.
        """
        spec = self.manifest.features[name]
        network = self._networks[spec.backbone]
        images = network_input(pictures, *network.view, self.device)
        both = spec.mirrored if mirrored is None else mirrored
        return network.pooled_features(images, mirrored=both)

    @torch.inference_mode()
    def answers_from(self, features: Mapping[str, Tensor]) -> Probabilities:
        """What the heads answer together, before the stack and without the photo.

        Args:
            features: name in the manifest -> ``[N, F]``. Heads on features that are left out have no say.
        """
        return self.combined(self.head_answers(features))

    @torch.inference_mode()
    def head_answers(self, features: Mapping[str, Tensor]) -> Probabilities:
        """What each head on these features answers alone: its name -> ``[N, classes]``."""
        names = [name for answer in self.manifest.answers.values() for name in answer.heads]
        return {
            name: self._probabilities(name, features)
            for name in names
            if self.manifest.heads[name].features in features
        }

    def combined(self, answers: Mapping[str, NDArray[np.float32]]) -> Probabilities:
        """What heads that were asked one by one answer together: what is read -> ``[N, classes]``.

        Args:
            answers: as :meth:`head_answers` gives them. Heads that are left out have no say.
        """
        found: Probabilities = {}
        for reads, answer in self.manifest.answers.items():
            if given := [answers[name] for name in answer.heads if name in answers]:
                first, *second = given
                found[reads] = pooled(first, second[0], answer.temperature) if second else first
        return found

    @torch.inference_mode()
    def stacked(self, votes: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """What the stack makes of its members' ``votes``, each ``[N, classes]``: ``[N, classes]``.

        Raises:
            ValueError: there is no stack, as in the fast profile.
        """
        stack = self.manifest.stack
        if stack is None or self._stack is None:
            raise ValueError("This reader has no stack.")
        joined = np.concatenate([votes[name] for name in stack.members], axis=1)
        return calibrated(self._stack(torch.from_numpy(joined).to(self.device)), stack.temperature)

    def _probabilities(self, name: str, features: Mapping[str, Tensor]) -> NDArray[np.float32]:
        head = self.manifest.heads[name]
        return calibrated(self._heads[name](features[head.features]), head.temperature)

    def _where_worn(
        self,
        found: Mapping[str, NDArray[np.float32]],
        photos: Sequence[NDArray[np.uint8]],
    ) -> Probabilities:
        """What a whole photo changes.

        As likely as nobody wears it, the garment is of the kind that was ``found`` in the cut-out. As likely
        as somebody does, the photo says of which kind it is.
        """
        worn = self.manifest.worn
        if worn is None:
            return {}
        name = self.manifest.heads[worn].features
        gate = self._probabilities(worn, {name: self.features(name, photos)})
        nobody = gate[:, :1]
        kinds = self.classes(GARMENT)
        certain = np.eye(len(kinds), dtype=np.float32)
        on_people = [
            (gate[:, i : i + 1], certain[[kinds.index(kind)]])
            for i, kind in enumerate(self.classes(WORN))
            if i
        ]
        return {GARMENT: mixture((nobody, found[GARMENT]), *on_people)}

    def evidence(
        self, picture: NDArray[np.uint8], attribute: str, label: str
    ) -> NDArray[np.float32]:
        """What speaks for a class in a framed garment, by the backbone and its own head.

        Args:
            picture: RGB uint8 ``[256, 256, 3]``.
            attribute: what is read.
            label: one of its classes.

        Returns:
            ``[h, w]`` in 0..1, coarse (:func:`fashion_core.explain.looked_at`).

        Raises:
            ValueError: no such attribute or class.
        """
        from fashion_core.explain import looked_at

        if attribute not in self.manifest.answers:
            there = ", ".join(self.manifest.answers)
            raise ValueError(f"No attribute {attribute!r}; there are {there}.")
        classes = self.classes(attribute)
        if label not in classes:
            raise ValueError(f"No {attribute} {label!r}; there are {', '.join(classes)}.")
        head = self._heads[self.manifest.answers[attribute].heads[0]]
        backbone = self._networks[self.manifest.backbone]
        images = network_input([picture], *backbone.view, self.device)
        return looked_at(backbone.module, head, images, classes.index(label))

    @torch.inference_mode()
    def _check_shapes(self) -> None:
        """Whether every head fits its features and its classes, and the stack its members."""
        for name, head in self.manifest.heads.items():
            backbone = self._networks[self.manifest.features[head.features].backbone].module
            width = cast("TransferClassifier", backbone).out_features
            self._check(self._heads[name], f"head {name}", width, len(self.classes(head.reads)))
        if (stack := self.manifest.stack) and self._stack:
            classes = len(self.classes(stack.reads))
            self._check(self._stack, "the stack", len(stack.members) * classes, classes)

    def _check(self, module: nn.Module, name: str, width: int, classes: int) -> None:
        try:
            shape = module(torch.zeros(1, width, device=self.device)).shape
        except RuntimeError as error:
            raise CheckpointError(f"{name} does not take what {FILE} gives it: {error}") from error
        if shape != (1, classes):
            raise CheckpointError(f"{name} answers {shape[1]} classes, {FILE} names {classes}.")
