from __future__ import annotations

from types import SimpleNamespace

import pytest

from demo import readings, wording
from demo.wording import about, close_call_sentence, describe, is_close_call, percent
from fashion_core.report import NO_GARMENT, Garment, Reading
from fashion_core.taxonomy import ATTRIBUTES, Attribute


def reading(label: str, **probabilities: float) -> Reading:
    return Reading(label, max(probabilities.values(), default=1.0), probabilities or {label: 1.0})


def attributes(**labels: str) -> dict[str, Reading]:
    base = {
        "pattern": "floral",
        "sleeve_length": "short",
        "length": "3-4",
        "neckline": "round",
        "fit": "tight",
    }
    return {key: reading(label) for key, label in {**base, **labels}.items()}


@pytest.mark.parametrize(
    ("labels", "family", "sentence"),
    [
        ({}, "green", "A floral midi dress with short sleeves and a round neck"),
        ({"sleeve_length": "sleeveless", "neckline": "v"}, None, "A sleeveless floral midi dress with a V-neck"),
        ({"pattern": "unicolors", "length": "knee"}, "gray", "A plain grey knee-length dress with short sleeves and a round neck"),
        ({"pattern": "unicolors"}, "multi", "A plain midi dress with short sleeves and a round neck"),
        ({"neckline": "other", "sleeve_length": "sleeveless", "length": "long"}, None, "A sleeveless floral maxi dress"),
        ({"pattern": "stripes", "sleeve_length": "long", "length": "short"}, None, "A striped mini dress with long sleeves and a round neck"),
    ],
)  # fmt: skip
def test_a_dress_in_one_sentence(labels, family, sentence):
    assert describe(attributes(**labels), family) == sentence


@pytest.mark.parametrize(
    ("key", "word", "sentence"),
    [
        ("pattern", "Animal print", "An animal print midi dress with short sleeves and a round neck"),
        ("length", "Ankle", "A floral ankle dress with short sleeves and a round neck"),
        ("sleeve_length", "Bell", "A floral midi dress with bell sleeves and a round neck"),
        ("neckline", "Off-shoulder", "A floral midi dress with short sleeves and an off-shoulder neckline"),
    ],
)  # fmt: skip
def test_a_class_without_wording_of_its_own_is_named_by_the_taxonomy(
    monkeypatch, key, word, sentence
):
    known = ATTRIBUTES[key]
    grown = Attribute(key, known.title, {**known.words, "new": word})
    monkeypatch.setattr(wording, "ATTRIBUTES", {**ATTRIBUTES, key: grown})
    assert describe(attributes(**{key: "new"})) == sentence


@pytest.mark.parametrize("key", ["pattern", "length", "sleeve_length", "neckline"])
def test_every_class_of_the_taxonomy_makes_a_sentence(key):
    sentences = {describe(attributes(**{key: label})) for label in ATTRIBUTES[key].classes}
    assert len(sentences) == len(ATTRIBUTES[key].classes)


def test_of_a_picture_with_nothing_in_it_nothing_is_read():
    nothing = Garment(False, 0.0, NO_GARMENT, (0, 0, 90, 90), 0.0)
    report = SimpleNamespace(garment=nothing, method="nothing", attributes=attributes())
    assert wording.verdict(report) == ("No garment", wording.EMPTY)
    shown = readings.verdict(report)
    assert wording.EMPTY in shown
    assert "<details" not in shown


@pytest.mark.parametrize(
    ("key", "probabilities", "sentence"),
    [
        ("neckline", {"round": 0.46, "wide": 0.42}, "A floral midi dress with short sleeves and a round or wide neck"),
        ("neckline", {"v": 0.46, "round": 0.42}, "A floral midi dress with short sleeves and a round or V-neck"),
        ("neckline", {"other": 0.46, "wide": 0.42}, "A floral midi dress with short sleeves and perhaps a wide neck"),
        ("neckline", {"round": 0.7, "wide": 0.2}, "A floral midi dress with short sleeves and a round neck"),
        ("sleeve_length", {"short": 0.46, "half": 0.42}, "A floral midi dress with short or half sleeves and a round neck"),
        ("sleeve_length", {"sleeveless": 0.46, "short": 0.42}, "A floral midi dress with short sleeves or none and a round neck"),
        ("length", {"knee": 0.46, "3-4": 0.42}, "A floral knee-length or midi dress with short sleeves and a round neck"),
        ("pattern", {"unicolors": 0.46, "lace": 0.42}, "A plain grey or lace midi dress with short sleeves and a round neck"),
        ("pattern", {"print": 0.46, "floral": 0.42}, "A printed or floral midi dress with short sleeves and a round neck"),
    ],
)  # fmt: skip
def test_a_sentence_names_both_classes_of_a_close_call(key, probabilities, sentence):
    read = {**attributes(), key: Reading(next(iter(probabilities)), 0.46, probabilities)}
    assert describe(read, "gray") == sentence


def test_what_a_user_decided_is_no_close_call():
    read = {**attributes(), "neckline": Reading("wide", 0.42, {"round": 0.46, "wide": 0.42})}
    sentence = "A floral midi dress with short sleeves and a wide neck"
    assert describe(read, decided={"neckline"}) == sentence


def test_close_calls_are_low_or_narrow():
    assert is_close_call(reading("round", round=0.46, wide=0.39))
    assert is_close_call(reading("round", round=0.52, wide=0.45))
    assert not is_close_call(reading("round", round=0.7, wide=0.2))


def test_the_fold_of_a_close_call_names_the_other():
    sentence = close_call_sentence("neckline", reading("round", round=0.46, wide=0.39, v=0.1))
    assert sentence == "Perhaps wide. The two look alike here: 46 % to 39 %."


def test_a_low_winner_far_ahead_is_not_said_to_look_like_the_next():
    sentence = close_call_sentence("neckline", reading("round", round=0.46, wide=0.2, v=0.18))
    assert sentence == "Perhaps wide (20 %). None stands out here."


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "Under a second."), (1.3, "About a second."), (2.6, "About 3 seconds.")],
)
def test_times_are_told_in_words(seconds, words):
    assert about(seconds) == words


def test_per_cent_is_set_with_a_space():
    assert percent(0.914) == "91 %"
