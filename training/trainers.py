"""Every trainer by its name, put together from a workspace: data, initial weights, hyper-parameters.

What a run learns from is decided when it begins and kept in its folder (:mod:`training.data.run_record`).
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from fashion_core.checkpoint import load_checkpoint
from fashion_core.taxonomy import HEAD_CHECKPOINTS
from training.data.cache import save_arrays
from training.data.files import write_json
from training.data.run_record import begin

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from fashion_core.networks.studio import Studio, StudioGenerator
    from training.engine.loop import StepModule
    from training.tasks.classifier import ClassifierModule
    from training.tasks.form import FormModule
    from training.tasks.gan import GANModule
    from training.tasks.segmenter import CutoutModule
    from training.tasks.studio import StudioModule
    from training.tasks.upsampler import UpsamplerModule
    from training.workspace import Workspace

#: Generators that are not of the 2020 study.
STUDIO, STUDIO_UPSAMPLER, FORM = "studio", "studio-upsampler", "form"
#: In the run of the studio generator: dresses in rare colours, and what each shows.
DYED_FILE = "dyed.npz"


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


def generator_module(
    work: Workspace, name: str, epochs: float | None = None, *, onward: bool = False
) -> StepModule:
    """The generator ``name``, or the upsampler of the studio generator.

    ``onward`` is for ``studio``: go on from the generator that ships, with fresh discriminators.
    """
    if name == STUDIO:
        start = _shipped_studio(work) if onward else None
        return studio_module(work, epochs, start, dyed=True)
    if name == STUDIO_UPSAMPLER:
        return _upsampler_module(work, epochs)
    if name == FORM:
        return form_module(work, epochs)
    return gan_module(work, name, epochs)


def gan_module(work: Workspace, name: str, epochs: float | None = None) -> GANModule:
    """A generator of the 2020 study, of :data:`training.tasks.gan.GENERATORS`."""
    from training.tasks.gan import GENERATORS, GANModule

    settings = _for_epochs(GENERATORS[name], epochs)
    packed, run = work.packed(settings.image_size), work.runs / name
    rows = packed.select("train")[: settings.images]
    begin(run, {"dresses": packed.fingerprint}, lambda: {"images": len(rows)})
    return GANModule(settings, packed.images[rows], run / "grids")


def studio_module(
    work: Workspace,
    epochs: float | None = None,
    start: nn.Module | None = None,
    *,
    dyed: bool = False,
) -> StudioModule:
    """The studio generator; training is done with ``dyed`` dresses, export needs none."""
    from training.data.conditions import kept_conditions
    from training.tasks.studio import StudioModule, StudioSettings

    settings, run = _for_epochs(StudioSettings(), epochs), work.runs / STUDIO
    conditions = kept_conditions(run, work.packed(), work.clean, work.root, work.packs)
    packed = work.packed(settings.image_size)
    begin(
        run,
        {"dresses": packed.fingerprint},
        lambda: {"images": len(conditions)},
        work.digests("labels") | work.checkpoint_digests(["transfer", *HEAD_CHECKPOINTS.values()]),
    )
    pictures = packed.images[packed.select("train")]
    if dyed:
        pictures, conditions = _with_dyed(run, pictures, conditions)
    return StudioModule(settings, pictures, conditions, work.imagenet, run / "grids", start)


def _with_dyed(
    run: Path, pictures: np.ndarray, conditions: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pictures and conditions, and behind them the run's dyed ones: the rule that names colours may change."""
    from training.data.synthetic.dye import with_dyed

    path = run / DYED_FILE
    if not path.exists():
        count = len(pictures)
        more, shown = with_dyed(pictures, conditions)
        save_arrays(path, pictures=more[count:], conditions=shown[count:])
        return more, shown
    with np.load(path) as kept:
        return (
            np.concatenate([pictures, kept["pictures"]]),
            np.concatenate([conditions, kept["conditions"]]),
        )


def form_module(work: Workspace, epochs: float | None = None) -> FormModule:
    """The form generator, which begins as the studio generator that ships."""
    from training.data.conditions import kept_conditions
    from training.data.forms import forms
    from training.tasks.form import FormModule, FormSettings

    settings, run, packed = _for_epochs(FormSettings(), epochs), work.runs / FORM, work.packed()
    conditions = kept_conditions(run, packed, work.clean, work.root, work.packs)
    maps, rows = forms(packed, work.packs)
    begin(
        run,
        {"dresses": packed.fingerprint},
        lambda: {"images": len(maps)},
        work.digests("labels")
        | work.checkpoint_digests([STUDIO, "transfer", *HEAD_CHECKPOINTS.values()]),
    )
    studio = cast("StudioGenerator", load_checkpoint(work.root / STUDIO)[0].generator)
    return FormModule(settings, maps, conditions[rows], studio, work.imagenet, run / "grids")


def _upsampler_module(work: Workspace, epochs: float | None) -> UpsamplerModule:
    from training.tasks.upsampler import UpsamplerModule, UpsamplerSettings

    settings = _for_epochs(UpsamplerSettings(), epochs)
    packed = work.packed(settings.image_size)
    pictures = packed.images[packed.select("train")]
    reads = {"dresses": packed.fingerprint}
    begin(work.runs / STUDIO_UPSAMPLER, reads, lambda: {"images": len(pictures)})
    return UpsamplerModule(settings, pictures, work.imagenet)


def _shipped_studio(work: Workspace) -> StudioGenerator:
    """The generator that ships; what it had seen is noted in the run that goes on from it."""
    from training.tasks.studio import START_FILE

    network, config = load_checkpoint(work.root / STUDIO)
    start = work.runs / STUDIO / START_FILE
    if not start.exists():
        start.parent.mkdir(parents=True, exist_ok=True)
        report = json.loads((work.root / STUDIO / "report.json").read_text(encoding="utf-8"))
        write_json(start, {"sha256": config["sha256"], "images seen": report["images seen"]})
    return cast("Studio", network).generator


def _for_epochs(settings: Any, epochs: float | None) -> Any:
    return replace(settings, epochs=epochs) if epochs else settings


def _has_state(run: Path) -> bool:
    return (run / "last.ckpt").exists()
