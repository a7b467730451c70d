from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from training.data import cache
from training.data.cache import save_array, save_arrays, save_states, weights_digest


def test_what_is_kept_comes_back(tmp_path):
    save_array(tmp_path / "new" / "a.npy", np.arange(3))
    save_arrays(tmp_path / "b.npz", one=np.arange(2), names=np.array(["x", "yy"]))
    save_states(tmp_path / "c.pt", {"head": nn.Linear(2, 1).state_dict()})
    assert np.load(tmp_path / "new" / "a.npy").tolist() == [0, 1, 2]
    assert np.load(tmp_path / "b.npz")["names"].tolist() == ["x", "yy"]
    assert torch.load(tmp_path / "c.pt", weights_only=True)["head"]["weight"].shape == (1, 2)


def test_a_run_that_is_killed_leaves_no_half_of_a_file(tmp_path, monkeypatch):
    def killed(_path, _content):
        raise KeyboardInterrupt

    monkeypatch.setattr(cache, "write_atomically", killed)
    with pytest.raises(KeyboardInterrupt):
        save_array(tmp_path / "a.npy", np.arange(3))
    assert not list(tmp_path.iterdir())


def test_networks_are_told_by_their_weights():
    a, b = nn.Linear(2, 1), nn.Linear(2, 1)
    assert weights_digest(a) != weights_digest(b)
    b.load_state_dict(a.state_dict())
    assert weights_digest(a) == weights_digest(b)
