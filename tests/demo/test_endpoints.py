"""The published endpoints, driven by Gradio's own client."""

from __future__ import annotations

from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image


@pytest.fixture(scope="module")
def client(url) -> Client:
    return Client(url, verbose=False)


def test_nothing_but_endpoints_of_the_contract_is_listed(client):
    named = client.view_api(return_format="dict")["named_endpoints"]
    assert set(named) == {"/analyse", "/generate", "/interpolate"}
    defaults = {
        p["parameter_name"]: p.get("parameter_default") for p in named["/generate"]["parameters"]
    }
    assert defaults == {"count": 16, "seed": 0, "model": "default", "wishes": {}}
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
