"""A clone stays small: how much the weights below ``checkpoints/`` may weigh."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "checkpoints"
#: In MB of a million bytes.
LIMITS = {"generators": 40, "classifiers": 70, "cut-out": 8}
TOGETHER = 120


def kind_of(folder: Path) -> str:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if "latent_dim" in config or config["architecture"] == "form_encoder":
        return "generators"
    return "cut-out" if config["architecture"] == "garment_segmenter" else "classifiers"


@pytest.fixture(scope="module")
def weights() -> Counter[str]:
    """Kind -> MB."""
    megabytes: Counter[str] = Counter()
    for path in ROOT.rglob("*.safetensors"):
        megabytes[kind_of(path.parent)] += path.stat().st_size / 1e6
    return megabytes


@pytest.mark.parametrize(("kind", "limit"), LIMITS.items())
def test_no_kind_of_network_outgrows_its_limit(weights, kind, limit):
    assert 0 < weights[kind] <= limit


def test_all_weights_together_stay_below_their_limit(weights):
    assert weights.keys() == LIMITS.keys()
    assert weights.total() <= TOGETHER
