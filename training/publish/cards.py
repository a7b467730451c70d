"""A model card for every checkpoint, ``checkpoints/<name>/CARD.md``, and their index.

A card is for somebody who has one minute: what the model does, how to call it, how good it is and what not
to use it for; all figures follow below. Words come from ``notes.toml``, figures from the checkpoint's
``config.json``, ``report.json`` and its rows of ``results.json``.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fashion_core.checkpoint import read_config, write_atomically
from fashion_core.errors import CheckpointError
from training.publish import card_figures

NOTES = Path(__file__).with_name("notes.toml")
#: The index, with a place for each of its two tables.
INDEX = Path(__file__).with_name("index.md")
METRICS = {
    "image-classification": ("accuracy", "f1"),
    "image-segmentation": ("mean_iou",),
    "unconditional-image-generation": ("kid",),
}
NOT_FOR = {
    "image-classification": "Judging people; garments other than dresses seen from the front. "
    "Readings are suggestions to a designer.",
    "image-segmentation": "Anything that has to be exact to the pixel.",
    "unconditional-image-generation": "Pictures of garments that exist, or of people.",
}
DATA = (
    "The shop photos were collected from aboutyou.de, fashionid.de and zalando.de (`images.zip` of "
    "fashion-gan). **Their licence is not stated**; no image is redistributed here."
)
PICTURES = ("confusion.png", "curves.png", "samples.png", "samples.jpg")


@dataclass(frozen=True)
class Note:
    """What a person says of a checkpoint; the fields are explained in ``notes.toml``."""

    does: str = ""
    weak: str = ""
    place: str = "baseline"
    task: str = "image-classification"
    call: str = ""
    not_for: str = ""
    training: str = ""

    @property
    def opening(self) -> str:
        """The first paragraph of the card."""
        return f"{self.does} {self.weak}".strip()


def read_notes(path: Path = NOTES) -> dict[str, Note]:
    """All notes, in the order of the index."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Note(**table) for name, table in tables.items()}


@dataclass(frozen=True)
class Checkpoint:
    """A folder below ``checkpoints/`` with all that is known of it."""

    folder: Path
    note: Note
    config: dict[str, Any]
    report: dict[str, Any]
    evaluated: list[dict[str, Any]]
    generation: dict[str, Any]
    vision: str

    @property
    def name(self) -> str:
        """That of its folder."""
        return self.folder.name

    @property
    def headline(self) -> str:
        """How good it is, in one line."""
        return card_figures.headline(self.report, self.evaluated, self.generation, self.vision)


def write_cards(root: Path) -> Path:
    """Write ``CARD.md`` into every checkpoint below ``root``, and the index; returns the index's path."""
    notes = read_notes()
    rows = _evaluated(root)
    order = list(notes)
    folders = sorted(
        (p for p in root.iterdir() if (p / "report.json").exists()),
        key=lambda p: (order.index(p.name) if p.name in notes else len(order), p.name),
    )
    checkpoints = [_read(folder, notes.get(folder.name, Note()), rows) for folder in folders]
    for checkpoint in checkpoints:
        write_atomically(checkpoint.folder / "CARD.md", card(checkpoint).encode())
    index = INDEX.read_text(encoding="utf-8").format(
        shipped=_section("Shipped", [c for c in checkpoints if c.note.place == "shipped"]),
        baselines=_section("Baselines", [c for c in checkpoints if c.note.place != "shipped"]),
    )
    path = root / "README.md"
    write_atomically(path, index.encode())
    return path


def _evaluated(root: Path) -> list[dict[str, Any]]:
    """The rows of ``results.json`` on what was held out; those of validation stand in the reports."""
    path = root / "results.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return [row for split in card_figures.SPLITS for row in kept.get(split, []) if row["n"]]


def _read(folder: Path, note: Note, rows: list[dict[str, Any]]) -> Checkpoint:
    try:
        config = read_config(folder)
    except CheckpointError:
        config = {}
    generation, vision = folder / "generation.json", folder / "vision.txt"
    return Checkpoint(
        folder,
        note,
        config,
        json.loads((folder / "report.json").read_text(encoding="utf-8")),
        [row for row in rows if row["model"].partition(",")[0] == folder.name],
        json.loads(generation.read_text(encoding="utf-8")) if generation.exists() else {},
        vision.read_text(encoding="utf-8").rstrip() if vision.exists() else "",
    )


def _section(title: str, checkpoints: list[Checkpoint]) -> str:
    lines = [f"## {title}", "", "| model | what it does | how good |", "|---|---|---|"]
    lines += [
        f"| [{c.name}]({c.name}/CARD.md) | {c.note.does} | {c.headline} |" for c in checkpoints
    ]
    return "\n".join(lines)


def card(checkpoint: Checkpoint) -> str:
    """The card of one checkpoint, in Markdown."""
    note = checkpoint.note
    figures = _figures(checkpoint)
    good = [f"{checkpoint.headline}." if checkpoint.headline else ""]
    if checkpoint.evaluated:
        good.append(card_figures.evaluated_table(checkpoint.evaluated))
    parts = [
        _front_matter(checkpoint),
        f"# {checkpoint.name}",
        note.opening,
        "## How to call it",
        _call(checkpoint),
        "## How good",
        *good,
        "## What not to use it for",
        note.not_for or NOT_FOR[note.task],
        "## How it was trained",
        note.training.strip(),
        _facts(checkpoint),
        DATA,
        *(["## All figures", *figures] if figures else []),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _front_matter(checkpoint: Checkpoint) -> str:
    """What Hugging Face reads of a card."""
    note = checkpoint.note
    metrics = METRICS[note.task] if "validation" in checkpoint.report else METRICS[note.task][:1]
    lines = [
        "---",
        "license: apache-2.0",
        "library_name: pytorch",
        f"pipeline_tag: {note.task}",
        "tags:",
        *(f"- {tag}" for tag in ("fashion", "dresses", "toile", note.place)),
        "datasets:",
        "- fashion-gan  # shop photos; their licence is not stated, and none is redistributed",
        "metrics:",
        *(f"- {metric}" for metric in metrics),
        "---",
    ]
    return "\n".join(lines)


def _call(checkpoint: Checkpoint) -> str:
    if not checkpoint.config:
        return "Its weights are not shipped; its report, curves and samples are."
    code = checkpoint.note.call.strip() or (
        "from pathlib import Path\n\nfrom fashion_core.checkpoint import load_checkpoint\n\n"
        f'network, config = load_checkpoint(Path("checkpoints/{checkpoint.name}"))'
    )
    return f"```python\n{code}\n```"


def _facts(checkpoint: Checkpoint) -> str:
    """Size, input, steps and what it learnt from."""
    config, report = checkpoint.config, checkpoint.report
    if not config:
        seen = f" {report['images seen']:,} pictures were shown." if "images seen" in report else ""
        return f"Ships its report without weights.{seen} {report.get('data', '')}".rstrip()
    size = sum((checkpoint.folder / name).stat().st_size for name in config["weights"]) / 2**20
    weight = f"{size:.1f} MB" if size >= 0.1 else f"{size * 1024:.0f} kB"
    facts = [f"`{config['architecture']}`, {weight}"]
    if "input_size" in config and config["architecture"] != "linear_head":
        facts.append(f"input {config['input_size']} px")
    training = config.get("training", {})
    if training.get("steps"):
        epochs = training["steps"] * training["batch"] / config["data"]["images"]
        facts.append(f"{training['steps']:,} steps of {training['batch']} ({epochs:.1f} epochs)")
    if "temperature" in config:
        facts.append(f"temperature {config['temperature']:.2f}")
    spent = ""
    if "hours" in report:
        spent = f" Training took {report['hours']:.1f} hours: {report['machine']}."
    return f"{'; '.join(facts)}. {config.get('data', {}).get('statement', '')}{spent}".rstrip()


def _figures(checkpoint: Checkpoint) -> list[str]:
    """Every table and picture there is."""
    report, folder = checkpoint.report, checkpoint.folder
    parts = [card_figures.scores(row) for row in report.get("validation", []) if row["n"]]
    if "leaky score, not a result" in report:
        parts.append(card_figures.leak(report))
    if "members" in report:
        parts.append(card_figures.members(report))
    if checkpoint.generation:
        parts.append(card_figures.generator(checkpoint.generation))
    parts += [f"![{Path(p).stem}]({p})" for p in PICTURES if (folder / p).exists()]
    if checkpoint.vision:
        parts.append(
            f"As `python -m benchmarks vision` prints it:\n\n```\n{checkpoint.vision}\n```"
        )
    if (folder / "training.gif").exists():
        parts.append("[The same latents during training](training.gif)")
    return parts
