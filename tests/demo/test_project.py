"""From a photo to its nearest design: the endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from demo import wording
from demo.service import Service
from fashion_core import DesignRecipe
from tests.demo.conftest import served
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
