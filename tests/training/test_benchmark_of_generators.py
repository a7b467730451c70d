"""The whole table on drawn dresses; small random projections stand in for the feature networks and the reader."""

from __future__ import annotations

import csv
import json
import shutil
from functools import partial

import numpy as np
import pytest

import benchmarks.vision  # noqa: F401 - nothing else imports it, so a stale import would go unseen
from benchmarks import generation as table
from fashion_core.checkpoint import save_checkpoint
from fashion_core.networks import build
from fashion_core.taxonomy import WISHES
from training.evaluation.drawing import Designs, NetworkDrawing
from training.evaluation.metrics import INCEPTION, LITE2, VGG

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
        self.known = {"neckline": ("round",)}

    def fit(self, *_: object) -> dict[str, dict[str, object]]:
        return {"pattern": {"accuracy": 0.5, "n": 8, "mean": 0.4, "per_class": {"lace": 0.4}}}

    def features(self, pictures: np.ndarray) -> np.ndarray:
        return pictures.reshape(len(pictures), -1)[:, :1]

    def read(self, _key: str, features: np.ndarray) -> np.ndarray:
        return np.zeros(len(features), int)

    def probabilities(self, key: str, features: np.ndarray) -> np.ndarray:
        return np.full((len(features), len(WISHES[key].classes)), 0.5)


class SlidingDrawing(NetworkDrawing):
    """Any network, with a slider that widens the hems of drawn dresses; for the studio alone."""

    @property
    def sliders(self) -> tuple[str, ...]:
        return ("flare",) if self.takes_wishes else ()

    def moved(self, slider: str, sigma: float, count: int = 200) -> Designs:
        masks = np.zeros((8, 96, 64), bool)
        for row in range(4, 92):
            masks[:, row, 20:44] = True
        for i, mask in enumerate(masks):
            mask[70:92, 16 - i // 2 - int(4 * sigma) + 6 : 48] = True
        return Designs(np.zeros((8, 96, 64, 3), np.uint8), masks)


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
        table,
        "families",
        lambda _: {n: RandomFeatures(i) for i, n in enumerate((LITE2, VGG, INCEPTION))},
    )
    monkeypatch.setattr(table, "Reader", Reader)
    monkeypatch.setattr(table, "NetworkDrawing", SlidingDrawing)
    adherence = partial(table.condition_adherence, per_class=2)
    monkeypatch.setattr(table, "condition_adherence", adherence)
    wishes = [len(wish.classes) for wish in WISHES.values()]
    studio = build("studio_generator", wishes=wishes, latent_dim=8, channels=(8, 8, 4, 4, 4))
    data = {"statement": "Learnt from nothing."}
    save_checkpoint(
        places["root"] / "studio-64",
        studio,
        {
            "architecture": "studio_generator",
            "arguments": {"wishes": wishes, "latent_dim": 8, "channels": [8, 8, 4, 4, 4]},
            "latent_dim": 8,
            "image_size": [96, 64],
            "data": data,
        },
    )
    unshipped = places["runs"] / "unshipped" / table.BASELINES[0]
    config = {"architecture": "dcgan_generator", "arguments": {"width": 4}}
    save_checkpoint(unshipped, build("dcgan_generator", width=4), config)
    models = ("studio-64", table.BASELINES[0], "dense-gan-256")
    lines = list(table.generation(**places, models=models, samples=60, sides=(64,)))
    said = "\n".join(lines)
    assert "dense-gan-256: " in said
    assert "studio-64 pattern: " in said
    assert "pattern: 0.500 (n 8), mean over classes 0.400 (lace 0.40)" in said
    assert f"of the KID of {table.BASELINES[0]}" in said
    found = json.loads((places["root"] / "studio-64" / table.FIGURES).read_text())
    assert found["at 64 pixels"]["samples"] == 60
    assert found[table.ADHERENCE].keys() == {
        "colour",
        "sleeve_length",
        "pattern",
        "length",
        "neckline",
    }
    assert found[table.ADHERENCE]["neckline"]["per_class"].keys() == {"round"}
    assert found["at 64 pixels"][INCEPTION]["kid"] > 0
    assert found[table.SILHOUETTES]["coverage"].keys() == {"mean", "median", "p5", "n"}
    assert found[table.SLIDERS]["flare"]["flare"] == 1
    assert found[table.SLIDERS]["flare"]["sleeve_length"] == 0
    assert "its own in []" in said
    assert found["ms for 16"] > 0
    shutil.rmtree(unshipped)
    (places["root"] / table.BASELINES[0]).mkdir()
    kept = {"at 64 pixels": {LITE2: {"kid": 1.0}, VGG: {"kid": 1.0}}}
    (places["root"] / table.BASELINES[0] / table.FIGURES).write_text(json.dumps(kept))
    lines = table.generation(
        **places, models=("studio-64", table.BASELINES[0]), samples=60, sides=(64,)
    )
    assert f"of the KID of {table.BASELINES[0]}, as it was measured before" in "\n".join(lines)
    list(table.generation(**places, models=("studio-64",), samples=60, sides=(96,)))
    both = json.loads((places["root"] / "studio-64" / table.FIGURES).read_text())
    assert both["at 64 pixels"] == found["at 64 pixels"]
    assert both["at 96 pixels"]["samples"] == 60
