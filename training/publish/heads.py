"""Checkpoints of heads that were not trained with a backbone: benchmarks, garments, people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fashion_core.checkpoint import load_checkpoint, read_config, save_checkpoint
from fashion_core.cutout import GarmentFinder
from fashion_core.taxonomy import DETAIL, TRANSFER
from training.data.cache import save_states
from training.data.features import kept_features, probabilities_of, read_features
from training.data.files import write_json
from training.data.garments import CLASSES, NOTHING, framed_pictures
from training.data.labels import encode_labels
from training.data.people import NOBODY, pictures_of_nobody
from training.data.splits import HEAD_FOLDS
from training.evaluation.classification import attribute_report, summary
from training.evaluation.heads import (
    CalibratedHead,
    calibrated_head,
    cross_fitted,
    garment_report,
    leaky_scores,
    raise_dress_odds,
    worn_report,
)
from training.publish.plots import plot_confusion, plot_curves
from training.publish.provenance import LICENCE, data_statement
from training.publish.reports import head_config, write_reports
from training.tasks.head_sources import (
    examples_of,
    folds_of,
    garment_source,
    people_sources,
    source_features,
    tags_source,
    worn_sources,
)
from training.tasks.heads import (
    BENCHMARK_HEADS,
    GARMENT_HEADS,
    WORN_SPEC,
    fit_folds,
    fit_spec,
    fold_file,
)

if TYPE_CHECKING:
    from pathlib import Path

    from training.data.framed import RealPhotos
    from training.data.shop import Packed
    from training.data.street import WornExamples
    from training.tasks.heads import HeadModule, HeadSpec

LEAK = "images split at random as the report did, so that many garments stand on both sides"


def export_shop_heads(packed: Packed, root: Path, runs: Path) -> dict[str, Any]:
    """Fit and write the benchmark heads, to be compared with the models of the 2020 study on its own terms.

    Args:
        packed: of 256 px.
        root: holds ``transfer``; the heads are written beside it.
        runs: features are kept below it, by the checksum of the weights.

    Returns:
        Attribute -> its report on validation styles.
    """
    backbone = load_checkpoint(root / TRANSFER)
    sources = {"tags": tags_source(packed)}
    features = source_features(BENCHMARK_HEADS, sources, *backbone, runs)
    watched = packed.select("validation")
    validation = read_features(*backbone, packed.images[watched], "dresses", runs)
    reports = {}
    for spec in BENCHMARK_HEADS:
        attribute = spec.attribute
        examples = examples_of(spec, sources, features)
        if not len(examples.truth):
            continue
        module = fit_spec(spec, examples, runs)
        raw = probabilities_of(module.network, validation)
        report = attribute_report(packed, {}, attribute, spec.classes, raw)
        truth = encode_labels(sources["tags"].labels, attribute, spec.classes)
        if attribute == "neckline":
            rows = [packed.rows[i].labels for i in watched]
            truths = np.concatenate([truth, encode_labels(rows, attribute, spec.classes)])
            both = np.concatenate([features["tags"], validation])
            leaky = leaky_scores(spec, both, truths, runs)
            report |= {"leaky score, not a result": leaky, "leak": LEAK}
        config = {
            **head_config(spec, module.network, backbone[1]["sha256"]),
            "temperature": report["temperature"],
            "metrics": summary(report),
            "data": data_statement(packed, int((truth >= 0).sum())),
        }
        folder = root / spec.name
        save_checkpoint(folder, module.network, config)
        write_reports(folder, spec.name, attribute, config, report)
        plot_curves(module.history, folder / "curves.png", spec.name)
        reports[attribute] = report
    return reports


def export_garment_heads(
    packed: Packed,
    photos: Path,
    root: Path,
    packs: Path,
    runs: Path,
    worn: WornExamples | None = None,
) -> dict[str, Any]:
    """Fit, measure and write the heads ``garment`` and ``garment-detail``; returns their report.

    With street photos (``worn``) also heads in folds, below ``runs``, which never saw the people of one.
    """
    finder = GarmentFinder.load(root)
    pictures, truth = framed_pictures(packed, photos, "train", packs, finder)
    watched, watched_truth = framed_pictures(packed, photos, "validation", packs, finder)
    sources = {"garments": garment_source(pictures, truth), **worn_sources(worn)}
    heads: list[CalibratedHead] = []
    in_folds: list[list[CalibratedHead]] = [[] for _ in range(HEAD_FOLDS if worn else 0)]
    for spec in GARMENT_HEADS:
        backbone = load_checkpoint(root / spec.backbone)
        examples = examples_of(spec, sources, source_features([spec], sources, *backbone, runs))
        validation = read_features(*backbone, watched, f"{spec.name}-validation", runs)
        heads.append(calibrated_head(fit_spec(spec, examples, runs), validation, watched_truth))
        if worn:
            for pair, module in zip(in_folds, fit_folds(spec, examples, runs), strict=True):
                pair.append(calibrated_head(module, validation, watched_truth))
    for fold, (first, second) in enumerate(in_folds):
        raise_dress_odds(first, second, watched_truth)
        states = {
            spec.name: head.module.network.state_dict()
            for spec, head in zip(GARMENT_HEADS, (first, second), strict=True)
        }
        save_states(fold_file(runs, "garment", fold), states)
    first, second = heads
    raw, temperature, offset = raise_dress_odds(first, second, watched_truth)
    report = garment_report(heads, GARMENT_HEADS, raw, temperature, watched_truth)
    data = {
        "statement": _garment_statement(truth, worn),
        "source": LICENCE,
        "fingerprint": packed.fingerprint,
    }
    joint = {"joint_temperature": temperature, "offset": offset}
    for spec, head in zip(GARMENT_HEADS, heads, strict=True):
        _write_garment_head(spec, head, joint, report, data, root)
    counts = np.array(report["confusion"])
    plot_confusion(counts, CLASSES, root / "garment" / "confusion.png", "garment")
    return report


def _garment_statement(truth: np.ndarray, worn: WornExamples | None) -> str:
    dresses, nothing = (int((truth == CLASSES.index(name)).sum()) for name in ("dress", NOTHING))
    street = len(worn.dresses.names) + len(worn.others.names) if worn else 0
    return (
        f"Learnt from {dresses:,} shop photos of dresses, {len(truth) - dresses - nothing:,} phone photos of "
        f"other garments (CC0; half of them also on synthetic backgrounds), {nothing:,} pictures without a "
        f"garment and {street} street photos (Apache-2.0)."
    )


def _write_garment_head(
    spec: HeadSpec,
    head: CalibratedHead,
    joint: dict[str, float],
    report: dict[str, Any],
    data: dict[str, Any],
    root: Path,
) -> None:
    """``joint`` is kept with the head on the auxiliary backbone, without which it is not asked."""
    network, folder = head.module.network, root / spec.name
    (scores,) = report["validation"]
    config = {
        **head_config(spec, network, read_config(root / spec.backbone)["sha256"]),
        "temperature": head.temperature,
        **(joint if spec.backbone == DETAIL else {}),
        "metrics": {"validation photos": {k: scores[k] for k in ("n", "accuracy", "auroc")}},
        "data": data,
    }
    save_checkpoint(folder, network, config)
    write_json(folder / "report.json", {"name": spec.name, "attribute": spec.attribute, **report})
    plot_curves(head.module.history, folder / "curves.png", spec.name)


def export_worn_head(
    packed: Packed, photos: Path, people: RealPhotos, root: Path, packs: Path, runs: Path
) -> dict[str, Any]:
    """Fit and write ``worn``, with heads in folds below ``runs``; returns its report.

    Street photos are scored in folds, each by a head that never saw the person; pictures of nobody are of other
    senders and styles than those learnt from.

    Args:
        packed: of 256 px.
        photos: garment-photos.zip.
        people: whole photos, by :func:`training.data.people.pictures_of_people`.
        root: holds ``detail``, on whose features the head stands.
        packs: pictures of nobody are kept here,
        runs: features and the heads of the folds here.
    """
    spec, finder = WORN_SPEC, GarmentFinder.load(root)
    backbone = load_checkpoint(root / spec.backbone)
    learnt, watched = (
        pictures_of_nobody(packed, photos, split, packs, finder)
        for split in ("train", "validation")
    )
    sources = people_sources(people, learnt)
    features = source_features([spec], sources, *backbone, runs)
    examples = examples_of(spec, sources, features)
    module, modules = fit_spec(spec, examples, runs), fit_folds(spec, examples, runs)
    asked = features["people"]
    truth = encode_labels(sources["people"].labels, spec.attribute, spec.classes)
    folds = folds_of(sources["people"])
    alone = kept_features(*backbone, watched, "nobody-validation", runs)
    answers = [
        cross_fitted(modules, asked, folds, len(spec.classes)),
        probabilities_of(module.network, alone),
    ]
    truth = np.concatenate([truth, np.full(len(alone), NOBODY)])
    statement = (
        f"Learnt from {len(people.names)} street photos (Apache-2.0) and {len(learnt):,} pictures of "
        "nobody: phone photos (CC0), shop photos on synthetic backgrounds, empty rooms, drawings."
    )
    report = worn_report(spec, np.concatenate(answers), truth)
    _write_worn_head(spec, module, report, statement, root)
    for fold, head in enumerate(modules):
        states = {spec.name: head.network.state_dict()}
        save_states(fold_file(runs, spec.folds, fold), states)
    return report


def _write_worn_head(
    spec: HeadSpec, module: HeadModule, report: dict[str, Any], statement: str, root: Path
) -> None:
    folder = root / spec.name
    config = head_config(spec, module.network, read_config(root / spec.backbone)["sha256"])
    del config["attribute"]
    (scores,) = report["validation"]
    config |= {
        "temperature": 1.0,
        "metrics": {"worn": {k: scores[k] for k in ("n", "accuracy", "macro_f1")}},
        "data": {"statement": statement},
    }
    save_checkpoint(folder, module.network, config)
    write_json(folder / "report.json", report)
    plot_curves(module.history, folder / "curves.png", spec.name)
    counts = np.array(report["confusion"])
    plot_confusion(counts, spec.classes, folder / "confusion.png", spec.name)
