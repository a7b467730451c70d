"""Checkpoints with a backbone, ``transfer`` and ``detail``, and those of the heads on the transfer features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fashion_core.checkpoint import load_checkpoint, read_config, save_checkpoint
from fashion_core.fusion import apply_temperature, pooled
from fashion_core.networks.transfer import MEAN, STD
from fashion_core.reader import GarmentReader
from fashion_core.taxonomy import DETAIL, PATTERN, TRANSFER
from training.data.cache import save_states
from training.data.features import features_for, probabilities_of, read_features
from training.data.files import write_json
from training.evaluation.classification import attribute_report, summary
from training.publish.provenance import data_statement
from training.publish.reader_manifest import write_reader
from training.publish.reports import base_config, head_config, write_reports
from training.tasks import auxiliary_backbone as auxiliary
from training.tasks.heads import DETAIL_HEAD, DRESS_HEADS, fold_file, put_head
from training.tasks.transfer_heads import fit_dress_heads, joint_heads

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import nn

    from training.data.real import Real
    from training.data.shop import Packed
    from training.data.street import WornExamples
    from training.tasks.classifier_settings import ClassifierSettings


def export_transfer(
    network: nn.Module,
    settings: ClassifierSettings,
    run: dict[str, Any],
    counts: Mapping[str, int],
    packed: Packed,
    clean: dict[str, dict[str, str]],
    runs: Path,
    root: Path,
    real: Real | None,
    worn: WornExamples | None,
) -> None:
    """Write ``transfer`` and the heads on its features; with ``worn`` also heads in folds, below ``runs``.

    Heads are fitted on, and measured with, the features of the exported float16 weights.

    Args:
        network: what ships of the run.
        settings: its hyper-parameters.
        run: its whole checkpoint.
        counts: what its record counts.
        packed: of 256 px.
        clean: image -> clean labels, for the heads.
        runs, root: folders of runs and of finished checkpoints.
        real: phone photos, for the heads.
        worn: street photos, for the heads.
    """
    base = _base(settings, run, counts, packed, real, worn)
    transfer = {
        **base,
        "architecture": "transfer",
        "arguments": {**settings.arguments, "classes": {"pattern": len(PATTERN.classes)}},
        "attribute": PATTERN.key,
        "classes": list(PATTERN.classes),
    }
    heads = joint_heads(network)
    put_head(network, PATTERN.key, heads[PATTERN.key])
    save_checkpoint(root / TRANSFER, network, transfer)
    backbone = load_checkpoint(root / TRANSFER)
    if clean:
        heads, in_folds = fit_dress_heads(heads, backbone, packed, clean, real, worn, runs)
        for fold, states in enumerate(in_folds):
            save_states(fold_file(runs, "fold", fold), states)
    put_head(network, PATTERN.key, heads[PATTERN.key])
    digest = save_checkpoint(root / TRANSFER, network, transfer)["sha256"]
    pictures = packed.images[packed.select("validation")]
    features = read_features(*backbone, pictures, "dresses", runs)
    for spec in DRESS_HEADS:
        head, folder = heads[spec.attribute], root / spec.name
        raw = probabilities_of(head, features)
        report = attribute_report(packed, clean, spec.attribute, spec.classes, raw)
        measured = {"temperature": report["temperature"], "metrics": summary(report)}
        if spec.name == TRANSFER:
            written = save_checkpoint(folder, network, transfer | measured)
        else:
            config = {**base, **head_config(spec, head, digest), **measured}
            written = save_checkpoint(folder, head, config)
        write_reports(folder, folder.name, spec.attribute, written, report)


def _base(
    settings: ClassifierSettings,
    run: dict[str, Any],
    counts: Mapping[str, int],
    packed: Packed,
    real: Real | None,
    worn: WornExamples | None,
) -> dict[str, Any]:
    photos = len(real.train.names) if real else 0
    base = base_config(settings, run, packed, counts["images"])
    seen = settings.photo_repeats * counts.get("phone photos", 0)
    base["data"] |= {"images": counts["images"] + seen}
    street = (
        f" and, for length, from {len(worn.dresses.names)} street photos (Apache-2.0)."
        if worn
        else "."
    )
    base["data"]["statement"] += (
        " The weights it started from had seen the shop's labels of all training styles; the heads learn "
        f"from clean labels, from phone views of the same photos, from {photos} phone photos (CC0){street}"
    )
    return base


def export_detail(
    packed: Packed,
    clean: dict[str, dict[str, str]],
    imagenet: Path,
    root: Path,
    runs: Path,
    real: Real | None = None,
) -> dict[str, Any]:
    """Fit and write ``detail``; returns attribute -> report of it pooled with ``transfer``, on validation.

    Args:
        packed: of 256 px.
        clean: image -> clean labels; it learns from no others.
        imagenet: folder with the weights of the backbone.
        root: holds ``transfer`` and the heads that it is pooled with; it is written there too.
        runs: features are kept below it.
        real: phone photos, and shop photos as a phone would see them.

    Raises:
        DataError: nothing is labelled.
    """
    folder, key, classes = root / DETAIL, DETAIL_HEAD.attribute, DETAIL_HEAD.classes
    rows = packed.images[packed.select("validation")]
    # A call that was cut short left weights that the manifest does not know.
    write_reader(root)
    reader = GarmentReader.load(root, "cpu", "fast")
    first = reader.answers_from(features_for(reader.manifest, root, rows, runs, [TRANSFER]))[key]
    save_checkpoint(
        folder, auxiliary.load_backbone(imagenet), _detail_config(packed, clean, root, real)
    )
    network, config = load_checkpoint(folder)
    head = auxiliary.fit_detail_head(network, config, packed, clean, real, runs).network
    put_head(network, key, head)
    raw = probabilities_of(head, read_features(network, config, rows, "detail-dresses", runs))
    alone = attribute_report(packed, clean, key, classes, raw)
    config["temperatures"][key] = alone["temperature"]
    second = apply_temperature(raw, alone["temperature"]).astype(np.float32)
    report = attribute_report(packed, clean, key, classes, pooled(first, second))
    config["joint_temperatures"][key] = report["temperature"]
    report["alone"] = alone["validation"]
    save_checkpoint(folder, network, config)
    write_reports(folder, DETAIL, key, {"classes": list(classes)}, report)
    write_json(folder / "both.json", {key: report})
    return {key: report}


def _detail_config(
    packed: Packed, clean: Mapping[str, Mapping[str, str]], root: Path, real: Real | None
) -> dict[str, Any]:
    checked = sum(packed.rows[i].image in clean for i in packed.select("train"))
    data = data_statement(packed, checked)
    if real:
        data["statement"] += (
            f" The heads learn from clean labels alone, from {len(real.train_views.names):,} phone views of "
            f"the same photos and from {len(real.train.names)} phone photos (CC0)."
        )
    return {
        "architecture": "transfer",
        "arguments": auxiliary.network_arguments(),
        "input_size": auxiliary.SIDE,
        "mean": list(MEAN),
        "std": list(STD),
        "classes": {DETAIL_HEAD.attribute: list(DETAIL_HEAD.classes)},
        "beside": read_config(root / TRANSFER)["sha256"],
        "temperatures": {},
        "joint_temperatures": {},
        "data": data,
    }
