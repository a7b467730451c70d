"""From a photo to its nearest design: the endpoint, and the button of the page without a browser."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import gradio as gr
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from demo import wording
from demo.analyse_tab import AnalyseTab
from demo.kept import Design
from demo.more_like_this import CAPTION
from demo.service import Service
from demo.shown_photo import ShownPhoto
from fashion_core import DesignRecipe
from fashion_core.report import NOTHING
from tests.demo.conftest import served
from tests.demo.fakes import DrawingDesigner, KnownAnalyser, KnownProjector
from tests.demo.test_endpoints import path_of
from tests.fashion_core import test_project as projection

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Checkpoints with a small form generator and its encoder.
root = projection.root


@pytest.fixture(scope="module")
def service(root) -> Service:
    return Service.load(root, "cpu")


@pytest.fixture(scope="module")
def client(service) -> Iterator[Client]:
    with served(service) as address:
        yield Client(address, verbose=False)


def test_project_returns_the_picture_its_recipe_and_what_was_read(client, service, photo):
    found = client.predict(handle_file(str(photo)), api_name="/project")
    assert list(found) == ["image", "recipe", "report"]
    recipe = DesignRecipe.decode(found["recipe"])
    with Image.open(path_of(found["image"])) as image:
        assert image.text["Toile recipe"] == found["recipe"]
        assert image.tobytes() == service.designer(recipe.model).render(recipe).tobytes()
    report = client.predict(handle_file(str(photo)), api_name="/analyse")
    assert found["report"] == report
    assert recipe.wishes["pattern"] == report["attributes"]["pattern"]["label"]


def test_project_refuses_a_photo_without_a_garment(client, tmp_path):
    Image.new("RGB", (300, 400), (200, 200, 200)).save(tmp_path / "blank.png")
    with pytest.raises(AppError, match="No garment was found in this picture"):
        client.predict(handle_file(str(tmp_path / "blank.png")), api_name="/project")


def test_project_says_so_where_there_is_no_encoder(url, photo):
    client = Client(url, verbose=False)
    with pytest.raises(AppError, match=wording.NO_PROJECTOR):
        client.predict(handle_file(str(photo)), api_name="/project")


@pytest.fixture
def tab() -> AnalyseTab:
    designer = DrawingDesigner(conditions={"pattern": ["floral", "lace"]})
    with gr.Blocks():
        return AnalyseTab(Service(KnownAnalyser(), [designer], KnownProjector(designer)))


@pytest.fixture
def shown(photo) -> ShownPhoto:
    return ShownPhoto(str(photo), KnownAnalyser().analyse(photo), "", None).without_pictures()


def test_the_search_tells_its_steps_and_ends_with_a_design(tab, shown):
    steps = list(tab.more.find(shown))
    lines = [line.split("</b>")[0].split("<b>")[-1] for line, _ in steps]
    assert lines == [
        "Opening the photo ...",
        "Cutting out, 1 of 3 ...",
        "Looking for the nearest form, 2 of 3 ...",
        "Choosing its cloth, 3 of 3 ...",
        "",
    ]
    assert [found for _, found in steps[:-1]] == [None] * 4
    design = Design.of(steps[-1][1])
    assert design.caption == CAPTION
    assert DesignRecipe.decode(design.recipe).wishes == {"pattern": "floral"}


def test_what_a_user_corrected_is_what_the_design_is_like(tab, shown):
    *_, (_, found) = tab.more.find(shown.corrected("pattern", "lace"))
    assert DesignRecipe.decode(found["recipe"]).wishes == {"pattern": "lace"}
    (told,) = tab.service.projector.told
    assert told.attributes["pattern"].probability == 1
    assert told.attributes["neckline"] == shown.report.attributes["neckline"]


def test_a_search_that_fails_says_why_and_leaves_no_line(tab, shown, tmp_path):
    Image.new("RGB", (300, 400), (200, 200, 200)).save(tmp_path / "blank.png")
    for path, sentence in (
        (str(tmp_path / "blank.png"), "No garment was found"),
        (str(tmp_path / "gone.png"), "has been deleted after an hour"),
    ):
        seen = []
        search = tab.more.find(replace(shown, path=path))
        with pytest.raises(gr.Error, match=sentence):
            seen.extend(search)
        assert seen[-1] == ("", None)
    assert list(tab.more.find(None)) == [(gr.skip(), gr.skip())]


def test_the_button_is_there_where_something_can_be_found(tab, shown):
    assert tab.more.offered(shown.report).visible
    assert not tab.more.offered(replace(shown.report, method=NOTHING)).visible
    tab.service.projector = None
    assert not tab.more.offered(shown.report).visible
