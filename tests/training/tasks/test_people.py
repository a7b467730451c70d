"""Heads that learn from people alone."""

from __future__ import annotations

import numpy as np
import pytest

from training.data.features import probabilities_of
from training.data.framed import RealPhotos
from training.data.people import pictures_of_people
from training.data.splits import HEAD_FOLDS
from training.data.street import WornExamples
from training.errors import DataError
from training.evaluation.heads import cross_fitted
from training.tasks.head_sources import Examples
from training.tasks.heads import HeadSpec, fit_folds, fit_spec


def test_nobody_is_scored_by_a_head_that_saw_them(tmp_path):
    """Of noise a head can only know what it has seen."""
    random = np.random.default_rng(1)
    folds = np.repeat(np.arange(HEAD_FOLDS), 40)
    truth = random.integers(2, size=len(folds))
    features = random.normal(size=(len(folds), 1000)).astype(np.float32)
    spec = HeadSpec("a", "", "", ("a", "b"), ())
    # Seen six times an epoch, as people are.
    seen = np.tile(features, (6, 1)), np.tile(truth, 6), np.tile(folds, 6)
    examples = Examples(*seen)
    modules = fit_folds(spec, examples, tmp_path)
    answers = cross_fitted(modules, features, folds, classes=2)
    assert (answers.argmax(1) == truth).mean() < 0.65
    learnt = probabilities_of(fit_spec(spec, examples, tmp_path).network, features).argmax(1)
    assert (learnt == truth).mean() > 0.95


def test_one_kind_of_people_is_too_few(real_sources):
    none, bare = (
        RealPhotos(names, names, np.zeros((len(names), 256, 256, 3), np.uint8), [{}] * len(names))
        for names in ([], real_sources["stems"])
    )
    with pytest.raises(DataError, match="with and without a dress"):
        pictures_of_people(
            real_sources["folder"] / "worn.zip", WornExamples(none, bare, views=none)
        )
