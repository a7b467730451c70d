"""Where the garment is in a picture."""

from fashion_core.cutout.finder import (
    FRAME_SHARE,
    TRUSTED,
    Cutout,
    GarmentFinder,
    border_mask,
    box_iou,
    box_of,
    expected_iou,
    frame,
    iou,
    refine_edge,
    same_frame,
)

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
    "refine_edge",
    "same_frame",
]
