"""A design as a short text, and back, exactly.

``toile1.`` + base64url of zlib of canonical JSON. The text comes from links and files of strangers, so
every length, type and number is checked before it is used.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from fashion_core.cloth.cloth import Cloth
from fashion_core.composition import FLAT, Composition
from fashion_core.errors import ClothError, RecipeError

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "toile1."
MOST_TEXT, MOST_JSON = 16_384, 65_536
_FIELDS = {
    "model",
    "weights",
    "seed",
    "latent",
    "truncation",
    "wishes",
    "edits",
    "cloth",
    "composition",
}
_NO_RECIPE = "That is not a recipe. A recipe begins with toile1. and has no spaces."
_DAMAGED = "This recipe is damaged: a part is missing or changed. Copy the whole of it again."


@dataclass(frozen=True)
class DesignRecipe:
    """Everything that makes a design.

    Attributes:
        model: the generator's name.
        weights: the first 12 hex digits of the sha256 of its weights.
        seed: of the latent; None when ``latent`` is given.
        latent: the latent itself, float32 values; None when ``seed`` is given.
        truncation: 0..1.
        wishes: attribute -> class.
        edits: pairs of direction and sigma.
        cloth: what the form is made of; None for a generator that draws both at once.
        composition: how the cloth is laid on the form.
    """

    model: str
    weights: str
    seed: int | None = None
    latent: tuple[float, ...] | None = None
    truncation: float = 1.0
    wishes: Mapping[str, str] = field(default_factory=dict)
    edits: tuple[tuple[str, float], ...] = ()
    cloth: Cloth | None = None
    composition: Composition = FLAT

    def __post_init__(self) -> None:
        if (self.seed is None) == (self.latent is None):
            raise RecipeError("A recipe holds either a seed or a latent.")

    def encode(self) -> str:
        """The recipe as text."""
        content: dict[str, Any] = {
            "model": self.model,
            "weights": self.weights,
            "truncation": self.truncation,
            "wishes": dict(self.wishes),
            "edits": [list(edit) for edit in self.edits],
        }
        if self.latent is None:
            content["seed"] = self.seed
        else:
            values = np.asarray(self.latent, "<f4").tobytes()
            content["latent"] = base64.b64encode(values).decode()
        if self.cloth is not None:
            content["cloth"] = self.cloth.to_dict()
            content["composition"] = self.composition.to_dict()
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        packed = base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode()
        return PREFIX + packed.rstrip("=")

    def own_cloth(self) -> Cloth:
        """The cloth of the design.

        Raises:
            RecipeError: its generator draws form and cloth at once.
        """
        if self.cloth is None:
            raise RecipeError(
                f"The generator {self.model} draws form and cloth at once: there is no cloth to change or "
                "to save by itself. Choose a design of another generator."
            )
        return self.cloth

    @classmethod
    def decode(cls, text: str) -> DesignRecipe:
        """The recipe that :meth:`encode` wrote as ``text``.

        Raises:
            RecipeError: not a recipe, or a damaged one.
        """
        text = text.strip() if isinstance(text, str) else ""
        if len(text) > MOST_TEXT or not re.fullmatch(r"toile1\.[A-Za-z0-9_-]+", text):
            raise RecipeError(_NO_RECIPE)
        try:
            return _from_content(_unpack(text.removeprefix(PREFIX)))
        except (
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            binascii.Error,
            zlib.error,
            RecursionError,
            ClothError,
        ):
            raise RecipeError(_DAMAGED) from None


def _unpack(packed: str) -> dict[str, Any]:
    compressed = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
    inflater = zlib.decompressobj()
    text = inflater.decompress(compressed, MOST_JSON)
    if not inflater.eof:
        raise ValueError("too long or cut short")
    content = json.loads(text)
    if not isinstance(content, dict) or not set(content) <= _FIELDS:
        raise ValueError("unknown fields")
    return content


def _from_content(content: dict[str, Any]) -> DesignRecipe:
    seed, latent = content.get("seed"), content.get("latent")
    if seed is not None and (type(seed) is not int or not 0 <= seed < 2**64):
        raise ValueError("seed")
    wishes = content["wishes"]
    if not all(isinstance(k, str) and isinstance(v, str) for k, v in wishes.items()):
        raise ValueError("wishes")
    if not re.fullmatch(r"[a-z0-9-]{1,40}", content["model"]):
        raise ValueError("model")
    if not re.fullmatch(r"[0-9a-f]{12}", content["weights"]):
        raise ValueError("weights")
    cloth = content.get("cloth")
    return DesignRecipe(
        model=content["model"],
        weights=content["weights"],
        seed=seed,
        latent=None if latent is None else _latent(latent),
        truncation=_number(content["truncation"], 0, 2),
        wishes=wishes,
        edits=tuple(_edit(edit) for edit in content["edits"]),
        cloth=None if cloth is None else Cloth.from_dict(cloth),
        composition=Composition.from_dict(content.get("composition", {})),
    )


def _latent(text: str) -> tuple[float, ...]:
    values = np.frombuffer(base64.b64decode(text, validate=True), "<f4")
    if not 1 <= len(values) <= 4096 or not np.isfinite(values).all():
        raise ValueError("latent")
    return tuple(float(v) for v in values)


def _edit(edit: list[Any]) -> tuple[str, float]:
    direction, sigma = edit
    if not isinstance(direction, str):
        raise TypeError("direction")
    return direction, _number(sigma, -20, 20)


def _number(value: object, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("number")
    if not math.isfinite(value) or not low <= value <= high:
        raise ValueError("number out of range")
    return float(value)
