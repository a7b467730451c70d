"""``reader.json``: which networks read a garment, and how their answers become one.

It lies beside the checkpoints that it was written for. :mod:`training.publish.reader_manifest` writes it
whenever a trainer exports one of them; :class:`fashion_core.reader.GarmentReader` does what it says.
"""

# ruff: noqa: TC003 - pydantic reads the annotations when it validates

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from fashion_core.checkpoint import write_atomically
from fashion_core.errors import CheckpointError
from fashion_core.taxonomy import ATTRIBUTES

FILE = "reader.json"
#: What is read beside the attributes: the kind of garment, and whether and what somebody wears.
GARMENT, WORN = "garment", "worn"
FETCH = "Fetch all of checkpoints/ again."

Temperature = Annotated[float, Field(gt=0, allow_inf_nan=False)]
_STRICT = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True)
class Features:
    """What heads stand on: the pooled maps of a backbone.

    Attributes:
        backbone: its checkpoint.
        picture: ``cut-out`` (the framed garment) or ``photo`` (the whole photo in a square).
        mirrored: whether they are the mean over the picture and its mirror image.
    """

    backbone: str
    picture: Literal["cut-out", "photo"]
    mirrored: bool
    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Head:
    """A classifier on features.

    Attributes:
        reads: an attribute, ``garment`` or ``worn``.
        checkpoint: its own folder, or that of its backbone, which then holds a head of that name.
        features: a key of :attr:`ReaderManifest.features`.
        temperature: its logits are divided by.
    """

    reads: str
    checkpoint: str
    features: str
    temperature: Temperature
    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Answer:
    """One head's probabilities, or the logarithmic pool of two heads at a temperature of its own."""

    heads: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)]
    temperature: Temperature = 1.0
    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Member:
    """A network that reads one attribute from the cut-out by itself, at a temperature of its own."""

    checkpoint: str
    temperature: Temperature
    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Stack:
    """The stacked ensemble, which replaces the heads' answer in the full profile.

    Attributes:
        reads: the attribute.
        checkpoint: a network on the probabilities of all members, in their order.
        members: name of the vote -> network; null is what the heads answer.
        temperature: the stack's logits are divided by.
    """

    reads: str
    checkpoint: str
    members: Mapping[str, Member | None]
    temperature: Temperature
    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class ReaderManifest:
    """The content of ``reader.json``.

    Attributes:
        backbone: the checkpoint whose heads are explained; every picture passes through it.
        auxiliary_backbone: a second one, whose heads have a say.
        features: name -> what heads stand on.
        classes: what is read -> its classes, in logit order.
        heads: name -> head.
        answers: what is read from the cut-out -> the heads that answer it.
        stack: for the full profile.
        worn: the head that reads ``worn`` from the whole photo: its first class is that nobody wears the
            garment; as likely as somebody does, its others, kinds of garment, take the place of what was read.
        sha256: checkpoint -> sha256 of the weights that this manifest was written for.
    """

    backbone: str
    auxiliary_backbone: str | None
    features: Mapping[str, Features]
    classes: Mapping[str, tuple[str, ...]]
    heads: Mapping[str, Head]
    answers: Mapping[str, Answer]
    stack: Stack | None
    worn: str | None
    sha256: Mapping[str, str]
    __pydantic_config__ = _STRICT

    @classmethod
    def load(cls, root: Path) -> ReaderManifest:
        """Read and check ``root/reader.json``.

        Raises:
            CheckpointError: it is missing, damaged, or names what it does not define.
        """
        path = root / FILE
        try:
            manifest = _adapter().validate_json(path.read_bytes())
        except FileNotFoundError:
            raise CheckpointError(f"{path} is missing. {FETCH}") from None
        except OSError as error:
            raise CheckpointError(f"{path} cannot be read: {error}") from error
        except ValidationError as error:
            wrong = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            raise CheckpointError(f"{path} is damaged. {FETCH} ({'; '.join(wrong)})") from None
        if mistakes := "; ".join(manifest.mistakes()):
            raise CheckpointError(f"{path} contradicts itself. {FETCH} ({mistakes})")
        return manifest

    def save(self, root: Path) -> None:
        """Write ``root/reader.json``.

        Raises:
            CheckpointError: the manifest names what it does not define.
        """
        if mistakes := "; ".join(self.mistakes()):
            raise CheckpointError(f"No {FILE} was written: {mistakes}.")
        write_atomically(root / FILE, _adapter().dump_json(self, indent=2) + b"\n")

    def without_stack(self) -> ReaderManifest:
        """The same without the stack and its members."""
        bare = replace(self, stack=None)
        return replace(bare, sha256={name: self.sha256[name] for name in bare.checkpoints()})

    def uncalibrated(self) -> ReaderManifest:
        """The same with everything that heads answer at temperature 1.

        Heads whose answers are pooled keep their own temperatures, which say how much each counts.
        """
        alone = {answer.heads[0] for answer in self.answers.values() if len(answer.heads) == 1}
        heads = {
            name: replace(head, temperature=1.0) if name in alone else head
            for name, head in self.heads.items()
        }
        answers = {k: replace(answer, temperature=1.0) for k, answer in self.answers.items()}
        return replace(self, heads=heads, answers=answers)

    def checkpoints(self) -> tuple[str, ...]:
        """The folders that are read."""
        names = [f.backbone for f in self.features.values()]
        names += [head.checkpoint for head in self.heads.values()]
        if self.stack:
            names += [m.checkpoint for m in self.stack.members.values() if m]
            names.append(self.stack.checkpoint)
        return tuple(dict.fromkeys(names))

    def mistakes(self) -> Iterator[str]:
        """What the types cannot tell: names that nothing stands for, and answers of the wrong kind."""
        named = self.checkpoints()
        if set(named) != set(self.sha256):
            yield f"sha256 is given of {sorted(self.sha256)}, needed of {sorted(named)}"
        for name in named:
            if Path(name).name != name:
                yield f"checkpoint {name!r} is no name of a folder"
        for key, attribute in ATTRIBUTES.items():
            if self.classes.get(key, attribute.classes) != attribute.classes:
                yield f"{key} is of the classes {', '.join(attribute.classes)}"
        yield from self._mistakes_of_heads()
        yield from self._mistakes_of_answers()
        if self.worn:
            yield from self._mistakes_of_worn(self.worn)

    def _mistakes_of_heads(self) -> Iterator[str]:
        for name, features in self.features.items():
            if features.backbone not in {self.backbone, self.auxiliary_backbone}:
                yield f"features {name} are of {features.backbone}, which is neither backbone"
        for name, head in self.heads.items():
            if head.features not in self.features:
                yield f"head {name} stands on features {head.features!r}, which are not defined"
            if head.reads not in self.classes:
                yield f"head {name} reads {head.reads!r}, whose classes are not given"

    def _mistakes_of_answers(self) -> Iterator[str]:
        for reads, answer in self.answers.items():
            for name in answer.heads:
                yield from self._not_reading(name, reads, "cut-out")
            if self._backbone_of(answer.heads[0]) != self.backbone:
                yield f"the first head that answers {reads} does not stand on {self.backbone}"
        if self.stack and self.stack.reads not in self.answers:
            yield f"the stack reads {self.stack.reads!r}, which no head answers"

    def _mistakes_of_worn(self, worn: str) -> Iterator[str]:
        yield from self._not_reading(worn, WORN, "photo")
        kinds = self.classes.get(WORN, ())[1:]
        if GARMENT not in self.answers or not set(kinds) <= set(self.classes.get(GARMENT, ())):
            yield f"of {', '.join(kinds)}, which are worn, not every one is a kind of garment"

    def _not_reading(self, name: str, reads: str, picture: str) -> Iterator[str]:
        head = self.heads.get(name)
        if head is None:
            yield f"head {name!r}, which answers {reads}, is not defined"
            return
        features = self.features.get(head.features)
        if head.reads != reads or (features and features.picture != picture):
            yield f"head {name!r} does not read {reads} from the {picture}"

    def _backbone_of(self, head: str) -> str | None:
        there = self.features.get(self.heads[head].features) if head in self.heads else None
        return there.backbone if there else None


@cache
def _adapter() -> TypeAdapter[ReaderManifest]:
    return TypeAdapter(ReaderManifest)
