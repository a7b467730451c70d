"""What the silhouette of a dress measures: flare, waist, depth of the neckline, length, reach of the sleeves.

Pure functions on masks, bool ``[H, W]``, True on the garment, upright. All answers are shares, so that they
hold at any size and wherever in the picture the garment is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from fashion_core.cutout.masks import box_of
from fashion_core.landmarks import ROWS, landmarks, largest_piece

if TYPE_CHECKING:
    from fashion_core.cutout.masks import Mask


@dataclass(frozen=True)
class Measures:
    """What a silhouette measures.

    Attributes:
        flare: width of the hem over that of the waist.
        waist: narrowest width of the torso between armpits and hips over that of the hips.
        neckline_depth: from the shoulder to the lowest point of the neckline, over the height.
        hem: height below the shoulder in chests. Garments fill their pictures, so that their length
            shows in how narrow they are; the chest is there whatever shoulders, sleeves and skirt are.
        sleeves: from the shoulder to the lowest end of a sleeve, over the height; 0 without sleeves.
    """

    flare: float
    waist: float
    neckline_depth: float
    hem: float
    sleeves: float


def measure(mask: Mask) -> Measures:
    """The measures of a silhouette; of whatever has no torso they mean little, but there always are some.

    Raises:
        ValueError: the mask is empty.
    """
    found = landmarks(mask)
    widths = np.maximum(1, found.right - found.left)
    high = ROWS - found.shoulder
    waist = widths[found.waist]
    return Measures(
        flare=float(widths[int(0.88 * ROWS) :].max() / waist),
        waist=float(waist / widths[found.hips]),
        neckline_depth=max(0, found.neckline - found.shoulder) / high,
        hem=high / found.chest,
        sleeves=(max(found.sleeve_ends) - found.shoulder) / high,
    )


def pieces(mask: Mask) -> float:
    """The share of a garment that lies outside its largest piece; 0 for an empty mask too.

    >>> import numpy as np
    >>> pieces(np.array([[True, True, True, False, True]]))
    0.25
    """
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    areas = stats[1:, cv2.CC_STAT_AREA]
    return float(1 - areas.max() / areas.sum()) if len(areas) else 0.0


def holes(mask: Mask) -> tuple[float, ...]:
    """The area of each hole over that of the garment, the largest first.

    Gaps between arm and body or straps are holes of some per cent; those of a few pixels are faults.
    """
    ground = np.pad(~mask, 1, constant_values=True).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ground, connectivity=4)
    areas = np.delete(stats[:, cv2.CC_STAT_AREA], [0, labels[0, 0]])
    return tuple(sorted((areas / max(1, int(mask.sum()))).tolist(), reverse=True))


def hem_roughness(mask: Mask) -> float:
    """Mean deviation of the hem from its own smoothed course, over its width; 0 for an empty mask.

    Pixels alone make an even slanted hem about a quarter of a pixel rough: compare at one size.
    """
    if not mask.any():
        return 0.0
    x0, y0, x1, y1 = box_of(largest_piece(mask))
    garment = mask[y0:y1, x0:x1]
    rows = np.flatnonzero(garment[int(0.88 * len(garment)) :].any(0))
    inset = max(1, round(0.04 * (rows[-1] - rows[0])))
    below = garment[:, rows[0] + inset : rows[-1] + 1 - inset]
    if below.shape[1] < 5:
        return 0.0
    outline = len(garment) - np.argmax(below[::-1], axis=0).astype(np.float32)
    # A column without garment, in a slit, has no hem.
    outline = outline[below.any(0)]
    sigma = 0.05 * len(outline)
    course = cv2.GaussianBlur(outline[None], (0, 0), sigma, borderType=cv2.BORDER_REFLECT)[0]
    return float(np.abs(outline - course).mean() / len(outline))
