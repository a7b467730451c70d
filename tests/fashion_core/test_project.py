from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from fashion_core import Analyser, CheckpointError, Designer, DesignRecipe, ImageError
from fashion_core.checkpoint import read_config, save_checkpoint
from fashion_core.networks import build
from fashion_core.project import PARTS, Projector, framed_maps
from tests.command_line import run_main
from tests.conftest import add_tiny_form, write_tiny_root
from tests.drawing import draw_dress


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory):
    root = write_tiny_root(tmp_path_factory.mktemp("project"))
    add_tiny_form(root)
    torch.manual_seed(1)
    arguments = {"code": 8, "detail": 96}
    config = {
        "architecture": "form_encoder",
        "arguments": arguments,
        "decoder": read_config(root / "form")["sha256"],
    }
    save_checkpoint(root / "encoder", build("form_encoder", **arguments).eval(), config)
    return root


@pytest.fixture(scope="module")
def projector(root) -> Projector:
    return Projector.load(Designer.load(root, device="cpu"), root)


@pytest.fixture(scope="module")
def photo(root):
    return Analyser.load(root, "cpu", "fast").open(draw_dress()[0])


def test_the_nearest_design_is_nearer_than_the_encoders_guess_and_has_the_photos_colours(
    projector, photo
):
    told = []
    recipe, report = projector.project(photo, lambda *step: told.append(step))
    assert told == [(name, i, 3) for i, name in enumerate(PARTS, 1)]
    assert recipe.cloth is not None
    assert recipe.cloth.palette[0] == report.palette.colours[0].hex.lower()
    assert recipe.wishes["pattern"] == report.attributes["pattern"].label == recipe.cloth.kind
    assert projector.designer.render(recipe).size == (512, 768)
    maps = framed_maps(photo)
    wanted = maps[0] > 0
    code = projector.nearest(maps)
    with torch.inference_mode():
        first = projector.encoder(torch.from_numpy(maps)[None])[0]
        drawn = [projector.designer.network.decode(c)[0, 0].numpy() > 0 for c in (first, code)]
    off = [(d != wanted).mean() for d in drawn]
    assert off[1] < off[0]


def test_what_was_read_before_and_corrected_is_not_read_again(projector, photo):
    read = photo.report().attributes
    lace = replace(read["pattern"], label="lace")
    long = replace(read["sleeve_length"], label="long", probability=1.0)
    corrected = replace(photo.report(), attributes={**read, "pattern": lace, "sleeve_length": long})
    told = []
    recipe, report = projector.project(photo, lambda *step: told.append(step), corrected)
    assert report is corrected
    assert told == [(name, i, 3) for i, name in enumerate(PARTS, 1)][1:]
    assert (recipe.cloth.kind, recipe.wishes["pattern"]) == ("lace", "lace")
    assert recipe.wishes["sleeve_length"] == "long"


def test_the_latent_leads_back_to_the_form_that_was_found(projector):
    designer = projector.designer
    torch.manual_seed(5)
    code = torch.randn(1, len(designer.network.mean))
    for wishes in ({}, {"sleeve_length": "long"}):
        latent = torch.from_numpy(designer.latent_of(code, wishes))[None]
        asked = torch.from_numpy(designer._condition_of(wishes))
        with torch.inference_mode():
            again = designer.network.code(latent, asked)
        assert torch.allclose(again, code, atol=1e-2)


def test_the_latent_leads_back_under_guidance_far_beyond_any_dress(projector, monkeypatch):
    designer = projector.designer
    monkeypatch.setattr(designer.network, "guidance", 2.5)
    torch.manual_seed(5)
    code = torch.randn(1, designer.latent_dim)
    wishes = {"sleeve_length": "long", "length": "short", "neckline": "round", "fit": "slim"}
    wishes = {k: v for k, v in wishes.items() if v in designer.conditions[k]}
    latent = torch.from_numpy(designer.latent_of(code, wishes))[None]
    with torch.inference_mode():
        again = designer.network.code(latent, torch.from_numpy(designer._condition_of(wishes)))
    assert float((again - code).square().mean()) < 0.01


def test_a_photo_without_a_garment_is_refused(projector, root):
    blank = Analyser.load(root, "cpu", "fast").open(Image.new("RGB", (300, 400), (200, 200, 200)))
    with pytest.raises(ImageError, match="No garment was found"):
        projector.project(blank)


def test_a_generator_that_draws_no_forms_and_a_foreign_encoder_are_refused(root, tmp_path):
    with pytest.raises(CheckpointError, match="dcgan-64 draws no forms"):
        Projector.load(Designer.load(root, "dcgan-64", "cpu"), root)
    designer = Designer.load(root, device="cpu")
    designer.config = {**designer.config, "sha256": "0" * 64}
    with pytest.raises(CheckpointError, match="another form generator"):
        Projector.load(designer, root)


def test_the_silhouette_of_a_photo_is_framed_as_training_dresses_are(photo):
    maps = framed_maps(photo)
    rows = np.flatnonzero((maps[0] > 0).any(1))
    assert 0.82 < (rows[-1] - rows[0]) / len(maps[0]) < 0.94


@pytest.fixture
def run(monkeypatch, capsys, root):
    """``project`` on the command line: its exit code, its JSON lines and what it said."""

    def call(*arguments: object, root: object = root) -> tuple[int, list[dict], str]:
        words = ("project", *arguments, "--checkpoints", root, "--device", "cpu")
        return run_main(monkeypatch, capsys, *words)

    return call


def test_the_command_writes_the_design_with_its_recipe_in_it(run, projector, tmp_path):
    draw_dress()[0].save(tmp_path / "dress.png")
    out = tmp_path / "new" / "dress-design.png"
    code, (line,), said = run(tmp_path / "dress.png", "--out", out.parent, "--size", "256x384")
    assert code == 0
    assert list(line) == ["file", "recipe", "model", "report"]
    assert (line["file"], line["model"]) == (str(out), "studio")
    assert line["report"].keys() == {"garment", "attributes", "colours"}
    assert said.splitlines() == [f"{name}, {i} of 3 ..." for i, name in enumerate(PARTS, 1)]
    with Image.open(out) as image:
        assert image.size == (256, 384)
        assert image.text["Toile recipe"] == line["recipe"]
        design = projector.designer.render(DesignRecipe.decode(line["recipe"]), (256, 384))
        assert image.tobytes() == design.tobytes()
    assert [path.name for path in out.parent.iterdir()] == ["dress-design.png"]


@pytest.mark.parametrize(
    ("photo", "options", "sentence"),
    [
        ("blank.png", (), "No garment was found"),
        ("gone.png", (), "gone.png"),
        ("text.png", (), "That file is not a picture."),
        ("blank.png", ("--size", "huge"), "'huge' is no size."),
        ("blank.png", ("--size", "300x300"), "A design of 300x300 cannot be drawn."),
        ("blank.png", ("--out", "design.png"), "is a file's name"),
    ],
)
def test_the_command_says_what_is_wrong_and_writes_nothing(
    run, tmp_path, monkeypatch, photo, options, sentence
):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (300, 400), (200, 200, 200)).save("blank.png")
    (tmp_path / "text.png").write_text("no picture")
    before = sorted(tmp_path.iterdir())
    code, lines, said = run(photo, "--out", "designs", *options)
    assert (code, lines) == (2, [])
    assert sentence in said
    assert len(said.strip().splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (shutil.rmtree, "encoder holds no checkpoint"),
        (
            lambda folder: (folder / "config.json").write_text(
                json.dumps({**read_config(folder), "decoder": "0" * 64})
            ),
            "belongs to another form generator",
        ),
        (lambda folder: shutil.rmtree(folder.with_name("form")), "dcgan-64 draws no forms"),
    ],
)
def test_the_command_needs_an_encoder_of_the_generator(run, root, tmp_path, damage, sentence):
    draw_dress()[0].save(tmp_path / "dress.png")
    damaged = shutil.copytree(root, tmp_path / "checkpoints")
    damage(damaged / "encoder")
    code, lines, said = run(tmp_path / "dress.png", "--out", tmp_path / "designs", root=damaged)
    assert (code, lines) == (2, [])
    assert sentence in said
    assert len(said.strip().splitlines()) == 1
    assert not (tmp_path / "designs").exists()
