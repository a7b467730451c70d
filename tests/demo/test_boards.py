"""What is kept on boards: it comes back from a browser, so all of it is checked, and nothing is lost."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import gradio as gr
import pytest

from demo.boards import EVERYTHING, Board, Boards
from demo.favourites import Favourites
from demo.look_book import EMPTY, LookBookSection
from demo.service import Service
from fashion_core import LookBookError
from fashion_core.look_book import DAMAGED, MOST_BOARDS, MOST_LOOKS, Look, LookBook
from tests.demo.fakes import DrawingDesigner, KnownAnalyser
from tests.demo.test_kept import HOSTILE


def recipe(seed: int = 1) -> str:
    return DrawingDesigner().sample(1, seed)[0].encode()


def look(seed: int = 1, **words) -> Look:
    return Look(recipe(seed), **words)


AUTUMN = (
    Boards()
    .with_board("Autumn", "first twelve")
    .with_looks([look(1, name="No. 1", note="opening", board="Autumn"), look(2, name="No. 2")])
)


@pytest.fixture
def sections():
    with gr.Blocks():
        service = Service(KnownAnalyser(), [DrawingDesigner()])
        favourites = Favourites(service, gr.BrowserState({}), gr.Button())
        return favourites, LookBookSection(service, favourites)


@pytest.mark.parametrize(
    "kept",
    [*HOSTILE, {"boards": 3, "designs": {}}, {"boards": [3], "designs": [{"recipe": "toile1.x"}]}],
)
def test_what_nothing_of_ours_wrote_is_as_if_nothing_was_kept(kept):
    assert Boards.of(kept) == Boards()


def test_what_was_kept_is_read_back():
    assert Boards.of(json.loads(json.dumps(AUTUMN.kept()))) == AUTUMN


def test_one_damaged_design_loses_no_other():
    kept = AUTUMN.kept()
    kept["designs"].insert(1, {"recipe": "toile1.damaged", "name": "x"})
    kept["boards"].append({"name": 7})
    assert Boards.of(kept) == AUTUMN


def test_boards_are_added_renamed_and_removed_and_their_designs_stay():
    renamed = AUTUMN.renamed("Autumn", " Winter \n", "for Marta")
    assert renamed.boards == (Board("Winter", "for Marta"),)
    assert [each.board for each in renamed.looks] == ["Winter", ""]
    gone = renamed.without_board("Winter")
    assert gone.boards == ()
    assert [each.recipe for each in gone.looks] == [each.recipe for each in AUTUMN.looks]
    assert AUTUMN.with_board(EVERYTHING) == AUTUMN.with_board("  ") == AUTUMN
    assert AUTUMN.renamed("Autumn", "", "new note").names == ["Autumn"]


def test_there_is_a_most_of_everything():
    many = Boards()
    for i in range(MOST_BOARDS + 3):
        many = many.with_board(f"Board {i}")
    assert len(many.boards) == MOST_BOARDS
    with pytest.raises(LookBookError, match="300 designs"):
        Boards().with_looks([Look(recipe(i)) for i in range(MOST_LOOKS + 1)])


def test_what_is_kept_twice_keeps_its_words():
    again = AUTUMN.with_looks([look(1, name="another name")])
    assert again == AUTUMN


def test_keep_puts_the_design_on_the_board_that_is_shown_and_opens_the_section(sections):
    favourites, _ = sections
    kept, fold, opened = favourites.keep(
        {"recipe": recipe(3), "caption": "No. 3"}, AUTUMN.kept(), "Autumn"
    )
    assert Boards.of(kept).looks[-1] == look(3, name="No. 3", board="Autumn")
    assert opened
    assert fold.open
    with pytest.raises(gr.Error, match="no design on the stand"):
        favourites.keep({}, AUTUMN.kept(), "")


def test_words_are_changed_and_what_is_removed_can_be_taken_back(sections):
    favourites, _ = sections
    kept = favourites.change(AUTUMN.kept(), (recipe(2),), "finale", "in linen", "Autumn")
    assert Boards.of(kept).look(recipe(2)) == look(
        2, name="finale", note="in linen", board="Autumn"
    )
    less, removed, _ = favourites.take_away(kept, (recipe(2),))
    assert Boards.of(less).look(recipe(2)) is None
    again, _, _ = favourites.take_back(less, removed)
    assert Boards.of(again) == Boards.of(kept)


def test_two_are_compared_in_words_and_what_differs_stands_out(sections):
    favourites, _ = sections
    list(favourites.show(AUTUMN.kept(), "", True))
    *_, (_, shown) = favourites.compare(AUTUMN.kept(), (recipe(1), recipe(2)))
    assert "A, No. 1" in shown
    assert "B, No. 2" in shown
    assert "<td>Short</td><th scope='row'>Sleeves</th><td>Short</td>" in shown
    assert list(favourites.compare(AUTUMN.kept(), (recipe(1),)))[-1][1] == ""


def test_names_are_text_and_never_markup(sections):
    favourites, book = sections
    bad = Boards().with_looks([look(1, name="<img src=x onerror=alert(1)>", note="<b>")])
    shown = list(favourites.show(bad.kept(), "", True))[-1][1]
    assert "<img src=x" not in shown
    assert "&lt;img" in shown
    assert "<b></small>" not in list(book.show(bad.kept(), "", True))[-1][0]


def written(tmp_path, text: str) -> str:
    path = tmp_path / "look-book.json"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_look_book_brings_the_designs_back_and_leaves_what_is_there(sections, tmp_path):
    _, section = sections
    book = LookBook("Autumn", dt.date(2026, 11, 27), AUTUMN.looks, {"Autumn": "first twelve"})
    kept, said = section.bring_back(written(tmp_path, book.to_json()), {})
    assert Boards.of(kept) == AUTUMN
    assert "2 designs of “Autumn” came back." in said
    kept, said = section.bring_back(written(tmp_path, book.to_json()), AUTUMN.kept())
    assert Boards.of(kept) == AUTUMN
    assert "2 designs you had kept already." in said


@pytest.mark.parametrize("text", ["", "{}", "no json", '{"kind": "toile look book"'])
def test_a_damaged_look_book_changes_nothing(sections, tmp_path, text):
    _, section = sections
    kept, said = section.bring_back(written(tmp_path, text), AUTUMN.kept())
    assert kept == gr.skip()
    assert DAMAGED in said


def test_files_of_a_board_are_named_after_it_and_say_how_far_they_are(
    sections, tmp_path, monkeypatch
):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    _, section = sections
    steps = list(section.pdf(AUTUMN.kept(), "", "My first", "Contact sheet", "http://127.0.0.1/"))
    assert steps[0].startswith("1 of 2. ")
    assert isinstance(steps[-1], Path)
    assert steps[-1].name == "toile-my-first.pdf"
    assert steps[-1].read_bytes().startswith(b"%PDF")
    *_, archive = section.zip(AUTUMN.kept(), "Autumn", "")
    assert archive.name == "toile-autumn.zip"
    saved = LookBook.from_json(Path(section.json(AUTUMN.kept(), "Autumn", "")).read_text("utf-8"))
    assert saved.looks == AUTUMN.on("Autumn")
    assert saved.boards == {"Autumn": "first twelve"}
    with pytest.raises(gr.Error, match=EMPTY.split(".", maxsplit=1)[0]):
        section.json({}, "", "")
