"""What README.md and the other documents claim: figures, links, pictures, and what a Space reads of it."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/architecture.md",
    "docs/glossary.md",
    "training/README.md",
    "checkpoints/README.md",
)
#: What Hugging Face knows (https://huggingface.co/docs/hub/spaces-config-reference).
SPACE_COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
#: Lines of the table -> the model that reads it.
TABLE = {
    "pattern": "pattern-stack",
    "sleeve length": "sleeve-length",
    "length": "length",
    "neckline": "neckline",
    "dress or not": "garment",
    "fit (shop labels)": "fit",
}


def test_a_space_can_read_the_front_matter():
    front = yaml.safe_load(README.split("---\n")[1])
    assert {front["colorFrom"], front["colorTo"]} <= SPACE_COLOURS
    assert len(front["short_description"]) <= 60
    assert (ROOT / front["app_file"]).exists()
    assert front["license"] == "apache-2.0"
    assert f"gradio=={front['sdk_version']}\n" in (ROOT / "requirements.txt").read_text()


@pytest.mark.parametrize(("line", "model"), TABLE.items())
def test_the_figures_above_the_fold_are_those_of_the_results(line, model):
    results = json.loads((ROOT / "checkpoints" / "results.json").read_text())
    (row,) = re.findall(rf"^\| {re.escape(line)} \|(.*)\|$", README, re.MULTILINE)
    labels = "shop" if model == "fit" else "clean"
    expected = [
        _cell(results[split], model, kind)
        for split, kind in (("validation", labels), ("dev", "photos"), ("worn", "worn"))
    ]
    assert [cell.strip() for cell in row.split("|")] == expected


def _cell(rows: list[dict[str, object]], model: str, labels: str) -> str:
    found = [r for r in rows if (r["model"], r["labels"]) == (model, labels) and r["n"]]
    if not found:
        return ""
    low, high = found[0]["accuracy_ci95"]
    shares = [f"{share:.3f}".removeprefix("0") for share in (found[0]["accuracy"], low, high)]
    return f"{shares[0]} ({shares[1]} to {shares[2]}), n {found[0]['n']}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_to_files_that_are_there(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (ROOT / document).parent.joinpath(link).exists(), link


def test_the_picture_of_how_it_works_is_the_one_that_the_code_draws():
    drawn = runpy.run_path(str(ROOT / "docs" / "draw.py"))["how_it_works"]()
    assert drawn == (ROOT / "docs" / "how-it-works.svg").read_text(encoding="utf-8")
