"""Lay a cloth on a form: a silhouette and its light and shade, from a generator or from a photo.

Pure functions. A print lies flat on a garment and is hardly bent; folds move it a little and change its
lightness. Lengths are millimetres on a dress, so that the composition is the same at every size.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fashion_core.border import band
from fashion_core.cloth import raster
from fashion_core.colour.colours import plain_picture
from fashion_core.composition import FLAT, HEM, Composition
from fashion_core.cutout.masks import refine_edge
from fashion_core.lining import lining, scalloped
from fashion_core.parts import Edge, Parts, Sleeve, edge_of_neck
from fashion_core.sewing import neck_box, open_neck, seams

if TYPE_CHECKING:
    from fashion_core.cloth import Cloth
    from fashion_core.neck import Neck

Floats = NDArray[np.float32]

#: Height in millimetres that the garment of a photo is taken to have.
GARMENT_HEIGHT = 950.0
#: Light and shade beyond these L* are not the cloth's folds.
DARKEST, LIGHTEST = -45.0, 28.0
#: So many colours tell a print from its shade.
_PRINT_COLOURS = 4
#: L* of a cloth whose shade is taken over as it is.
_MIDDLE = 62.0
#: L* from one row of the table of light to the next.
_LIGHT_STEP = 0.25
#: How far folds move a print: millimetres a step of lightness from one millimetre to the next.
_BEND, _MOST_BEND = 12.0, 8.0
#: Pixels of a deviation with which the gradient of a smoothed shade is exact enough.
_SMOOTH = 3.5
#: Sleeves are cut along the arm, which hangs outwards by so many degrees.
_ARM = 14.0
#: Millimetres from one piece of cloth to the place that another is cut from.
_ELSEWHERE = 137.0


@dataclass(frozen=True)
class Form:
    """A garment without its cloth.

    Attributes:
        alpha: 0..1 ``[H, W]``, how much of a pixel the garment covers.
        shade: L* ``[H, W]`` less the garment's median: folds and seams.
        pitch: millimetres a pixel.
        sewn: its seams are drawn; a photo shows its own.
        neck: the front edge of its neck, if the inside of the back is to be drawn.
    """

    alpha: Floats
    shade: Floats
    pitch: float
    sewn: bool = False
    neck: Neck | None = None

    # What follows from the form alone is kept: another cloth on the same form is drawn while a finger moves.

    @cached_property
    def window(self) -> tuple[slice, slice]:
        """Rows and columns that the garment covers."""
        rows, columns = np.flatnonzero(self.alpha.any(1)), np.flatnonzero(self.alpha.any(0))
        if not len(rows):
            return slice(0, 0), slice(0, 0)
        return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)

    @cached_property
    def places(self) -> tuple[Floats, Floats]:
        """Millimetres across and down of each pixel of the window from the middle of the garment's top.

        Folds move a print a little: that is in it already.
        """
        rows, columns = self.window
        bend_x, bend_y = _bend(self)
        middle = (columns.start + columns.stop - 1) / 2
        x = (np.arange(columns.start, columns.stop, dtype=np.float32) - middle)[None] * self.pitch
        y = np.arange(rows.stop - rows.start, dtype=np.float32)[:, None] * self.pitch
        return _single(x + bend_x[self.window]), _single(y + bend_y[self.window])

    @cached_property
    def light(self) -> NDArray[np.int32]:
        """Of each pixel of the window its row of :func:`_light_table`, as an offset into the flat table."""
        shade = self.shade[self.window]
        if self.sewn:
            shade = shade + seams(self)
        shade = np.clip(shade, DARKEST, LIGHTEST)
        return np.asarray(np.rint((shade - DARKEST) / _LIGHT_STEP) * 256, np.int32)

    @cached_property
    def covered(self) -> NDArray[np.uint8]:
        """The part of ``alpha`` in the window, 0..255."""
        return np.rint(self.alpha[self.window] * 255).astype(np.uint8)

    @cached_property
    def parts(self) -> Parts:
        """Where the sleeves, the hem and the neckline are."""
        return Parts(self.alpha[self.window], self.pitch)

    @cached_property
    def sleeves(self) -> tuple[Sleeve, ...]:
        """The sleeves, none of a sleeveless dress; their boxes are parts of the window."""
        return self.parts.sleeves()

    @cached_property
    def hem(self) -> Edge:
        """How far pixels near the skirt's lower edge are from it; its box is a part of the window."""
        return self.parts.hem()

    @cached_property
    def opening(self) -> tuple[tuple[slice, slice], Floats]:
        """A box of the window around the neck, and how many millimetres above the front edge its pixels are."""
        return neck_box(self)

    @cached_property
    def neckline(self) -> Edge:
        """As :attr:`hem`, of the edge of the neck opening."""
        return edge_of_neck(*self.opening) if self.neck else self.parts.neckline()


def form_of_photo(
    pixels: NDArray[np.uint8], mask: NDArray[np.bool_], *, patterned: bool = False
) -> Form:
    """The form of a photographed garment.

    Args:
        pixels: RGB ``[H, W, 3]``.
        mask: True on the garment, of the picture's shape or smaller.
        patterned: its old print has to go: only shading that is larger than motifs is kept.

    Raises:
        ValueError: the mask is empty.
    """
    if not mask.any():
        raise ValueError("There is no garment in an empty mask.")
    alpha = _edge(mask, pixels)
    lab = np.asarray(cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
    inside = alpha > 0.5
    if not inside.any():
        inside = alpha >= alpha.max()
    rows = np.flatnonzero(inside.any(1))
    high = float(rows[-1] - rows[0] + 1)
    if patterned:
        shade = _without_print(lab, alpha, inside, high)
    else:
        shade = _smooth_inside(lab[..., 0], alpha, max(0.6, high / 900))
    shade -= float(np.median(shade[inside]))
    return Form(alpha, np.clip(shade, DARKEST, LIGHTEST).astype(np.float32), GARMENT_HEIGHT / high)


def _without_print(lab: Floats, alpha: Floats, inside: NDArray[np.bool_], high: float) -> Floats:
    """Light and shade of a printed garment: the smooth lightness that is left without its few colours.

    In turns: group the pixels by colour after the shade that is known so far is taken off; then the shade is
    how much lighter or darker than its group's middle each place is, smoothed less from turn to turn.
    """
    step = max(1, int(high / 120))
    seen = inside[::step, ::step]
    shade = _smooth_inside(lab[..., 0], alpha, high / 9)
    shade -= float(np.median(shade[inside]))
    if seen.sum() < _PRINT_COLOURS:
        return shade
    for share in (24, 60, 110):
        flat = lab.copy()
        flat[..., 0] -= shade
        centres = _groups(flat[::step, ::step][seen])
        nearest = np.argmin([np.square(flat - centre).sum(2) for centre in centres], axis=0)
        expected = centres[:, 0][nearest]
        shade = _smooth_inside(lab[..., 0] - expected, alpha, high / share)
    return shade


def _groups(lab: Floats) -> Floats:
    """The main colours ``[K, 3]`` of pixels ``[N, 3]``, the same for the same pixels."""
    cv2.setRNGSeed(0)
    until = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 10, 0.5)
    _, _, centres = cv2.kmeans(
        np.ascontiguousarray(lab, np.float32),
        _PRINT_COLOURS,
        np.zeros((0, 1), np.int32),
        until,
        1,
        cv2.KMEANS_PP_CENTERS,
    )
    return np.asarray(centres, np.float32)


def _edge(mask: NDArray[np.bool_], pixels: NDArray[np.uint8]) -> Floats:
    """A mask at the picture's size, its edge aligned with the picture's own."""
    size = pixels.shape[1], pixels.shape[0]
    larger = max(1.0, size[1] / mask.shape[0])
    soft = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    soft = refine_edge(
        np.asarray(soft, np.float32), pixels, radius=round(2.5 * larger) + 1, epsilon=4e-4
    )
    # Steeper again after smoothing, and wider by a hair, so that no rim of the old cloth is left outside.
    soft = cv2.GaussianBlur(soft, (0, 0), 0.8)
    return np.asarray(np.clip((soft - 0.42) * 3 + 0.5, 0, 1), np.float32)


def _smooth_inside(values: Floats, alpha: Floats, sigma: float) -> Floats:
    """Gaussian smoothing that takes nothing from outside the garment."""
    weight = cv2.GaussianBlur(alpha, (0, 0), sigma) + 1e-4
    return np.asarray(cv2.GaussianBlur(values * alpha, (0, 0), sigma) / weight, np.float32)


def dress(form: Form, cloth: Cloth, composition: Composition = FLAT) -> NDArray[np.uint8]:
    """The form in a cloth, without a ground.

    Args:
        form: silhouette and shade.
        cloth: laid over it.
        composition: how the print lies on the sleeves, borders, and the colour under lace.

    Returns:
        RGBA ``[H, W, 4]``, not premultiplied.
    """
    garment = np.zeros((*form.alpha.shape, 4), np.uint8)
    if not form.light.size:
        return garment
    tile, density = _tile(cloth, form.pitch)
    flat = _laid(tile, density, cloth.angle, *form.places)
    turned = composition.sleeve_angle + (_ARM if form.sewn else 0)
    if turned:
        for sleeve in form.sleeves:
            degrees = cloth.angle - sleeve.side * turned
            cut = _laid(tile, density, degrees, *_from_shoulder(form, sleeve))
            _put_over(flat[sleeve.box], cut, sleeve.weight)
    rgb = _backed(flat, lining(form, cloth, composition)) if flat.shape[2] == 4 else flat
    if composition.edges:
        colours = band(cloth, composition, form.pitch)
        for name in composition.edges:
            _sew_on(rgb, form.hem if name == HEM else form.neckline, colours)
    light = form.light
    if form.neck:
        box, lighter = open_neck(
            rgb, form, cloth, lambda box: _behind(form, cloth, tile, density, box)
        )
        light = _lit(light, box, lighter)
    lit = np.asarray(cv2.merge([light] * 3), np.int32)
    lit += rgb
    covered = form.covered
    if flat.shape[2] == 4 and form.sewn:
        covered = np.rint(scalloped(form) * 255).astype(np.uint8)
    garment[form.window] = cv2.merge([*cv2.split(_light_table().take(lit)), covered])
    return garment


def _behind(
    form: Form,
    cloth: Cloth,
    tile: NDArray[np.uint8],
    density: tuple[float, float],
    box: tuple[slice, slice],
) -> NDArray[np.uint8]:
    """RGB of a box of the window in the same cloth, cut from another place of it."""
    x, y = (place[box] + np.float32(_ELSEWHERE) for place in form.places)
    laid = _laid(tile, density, cloth.angle, x, y)
    if laid.shape[2] == 3:
        return laid
    return _backed(laid, plain_picture(laid.shape[0], laid.shape[1], cloth.inks().lining))


def _backed(lace: NDArray[np.uint8], under: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """RGB ``[H, W, 3]`` of lace RGBA over what is seen through it."""
    thread = lace[..., 3].astype(np.float32)
    colours = cv2.cvtColor(lace, cv2.COLOR_RGBA2RGB)
    return np.asarray(cv2.blendLinear(colours, under, thread, 255 - thread), np.uint8)


def _lit(light: NDArray[np.int32], box: tuple[slice, slice], lighter: Floats) -> NDArray[np.int32]:
    """Offsets into the table of light where a box is lighter or darker by some L*."""
    changed = light.copy()
    moved = light[box] + 256 * np.rint(lighter / _LIGHT_STEP).astype(np.int32)
    changed[box] = np.clip(moved, 0, round((LIGHTEST - DARKEST) / _LIGHT_STEP) * 256)
    return changed


def _from_shoulder(form: Form, sleeve: Sleeve) -> tuple[Floats, Floats]:
    """As :attr:`Form.places` of a sleeve's pixels, from the shoulder: its print is turned around that."""
    (x, y), (shoulder_x, shoulder_y) = form.places, sleeve.shoulder
    return x[sleeve.box] - np.float32(shoulder_x), y[sleeve.box] - np.float32(shoulder_y)


def _put_over(below: NDArray[np.uint8], above: NDArray[np.uint8], weight: Floats) -> None:
    """Put one picture over another ``[H, W, C]`` where ``weight`` ``[H, W]`` is 1, and mix them along edges."""
    cv2.copyTo(above, (weight >= 1).view(np.uint8), below)
    # Of one dimension, in which they are found much quicker.
    edge = np.divmod(np.flatnonzero((weight > 0) & (weight < 1)), weight.shape[1])
    there = below[edge].astype(np.float32)
    below[edge] = np.rint(there + weight[edge][:, None] * (above[edge] - there))


def _sew_on(rgb: NDArray[np.uint8], edge: Edge, colours: Floats) -> None:
    """Draw a band along an edge over the cloth; ``colours`` are those of :func:`fashion_core.border.band`."""
    below = rgb[edge.box]
    drawn = colours.take(np.minimum(edge.steps, len(colours) - 1), axis=0)
    below[:] = np.rint(below * (1 - drawn[..., 3:]) + drawn[..., :3])


def over(
    garment: NDArray[np.uint8], ground: NDArray[np.uint8] | tuple[int, int, int]
) -> NDArray[np.uint8]:
    """A garment RGBA on a ground: a colour, or RGB ``[H, W, 3]`` such as the photo it was cut from."""
    height, width = garment.shape[:2]
    picture = (
        ground.copy() if isinstance(ground, np.ndarray) else plain_picture(height, width, ground)
    )
    alpha = garment[..., 3] * np.float32(1 / 255)
    colours = np.asarray(cv2.cvtColor(garment, cv2.COLOR_RGBA2RGB), np.uint8)
    _put_over(picture, colours, alpha)
    return picture


@lru_cache(maxsize=8)
def _tile(cloth: Cloth, pitch: float) -> tuple[NDArray[np.uint8], tuple[float, float]]:
    """The repeat at the picture's resolution, and its pixels a millimetre (across, down).

    Kept, as the same cloth is laid on form after form; not to be written to.
    """
    repeat = cloth.repeat()
    width, height = repeat.width * cloth.scale, repeat.height * cloth.scale
    # A little finer than the picture, as it is sampled between its pixels.
    size = max(2, round(1.25 * width / pitch)), max(2, round(1.25 * height / pitch))
    tile = raster(repeat, cloth.inks(), size)
    if not repeat.see_through:
        tile = np.ascontiguousarray(tile[..., :3])
    return tile, (size[0] / width, size[1] / height)


def _laid(
    tile: NDArray[np.uint8], density: tuple[float, float], degrees: float, x: Floats, y: Floats
) -> NDArray[np.uint8]:
    """The print turned clockwise, at places in millimetres across and down."""
    angle = np.radians(degrees)
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    across = (x * cos + y * sin) * np.float32(density[0])
    down = (y * cos - x * sin) * np.float32(density[1])
    # One row and column more of the neighbouring repeat, so that sampling between pixels closes at the seam.
    padded = cv2.copyMakeBorder(tile, 0, 1, 0, 1, cv2.BORDER_WRAP)
    across -= np.floor(across / tile.shape[1]) * tile.shape[1]
    down -= np.floor(down / tile.shape[0]) * tile.shape[0]
    return np.asarray(
        cv2.remap(padded, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _bend(form: Form) -> tuple[Floats, Floats]:
    """By how many millimetres folds move the print, across and down."""
    sigma = max(0.8, 10 / form.pitch)
    # What is as smooth is the same on a coarser grid.
    coarser = max(1, int(sigma / _SMOOTH))
    height, width = form.shade.shape
    small = max(1, round(width / coarser)), max(1, round(height / coarser))
    shade = form.shade
    if coarser > 1:
        shade = np.asarray(cv2.resize(shade, small, interpolation=cv2.INTER_AREA), np.float32)
    shade = _single(cv2.GaussianBlur(shade, (0, 0), sigma / coarser))
    scale = _BEND / 8 / form.pitch / coarser
    across = _limited(cv2.Sobel(shade, cv2.CV_32F, 1, 0, ksize=3, scale=scale))
    down = _limited(cv2.Sobel(shade, cv2.CV_32F, 0, 1, ksize=3, scale=scale))
    if coarser > 1:
        across, down = (_single(cv2.resize(one, (width, height))) for one in (across, down))
    return across, down


def _limited(bend: NDArray[Any]) -> Floats:
    return np.asarray(np.clip(bend, -_MOST_BEND, _MOST_BEND), np.float32)


@cache
def _light_table() -> NDArray[np.uint8]:
    """What becomes of a value 0..255 under each step of light and shade, ``[steps * 256]``.

    Light multiplies what a cloth reflects: black stays black, and white keeps its shade. What would be
    brighter than white only comes nearer to it.
    """
    shade = np.arange(DARKEST, LIGHTEST + _LIGHT_STEP / 2, _LIGHT_STEP)[:, None]
    gain = np.where(shade < 0, (_MIDDLE + shade) / _MIDDLE, 1.0)
    lit = np.arange(256.0)[None] * gain
    # As on plain shop dresses, whose lightest 5 % are 4 L* above the median on black, 5 to 6 in between.
    lit = lit + (255 - lit) * np.maximum(shade, 0) / 100 * (0.35 + lit * (2.1 / 255))
    return np.asarray(np.rint(np.clip(lit, 0, 255)), np.uint8).ravel()


def _single(values: NDArray[Any]) -> Floats:
    return np.asarray(values, np.float32)
