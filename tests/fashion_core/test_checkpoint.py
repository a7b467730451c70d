from __future__ import annotations

import json

import pytest
import torch

from fashion_core import checkpoint
from fashion_core.checkpoint import (
    CheckpointError,
    card_of,
    choose_device,
    load_checkpoint,
    save_checkpoint,
    write_atomically,
)
from fashion_core.errors import DeviceError
from fashion_core.networks import build

CONFIG = {"architecture": "dcgan_generator", "arguments": {"width": 4}}


@pytest.fixture
def folder(tmp_path):
    torch.manual_seed(1)
    save_checkpoint(tmp_path / "g", build("dcgan_generator", width=4), CONFIG)
    return tmp_path / "g"


def test_weights_come_back_and_are_frozen(folder):
    network, config = load_checkpoint(folder)
    assert not network.training
    assert not any(p.requires_grad for p in network.parameters())
    assert len(config["sha256"]) == 64
    assert config["weights"] == ["model.safetensors"]


def test_large_weights_are_cut_into_shards_and_stale_files_go(folder, monkeypatch):
    before = load_checkpoint(folder)[0].state_dict()
    monkeypatch.setattr(checkpoint, "SHARD_BYTES", 20_000)
    save_checkpoint(folder, load_checkpoint(folder)[0], CONFIG)
    names = json.loads((folder / "config.json").read_text())["weights"]
    assert len(names) > 1
    assert names[0] == f"model-00001-of-{len(names):05d}.safetensors"
    assert sorted(p.name for p in folder.glob("*.safetensors")) == sorted(names)
    after = load_checkpoint(folder)[0].state_dict()
    assert all(torch.equal(before[k], after[k]) for k in before)


def test_one_changed_byte_is_noticed(folder):
    path = folder / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="do not match the sha256"):
        load_checkpoint(folder)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weights": ["../secret"]}, "lists no weights in its own folder"),
        ({"weights": []}, "lists no weights"),
        ({"weights": ["gone.safetensors"]}, "weights are missing"),
        ({"architecture": "nonsense"}, "No architecture"),
        ({"arguments": {"width": 8}}, "size mismatch"),
    ],
)
def test_a_config_that_does_not_fit_is_refused(folder, change, words):
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(CheckpointError, match=words):
        load_checkpoint(folder)


def test_missing_and_broken_configs_are_said(tmp_path):
    with pytest.raises(CheckpointError, match=r"config\.json is missing"):
        load_checkpoint(tmp_path)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_checkpoint(tmp_path)
    (tmp_path / "config.json").write_text("[]")
    with pytest.raises(CheckpointError, match="does not name"):
        load_checkpoint(tmp_path)


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    write_atomically(path, b"old")
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_device_that_is_not_there_is_refused_in_words():
    assert choose_device("cpu") == torch.device("cpu")
    for wish in ("gpu", "cuda:99", "cuda:x", ""):
        with pytest.raises(DeviceError, match="auto"):
            choose_device(wish)


def test_a_card_is_told_by_its_first_words(tmp_path):
    assert card_of(tmp_path, "studio") == ""
    (tmp_path / "studio").mkdir()
    (tmp_path / "studio" / "CARD.md").write_text(
        "---\nlicense: apache-2.0\n---\n\n# studio\n\nTakes `wishes`.\n\n## How good\n\nFigures.\n"
    )
    assert card_of(tmp_path, "studio") == "Takes wishes."
    assert card_of(tmp_path, "stud") == ""
