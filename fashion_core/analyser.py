"""Read a garment: cut it out, ask every network once, name the colours.

``Analyser.load(root)`` does the slow work once; :meth:`Analyser.analyse` is cheap. The checkpoint
``transfer`` is the backbone whose pooled features all single heads (``sleeve-length``, ``length``,
``neckline``, ``fit``, ``garment``) stand on; ``detail`` gives a second opinion on the pattern and on the kind
of garment, ``people`` looks at the whole photo; ``pattern-stack`` names the members it hears.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np
import torch
from PIL import Image

from fashion_core.checkpoint import DEFAULT_ROOT, Config, choose_device, load_checkpoint
from fashion_core.colour import Palette, palette
from fashion_core.cutout import Cutout, GarmentFinder, frame, same_frame
from fashion_core.errors import CheckpointError
from fashion_core.fusion import pooled
from fashion_core.imaging import open_image
from fashion_core.networks.folding import folded
from fashion_core.preprocess import network_input, resize_square
from fashion_core.report import IS_DRESS, Garment, GarmentReport, Reading
from fashion_core.taxonomy import (
    ATTRIBUTES,
    GARMENT_DETAIL,
    HEAD_CHECKPOINTS,
    MEMBER_CHECKPOINTS,
    PEOPLE,
    PEOPLE_PATTERN,
    WORN_CLASSES,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor, nn

    from fashion_core.imaging import ImageSource
    from fashion_core.networks.transfer import TransferClassifier

    Progress = Callable[[str, int, int], None]

__all__ = [
    "FRAME",
    "IS_DRESS",
    "PROFILES",
    "STEPS",
    "Analyser",
    "Garment",
    "GarmentReport",
    "Reading",
    "whole",
]

#: Pixels a side of the framed garment, from which every network's input is made.
FRAME = 256
PROFILES = ("full", "fast")
STEPS = ("Cutting out", "Reading", "Naming the colours")


@dataclass(frozen=True)
class _Model:
    """A loaded checkpoint."""

    network: nn.Module
    config: Config

    @property
    def view(self) -> tuple[int, tuple[float, ...], tuple[float, ...]]:
        """What its input looks like; models with the same view share one tensor."""
        c = self.config
        return int(c["input_size"]), tuple(c["mean"]), tuple(c["std"])

    def probabilities(self, logits: Tensor) -> NDArray[np.float32]:
        """Calibrated probabilities ``[N, classes]``."""
        calibrated = (logits.float() / float(self.config.get("temperature", 1.0))).softmax(1)
        return calibrated.cpu().numpy()


class Analyser:
    """Loaded networks that read garments. Build it with :meth:`load`.

    It holds no state between calls and may be used from several threads.
    """

    def __init__(
        self,
        backbone: _Model,
        detail: _Model,
        heads: Mapping[str, _Model],
        garment_detail: _Model,
        people: _Model,
        people_pattern: _Model,
        members: Mapping[str, _Model],
        stack: _Model | None,
        finder: GarmentFinder,
        device: torch.device,
    ) -> None:
        self.finder = finder
        self._backbone, self._detail = backbone, detail
        self._heads, self._garment_detail = heads, garment_detail
        self._people, self._people_pattern = people, people_pattern
        self._members, self._stack, self.device = members, stack, device

    @property
    def profile(self) -> str:
        """``full`` or ``fast``."""
        return "full" if self._stack else "fast"

    @classmethod
    def load(
        cls, root: Path | str = DEFAULT_ROOT, device: str = "auto", profile: str = "full"
    ) -> Analyser:
        """Load and verify the checkpoints below ``root``.

        Args:
            root: the folder of checkpoints.
            device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
            profile: ``full`` (all members and the stack) or ``fast`` (the transfer model, with its second
                opinion).

        Raises:
            CheckpointError: a checkpoint is missing or damaged.
            ValueError: no such profile.
        """
        from pathlib import Path

        if profile not in PROFILES:
            raise ValueError(f"No profile {profile!r}; there are {' and '.join(PROFILES)}.")
        folder, where = Path(root), choose_device(device)

        def load(name: str) -> _Model:
            network, config = load_checkpoint(folder / name, where)
            return _Model(folded(network).to(memory_format=torch.channels_last), config)

        heads = {key: load(folder) for key, folder in HEAD_CHECKPOINTS.items()}
        heads["garment"] = load("garment")
        backbone, detail = load("transfer"), load("detail")
        garment_detail, people = load(GARMENT_DETAIL), load(PEOPLE)
        people_pattern = load(PEOPLE_PATTERN)

        def fitted_for(*models: _Model) -> set[str | None]:
            return {model.config.get("features") for model in models}

        on_backbone = fitted_for(*heads.values(), people_pattern) | {detail.config.get("beside")}
        on_detail = fitted_for(garment_detail, people)
        if (
            on_backbone != {backbone.config["sha256"]}
            or on_detail != {detail.config["sha256"]}
            or tuple(people.config["classes"]) != WORN_CLASSES
        ):
            raise CheckpointError(
                "The heads were fitted on another transfer model. Fetch all of checkpoints/ again."
            )
        stack, members = None, {}
        if profile == "full":
            stack = load("pattern-stack")
            members = {
                key: load(MEMBER_CHECKPOINTS[key])
                for key in stack.config["members"]
                if key != "transfer"
            }
        finder = GarmentFinder.load(folder, device, profile)
        return cls(
            backbone,
            detail,
            heads,
            garment_detail,
            people,
            people_pattern,
            members,
            stack,
            finder,
            where,
        )

    def analyse(
        self,
        image: ImageSource,
        progress: Progress | None = None,
        box: tuple[int, int, int, int] | None = None,
    ) -> GarmentReport:
        """Read one picture.

        Args:
            image: a path, bytes, a PIL image or an RGB uint8 array ``[H, W, 3]``.
            progress: called with a step's name, its number from 1 and the number of steps.
            box: where a user says that the garment is: x0, y0, x1, y1 in pixels of the upright picture.

        Raises:
            ImageError: not a picture, damaged, too small or too large.
        """
        tell = progress or (lambda *_: None)
        clock = _Clock()
        picture = open_image(image)
        clock.lap("open")
        tell(STEPS[0], 1, len(STEPS))
        found = self.finder.find(picture, box)
        framed = frame(picture, found, FRAME)
        clock.lap("cutout")
        tell(STEPS[1], 2, len(STEPS))
        # Who boxed a garment means that one, whoever else is in the photo.
        photos = None if box else [whole(picture)]
        readings = next(self._read([np.asarray(framed)], photos))
        clock.lap("read")
        tell(STEPS[2], 3, len(STEPS))
        colours = self._palette(found)
        clock.lap("colours")
        return _report(picture, found, readings, colours, clock.seconds)

    def explain(
        self,
        image: ImageSource,
        attribute: str,
        label: str,
        box: tuple[int, int, int, int] | None = None,
    ) -> Image.Image:
        """What the transfer model finds to speak for a class.

        Args:
            image: as for :meth:`analyse`.
            attribute: a key of :data:`fashion_core.taxonomy.ATTRIBUTES`.
            label: one of its classes. Of pattern ask for the transfer model's own vote: the stack's answer
                may be another.
            box: as for :meth:`analyse`.

        Returns:
            The cut-out, RGB 256 x 256, faded where nothing speaks for the class.

        Raises:
            ImageError: as for :meth:`analyse`.
            ValueError: no such attribute or class.
        """
        from fashion_core.explain import PatternHead, looked_at, spotlight

        if attribute not in ATTRIBUTES:
            raise ValueError(f"No attribute {attribute!r}; there are {', '.join(ATTRIBUTES)}.")
        classes = self._classes(attribute)
        if label not in classes:
            raise ValueError(f"No {attribute} {label!r}; there are {', '.join(classes)}.")
        picture = open_image(image)
        framed = np.asarray(frame(picture, self.finder.find(picture, box), FRAME))
        backbone = self._backbone.network
        head = (
            PatternHead(cast("TransferClassifier", backbone))
            if attribute == "pattern"
            else self._heads[attribute].network
        )
        images = network_input([framed], *self._backbone.view, self.device)
        heat = looked_at(backbone, head, images, classes.index(label))
        return spotlight(framed, heat)

    def analyse_many(
        self, images: Iterable[ImageSource], batch: int = 16
    ) -> Iterator[GarmentReport]:
        """Read many pictures, ``batch`` at a time; every one must be readable."""
        pending: list[tuple[Image.Image, Cutout]] = []
        for image in images:
            picture = open_image(image)
            pending.append((picture, self.finder.find(picture)))
            if len(pending) == batch:
                yield from self._finish(pending)
                pending = []
        yield from self._finish(pending)

    def _finish(self, pending: Sequence[tuple[Image.Image, Cutout]]) -> Iterator[GarmentReport]:
        if not pending:
            return
        framed = [np.asarray(frame(p, c, FRAME)) for p, c in pending]
        photos = [whole(picture) for picture, _ in pending]
        for (picture, found), readings in zip(pending, self._read(framed, photos), strict=True):
            colours = self._palette(found)
            yield _report(picture, found, readings, colours, {})

    def _palette(self, found: Cutout) -> Palette:
        return palette(Image.fromarray(found.pixels), found.mask, profile=self.profile)

    def read_framed(
        self,
        pictures: Sequence[NDArray[np.uint8]],
        photos: Sequence[NDArray[np.uint8]] | None = None,
    ) -> list[dict[str, Reading]]:
        """Readings of garments that are cut out and framed already.

        Beside the attributes each holds ``garment``: the category and its probability.

        Args:
            pictures: RGB uint8 ``[256, 256, 3]``.
            photos: what they were cut from, as many, by :func:`whole`; without them nobody is thought to wear
                it.

        Raises:
            ValueError: more photos than pictures, or fewer.
        """
        if photos is not None and len(photos) != len(pictures):
            raise ValueError(f"{len(pictures)} pictures cannot be cut from {len(photos)} photos.")
        return list(self._read(pictures, photos))

    @torch.inference_mode()
    def _read(
        self,
        pictures: Sequence[NDArray[np.uint8]],
        photos: Sequence[NDArray[np.uint8]] | None,
    ) -> Iterator[dict[str, Reading]]:
        tensors: dict[Any, Tensor] = {}
        for model in (self._backbone, self._detail, *self._members.values()):
            if model.view not in tensors:
                tensors[model.view] = network_input(pictures, *model.view, self.device)
        backbone = cast("TransferClassifier", self._backbone.network)
        features = backbone.mirrored_features(tensors[self._backbone.view])
        found = {"pattern": self._backbone.probabilities(backbone.classify(features)["pattern"])}
        for key, head in self._heads.items():
            found[key] = head.probabilities(head.network(features))
        found |= self._with_detail(found, tensors[self._detail.view])
        pattern = found["pattern"]
        votes = {k: m.probabilities(m.network(tensors[m.view])) for k, m in self._members.items()}
        if self._stack:
            votes["transfer"] = pattern
            order = [votes[key] for key in self._stack.config["members"]]
            joined = torch.from_numpy(np.concatenate(order, axis=1)).to(self.device)
            pattern = self._stack.probabilities(self._stack.network(joined))
            votes = {key: votes[key] for key in self._stack.config["members"]}
            found["pattern"] = pattern
        if photos is not None:
            found |= self._where_worn(found, features, photos)
        for i in range(len(pictures)):
            yield self._readings(
                {k: p[i] for k, p in found.items()}, {k: v[i] for k, v in votes.items()}
            )

    def _with_detail(
        self, first: Mapping[str, NDArray[np.float32]], images: Tensor
    ) -> dict[str, NDArray[np.float32]]:
        """Each answer that ``detail`` has a say in, together with its own."""
        config, network = self._detail.config, cast("TransferClassifier", self._detail.network)
        features = network.mirrored_features(images)
        answers = network.classify(features)
        head = self._garment_detail
        second = head.probabilities(head.network(features))
        both = {"garment": pooled(first["garment"], second, head.config["joint_temperature"])}
        for key, logits in answers.items():
            second = (logits.float() / config["temperatures"][key]).softmax(1).cpu().numpy()
            both[key] = pooled(first[key], second, config["joint_temperatures"][key])
        return both

    def _where_worn(
        self,
        found: Mapping[str, NDArray[np.float32]],
        features: Tensor,
        photos: Sequence[NDArray[np.uint8]],
    ) -> dict[str, NDArray[np.float32]]:
        """Garment and pattern, ``[N, classes]`` each: a mixture of two experts (Jacobs et al., 1991).

        As likely as nobody wears it, they are as ``found`` in the cut-out. As likely as somebody does, the
        whole photo says whether that is a dress, and the head that learnt from people alone has a say in the
        pattern.

        Args:
            found: probabilities from the cut-outs.
            features: of the cut-outs, by the transfer model ``[N, F]``.
            photos: as many whole photos, by :func:`whole`.
        """
        network = cast("TransferClassifier", self._detail.network)
        whole_features = network.features(network_input(photos, *self._detail.view, self.device))
        worn = self._people.probabilities(self._people.network(whole_features))
        nobody = worn[:, :1]
        garment = found["garment"] * nobody
        classes = self._classes("garment")
        for i, kind in enumerate(WORN_CLASSES[1:], 1):
            garment[:, classes.index(kind)] += worn[:, i]
        head = self._people_pattern
        both = pooled(found["pattern"], head.probabilities(head.network(features)))
        return {"garment": garment, "pattern": nobody * found["pattern"] + (1 - nobody) * both}

    def _readings(
        self, found: Mapping[str, NDArray[np.float32]], votes: Mapping[str, NDArray[np.float32]]
    ) -> dict[str, Reading]:
        readings = {}
        for key, probabilities in found.items():
            classes = self._classes(key)
            best = int(probabilities.argmax())
            named = {c: float(p) for c, p in zip(classes, probabilities, strict=True)}
            heard = (
                {m: classes[int(p.argmax())] for m, p in votes.items()} if key == "pattern" else {}
            )
            readings[key] = Reading(classes[best], float(probabilities[best]), named, heard)
        return readings

    def _classes(self, key: str) -> tuple[str, ...]:
        if key == "pattern":
            return ATTRIBUTES["pattern"].classes
        return tuple(self._heads[key].config["classes"])


def whole(picture: Image.Image) -> NDArray[np.uint8]:
    """The whole photo as the networks see it: centred in a square of white, RGB uint8 ``[256, 256, 3]``."""
    # Shrunk before it is squared: the square of a large photo would be larger still.
    longer = max(picture.size)
    size = [max(1, round(side * FRAME / longer)) for side in picture.size]
    method = cv2.INTER_AREA if longer > FRAME else cv2.INTER_CUBIC
    return resize_square(
        np.asarray(cv2.resize(np.asarray(picture), size, interpolation=method), np.uint8), FRAME
    )


class _Clock:
    """Seconds a step, in order."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = now - self._last
        self._last = now


def _report(
    picture: Image.Image,
    found: Cutout,
    readings: Mapping[str, Reading],
    colours: Palette,
    seconds: Mapping[str, float],
) -> GarmentReport:
    verdict = readings["garment"]
    dress = verdict.probabilities["dress"]
    # Likelier than any other kind, a dress may still be less likely than not.
    named = {kind: p for kind, p in verdict.probabilities.items() if kind != "dress"}
    photo, cut = same_frame(picture, found)
    garment = Garment(
        is_dress=dress >= IS_DRESS,
        probability=dress,
        category="dress" if dress >= IS_DRESS else max(named, key=named.__getitem__),
        cutout=found.box,
        cutout_confidence=found.confidence,
    )
    return GarmentReport(
        garment=garment,
        attributes={key: readings[key] for key in ATTRIBUTES},
        palette=colours,
        method=found.method,
        photo=photo,
        cut=cut,
        size=picture.size,
        seconds=seconds,
    )
