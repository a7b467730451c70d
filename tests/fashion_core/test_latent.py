from __future__ import annotations

import numpy as np
import pytest

from fashion_core.latent import design_seed, sample_latent, slerp, truncate


def test_seeds_and_latents_never_change_between_versions():
    assert design_seed(7, 5) == 240237319462170
    assert sample_latent(1, 3).tolist() == pytest.approx([0.345584, 0.821618, 0.330437], abs=1e-5)


def test_latents_are_standard_normal():
    latent = sample_latent(3, 20_000)
    assert latent.dtype == np.float32
    assert abs(float(latent.mean())) < 0.03
    assert abs(float(latent.std()) - 1) < 0.03


def test_the_path_starts_and_ends_exactly_and_keeps_its_length():
    a, b = sample_latent(1, 100), sample_latent(2, 100)
    assert np.array_equal(slerp(a, b, 0), a)
    assert np.array_equal(slerp(a, b, 1), b)
    lengths = [float(np.linalg.norm(slerp(a, b, t))) for t in np.linspace(0, 1, 9)]
    low, high = sorted((float(np.linalg.norm(a)), float(np.linalg.norm(b))))
    assert all(low - 1e-3 <= length <= high + 1e-3 for length in lengths)


def test_equal_opposite_and_zero_ends_do_not_break_the_path():
    a, zero = sample_latent(1, 10), np.zeros(10, np.float32)
    for end in (a, -a, zero):
        assert np.isfinite(slerp(a, end, 0.5)).all()
    assert np.allclose(slerp(a, a, 0.3), a)


def test_truncation_pulls_towards_the_mean():
    a = sample_latent(1, 10)
    assert np.array_equal(truncate(a, 1.0), a)
    assert np.allclose(truncate(a, 0.5), a / 2)
