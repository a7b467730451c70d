from __future__ import annotations

from types import SimpleNamespace

from fashion_core import Cloth, DesignRecipe
from fashion_core.design_words import design_words
from tests.demo.fakes import READINGS

REPORT = SimpleNamespace(attributes=READINGS, palette=SimpleNamespace(family="green"))


def test_cloth_and_ground_come_from_the_recipe_and_the_form_from_the_reading():
    cloth = Cloth("stripes", "breton", ("#1b2a49", "#f2e8d5"))
    words = design_words(DesignRecipe("studio", "0" * 12, seed=1, cloth=cloth), REPORT)
    assert list(words) == [
        "Pattern",
        "Cloth",
        "Ground",
        "Sleeves",
        "Length",
        "Neckline",
        "Fit",
        "Repeat",
    ]
    assert words["Pattern"] == "Stripes"
    assert words["Cloth"] == "Breton"
    assert words["Sleeves"] == "Short"
    assert words["Repeat"].endswith(" mm")


def test_a_plain_cloth_has_no_repeat_and_a_classic_design_is_read_as_a_whole():
    plain = Cloth("unicolors", "plain", ("#1b2a49",))
    assert "Repeat" not in design_words(
        DesignRecipe("studio", "0" * 12, seed=1, cloth=plain), REPORT
    )
    words = design_words(DesignRecipe("dcgan-64", "0" * 12, seed=1), REPORT)
    assert words["Pattern"] == "Floral"
    assert words["Colour"] == "Green"
