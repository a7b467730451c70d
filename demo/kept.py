"""What the browser keeps from one visit to the next: recipes and what they are called, never a picture.

It comes back from the browser like anything that a stranger sends, so all of it is checked before it is used.
What does not pass is as if nothing had been kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import gradio as gr

from demo.events import QUIET
from demo.scripts import on_new_js, see_js
from fashion_core.recipe import MOST_TEXT

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradio.events import Dependency

#: Gradio scrambles what it keeps with this. It is no secret: every browser is told it. It only has to stay the
#: same, or a new version could not read what an older one kept.
SECRET = "toile keeps recipes, never pictures"  # noqa: S105
MOST_CAPTION, MOST_ON_A_SHEET = 60, 32


def kept_in_browser(name: str) -> gr.BrowserState:
    """A state that outlives a reload; empty at first."""
    return gr.BrowserState({}, storage_key=f"toile-{name}", secret=SECRET)


def on_new(state: gr.BrowserState, name: str) -> Callable[..., Dependency]:
    """The event of a state being something else, to be used in place of ``state.change``.

    Gradio may say that a state has changed when it has not, so whoever asks the server then asks without end.

    Args:
        state: from :func:`kept_in_browser`.
        name: of the state.
    """
    told = gr.HTML(html_template="", js_on_load=on_new_js(name), elem_classes="t-unseen")
    state.change(None, state, None, js=see_js(name), **QUIET)
    return told.input


class Design(NamedTuple):
    """A design by its recipe (text), and what the page calls it. Without a recipe there is none."""

    recipe: str = ""
    caption: str = ""

    @classmethod
    def of(cls, kept: object) -> Design:
        """The design that :meth:`kept` wrote; the empty one for anything else.

        >>> Design.of({"recipe": "toile1.abc", "caption": "No. 3, seed 7"}).caption
        'No. 3, seed 7'
        >>> Design.of({"recipe": 3})
        Design(recipe='', caption='')
        """
        if not isinstance(kept, dict):
            return cls()
        recipe, caption = kept.get("recipe"), kept.get("caption")
        if not (isinstance(recipe, str) and 0 < len(recipe) <= MOST_TEXT):
            return cls()
        if not (isinstance(caption, str) and caption and caption.isprintable()):
            caption = "A design"
        return cls(recipe, caption[:MOST_CAPTION])

    def kept(self) -> dict[str, Any]:
        """As the browser keeps it."""
        return self._asdict()


class Ends(NamedTuple):
    """The two designs that are morphed into one another."""

    a: Design = Design()
    b: Design = Design()

    @classmethod
    def of(cls, kept: object) -> Ends:
        """The ends that :meth:`kept` wrote; an end that is damaged is empty."""
        if not isinstance(kept, dict):
            return cls()
        return cls(Design.of(kept.get("a")), Design.of(kept.get("b")))

    def kept(self) -> dict[str, Any]:
        """As the browser keeps them."""
        return {"a": self.a.kept(), "b": self.b.kept()}


#: Designs that a morph may go through.
MOST_STOPS = 6


class Stops(NamedTuple):
    """What a morph goes through after A and B."""

    designs: tuple[Design, ...] = ()

    @classmethod
    def of(cls, kept: object) -> Stops:
        """The stops that :meth:`kept` wrote, without what is damaged."""
        content = kept.get("designs") if isinstance(kept, dict) else None
        designs = [Design.of(each) for each in content] if isinstance(content, list) else []
        return cls(tuple(each for each in designs if each.recipe)[: MOST_STOPS - 2])

    def kept(self) -> dict[str, Any]:
        """As the browser keeps them."""
        return {"designs": [design.kept() for design in self.designs]}


class Drawn(NamedTuple):
    """A sheet: its designs' recipes (text), the seed that drew them and the wishes that were asked for."""

    recipes: tuple[str, ...] = ()
    seed: int = 0

    @classmethod
    def of(cls, kept: object) -> Drawn:
        """The sheet that :meth:`kept` wrote; the empty one for anything else."""
        if not isinstance(kept, dict):
            return cls()
        recipes, seed = kept.get("recipes"), kept.get("seed")
        if not isinstance(recipes, list) or len(recipes) > MOST_ON_A_SHEET:
            return cls()
        if not all(isinstance(r, str) and 0 < len(r) <= MOST_TEXT for r in recipes):
            return cls()
        if type(seed) is not int or not 0 <= seed < 2**64:
            return cls()
        return cls(tuple(recipes), seed)

    def kept(self) -> dict[str, Any]:
        """As the browser keeps it."""
        return {"recipes": list(self.recipes), "seed": self.seed}

    def design(self, index: int) -> Design:
        """The design that the page numbers ``index + 1``; the seed tells sheets apart."""
        return Design(self.recipes[index], f"No. {index + 1}, seed {self.seed}")
