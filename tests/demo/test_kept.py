"""What comes back from a browser is a stranger's until it is checked."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np
import pytest

from demo import kept_photo
from demo.examples.dresses import example_path
from demo.generate_tab import GenerateTab
from demo.kept import Design, Drawn, Ends
from demo.marks import mask_url
from demo.service import Service
from demo.shown_photo import ShownPhoto
from demo.stand import recipe_in
from demo.visitor_files import MOST_TICKETS, VisitorFiles
from fashion_core import DesignRecipe
from tests.demo.fakes import DrawingDesigner, KnownAnalyser

if TYPE_CHECKING:
    from fashion_core.report import GarmentReport

HOSTILE = [
    None,
    "text",
    7,
    [],
    {"recipe": ["toile1.x"], "a": 3, "recipes": "toile1.x"},
    {"recipe": "x" * 20_000, "a": {"recipe": "x" * 20_000}, "recipes": ["x" * 20_000], "seed": 1},
    {"recipes": ["toile1.x"] * 33, "seed": 1},
    {"recipes": ["toile1.x"], "seed": -1},
    {"recipes": ["toile1.x"], "seed": True},
]


@pytest.fixture
def tab():
    with gr.Blocks():
        return GenerateTab(Service(KnownAnalyser(), [DrawingDesigner()]))


def recipe(seed: int = 1) -> str:
    return DrawingDesigner().sample(1, seed)[0].encode()


@pytest.mark.parametrize("kept", HOSTILE)
def test_what_nothing_of_ours_wrote_is_as_if_nothing_was_kept(kept):
    assert Design.of(kept) == Design()
    assert Ends.of(kept) == Ends()
    assert Drawn.of(kept) == Drawn()


def test_what_was_kept_is_read_back():
    design = Design(recipe(), "No. 3, seed 7")
    assert Design.of(design.kept()) == design
    assert Ends.of(Ends(design, Design()).kept()) == Ends(design, Design())
    assert Drawn.of(Drawn((recipe(), recipe(2)), 7).kept()) == Drawn((recipe(), recipe(2)), 7)


@pytest.mark.parametrize("caption", [None, 3, "", "two\nlines", "\x1b[31m"])
def test_a_caption_that_is_none_is_replaced(caption):
    assert Design.of({"recipe": "toile1.x", "caption": caption}).caption == "A design"


def test_a_caption_is_text_and_never_markup_and_no_path(tab, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    hostile = {"recipe": recipe(), "caption": '<img src=x onerror="alert(1)">/../../x'}
    shown, _, design = tab.stand.put(hostile)
    answer, *_ = tab.stand.read_back(design, tab.stand.read.value)
    told = " ".join([shown["picture"], shown["kicker"], answer["kicker"]])
    assert "<img src=x" not in told
    assert "/../" not in tab.stand.png(design).removeprefix(str(tmp_path))


@pytest.mark.parametrize("kept", HOSTILE)
def test_a_tab_that_opens_on_nonsense_draws_a_first_sheet(tab, kept):
    *_, first, last = tab._open(False, kept, kept, "drawn", 4, 7)
    drawn = Drawn.of(first[1])
    assert (len(drawn.recipes), drawn.seed) == (4, 7)
    assert Ends.of(last[5]["ends"]) == Ends(drawn.design(0), drawn.design(1))


def test_a_tab_that_opens_on_what_was_kept_shows_it_with_its_settings(tab):
    kept = Drawn(tuple(r.encode() for r in DrawingDesigner().sample(8, 12)), 12)
    ends = Ends(Design(recipe(), "No. 1, seed 1"), Design(recipe(2), "No. 1, seed 2"))
    *_, last = tab._open(False, kept.kept(), ends.kept(), "drawn", 16, 7)
    assert Ends.of(last[5]["ends"]) == ends
    assert last[6:] == ("drawn", 8, 12)


@cache
def report() -> GarmentReport:
    return KnownAnalyser().analyse(str(example_path(0)))


def kept_of(files: VisitorFiles, path: str) -> dict[str, Any]:
    """What the browser keeps of a photo, as it comes back: through JSON."""
    shown = ShownPhoto(path, report(), "", (1, 2, 300, 400)).corrected("pattern", "lace")
    return json.loads(json.dumps(kept_photo.keep(shown, files)))


def test_readings_are_read_back_as_they_were_and_the_photo_by_its_ticket(tmp_path):
    files, path = VisitorFiles(), tmp_path / "photo.jpg"
    shutil.copy(example_path(0), path)
    kept = kept_of(files, str(path))
    shown = kept_photo.read_back(kept, files)
    assert shown.path == str(path)
    assert shown.box == (1, 2, 300, 400)
    assert shown.corrections == {"pattern": "lace"}
    assert kept_photo.keep(shown, files) == kept
    marked = replace(shown, outline=mask_url(np.ones((4, 3), np.bool_)), mended=True)
    marked = kept_photo.read_back(kept_photo.keep(marked, files), files)
    assert marked.mended
    assert marked.mask.shape == (4, 3)
    path.unlink()
    assert kept_photo.read_back(kept, files).path == ""
    assert kept_photo.read_back(kept, VisitorFiles()).path == ""


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ((), None),
        ((), "text"),
        (("photo",), "../../etc/passwd"),
        (("photo",), "/etc/passwd"),
        (("size",), [10]),
        (("box",), ["<b>", 0, 0, 0]),
        (("report", "garment", "probability"), float("nan")),
        (("report", "garment", "category"), "<script>"),
        (("report", "attributes"), {}),
        (("report", "attributes", "pattern", "label"), "tartan"),
        (("report", "attributes", "pattern", "votes"), {"cnn1": "tartan"}),
        (("report", "attributes", "pattern", "votes"), {"oracle": "lace"}),
        (("report", "attributes", "pattern", "probabilities"), {"lace": 7}),
        (("report", "colours"), []),
        (("report", "colours", 0, "hex"), "red;} body{display:none"),
        (("report", "colours", 0, "name"), "<img src=x>"),
        (("report", "colours", 0, "family"), "plaid"),
    ],
)
def test_readings_that_nothing_of_ours_wrote_are_not_shown(place, value, tmp_path):
    files = VisitorFiles()
    kept = kept_of(files, str(example_path(0)))
    if not place:
        kept = value
    else:
        inner = kept
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = value
    assert kept_photo.read_back(kept, files) is None


def test_a_ticket_opens_nothing_but_what_it_was_given_for():
    files = VisitorFiles()
    ticket = files.ticket(str(example_path(0)))
    assert files.ticket(str(example_path(0))) == ticket
    assert files.of_ticket(ticket) == str(example_path(0))
    assert files.of_ticket(ticket[::-1]) == files.of_ticket(str(example_path(0))) == ""
    for i in range(MOST_TICKETS + 5):
        files.ticket(f"/not/here/{i}")
    assert files.of_ticket(ticket) == str(example_path(0))
    assert len(files._tickets) < MOST_TICKETS + 5


@pytest.mark.parametrize("text", ["", "toile1.", "nonsense", None, 5])
def test_what_is_no_recipe_is_refused_in_a_toast_and_the_stand_stays(tab, text, monkeypatch):
    said = []
    monkeypatch.setattr(gr, "Warning", said.append)
    assert tab.stand.put({"recipe": text}) == (gr.skip(),) * 3
    assert len(said) == 1
    assert tab.stand.put({"recipe": text, "otherwise": {"recipe": recipe()}})[1] == recipe()


@pytest.mark.parametrize(
    "text",
    [
        "toile1.abc_-9",
        " toile1.abc_-9\n",
        "https://toile.example/?recipe=toile1.abc_-9",
        "http://127.0.0.1:7860/?__theme=dark&recipe=toile1.abc_-9&tab=generate",
        "<https://toile.example/app/?recipe=toile1.abc_-9>",
        "Look at this: https://toile.example/?recipe=toile1.abc_-9, please",
    ],
)
def test_a_recipe_is_found_in_a_link(text):
    assert recipe_in(text) == "toile1.abc_-9"


def test_recipes_of_links_decode():
    assert DesignRecipe.decode(recipe_in(f"https://x.example/?recipe={recipe()}")).seed is not None
