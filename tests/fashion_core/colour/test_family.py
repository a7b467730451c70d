"""The family network: where it is looked for, what is refused, and what it sees."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from fashion_core.checkpoint import SHIPPED_ROOT
from fashion_core.colour.family import (
    CHECKPOINT,
    flat_colour,
    garment_family,
    light_of,
    load_family_network,
)
from fashion_core.colour.names import nearest_names
from fashion_core.errors import CheckpointError

WHERE = "from fashion_core.colour.family import family_folder; print(family_folder())"


@pytest.mark.parametrize("there", [True, False])
def test_another_root_is_looked_into_before_what_ships(there, tmp_path):
    if there:
        shutil.copytree(SHIPPED_ROOT / CHECKPOINT, tmp_path / CHECKPOINT)
    environment = {**os.environ, "TOILE_CHECKPOINTS": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", WHERE], env=environment, capture_output=True, text=True, check=True
    )
    expected = tmp_path if there else SHIPPED_ROOT
    assert done.stdout.strip() == str(expected / CHECKPOINT)


def test_a_network_of_other_families_is_refused(tmp_path):
    folder = tmp_path / CHECKPOINT
    shutil.copytree(SHIPPED_ROOT / CHECKPOINT, folder)
    config = json.loads((folder / "config.json").read_text())
    config["classes"] = config["classes"][::-1]
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match="other colour families"):
        load_family_network(folder)


@pytest.mark.parametrize("count", [1, 2, 5000])
def test_few_pixels_are_named_like_many_and_like_the_colour_itself(count):
    blue = np.array([[30.0, 20.0, -50.0]])
    nothing = np.zeros((0, 3))
    assert garment_family(blue.repeat(count, 0), nothing) == "blue" == nearest_names(blue)[0].family


def test_a_flat_garment_may_have_an_edge_but_no_folds():
    cloth = np.tile([[40.0, 10.0, -20.0]], (1000, 1))
    edge = cloth + np.where(np.arange(1000) < 80, 30, 0)[:, None]
    folds = cloth + np.linspace(-8, 8, 1000)[:, None] * (1, 0, 0)
    assert flat_colour(cloth).tolist() == flat_colour(edge).tolist() == [40, 10, -20]
    assert flat_colour(folds) is None


def test_light_is_told_by_a_background_of_some_size_alone():
    white = np.tile([100.0, 0.0, 0.0], (60, 1))
    yellow = np.tile([90.0, 0.0, 30.0], (60, 1))
    assert (light_of(white) == 0).all()
    assert light_of(yellow).tolist() == [-0.25, 0, 2, -0.25]
    assert (light_of(yellow[:40]) == 0).all()
