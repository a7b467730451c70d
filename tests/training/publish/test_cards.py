"""Model cards: front matter, figures from the reports, an index with what ships first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from training.publish.card_figures import headline
from training.publish.cards import read_notes, write_cards

ROOT = Path(__file__).parents[3] / "checkpoints"


def row(labels: str, accuracy: float, n: int = 100) -> dict[str, object]:
    return {
        "labels": labels,
        "n": n,
        "accuracy": accuracy,
        "accuracy_ci95": [accuracy - 0.1, accuracy + 0.1],
        "macro_f1": accuracy,
        "ece": None,
        "per_class": {"round": {"precision": 1, "recall": 1, "f1": 1, "support": n}},
    }


def put(root: Path, name: str, rows: list[dict[str, object]], **config: object) -> Path:
    folder = root / name
    folder.mkdir()
    (folder / "report.json").write_text(json.dumps({"name": name, "validation": rows}))
    if config:
        (folder / "config.json").write_text(json.dumps({"weights": [], **config}))
    return folder


@pytest.fixture
def root(tmp_path):
    put(tmp_path, "fit-shop", [row("shop", 0.7)])
    nothing = {**row("clean", 0.0, n=0), "accuracy": None, "accuracy_ci95": [None, None]}
    put(tmp_path, "fit", [row("shop", 0.7), nothing], architecture="linear_head")
    put(tmp_path, "neckline", [row("shop", 0.6), row("clean", 0.8)], architecture="linear_head")
    put(tmp_path, "something-new", [row("shop", 0.5)], architecture="cnn1", temperature=1.25)
    measured = [
        {**row("photos", 0.55, n), "model": "neckline", "attribute": "neckline", "split": "dev"}
        for n in (90, 0)
    ]
    (tmp_path / "results.json").write_text(json.dumps({"dev": measured}))
    return tmp_path


def test_the_index_has_what_ships_first_and_a_line_a_model(root):
    index = write_cards(root).read_text()
    shipped, _, baselines = index.partition("## Baselines")
    assert (
        "| [neckline](neckline/CARD.md) | Reads the neckline: round, v, wide or other. |" in shipped
    )
    assert "0.800 (0.700 to 0.900) of 100 clean labels, validation; 0.550" in shipped
    assert "[fit-shop]" in baselines
    assert "[something-new]" in baselines


def test_a_card_says_what_it_does_how_to_call_it_how_good_it_is_and_what_not_to_use_it_for(root):
    write_cards(root)
    card = (root / "neckline" / "CARD.md").read_text()
    parts = [part.partition("\n")[0] for part in card.split("\n## ")[1:]]
    assert parts == [
        "How to call it",
        "How good",
        "What not to use it for",
        "How it was trained",
        "All figures",
    ]
    assert '.attributes["neckline"].label' in card
    assert "| phone photos (`dev`) | neckline | 90 |" in card
    assert "licence is not stated" in card


def test_labels_that_nobody_gave_are_left_out(root):
    write_cards(root)
    card = (root / "fit" / "CARD.md").read_text()
    assert "0.700 (0.600 to 0.800) of 100 shop labels, validation." in card
    assert "lean labels" not in card


def test_the_front_matter_is_that_of_a_model_card(root):
    write_cards(root)
    for path in root.glob("*/CARD.md"):
        text = path.read_text()
        assert text.startswith("---\n")
        front = yaml.safe_load(text.split("---\n")[1])
        assert front["license"] == "apache-2.0"
        assert front["pipeline_tag"] == "image-classification"
        assert front["metrics"] == ["accuracy", "f1"]
        assert front["datasets"] == ["fashion-gan"]


def test_without_a_note_or_weights_a_card_says_how_to_load_it_or_that_there_is_nothing_to_load(
    root,
):
    write_cards(root)
    assert (
        'load_checkpoint(Path("checkpoints/something-new"))'
        in (root / "something-new" / "CARD.md").read_text()
    )
    assert "weights are not shipped" in (root / "fit-shop" / "CARD.md").read_text()


def test_the_headline_of_a_cut_out_is_read_from_what_the_benchmark_prints():
    vision = (
        "composites of dresses (n = 300): mean IoU, 95 % interval\n"
        "  ours, full             0.959  (0.948..0.969)  0.020\n"
        "  ours, fast             0.952  (0.941..0.960)  0.020\n"
        "colour family, dresses (n = 893)\n"
        "  ours                   0.894  (0.872..0.912)\n"
    )
    assert (
        headline({}, vision=vision)
        == "mean IoU 0.959 (0.948 to 0.969) of 300 composites of dresses"
    )


def test_the_cards_in_the_repository_are_those_that_the_command_writes(tmp_path):
    """Whoever changes a note, a report or a card writes the cards again."""
    for folder in (p.parent for p in ROOT.glob("*/report.json")):
        (tmp_path / folder.name).mkdir()
        for path in folder.iterdir():
            if path.name != "CARD.md":
                (tmp_path / folder.name / path.name).symlink_to(path)
    (tmp_path / "results.json").symlink_to(ROOT / "results.json")
    index = write_cards(tmp_path)
    assert index.read_text() == (ROOT / "README.md").read_text()
    for path in tmp_path.glob("*/CARD.md"):
        assert path.read_text() == (ROOT / path.parent.name / "CARD.md").read_text()


def test_every_note_belongs_to_a_checkpoint_and_every_checkpoint_has_one():
    assert set(read_notes()) == {p.parent.name for p in ROOT.glob("*/report.json")}
