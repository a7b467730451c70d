"""What is seen through lace: a lining under the body, and under sheer sleeves and yoke what lies behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from fashion_core.colour.colours import parse_hex, plain_picture
from fashion_core.parts import STEP

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fashion_core.cloth import Cloth
    from fashion_core.compose import Form
    from fashion_core.composition import Composition

    Floats = NDArray[np.float32]

#: Lines from which the lining begins below a sheer yoke, in millimetres: how far from the top, how far
#: the line falls and rises there, and once in how many. Sweetheart, straight, round, and a deep V.
_YOKES = ((165.0, 22.0, 130.0), (150.0, 0.0, 1.0), (140.0, 40.0, 560.0), (150.0, 70.0, 420.0))
#: What is seen through sheer parts of dark and of light lace, RGB, and the thread's L* from which it is light.
_BEHIND, _BEHIND_LIGHT, _LIGHT = (232, 224, 218), (208, 190, 177), 72.0
#: Heights of the sheer band along the hem, of which the cloth's seed chooses one.
_HEMS = (42.0, 60.0, 85.0, 110.0)
#: Width and depth of the scallops that the hem of lace is cut in.
_SCALLOP, _DEPTH = 30.0, 9.0


def lining(form: Form, cloth: Cloth, composition: Composition) -> NDArray[np.uint8]:
    """RGB under lace, of each pixel of the form's window ``[h, w, 3]``.

    A colour that was chosen lies under the whole dress. Otherwise the body is lined in a shade of the thread,
    and the sleeves are sheer; so are a band along the hem of a design, and the yoke of every third cloth, above
    a line that its seed chooses.
    """
    height, width = form.light.shape
    if composition.lining:
        return plain_picture(height, width, parse_hex(composition.lining))
    inks = cloth.inks()
    under = np.array(inks.lining, np.float32)
    behind = np.array(_BEHIND_LIGHT if inks.lightness > _LIGHT else _BEHIND, np.float32)
    yoke = _YOKES[cloth.seed // 3 % len(_YOKES)] if cloth.seed % 3 == 0 else None
    sheer = _sheer(form, yoke)
    if form.sewn:
        hem, end = form.hem, _HEMS[cloth.seed // 5 % len(_HEMS)]
        below = np.clip((end - hem.steps * np.float32(STEP)) / form.pitch, 0, 1)
        np.maximum(sheer[hem.box], below * (hem.steps > 0), out=sheer[hem.box])
    shares = np.linspace(0, 1, 256, dtype=np.float32)[:, None]
    mixed = np.rint(under + (behind - under) * shares).astype(np.uint8)
    level = np.rint(sheer * 255).astype(np.uint8)
    return np.asarray(cv2.LUT(cv2.merge([level] * 3), mixed[None]), np.uint8)


def scalloped(form: Form) -> Floats:
    """0..1 of the form's window, ``[h, w]``: what is left of it when its hem is cut in scallops."""
    left, hem = np.array(form.alpha[form.window]), form.hem
    bow = np.abs(np.sin(np.pi * form.places[0][hem.box] / _SCALLOP))
    above = hem.steps * np.float32(STEP) - _DEPTH * (1 - bow)
    whole = np.where(hem.steps > 0, np.clip(above / form.pitch + 0.5, 0, 1), 1)
    np.minimum(left[hem.box], whole, out=left[hem.box], casting="unsafe")
    return left


def _sheer(form: Form, yoke: tuple[float, float, float] | None) -> Floats:
    """1 where the window's pixels have no lining, 0 where they have; ``yoke`` is one of :data:`_YOKES`."""
    rows, columns = form.window
    sheer = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.float32)
    for sleeve in form.sleeves:
        np.maximum(sheer[sleeve.box], sleeve.weight, out=sheer[sleeve.box])
    if yoke:
        middle, fall, wave = yoke
        depth = np.arange(len(sheer), dtype=np.float32)[:, None] * form.pitch
        across = (
            np.arange(sheer.shape[1], dtype=np.float32) - (sheer.shape[1] - 1) / 2
        ) * form.pitch
        turn = np.clip(2 * np.pi * across / wave, -1.5 * np.pi, 1.5 * np.pi)
        edge = middle + fall * np.cos(turn)
        np.maximum(sheer, np.clip((edge - depth) / form.pitch + 0.5, 0, 1), out=sheer)
    return sheer
