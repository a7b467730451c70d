"""Pictures, recipes and films of the shipped generators."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from fashion_core import Designer, DesignRecipe
from fashion_core.__main__ import main
from tests.golden.conftest import CHECKPOINTS

if TYPE_CHECKING:
    from collections.abc import Sequence

GENERATORS = ["studio", "dcgan-64", "dcgan-64-readme", "dense-gan-256"]
#: What a generator with conditions is asked for, in the second half of its sheet.
WISHES = [
    {"colour": "red"},
    {"colour": "black", "sleeve_length": "long", "length": "long"},
    {"pattern": "stripes"},
    {"pattern": "floral", "colour": "blue"},
    {"sleeve_length": "sleeveless", "length": "short", "fit": "tight"},
    {"neckline": "v", "occasion": "party"},
    {"pattern": "polkadots", "sleeve_length": "half"},
    # Too rare to be learnt: counts as any.
    {"length": "normal"},
]


@pytest.fixture(scope="module", params=GENERATORS)
def designer(request) -> Designer:
    return Designer.load(CHECKPOINTS, request.param, "cpu")


def recipes_of(designer: Designer) -> list[DesignRecipe]:
    """Sixteen recipes; where the generator has conditions, half of them with wishes."""
    plain = designer.sample(16, seed=7)
    if not designer.conditions:
        return plain
    asked = [designer.sample(16, 7, wishes)[i] for i, wishes in enumerate(WISHES, start=8)]
    return plain[:8] + asked


def sheet(pictures: Sequence[Image.Image], columns: int) -> np.ndarray:
    """Pictures in rows; of large ones every fourth pixel, so that the file stays small."""
    kept = np.stack([np.asarray(p)[:: max(1, p.height // 64), :: max(1, p.width // 64)] for p in pictures])  # fmt: skip
    count, height, width, channels = kept.shape
    rows = kept.reshape(count // columns, columns, height, width, channels)
    return rows.transpose(0, 2, 1, 3, 4).reshape(-1, columns * width, channels)


def test_the_shipped_generators_are_those_and_the_first_is_the_default():
    assert Designer.available(CHECKPOINTS) == GENERATORS
    assert Designer.load(CHECKPOINTS, device="cpu").name == GENERATORS[0]


def test_sixteen_recipes_give_the_pictures_that_they_gave(golden, designer):
    pictures = [designer.render(recipe) for recipe in recipes_of(designer)]
    assert {picture.size[::-1] for picture in pictures} == {designer.image_size}
    golden.check_picture(f"designs-{designer.name}", sheet(pictures, 4))


def test_recipes_are_the_same_text_and_are_read_back(golden, designer):
    steps = tuple((i - designer.latent_dim / 2) / 64 for i in range(designer.latent_dim))
    last = recipes_of(designer)[-1]
    by_latent = DesignRecipe(
        designer.name, designer.weights, latent=steps, truncation=0.75, wishes=last.wishes, cloth=last.cloth
    )  # fmt: skip
    recipes = [*recipes_of(designer), by_latent]
    texts = [recipe.encode() for recipe in recipes]
    golden.check_json(f"recipes-{designer.name}", texts)
    assert [DesignRecipe.decode(text) for text in texts] == recipes
    assert np.array_equal(designer.latent(by_latent), np.float32(steps) * np.float32(0.75))


def test_relatives_of_a_design_are_the_same(golden, designer):
    recipe = recipes_of(designer)[-1]
    found = [
        {"wishes": dict(varied.wishes), "latent": [round(v, 6) for v in varied.latent[:12]]}
        for varied in designer.vary(recipe, 3, seed=1)
    ]
    golden.check_json(f"relatives-{designer.name}", found, absolute=1e-5)


@pytest.mark.parametrize("name", ["studio", "dcgan-64"])
def test_a_morph_goes_through_the_same_pictures(golden, name):
    designer = Designer.load(CHECKPOINTS, name, "cpu")
    recipes = recipes_of(designer)
    frames = designer.interpolate(recipes[0], recipes[11], 5)
    golden.check_picture(f"morph-{name}", sheet(frames, 5))


def test_files_of_the_command_line_carry_the_same_notes(golden, monkeypatch, capsys, tmp_path):
    def run(*words: str) -> list[dict]:
        monkeypatch.setattr(sys, "argv", ["fashion_core", *words])
        with pytest.raises(SystemExit) as end:
            main()
        assert not end.value.code
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    where = ["--device", "cpu", "--checkpoints", str(CHECKPOINTS)]
    sheet_lines = run(
        "generate", "--model", "dcgan-64", "--count", "2", "--out", str(tmp_path), *where
    )
    film = tmp_path / "morph.gif"
    recipes = [line["recipe"] for line in sheet_lines]
    film_lines = run("interpolate", *recipes, "--frames", "4", "--out", str(film), *where)
    with Image.open(sheet_lines[1]["file"]) as image:
        png = {"size": image.size, "notes": image.text}
    with Image.open(film) as image:
        gif = {
            "size": image.size,
            "frames": image.n_frames,
            "milliseconds": image.info["duration"],
            "loop": image.info["loop"],
            "comment": image.info["comment"].decode(),
        }
    lines = json.loads(json.dumps(sheet_lines + film_lines).replace(str(tmp_path), "DIR"))
    golden.check_json("files-of-the-command-line", {"lines": lines, "png": png, "gif": gif})
