"""The colour family of a garment: a small set network on its pixels.

It needs numpy alone, so that a generator can be trained by the same rule where little else is installed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_Layers = tuple[tuple[Floats, Floats], ...]

#: Pixels of a garment that name its family, by profile.
NET_PIXELS = {"full": 1600, "fast": 200}
#: The weights that name families.
FAMILY_FILE = Path(__file__).with_name("colour_family.json")


@dataclass(frozen=True)
class FamilyNet:
    """A set network (Zaheer et al., "Deep sets", NIPS 2017) from a garment's pixels to its family.

    Every pixel goes through two small layers; their mean and spread over the garment, and what the
    ground looks like (a sheet that is yellow tells of the lamp), go through two more. A few such networks of
    3,900 weights, whose probabilities are averaged, fitted on colours that somebody named by eye
    (``python -m training colour``).
    """

    classes: tuple[str, ...]
    members: tuple[_Layers, ...]

    def __call__(self, lab: Floats, light: Floats) -> Floats:
        """Pixels ``[N, 3]`` of one garment and :func:`light_of` its ground to probabilities ``[13]``."""
        odds = []
        for layers in self.members:
            x = _pixels(layers, lab)
            spread = x.std(0, ddof=1) if len(x) > 1 else 0 * x[0]
            odds.append(_garments(layers, np.concatenate([x.mean(0), spread, light])[None])[0])
        return np.asarray(np.mean(odds, axis=0))

    def flat(self, lab: Floats) -> Floats:
        """Probabilities ``[K, 13]`` of garments that are each of one colour of ``[K, 3]``, on white."""
        light = np.tile(NO_LIGHT, (len(lab), 1))
        seen = ((layers, _pixels(layers, lab)) for layers in self.members)
        odds = [_garments(layers, np.concatenate([x, 0 * x, light], axis=1)) for layers, x in seen]
        return np.asarray(np.mean(odds, axis=0))


def _pixels(layers: _Layers, lab: Floats) -> Floats:
    """What the first two layers make of colours ``[N, 3]``."""
    # Not by BLAS: its threads stay awake after so small a product and slow the next network.
    (w0, b0), (w1, b1) = layers[:2]
    x = np.tanh(np.einsum("pi,io->po", family_features(lab), w0) + b0)
    return np.asarray(np.tanh(np.einsum("pi,io->po", x, w1) + b1))


def _garments(layers: _Layers, pooled: Floats) -> Floats:
    """Probabilities ``[G, 13]`` of garments whose pixels are pooled and whose light is joined on."""
    (w2, b2), (w3, b3) = layers[2:]
    x = np.tanh(np.einsum("gi,io->go", pooled, w2) + b2)
    logits = np.einsum("gi,io->go", x, w3) + b3
    odds = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(odds / odds.sum(1, keepdims=True))


def family_features(lab: Floats) -> Floats:
    """What the family network sees of CIELAB colours ``[N, 3]``: scaled, with chroma and hue."""
    scaled = lab / (50.0, 40.0, 40.0) - (1.0, 0.0, 0.0)
    chroma = np.linalg.norm(scaled[:, 1:], axis=1, keepdims=True)
    return np.concatenate([scaled, chroma, scaled[:, 1:] / (chroma + 0.05)], axis=1)


@lru_cache(maxsize=4)
def family_net(path: Path = FAMILY_FILE) -> FamilyNet:
    """The network of a file that ``python -m training colour`` wrote."""
    content = json.loads(path.read_text(encoding="utf-8"))
    members = tuple(
        tuple((np.array(w), np.array(b)) for w, b in layers) for layers in content["members"]
    )
    return FamilyNet(tuple(content["classes"]), members)


#: What :func:`light_of` is for white ground, and where nothing is known of it.
NO_LIGHT = np.zeros(4)


def light_of(ground: Floats) -> Floats:
    """What the ground ``[N, 3]`` (CIELAB) tells of the light, ``[4]``: its median and its brightest tenth."""
    if len(ground) < 50:
        return NO_LIGHT
    seen = [*np.median(ground, axis=0), np.percentile(ground[:, 0], 90)]
    return np.asarray((np.array(seen) - (100, 0, 0, 100)) / (40, 15, 15, 40), np.float64)


def garment_family(
    lab: Floats, ground: Floats, net: FamilyNet | None = None, profile: str = "full"
) -> str:
    """The colour family of a garment, ``multi`` included.

    Args:
        lab: CIELAB (D65) of its pixels, ``[N, 3]``.
        ground: the same of what is around it, ``[M, 3]``; may be empty.
        net: another network than the shipped one.
        profile: ``full``, or ``fast`` (fewer pixels).
    """
    net = net or family_net()
    odds = net(evenly(lab, NET_PIXELS[profile]), light_of(ground))
    return net.classes[int(odds.argmax())]


def families(lab: Floats) -> list[str]:
    """The family of each CIELAB colour (D65) of ``[K, 3]``: never ``multi``.

    >>> families(np.array([[30.0, 20.0, -50.0]]))
    ['blue']
    """
    net = family_net()
    odds = net.flat(lab)
    odds[:, net.classes.index("multi")] = 0
    return [net.classes[i] for i in odds.argmax(1)]


def evenly(pixels: NDArray[Any], most: int) -> NDArray[Any]:
    """At most ``most`` of ``[N, 3]``, spread over all rows of the picture."""
    count = min(len(pixels), most)
    return pixels[np.linspace(0, len(pixels) - 1, count).astype(int)] if count else pixels
