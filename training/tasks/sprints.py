"""The table of sprint tasks: what minutes of a rented GPU can be spent on.

A new task is one entry. Its operations are counted by :func:`operations` (a test holds the table to it); what
a GPU makes of them is an estimate until somebody measures it: bfloat16 convolutions of these widths reach
about a tenth of the 800 TFLOP/s that such a card reaches in large matrix products, and a replayed graph starts
a kernel every three microseconds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode, conv_flop_count

from fashion_core.maps import maps_of
from fashion_core.networks import build
from training.data.forms import without_labels
from training.data.splits import phone_photos_to_learn
from training.data.sprint_pack import decode_bits, decode_pictures
from training.engine.sprint import SprintTask
from training.tasks.classifier_settings import SETTINGS
from training.tasks.device_classifier import DeviceClassifierModule
from training.tasks.form import FormModule, FormSettings, is_plain
from training.tasks.form_detail import DetailSettings, FormDetailModule
from training.tasks.gan import GENERATORS, GANModule
from training.tasks.labelled import Labelled

if TYPE_CHECKING:
    from torch import nn

    from training.data.sprint_pack import SprintPack
    from training.engine.loop import StepModule
    from training.engine.sprint import SprintOptions

#: Sets of phone photos, by their number in the part ``photos``.
PHOTO_SETS = ("train", "category", "dev")


def _gan(pack: SprintPack, options: SprintOptions, name: str) -> GANModule:
    settings = replace(GENERATORS[name], seed=options.seed)
    return GANModule(settings, pack.pictures("dresses", settings.image_size))


def _transfer(pack: SprintPack, options: SprintOptions, name: str) -> DeviceClassifierModule:
    settings = replace(SETTINGS[name], seed=options.seed)
    labels, masks = pack.tensors("labels"), decode_bits(pack.tensors("masks"), 256)
    shop = Labelled(
        pack.pictures("dresses", 256),
        {a: labels[a].long().numpy() for a in settings.attributes},
        np.where(labels["clean"].numpy(), settings.clean_weight, 1.0).astype(np.float32),
        masks,
    )
    labelled = np.any([values >= 0 for values in shop.labels.values()], axis=0)
    photos = _photos(pack, options, settings.clean_weight)
    train = _taken(shop, labelled).with_photos(photos, settings.photo_repeats)
    watched = pack.tensors("watched")
    watch = Labelled(
        decode_pictures(watched, 256),
        {a: watched[a].long().numpy() for a in settings.attributes},
        np.ones(len(watched["sizes"]), np.float32),
    )
    teacher = _network(pack, "student", "transfer") if settings.teacher else None
    run = DeviceClassifierModule(settings, train, watch, pack.folder, teacher)
    run.counts = {
        "images": int(labelled.sum()),
        "images with clean labels": int(labels["clean"].numpy()[labelled].sum()),
        "phone photos": len(photos.images),
    }
    return run


def _taken(data: Labelled, rows: np.ndarray) -> Labelled:
    masks = None if data.masks is None else data.masks[rows]
    labels = {a: values[rows] for a, values in data.labels.items()}
    return Labelled(data.images[rows], labels, data.weights[rows], masks)


def _photos(pack: SprintPack, options: SprintOptions, weight: float) -> Labelled:
    """The phone photos that may be learnt from."""
    part = pack.tensors("photos")
    learnt = phone_photos_to_learn(
        part["set"].numpy() == PHOTO_SETS.index("dev"),
        part["validation"].numpy(),
        part["fold"].numpy(),
        fold=options.fold,
        ships=options.ships,
    )
    labels = {a: part[a].long().numpy() for a in pack.note("photos")["attributes"]}
    weights = np.full(len(learnt), weight, np.float32)
    return _taken(Labelled(decode_pictures(part, 256), labels, weights), learnt)


def _form(pack: SprintPack, options: SprintOptions) -> FormModule:
    settings = replace(FormSettings(), seed=options.seed, batch=64, epochs=1000)
    return FormModule(settings, *_forms(pack))


def _form_detail(pack: SprintPack, options: SprintOptions) -> FormDetailModule:
    maps, plain = _forms(pack)
    encoder: Any = _network(pack, "form-encoder", "form_encoder")
    generator: Any = _network(pack, "form-generator", "form_generator")
    settings = replace(
        DetailSettings(),
        seed=options.seed,
        batch=64,
        mixed=16,
        epochs=1000,
        detail=pack.note("form-encoder")["arguments"]["detail"],
    )
    return FormDetailModule(
        settings,
        without_labels(maps[plain]),
        encoder.form,
        generator.decoder,
        pack.folder / "efficientnet-lite0.safetensors",
    )


def _forms(pack: SprintPack) -> tuple[np.ndarray, np.ndarray]:
    """Forms of dresses whose mask can be believed, int8 ``[N, 2, H, W]``, and which are plain."""
    from concurrent.futures import ThreadPoolExecutor

    masks = np.unpackbits(decode_bits(pack.tensors("masks"), 256), axis=-1).astype(bool)
    sane = np.flatnonzero(masks.any((1, 2)))
    pictures = pack.pictures("dresses", 256)
    with ThreadPoolExecutor() as pool:
        maps = list(pool.map(lambda i: maps_of(pictures[i], masks[i]), sane))
    shown = pack.tensors("conditions")["classes"].numpy()[sane]
    return np.rint(np.stack(maps) * 127).astype(np.int8), is_plain(shown)


def _network(
    pack: SprintPack, part: str, architecture: str, arguments: dict[str, Any] | None = None
) -> nn.Module:
    """A shipped network in single precision; without ``arguments`` by those that its part notes."""
    network = build(architecture, **(arguments or pack.note(part)["arguments"]))
    state = pack.tensors(part).items()
    network.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in state})
    return network.eval()


_TRANSFER_PARTS = ("masks", "labels", "photos", "watched")
TASKS: dict[str, SprintTask] = {
    "transfer": SprintTask(
        "the shipped transfer model, taught on by believed labels at 288 px",
        share=5,
        side=256,
        parts=(*_TRANSFER_PARTS, "student"),
        build=lambda pack, options: _transfer(pack, options, "transfer-sprint"),
        run="transfer-sprint",
        exports="average",
        operations=4.94e9,
        pictures_a_second=(3000, "estimate"),
        start="student",
    ),
    "transfer-imagenet": SprintTask(
        "the same from ImageNet weights",
        share=5,
        side=256,
        parts=(*_TRANSFER_PARTS, "efficientnet-lite1"),
        build=lambda pack, options: _transfer(pack, options, "transfer-sprint-imagenet"),
        run="transfer-sprint-imagenet",
        exports="average",
        operations=4.94e9,
        pictures_a_second=(3000, "estimate"),
    ),
    "dcgan-64": SprintTask(
        "the 2020 study's DCGAN, 100 epochs",
        share=1.5,
        side=64,
        parts=(),
        build=lambda pack, options: _gan(pack, options, "dcgan-64"),
        run="dcgan-64",
        exports="average",
        operations=2.27e9,
        pictures_a_second=(15000, "estimate"),
    ),
    "dcgan-64-readme": SprintTask(
        "the DCGAN of the 2020 study's README, 100 epochs",
        share=1.5,
        side=64,
        parts=(),
        build=lambda pack, options: _gan(pack, options, "dcgan-64-readme"),
        run="dcgan-64-readme",
        exports="average",
        operations=2.27e9,
        pictures_a_second=(15000, "estimate"),
    ),
    "dense-gan-256": SprintTask(
        "the 2020 study's dense GAN, 200 epochs",
        share=1.5,
        side=256,
        parts=(),
        build=lambda pack, options: _gan(pack, options, "dense-gan-256"),
        run="dense-gan-256",
        exports="average",
        operations=0.324e9,
        pictures_a_second=(30000, "estimate"),
    ),
    "form": SprintTask(
        "the autoencoder of forms; its refiner and its flow come after it",
        share=5,
        side=256,
        parts=("masks", "conditions"),
        build=_form,
        run="form",
        exports="average",
        operations=4.29e9,
        pictures_a_second=(1500, "estimate"),
    ),
    "form-detail": SprintTask(
        "the refiner of the shipped autoencoder's forms; its flow is trained at home",
        share=5,
        side=256,
        parts=(
            "masks",
            "conditions",
            "form-encoder",
            "form-generator",
            "efficientnet-lite0",
        ),
        build=_form_detail,
        run="form-detail",
        exports="average",
        operations=12.6e9,
        pictures_a_second=(500, "estimate"),
    ),
}


def operations(run: StepModule) -> float:
    """Floating-point operations of one step, a picture, forward and backward, on the CPU."""
    run.optimisers = run.make_optimisers()
    counted = {torch.ops.aten.convolution_backward: _backward_operations}
    with FlopCounterMode(display=False, custom_mapping=counted) as counter:
        run.seeded_step(0)
    return float(counter.get_total_flops() / run.batch)


def _backward_operations(
    gradient: list[int], images: list[int], weight: list[int], *arguments: Any, **_: Any
) -> int:
    """Of a convolution's backward pass; torch's own count takes a depthwise one for a full one."""
    transposed, wanted = arguments[4], arguments[7]
    once = conv_flop_count(images, weight, gradient, transposed=transposed)
    return int(once * (wanted[0] + wanted[1]))
