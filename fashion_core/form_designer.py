"""Designs as form x cloth: the form generator draws silhouette and shade, a drawn cloth is laid on them."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch
from PIL import Image

from fashion_core.cloth.chosen import between, chosen_cloth, same_print
from fashion_core.cloth_colour import cloth_in_colour
from fashion_core.compose import Form, dress, over
from fashion_core.composition import FLAT, Composition
from fashion_core.designer import MOST_FRAMES, Designer
from fashion_core.errors import RecipeError, WishError
from fashion_core.forms import form_of_maps
from fashion_core.taxonomy import COLOUR, NECKLINE, OF_CLOTH, OF_FORM, PATTERN, WISHES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from fashion_core import latent as latents
    from fashion_core.cloth import Cloth
    from fashion_core.recipe import DesignRecipe

    Floats = NDArray[np.float32]
    Size = tuple[int, int]

#: Width and height of a picture, of a preview, and the least and most that can be drawn.
SIZE, PREVIEW = (512, 768), (256, 384)
SMALLEST, LARGEST = (256, 384), (2048, 3072)
WHITE = (255, 255, 255)
#: Forms that are kept for another cloth; one of 512 x 768 pixels takes 8 MB.
_KEPT, _KEPT_CODES = 24, 512
#: So many designs are decoded at once: more would not fit the caches of a core.
_FEW = 4

Drawn = TypeVar("Drawn")


def parse_size(text: str) -> Size:
    """Width and height of a text such as ``512x768``.

    Raises:
        WishError: it is no size, or out of range.
    """
    found = re.fullmatch(r"\s*(\d{1,5})\s*[xX×]\s*(\d{1,5})\s*", text)
    if not found:
        raise WishError(f"{text[:40]!r} is no size. Write width x height, as 512x768.")
    return check_size((int(found[1]), int(found[2])))


def check_size(size: Size) -> Size:
    """The size itself.

    Raises:
        WishError: too small, too large, or not upright as two to three.
    """
    width, height = size
    upright = abs(width * 3 - height * 2) <= 3
    if not (upright and SMALLEST[0] <= width <= LARGEST[0]):
        raise WishError(
            f"A design of {width}x{height} cannot be drawn. Sizes are two wide to three high, "
            f"from {SMALLEST[0]}x{SMALLEST[1]} to {LARGEST[0]}x{LARGEST[1]}."
        )
    return size


class FormDesigner(Designer):
    """The form generator with cloths; see :class:`fashion_core.designer.Designer`."""

    scalable = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._form = lru_cache(maxsize=_KEPT)(self._drawn_form)
        self._unedited = lru_cache(maxsize=_KEPT_CODES)(self._kept_code)
        self._ways: Floats = self.network.directions.cpu().numpy()

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width of a design unless another size is asked for."""
        return SIZE[1], SIZE[0]

    @property
    def conditions(self) -> Mapping[str, tuple[str, ...]]:
        """What the form generator has learnt, and all patterns and colours: a cloth can be any."""
        of_cloth = {key: tuple(WISHES[key].classes) for key in OF_CLOTH}
        known = {**super().conditions, **of_cloth}
        return {key: known[key] for key in WISHES if key in known}

    @property
    def directions(self) -> tuple[str, ...]:
        """Names of the ways along which a form can be edited."""
        return tuple(self.config.get("directions", ()))

    def sample(
        self,
        count: int = 16,
        seed: int = 0,
        wishes: Mapping[str, str] | None = None,
        cloth: Mapping[str, Any] | None = None,
        composition: Composition = FLAT,
    ) -> list[DesignRecipe]:
        """As :meth:`Designer.sample`; what is not given of a cloth follows from the design's seed."""
        asked = wishes or {}
        recipes = super().sample(count, seed, asked)
        kind, colour = asked.get(PATTERN.key), asked.get(COLOUR.key)
        cloths = [_chosen(r.seed or 0, kind, colour, cloth or {}) for r in recipes]
        return [
            replace(recipe, cloth=each, composition=composition)
            for recipe, each in zip(recipes, cloths, strict=True)
        ]

    def render(self, recipe: DesignRecipe, size: Size | None = None) -> Image.Image:
        """The picture of a recipe on white, RGB, 512 x 768 unless another size is asked for.

        Raises:
            RecipeError: it was written for another model or other weights.
            WishError: a size that cannot be drawn.
        """
        form = self.form(recipe, size or SIZE)
        return _on_white(form, recipe)

    def preview(
        self, recipes: Sequence[DesignRecipe], batch: int = 32, size: Size | None = None
    ) -> list[Image.Image]:
        """Pictures of many recipes, 256 x 384 unless another size is asked for; forms in batches."""
        if not recipes:
            return []
        chosen, few = check_size(size or PREVIEW), min(batch, _FEW)
        codes = self._codes(recipes)

        def drawn(start: int) -> list[Image.Image]:
            part = slice(start, start + few)
            maps = self._maps(codes[part], few)
            return [
                _on_white(form_of_maps(each, chosen, _neckline(recipe)), recipe)
                for each, recipe in zip(maps, recipes[part], strict=True)
            ]

        parts = _on_all_cores(drawn, range(0, len(recipes), few))
        return [picture for part in parts for picture in part]

    def interpolate(
        self, a: DesignRecipe, b: DesignRecipe, frames: int = 24, size: Size | None = None
    ) -> list[Image.Image]:
        """``frames`` pictures from ``a`` to ``b``: codes of forms straight, palettes in CIELAB.

        Prints of one family and seed move into each other; others are faded over.
        """
        if not 2 <= frames <= MOST_FRAMES:
            raise WishError(f"{frames} frames cannot be drawn; 2 to {MOST_FRAMES} can.")
        chosen = check_size(size or PREVIEW)
        start, end = self._code(a), self._code(b)
        shares = np.linspace(0, 1, frames, dtype=np.float32)
        path = np.concatenate([(1 - t) * start + t * end for t in shares])

        def drawn(frame: int) -> Image.Image:
            share = float(shares[frame])
            (maps,) = self._maps(path[frame : frame + 1])
            form = form_of_maps(maps, chosen, _neckline(a if share < 0.5 else b))
            return Image.fromarray(over(_faded(form, a, b, share), WHITE))

        return _on_all_cores(drawn, range(frames))

    def vary(
        self, recipe: DesignRecipe, count: int = 6, seed: int = 0, strength: float = 0.2
    ) -> list[DesignRecipe]:
        """Close relatives of a design in its own cloth: its latent turned towards others."""
        relatives = super().vary(recipe, count, seed, strength)
        return [
            replace(r, cloth=recipe.cloth, composition=recipe.composition, edits=recipe.edits)
            for r in relatives
        ]

    def edited(
        self,
        recipe: DesignRecipe,
        amounts: Sequence[tuple[str, float]] = (),
        wishes: Mapping[str, str] | None = None,
        cloth: Mapping[str, Any] | None = None,
        composition: Mapping[str, Any] | None = None,
    ) -> DesignRecipe:
        """As :meth:`Designer.edited`; a wish for another pattern or colour chooses a cloth of the same seed."""
        asked, fields = wishes or {}, dict(cloth or {})
        before = _cloth(recipe)
        if "kind" in fields:
            # Another kind has other families: its first one, if none is named.
            fields.setdefault("family", "")
        if any(key in asked for key in OF_CLOTH):
            kind, colour = asked.get(PATTERN.key, before.kind), asked.get(COLOUR.key)
            self.check_wishes(asked)
            fields = {**_chosen(before.seed, kind, colour, {}).to_dict(), **fields}
        return super().edited(recipe, amounts, asked, fields, composition)

    def another_cloth(self, recipe: DesignRecipe, seed: int) -> DesignRecipe:
        """The form in the cloth of ``seed``, of the pattern and colour that were asked for, if any were."""
        asked = recipe.wishes
        chosen = _chosen(seed, asked.get(PATTERN.key), asked.get(COLOUR.key), {})
        return self.edited(recipe, cloth=chosen.to_dict())

    def in_cloth_of(self, recipe: DesignRecipe, other: DesignRecipe) -> DesignRecipe:
        """The form of ``recipe`` in the cloth of ``other``, laid as it is there."""
        of_form = {k: v for k, v in recipe.wishes.items() if k not in OF_CLOTH}
        of_cloth = {k: v for k, v in other.wishes.items() if k in OF_CLOTH}
        dressed = replace(
            recipe,
            cloth=other.cloth,
            composition=other.composition,
            wishes={**of_form, **of_cloth},
        )
        self._check(dressed)
        return dressed

    def latent_of(self, code: torch.Tensor, wishes: Mapping[str, str]) -> latents.Latent:
        """The latent ``[D]`` that gives a form's code ``[1, D]`` under these wishes."""
        asked = torch.from_numpy(self._condition_of(wishes)).to(self.device)
        latent = self.network.latent(code.to(self.device), asked)[0]
        return np.asarray(latent.cpu().numpy(), np.float32)

    def form(self, recipe: DesignRecipe, size: Size = SIZE) -> Form:
        """The form of a recipe, kept for the next cloth that is laid on it."""
        return self._form(self._code(recipe).tobytes(), check_size(size), _neckline(recipe))

    def forms(
        self, recipes: Sequence[DesignRecipe], size: Size = PREVIEW, batch: int = 32
    ) -> Iterator[Form]:
        """The forms of many recipes, drawn in batches and not kept; the last bits may be others."""
        chosen = check_size(size)
        drawn = self._maps(self._codes(recipes), batch)
        return (
            form_of_maps(maps, chosen, _neckline(recipe))
            for maps, recipe in zip(drawn, recipes, strict=True)
        )

    def _drawn_form(self, code: bytes, size: Size, neckline: str | None) -> Form:
        (maps,) = self._maps(np.frombuffer(code, np.float32)[None])
        return form_of_maps(maps, size, neckline)

    def _code(self, recipe: DesignRecipe) -> Floats:
        """The code ``[1, D]`` of a recipe's form, edited. Without the edits it is kept for the next of them."""
        latent, condition = self.latent(recipe)[None], self._condition(recipe)
        code: Floats = self._unedited(latent.tobytes(), condition.tobytes())
        return np.asarray(code + self._moved(recipe), np.float32)

    def _codes(self, recipes: Sequence[DesignRecipe]) -> Floats:
        """The codes ``[N, D]`` of many recipes at once, the last bits of which may be others."""
        latents_of = np.stack([self.latent(recipe) for recipe in recipes])
        conditions = np.concatenate([self._condition(recipe) for recipe in recipes])
        moved = np.concatenate([self._moved(recipe) for recipe in recipes])
        return np.asarray(self._flowed(latents_of, conditions) + moved, np.float32)

    def _moved(self, recipe: DesignRecipe) -> Floats:
        """By how much ``[1, D]`` the edits of a recipe move its code."""
        moved = np.zeros((1, self.latent_dim), np.float32)
        for name, sigma in recipe.edits:
            moved += np.float32(sigma) * self._ways[self.directions.index(name)]
        return moved

    @torch.inference_mode()
    def _flowed(self, latent: Floats, condition: Floats) -> Floats:
        where = self.device
        code = self.network.code(
            torch.from_numpy(latent).to(where), torch.from_numpy(condition).to(where)
        )
        return np.asarray(code.cpu().numpy(), np.float32)

    def _kept_code(self, latent: bytes, condition: bytes) -> Floats:
        read = (np.frombuffer(part, np.float32)[None].copy() for part in (latent, condition))
        return self._flowed(*read)

    @torch.inference_mode()
    def _maps(self, codes: Floats, batch: int = 32) -> list[Floats]:
        parts = [codes[i : i + batch] for i in range(0, len(codes), batch)]
        return [
            maps
            for part in parts
            for maps in self.network.decode(torch.tensor(part, device=self.device)).cpu().numpy()
        ]

    def _columns(self) -> list[str]:
        return list(OF_FORM)

    def _check_parts(self, recipe: DesignRecipe) -> None:
        for name, _ in recipe.edits:
            if name not in self.directions:
                there = ", ".join(self.directions) or "none"
                raise RecipeError(f"{self.name} has no direction {name!r}; there are: {there}.")
        _cloth(recipe)


def _on_all_cores(draw: Callable[[int], Drawn], starts: Iterable[int]) -> list[Drawn]:
    """What ``draw`` makes of each number; the libraries that draw leave Python to other threads meanwhile."""
    with ThreadPoolExecutor(torch.get_num_threads()) as pool:
        return list(pool.map(draw, starts))


def _chosen(seed: int, kind: str | None, colour: str | None, fixed: Mapping[str, Any]) -> Cloth:
    if colour is None:
        return chosen_cloth(seed, kind, None, fixed)
    return cloth_in_colour(seed, kind, colour, fixed)


def _neckline(recipe: DesignRecipe) -> str | None:
    """The neckline that was asked for, if any was."""
    return recipe.wishes.get(NECKLINE.key)


def _cloth(recipe: DesignRecipe) -> Cloth:
    if recipe.cloth is None:
        raise RecipeError("This recipe names no cloth for its form.")
    return recipe.cloth


def _on_white(form: Form, recipe: DesignRecipe) -> Image.Image:
    return Image.fromarray(over(dress(form, _cloth(recipe), recipe.composition), WHITE))


def _faded(form: Form, a: DesignRecipe, b: DesignRecipe, share: float) -> NDArray[np.uint8]:
    """A form in the cloth that lies ``share`` (0..1) of the way from that of ``a`` to that of ``b``."""
    first, second = _cloth(a), _cloth(b)
    if share <= 0 or share >= 1 or (same_print(first, second) and a.composition == b.composition):
        cloth = second if share >= 1 else between(first, second, share)
        return dress(form, cloth, (b if share >= 1 else a).composition)
    begin = dress(form, between(first, second, share), a.composition)
    end = dress(form, between(second, first, 1 - share), b.composition)
    # An even start and end, as a fade that begins at once is seen to begin.
    weight = share * share * (3 - 2 * share)
    mixed = (1 - weight) * begin.astype(np.float32) + weight * end.astype(np.float32)
    return np.rint(mixed).astype(np.uint8)
