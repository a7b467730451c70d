"""What the desk asks for is applied to the recipe, and what no control sends is refused."""

from __future__ import annotations

import gradio as gr
import pytest

from demo import changes, read_back
from demo.desk import AT_ONCE, Desk, controls
from demo.drawers import CLOTH_SLIDERS, FORM_SLIDERS, KINDS
from demo.service import Service
from fashion_core import Designer, DesignRecipe, ToileError
from fashion_core.cloth import FAMILIES
from fashion_core.form_designer import FormDesigner
from tests.demo.fakes import READINGS, DrawingDesigner, KnownAnalyser, reading


@pytest.fixture(scope="module")
def service(form_root):
    return Service(KnownAnalyser(), [Designer.load(form_root, device="cpu"), DrawingDesigner()])


@pytest.fixture(scope="module")
def designs(service):
    wishes = {"pattern": "floral", "colour": "red", "sleeve_length": "long"}
    return [recipe.encode() for recipe in service.default.sample(2, 7, wishes)]


def changed(service, recipe: str, **change) -> DesignRecipe:
    return changes.asked_for(service, {"change": change}, recipe)[1]


def test_a_slider_says_where_it_stands_and_the_rest_of_the_recipe_stays(service, designs):
    before = DesignRecipe.decode(designs[0])
    moved = changed(service, designs[0], edits={"flare": 1.2, "waist": -0.4})
    assert dict(moved.edits) == {"flare": 1.2, "waist": -0.4}
    again = changed(service, moved.encode(), edits={"flare": 0.3})
    assert dict(again.edits) == {"flare": 0.3, "waist": -0.4}
    back = changed(service, again.encode(), edits={"flare": 0, "waist": 0})
    assert back.encode() == before.encode()


def test_another_form_keeps_the_cloth_and_another_cloth_the_form(service, designs):
    before = changed(service, designs[0], edits={"flare": 1})
    form = changed(service, before.encode(), draw="form", seed=5)
    assert (form.seed, form.edits) == (5, ())
    assert (form.cloth, form.wishes) == (before.cloth, before.wishes)
    cloth = changed(service, before.encode(), draw="cloth", seed=5)
    assert (cloth.seed, cloth.edits) == (before.seed, before.edits)
    assert cloth.cloth != before.cloth
    assert cloth.cloth.kind == "floral"


def test_another_kind_is_what_is_asked_for_and_another_palette_is_no_wish(service, designs):
    stripes = changed(service, designs[0], cloth={"kind": "stripes"})
    before = DesignRecipe.decode(designs[0]).cloth
    assert stripes.wishes["pattern"] == "stripes"
    assert (stripes.cloth.palette, stripes.cloth.scale) == (before.palette, before.scale)
    blue = changed(service, designs[0], cloth={"palette": ["#102030", "#ffffff"]})
    assert "colour" not in blue.wishes
    assert blue.wishes["sleeve_length"] == "long"


def test_a_shuffle_keeps_locked_colours_and_the_number_of_them(service, designs):
    palette = ["#102030", "#ffffff", "#aa0000", "#00aa00"]
    start = changed(service, designs[0], cloth={"palette": palette}).encode()
    for seed in range(5):
        after = changed(service, start, shuffle={"seed": seed, "locked": [1, 3, 77]}).cloth.palette
        assert (len(after), after[1], after[3]) == (4, "#ffffff", "#00aa00")
        assert after[0] != "#102030"
    more = changed(service, start, add=True).cloth.palette
    assert more[:4] == tuple(palette)
    assert len(set(more)) == 5


def test_a_held_side_stays_when_another_design_is_chosen(service, designs):
    mine, chosen = (DesignRecipe.decode(each) for each in designs)
    in_my_cloth = changes.asked_for(service, {"hold": {"cloth": designs[0]}}, designs[1])[1]
    assert (in_my_cloth.seed, in_my_cloth.cloth) == (chosen.seed, mine.cloth)
    on_my_form = changes.asked_for(service, {"hold": {"form": designs[0]}}, designs[1])[1]
    assert (on_my_form.seed, on_my_form.cloth) == (mine.seed, chosen.cloth)
    classic = service.designers["drawn"].sample(1, 1)[0].encode()
    assert (
        changes.asked_for(service, {"hold": {"cloth": designs[0]}}, classic)[1].encode() == classic
    )


def test_mixing_goes_from_one_form_to_the_other_in_the_same_cloth(service, designs):
    designer = service.default
    a, b = (DesignRecipe.decode(each) for each in designs)
    for share, like in ((0, a), (1, b)):
        mixed = changed(service, designs[0], mix={"with": designs[1], "share": share})
        assert mixed.cloth == a.cloth
        assert designer.latent(mixed) == pytest.approx(designer.latent(like))


@pytest.mark.parametrize(
    "change",
    [
        "text",
        {"draw": "form"},
        {"draw": "cloth", "seed": -1},
        {"draw": "form", "seed": True},
        {"mix": {"with": "toile1.x", "share": 0.5}},
        {"mix": {"with": 7, "share": 0.5}},
        {"edits": {"charm": 1}},
        {"edits": {"flare": "wide"}},
        {"edits": {"flare": 1e9}},
        {"edits": [1]},
        {"cloth": {"kind": "tweed"}},
        {"cloth": {"scale": 99}},
        {"cloth": "lace"},
        {"cloth": {"palette": ["red;} body{display:none"]}},
        {"composition": {"border": "everywhere"}},
        {"shuffle": {"seed": "x"}},
        {"shuffle": 3},
    ],
)
def test_a_change_that_no_control_sends_is_refused_and_shows_no_preview(service, designs, change):
    with pytest.raises((ToileError, gr.Error)):
        changes.asked_for(service, {"change": change}, designs[0])
    assert Desk(service).preview([{"recipe": designs[0], "change": change}]) == {}


@pytest.mark.parametrize("asked", [None, [], "x", [[]], {"recipe": 3}, [{"recipe": "toile1.x"}]])
def test_a_preview_of_nothing_is_nothing(service, asked):
    assert Desk(service).preview(asked) == {}


def test_a_preview_goes_without_where_too_many_are_drawn_already(service, designs):
    desk = Desk(service)
    for _ in range(AT_ONCE):
        desk._turn.acquire()
    assert desk.preview([{"recipe": designs[0]}]) == {}
    desk._turn.release()
    assert desk.preview([{"recipe": designs[0]}]) != {}


def test_a_preview_is_a_small_picture_and_names_the_colours(service, designs):
    palette = {"palette": ["#1b2a49", "#ffffff"]}
    answer = Desk(service).preview([{"recipe": designs[0], "change": {"cloth": palette}}])
    assert answer["picture"].startswith("data:image/jpeg")
    assert len(answer["picture"]) < 60_000
    assert answer["names"] == ["Dark navy", "White"]


def test_controls_follow_from_the_recipe_and_a_classic_generator_has_none(service, designs):
    designer, recipe = changes.asked_for(service, {"change": {"edits": {"flare": 1}}}, designs[0])
    there = controls(designer, recipe)
    assert there["edits"] == {"flare": 1.0}
    assert there["cloth"] == recipe.cloth.to_dict()
    assert controls(*reversed([recipe, designer]))["movable"]
    classic = service.designers["drawn"]
    assert controls(classic, classic.sample(1, 1)[0]) == {"movable": False}


def test_every_direction_kind_and_field_has_a_control(service):
    assert isinstance(service.default, FormDesigner)
    assert {s.path.removeprefix("edits.") for s in FORM_SLIDERS} == set(service.default.directions)
    assert set(KINDS) == set(FAMILIES)
    assert [s.path for s in CLOTH_SLIDERS] == ["cloth.scale", "cloth.density", "cloth.angle"]


def test_families_are_shown_in_the_palette_in_use(service, designs):
    desk = Desk(service)
    shown = desk.draw_swatches({"recipe": designs[0]})
    assert [each["family"] for each in shown["families"]] == list(FAMILIES["floral"])
    other = changed(service, designs[0], cloth={"palette": ["#00ff00", "#000000"]}).encode()
    recoloured = desk.draw_swatches({"recipe": other})
    assert shown["families"][0]["picture"] != recoloured["families"][0]["picture"]
    larger = changed(service, designs[0], cloth={"scale": 2.0, "angle": 30}).encode()
    assert desk.draw_swatches({"recipe": larger}) == shown


def read(service, designs, **readings):
    report = KnownAnalyser({**READINGS, **readings}).analyse(
        service.default.render(DesignRecipe.decode(designs[0]))
    )
    return lambda recipe: read_back.rows(recipe, report)


def test_what_is_read_stands_beside_what_was_asked_for(service, designs):
    rows = read(service, designs)
    (recipe,) = service.default.sample(1, 7, {"pattern": "floral", "neckline": "v", "fit": "loose"})
    found = rows(recipe)
    assert read_back.headline(found) == "One of three as asked"
    shown = read_back.section(found)
    assert "The neckline reads round; you asked for v." in shown
    assert "Lower the neckline" in shown
    assert "not as asked, 46 %" in shown
    assert "left open, 88 %" in shown
    moved = changed(service, recipe.encode(), edits={"neckline_depth": 0.8, "waist": 0.1})
    assert read_back.headline(rows(moved)) == "As asked"
    assert "moved by hand" in read_back.section(rows(moved))
    (free,) = service.default.sample(1, 7)
    assert read_back.headline(rows(free)) == "Nothing was asked for"
    assert "button" not in read_back.section(rows(free))


@pytest.mark.parametrize(
    ("key", "asked", "seen", "words"),
    [
        ("sleeve_length", "long", "short", "Lengthen the sleeves"),
        ("sleeve_length", "sleeveless", "half", "Shorten the sleeves"),
        ("length", "short", "knee", "Raise the hem"),
        ("neckline", "round", "wide", "Raise the neckline"),
        ("fit", "tight", "loose", "Take in the waist"),
        ("pattern", "lace", "floral", "Draw another cloth"),
    ],
)
def test_a_miss_offers_the_move_that_mends_it(service, designs, key, asked, seen, words):
    (recipe,) = service.default.sample(1, 7, {key: asked})
    rows = read(service, designs, **{key: reading(**{seen: 0.9})})
    assert f">{words}</button>" in read_back.section(rows(recipe))
