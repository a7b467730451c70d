"""A checkpoint root with small random networks: everything works, nothing is known."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import pytest
import torch
from torch import nn

from fashion_core.checkpoint import save_checkpoint
from fashion_core.networks import build
from fashion_core.taxonomy import (
    ATTRIBUTES,
    GARMENT_DETAIL,
    WISHES,
    WORN_CLASSES,
    WORN_HEAD,
)
from training.publish.reader_manifest import write_reader

REPO = Path(__file__).resolve().parents[1]
VIEW = {"mean": [0.5] * 3, "std": [0.5] * 3, "temperature": 1.0}
CATEGORIES = ["dress", "top", "trousers", "outfit"]


def blind_segmenter() -> nn.Module:
    """A cut-out network that sees no garment anywhere: plain grounds alone are cut out."""
    torch.manual_seed(1)
    network = build("garment_segmenter")
    torch.nn.init.zeros_(network.head.weight)
    torch.nn.init.constant_(network.head.bias, -6.0)
    return network.eval()


def write_tiny_root(root: Path) -> Path:
    torch.manual_seed(1)
    data = {"data": {"statement": "Learnt from drawn dresses."}}
    arguments = {"classes": {"pattern": 6}, "variant": "efficientnet-lite0", "pool_blocks": [4]}
    transfer = build("transfer", **arguments)
    backbone = save_checkpoint(
        root / "transfer",
        transfer,
        {"architecture": "transfer", "arguments": arguments, "input_size": 64, **VIEW, **data},
    )
    asked = {k: a.classes for k, a in ATTRIBUTES.items() if k != "fit"}
    arguments = {
        "classes": {k: len(names) for k, names in asked.items()},
        "variant": "efficientnet-lite0",
        "pool_blocks": [2],
    }
    second = build("transfer", **arguments)
    detail = save_checkpoint(
        root / "detail",
        second,
        {
            "architecture": "transfer",
            "arguments": arguments,
            "input_size": 96,
            **VIEW,
            "classes": {k: list(names) for k, names in asked.items()},
            "beside": backbone["sha256"],
            "temperatures": dict.fromkeys(asked, 1.0),
            "joint_temperatures": dict.fromkeys(asked, 1.0),
        },
    )
    classes = {k: a.classes for k, a in ATTRIBUTES.items() if k != "pattern"}
    heads = {k.replace("_", "-"): (names, transfer, backbone) for k, names in classes.items()}
    heads["garment"] = CATEGORIES, transfer, backbone
    heads[GARMENT_DETAIL] = CATEGORIES, second, detail
    heads[WORN_HEAD] = WORN_CLASSES, second, detail
    for name, (names, network, below) in heads.items():
        shape = {"in_features": network.out_features, "classes": len(names)}
        save_checkpoint(
            root / name,
            build("linear_head", **shape),
            {
                "architecture": "linear_head",
                "arguments": shape,
                "features": below["sha256"],
                "classes": list(names),
                "temperature": 1.0,
                "joint_temperature": 1.0,
            },
        )
    save_checkpoint(
        root / "pattern-cnn1",
        build("cnn1", input_size=32),
        {"architecture": "cnn1", "arguments": {"input_size": 32}, "input_size": 32, **VIEW},
    )
    save_checkpoint(
        root / "pattern-stack",
        build("stack", members=2),
        {
            "architecture": "stack",
            "arguments": {"members": 2},
            "members": ["cnn1", "transfer"],
            "temperature": 1.0,
        },
    )
    write_reader(root)
    save_checkpoint(
        root / "cutout",
        blind_segmenter(),
        {"architecture": "garment_segmenter", "arguments": {}, "input_size": 256, **VIEW, **data},
    )
    save_checkpoint(
        root / "dcgan-64",
        build("dcgan_generator", width=4),
        {
            "architecture": "dcgan_generator",
            "arguments": {"width": 4},
            "latent_dim": 100,
            "image_size": [64, 64],
            **data,
        },
    )
    return root


def add_tiny_studio(root: Path) -> None:
    """A generator that takes wishes, as it comes from its initialisation."""
    torch.manual_seed(2)
    arguments = {
        "wishes": [len(wish.classes) for wish in WISHES.values()],
        "latent_dim": 8,
        "wish_dim": 4,
        "channels": [8, 8, 8],
    }
    network = build("studio_generator", **arguments)
    # At its start it paints next to nothing.
    torch.nn.init.normal_(network.last.weight, 0, 1)
    save_checkpoint(
        root / "studio-64",
        network.eval(),
        {
            "architecture": "studio_generator",
            "arguments": arguments,
            "latent_dim": 8,
            "image_size": [24, 16],
            "conditions": {
                key: [value for value in wish.classes if value != "normal"]
                for key, wish in WISHES.items()
            },
            "data": {"statement": "Learnt from drawn dresses."},
        },
    )


def add_tiny_form(root: Path) -> None:
    """The form generator, small, as it comes from its initialisation."""
    torch.manual_seed(3)
    keys = ("sleeve_length", "length", "neckline", "fit", "occasion")
    names = ["sleeve_length", "length", "flare", "waist", "neckline_depth"]
    arguments = {
        "wishes": [len(WISHES[key].classes) for key in keys],
        "code": 8,
        "detail": 96,
        "wish_dim": 4,
        "width": 16,
        "channels": [8, 8, 8, 8, 8],
        "steps": 2,
        "directions": len(names),
    }
    network = build("form_generator", **arguments)
    torch.nn.init.normal_(network.flow.last.weight, 0, 0.2)
    torch.nn.init.normal_(network.directions, 0, 1)
    # A shape, where at its start it draws nothing.
    torch.nn.init.normal_(network.decoder.first.weight, 0, 1)
    torch.nn.init.normal_(network.decoder.last.weight, 0, 1)
    save_checkpoint(
        root / "form",
        network.eval(),
        {
            "architecture": "form_generator",
            "arguments": arguments,
            "latent_dim": 104,
            "image_size": [192, 128],
            "conditions": {
                key: [value for value in WISHES[key].classes if value != "normal" or key == "fit"]
                for key in keys
            },
            "directions": names,
            "data": {"statement": "Learnt from drawn dresses."},
        },
    )


@pytest.fixture(scope="session")
def tiny_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_root(tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture(scope="session")
def form_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As ``tiny_root``, with the form generator; not to be written to."""
    root = write_tiny_root(tmp_path_factory.mktemp("form"))
    add_tiny_form(root)
    return root
