"""A run that is killed with ``kill -9`` and resumed ends with the weights of an uninterrupted one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

REPO = Path(__file__).resolve().parents[3]

SCRIPT = """
import sys, time
from datetime import timedelta
from pathlib import Path
from training.data.shop import load_packed
from training.engine.loop import fit
pack, run, kind, slow = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], float(sys.argv[4])
packed = load_packed(pack)
if kind == "gan":
    from training.tasks.gan import GANModule, GANSettings
    settings = GANSettings(generator_arguments={"width": 4}, discriminator_arguments={"width": 4},
                           batch=8, epochs=4)
    module = GANModule(settings, packed.images, bfloat16=False)
else:
    from training.tasks.classifier import ClassifierModule
    from training.tasks.classifier_settings import ClassifierSettings
    from training.tasks.labelled import labelled
    settings = ClassifierSettings("cnn1", arguments={"input_size": 64}, input_size=64, batch=8,
                                  epochs=5, augment="strong", class_weighting=.5)
    module = ClassifierModule(settings, labelled(settings, packed, {}, "train"), bfloat16=False)
step = module.step
def slowly(*arguments):
    time.sleep(slow)
    return step(*arguments)
module.step = slowly
fit(module, run, device="cpu", checkpoint_every=timedelta(seconds=.2), quiet=True)
"""


def _command(pack: Path, run: Path, kind: str, slow: float) -> list[str]:
    return [sys.executable, "-c", SCRIPT, str(pack), str(run), kind, str(slow)]


def _weights(run: Path) -> dict[str, torch.Tensor]:
    return torch.load(run / "last.ckpt", weights_only=True)["state_dict"]


@pytest.fixture(scope="module")
def pack(drawn_zip, tmp_path_factory) -> Path:
    from training.data.shop import prepare

    folder = tmp_path_factory.mktemp("packs")
    prepare(drawn_zip, folder, 64)
    return folder / "dresses-64-uint8"


@pytest.mark.parametrize("kind", ["gan", "classifier"])
def test_a_killed_run_ends_with_the_weights_of_an_uninterrupted_one(pack, tmp_path, kind):
    environment = {**os.environ, "PYTHONPATH": str(REPO), "OMP_NUM_THREADS": "1"}
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    subprocess.run(_command(pack, whole, kind, 0), check=True, env=environment)
    process = subprocess.Popen(_command(pack, killed, kind, 0.1), env=environment)
    deadline = time.monotonic() + 120
    while not (killed / "last.ckpt").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    interrupted = int(_weights(killed)["steps_done"])
    total = int(_weights(whole)["steps_done"])
    assert 0 < interrupted < total
    subprocess.run(_command(pack, killed, kind, 0), check=True, env=environment)
    expected, resumed = _weights(whole), _weights(killed)
    assert expected.keys() == resumed.keys()
    for name, tensor in expected.items():
        assert torch.equal(tensor, resumed[name]), name
