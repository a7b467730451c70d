"""What is sewn, drawn on a form: seams of armholes, stitches of the hem, the neck's inside with its label.

The form generator draws these faintly or not at all, and a print never breaks at them by itself. Lengths are
millimetres, so that they are the same at every size; lines thinner than a pixel fade.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fashion_core.parts import STEP

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from fashion_core.cloth import Cloth
    from fashion_core.compose import Form

    Floats = NDArray[np.float32]

#: Width of a seam that is seen, and of a line of stitches.
_SEAM, _STITCH = 2.0, 1.3
#: L* of the armhole's seam, and of the shadow on the sleeve beside it, which reaches so far.
_ARMHOLE, _BESIDE, _REACH = -9.0, -4.0, 9.0
#: L* of the hem's stitches and of the doubled cloth below them, and how high they are.
_STITCHES, _DOUBLED, _HEM = -5.0, -1.0, 17.0
#: The binding of the neck: its width, and L* of the stitches below it and of the edge itself.
_BINDING, _BOUND, _EDGE = 8.0, -5.0, -7.0
#: L* of the inside of the back: right under its upper edge and deep down, and as much of cloths darker than the
#: last number, whose inside is seen by the light that falls in.
_INSIDE, _DEEP, _OF_DARK, _DARK = -7.0, -17.0, 16.0, 24.0
#: Above this many millimetres of the front edge it is dark.
_FADES = 45.0
#: Share of a print that is seen from behind.
_THROUGH = 0.35
#: Width and height of a label, how far it is below the back's edge, and its colours.
_LABEL, _BELOW = (34.0, 13.0), 5.0
_LABELS = ((238, 234, 226), (238, 234, 226), (226, 222, 214), (34, 33, 33))


def seams(form: Form) -> Floats:
    """L* by which seams are darker, ``[h, w]`` of the form's window."""
    rows, columns = form.window
    darker = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.float32)
    for sleeve in form.sleeves:
        away = sleeve.beyond
        darker[sleeve.box] += _ARMHOLE * _line(away, _SEAM, form.pitch)
        darker[sleeve.box] += np.where(away > 0, _BESIDE * np.exp(-away / _REACH), 0)
    hem = form.hem
    height = hem.steps * np.float32(STEP)
    darker[hem.box] += np.where(
        height > 0,
        _STITCHES * _line(height - _HEM, _STITCH, form.pitch) + _DOUBLED * (height < _HEM),
        0,
    )
    if form.neck:
        box, above = form.opening
        bound = _BOUND * _line(above + _BINDING, _STITCH, form.pitch)
        darker[box] += bound + _EDGE * _line(above - 1, _SEAM, form.pitch)
    return darker


def _line(away: Floats, width: float, pitch: float) -> Floats:
    """How much of a pixel a line covers whose middle is ``away`` millimetres off."""
    reach = max(width, pitch)
    return np.asarray(np.clip(1 - np.abs(away) / reach, 0, 1) * (width / reach), np.float32)


def neck_box(form: Form) -> tuple[tuple[slice, slice], Floats]:
    """A box of the window around the neck, and how many millimetres above the front edge its pixels are."""
    neck, pitch = form.neck, form.pitch
    if neck is None:
        raise ValueError("This form has no neck opening.")
    rows, columns = form.window
    margin = 2 * _BINDING + pitch
    low = max(neck.left[1], neck.right[1]) + neck.depth + margin
    last = int(np.clip(low / pitch - rows.start, 1, rows.stop - rows.start))
    first = int(np.clip((neck.left[0] - margin) / pitch - columns.start, 0, None))
    end = int(np.clip((neck.right[0] + margin) / pitch - columns.start, first + 1, None))
    end = min(end, columns.stop - columns.start)
    x = (np.arange(first, end, dtype=np.float32) + columns.start + 0.5) * pitch
    y = (np.arange(last, dtype=np.float32) + rows.start + 0.5) * pitch
    return (slice(0, last), slice(first, end)), neck.above(x, y)


def open_neck(
    rgb: NDArray[np.uint8],
    form: Form,
    cloth: Cloth,
    behind: Callable[[tuple[slice, slice]], NDArray[np.uint8]],
) -> tuple[tuple[slice, slice], Floats]:
    """Draw the inside of the back into a neck.

    Args:
        rgb: the window of a form without its light, ``[h, w, 3]``; changed in place.
        form: with a neck.
        cloth: its seed chooses the label.
        behind: the same cloth, cut elsewhere, RGB of a box.

    Returns:
        The box around the neck, and the L* by which its pixels are darker.
    """
    box, above = form.opening
    inside = np.clip(above / form.pitch + 0.5, 0, 1)[..., None]
    front, back = rgb[box].astype(np.float32), behind(box).astype(np.float32)
    mean = back.reshape(-1, 3).mean(0)
    back = mean + _THROUGH * (back - mean)
    dark = float(mean @ (0.2126, 0.7152, 0.0722)) < 255 * (_DARK / 100) ** 1.4
    deep = np.clip(above / _FADES, 0, 1)
    light = np.full_like(above, _OF_DARK) if dark else _INSIDE + (_DEEP - _INSIDE) * deep
    light = light * inside[..., 0]
    label = _label(form, box)[..., None] * inside
    if cloth.seed % 4 == 3 or not label.any():
        label = np.zeros_like(inside)
    sewn_in = np.array(_LABELS[cloth.seed // 4 % len(_LABELS)], np.float32)
    back += label * (sewn_in - back)
    rgb[box] = np.rint(front + inside * (back - front))
    return box, np.asarray(light * (1 - 0.7 * label[..., 0]), np.float32)


def _label(form: Form, box: tuple[slice, slice]) -> Floats:
    """1 on the label in the middle of the back, if there is room for one, else 0."""
    neck, pitch = form.neck, form.pitch
    (rows, columns), shape = box, (box[0].stop - box[0].start, box[1].stop - box[1].start)
    nothing = np.zeros(shape, np.float32)
    if neck is None:
        return nothing
    first_row, first_column = form.window[0].start, form.window[1].start
    x = (np.arange(columns.start, columns.stop) + first_column + 0.5) * pitch - neck.middle
    column = int(np.abs(x).argmin())
    covered = form.alpha[form.window][box][:, column] > 0.5
    top = (int(covered.argmax()) + first_row) * pitch + _BELOW
    width, height = _LABEL
    lowest = float(neck.edge(np.array([neck.middle], np.float32))[0][0])
    if not covered.any() or top + height + _BELOW > lowest:
        return nothing
    y = (np.arange(rows.start, rows.stop) + first_row + 0.5) * pitch - top
    across = np.clip((width / 2 - np.abs(x)) / pitch + 0.5, 0, 1)
    down = np.clip((height / 2 - np.abs(y - height / 2)) / pitch + 0.5, 0, 1)
    return np.asarray(down[:, None] * across[None], np.float32)
