"""``cloth`` and ``restyle`` on the command line."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from fashion_core.cloth import FAMILIES
from fashion_core.cloth_commands import Kind
from tests.command_line import run_main
from tests.drawing import draw_dress


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*arguments: object) -> tuple[int, list[dict], str]:
        return run_main(monkeypatch, capsys, *arguments)

    return call


def test_every_kind_of_cloth_can_be_asked_for():
    assert [kind.value for kind in Kind] == list(FAMILIES)


def test_a_tile_has_the_size_in_print_that_was_asked_for(run, tmp_path):
    out = tmp_path / "tile.png"
    options = ("--kind", "polkadots", "--palette", "#1b2a49,#f2e8d5", "--repeat", "64mm")
    code, (line,), _ = run("cloth", "--out", out, *options, "--dpi", 150)
    assert code == 0
    assert line["cloth"]["family"] == "pin"
    with Image.open(out) as image:
        assert image.width == round(64 / 25.4 * 150)
        assert image.height == round(line["repeat_mm"][1] / 25.4 * 150)
        assert round(image.info["dpi"][0]) == 150
        assert image.getpixel((0, 0)) == (0x1B, 0x2A, 0x49)
    first = out.read_bytes()
    run("cloth", "--out", out, *options, "--dpi", 150)
    assert out.read_bytes() == first


def test_a_tile_can_be_an_svg_and_lace_can_be_seen_through(run, tmp_path):
    code, _, _ = run("cloth", "--out", tmp_path / "tile.svg", "--kind", "stripes", "--angle", 45)
    assert code == 0
    assert ET.parse(tmp_path / "tile.svg").getroot().tag.endswith("svg")  # noqa: S314 - our own
    run("cloth", "--out", tmp_path / "lace.png", "--kind", "lace", "--dpi", 72)
    with Image.open(tmp_path / "lace.png") as image:
        assert image.mode == "RGBA"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--out", "tile.gif"), "none of .png, .svg"),
        (("--out", "tile.png", "--family", "breton"), "no family of floral"),
        (("--out", "tile.png", "--palette", ""), "1 to 6 colours"),
        (("--out", "tile.png", "--palette", "red"), "no colour"),
        (("--out", "tile.png", "--scale", 9), "scale of a cloth"),
        (("--out", "tile.png", "--repeat", "3 miles"), "no width of a repeat"),
        (("--out", "tile.png", "--dpi", 5000), "36 to 1200"),
        (("--out", "tile.png", "--repeat", "1900mm", "--dpi", 600), "8192 are the most"),
    ],
)
def test_what_cannot_be_drawn_is_said_and_nothing_is_written(
    run, tmp_path, monkeypatch, options, said
):
    monkeypatch.chdir(tmp_path)
    code, lines, err = run("cloth", *options)
    assert (code, lines) == (2, [])
    assert said in err
    assert not list(tmp_path.iterdir())


def test_a_photos_garment_changes_its_cloth_and_nothing_else(run, tmp_path, tiny_root):
    image, mask = draw_dress(ground="white", size=(300, 400))
    image.save(tmp_path / "dress.png")
    options = ("--kind", "unicolors", "--palette", "#8c2f39", "--checkpoints", tiny_root)
    code, (line,), _ = run(
        "restyle", tmp_path / "dress.png", "--out", tmp_path / "new.png", *options
    )
    assert code == 0
    assert line["cloth"]["palette"] == ["#8c2f39"]
    before = np.asarray(image).astype(int)
    with Image.open(tmp_path / "new.png") as after:
        changed = np.abs(np.asarray(after).astype(int) - before).max(2) > 8
    garment = np.asarray(mask).astype(bool)
    assert changed[garment].mean() > 0.9
    assert changed[~garment].mean() < 0.03


def test_a_photos_garment_gets_a_border(run, tmp_path, tiny_root):
    image, mask = draw_dress(ground="white", size=(300, 400))
    image.save(tmp_path / "dress.png")
    options = ("--kind", "unicolors", "--palette", "#f4efe6", "--checkpoints", tiny_root)
    border = ("--border", "hem", "--contrast", "#1b2a49", "--sleeve-angle", -20)
    code, (line,), _ = run(
        "restyle", tmp_path / "dress.png", "--out", tmp_path / "new.png", *options, *border
    )
    assert code == 0
    assert line["composition"] == {
        "sleeve_angle": -20.0,
        "border": "hem",
        "border_width": 40.0,
        "contrast": "#1b2a49",
        "lining": "",
    }
    bottom = int(np.flatnonzero(np.asarray(mask)[:, 150])[-1])
    with Image.open(tmp_path / "new.png") as after:
        red, _, blue = after.convert("RGB").getpixel((150, bottom - 9))
        assert blue > red + 20


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--border", "cuff"), "none, hem, neckline or both"),
        (("--border-width", 5), "border width of a composition is 10 to 120"),
        (("--sleeve-angle", 120), "sleeve angle of a composition is -90 to 90"),
        (("--contrast", "navy"), "contrast of a composition is a hex colour"),
        (("--lining", "#12"), "lining of a composition is a hex colour"),
    ],
)
def test_a_composition_that_there_is_not_is_said(run, tmp_path, options, said):
    draw_dress(size=(120, 160))[0].save(tmp_path / "dress.png")
    out = tmp_path / "new.png"
    code, lines, err = run("restyle", tmp_path / "dress.png", "--out", out, *options)
    assert (code, lines) == (2, [])
    assert said in err
    assert len(err.strip().splitlines()) == 1
    assert not out.exists()


def test_restyle_says_what_is_wrong_before_it_writes(run, tmp_path, tiny_root):
    code, lines, err = run(
        "restyle", tmp_path / "gone.jpg", "--out", tmp_path / "new.png", "--checkpoints", tiny_root
    )
    assert (code, lines) == (2, [])
    assert "gone.jpg" in err
    assert not (tmp_path / "new.png").exists()
