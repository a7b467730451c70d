"""Where the garment is in a picture."""

from fashion_core.cutout.border import border_mask
from fashion_core.cutout.emptiness import is_empty
from fashion_core.cutout.finder import TRUSTED, Cutout, GarmentFinder
from fashion_core.cutout.framing import FRAME_SHARE, frame, same_frame
from fashion_core.cutout.masks import box_iou, box_of, expected_iou, iou, refine_edge

__all__ = [
    "FRAME_SHARE",
    "TRUSTED",
    "Cutout",
    "GarmentFinder",
    "border_mask",
    "box_iou",
    "box_of",
    "expected_iou",
    "frame",
    "iou",
    "is_empty",
    "refine_edge",
    "same_frame",
]
