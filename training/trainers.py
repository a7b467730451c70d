"""Every trainer by its name, put together from a workspace: data, initial weights, hyper-parameters.

What a run learns from is decided when it begins and kept in its folder (:mod:`training.data.run_record`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fashion_core.checkpoint import load_checkpoint
from fashion_core.taxonomy import HEAD_CHECKPOINTS
from training.data.run_record import begin

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from training.engine.loop import StepModule
    from training.tasks.classifier import ClassifierModule
    from training.tasks.form import FormModule
    from training.tasks.form_detail import FormDetailModule
    from training.tasks.form_flow import FormFlowModule
    from training.tasks.gan import GANModule
    from training.tasks.segmenter import CutoutModule
    from training.workspace import Workspace

#: The three parts of the form generator, in their order: its autoencoder, its refiner, and its flow.
FORM, FORM_DETAIL, FORM_FLOW = "form", "form-detail", "form-flow"


def classifier_module(work: Workspace, name: str, epochs: float | None = None) -> ClassifierModule:
    """The classifier ``name`` of :data:`training.tasks.classifier_settings.SETTINGS`."""
    from training.data.masks import sane_masks
    from training.tasks.classifier import ClassifierModule
    from training.tasks.classifier_settings import SETTINGS
    from training.tasks.labelled import kept_training_data, labelled

    settings = _for_epochs(SETTINGS[name], epochs)
    run, packed = work.runs / name, work.packed(settings.pack_size)
    begin_classifier(work, name)
    masks = sane_masks(packed, "train", work.packs) if settings.phone else None
    train = kept_training_data(run, settings, packed, masks)
    watch = labelled(settings, packed, work.clean, "validation")
    if _has_state(run):
        # Its own weights will take the place of any others, which may be gone or have changed by now.
        return ClassifierModule(settings, train, watch)
    start = work.runs / settings.start if settings.start else None
    teacher = load_checkpoint(work.root / settings.teacher)[0] if settings.teacher else None
    return ClassifierModule(settings, train, watch, work.imagenet, start, teacher)


def begin_classifier(work: Workspace, name: str) -> None:
    """Decide what a classifier's run learns from and keep that with it, unless it has begun."""
    from training.data.phone import phone_photos
    from training.data.relabel import relabelled
    from training.tasks.classifier_settings import SETTINGS
    from training.tasks.labelled import keep_labels

    settings = SETTINGS[name]
    run, packed = work.runs / name, work.packed(settings.pack_size)
    relabels = settings.labels == "relabelled"
    seen = bool(settings.photo_repeats and work.photos and work.labels)

    def count() -> dict[str, int]:
        believed = (
            relabelled(packed, work.clean, work.root, work.packs, work.runs) if relabels else None
        )
        photos = None
        if seen:
            paths = work.needed("photos"), work.needed("labels")
            photos = phone_photos(*paths, "train", work.finder, work.packs)
        return keep_labels(run, settings, packed, work.clean, believed, photos)

    read = ["cutout"] if seen else []
    read += ["transfer", "detail", *HEAD_CHECKPOINTS.values()] if relabels else []
    read += [settings.teacher] if settings.teacher else []
    made_from = {**work.digests("labels"), **work.checkpoint_digests(read)}
    if seen:
        made_from |= work.digests("photos")
    begin(run, {"dresses": packed.fingerprint}, count, made_from)


def cutout_module(work: Workspace, name: str, teacher: Path) -> CutoutModule:
    """The cut-out network ``name`` of :data:`training.tasks.segmenter.SETTINGS`.

    ``teacher`` is u2netp.onnx.
    """
    from training.data.cache import file_digest
    from training.data.cutout_material import gather
    from training.tasks.segmenter import SETTINGS, CutoutModule

    settings, run, packed = SETTINGS[name], work.runs / name, work.packed()
    paths = work.needed("photos"), work.needed("worn")
    material = gather(packed, *paths, teacher, work.packs, fold=settings.fold)
    reads = {"dresses": packed.fingerprint, "teacher": file_digest(teacher)}
    begin(run, reads | work.digests("photos", "worn"), material.counts)
    if _has_state(run):
        return CutoutModule(settings, material)
    if settings.start:
        return CutoutModule(settings, material, start=work.runs / settings.start)
    weights = work.imagenet / "efficientnet-lite0.safetensors" if work.imagenet else None
    return CutoutModule(settings, material, weights)


def generator_module(work: Workspace, name: str, epochs: float | None = None) -> StepModule:
    """The generator ``name``, or a part of the form generator."""
    if name == FORM:
        return form_module(work, epochs)
    if name == FORM_DETAIL:
        return form_detail_module(work, epochs)
    if name == FORM_FLOW:
        return form_flow_module(work, epochs)
    return gan_module(work, name, epochs)


def gan_module(work: Workspace, name: str, epochs: float | None = None) -> GANModule:
    """A generator of the 2020 study, of :data:`training.tasks.gan.GENERATORS`."""
    from training.tasks.gan import GENERATORS, GANModule

    settings = _for_epochs(GENERATORS[name], epochs)
    packed, run = work.packed(settings.image_size), work.runs / name
    rows = packed.select("train")[: settings.images]
    begin(run, {"dresses": packed.fingerprint}, lambda: {"images": len(rows)})
    return GANModule(settings, packed.images[rows], run / "grids")


def form_module(work: Workspace, epochs: float | None = None) -> FormModule:
    """The autoencoder of forms."""
    from training.tasks.form import FormModule, FormSettings, is_plain

    settings, run = _for_epochs(FormSettings(), epochs), work.runs / FORM
    maps, conditions = _forms(work, run)
    plain = is_plain(conditions)
    begin(
        run,
        {"dresses": work.packed().fingerprint},
        lambda: {"images": len(maps), "plain": int(plain.sum())},
        work.digests("labels") | work.checkpoint_digests(["transfer", *HEAD_CHECKPOINTS.values()]),
    )
    return FormModule(settings, maps, plain, run / "grids")


def form_detail_module(work: Workspace, epochs: float | None = None) -> FormDetailModule:
    """The refiner of forms; the autoencoder's run comes first."""
    from training.data.forms import without_labels
    from training.tasks.form import is_plain
    from training.tasks.form_detail import DetailSettings, FormDetailModule
    from training.tasks.form_parts import trained_autoencoder

    settings, run = _for_epochs(DetailSettings(), epochs), work.runs / FORM_DETAIL
    content, made_from = _part(work, FORM)
    maps, conditions = _forms(work, work.runs / FORM)
    maps = without_labels(maps[is_plain(conditions)])
    begin(run, made_from, lambda: {"images": len(maps)})
    weights = work.imagenet / "efficientnet-lite0.safetensors" if work.imagenet else None
    return FormDetailModule(settings, maps, *trained_autoencoder(content), weights, run / "grids")


def form_flow_module(work: Workspace, epochs: float | None = None) -> FormFlowModule:
    """The flow of the form generator; the runs of the autoencoder and of the refiner come first."""
    from training.data.forms import without_labels
    from training.tasks.form_flow import FlowSettings, FormFlowModule
    from training.tasks.form_parts import trained_parts

    settings, run = _for_epochs(FlowSettings(), epochs), work.runs / FORM_FLOW
    (form, made_from), (detail, refined_from) = _part(work, FORM), _part(work, FORM_DETAIL)
    maps, conditions = _forms(work, work.runs / FORM)
    begin(run, made_from | refined_from, lambda: {"images": len(maps)})
    return FormFlowModule(settings, without_labels(maps), conditions, trained_parts(form, detail))


def _part(work: Workspace, name: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The state of the run of an earlier part of the form generator, and what later parts are made from."""
    import torch

    from training.data.cache import file_digest
    from training.errors import DataError

    path = work.runs / name / "last.ckpt"
    if not path.exists():
        raise DataError(f"{path} is missing: train `{name}` first.")
    content = torch.load(path, map_location="cpu", weights_only=True)
    return content, {"dresses": work.packed().fingerprint, name: file_digest(path)}


def _forms(work: Workspace, run: Path) -> tuple[np.ndarray, np.ndarray]:
    """Forms of training dresses, and what each shows."""
    from training.data.conditions import kept_conditions
    from training.data.forms import forms

    conditions = kept_conditions(run, work.packed(), work.clean, work.root, work.packs)
    maps, rows = forms(work.packed(), work.packs)
    return maps, conditions[rows]


def _for_epochs(settings: Any, epochs: float | None) -> Any:
    return replace(settings, epochs=epochs) if epochs else settings


def _has_state(run: Path) -> bool:
    return (run / "last.ckpt").exists()
