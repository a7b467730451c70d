from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from fashion_core import CheckpointError
from fashion_core.checkpoint import load_checkpoint
from fashion_core.fusion import apply_temperature, pooled
from fashion_core.networks import build
from fashion_core.reader import GarmentReader
from fashion_core.reader_manifest import ReaderManifest
from fashion_core.taxonomy import ATTRIBUTES, WORN_HEAD
from tests.conftest import REPO
from training.publish.reader_manifest import write_reader

PICTURES = [np.full((256, 256, 3), level, np.uint8) for level in (60, 200)]


@pytest.fixture(scope="module")
def reader(tiny_root) -> GarmentReader:
    return GarmentReader.load(tiny_root, "cpu")


def test_every_answer_is_a_distribution_over_its_classes(reader):
    found = reader.read(PICTURES, PICTURES)
    assert set(found.probabilities) == {*ATTRIBUTES, "garment"}
    for reads, probabilities in found.probabilities.items():
        assert probabilities.shape == (2, len(reader.classes(reads)))
        assert probabilities.dtype == np.float32
        np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-5)
    assert list(found.votes) == ["cnn1", "transfer"]


def test_pictures_read_together_as_one_by_one(reader):
    together = reader.read(PICTURES, PICTURES).probabilities
    for i, picture in enumerate(PICTURES):
        alone = reader.read([picture], [picture]).probabilities
        for reads, probabilities in alone.items():
            np.testing.assert_allclose(probabilities[0], together[reads][i], atol=1e-5)


def test_features_give_the_answers_of_the_fast_profile(reader, tiny_root):
    """What a trainer keeps of thousands of pictures is read as a picture is."""
    features = {name: reader.features(name, PICTURES) for name in ("transfer", "detail")}
    fast = GarmentReader.load(tiny_root, "cpu", "fast").read(PICTURES).probabilities
    for reads, probabilities in reader.answers_from(features).items():
        np.testing.assert_allclose(probabilities, fast[reads], atol=1e-6)


def test_heads_on_features_that_are_left_out_have_no_say(reader, tiny_root):
    features = reader.features("transfer", PICTURES)
    alone = reader.answers_from({"transfer": features})
    own = reader.manifest.heads["garment"]
    network, _ = load_checkpoint(tiny_root / own.checkpoint)
    expected = network(features).div(own.temperature).softmax(1)
    np.testing.assert_allclose(alone["garment"], expected, atol=1e-6)


def test_heads_that_were_asked_one_by_one_answer_together_as_at_once(reader):
    """What a trainer kept of one backbone is pooled later with what the other answers."""
    features = {name: reader.features(name, PICTURES) for name in ("transfer", "detail")}
    kept = {}
    for name, values in features.items():
        kept |= reader.head_answers({name: values})
    assert kept.keys() >= {"transfer.pattern", "detail.pattern", "length", "garment-detail"}
    at_once = reader.answers_from(features)
    together = reader.combined(kept)
    assert together.keys() == at_once.keys()
    for reads, probabilities in together.items():
        np.testing.assert_array_equal(probabilities, at_once[reads])


def test_without_temperatures_it_answers_what_they_are_fitted_on(reader):
    """An answer of one head loses the head's temperature, a pooled one that of the pool alone."""
    manifest, hot = reader.manifest, {"fit": 2.0, "transfer.pattern": 3.0}
    heads = {k: replace(h, temperature=hot.get(k, 1.0)) for k, h in manifest.heads.items()}
    answers = manifest.answers | {"pattern": replace(manifest.answers["pattern"], temperature=0.5)}
    warm = replace(reader, manifest=replace(manifest, heads=heads, answers=answers))
    features = {name: reader.features(name, PICTURES) for name in ("transfer", "detail")}
    alone, raw = warm.head_answers(features), warm.uncalibrated().answers_from(features)
    np.testing.assert_allclose(apply_temperature(raw["fit"], 2.0), alone["fit"], atol=1e-6)
    expected = pooled(alone["transfer.pattern"], alone["detail.pattern"])
    np.testing.assert_allclose(raw["pattern"], expected, atol=1e-6)
    shipped = warm.answers_from(features)["pattern"]
    np.testing.assert_allclose(apply_temperature(raw["pattern"], 0.5), shipped, atol=1e-6)


def test_the_stack_answers_its_members_votes_as_in_a_reading(reader, tiny_root):
    found = reader.read(PICTURES)
    votes = dict(reversed(found.votes.items()))
    np.testing.assert_array_equal(reader.stacked(votes), found.probabilities["pattern"])
    with pytest.raises(ValueError, match="has no stack"):
        GarmentReader.load(tiny_root, "cpu", "fast").stacked(votes)


def test_a_swapped_head_answers_and_the_first_reader_stays_as_it_was(reader):
    sure = build("linear_head", in_features=_width(reader, "fit"), classes=3)
    torch.nn.init.zeros_(sure.linear.weight)
    with torch.no_grad():
        sure.linear.bias.copy_(torch.tensor([0.0, 0.0, 30.0]))
    before = reader.read(PICTURES).probabilities
    after = reader.with_heads({"fit": sure}).read(PICTURES).probabilities
    np.testing.assert_allclose(after["fit"], [[0, 0, 1]] * 2, atol=1e-6)
    np.testing.assert_array_equal(after["length"], before["length"])
    np.testing.assert_array_equal(reader.read(PICTURES).probabilities["fit"], before["fit"])


def test_a_head_that_does_not_fit_is_refused(reader):
    with pytest.raises(ValueError, match="No head mood; there are"):
        reader.with_heads({"mood": torch.nn.Identity()})
    wide = build("linear_head", in_features=7, classes=3)
    with pytest.raises(CheckpointError, match="head fit does not take"):
        reader.with_heads({"fit": wide})
    many = build("linear_head", in_features=_width(reader, "fit"), classes=4)
    with pytest.raises(CheckpointError, match="head fit answers 4 classes"):
        reader.with_heads({"fit": many})


def _width(reader: GarmentReader, head: str) -> int:
    return reader.features(reader.manifest.heads[head].features, PICTURES[:1]).shape[1]


def test_the_manifest_comes_back_as_it_was_saved(reader, tmp_path):
    reader.manifest.save(tmp_path)
    assert ReaderManifest.load(tmp_path) == reader.manifest


def test_the_shipped_manifest_is_what_the_shipped_checkpoints_say(tmp_path):
    """A checkpoint that was exported without its manifest would not load."""
    root = tmp_path / "root"
    for config in sorted((REPO / "checkpoints").glob("*/config.json")):
        (root / config.parent.name).mkdir(parents=True)
        shutil.copy(config, root / config.parent.name)
    assert write_reader(root) == ReaderManifest.load(REPO / "checkpoints")


def changed(tmp_path: Path, root: Path, **changes: Any) -> Path:
    """A folder with the manifest of ``root``, some of its values replaced; names are dotted."""
    content = json.loads((root / "reader.json").read_text())
    for name, value in changes.items():
        *parents, last = name.split("__")
        place = content
        for parent in parents:
            place = place[parent]
        place[last] = value
    (tmp_path / "reader.json").write_text(json.dumps(content))
    return tmp_path


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"heads__fit__temperature": "hot"},
            "heads.fit.temperature: Input should be a valid number",
        ),
        ({"heads__fit__temperature": 0}, "heads.fit.temperature: Input should be greater than 0"),
        ({"heads__fit__mood": 1}, "heads.fit.mood: Unexpected keyword"),
        ({"backbone": None}, "backbone: Input should be a valid string"),
        ({"heads__fit__features": "x"}, "head fit stands on features 'x'"),
        ({"heads__fit__reads": "mood"}, "head fit reads 'mood', whose classes are not given"),
        ({"heads__fit__checkpoint": "../fit"}, "'../fit' is no name of a folder"),
        ({"answers__fit__heads": ["cut"]}, "head 'cut', which answers fit, is not defined"),
        ({"answers__fit__heads": ["length"]}, "head 'length' does not read fit from the cut-out"),
        ({"answers__garment__heads": ["garment-detail"]}, "does not stand on transfer"),
        ({"answers__fit__heads": []}, "answers.fit.heads: Tuple should have at least 1 item"),
        ({"auxiliary_backbone": "x"}, "features detail are of detail, which is neither backbone"),
        ({"classes__fit": ["tight", "loose"]}, "fit is of the classes loose, normal, tight"),
        ({"classes__worn": ["nobody", "boat"]}, "of boat, which are worn, not every one is a kind"),
        ({"stack__reads": "mood"}, "the stack reads 'mood', which no head answers"),
        ({"worn": "fit"}, "head 'fit' does not read worn from the photo"),
        ({"answers__fit__heads": [WORN_HEAD]}, "head 'worn' does not read fit from the cut-out"),
        ({"sha256": {}}, "sha256 is given of"),
    ],
)
def test_a_damaged_manifest_is_refused_with_the_place(tiny_root, tmp_path, changes, message):
    root = changed(tmp_path, tiny_root, **changes)
    with pytest.raises(CheckpointError, match="Fetch all of checkpoints/ again") as refused:
        ReaderManifest.load(root)
    assert message in str(refused.value)


def test_a_manifest_that_contradicts_itself_is_not_written(reader, tmp_path):
    with pytest.raises(CheckpointError, match="sha256 is given of"):
        replace(reader.manifest, sha256={}).save(tmp_path)
    assert not (tmp_path / "reader.json").exists()


def test_a_folder_without_a_manifest_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match=r"reader\.json is missing"):
        GarmentReader.load(tmp_path, "cpu")
    (tmp_path / "reader.json").write_text("[")
    with pytest.raises(CheckpointError, match="damaged"):
        GarmentReader.load(tmp_path, "cpu")


def test_what_is_not_there_is_left_out_of_the_manifest(tiny_root, tmp_path, capsys):
    root = shutil.copytree(tiny_root, tmp_path / "root")
    for name in ("worn", "pattern-cnn1", "garment-detail"):
        shutil.rmtree(root / name)
    manifest = write_reader(root)
    assert manifest.worn is None
    assert manifest.stack is None
    assert manifest.answers["garment"].heads == ("garment",)
    told = capsys.readouterr().err
    assert all(name in told for name in ("worn", "garment-detail", "pattern-stack"))
    found = GarmentReader.load(root, "cpu").read(PICTURES, PICTURES)
    assert not found.votes
    shutil.rmtree(root / "transfer")
    assert write_reader(root) is None


def test_what_speaks_for_a_class_is_asked_of_known_classes(reader):
    heat = reader.evidence(PICTURES[0], "fit", "loose")
    assert 0 <= heat.min() <= heat.max() <= 1
    with pytest.raises(ValueError, match="there are loose"):
        reader.evidence(PICTURES[0], "fit", "snug")
