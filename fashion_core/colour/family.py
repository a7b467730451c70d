"""The colour family of a garment, read by a small set network (checkpoint ``colour-family``).

A garment of one flat colour, as drawings and samples are, has the family of that colour's name instead: it has
no folds that would tell its light from its dye, so its background must not matter.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from numpy.typing import NDArray

from fashion_core.checkpoint import DEFAULT_ROOT, SHIPPED_ROOT, load_checkpoint
from fashion_core.errors import CheckpointError
from fashion_core.networks.colour_family import LIGHT
from fashion_core.taxonomy import COLOUR

if TYPE_CHECKING:
    from pathlib import Path

    from fashion_core.networks.colour_family import ColourFamily

Floats = NDArray[np.float64]

#: The checkpoint's name.
CHECKPOINT = "colour-family"
#: Pixels of a garment that the network sees, by profile.
NETWORK_PIXELS = {"full": 1600, "fast": 200}
#: Nine tenths of a flat garment's pixels are no further (CIE76) from their median. About one in a hundred of
#: the annotated photos is as flat.
FLAT, FLAT_PIXELS = 2.5, 500


def family_folder() -> Path:
    """The folder of the network: below ``TOILE_CHECKPOINTS`` if it holds one, else among what ships."""
    folders = (root / CHECKPOINT for root in (DEFAULT_ROOT, SHIPPED_ROOT))
    return next((f for f in folders if (f / "config.json").exists()), SHIPPED_ROOT / CHECKPOINT)


def load_family_network(folder: Path | None = None) -> ColourFamily:
    """The network of ``folder``, or of :func:`family_folder`; ``python -m training colour`` writes such.

    Raises:
        CheckpointError: it is missing or damaged, or names other families than the taxonomy.
    """
    folder = folder or family_folder()
    network, config = load_checkpoint(folder)
    if tuple(config.get("classes", ())) != COLOUR.classes:
        raise CheckpointError(f"{folder} names other colour families than the taxonomy.")
    return cast("ColourFamily", network)


#: The same, loaded once; all callers share it, so it stays where it is, on the CPU.
family_network = lru_cache(maxsize=4)(load_family_network)


def light_of(background: Floats) -> Floats:
    """What the background ``[N, 3]`` (CIELAB) tells of the light, ``[4]``.

    That is its median colour and its brightest tenth, as differences from white; zeros where too few pixels
    are known.
    """
    if len(background) < 50:
        return np.zeros(LIGHT)
    seen = [*np.median(background, axis=0), np.percentile(background[:, 0], 90)]
    return np.asarray((np.array(seen) - (100, 0, 0, 100)) / (40, 15, 15, 40), np.float64)


def garment_family(
    lab: Floats, background: Floats, network: ColourFamily | None = None, profile: str = "full"
) -> str:
    """The colour family of a garment, ``multi`` included.

    Args:
        lab: CIELAB (D65) of its pixels, ``[N, 3]``.
        background: the same of what is around it, ``[M, 3]``; may be empty.
        network: another network than the shipped one.
        profile: ``full``, or ``fast`` (fewer pixels).
    """
    colour = flat_colour(lab)
    if colour is not None:
        from fashion_core.colour.names import nearest_names

        return nearest_names(colour[None])[0].family
    network = network or family_network()
    pixels = torch.from_numpy(evenly(lab, NETWORK_PIXELS[profile])).float()
    light = torch.from_numpy(light_of(background)).float()
    with torch.inference_mode():
        probabilities = network(pixels[None], light[None])
    return COLOUR.classes[int(probabilities.argmax())]


def flat_colour(lab: Floats) -> Floats | None:
    """The one colour ``[3]`` of pixels ``[N, 3]`` that are flat but for an edge; None if they are not."""
    seen = evenly(lab, FLAT_PIXELS)
    median: Floats = np.median(seen, axis=0)
    spread = np.quantile(np.linalg.norm(seen - median, axis=1), 0.9)
    return median if spread <= FLAT else None


def evenly(pixels: NDArray[Any], most: int) -> NDArray[Any]:
    """At most ``most`` of ``[N, 3]``, spread over all rows of the picture."""
    count = min(len(pixels), most)
    return pixels[np.linspace(0, len(pixels) - 1, count).astype(int)] if count else pixels
