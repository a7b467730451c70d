"""What is sewn on a form: an even hem, a neck with its inside, the seams of sleeves."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from fashion_core.cloth import Cloth
from fashion_core.compose import Form, dress
from fashion_core.even_hem import even_hem
from fashion_core.forms import CANVAS_HEIGHT, form_of_maps
from fashion_core.neck import KINDS, neck_of
from fashion_core.networks.form import MOST_DISTANCE, SIZE
from tests.drawing import draw_form

PITCH = CANVAS_HEIGHT / SIZE[0]
CORAL = Cloth("unicolors", "plain", ("#e8826a",), seed=0)
BLACK = Cloth("unicolors", "plain", ("#101010",), seed=0)


def distance_of(outline: list[tuple[float, float]]) -> np.ndarray:
    """Distance in pixels to an outline in shares of the canvas, positive inside."""
    mask = np.zeros((SIZE[0] * 8, SIZE[1] * 8), np.uint8)
    points = np.array(outline) * (mask.shape[1], mask.shape[0])
    cv2.fillPoly(mask, [points.round().astype(np.int32)], 1)
    apart = [cv2.distanceTransform(m, cv2.DIST_L2, 5) for m in (mask, 1 - mask)]
    return cv2.resize(apart[0] - apart[1], SIZE[::-1], interpolation=cv2.INTER_AREA) / 8


def outline(
    *,
    neck: float = 0.1,
    fall: float = 0.012,
    shoulder: float = 0.24,
    hem: tuple[tuple[float, float], ...] = (),
) -> list[tuple[float, float]]:
    """A sleeveless dress, from the neck's left end clockwise."""
    lower = hem or ((0.82, 0.9), (0.18, 0.9))
    return [
        (0.5 - neck, 0.1),
        (0.5, 0.1 + fall),
        (0.5 + neck, 0.1),
        (0.5 + shoulder, 0.13),
        (0.5 + shoulder - 0.04, 0.24),
        *lower,
        (0.5 - shoulder + 0.04, 0.24),
        (0.5 - shoulder, 0.13),
    ]


def maps_of(distance: np.ndarray) -> np.ndarray:
    clipped = np.clip(distance / MOST_DISTANCE, -1, 1)
    return np.stack([clipped, np.zeros(SIZE)]).astype(np.float32)


def bottom(distance: np.ndarray) -> np.ndarray:
    """The lower edge of the middle columns, in pixels."""
    inside = distance > 0
    columns = np.arange(44, 84)
    last = SIZE[0] - 1 - inside[::-1].argmax(0)[columns]
    here, below = distance[last, columns], distance[last + 1, columns]
    return last + here / (here - below)


def test_a_neck_begins_and_ends_where_the_silhouette_shows_it():
    distance = distance_of(outline())
    neck = neck_of(distance, np.zeros(SIZE, np.float32), PITCH)
    width = SIZE[1] * PITCH
    assert neck is not None
    assert neck.left[0] == pytest.approx(0.4 * width, abs=2 * PITCH)
    assert neck.right[0] == pytest.approx(0.6 * width, abs=2 * PITCH)
    ends, _ = neck.edge(np.array([neck.left[0], neck.middle, neck.right[0]], np.float32))
    assert ends[0] == pytest.approx(neck.left[1], abs=1)
    assert ends[1] == pytest.approx(neck.left[1] + neck.depth, abs=PITCH)
    above = neck.above(np.array([neck.middle], np.float32), ends[1:2] + np.array([-10, 10]))
    assert above[:, 0] == pytest.approx([10, -10], abs=0.5)


def test_necklines_are_as_deep_and_wide_as_they_are_called():
    closed = distance_of(outline(fall=0, shoulder=0.36))
    necks = {kind: neck_of(closed, np.zeros(SIZE, np.float32), PITCH, kind) for kind in KINDS}
    assert necks["v"].depth > 1.5 * necks["round"].depth < necks["deep"].depth
    assert necks["wide"].right[0] > necks["round"].right[0]
    assert neck_of(closed, np.zeros(SIZE, np.float32), PITCH, "other") is None


def test_an_edge_that_is_drawn_already_is_followed():
    distance = distance_of(outline())
    shade = np.zeros(SIZE, np.float32)
    deep = neck_of(distance, shade, PITCH, "round").depth + 15
    x, y = (np.arange(n, dtype=np.float32) * PITCH + PITCH / 2 for n in SIZE[::-1])
    neck = neck_of(distance, shade, PITCH, "round")
    drawn = type(neck)(neck.left, neck.right, deep, neck.powers, neck.kind)
    shade[drawn.above(x, y) > 0] = -15
    assert neck_of(distance, shade, PITCH, "round").depth == pytest.approx(deep, abs=PITCH)


@pytest.mark.parametrize(
    "upper",
    [
        [(0.3, 0.2), (0.7, 0.2), (0.75, 0.9), (0.25, 0.9)],
        [(0.34, 0.1), (0.38, 0.1), (0.4, 0.25), (0.6, 0.25), (0.62, 0.1), (0.66, 0.1), (0.7, 0.9), (0.3, 0.9)],
    ],
    ids=["strapless", "straps"],
)  # fmt: skip
def test_without_shoulders_there_is_no_neck(upper):
    assert neck_of(distance_of(upper), np.zeros(SIZE, np.float32), PITCH) is None


@pytest.mark.parametrize(("cloth", "lighter"), [(CORAL, False), (BLACK, True)])
def test_the_inside_of_the_back_is_seen_darker_and_of_black_lighter(cloth, lighter):
    form = form_of_maps(maps_of(distance_of(outline())), (256, 384))
    neck = form.neck
    garment = dress(form, cloth)[..., :3].astype(int).sum(2)
    column = round((neck.middle + 30) / form.pitch)
    front = round((neck.left[1] + neck.depth) / form.pitch)
    inside, outside = garment[front - 8, column], garment[front + 20, column]
    assert (inside > outside + 8) == lighter
    assert (inside < outside - 8) != lighter


def test_a_neck_is_the_same_at_every_size():
    maps = maps_of(distance_of(outline()))
    small = dress(form_of_maps(maps, (256, 384)), CORAL)
    large = dress(form_of_maps(maps, (1024, 1536)), CORAL)
    averaged = cv2.resize(large, (256, 384), interpolation=cv2.INTER_AREA)
    within = small[..., 3] == 255
    apart = np.abs(small.astype(int) - averaged)[within][:, :3]
    assert apart.mean() < 2


def test_the_hem_of_a_design_is_cut_evenly():
    waves = [
        (0.82 - 0.64 * t, 0.9 + 0.006 * np.sin(t * 2 * np.pi * 8)) for t in np.linspace(0, 1, 200)
    ]
    wavy = maps_of(distance_of(outline(hem=tuple(waves))))
    before, after = bottom(wavy[0]), bottom(even_hem(wavy, PITCH)[0])
    assert before.std() > 0.7
    assert after.std() < 0.3 * before.std()


@pytest.mark.parametrize("rise", [0.0, 0.03])
def test_an_even_hem_stays_where_it_is(rise):
    straight = maps_of(distance_of(outline(hem=((0.82, 0.9), (0.18, 0.9 - rise)))))
    after = even_hem(straight, PITCH)
    assert bottom(after[0]) == pytest.approx(bottom(straight[0]), abs=0.25)
    assert np.array_equal(after[:, :100], straight[:, :100])


def test_nothing_has_no_hem():
    nothing = np.full((2, *SIZE), -1, np.float32)
    assert np.array_equal(even_hem(nothing, PITCH), nothing)


def test_a_seam_runs_along_the_armhole_and_stitches_along_the_hem():
    plain = draw_form(0.3, 384)
    sewn = Form(plain.alpha, plain.shade, plain.pitch, sewn=True)
    darker = plain.light.astype(int) - sewn.light.astype(int)
    for sleeve in sewn.sleeves:
        on_seam = np.abs(sleeve.beyond) < plain.pitch / 2
        covered = plain.alpha[plain.window][sleeve.box] > 0.9
        assert (darker[sleeve.box][on_seam & covered] > 0).mean() > 0.95
    assert (darker[sewn.hem.box] > 0).any()
    middle = darker.shape[0] // 2, darker.shape[1] // 2
    assert darker[middle] == 0


def test_the_hem_of_a_lace_design_is_cut_in_scallops():
    form = form_of_maps(maps_of(distance_of(outline())), (512, 768))
    lace = Cloth("lace", "net", ("#141414",), seed=1)
    plain, scalloped = (
        dress(form, cloth)[..., 3].astype(int).sum(0)[160:350] / 255 for cloth in (BLACK, lace)
    )
    shorter = (plain - scalloped) * form.pitch
    assert shorter.min() < 1.5
    assert 6 < shorter.max() < 11
