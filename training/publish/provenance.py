"""What a checkpoint says of the data it learnt from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from training.data.shop import Packed

LICENCE = (
    "Shop photos of dresses collected from aboutyou.de, fashionid.de and zalando.de "
    "(fashion-gan images.zip). No licence is stated for them; the images are not redistributed here."
)


def data_statement(packed: Packed, images: int, split: str = "training styles") -> dict[str, Any]:
    """What a checkpoint says of the data it learnt from."""
    return {
        "statement": f"Learnt from {images:,} shop photos of dresses ({split}).",
        "source": LICENCE,
        "images": images,
        "fingerprint": packed.fingerprint,
    }
