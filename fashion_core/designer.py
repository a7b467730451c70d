"""Draw new designs: sample recipes, render them, vary one, and interpolate between two.

A saved picture is rendered alone and in float32, so that the same recipe gives the same bytes whatever
sheet it comes from. Previews are drawn in batches and may differ in the last bit. Files of designs are
written by :mod:`fashion_core.exports`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image

from fashion_core import latent as latents
from fashion_core.checkpoint import (
    DEFAULT_ROOT,
    Config,
    card_of,
    choose_device,
    load_checkpoint,
    read_config,
)
from fashion_core.cloth.cloth import Cloth
from fashion_core.composition import FLAT, Composition
from fashion_core.errors import CheckpointError, RecipeError, WishError
from fashion_core.preprocess import to_pixels
from fashion_core.recipe import DesignRecipe
from fashion_core.taxonomy import WISHES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from torch import Tensor, nn

#: Generators by name, best first: the first that is present is the default.
GENERATORS = ("studio", "studio-64", "dcgan-64", "dcgan-64-readme", "dense-gan-256")
#: Folders of those that are not called as their generator is.
_FOLDERS = {"studio": "form"}
#: The architecture of the one that draws forms, for cloths to be laid on.
FORM = "form_generator"
MOST_DESIGNS, MOST_FRAMES = 256, 240


def folder_of(name: str) -> str:
    """The folder below the root of checkpoints of the generator ``name``."""
    return _FOLDERS.get(name, name)


class Designer:
    """A loaded generator. Build it with :meth:`load`; it may be used from several threads.

    ``scalable`` is whether it draws at any size, and not only at its own.
    """

    scalable = False

    def __init__(
        self,
        name: str,
        network: nn.Module,
        config: Config,
        device: torch.device,
        card: str = "",
    ) -> None:
        self.name, self.config, self.device, self.card = name, config, device, card
        #: The generator itself, evaluated, on ``device``.
        self.network: Any = network

    @classmethod
    def load(
        cls, root: Path | str = DEFAULT_ROOT, name: str = "default", device: str = "auto"
    ) -> Designer:
        """Load and verify a generator.

        Raises:
            CheckpointError: there is no such generator below ``root``, or it is damaged.
        """
        present = cls.available(root)
        if name == "default" and present:
            name = present[0]
        if name not in present:
            there = ", ".join(present) or "none"
            raise CheckpointError(f"There is no generator {name!r} here; there are: {there}.")
        where, folder = choose_device(device), folder_of(name)
        network, config = load_checkpoint(Path(root) / folder, where)
        network = network.to(memory_format=torch.channels_last)
        card = card_of(Path(root), folder)
        if config["architecture"] == FORM:
            from fashion_core.form_designer import FormDesigner

            return FormDesigner(name, network, config, where, card)
        return cls(name, network, config, where, card)

    @staticmethod
    def available(root: Path | str = DEFAULT_ROOT) -> list[str]:
        """Names of the generators below ``root`` that ship weights, the default first."""
        shipped = []
        for name in GENERATORS:
            try:
                if read_config(Path(root) / folder_of(name)).get("weights"):
                    shipped.append(name)
            except CheckpointError:
                continue
        return shipped

    @property
    def folder(self) -> str:
        """Its folder below the root of checkpoints."""
        return folder_of(self.name)

    @property
    def weights(self) -> str:
        """The first 12 hex digits of the sha256 of the weights."""
        return str(self.config["sha256"])[:12]

    @property
    def latent_dim(self) -> int:
        """Size of the latent."""
        return int(self.config["latent_dim"])

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width of a design in pixels."""
        height, width = self.config["image_size"]
        return int(height), int(width)

    @property
    def conditions(self) -> Mapping[str, tuple[str, ...]]:
        """Wish -> values that this generator has learnt; empty for one without conditions.

        Its network takes a column for every wish of the taxonomy, in that order.
        """
        learnt = self.config.get("conditions", {})
        return {key: tuple(learnt[key]) for key in WISHES if key in learnt}

    @property
    def learnt_from(self) -> str:
        """One line on what the generator was trained on."""
        return str(self.config["data"]["statement"])

    def check_wishes(self, wishes: Mapping[str, str]) -> None:
        """Raise a :class:`WishError` for a wish that this generator does not know."""
        for key, value in wishes.items():
            if key not in WISHES:
                raise WishError(f"There is no wish {key!r}; there are {', '.join(WISHES)}.")
            if value not in WISHES[key].classes:
                classes = ", ".join(WISHES[key].classes)
                raise WishError(f"{value!r} is no {key}; there are {classes}.")
            if key not in self.conditions:
                raise WishError(
                    f"The generator {self.name} takes no wishes for {key}. Leave it out."
                )

    def not_learnt(self, wishes: Mapping[str, str]) -> list[str]:
        """A sentence for each wish that too few pictures showed: it counts as any."""
        return [
            f"Too few pictures showed {WISHES[key].title.lower()} {value!r} to learn it from: any is drawn."
            for key, value in wishes.items()
            if value not in self.conditions.get(key, (value,))
        ]

    def sample(
        self,
        count: int = 16,
        seed: int = 0,
        wishes: Mapping[str, str] | None = None,
        cloth: Mapping[str, Any] | None = None,
        composition: Composition = FLAT,
    ) -> list[DesignRecipe]:
        """Recipes of a sheet; design i has its own seed whatever ``count`` is.

        Args:
            count: designs.
            seed: of the sheet.
            wishes: attribute -> class.
            cloth: fields of :class:`fashion_core.Cloth` that all designs share, for a generator that lays
                cloths on forms.
            composition: how they are laid on.

        Raises:
            WishError: unknown wishes, or a count or seed that cannot be, or a cloth that cannot be laid.
            ClothError: a field of the cloth that cannot be.
        """
        if (cloth or composition != FLAT) and not self.scalable:
            raise WishError(f"{self.name} draws its own cloth and takes none. Leave it out.")
        if not 1 <= count <= MOST_DESIGNS:
            raise WishError(f"{count} designs cannot be drawn at once; 1 to {MOST_DESIGNS} can.")
        if seed < 0:
            raise WishError(f"The seed {seed} is negative; seeds are 0 or more.")
        asked = dict(wishes or {})
        self.check_wishes(asked)
        return [
            DesignRecipe(self.name, self.weights, seed=latents.design_seed(seed, i), wishes=asked)
            for i in range(1, count + 1)
        ]

    def render(self, recipe: DesignRecipe, size: tuple[int, int] | None = None) -> Image.Image:
        """The picture of a recipe, RGB at the generator's own size, exact.

        Args:
            recipe: what to draw.
            size: width and height, for a generator that is ``scalable``.

        Raises:
            RecipeError: it was written for another model or other weights.
            WishError: a size that cannot be drawn.
        """
        self._check_size(size)
        return self._draw(self.latent(recipe)[None], self._condition(recipe))[0]

    def preview(
        self,
        recipes: Sequence[DesignRecipe],
        batch: int = 32,
        size: tuple[int, int] | None = None,
    ) -> list[Image.Image]:
        """Pictures of many recipes, drawn in batches; ``size`` as for :meth:`render`."""
        self._check_size(size)
        if not recipes:
            return []
        return self._draw_many(
            np.stack([self.latent(recipe) for recipe in recipes]),
            np.concatenate([self._condition(recipe) for recipe in recipes]),
            batch,
        )

    def interpolate(
        self,
        a: DesignRecipe,
        b: DesignRecipe,
        frames: int = 24,
        size: tuple[int, int] | None = None,
    ) -> list[Image.Image]:
        """``frames`` pictures from ``a`` to ``b`` along the sphere; the ends are theirs.

        Where they were asked for different things, the wishes change over evenly too. ``size`` is as for
        :meth:`render`.
        """
        self._check_size(size)
        if not 2 <= frames <= MOST_FRAMES:
            raise WishError(f"{frames} frames cannot be drawn; 2 to {MOST_FRAMES} can.")
        start, end = self.latent(a), self.latent(b)
        steps = np.linspace(0, 1, frames)[1:-1]
        if not len(steps):
            return [self.render(a), self.render(b)]
        path = np.stack([latents.slerp(start, end, float(t)) for t in steps])
        share = steps[:, None].astype(np.float32)
        wished = (1 - share) * self._condition(a) + share * self._condition(b)
        middle = self._draw_many(path, wished)
        return [self.render(a), *middle, self.render(b)]

    def vary(
        self, recipe: DesignRecipe, count: int = 6, seed: int = 0, strength: float = 0.35
    ) -> list[DesignRecipe]:
        """Close relatives of a design: its latent turned ``strength`` (0..1) of the way to others."""
        base = self.latent(recipe)
        varied = []
        for i in range(1, count + 1):
            other = latents.sample_latent(latents.design_seed(seed, i), len(base))
            turned = latents.slerp(base, other, strength)
            varied.append(
                DesignRecipe(
                    self.name, self.weights, latent=tuple(turned.tolist()), wishes=recipe.wishes
                )
            )
        return varied

    def edited(
        self,
        recipe: DesignRecipe,
        amounts: Sequence[tuple[str, float]] = (),
        wishes: Mapping[str, str] | None = None,
        cloth: Mapping[str, Any] | None = None,
        composition: Mapping[str, Any] | None = None,
    ) -> DesignRecipe:
        """A recipe with other wishes, its form moved on along directions, its cloth changed.

        Args:
            recipe: the design.
            amounts: pairs of direction and standard deviations, added to what the recipe has.
            wishes: attribute -> class, in place of those of the recipe.
            cloth: fields of the cloth, in place of those of the recipe.
            composition: fields of the composition, likewise.

        Raises:
            RecipeError: another generator's recipe, or one that knows no such directions or no cloth.
            WishError: unknown wishes.
            ClothError: a field of cloth or composition that cannot be.
        """
        sums = dict(recipe.edits)
        for name, sigma in amounts:
            sums[name] = sums.get(name, 0.0) + sigma
        moved = tuple((name, sigma) for name, sigma in sums.items() if sigma)
        changed = replace(recipe, edits=moved, wishes={**recipe.wishes, **(wishes or {})})
        if cloth:
            base = recipe.cloth.to_dict() if recipe.cloth else {}
            changed = replace(changed, cloth=Cloth.from_dict({**base, **cloth}))
        if composition:
            laid = Composition.from_dict({**recipe.composition.to_dict(), **composition})
            changed = replace(changed, composition=laid)
        self._check(changed)
        return changed

    def placed(self, recipe: DesignRecipe, places: Mapping[str, float]) -> DesignRecipe:
        """A recipe whose form stands at ``places``: direction -> standard deviations, in place of what it had.

        Raises:
            RecipeError: another generator's recipe, or one that knows no such directions.
        """
        moved = {**dict(recipe.edits), **places}
        edits = tuple((name, float(sigma)) for name, sigma in moved.items() if sigma)
        placed = replace(recipe, edits=edits)
        self._check(placed)
        return placed

    def another_form(self, recipe: DesignRecipe, seed: int) -> DesignRecipe:
        """A new form of the same wishes, unedited, in the cloth of ``recipe``."""
        self._check(recipe)
        return replace(recipe, seed=seed, latent=None, truncation=1.0, edits=())

    def mixed(self, recipe: DesignRecipe, other: DesignRecipe, share: float) -> DesignRecipe:
        """A design whose form is turned ``share`` (0..1) of the way to that of ``other``; the rest stays.

        Raises:
            RecipeError: one of the two is another generator's.
        """
        turned = latents.slerp(self.latent(recipe), self.latent(other), share)
        return replace(recipe, seed=None, latent=tuple(turned.tolist()), truncation=1.0)

    def latent(self, recipe: DesignRecipe) -> latents.Latent:
        """The latent ``[latent_dim]`` that a recipe asks for, truncated."""
        self._check(recipe)
        if recipe.latent is None:
            base = latents.sample_latent(recipe.seed or 0, self.latent_dim)
        else:
            base = np.asarray(recipe.latent, np.float32)
        return latents.truncate(base, recipe.truncation)

    def _check(self, recipe: DesignRecipe) -> None:
        if (recipe.model, recipe.weights) != (self.name, self.weights):
            raise RecipeError(
                f"This recipe needs the weights {recipe.weights} of {recipe.model}, "
                f"and this Toile has {self.weights} of {self.name}."
            )
        if recipe.latent is not None and len(recipe.latent) != self.latent_dim:
            raise RecipeError(
                f"This recipe's latent has {len(recipe.latent)} numbers; "
                f"{self.name} takes {self.latent_dim}."
            )
        self._check_parts(recipe)
        self.check_wishes(recipe.wishes)

    def _check_parts(self, recipe: DesignRecipe) -> None:
        if recipe.edits:
            raise RecipeError(f"{self.name} has no direction {recipe.edits[0][0]!r} to edit along.")
        if recipe.cloth is not None or recipe.composition != FLAT:
            raise RecipeError(f"This recipe names a cloth, and {self.name} takes none.")

    def _check_size(self, size: tuple[int, int] | None) -> None:
        height, width = self.image_size
        if size not in (None, (width, height)):
            raise WishError(
                f"{self.name} draws {width} x {height} pixels and nothing else. Leave the size out."
            )

    def _condition(self, recipe: DesignRecipe) -> NDArray[np.float32]:
        """The wishes of a recipe as the network takes them, ``[1, D]``; D is 0 for one without conditions."""
        return self._condition_of(recipe.wishes)

    @torch.inference_mode()
    def _condition_of(self, wishes: Mapping[str, str]) -> NDArray[np.float32]:
        if not self.conditions:
            return np.zeros((1, 0), np.float32)
        learnt = self.conditions
        asked = [
            WISHES[key].classes.index(wishes[key]) if wishes.get(key) in learnt.get(key, ()) else -1
            for key in self._columns()
        ]
        condition = self.network.condition(torch.tensor([asked], device=self.device))
        return np.asarray(condition.cpu().numpy(), np.float32)

    def _columns(self) -> list[str]:
        """The wishes that the network takes a column for, in its order."""
        return list(WISHES)

    def _draw_many(
        self, stack: latents.Latent, conditions: NDArray[np.float32], batch: int = 32
    ) -> list[Image.Image]:
        parts = [slice(i, i + batch) for i in range(0, len(stack), batch)]
        return [p for part in parts for p in self._draw(stack[part], conditions[part])]

    @torch.inference_mode()
    def _draw(self, stack: latents.Latent, conditions: NDArray[np.float32]) -> list[Image.Image]:
        latent = torch.from_numpy(stack).to(self.device)
        if self.conditions:
            wished = torch.from_numpy(np.asarray(conditions, np.float32)).to(self.device)
            values: Tensor = self.network.draw(latent, wished)
        else:
            values = self.network(latent)
        return [Image.fromarray(p) for p in to_pixels(values).cpu().numpy()]
