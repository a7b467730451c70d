"""The sections below the stand, without a browser: what each shows, and what it says where it cannot."""

from __future__ import annotations

import io
from pathlib import Path

import gradio as gr
import pytest
from PIL import Image

from demo.after_desk import AfterDesk
from demo.examples.dresses import example_path
from demo.kept import MOST_STOPS, Design, Stops
from demo.photo_in_cloth import NO_PHOTO
from demo.service import Service
from demo.shown_photo import ShownPhoto
from fashion_core import Designer, DesignRecipe
from fashion_core.colourways import NO_PALETTE
from tests.demo.fakes import KnownAnalyser
from tests.demo.test_kept import HOSTILE


@pytest.fixture(scope="module")
def designers(form_root):
    return [Designer.load(form_root, name, "cpu") for name in ("studio", "dcgan-64")]


@pytest.fixture
def after(designers, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    with gr.Blocks():
        return AfterDesk(Service(KnownAnalyser(), designers), gr.BrowserState({}), gr.Button())


@pytest.fixture
def design(designers) -> Design:
    recipe = designers[0].sample(1, 3, {"pattern": "floral"})[0]
    return Design(recipe.encode(), "No. 1, seed 3")


@pytest.fixture
def classic(designers) -> Design:
    return Design(designers[1].sample(1, 3)[0].encode(), "classic")


def test_six_colourways_are_a_row_and_a_sheet(after, design):
    *_, (_, shown, drawn, offered) = after.colourways.draw(design, "")
    assert shown.count("<img") == len(offered) == 6
    assert "complement" in shown
    assert len({DesignRecipe.decode(each).own_cloth().palette for each in offered}) == 6
    path = Path(after.colourways.sheet(drawn))
    assert path.name == "toile-colourways-no-1-seed-3.png"
    assert Image.open(path).format == "PNG"


def test_a_season_colours_the_row_and_what_is_none_is_said_and_the_row_stays(after, design):
    *_, (_, shown, _, offered) = after.colourways.draw(design, "#4A1523 #C6D3DD #F1E2B6")
    assert shown.count("from the season") == 6
    grounds = [DesignRecipe.decode(each).own_cloth().palette[0] for each in offered]
    assert grounds[:3] == ["#4a1523", "#c6d3dd", "#f1e2b6"]
    *_, (said, shown, drawn, _) = after.colourways.draw(design, "red and blue")
    assert NO_PALETTE in said
    assert shown == drawn == gr.skip()


@pytest.mark.parametrize("drawn", [None, [], {}, {"designs": [3]}, {"designs": [{"recipe": "x"}]}])
def test_a_sheet_of_nothing_is_refused_in_a_sentence(after, drawn):
    with pytest.raises(gr.Error, match="Press Draw six first"):
        after.colourways.sheet(drawn)


def test_all_six_are_kept_at_once(after, design):
    *_, (_, _, drawn, offered) = after.colourways.draw(design, "")
    kept = after.favourites.keep_all(drawn, {}, "")
    assert [each["recipe"] for each in kept["designs"]] == offered


def test_other_cloths_and_cuts_are_two_rows_of_six_and_go_on(after, design):
    *_, (_, cloths, cuts, base, turns, offered) = after.others.draw(design)
    assert cloths.count("<img") == cuts.count("<img") == 6
    assert len(set(offered)) == 12
    *_, (_, more, after_that) = after.others._more(1)(base, turns)
    assert after_that == (0, 1)
    assert more.count("<img") == 6
    assert more != cuts


def test_the_repeat_says_its_pixels_and_is_saved_under_a_name_that_says_what_it_is(after, design):
    *_, (field, colours, width, pixels, _) = after.repeat.draw(design, 300)
    assert f"one repeat, {width}" in field
    assert width.endswith(" mm")
    assert colours.count("<li>") == len(DesignRecipe.decode(design.recipe).own_cloth().palette)
    _, pixels = after.repeat.resize(design.kept(), "25.4 mm", 300)
    assert "300 by " in pixels
    _, pixels = after.repeat.resize(design.kept(), "9 elephants", 300)
    assert "is no width of a repeat" in pixels
    png = Path(after.repeat.png(design.kept(), "25.4 mm", 150))
    assert png.name.endswith("-25mm-150dpi.png")
    assert Image.open(png).width == 150
    svg = Path(after.repeat.svg(design.kept(), "25.4 mm", 150))
    assert svg.read_text().startswith("<svg")
    assert 'width="25.4mm"' in svg.read_text()


def test_what_draws_its_own_cloth_is_refused_in_a_sentence_everywhere(after, classic):
    for shown in (
        list(after.colourways.draw(classic, ""))[-1][0],
        list(after.others.draw(classic))[-1][0],
        list(after.repeat.draw(classic, 300))[-1][0],
    ):
        assert "draws form and cloth at once" in shown


def shown_photo() -> ShownPhoto:
    path = str(example_path(0))
    return ShownPhoto(path, KnownAnalyser().analyse(path), "", None).without_pictures()


def test_the_photo_is_shown_in_the_cloth_and_saved(after, design):
    photo = after.photo
    assert NO_PHOTO in list(photo.draw(design.kept(), None, ()))[-1][1]
    *_, (_, shown, made_of) = photo.draw(design.kept(), shown_photo(), ())
    assert shown.count("<img") == 2
    assert list(photo.draw(design.kept(), shown_photo(), made_of)) == [(gr.skip(),) * 3]
    path = Path(photo.png(design.kept(), shown_photo()))
    assert path.name.startswith("toile-photo-in-")
    with Image.open(example_path(0)) as before, Image.open(io.BytesIO(path.read_bytes())) as worn:
        assert worn.size == before.size
        assert not worn.getexif()
    with pytest.raises(gr.Error, match="No photo yet"):
        photo.png(design.kept(), None)


def test_a_design_takes_the_photos_palette(after, design):
    photo = shown_photo()
    changed = DesignRecipe.decode(after.photo.in_its_palette(design.kept(), photo)["recipe"])
    assert changed.own_cloth().palette[0] == photo.report.palette.colours[0].hex


def test_a_photo_that_was_deleted_is_said_to_be(after, design, tmp_path):
    from dataclasses import replace

    gone = replace(shown_photo(), path=str(tmp_path / "gone.jpg"))
    assert "deleted" in list(after.photo.draw(design.kept(), gone, ()))[-1][1]


def stops(designers, count: int) -> tuple[dict, dict]:
    designs = [
        Design(r.encode(), f"No. {i}").kept() for i, r in enumerate(designers[0].sample(count, 3))
    ]
    return {"a": designs[0], "b": designs[1]}, {"designs": designs[2:]}


def test_a_morph_goes_through_all_its_stops_and_tells_of_each(after, designers):
    ends, more = stops(designers, 3)
    steps = list(after.morph.draw(ends, more, (), True))
    assert "from A to B" in steps[0][0]
    assert "from B to C" in steps[1][0]
    shown = steps[-1][1]
    assert shown.count("<figure") == 4
    assert 'data-stops="ABC"' in shown
    assert 'max="48"' in shown
    drawn = steps[-1][2]
    assert list(after.morph.draw(ends, more, drawn, True)) == [(gr.skip(),) * 4]


def test_two_generators_are_told_apart_in_one_sentence(after, designers, classic):
    ends, _ = stops(designers, 2)
    shown = list(after.morph.draw(ends, {"designs": [classic.kept()]}, (), True))[-1][1]
    assert "Only one generator can draw what lies between: choose both from one." in shown


def test_films_of_a_morph_are_named_after_its_stops(after, designers):
    ends, more = stops(designers, 3)
    for write, ending, name, start in (
        (lambda frames, _: b"x" * len(frames), ".mp4", "toile-a-to-c.mp4", b"x" * 49),
        (lambda frames, _: b"y", "-frames.zip", "toile-a-to-c-frames.zip", b"y"),
    ):
        *_, path = after.morph._saving(write, ending)(ends, more)
        assert path.name == name
        assert path.read_bytes() == start
    with pytest.raises(gr.Error, match="Choose two designs first"):
        list(after.morph._saving(lambda *_: b"", ".gif")({}, {}))


@pytest.mark.parametrize("kept", [*HOSTILE, {"designs": 3}, {"designs": [3, {"recipe": 4}]}])
def test_stops_that_nothing_of_ours_wrote_are_none(kept):
    assert Stops.of(kept) == Stops()


def test_there_are_six_stops_at_most(designers):
    _, more = stops(designers, 12)
    assert len(Stops.of(more).designs) == MOST_STOPS - 2
