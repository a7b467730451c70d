"""The whole table on drawn dresses; small random projections stand in for the feature networks and the reader."""

from __future__ import annotations

import csv
import json
import shutil

import numpy as np
import pytest

import benchmarks.vision  # noqa: F401 - nothing else imports it, so a stale import would go unseen
from benchmarks import generation as table
from fashion_core.checkpoint import save_checkpoint
from fashion_core.networks import build
from fashion_core.taxonomy import WISHES
from training.evaluation.generation import LITE2, VGG

COLUMNS = ("image", "source", "sample", "pattern", "sleeve", "length", "neckline", "colour", "note")


class RandomFeatures:
    def __init__(self, seed: int) -> None:
        self.projection = np.random.default_rng(seed).normal(0, 1 / 64, (64 * 64 * 3, 8))

    def features(self, pictures: np.ndarray) -> np.ndarray:
        small = pictures[:, :64, :64].reshape(len(pictures), -1)
        return (small @ self.projection).astype(np.float32)


class Reader:
    def __init__(self, _imagenet: object) -> None:
        """Needs no weights."""

    def fit(self, *_: object) -> dict[str, dict[str, float]]:
        return {"pattern": {"accuracy": 0.5, "n": 8}}

    def features(self, pictures: np.ndarray) -> np.ndarray:
        return pictures.reshape(len(pictures), -1)[:, :1]

    def read(self, _key: str, features: np.ndarray) -> np.ndarray:
        return np.zeros(len(features), int)


@pytest.fixture
def places(drawn_zip, tiny_root, tmp_path):
    with (tmp_path / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerow(COLUMNS)
    return {
        "data": drawn_zip,
        "labels": tmp_path / "labels.csv",
        "imagenet": tmp_path,
        "runs": tmp_path / "runs",
        "packs": tmp_path / "packs",
        "root": shutil.copytree(tiny_root, tmp_path / "root"),
    }


def test_models_stand_side_by_side_and_what_is_missing_is_said(places, monkeypatch):
    monkeypatch.setattr(
        table, "families", lambda _: {LITE2: RandomFeatures(1), VGG: RandomFeatures(2)}
    )
    monkeypatch.setattr(table, "Reader", Reader)
    wishes = [len(wish.classes) for wish in WISHES.values()]
    studio = build("studio_generator", wishes=wishes, latent_dim=8, channels=(8, 8, 4, 4, 4))
    data = {"statement": "Learnt from nothing."}
    save_checkpoint(
        places["root"] / "studio",
        studio,
        {
            "architecture": "studio_generator",
            "arguments": {"wishes": wishes, "latent_dim": 8, "channels": [8, 8, 4, 4, 4]},
            "latent_dim": 8,
            "image_size": [96, 64],
            "data": data,
        },
    )
    unshipped = places["runs"] / "unshipped" / table.BASELINE
    config = {"architecture": "dcgan_generator", "arguments": {"width": 4}}
    save_checkpoint(unshipped, build("dcgan_generator", width=4), config)
    models = ("studio", table.BASELINE, "dense-gan-256")
    lines = list(table.generation(**places, models=models, samples=60, sides=(64,)))
    said = "\n".join(lines)
    assert "dense-gan-256: " in said
    assert "studio pattern: " in said
    assert f"of the KID of {table.BASELINE}" in said
    found = json.loads((places["root"] / "studio" / table.FIGURES).read_text())
    assert found["at 64 pixels"]["samples"] == 60
    assert found[table.ADHERENCE].keys() == {"colour", "sleeve_length", "pattern", "length"}
    assert found["ms for 16"] > 0
    shutil.rmtree(unshipped)
    (places["root"] / table.BASELINE).mkdir()
    kept = {"at 64 pixels": {LITE2: {"kid": 1.0}, VGG: {"kid": 1.0}}}
    (places["root"] / table.BASELINE / table.FIGURES).write_text(json.dumps(kept))
    lines = table.generation(**places, models=("studio", table.BASELINE), samples=60, sides=(64,))
    assert f"of the KID of {table.BASELINE}, as it was measured before" in "\n".join(lines)
    list(table.generation(**places, models=("studio",), samples=60, sides=(96,)))
    both = json.loads((places["root"] / "studio" / table.FIGURES).read_text())
    assert both["at 64 pixels"] == found["at 64 pixels"]
    assert both["at 96 pixels"]["samples"] == 60
