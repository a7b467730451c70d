from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from fashion_core import Analyser, CheckpointError, Designer, ImageError
from fashion_core.checkpoint import read_config, save_checkpoint
from fashion_core.networks import build
from fashion_core.project import PARTS, Projector, framed_maps
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


def test_the_latent_leads_back_to_the_form_that_was_found(projector):
    designer = projector.designer
    torch.manual_seed(5)
    code = torch.randn(1, 8)
    for wishes in ({}, {"sleeve_length": "long"}):
        latent = torch.from_numpy(designer.latent_of(code, wishes))[None]
        asked = torch.from_numpy(designer._condition_of(wishes))
        with torch.inference_mode():
            again = designer.network.code(latent, asked)
        assert torch.allclose(again, code, atol=1e-3)


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
