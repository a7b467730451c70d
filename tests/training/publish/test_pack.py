"""Packs for a sprint: what is in them, when they are made anew, what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.training.conftest import table, write_zip
from training.data.sprint_pack import (
    MANIFEST,
    SprintPack,
    decode_bits,
    encode_bits,
    encode_pictures,
    write_manifest,
    write_part,
)
from training.engine.sprint import SprintOptions, chosen
from training.errors import DataError
from training.publish.pack import Sources, pack
from training.tasks.sprints import PHOTO_SETS, TASKS, _photos

CLASSICS = chosen(["dcgan-64", "dcgan-64-readme"], TASKS)
COLUMNS = "image source sample pattern sleeve length neckline colour note"


@pytest.fixture(scope="module")
def labels(drawn_rows, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("labels") / "clean-labels.csv"
    seen = ["stripes", "long", "knee", "round", "blue", ""]
    rows = [[r["img_path"], "dresses", "random", *seen] for r in drawn_rows[0][:30]]
    rows += [[f"{i}.jpg", "photos", "random", *seen] for i in range(24)]
    path.write_text(table(COLUMNS, rows))
    return path


def sources(data: Path, folder: Path, **given: Path) -> Sources:
    given = {"labels": None, "photos": None, "imagenet": None, "root": folder / "root", **given}
    return Sources(data, packs=folder / "packs", runs=folder / "runs", **given)


def test_a_second_call_does_nothing_and_a_changed_input_is_noticed(drawn_rows, tmp_path):
    rows, images = drawn_rows
    data = write_zip(tmp_path / "dresses.zip", rows, images)
    out = tmp_path / "pack"
    manifest, changed = pack(out, CLASSICS, sources(data, tmp_path))
    assert changed
    assert list(manifest["parts"]) == ["dresses"]
    written = (out / "dresses.safetensors").stat().st_mtime_ns
    again, changed = pack(out, CLASSICS, sources(data, tmp_path))
    assert changed == []
    assert again == manifest
    assert (out / "dresses.safetensors").stat().st_mtime_ns == written
    shutil.rmtree(tmp_path / "packs")
    data = write_zip(data, rows[:-1], images)
    _, changed = pack(out, CLASSICS, sources(data, tmp_path))
    assert changed == ["data changed"]
    assert len(SprintPack.open(out).tensors("dresses")["sizes"]) <= len(rows)


def test_pictures_come_back_at_the_size_that_a_task_wants(drawn_zip, tmp_path):
    pack(tmp_path / "pack", CLASSICS, sources(drawn_zip, tmp_path))
    opened = SprintPack.open(tmp_path / "pack")
    small, large = opened.pictures("dresses", 64), opened.pictures("dresses", 128)
    assert small.shape[1:] == (64, 64, 3)
    assert len(small) == len(large)
    from training.data.shop import prepare

    packed = prepare(drawn_zip, tmp_path / "packs", 64)
    truth = packed.images[packed.select("train")]
    assert np.abs(small.astype(int) - truth).mean() < 4


def test_what_does_not_fit_is_refused_with_the_size_of_each_part(drawn_zip, tmp_path):
    with pytest.raises(DataError, match=r"are too much.*dresses 0\.0 \(\d+ dresses.*fewer tasks"):
        pack(tmp_path / "pack", CLASSICS, sources(drawn_zip, tmp_path), most_bytes=1000)
    with pytest.raises(DataError, match="holds no pack"):
        SprintPack.open(tmp_path / "pack")


def test_damaged_missing_and_foreign_packs_are_refused(drawn_zip, tmp_path):
    out = tmp_path / "pack"
    with pytest.raises(DataError, match="holds no pack"):
        SprintPack.open(out)
    pack(out, CLASSICS, sources(drawn_zip, tmp_path))
    part = out / "dresses.safetensors"
    content = part.read_bytes()
    part.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(DataError, match="dresses is damaged"):
        SprintPack.open(out)
    _, changed = pack(out, CLASSICS, sources(drawn_zip, tmp_path))
    assert "damaged" in changed[0]
    SprintPack.open(out)
    part.unlink()
    with pytest.raises(DataError, match="dresses is missing"):
        SprintPack.open(out)
    manifest = json.loads((out / MANIFEST).read_text())
    (out / MANIFEST).write_text(json.dumps({**manifest, "version": 0}))
    with pytest.raises(DataError, match="another version"):
        SprintPack.open(out)


def test_a_source_that_a_task_needs_is_asked_for(drawn_zip, tiny_root, tmp_path):
    wanted = sources(drawn_zip, tmp_path, root=tiny_root)
    with pytest.raises(DataError, match="needs --"):
        pack(tmp_path / "pack", chosen(["transfer"], TASKS), wanted)


def test_the_transfer_model_gets_labels_masks_and_photos(
    real_sources, tiny_root, labels, tmp_path, monkeypatch
):
    root = tmp_path / "root"
    shutil.copytree(tiny_root, root)
    for name in ("transfer",):
        (root / name / "report.json").write_text("{}")
    wanted = sources(
        real_sources["dresses"],
        tmp_path,
        root=root,
        labels=labels,
        photos=real_sources["folder"] / "photos.zip",
    )
    manifest, _ = pack(tmp_path / "pack", chosen(["transfer"], TASKS), wanted)
    assert set(manifest["parts"]) == {
        "dresses", "masks", "labels", "photos", "watched", "student"
    }  # fmt: skip
    opened = SprintPack.open(tmp_path / "pack")
    dresses, believed = opened.pictures("dresses", 256), opened.tensors("labels")
    masks = decode_bits(opened.tensors("masks"), 256)
    assert dresses.shape[0] == masks.shape[0] == len(believed["clean"])
    assert believed["clean"].any()
    # Looked at by eye: stripes, the third of the patterns' names.
    from fashion_core.taxonomy import PATTERN

    stripes = PATTERN.classes.index("stripes")
    assert (believed["pattern"][believed["clean"]] == stripes).all()
    photos = opened.tensors("photos")
    assert len(photos["sizes"]) == 24
    assert ((photos["fold"] == 0) == photos["validation"]).all()


def test_bits_survive(tmp_path):
    masks = np.random.default_rng(1).integers(0, 256, (3, 16, 2)).astype(np.uint8)
    part = write_part(tmp_path, "masks", encode_bits(masks), None)
    write_manifest(tmp_path, {"tasks": [], "parts": {"masks": part}})
    assert (decode_bits(SprintPack.open(tmp_path).tensors("masks"), 16) == masks).all()
    assert encode_bits(masks[:0])["sizes"].shape == (0,)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        # number of a photo: its set, its sender's fold and whether that is validation's
        (SprintOptions(), {"train 1", "category 2"}),
        (SprintOptions(ships=True), {"train 1", "category 2", "dev 0", "dev 1", "dev 2"}),
        (SprintOptions(fold=1), {"category 2", "dev 0", "dev 2"}),
        (SprintOptions(fold=0), {"train 1", "category 2", "dev 1", "dev 2"}),
    ],
)
def test_photos_are_learnt_from_by_set_and_fold(tmp_path, options, expected):
    rows = [("train", 0), ("train", 1), ("category", 2), ("category", 0)]
    rows += [("dev", fold) for fold in range(3)]
    pictures = [np.full((256, 256, 3), 20 * i, np.uint8) for i in range(len(rows))]
    tensors = encode_pictures(pictures, 100)
    tensors["set"] = torch.tensor([PHOTO_SETS.index(kind) for kind, _ in rows])
    tensors["fold"] = torch.tensor([fold for _, fold in rows])
    tensors["validation"] = torch.tensor([fold == 0 for _, fold in rows])
    tensors["pattern"] = torch.zeros(len(rows), dtype=torch.int8)
    part = write_part(tmp_path, "photos", tensors, {"attributes": ["pattern"]})
    write_manifest(tmp_path, {"tasks": [], "parts": {"photos": part}})
    found = _photos(SprintPack.open(tmp_path), options, 3.0)
    names = {"{} {}".format(*rows[round(float(p.mean()) / 20)]) for p in found.images}
    assert names == expected
    assert (found.weights == 3.0).all()
