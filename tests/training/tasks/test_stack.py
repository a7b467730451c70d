from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from fashion_core.taxonomy import PATTERN
from training.data.splits import halves
from training.engine.loop import fit
from training.evaluation.stack import best_member
from training.publish import stack as ensemble
from training.tasks.stack import SETTINGS_TRIED, StackModule, StackSettings


@pytest.mark.parametrize("settings", SETTINGS_TRIED, ids=lambda s: s.architecture)
def test_the_stack_learns_whom_to_trust(tmp_path, settings):
    """Member one is right, member two guesses: the stack ends near member one."""
    random = np.random.default_rng(1)
    truth = random.integers(0, 6, 600)
    right = np.eye(6)[truth] * 0.7 + 0.05
    guess = random.dirichlet(np.ones(6), 600)
    inputs = np.concatenate([right, guess], axis=1).astype(np.float32)
    module = StackModule(replace(settings, epochs=30), inputs, truth)
    fit(module, tmp_path, device="cpu", quiet=True)
    module.network.eval()
    found = module.network(module.inputs).argmax(1).numpy()
    assert (found == truth).mean() > 0.95
    assert module.finished


@pytest.mark.parametrize("share", [0.3])
def test_both_halves_hold_whole_styles(share):
    rows = [SimpleNamespace(style=f"s{i // 3}") for i in range(300)]
    side = halves(row.style for row in rows)
    assert all(len(set(side[i : i + 3])) == 1 for i in range(0, 300, 3))
    assert share < side.mean() < 1 - share


def test_a_time_limit_ends_a_call_and_the_next_one_goes_on(tmp_path):
    inputs = np.full((64, 12), 1 / 6, np.float32)
    truth = np.arange(64) % 6

    def run(**options) -> StackModule:
        module = StackModule(StackSettings(epochs=5), inputs, truth)
        return fit(module, tmp_path, device="cpu", quiet=True, **options)

    first = run(max_time=timedelta(0))
    assert 0 < int(first.steps_done) < first.total_steps
    assert run(max_time=timedelta(minutes=5)).finished


def test_the_best_member_is_told_by_clean_labels_where_there_are_any():
    def rows(**accuracy: float) -> list[dict[str, object]]:
        return [{"labels": labels, "accuracy": value} for labels, value in accuracy.items()]

    assert best_member({"a": rows(shop=0.7), "b": rows(shop=0.6)}) == "a"
    looked = {
        "a": rows(shop=0.7, clean=0.7, photos=0.9),
        "b": rows(shop=0.6, clean=0.8, photos=0.5),
    }
    assert best_member(looked) == "b"


def test_the_stacks_report_says_how_it_stands_to_its_best_member(tmp_path, monkeypatch):
    random, classes = np.random.default_rng(1), PATTERN.classes
    truth = random.integers(0, 6, 200)
    rows = [
        SimpleNamespace(image=f"{i}", style=f"s{i}", labels={"pattern": classes[t]})
        for i, t in enumerate(truth)
    ]
    packed = SimpleNamespace(rows=rows, select=lambda _: np.arange(200))
    right, guess = np.eye(6)[truth] * 0.5 + 0.5 / 6, random.dirichlet(np.ones(6), 200)
    inputs = np.concatenate([guess, right], axis=1).astype(np.float32)
    monkeypatch.setattr("training.tasks.stack.member_predictions", lambda *_: inputs)
    monkeypatch.setattr(ensemble, "data_statement", lambda *_: {"statement": "", "images": 200})
    folders = (tmp_path / name for name in ("root", "packs", "runs"))
    report = ensemble.export_stack("stack", ["cnn1", "transfer"], packed, {}, *folders)
    row = report["validation"][0]
    low, high = row["less_baseline_ci95"]
    assert row["baseline"] == "transfer"
    assert row["less_baseline"] == pytest.approx(row["accuracy"] - 1)
    assert low <= row["less_baseline"] <= high
    assert report["members"]["transfer"][0]["accuracy"] == 1
    assert report["tried"].keys() == {s.architecture for s in SETTINGS_TRIED}
