"""Prints that a network has learnt from dresses (checkpoint ``cloth``): learnt."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

import numpy as np

from fashion_core.cloth.traced import traced
from fashion_core.errors import CheckpointError, ClothError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fashion_core.cloth.repeat import Repeat
    from fashion_core.networks.cloth_generator import ClothGenerator

#: The checkpoint's name, and that of the family in each kind that the network has learnt.
CHECKPOINT, FAMILY = "cloth", "learnt"
#: Cells of noise a side of a tile; its millimetres a pixel, as in the pictures that it was learnt from.
CELLS, PITCH = 6, 4.3
#: The ground of a tile covers so much of it; another is drawn where it does not, so often at most.
_GROUND, _TRIES = (0.25, 0.95), 6


def floral(rng: np.random.Generator, density: float) -> Repeat:
    """Flowers and leaves as dresses have them, simplified to flat shapes."""
    return _learnt("floral", rng, density)


def print_(rng: np.random.Generator, density: float) -> Repeat:
    """Prints as dresses have them, simplified to flat shapes."""
    return _learnt("print", rng, density)


def _learnt(kind: str, rng: np.random.Generator, density: float) -> Repeat:
    network, kinds = _network()
    for _ in range(_TRIES):
        shares = _shares(network, kinds.index(kind), rng)
        if _GROUND[0] <= float((shares.argmax(0) == 0).mean()) <= _GROUND[1]:
            break
    size = shares.shape[-1] * PITCH / density**0.5
    return traced(shares, size, size)


def _shares(network: ClothGenerator, kind: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """What a tile shows where, ``[K, H, W]``."""
    import torch

    noise = torch.from_numpy(rng.standard_normal((1, network.noise, CELLS, CELLS), np.float32))
    with torch.inference_mode():
        return np.asarray(network(noise, torch.tensor([kind]))[0].numpy(), np.float32)


@lru_cache(maxsize=1)
def _network() -> tuple[ClothGenerator, list[str]]:
    """The generator of cloth and the kinds that it knows; on the CPU, so that a seed draws one cloth."""
    # torch is imported for this family alone: all others are drawn without it.
    from fashion_core.checkpoint import DEFAULT_ROOT, SHIPPED_ROOT, load_checkpoint

    folders = (root / CHECKPOINT for root in (DEFAULT_ROOT, SHIPPED_ROOT))
    folder = next((f for f in folders if (f / "config.json").exists()), SHIPPED_ROOT / CHECKPOINT)
    try:
        network, config = load_checkpoint(folder)
    except CheckpointError as error:
        raise ClothError(
            f"The family {FAMILY!r} is drawn by a network that cannot be loaded: {error}"
        ) from error
    return cast("ClothGenerator", network), list(config["kinds"])
