"""How a generator is asked for designs when it is measured, whatever it draws them with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, cast, runtime_checkable

import numpy as np
import torch

from fashion_core.preprocess import resize_square, to_pixels
from fashion_core.taxonomy import WISHES
from training.data.masks import sane_border_mask

if TYPE_CHECKING:
    from torch import nn

    from fashion_core import Designer, DesignRecipe
    from fashion_core.form_designer import FormDesigner

#: uint8 ``[N, H, W, 3]``, and bool ``[N, H, W]``, True on the garment.
Pictures = np.ndarray
Silhouettes = np.ndarray


class Drawing(Protocol):
    """A generator, for the tables."""

    @property
    def takes_wishes(self) -> bool:
        """Whether it can be asked for anything."""

    def draw(self, count: int, wishes: np.ndarray | None = None, seed: int = 1) -> Pictures:
        """``count`` designs on white, at the generator's own size.

        Args:
            count: how many.
            wishes: classes ``[count, K]`` in the order of the taxonomy's wishes, -1 for any; without them, any.
            seed: of everything that is drawn at random.
        """

    def silhouettes(
        self, count: int, wishes: np.ndarray | None = None, seed: int = 1
    ) -> Silhouettes:
        """Silhouettes of the designs that :meth:`draw` draws; an empty one where it is not known."""


class Designs(NamedTuple):
    """Designs in one order: pictures, and the silhouettes of the same ones."""

    pictures: Pictures
    silhouettes: Silhouettes


@runtime_checkable
class Editable(Protocol):
    """A generator whose designs can be moved along named sliders."""

    @property
    def sliders(self) -> tuple[str, ...]:
        """Names of the sliders."""

    def moved(self, slider: str, sigma: float, count: int = 200) -> Designs:
        """The same ``count`` designs whatever the slider, moved by ``sigma`` standard deviations."""


class NetworkDrawing:
    """A network from latents ``[N, latent_dim]``, and wishes where it takes them, to pictures.

    Args:
        network: set to evaluate.
    """

    def __init__(self, network: nn.Module) -> None:
        self.network = network
        self.latent_dim = cast("int", network.latent_dim)  # every generator tells its size

    @property
    def takes_wishes(self) -> bool:
        """Whether the network has conditions."""
        return hasattr(self.network, "condition")

    @torch.inference_mode()
    def draw(self, count: int, wishes: np.ndarray | None = None, seed: int = 1) -> Pictures:
        """As :meth:`Drawing.draw`; wishes are of no effect on a network that takes none."""
        random = torch.Generator().manual_seed(seed)
        parts = []
        for start in range(0, count, 50):
            latent = torch.randn(min(50, count - start), self.latent_dim, generator=random)
            some = None if wishes is None else wishes[start : start + 50]
            asked = () if some is None or not self.takes_wishes else (torch.from_numpy(some),)
            parts.append(to_pixels(self.network(latent, *asked)).numpy())
        return np.concatenate(parts)

    def silhouettes(
        self, count: int, wishes: np.ndarray | None = None, seed: int = 1
    ) -> Silhouettes:
        """As the white around the garment shows them."""
        return silhouettes_of(self.draw(count, wishes, seed))


class DesignerDrawing:
    """A loaded generator of the app, with the recipes and the previews that its users get."""

    def __init__(self, designer: Designer) -> None:
        self.designer = designer

    @property
    def takes_wishes(self) -> bool:
        """Whether the generator has conditions."""
        return bool(self.designer.conditions)

    def recipes(
        self, count: int, wishes: np.ndarray | None = None, seed: int = 1
    ) -> list[DesignRecipe]:
        """A recipe for each row of wishes; seeds follow one another from ``seed`` times a million."""
        rows = np.full((count, len(WISHES)), -1) if wishes is None else wishes
        return [
            self.designer.sample(1, seed * 1_000_000 + i, self._words(row))[0]
            for i, row in enumerate(rows[:count])
        ]

    def draw(self, count: int, wishes: np.ndarray | None = None, seed: int = 1) -> Pictures:
        """As :meth:`Drawing.draw`."""
        recipes = self.recipes(count, wishes, seed)
        parts = [self.designer.preview(recipes[i : i + 64]) for i in range(0, count, 64)]
        return np.stack([np.asarray(picture) for part in parts for picture in part])

    def silhouettes(
        self, count: int, wishes: np.ndarray | None = None, seed: int = 1
    ) -> Silhouettes:
        """As the white around the garment shows them."""
        return silhouettes_of(self.draw(count, wishes, seed))

    def _words(self, row: np.ndarray) -> dict[str, str]:
        known = self.designer.conditions
        asked = zip(WISHES.items(), row.tolist(), strict=True)
        return {key: w.classes[value] for (key, w), value in asked if value >= 0 and key in known}


class FormDrawing(DesignerDrawing):
    """The form generator with its cloths, whose silhouettes are known and which has sliders."""

    designer: FormDesigner

    def silhouettes(
        self, count: int, wishes: np.ndarray | None = None, seed: int = 1
    ) -> Silhouettes:
        """Of the forms themselves."""
        return self._outlines(self.recipes(count, wishes, seed))

    @property
    def sliders(self) -> tuple[str, ...]:
        """The named directions."""
        return self.designer.directions

    def moved(self, slider: str, sigma: float, count: int = 200) -> Designs:
        """As :meth:`Editable.moved`."""
        recipes = [
            self.designer.edited(recipe, [(slider, sigma)] if sigma else [])
            for recipe in self.recipes(count, seed=3)
        ]
        pictures = [np.asarray(p) for p in self.designer.preview(recipes)]
        return Designs(np.stack(pictures), self._outlines(recipes))

    def _outlines(self, recipes: list[DesignRecipe]) -> Silhouettes:
        return np.stack([form.alpha > 0.5 for form in self.designer.forms(recipes)])


def silhouettes_of(pictures: Pictures) -> Silhouettes:
    """Where the garment is on white; empty where that cannot be believed, as is the rule for real pictures."""
    empty = np.zeros(pictures.shape[1:3], np.bool_)
    found = [sane_border_mask(picture) for picture in pictures]
    return np.stack([empty if mask is None else mask for mask in found])


def squares(pictures: Pictures, side: int) -> Pictures:
    """Pictures ``[N, H, W, 3]`` centred on white squares, ``[N, side, side, 3]``."""
    return np.stack([resize_square(picture, side) for picture in pictures])
