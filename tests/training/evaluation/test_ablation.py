from __future__ import annotations

import numpy as np

from fashion_core.taxonomy import PATTERN
from training.evaluation import ablation


def drawn(count: int, seed: int) -> tuple[np.ndarray, list[dict[str, str]]]:
    """Features that tell the pattern plainly, and its labels."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, 6, count)
    features = np.eye(6)[truth] * 4 + random.normal(0, 1, (count, 6))
    return features.astype(np.float32), [{"pattern": PATTERN.classes[i]} for i in truth]


def test_every_means_gets_a_row_and_the_table_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(ablation, "ATTRIBUTES_SHOWN", ("pattern",))
    shop, checked = drawn(240, 1)
    wrong = [{"pattern": "floral"} if i % 4 == 0 else row for i, row in enumerate(checked)]
    views, photos, dresses, watched = (drawn(60, seed) for seed in range(2, 6))
    labels = {"shop": wrong, "clean": [row if i % 2 else {} for i, row in enumerate(checked)]}
    labels |= {"views": views[1], "photos": photos[1]}
    labels |= {"dresses": dresses[1], "watched_photos": watched[1]}
    material = ablation.Material(
        shop, shop, views[0], photos[0], dresses[0], dresses[0], watched[0], labels,
        np.arange(60) % 2 == 0,
    )  # fmt: skip
    rows = list(ablation.measure(material, tmp_path))
    assert len({row["variant"] for row in rows}) == len(rows) == 12
    by_name = {row["variant"]: row for row in rows}
    assert by_name["shop labels, the 15 % of highest loss left out"]["learnt from"] == 204
    assert all(row["clean, random rows"]["n"] == 30 for row in rows)
    table = ablation.write_ablation(rows, tmp_path)
    assert ablation.read_ablation(tmp_path) == table
    assert "| clean labels alone | pattern | 120 |" in table
