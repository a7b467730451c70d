from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from fashion_core import DesignRecipe
from tests.command_line import run_main
from tests.drawing import draw_dress

REPO = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(monkeypatch, capsys, tiny_root):
    def call(*arguments: object, root: object = tiny_root) -> tuple[int, list[dict], str]:
        options = () if root is None else ("--checkpoints", root)
        return run_main(monkeypatch, capsys, *arguments, *options)

    return call


def test_each_file_gets_one_line_in_order_and_folders_are_walked(run, tmp_path):
    image, _ = draw_dress()
    (tmp_path / "sub").mkdir()
    for name in ("b.png", "a.JPG", "sub/c.webp"):
        image.save(tmp_path / name, {"G": "JPEG", "g": "PNG", "p": "WEBP"}[name[-1]])
    (tmp_path / "notes.txt").write_text("not asked for")
    code, lines, _ = run("analyse", tmp_path)
    assert code == 0
    assert [line["file"] for line in lines] == [
        f"{tmp_path}/{n}" for n in ("a.JPG", "b.png", "sub/c.webp")
    ]
    assert list(lines[0]) == ["file", "garment", "attributes", "colours"]


def test_what_systems_put_beside_photos_is_left_out(run, tmp_path):
    image, _ = draw_dress()
    names = [
        "a.HIF",
        "__MACOSX/a.jpg",
        ".thumbnails/b.png",
        "._a.jpg",
        ".hidden.png",
        "Thumbs.db",
        ".DS_Store",
    ]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        image.save(tmp_path / name, "PNG")
    code, lines, _ = run("analyse", tmp_path)
    assert (code, [line["file"] for line in lines]) == (0, [f"{tmp_path}/a.HIF"])
    # A file or folder that is named is meant.
    (tmp_path / ".thumbnails" / "._c.jpg").write_bytes(
        bytes.fromhex("0005160700020000") + b"Mac OS X".ljust(80)
    )
    code, lines, _ = run("analyse", tmp_path / ".thumbnails", tmp_path / ".thumbnails" / "._c.jpg")
    assert [line["file"] for line in lines] == [
        f"{tmp_path}/.thumbnails/{n}" for n in ("b.png", "._c.jpg")
    ]
    assert code == 1
    assert "macOS" in lines[1]["error"]


def test_a_folder_that_cannot_be_opened_is_named_and_the_rest_goes_on(run, tmp_path, monkeypatch):
    draw_dress()[0].save(tmp_path / "a.png")
    locked = tmp_path / "locked"
    locked.mkdir()
    scandir = os.scandir

    def refuse(folder):
        if str(folder) == str(locked):
            raise PermissionError(13, "Permission denied", str(folder))
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    for asked in (tmp_path, locked):
        code, lines, said = run("analyse", asked)
        assert code == 1
        assert {"file": str(locked), "error": "cannot be opened: Permission denied"} in lines
        assert f"{locked} cannot be opened" in said
        assert "holds no pictures" not in said
    assert len(run("analyse", tmp_path)[1]) == 2


def test_a_picture_with_nothing_in_it_is_no_garment(run, tmp_path):
    Image.new("RGB", (200, 300), "white").save(tmp_path / "a.png")
    code, lines, _ = run("analyse", tmp_path / "a.png")
    assert code == 0
    assert lines[0]["garment"] == {
        "is_dress": False,
        "probability": 0.0,
        "category": "no garment",
        "cutout": [0, 0, 200, 300],
        "cutout_confidence": 0.0,
    }


def test_a_bad_file_gets_an_error_line_the_rest_goes_on_and_the_exit_code_is_one(run, tmp_path):
    good, bad = tmp_path / "good.png", tmp_path / "bad.jpg"
    draw_dress()[0].save(good)
    bad.write_text("text")
    code, lines, _ = run("analyse", bad, tmp_path / "gone.jpg", good)
    assert code == 1
    assert lines[0] == {
        "file": str(bad),
        "error": "not an image: That file is not a picture. Try a JPEG, PNG, WebP or HEIC.",
    }
    assert lines[1]["error"].startswith("not an image: ")
    assert "attributes" in lines[2]


def test_the_fast_profile_has_no_votes(run, tmp_path):
    draw_dress()[0].save(tmp_path / "a.png")
    code, lines, _ = run("analyse", "--profile", "fast", tmp_path / "a.png")
    assert code == 0
    assert lines[0]["attributes"]["pattern"]["votes"] == {}


def test_sheets_are_repeatable_and_nothing_else_is_written(run, tmp_path):
    outputs = []
    for name in ("one", "two"):
        out = tmp_path / name
        code, lines, _ = run("generate", "--out", out, "--count", 6, "--seed", 7)
        assert code == 0
        assert sorted(p.name for p in out.iterdir()) == [f"design-{i:04d}.png" for i in range(1, 7)]
        assert lines[0] == {
            "file": str(out / "design-0001.png"),
            "recipe": lines[0]["recipe"],
            "seed": 7,
            "model": "dcgan-64",
        }
        outputs.append([(out / f"design-{i:04d}.png").read_bytes() for i in range(1, 7)])
    assert outputs[0] == outputs[1]
    fifth = DesignRecipe.decode(lines[4]["recipe"])
    code, alone, _ = run("generate", "--out", tmp_path / "five", "--count", 5, "--seed", 7)
    assert DesignRecipe.decode(alone[4]["recipe"]) == fifth
    assert (tmp_path / "five" / "design-0005.png").read_bytes() == outputs[0][4]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--pattern", "tartan"), "no pattern"),
        (("--pattern", "floral"), "takes no wishes"),
        (("--model", "studio"), "no generator"),
        (("--count", "0"), "0 designs"),
    ],
)
def test_what_cannot_be_drawn_is_a_sentence_and_exit_code_two(run, tmp_path, arguments, words):
    code, lines, said = run("generate", "--out", tmp_path / "x", *arguments)
    assert (code, lines) == (2, [])
    assert words in said
    assert "Traceback" not in said


def test_the_morph_is_written_and_bad_recipes_exit_with_two(run, tmp_path):
    _, lines, _ = run("generate", "--out", tmp_path / "d", "--count", 2)
    out = tmp_path / "morph.gif"
    code, told, _ = run(
        "interpolate", lines[0]["recipe"], lines[1]["recipe"], "--frames", 5, "--out", out
    )
    assert (code, told[0]["frames"]) == (0, 5)
    assert out.read_bytes().startswith(b"GIF89a")
    code, _, said = run("interpolate", "nonsense", lines[1]["recipe"], "--out", out)
    assert code == 2
    assert "not a recipe" in said
    other = DesignRecipe("dcgan-64", "3fa93fa93fa9", seed=1).encode()
    code, _, said = run("interpolate", other, other, "--out", out)
    assert code == 2
    assert "3fa93fa93fa9" in said


@pytest.mark.parametrize("name", ["morph.png", "morph.mp4", "morph.webp", "morph.gif.zip"])
def test_a_morph_under_another_kinds_name_is_refused_before_work_begins(run, tmp_path, name):
    # The recipes are not even looked at.
    code, lines, said = run("interpolate", "a", "b", "--out", tmp_path / name)
    assert (code, lines) == (2, [])
    assert "writes a GIF" in said
    assert not (tmp_path / name).exists()
    code, _, said = run("interpolate", "a", "b", "--out", tmp_path)
    assert code == 2
    assert "is a folder" in said


@pytest.mark.parametrize("name", ["x.gif", "sheet.PNG", "taken"])
def test_designs_need_a_folder(run, tmp_path, name):
    (tmp_path / "taken").write_text("a file")
    code, lines, said = run("generate", "--out", tmp_path / name, "--model", "none such")
    assert (code, lines) == (2, [])
    assert "into a folder" in said
    assert not (tmp_path / "x.gif").exists()


def test_usage_errors_exit_with_two(run):
    for words in (
        ("analyse",),
        ("generate",),
        ("analyse", "--profile", "best", "x"),
        ("nonsense",),
    ):
        assert run(*words, root=None)[0] == 2


def test_as_a_program_stdout_holds_json_only(tiny_root, tmp_path):
    draw_dress()[0].save(tmp_path / "a.png")
    draw_dress()[0].save(tmp_path / "b.png")
    done = subprocess.run(
        [sys.executable, "-m", "fashion_core", "analyse", str(tmp_path)],
        cwd=REPO,
        env={**os.environ, "TOILE_CHECKPOINTS": str(tiny_root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [json.loads(line)["file"][-5:] for line in done.stdout.splitlines()] == [
        "a.png",
        "b.png",
    ]
    assert "photo" in done.stderr


def test_a_name_that_no_encoding_knows_is_printed_and_the_rest_goes_on(run, tmp_path):
    odd = tmp_path / os.fsdecode(b"caf\xe9.png")
    draw_dress()[0].save(tmp_path / "z.png")
    (tmp_path / "z.png").replace(odd)
    draw_dress()[0].save(tmp_path / "z.png")
    code, lines, _ = run("analyse", tmp_path)
    assert code == 0
    assert [line["file"] for line in lines] == [str(odd), str(tmp_path / "z.png")]


def test_a_device_that_is_not_there_ends_with_one_sentence(run, tmp_path):
    draw_dress()[0].save(tmp_path / "a.png")
    code, _, said = run("analyse", tmp_path / "a.png", "--device", "gpu")
    assert code == 2
    assert "There is no device 'gpu' here" in said
    assert "Traceback" not in said
