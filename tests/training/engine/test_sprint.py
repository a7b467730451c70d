"""Sprints: laid out by time, written all along, adopted and exported as if they had been trained here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from fashion_core import Designer
from fashion_core.checkpoint import load_checkpoint
from fashion_core.maps import maps_of
from fashion_core.networks import build
from fashion_core.networks.form import FormDecoder, FormEncoder
from fashion_core.networks.transfer import EfficientNetLite
from fashion_core.taxonomy import PATTERN, PLAIN, WISHES
from tests.training.tasks.test_form import drawn_dress
from tests.training.test_pipeline import call
from training.data.sprint_pack import (
    SprintPack,
    encode_bits,
    encode_pictures,
    write_manifest,
    write_part,
)
from training.engine.sprint import SprintOptions, chosen, read_result, sprint
from training.errors import DataError
from training.publish.adopt import adopt
from training.publish.pack import Sources, pack
from training.tasks.classifier_settings import SETTINGS
from training.tasks.device_classifier import DeviceClassifierModule
from training.tasks.form import FormModule, FormSettings
from training.tasks.form_detail import DetailSettings, FormDetailModule
from training.tasks.form_parts import trained_parts
from training.tasks.gan import GENERATORS, GANModule
from training.tasks.labelled import Labelled
from training.tasks.sprints import PHOTO_SETS, TASKS, operations

REPO = Path(__file__).resolve().parents[3]
#: What a rented machine may lack, of all that the other commands import.
MISSING = """
import runpy, sys

for name in ("typer", "tqdm", "matplotlib", "pandas", "sklearn", "skimage", "scipy", "webcolors", "gradio",
             "captum", "pillow_heif", "torchmetrics", "rich"):
    sys.modules[name] = None
runpy.run_module("training", run_name="__main__")
"""


@pytest.fixture(scope="module")
def classics(drawn_zip, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("sprint")
    places = {name: folder / name for name in ("packs", "runs", "root")}
    tasks = chosen(["dcgan-64", "dcgan-64-readme"], TASKS)
    pack(folder / "pack", tasks, Sources(drawn_zip, None, None, None, **places))
    return folder / "pack"


@pytest.fixture
def narrow(monkeypatch):
    """The printed DCGAN with few channels, so that steps are quick."""
    small = {"width": 4}
    settings = replace(
        GENERATORS["dcgan-64"], generator_arguments=small, discriminator_arguments=small
    )
    monkeypatch.setitem(GENERATORS, "dcgan-64", settings)
    return settings


def run(pack_folder: Path, out: Path, *names: str, minutes: float, **options) -> list[str]:
    told: list[str] = []
    tasks = chosen(names, TASKS)
    sprint(
        SprintPack.open(pack_folder), out, minutes, tasks, device="cpu", tell=told.append, **options
    )
    return told


def losses(path: Path) -> list[float]:
    return [row["loss_d"] for row in read_result(path)[0]["history"]]


def test_the_same_seed_and_pack_give_the_same_first_hundred_losses(
    classics, narrow, tmp_path, monkeypatch
):
    # A hundred steps, and minutes enough for them on any machine.
    monkeypatch.setitem(GENERATORS, "dcgan-64", replace(narrow, batch=8, epochs=25))
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        options = SprintOptions(seed=seed)
        run(classics, tmp_path / name, "dcgan-64", minutes=10, options=options)
    first, second, other = (losses(tmp_path / n / "dcgan-64.safetensors") for n in "abc")
    assert len(first) >= 100
    assert first == second
    assert other[:5] != first[:5]


def test_time_that_a_task_does_not_use_goes_to_the_next(classics, narrow, tmp_path, monkeypatch):
    # Three batches and it has all its epochs.
    monkeypatch.setitem(GENERATORS, "dcgan-64", replace(narrow, epochs=1))
    start = time.monotonic()
    told = run(classics, tmp_path, "dcgan-64", "dcgan-64-readme", minutes=0.2)
    assert time.monotonic() - start >= 12
    first, second = (
        read_result(tmp_path / f"{n}.safetensors")[0] for n in ("dcgan-64", "dcgan-64-readme")
    )
    assert first["steps"] == first["total steps"]
    # Six seconds are the share of each.
    assert first["seconds"] < 6 < second["seconds"]
    assert any("pictures" in line and "a second" in line for line in told)


@pytest.mark.parametrize("seconds", [30, pytest.param(40, marks=pytest.mark.slow)])
def test_what_a_killed_sprint_wrote_is_adopted_and_exported(classics, drawn_zip, tmp_path, seconds):
    out = tmp_path / "out"
    words = ["sprint", "--pack", str(classics), "--out", str(out), "--tasks", "dcgan-64"]
    words += ["--minutes", str(seconds / 60), "--device", "cpu"]
    environment = {**os.environ, "PYTHONPATH": str(REPO), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", MISSING, *words]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    start = time.monotonic()
    result = out / "dcgan-64.safetensors"
    while process.poll() is None and time.monotonic() < start + 120:
        # In the middle, or as soon as there is something on a machine that is slower than that.
        if result.exists() and time.monotonic() >= start + seconds / 2:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL, "it ended before it was killed"
    about, tensors = read_result(result)
    assert 0 < about["steps"] < about["total steps"]
    assert any(name.startswith("frame.") for name in tensors)
    places = [w for n in ("packs", "runs") for w in (f"--{n}", str(tmp_path / n))]
    assert "pictures" in call("adopt", "--from", str(out), *places[2:])
    root = tmp_path / "root"
    call("export", "dcgan-64", "--data", str(drawn_zip), *places, "--root", str(root))
    assert (
        json.loads((root / "dcgan-64/report.json").read_text())["images seen"]
        == about["images seen"]
    )
    assert (root / "dcgan-64/curves.png").exists()
    assert (root / "dcgan-64/training.gif").exists()
    designer = Designer.load(root, name="dcgan-64")
    assert designer.render(designer.sample(1, seed=1)[0]).size[0] >= 64


def test_an_adopted_run_is_no_run_to_go_on_with_and_takes_no_place(
    classics, drawn_zip, narrow, tmp_path
):
    from training.engine.loop import fit

    runs = tmp_path / "runs"
    (runs / "dcgan-64").mkdir(parents=True)
    (runs / "dcgan-64/last.ckpt").write_bytes(b"a run of its own")
    run(classics, tmp_path / "out", "dcgan-64", minutes=0.02)
    with pytest.raises(DataError, match="holds a run of its own"):
        adopt(tmp_path / "out", runs)
    adopt(tmp_path / "out", runs, replace=True)
    # A second time it replaces what was adopted before.
    adopt(tmp_path / "out", runs)
    module = GANModule(narrow, np.zeros((16, 64, 64, 3), np.uint8))
    with pytest.raises(DataError, match="adopted from a sprint"):
        fit(module, runs / "dcgan-64", device="cpu", quiet=True)
    with pytest.raises(DataError, match="holds nothing"):
        adopt(runs, tmp_path / "elsewhere")
    (tmp_path / "out/rubbish.safetensors").write_bytes(b"rubbish")
    with pytest.raises(DataError, match="not written by a sprint"):
        adopt(tmp_path / "out", tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()


@pytest.fixture
def shop() -> Labelled:
    random = np.random.default_rng(3)
    masks = np.zeros((8, 256, 256), np.uint8)
    masks[:6, 60:200, 90:170] = 1
    labels = {key: random.integers(0, 3, 8) for key in SETTINGS["transfer-sprint"].attributes}
    pictures = random.integers(0, 256, (8, 256, 256, 3), dtype=np.uint8)
    return Labelled(pictures, labels, np.ones(8, np.float32), np.packbits(masks, axis=-1))


@pytest.fixture
def small_transfer(monkeypatch, tmp_path, shop, tiny_root) -> Path:
    """A pack of drawn noise for the transfer model on the smallest backbone."""
    network, config = load_checkpoint(tiny_root / "transfer")
    settings = replace(
        SETTINGS["transfer-sprint"],
        arguments={k: v for k, v in config["arguments"].items() if k != "classes"},
        input_size=64,
        batch=4,
        epochs=1.5,
    )
    monkeypatch.setitem(SETTINGS, "transfer-sprint", settings)
    pictures = encode_pictures(list(shop.images), 90)
    labels = {key: torch.from_numpy(v).to(torch.int8) for key, v in shop.labels.items()}
    of_photos = {
        "set": torch.full((8,), PHOTO_SETS.index("train"), dtype=torch.int8),
        "fold": torch.ones(8, dtype=torch.int8),
        "validation": torch.zeros(8, dtype=torch.bool),
    }
    weights = {k: v.half() if v.is_floating_point() else v for k, v in network.state_dict().items()}
    parts = {
        "dresses": (pictures, None),
        "masks": (encode_bits(shop.masks), None),
        "labels": ({**labels, "clean": torch.ones(8, dtype=torch.bool)}, None),
        "photos": ({**pictures, **labels, **of_photos}, {"attributes": list(labels)}),
        "watched": ({**pictures, **labels}, None),
        "student": (weights, {"arguments": config["arguments"], "sha256": "0", "images seen": 5}),
    }
    folder = tmp_path / "pack"
    written = {name: write_part(folder, name, *content) for name, content in parts.items()}
    write_manifest(folder, {"tasks": ["transfer"], "parts": written})
    return folder


def test_the_transfer_model_is_taught_on_adopted_and_exported(small_transfer, drawn_zip, tmp_path):
    # Minutes enough for all steps: what is compared does not hang on this machine's speed.
    run(small_transfer, tmp_path / "out", "transfer", minutes=10)
    about, tensors = read_result(tmp_path / "out/transfer.safetensors")
    assert about["steps"] == about["total steps"]
    assert about["went on from"]["images seen"] == 5
    assert any("val_pattern" in row for row in about["history"])
    assert "weights.heads.neckline.weight" in tensors
    adopt(tmp_path / "out", tmp_path / "runs")
    kept = torch.load(tmp_path / "runs/transfer-sprint/last.ckpt", weights_only=True)
    assert kept["state_dict"]["average.heads.neckline.weight"].dtype == torch.float32
    places = [w for n in ("packs", "runs", "root") for w in (f"--{n}", str(tmp_path / n))]
    call("export", "transfer-sprint", "--data", str(drawn_zip), *places)
    network, config = load_checkpoint(tmp_path / "root/transfer")
    assert config["training"]["steps"] == 12
    # The card counts what the pack held; nothing is relabelled here, and no photos are given.
    assert about["counts"] == {"images": 8, "images with clean labels": 8, "phone photos": 8}
    assert config["data"]["images"] == about["images"]
    weight = network.backbone.state_dict()["_conv_stem.weight"]
    assert torch.equal(weight.half(), tensors["weights.backbone._conv_stem.weight"])
    run(small_transfer, tmp_path / "again", "transfer", minutes=10)
    again = read_result(tmp_path / "again/transfer.safetensors")[0]
    first, second = ([r["loss"] for r in x["history"] if "loss" in r] for x in (about, again))
    assert len(first) == 12
    assert first == second


def test_forms_are_made_and_learnt_from_a_pack_alone(tmp_path):
    picture, mask = drawn_dress()
    shown = {"classes": torch.zeros(4, len(WISHES), dtype=torch.int8)}
    shown["classes"][:2, list(WISHES).index("pattern")] = PATTERN.classes.index(PLAIN)
    masks = np.packbits(np.stack([mask, mask, mask, np.zeros_like(mask)]), axis=-1)
    wishes = {"wishes": [4, 5]}
    networks = {
        "form-encoder": (build("form_encoder"), {"code": 96, "detail": 384}),
        "form-generator": (build("form_generator", **wishes), wishes),
        "efficientnet-lite0": (EfficientNetLite("efficientnet-lite0"), None),
    }
    parts = {
        "dresses": (encode_pictures([picture] * 4, 90), None),
        "masks": (encode_bits(masks), None),
        "conditions": (shown, None),
        **{name: (n.state_dict(), {"arguments": a}) for name, (n, a) in networks.items()},
    }
    folder = tmp_path / "pack"
    written = {name: write_part(folder, name, *content) for name, content in parts.items()}
    write_manifest(folder, {"tasks": ["form", "form-detail"], "parts": written})
    run(folder, tmp_path / "out", "form", "form-detail", minutes=0.5)
    adopt(tmp_path / "out", tmp_path / "runs")
    for name, count in (("form", 3), ("form-detail", 2)):
        about, _ = read_result(tmp_path / f"out/{name}.safetensors")
        assert about["steps"] >= 1
        assert about["images"] == count
    content = [
        torch.load(tmp_path / f"runs/{name}/last.ckpt", weights_only=True)
        for name in ("form", "form-detail")
    ]
    assert trained_parts(*content).decoder.start == (192, 6, 4)


def test_views_are_made_of_what_has_a_mask(shop):
    settings = replace(
        SETTINGS["transfer-sprint"], teacher=None, phone=1.0, batch=8, input_size=256
    )
    module = DeviceClassifierModule(settings, shop)
    torch.manual_seed(1)
    shown = module.shown(0, torch.arange(8))
    assert shown.shape == (8, 3, 256, 256)
    plain = torch.from_numpy(shop.images).permute(0, 3, 1, 2) / 255
    assert torch.equal(shown[6:], plain[6:])
    # A view is framed on white.
    assert (shown[:6, :, 0, 0] == 1).all()
    assert (shown[:6, :, 128, 128] < 1).any()


def test_wrong_words_are_answered_with_a_sentence(classics, tmp_path):
    opened, tasks = SprintPack.open(classics), chosen(["dcgan-64"], TASKS)
    with pytest.raises(DataError, match="No task 'dcgan'; there are transfer,"):
        chosen(["dcgan"], TASKS)
    with pytest.raises(DataError, match="more than 0 minutes"):
        sprint(opened, tmp_path, 0, tasks)
    with pytest.raises(DataError, match="the folds 0 to 4"):
        sprint(opened, tmp_path, 1, tasks, SprintOptions(fold=5))
    with pytest.raises(DataError, match="lacks 'masks', which transfer needs"):
        sprint(opened, tmp_path, 1, chosen(["transfer"], TASKS))
    command = [sys.executable, "-m", "training", "sprint", "--pack", str(tmp_path), "--out", "x"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=REPO)
    assert done.returncode == 2
    assert "holds no pack" in done.stderr
    assert "Traceback" not in done.stderr


def _pictures(side: int, count: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (count, side, side, 3), dtype=np.uint8)


def test_the_table_says_how_many_operations_a_picture_costs(shop):
    drawn = np.stack([np.rint(maps_of(*drawn_dress()) * 127).astype(np.int8)] * 2)
    form = replace(FormSettings(), batch=2, joins=0)
    modules = {"form": FormModule(form, drawn, np.array([True, True]))}
    refined = replace(DetailSettings(), batch=2, mixed=1)
    modules["form-detail"] = FormDetailModule(refined, drawn, FormEncoder(), FormDecoder())
    for name in ("dcgan-64", "dcgan-64-readme", "dense-gan-256"):
        modules[name] = GANModule(GENERATORS[name], _pictures(GENERATORS[name].image_size, 4))
    for name in ("transfer", "transfer-imagenet"):
        settings = replace(SETTINGS[TASKS[name].run], teacher=None, batch=2)
        modules[name] = DeviceClassifierModule(settings, shop)
    assert modules.keys() == TASKS.keys()
    for name, module in modules.items():
        assert operations(module) == pytest.approx(TASKS[name].operations, rel=0.02), name
