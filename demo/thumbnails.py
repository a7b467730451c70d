"""Small pictures of designs that a visitor kept; of each recipe it is drawn once."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from demo import widgets
from fashion_core import DesignRecipe, ToileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from demo.service import Service

#: Pictures that are remembered, of all visitors; one takes some 10 kB.
MOST_REMEMBERED = 1000
#: Designs that are drawn before the page is told how far it is.
AT_ONCE = 8


class Thumbnails:
    """Draws designs of any generators of this Toile."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._known: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def missing(self, recipes: Sequence[str]) -> list[str]:
        """Recipes that have to be drawn first and can be."""
        return [each for each in recipes if each not in self._known and self._can_draw(each)]

    def draw(self, recipes: Sequence[str]) -> Iterator[int]:
        """Draw what is missing; yields how many of ``recipes`` are done, after each few of them."""
        for start in range(0, len(recipes), AT_ONCE):
            part = {text: DesignRecipe.decode(text) for text in recipes[start : start + AT_ONCE]}
            for model in {recipe.model for recipe in part.values()}:
                own = {text: recipe for text, recipe in part.items() if recipe.model == model}
                images = self.service.preview(self.service.designer(model), list(own.values()))
                for text, image in zip(own, images, strict=True):
                    self._remember(text, widgets.design_url(image))
            yield min(start + AT_ONCE, len(recipes))

    def of(self, recipe: str) -> str:
        """The ``data:`` URL of a picture; empty for a design that cannot be drawn here."""
        with self._lock:
            return self._known.get(recipe, "")

    def _remember(self, recipe: str, source: str) -> None:
        with self._lock:
            self._known[recipe] = source
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)

    def _can_draw(self, recipe: str) -> bool:
        try:
            self.service.designer_of(recipe)
        except ToileError:
            return False
        return True
