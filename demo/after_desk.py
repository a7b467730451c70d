"""What comes after the stand, in the order of the page: each is a closed row until somebody opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo import scripts
from demo.colourways import Colourways
from demo.events import QUIET
from demo.favourites import Favourites
from demo.look_book import LookBookSection
from demo.morph import Morph
from demo.other_rows import OtherRows
from demo.photo_in_cloth import PhotoInCloth
from demo.repeat import Repeat

if TYPE_CHECKING:
    import gradio as gr

    from demo.service import Service


class AfterDesk:
    """The sections that use the design on the stand.

    Args:
        service: what draws and reads.
        design: what stands there.
        keep: the button that keeps it.
    """

    def __init__(self, service: Service, design: gr.BrowserState, keep: gr.Button) -> None:
        self.others = OtherRows(service, design)
        self.colourways = Colourways(service, design)
        self.repeat = Repeat(service, design)
        self.photo = PhotoInCloth(service, design)
        self.morph = Morph(service, design)
        self.favourites = Favourites(service, design, keep)
        self.look_book = LookBookSection(service, self.favourites)
        design.change(None, design, None, js=scripts.SECTIONS_JS, **QUIET)
        self._events()

    def _events(self) -> None:
        ways, kept = self.colourways, self.favourites
        ways.keep_all.click(
            kept.keep_all, [ways.drawn, kept.kept, kept.board], kept.kept, **QUIET
        ).success(
            None, None, None, js="() => toileSaid('#keep-colourways', 'All six kept')", **QUIET
        )
