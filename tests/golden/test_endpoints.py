"""What the page tells programs of its endpoints (``/gradio_api/info``)."""

from __future__ import annotations

from typing import Any

# Where the page is built: a refactoring may change these two lines.
from demo.build import build
from demo.service import Service


def without_volatile(value: Any) -> Any:
    """The schema without what Gradio numbers or explains: labels, example inputs, its own prose."""
    volatile = {"label", "component", "example_input", "additional_description"}
    if isinstance(value, dict):
        return {k: without_volatile(v) for k, v in value.items() if k not in volatile}
    return [without_volatile(v) for v in value] if isinstance(value, list) else value


def test_endpoints_have_the_same_schemas(golden, tiny_root, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    endpoints = build(Service.load(tiny_root, "cpu")).get_api_info()["named_endpoints"]
    schemas = {
        name: {
            "description": told["description"],
            "visibility": told["api_visibility"],
            "parameters": without_volatile(told["parameters"]),
            "returns": without_volatile(told["returns"]),
        }
        for name, told in endpoints.items()
    }
    for schema in schemas.values():
        # Gradio's prose on its file type.
        for each in schema["parameters"] + schema["returns"]:
            each["python_type"] = each["python_type"]["type"]
    golden.check_json("endpoints", schemas)
