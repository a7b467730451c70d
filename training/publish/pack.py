"""``python -m training pack``: everything that some sprint tasks need, in one folder below 60 MiB."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import safetensors.torch
import torch

from fashion_core.checkpoint import load_checkpoint, read_config
from fashion_core.taxonomy import ATTRIBUTES
from training.data.cache import file_digest
from training.data.labels import encode_labels, merge_labels
from training.data.sprint_pack import (
    MANIFEST,
    MOST_BYTES,
    encode_bits,
    encode_pictures,
    write_manifest,
    write_part,
)
from training.errors import DataError
from training.tasks.sprints import PHOTO_SETS
from training.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from torch import Tensor

    from training.engine.sprint import SprintTask

#: Sizes that dresses are packed at; a task takes the smallest that is no smaller than what it wants.
SIDES = (128, 256)
#: WebP quality of pictures, by that size.
QUALITY = {128: 90, 256: 70}
#: Clean-labelled validation dresses that a sprint is watched by.
WATCHED = 300


@dataclass
class Sources(Workspace):
    """A workspace, and what parts are made from in it.

    Attributes:
        side: pixels a side of the dresses in the pack.
    """

    side: int = 256

    @cached_property
    def conditions(self) -> np.ndarray:
        """What each training dress shows, int64 ``[N, K]``."""
        from training.data.conditions import conditions_of

        return conditions_of(self.packed(), self.clean, self.root, self.packs)

    def digest(self, name: str) -> str:
        """Sha256 of something that parts are made from.

        Args:
            name: ``data``, ``labels`` or ``photos``; ``checkpoints``; a file of ``imagenet``.

        Raises:
            DataError: it was not given, or there is none.
        """
        if name == "checkpoints":
            configs = sorted(self.root.glob("*/config.json"))
            weights = "".join(read_config(path.parent).get("sha256", "") for path in configs)
            return hashlib.sha256(weights.encode()).hexdigest()
        initial = name.endswith(".safetensors")
        path = self.needed("imagenet") / name if initial else self.needed(name)
        if not path.exists():
            raise DataError(f"{path} is missing; training/README.md says where it comes from.")
        return file_digest(path)


@dataclass(frozen=True)
class Part:
    """Tensors of one part, what is noted of it, and what it is, in a few words."""

    tensors: Mapping[str, Tensor]
    summary: str
    note: Any = None


def _dresses(sources: Sources) -> Part:
    packed = sources.packed(sources.side)
    pictures = [packed.images[i] for i in packed.select("train")]
    return Part(
        encode_pictures(pictures, QUALITY[sources.side]),
        f"{len(pictures):,} dresses of training styles, {sources.side} px, WebP {QUALITY[sources.side]}",
    )


def _masks(sources: Sources) -> Part:
    from training.data.masks import sane_masks

    masks = sane_masks(sources.packed(), "train", sources.packs)
    known = int(masks.any((1, 2)).sum())
    return Part(encode_bits(masks), f"where the garment is, of {known:,} of them")


def _labels(sources: Sources) -> Part:
    from training.data.relabel import relabelled

    packed = sources.packed()
    rows = [packed.rows[i] for i in packed.select("train")]
    believed = relabelled(packed, sources.clean, sources.root, sources.packs, sources.runs)
    tensors = {a: torch.from_numpy(v).to(torch.int8) for a, v in believed.items()}
    tensors["clean"] = torch.tensor([row.image in sources.clean for row in rows])
    return Part(
        tensors, f"believed labels, {int(tensors['clean'].sum()):,} of them looked at by eye"
    )


def _conditions(sources: Sources) -> Part:
    classes = torch.from_numpy(sources.conditions).to(torch.int8)
    return Part({"classes": classes}, "what each dress shows")


def _photos(sources: Sources) -> Part:
    from training.data.phone import all_annotated

    paths = sources.needed("photos"), sources.needed("labels")
    photos = all_annotated(*paths, sources.finder, sources.packs)
    tensors = encode_pictures(list(photos.pictures), QUALITY[256])
    tensors["set"] = torch.tensor([PHOTO_SETS.index(s) for s in photos.sets], dtype=torch.int8)
    tensors["fold"] = torch.tensor(photos.folds, dtype=torch.int8)
    tensors["validation"] = torch.tensor(photos.validation)
    tensors |= _encoded(photos.labels)
    return Part(
        tensors,
        f"{len(photos.sets):,} annotated phone photos, cut out and framed",
        {"attributes": list(ATTRIBUTES)},
    )


def _encoded(labels: Sequence[Mapping[str, str]]) -> dict[str, Tensor]:
    rows = [dict(row) for row in labels]
    classes = {k: encode_labels(rows, k, a.classes) for k, a in ATTRIBUTES.items()}
    return {key: torch.from_numpy(values).to(torch.int8) for key, values in classes.items()}


def _watched(sources: Sources) -> Part:
    packed = sources.packed()
    labels, is_clean = merge_labels(packed.rows, sources.clean)
    rows = [i for i in packed.select("validation") if is_clean[i] or not sources.clean][:WATCHED]
    tensors = encode_pictures([packed.images[i] for i in rows], 90)
    return Part(
        tensors | _encoded([labels[i] for i in rows]),
        f"{len(rows)} dresses of validation styles to watch a run by",
    )


def _shipped(name: str) -> Callable[[Sources], Part]:
    def part(sources: Sources) -> Part:
        network, config = load_checkpoint(sources.root / name)
        report = json.loads((sources.root / name / "report.json").read_text(encoding="utf-8"))
        seen = report.get("images seen", 0)
        note = {"arguments": config["arguments"], "sha256": config["sha256"], "images seen": seen}
        return Part(_halved(network.state_dict()), f"weights of the shipped {name}, float16", note)

    return part


def _initial(name: str) -> Callable[[Sources], Part]:
    def part(sources: Sources) -> Part:
        state = safetensors.torch.load_file(sources.needed("imagenet") / f"{name}.safetensors")
        return Part(_halved(state), f"{name} from ImageNet, float16")

    return part


def _halved(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {k: v.half() if v.is_floating_point() else v for k, v in state.items()}


@dataclass(frozen=True)
class PartMaker:
    """How a part is made, and from what (as :meth:`Sources.digest` names it)."""

    make: Callable[[Sources], Part]
    made_from: tuple[str, ...]


PARTS: dict[str, PartMaker] = {
    "dresses": PartMaker(_dresses, ("data",)),
    "masks": PartMaker(_masks, ("data",)),
    "labels": PartMaker(_labels, ("data", "labels", "checkpoints")),
    "photos": PartMaker(_photos, ("photos", "labels", "checkpoints")),
    "watched": PartMaker(_watched, ("data", "labels")),
    "conditions": PartMaker(_conditions, ("data", "labels", "checkpoints")),
    "student": PartMaker(_shipped("transfer"), ("checkpoints",)),
    "form-encoder": PartMaker(_shipped("encoder"), ("checkpoints",)),
    "form-generator": PartMaker(_shipped("form"), ("checkpoints",)),
    "efficientnet-lite0": PartMaker(
        _initial("efficientnet-lite0"), ("efficientnet-lite0.safetensors",)
    ),
    "efficientnet-lite1": PartMaker(
        _initial("efficientnet-lite1"), ("efficientnet-lite1.safetensors",)
    ),
}


def pack(
    out: Path, tasks: Mapping[str, SprintTask], sources: Sources, most_bytes: int = MOST_BYTES
) -> tuple[dict[str, Any], list[str]]:
    """Make the pack of ``tasks`` in ``out``; one that is there already and whole is left alone.

    Returns:
        The manifest, and what had changed since the pack that was there (empty: nothing was done).

    Raises:
        DataError: a source is missing, or the parts are larger than ``most_bytes`` together; then there is
            no pack in ``out``.
    """
    wanted = max(task.side for task in tasks.values())
    sources.side = next(side for side in SIDES if side >= wanted)
    names = list(dict.fromkeys(["dresses", *(p for task in tasks.values() for p in task.parts)]))
    needed = {source for name in names for source in PARTS[name].made_from}
    made_from = {source: sources.digest(source) for source in sorted(needed)}
    made_from["size of pictures"] = f"{sources.side} px, WebP {QUALITY[sources.side]}"
    changed = _changed(out, names, made_from)
    if not changed:
        return json.loads((out / MANIFEST).read_text(encoding="utf-8")), []
    out.mkdir(parents=True, exist_ok=True)
    # Without a manifest no half-made pack is taken for a whole one.
    (out / MANIFEST).unlink(missing_ok=True)
    parts = {}
    for name in names:
        part = PARTS[name].make(sources)
        parts[name] = {**write_part(out, name, part.tensors, part.note), "summary": part.summary}
    total = sum(part["bytes"] for part in parts.values())
    if total > most_bytes:
        sizes = "; ".join(
            f"{n} {p['bytes'] / 2**20:.1f} ({p['summary']})" for n, p in parts.items()
        )
        raise DataError(
            f"{total / 2**20:.1f} MiB are too much, a pack has {most_bytes / 2**20:.0f} at most. "
            f"MiB by part: {sizes}. Pack fewer tasks together."
        )
    for stale in out.glob("*.safetensors"):
        if stale.stem not in parts:
            stale.unlink()
    content = {"tasks": list(tasks), "made from": made_from, "bytes": total, "parts": parts}
    return write_manifest(out, content), changed


def _changed(out: Path, names: Sequence[str], made_from: Mapping[str, str]) -> list[str]:
    """What makes the pack that is in ``out`` another than the one that is asked for; in words."""
    from training.data.sprint_pack import SprintPack

    try:
        manifest = SprintPack.open(out).manifest
    except DataError as error:
        return [str(error)]
    before = manifest["made from"]
    changed = [f"{k} changed" for k in made_from if k in before and before[k] != made_from[k]]
    changed += [f"{k} is new" for k in made_from if k not in before]
    changed += [f"{k} is gone" for k in before if k not in made_from]
    if set(manifest["parts"]) != set(names):
        changed.append("it was packed for other tasks")
    return changed
