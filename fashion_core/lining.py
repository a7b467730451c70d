"""What is seen through lace: a lining under the body, and under sheer sleeves and yoke what lies behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fashion_core.colour.colours import parse_hex

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


def lining(form: Form, cloth: Cloth, composition: Composition) -> Floats:
    """RGB in 0..255 under lace, ``[3]`` or for each pixel of the form's window ``[h, w, 3]``.

    A colour that was chosen lies under the whole dress. Otherwise the body is lined in a shade of the thread,
    and the sleeves are sheer; so is the yoke of every third cloth, above a line that its seed chooses.
    """
    if composition.lining:
        return np.array(parse_hex(composition.lining), np.float32)
    inks = cloth.inks()
    under = np.array(inks.lining, np.float32)
    behind = np.array(_BEHIND_LIGHT if inks.lightness > _LIGHT else _BEHIND, np.float32)
    yoke = _YOKES[cloth.seed // 3 % len(_YOKES)] if cloth.seed % 3 == 0 else None
    return under + (behind - under) * _sheer(form, yoke)[..., None]


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
