"""From the data to a shipped checkpoint by the commands of training/README.md, on drawn dresses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fashion_core import Designer
from fashion_core.checkpoint import load_checkpoint, read_config
from training.commands import app
from training.data.run_record import read_record
from training.data.shop import load_packed
from training.errors import DataError


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    base = tmp_path_factory.mktemp("pipeline")
    return {name: str(base / name) for name in ("packs", "runs", "root")}


def call(*words: str) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def places(folders: dict[str, str], *names: str) -> list[str]:
    return [word for name in names for word in (f"--{name}", folders[name])]


def test_prepare_prints_the_report(drawn_zip, folders):
    out = call("prepare", "--data", str(drawn_zip), "--packs", folders["packs"], "--size", "32")
    assert json.loads(out[out.index("{") :])["images"] == 60


def test_a_classifier_is_trained_exported_measured_and_gets_its_card(drawn_zip, folders, tmp_path):
    data = ["--data", str(drawn_zip)]
    common = [*data, *places(folders, "packs", "runs")]
    call("classifier", "pattern-resnet", *common, "--epochs", "1")
    call("export", "pattern-resnet", *common, *places(folders, "root"))
    folder = Path(folders["root"]) / "pattern-resnet"
    network, config = load_checkpoint(folder)
    assert config["classes"][0] == "floral"
    assert config["metrics"]["validation shop"]["n"] > 0
    assert config["training"]["steps"] >= 1
    assert not network.training
    assert {p.name for p in folder.iterdir()} == {
        "config.json", "model.safetensors", "report.json", "curves.png", "confusion.png"
    }  # fmt: skip
    # Labels that came after the run began (here: half of its dresses are none) do not change what its card counts.
    counts = read_record(Path(folders["runs"]) / "pattern-resnet").counts
    packed = load_packed(Path(folders["packs"]) / "dresses-128-uint8")
    later = tmp_path / "clean-labels.csv"
    lines = [
        f"{packed.rows[i].image},dresses,random,,,,,,notdress" for i in packed.select("train")[::2]
    ]
    later.write_text(
        "\n".join(["image,source,sample,pattern,sleeve,length,neckline,colour,note", *lines])
    )
    call("export", "pattern-resnet", *common, *places(folders, "root"), "--labels", str(later))
    assert read_config(folder)["data"] == config["data"]
    assert config["data"]["images"] == counts["images"] == len(packed.select("train"))
    call("cards", *places(folders, "root"))
    assert (
        "[pattern-resnet](pattern-resnet/CARD.md)"
        in (Path(folders["root"]) / "README.md").read_text()
    )
    card = (folder / "CARD.md").read_text()
    assert "\n# pattern-resnet\n" in card
    assert "licence is not stated" in card
    assert "| unicolors |" in card


def test_a_classifier_without_the_labels_that_it_learns_from_does_not_begin(drawn_zip, folders):
    common = ["--data", str(drawn_zip), *places(folders, "packs", "runs")]
    with pytest.raises(DataError, match=r"transfer has no picture to learn from.*--labels"):
        call("classifier", "transfer", *common)
    # Else a later call with labels would go on with none.
    assert not (Path(folders["runs"]) / "transfer").exists()


def test_a_generator_is_trained_exported_and_draws(drawn_zip, folders):
    common = ["--data", str(drawn_zip), *places(folders, "packs", "runs")]
    call("gan", "dcgan-64", *common, "--epochs", "0.5")
    call("export", "dcgan-64", *common, *places(folders, "root"))
    designer = Designer.load(folders["root"], device="cpu")
    assert designer.render(designer.sample(1)[0]).size == (64, 64)
    assert designer.learnt_from.startswith("Learnt from")
    names = {p.name for p in (Path(folders["root"]) / "dcgan-64").iterdir()}
    assert names >= {"samples.png", "curves.png", "training.gif", "report.json"}
    config = read_config(Path(folders["root"]) / "dcgan-64")
    trained = config["training"]
    assert (
        trained["epochs"]
        == round(trained["steps"] * trained["batch"] / config["data"]["images"], 2)
        < 1
    )


def test_the_baseline_of_the_generators_ships_its_samples_alone(drawn_zip, folders):
    common = ["--data", str(drawn_zip), *places(folders, "packs", "runs")]
    call("gan", "dcgan-64-2k", *common, "--epochs", "0.3")
    call("export", "dcgan-64-2k", *common, *places(folders, "root"))
    folder = Path(folders["root"]) / "dcgan-64-2k"
    assert {p.name for p in folder.iterdir()} == {
        "samples.png", "curves.png", "training.gif", "report.json"
    }  # fmt: skip
    assert load_checkpoint(Path(folders["runs"]) / "unshipped" / "dcgan-64-2k")[0].latent_dim == 100
    call("cards", *places(folders, "root"))
    assert "without weights" in (folder / "CARD.md").read_text()


def test_an_unknown_name_lists_the_known_ones(drawn_zip):
    result = CliRunner().invoke(app, ["gan", "stylegan", "--data", str(drawn_zip)])
    assert result.exit_code == 2
    assert "dcgan-64" in result.output
