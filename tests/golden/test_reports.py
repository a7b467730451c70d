"""Reports of drawn garments by the shipped checkpoints, and where the network looked."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.drawing import draw_dress, draw_person

Box = tuple[int, int, int, int]


def scene(name: str) -> tuple[Image.Image, Box | None]:
    """A drawn picture, and the box that a user drew on it."""
    return {
        "plain": lambda: (draw_dress()[0], None),
        "striped-on-panel": lambda: (striped_on_panel(), None),
        "on-wood": lambda: (draw_dress((30, 110, 70), ground="wood", size=(600, 800))[0], None),
        "person": lambda: (draw_person((150, 30, 90), size=(480, 720))[0], None),
        # The box says that the right one is meant.
        "two-and-a-box": lambda: (two_on_wood(), (495, 35, 705, 365)),
        # No garment is found: the whole picture is read, or all that is in the box.
        "checkered": lambda: (checkered(), None),
        "checkered-and-a-box": lambda: (checkered(), (40, 30, 230, 280)),
    }[name]()


def striped_on_panel() -> Image.Image:
    return draw_dress((190, 40, 60), (240, 235, 225), "panel", (512, 640))[0]


def two_on_wood() -> Image.Image:
    """Two garments side by side, 800 x 400."""
    both = Image.new("RGB", (800, 400))
    for i, colour in enumerate(((20, 60, 140), (200, 160, 40))):
        both.paste(draw_dress(colour, ground="wood")[0], (400 * i, 0))
    return both


def checkered() -> Image.Image:
    """Blue and cream squares, 300 x 300, and no garment."""
    odd = (np.indices((300, 300)) // 60).sum(0) % 2 == 1
    return Image.fromarray(
        np.where(odd[..., None], (20, 60, 140), (230, 225, 210)).astype(np.uint8)
    )


SCENES = [
    "plain",
    "striped-on-panel",
    "on-wood",
    "person",
    "two-and-a-box",
    "checkered",
    "checkered-and-a-box",
]


@pytest.mark.parametrize("profile", ["full", "fast"])
@pytest.mark.parametrize("name", SCENES)
def test_a_drawn_garment_is_read_as_before(golden, request, profile, name):
    picture, box = scene(name)
    report = request.getfixturevalue(profile).analyse(picture, box=box)
    found = {"method": report.method, "size": report.size, **report.to_dict()}
    # Processors with AVX512 round otherwise, where a picture without a garment is read.
    golden.check_json(f"analyse-{profile}-{name}", found, absolute=1e-3)


@pytest.mark.parametrize(("attribute", "label"), [("pattern", "unicolors"), ("neckline", "round")])
def test_what_speaks_for_a_class_lies_where_it_lay(golden, full, attribute, label):
    picture, box = scene("plain")
    found = np.asarray(full.explain(picture, attribute, label, box))
    golden.check_picture(f"explain-{attribute}-{label}", found)
