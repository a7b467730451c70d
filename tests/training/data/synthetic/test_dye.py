from __future__ import annotations

import numpy as np

from fashion_core.taxonomy import WISHES
from training.data.conditions import shown_colour
from training.data.synthetic.dye import dyed, with_dyed

COLOURS = WISHES["colour"].classes


def dress(rgb: tuple[int, int, int], side: int = 48) -> np.ndarray:
    """A dress with folds on white."""
    picture = np.full((side, side, 3), 255, np.uint8)
    folds = np.linspace(-18, 18, side // 2)[None, :, None]
    picture[4:-4, side // 4 : -side // 4] = np.clip(np.array(rgb) + folds, 0, 255)
    return picture


def test_a_dyed_dress_keeps_cut_and_ground_and_takes_the_colour():
    blue, orange = dress((40, 60, 170)), dress((235, 120, 20))
    found = dyed(blue, orange)
    assert found is not None
    assert shown_colour(blue) == "blue"
    assert shown_colour(found) == shown_colour(orange) == "orange"
    assert (found[:3] == 255).all()
    # The folds are still there.
    assert found[24, 14:34].mean(1).std() > 2


def test_rare_families_are_filled_up_from_common_ones():
    pictures = np.stack([dress((40, 60, 170))] * 6 + [dress((235, 120, 20))])
    wishes = np.full((7, len(WISHES)), -1)
    column = list(WISHES).index("colour")
    wishes[:6, column], wishes[6, column] = COLOURS.index("blue"), COLOURS.index("orange")
    wishes[:, 0] = np.arange(7) % 6
    more, shown = with_dyed(pictures, wishes, wanted=4)
    assert (more[:7] == pictures).all()
    assert len(more) == len(shown) == 10
    assert (shown[7:, column] == COLOURS.index("orange")).all()
    # Everything else is what the dyed dress showed before.
    assert set(shown[7:, 0]) <= set(wishes[:6, 0])
    again, _ = with_dyed(pictures, wishes, wanted=4)
    assert (again == more).all()
