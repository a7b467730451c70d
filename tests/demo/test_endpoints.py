"""The published endpoints, driven by Gradio's own client."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from demo.service import Service
from fashion_core import DesignRecipe
from tests.conftest import add_tiny_form, write_tiny_root
from tests.demo.conftest import served

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def client(url) -> Client:
    return Client(url, verbose=False)


def test_nothing_but_endpoints_of_the_contract_is_listed(client):
    named = client.view_api(return_format="dict")["named_endpoints"]
    designs = {"/generate", "/interpolate", "/edit"}
    assert set(named) == {"/analyse", "/cloth", "/restyle", "/project", *designs}
    defaults = {
        p["parameter_name"]: p.get("parameter_default") for p in named["/generate"]["parameters"]
    }
    assert defaults == {
        "count": 16,
        "seed": 0,
        "model": "default",
        "wishes": {},
        "cloth": {},
        "size": "512x768",
    }
    assert [p["parameter_name"] for p in named["/analyse"]["parameters"]] == ["image"]


def test_analyse_returns_the_report(client, photo):
    report = client.predict(handle_file(str(photo)), api_name="/analyse")
    assert list(report) == ["garment", "attributes", "colours"]
    assert report["attributes"]["pattern"]["votes"].keys() == {"cnn1", "transfer"}


def test_generate_returns_pictures_with_recipes_and_repeats_itself(client):
    first = client.predict(count=3, seed=5, api_name="/generate")
    again = client.predict(3, 5, api_name="/generate")
    assert len(first) == 3
    for a, b in zip(first, again, strict=True):
        assert a["recipe"] == b["recipe"]
        assert path_of(a["image"]).read_bytes() == path_of(b["image"]).read_bytes()
        assert Image.open(path_of(a["image"])).size == (64, 64)


def path_of(served: object) -> Path:
    return Path(served["path"] if isinstance(served, dict) else str(served))


def test_interpolate_returns_a_film(client):
    a, b = (d["recipe"] for d in client.predict(count=2, api_name="/generate"))
    film = client.predict(a, b, 5, api_name="/interpolate")
    assert Image.open(path_of(film)).n_frames == 8


@pytest.fixture(scope="module")
def form_client(tmp_path_factory) -> Iterator[Client]:
    root = write_tiny_root(tmp_path_factory.mktemp("form"))
    add_tiny_form(root)
    with served(Service.load(root, "cpu")) as address:
        yield Client(address, verbose=False)


def test_designs_in_a_cloth_and_a_size_are_edited(form_client):
    cloth = {"family": "breton", "palette": ["#102030", "#ffffff"]}
    (design,) = form_client.predict(
        1, 5, wishes={"pattern": "stripes"}, cloth=cloth, size="256x384", api_name="/generate"
    )
    assert Image.open(path_of(design["image"])).size == (256, 384)
    recipe = DesignRecipe.decode(design["recipe"])
    assert recipe.cloth.family == "breton"
    edited = form_client.predict(
        design["recipe"], {"length": 1.5}, {}, {"scale": 2}, api_name="/edit"
    )
    after = DesignRecipe.decode(edited["recipe"])
    assert after.edits == (("length", 1.5),)
    assert (after.cloth.scale, after.cloth.palette) == (2.0, recipe.cloth.palette)
    assert edited["report"].keys() == {"garment", "attributes", "colours"}
    assert Image.open(path_of(edited["image"])).size == (512, 768)


def test_a_tile_of_cloth_and_a_photo_in_it(client, photo):
    tile = Image.open(path_of(client.predict({"kind": "polkadots"}, api_name="/cloth")))
    assert round(tile.info["dpi"][0]) == 300
    before = Image.open(photo)
    served = client.predict(
        handle_file(str(photo)), {"kind": "unicolors", "palette": ["#ff0000"]}, api_name="/restyle"
    )
    after = Image.open(path_of(served))
    assert after.size == before.size
    assert after.tobytes() != before.convert("RGB").tobytes()


def test_mistakes_come_back_as_sentences(client, tmp_path):
    text = tmp_path / "a.jpg"
    text.write_text("not a picture")
    with pytest.raises(AppError, match="not a picture"):
        client.predict(handle_file(str(text)), api_name="/analyse")
    with pytest.raises(AppError, match="No picture came"):
        client.predict(None, api_name="/analyse")
    with pytest.raises(AppError, match="takes no wishes"):
        client.predict(wishes={"pattern": "floral"}, api_name="/generate")
    with pytest.raises(AppError, match="not a recipe"):
        client.predict("x", "y", api_name="/interpolate")
    with pytest.raises(AppError, match="500 designs"):
        client.predict(count=500, api_name="/generate")


def test_files_of_the_server_cannot_be_asked_for(client):
    with pytest.raises(AppError):
        client.predict(
            {"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}, api_name="/analyse"
        )


def refused(url: str, endpoint: str, values: object) -> str:
    """What a caller without Gradio's client is told."""
    asked = httpx.post(f"{url}gradio_api/call{endpoint}", json={"data": values}, timeout=60)
    answer = httpx.get(f"{url}gradio_api/call{endpoint}/{asked.json()['event_id']}", timeout=60)
    assert answer.text.startswith("event: error"), answer.text[:200]
    return json.loads(answer.text.split("data: ", 1)[1])["error"]


LONG = "a" * 5000
PICTURE = "Upload a picture and send its file"


@pytest.mark.parametrize(
    ("endpoint", "values", "wrong", "right"),
    [
        ("/analyse", [5], "image is the number 5.", PICTURE),
        ("/analyse", [True], "image is true.", PICTURE),
        ("/analyse", [None], "No picture came: image is nothing (null).", PICTURE),
        ("/analyse", [], "No picture came: image is nothing (null).", PICTURE),
        ("/analyse", ["a.jpg"], "image is the text 'a.jpg'.", PICTURE),
        ("/analyse", [""], "image is an empty text.", PICTURE),
        ("/analyse", [[1, 2]], "image is a list of 2.", PICTURE),
        ("/analyse", [{"a": 1}], "image is an object.", PICTURE),
        ("/analyse", [{"path": "/etc/hostname"}], "no upload of this page.", PICTURE),
        ("/analyse", [5, 6], "/analyse takes 1 values at most; 2 came.", ""),
        ("/generate", ["x"], "count is the text 'x'.", "a whole number, or leave it out for 16."),
        ("/generate", [None], "count is nothing (null).", "or leave it out for 16."),
        ("/generate", [[4]], "count is a list of 1.", "a whole number"),
        ("/generate", [True], "count is true.", "a whole number"),
        ("/generate", [2.5], "count is the number 2.5.", "a whole number"),
        ("/generate", [-1], "-1 designs cannot be drawn", "can."),
        ("/generate", [2, "seven"], "seed is the text 'seven'.", "0 or more"),
        ("/generate", [2, {}], "seed is an object.", "0 or more"),
        ("/generate", [2, -1], "The seed -1 is negative", "0 or more"),
        ("/generate", [2, 1, 5], "model is the number 5.", "the name of a generator"),
        ("/generate", [2, 1, LONG], "There is no generator 'aaaa", "there are drawn"),
        ("/generate", [2, 1, "default", None], "wishes is nothing (null).", "its keys are pattern"),
        ("/generate", [2, 1, "default", "floral"], "wishes is the text 'floral'.", "Send an object"),
        ("/generate", [2, 1, "default", ["floral"] * 900], "a list of 900.", "Send an object"),
        ("/generate", [2, 1, "default", {"pattern": 5}], "'pattern' is the number 5.", "one word"),
        ("/generate", [2, 1, "default", {"pattern": ["lace"] * 99}], "a list of 99.", "one word"),
        ("/generate", [2, 1, "default", {"pattern": "tartan"}], "'tartan' is no pattern", "lace"),
        ("/generate", [2, 1, "default", {"pattern": LONG}], "is no pattern", "there are floral"),
        ("/generate", [2, 1, "default", {LONG: "floral"}], "There is no wish 'aaa", "there are pattern"),
        ("/generate", [1, 2, "default", {}, 5], "cloth is the number 5.", "Send an object"),
        ("/generate", [1, 2, "default", {}, {}, "huge"], "'huge' is no size.", "512x768"),
        ("/generate", [1, 2, "default", {}, {"kind": "lace"}], "takes none", "Leave it out"),
        ("/generate", [1, 2, "default", {}, {}, "", 7], "/generate takes 6 values at most; 7 came.", ""),
        ("/edit", ["RECIPE", {"length": 1}], "no direction 'length'", ""),
        ("/edit", ["RECIPE", {"length": "much"}], "'length' is the text 'much'.", "from -20 to 20"),
        ("/edit", ["RECIPE", 4], "amounts is the number 4.", "Send an object"),
        ("/cloth", [{"kind": "tartan"}], "'tartan' is no kind of cloth", "floral"),
        ("/cloth", [{"scale": 99}], "The scale of a cloth is 0.25 to 4", ""),
        ("/restyle", [5, {}], "image is the number 5.", PICTURE),
        ("/project", [5], "image is the number 5.", PICTURE),
        ("/project", [], "No picture came: image is nothing (null).", PICTURE),
        ("/interpolate", [5, 6], "recipe_a is the number 5.", "begins with toile1."),
        ("/interpolate", [], "recipe_a is nothing (null).", "begins with toile1."),
        ("/interpolate", ["x", "y"], "not a recipe", "begins with toile1."),
        ("/interpolate", ["RECIPE", None], "recipe_b is nothing (null).", "begins with toile1."),
        ("/interpolate", ["RECIPE", "RECIPE", "many"], "frames is the text 'many'.", "whole number"),
        ("/interpolate", ["RECIPE", "RECIPE", 10**9], "1000000000 frames cannot be drawn", "2 to"),
    ],
)  # fmt: skip
def test_a_wrong_type_is_told_what_was_wrong_and_what_is_right(
    drawn_url, endpoint, values, wrong, right
):
    recipe = DesignRecipe("drawn", "81c2" * 3, seed=1).encode()
    sentence = refused(drawn_url, endpoint, [recipe if v == "RECIPE" else v for v in values])
    assert wrong in sentence
    assert right in sentence
    assert len(sentence) < 300
    assert not any(
        word in sentence for word in ("object at 0x", "pydantic", "Traceback", "my side")
    )


def test_values_that_are_not_sent_have_their_defaults(drawn_url):
    asked = httpx.post(f"{drawn_url}gradio_api/call/generate", json={"data": [2]}, timeout=60)
    event = asked.json()["event_id"]
    answer = httpx.get(f"{drawn_url}gradio_api/call/generate/{event}", timeout=60).text
    assert answer.startswith("event: complete")
    assert len(json.loads(answer.split("data: ", 1)[1])[0]) == 2
