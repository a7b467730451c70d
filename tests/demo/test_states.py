"""What the page is made of, without a browser: verdicts, wishes, files and their end."""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import cv2
import gradio as gr
import numpy as np
import pytest
from gradio.data_classes import FileData
from PIL import Image

from demo import readings
from demo.analyse_tab import AnalyseTab
from demo.build import build
from demo.examples.draw import draw
from demo.examples.dresses import EXAMPLES, example_path
from demo.generate_tab import GenerateTab
from demo.marks import mask_url
from demo.service import Service
from demo.shown_photo import ShownPhoto
from demo.uploads import FileUpload
from demo.visitor_files import VisitorFiles, sweep
from fashion_core import DesignRecipe
from tests.demo.fakes import DrawingDesigner, KnownAnalyser


def shown_by(analyser: KnownAnalyser, index: int = 0) -> str:
    """All the text that the tab puts out for an example."""
    with gr.Blocks():
        tab = AnalyseTab(Service(analyser, [DrawingDesigner()]))
    steps = list(tab._read(str(example_path(index))))
    return " ".join(str(value) for step in steps for value in step.values())


def test_every_step_is_told_before_the_verdict():
    told = shown_by(KnownAnalyser())
    places = [told.index(f"{step} ...") for step in ("Cutting out, 1 of 3", "Reading, 2 of 3")]
    assert sorted(places) == places
    assert places[-1] < told.index("A floral midi dress")


def test_what_is_no_dress_is_said_to_be_none():
    told = shown_by(KnownAnalyser(probability=0.31))
    assert "Perhaps not a dress (31 %)" in told
    assert "If it is a dress: a floral midi dress" in told


def test_what_is_no_dress_for_sure_gets_no_sentence_about_its_sleeves():
    told = shown_by(KnownAnalyser(probability=0.02))
    assert "Not a dress, 98 % sure" in told
    assert "It looks like trousers" in told
    assert "midi dress" not in told


def test_an_edge_that_was_not_found_is_owned_up_to():
    assert "I could not find the edge" in shown_by(KnownAnalyser(finds_the_edge=False))
    assert "I could not find the edge" not in shown_by(KnownAnalyser())


def test_an_accident_is_logged_and_gets_an_apology(caplog):
    with caplog.at_level(logging.ERROR), pytest.raises(gr.Error, match="went wrong on my side"):
        shown_by(KnownAnalyser(breaks=True))
    assert "the private reason" in caplog.text


@pytest.mark.parametrize("conditions", [{}, {"pattern": ["floral", "lace"], "fit": ["loose"]}])
def test_wishes_are_asked_for_only_where_the_generator_obeys_them(conditions):
    page = build(Service(KnownAnalyser(), [DrawingDesigner(conditions=conditions)]))
    labels = {c["props"].get("label") for c in page.get_config_file()["components"]}
    assert labels >= {"Designs", "Seed", "Recipe"}
    assert (labels & {"Pattern", "Fit", "Sleeves"}) == ({"Pattern", "Fit"} if conditions else set())


def test_the_choice_of_generators_is_hidden_where_there_is_one():
    def visible(*designers: DrawingDesigner) -> bool:
        config = build(Service(KnownAnalyser(), designers)).get_config_file()
        props = [c["props"] for c in config["components"]]
        return next(p for p in props if p.get("label") == "Generator")["visible"]

    assert not visible(DrawingDesigner())
    assert visible(DrawingDesigner(), DrawingDesigner("studio"))


def test_wishes_leave_with_the_generator_that_takes_them():
    studio = DrawingDesigner(
        "studio", conditions={"colour": ["red", "blue"], "pattern": ["floral", "lace"]}
    )
    with gr.Blocks():
        tab = GenerateTab(Service(KnownAnalyser(), [studio, DrawingDesigner("classic")]))
    for name, shown in (("classic", False), ("studio", True)):
        fields = tab.sheet.show_generator(name)[1:]
        assert [(type(f), f.visible) for f in fields] == [(gr.Dropdown, shown), (gr.Radio, shown)]
    drawn = list(tab.sheet.draw("classic", 4, 1, "floral", "red"))
    assert [DesignRecipe.decode(text).wishes for text in drawn[-1][1]["recipes"]] == [{}] * 4


def test_files_of_visitors_go_when_they_are_old_and_the_pages_own_stay(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    files = VisitorFiles()
    kept, sent, own = (Path(files.keep("secret", name)) for name in ("a.json", "b.jpg", "c.png"))
    (tmp_path / "left-by-gradio").touch()
    sweep(tmp_path)
    assert kept.read_text() == "secret"
    sweep(tmp_path, {str(own)}, seconds=-1)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [own]
    assert not kept.parent.exists()
    assert not sent.parent.exists()


def test_files_are_swept_while_visitors_keep_new_ones(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    files = VisitorFiles()

    def visit() -> None:
        for _ in range(100):
            files.keep("new", "new.txt")

    visitors = [threading.Thread(target=visit) for _ in range(3)]
    for visitor in visitors:
        visitor.start()
    while any(visitor.is_alive() for visitor in visitors):
        sweep(tmp_path)
    assert [path.read_text() for path in tmp_path.rglob("new.txt")] == ["new"] * 300


def test_an_upload_leaves_no_empty_file_behind(tmp_path):
    sent = tmp_path / "sent.jpg"
    sent.touch()
    assert FileUpload().preprocess(FileData(path=str(sent))) == str(sent)
    assert FileUpload().preprocess(None) is None


def corrected(choice: str, box: list[float], mask: str = "") -> str:
    """All the text that comes of a press on a button under the box."""
    with gr.Blocks():
        tab = AnalyseTab(Service(KnownAnalyser(), [DrawingDesigner()]))
    report = KnownAnalyser().analyse(str(example_path(0)))
    shown = ShownPhoto(str(example_path(0)), report, "As it was.", (0, 0, 9, 9))
    event = SimpleNamespace(choice=choice, box=box, mask=mask)
    steps = [*tab._read_box(shown, event)]
    return " ".join(str(getattr(v, "value", v)) for step in steps for v in step.values())


def test_a_drawn_box_is_read_again_and_can_be_undone_or_left():
    assert "inside your box" in corrected("box", [0.2, 0.1, 0.8, 0.9])
    assert "Left your photo" in corrected("undo", [0.2, 0.1, 0.8, 0.9])
    left = corrected("leave", [0.2, 0.1, 0.8, 0.9])
    assert "As it was." in left
    assert "midi dress" not in left


def test_what_is_marked_is_read_and_kept_for_the_next_question():
    with Image.open(example_path(0)) as photo:
        marked = np.zeros((photo.height, photo.width), np.bool_)
    marked[100:300, 100:400] = True
    assert "as you marked it" in corrected("mask", [], mask_url(marked))
    report = KnownAnalyser().analyse(str(example_path(0)), mask=marked)
    shown = ShownPhoto("a.jpg", report, "", None, mended=True).without_pictures()
    assert shown.report.mask.shape == (1, 1)
    assert ((shown.mask == 255) == report.mask).all()
    assert replace(shown, mended=False).mask is None


@pytest.mark.parametrize("mask", ["", mask_url(np.zeros((10, 10), np.bool_))])
def test_marks_from_a_hostile_page_are_refused(mask):
    with pytest.raises(gr.Error, match=r"did not arrive whole|Nothing is left"):
        corrected("mask", [], mask)


@pytest.mark.parametrize(
    ("key", "label"),
    [("mood", "lace"), ("pattern", "tartan"), ("", ""), ("garment", "tent"), ("colour", "")],
)
def test_a_correction_from_a_hostile_page_changes_nothing(key, label):
    with gr.Blocks():
        tab = AnalyseTab(Service(KnownAnalyser(), [DrawingDesigner()]))
    report = KnownAnalyser().analyse(str(example_path(0)))
    shown = ShownPhoto(str(example_path(0)), report, "", None)
    answer = tab._correct_or_explain(shown, SimpleNamespace(attribute=key, label=label))
    assert answer == (gr.skip(),) * 4


def test_a_box_that_sticks_out_of_the_photo_is_cut_to_it():
    assert "midi dress" in corrected("box", [-3, -3, 9, 9])


@pytest.mark.parametrize(
    ("box", "sentence"),
    [([0.5, 0.5, 0.5, 0.5], "is empty"), ([1.2, 0.1, 1.6, 0.9], "lies outside the picture")],
)
def test_a_box_that_holds_nothing_of_the_photo_is_refused(box, sentence):
    with pytest.raises(gr.Error, match=sentence):
        corrected("box", box)


def shown_photo(path: Path, probability: float = 0.97) -> ShownPhoto:
    report = KnownAnalyser(probability=probability).analyse(str(path))
    return ShownPhoto(str(path), report, "", None).after(None)


def test_a_correction_survives_another_reading_of_the_same_bytes(tmp_path):
    first, copy, other = (tmp_path / name for name in ("a.jpg", "b.jpg", "c.jpg"))
    for path in (first, copy):
        path.write_bytes(example_path(0).read_bytes())
    other.write_bytes(example_path(1).read_bytes())
    shown = shown_photo(first).corrected("pattern", "lace").corrected("garment", "skirt")
    between = shown_photo(other).after(shown)
    assert between.corrections == {}
    boxed = replace(shown_photo(copy), box=(0, 0, 9, 9)).after(between)
    assert boxed.corrections == {"pattern": "lace", "garment": "skirt"}
    # A reading that happens to agree does not make it forgotten.
    assert shown_photo(first).after(boxed).after(boxed).corrections == boxed.corrections
    taken_back = boxed.corrected("pattern", "floral").corrected("garment", "dress")
    assert shown_photo(first).after(taken_back).corrections == {}


def test_the_tab_shows_a_photo_again_as_it_was_corrected():
    with gr.Blocks():
        tab = AnalyseTab(Service(KnownAnalyser(), [DrawingDesigner()]))
    before = shown_photo(example_path(0)).corrected("pattern", "lace")
    for steps in (
        tab._read(str(example_path(0)), before),
        tab._read_box(before, SimpleNamespace(choice="box", box=[0.2, 0.1, 0.8, 0.9])),
        tab._read_example(before, SimpleNamespace(index=0)),
    ):
        assert "A lace midi dress" in [*steps][-1][tab.verdict]


def test_kind_and_colour_are_corrected_too():
    shown = shown_photo(example_path(0)).corrected("garment", "skirt").corrected("colour", "gray")
    content = json.loads(shown.to_json())
    assert content["corrected"] == ["colour", "garment"]
    assert content["garment"]["is_dress"] is False
    assert content["garment"]["category"] == "skirt"
    assert content["colours"][0]["family"] == "gray"
    html = readings.verdict(shown.corrected_report(), shown.corrections)
    assert "Not a dress, as you say" in html
    assert ">A skirt</h1>" in html
    assert '<option value="gray" selected>grey</option>' in html
    again = shown_photo(example_path(0), 0.2).corrected("garment", "dress")
    html = readings.verdict(again.corrected_report(), again.corrections)
    assert "A dress, as you say" in html
    assert "A floral midi dress" in html


@pytest.mark.parametrize("index", range(len(EXAMPLES)))
def test_examples_are_small_and_drawn_by_our_own_code(index):
    content = example_path(index).read_bytes()
    assert len(content) < 60_000
    saved = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    apart = np.abs(saved.astype(float) - draw(EXAMPLES[index])).mean()
    assert apart < 4
