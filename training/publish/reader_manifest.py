"""Write ``checkpoints/reader.json`` from what the exporters of single checkpoints left in ``config.json``.

It reads there:

- ``features``, of a head in a folder of its own: sha256 of the weights of the backbone that it was fitted on.
- ``beside``, of the auxiliary backbone: sha256 of the weights of ``transfer``, with whose answers those of
  its own heads are pooled.
- ``temperature`` (of several heads in one checkpoint: ``temperatures``, by attribute): by what the logits of
  one head are divided.
- ``joint_temperature`` and ``joint_temperatures``: the same for the answers of two heads after they were
  pooled.

The answers of a head mean nothing on other features than those it was fitted on. So a head whose ``features``
or ``beside`` is not the checksum of the backbone that lies there now is left out until it is fitted again.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fashion_core.checkpoint import read_config
from fashion_core.reader_manifest import (
    FILE,
    GARMENT,
    WORN,
    Answer,
    Features,
    Head,
    Member,
    ReaderManifest,
    Stack,
)
from fashion_core.taxonomy import (
    DETAIL,
    GARMENT_DETAIL,
    HEAD_CHECKPOINTS,
    MEMBER_CHECKPOINTS,
    PATTERN,
    TRANSFER,
    WORN_HEAD,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fashion_core.checkpoint import Config

BACKBONE, AUXILIARY, STACK = TRANSFER, DETAIL, "pattern-stack"
#: Name of the features that heads on whole photos stand on.
PHOTO = f"{AUXILIARY}-photo"
#: Everything that ships.
PARTS = (
    AUXILIARY,
    *HEAD_CHECKPOINTS.values(),
    GARMENT,
    GARMENT_DETAIL,
    WORN_HEAD,
    STACK,
)


def write_reader(root: Path) -> ReaderManifest | None:
    """Write ``root/reader.json`` anew, and say on stderr what it has to do without.

    Returns:
        The manifest; nothing where there is no backbone, and then nothing is written.
    """
    names = dict.fromkeys((BACKBONE, *PARTS, *MEMBER_CHECKPOINTS.values()))
    there = {
        name: read_config(root / name) for name in names if (root / name / "config.json").exists()
    }
    if BACKBONE not in there:
        return None
    manifest = _assembled(there)
    manifest.save(root)
    if missing := [name for name in PARTS if name not in manifest.sha256]:
        print(f"{FILE} is without {', '.join(missing)}, to be fitted anew.", file=sys.stderr)
    return manifest


@dataclass
class _Parts:
    """A manifest that is being put together."""

    configs: Mapping[str, Config]
    features: dict[str, Features] = field(default_factory=dict)
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    heads: dict[str, Head] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)

    def goes_with(self, name: str, backbone: str, key: str = "features") -> bool:
        """Whether a checkpoint is there and was fitted on the backbone that is there."""
        config, below = self.configs.get(name), self.configs.get(backbone)
        return bool(config and below and config.get(key) == below["sha256"])

    def add(self, name: str, reads: str, features: str) -> None:
        """A head in a folder of its own."""
        config = self.configs[name]
        self.classes.setdefault(reads, tuple(config["classes"]))
        self.heads[name] = Head(reads, name, features, config["temperature"])

    def inside(self, backbone: str, reads: str, temperature: float) -> str:
        """A head that lies in the checkpoint of its backbone; returns its name."""
        name = f"{backbone}.{reads}"
        self.heads[name] = Head(reads, backbone, backbone, temperature)
        return name


def _assembled(configs: Mapping[str, Config]) -> ReaderManifest:
    parts = _Parts(configs)
    _add_backbone(parts)
    _add_auxiliary(parts)
    worn = _worn(parts)
    manifest = ReaderManifest(
        backbone=BACKBONE,
        auxiliary_backbone=AUXILIARY if AUXILIARY in parts.features or worn else None,
        features=parts.features,
        classes=parts.classes,
        heads=parts.heads,
        answers=parts.answers,
        stack=_stack(configs),
        worn=worn,
        sha256=dict.fromkeys(configs, ""),
    )
    found = {name: configs[name]["sha256"] for name in manifest.checkpoints()}
    return ReaderManifest(**{**vars(manifest), "sha256": found})


def _add_backbone(parts: _Parts) -> None:
    """The backbone, the pattern's head inside it, and the heads that stand on it."""
    parts.features[BACKBONE] = Features(BACKBONE, "cut-out", mirrored=True)
    parts.classes[PATTERN.key] = PATTERN.classes
    own = parts.inside(BACKBONE, PATTERN.key, parts.configs[BACKBONE]["temperature"])
    parts.answers[PATTERN.key] = Answer((own,))
    for reads, name in {**HEAD_CHECKPOINTS, GARMENT: GARMENT}.items():
        if parts.goes_with(name, BACKBONE):
            parts.add(name, reads, BACKBONE)
            parts.answers[reads] = Answer((name,))


def _add_auxiliary(parts: _Parts) -> None:
    """The auxiliary backbone: each answer of its heads is pooled with that of the backbone's."""
    if not parts.goes_with(AUXILIARY, BACKBONE, "beside"):
        return
    config = parts.configs[AUXILIARY]
    for reads, temperature in config["temperatures"].items():
        if reads in parts.answers:
            second = parts.inside(AUXILIARY, reads, temperature)
            _pool(parts, reads, second, config["joint_temperatures"][reads])
    if parts.goes_with(GARMENT_DETAIL, AUXILIARY) and GARMENT in parts.answers:
        parts.add(GARMENT_DETAIL, GARMENT, AUXILIARY)
        _pool(parts, GARMENT, GARMENT_DETAIL, parts.configs[GARMENT_DETAIL]["joint_temperature"])


def _pool(parts: _Parts, reads: str, second: str, temperature: float) -> None:
    parts.features[AUXILIARY] = Features(AUXILIARY, "cut-out", mirrored=True)
    (first,) = parts.answers[reads].heads
    parts.answers[reads] = Answer((first, second), temperature)


def _worn(parts: _Parts) -> str | None:
    """The head that the whole photo is asked with, on the auxiliary backbone."""
    if not parts.goes_with(WORN_HEAD, AUXILIARY) or GARMENT not in parts.answers:
        return None
    parts.features[PHOTO] = Features(AUXILIARY, "photo", mirrored=False)
    parts.add(WORN_HEAD, WORN, PHOTO)
    return WORN_HEAD


def _stack(configs: Mapping[str, Config]) -> Stack | None:
    """The stack, with its members but for the heads' answer, where all are there."""
    if STACK not in configs:
        return None
    config = configs[STACK]
    names = {key: MEMBER_CHECKPOINTS[key] for key in config["members"]}
    if not set(names.values()) <= configs.keys():
        return None
    members = {
        key: None if name == BACKBONE else Member(name, configs[name]["temperature"])
        for key, name in names.items()
    }
    return Stack(PATTERN.key, STACK, members, config["temperature"])
