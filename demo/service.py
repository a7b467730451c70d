"""What the tabs and the endpoints ask of ``fashion_core``: loaded once, shared by all visitors."""

from __future__ import annotations

import logging
import queue
import statistics
import threading
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import gradio as gr

from demo import wording
from demo.visitor_files import VisitorFiles
from fashion_core import (
    Analyser,
    CheckpointError,
    Designer,
    DesignRecipe,
    RecipeError,
    ToileError,
)
from fashion_core.cutout import same_frame
from fashion_core.exports import enlarge
from fashion_core.project import Projector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from PIL import Image

    from demo.shown_photo import Box, ShownPhoto
    from fashion_core.analyser import Photo, Progress
    from fashion_core.imaging import ImageSource
    from fashion_core.report import GarmentReport

    Step = tuple[str, int, int]

Result = TypeVar("Result")
log = logging.getLogger("toile")


class Service:
    """Analyser and generators, loaded once and shared by all visitors.

    Args:
        analyser: reads garments.
        designers: generators by name, the default first.
        projector: finds designs of one of them that look like photos; without it none can be found.
    """

    def __init__(
        self,
        analyser: Analyser,
        designers: Sequence[Designer],
        projector: Projector | None = None,
    ) -> None:
        self.analyser, self.projector = analyser, projector
        self.designers = {designer.name: designer for designer in designers}
        self.files = VisitorFiles()
        self._seconds: deque[float] = deque([2.0], maxlen=9)
        self._seconds_a_projection: deque[float] = deque([2.0], maxlen=9)
        self._seconds_a_design: deque[float] = deque([0.02], maxlen=9)

    @classmethod
    def load(cls, root: Path, device: str) -> Service:
        """Load everything below ``root``."""
        names = Designer.available(root)
        designers = [Designer.load(root, name, device) for name in names or ["default"]]
        return cls(Analyser.load(root, device), designers, _projector(designers[0], root))

    @property
    def default(self) -> Designer:
        """The generator that draws when none is named."""
        return next(iter(self.designers.values()))

    def designer(self, name: str) -> Designer:
        """A generator by name; ``default`` is one.

        Raises:
            ToileError: there is none of that name.
        """
        if name == "default":
            return self.default
        if name not in self.designers:
            raise ToileError(
                f"There is no generator {name!r}; there are {', '.join(self.designers)}."
            )
        return self.designers[name]

    def designer_of(self, recipe: str) -> tuple[Designer, DesignRecipe]:
        """The decoded recipe and the generator that it was written for.

        Raises:
            RecipeError: damaged, or for weights that are not here.
        """
        decoded = DesignRecipe.decode(recipe)
        if decoded.model not in self.designers:
            raise RecipeError(
                f"This recipe needs the weights {decoded.weights} of {decoded.model}, "
                f"and this Toile has only {', '.join(self.designers)}."
            )
        designer = self.designers[decoded.model]
        designer.latent(decoded)
        return designer, decoded

    @property
    def seconds_a_photo(self) -> float:
        """How long a photo took of late."""
        return statistics.median(self._seconds)

    @property
    def seconds_a_projection(self) -> float:
        """How long it took of late to find a design for a photo that was read."""
        return statistics.median(self._seconds_a_projection)

    def preview(self, designer: Designer, recipes: Sequence[DesignRecipe]) -> list[Image.Image]:
        """Draw many, and remember how long one took."""
        start = time.perf_counter()
        pictures = designer.preview(recipes)
        self._seconds_a_design.append((time.perf_counter() - start) / len(recipes))
        return pictures

    def seconds_for(self, designs: int) -> float:
        """How long so many designs should take."""
        return designs * statistics.median(self._seconds_a_design)

    def steps_of_analysis(
        self, source: ImageSource, box: Box | None = None, mask: NDArray[Any] | None = None
    ) -> Iterator[Step | GarmentReport]:
        """Analyse in a thread: first the steps as they begin (name, number, of how many), then the report."""
        return _steps(lambda tell: self.analyse(source, tell, box, mask))

    def steps_of_projection(self, shown: ShownPhoto) -> Iterator[Step | DesignRecipe]:
        """Find the nearest design of a photo on show in a thread: first the steps, then its recipe.

        What was read is not read again, and what its user corrected counts.

        Raises:
            ToileError: the photo has been deleted, or as :meth:`project`.
        """
        return _steps(lambda tell: self._find(shown, tell))

    def _find(self, shown: ShownPhoto, tell: Progress) -> DesignRecipe:
        shown.require_photo()
        start = time.perf_counter()
        recipe, _ = self._nearest(
            self.analyser.open(shown.path, shown.box, tell, shown.mask),
            tell,
            shown.believed_report(),
        )
        self._seconds_a_projection.append(time.perf_counter() - start)
        return recipe

    def analyse(
        self,
        source: ImageSource,
        progress: Progress | None = None,
        box: Box | None = None,
        mask: NDArray[Any] | None = None,
    ) -> GarmentReport:
        """Analyse, and remember how long it took."""
        start = time.perf_counter()
        report = self.analyser.analyse(source, progress, box, mask)
        self._seconds.append(time.perf_counter() - start)
        return report

    def read_back(self, design: Image.Image) -> GarmentReport:
        """What the analyser says of a design; a small one is enlarged for it."""
        return self.analyse(enlarge(design, 512))

    def with_pictures(self, shown: ShownPhoto) -> GarmentReport:
        """The report of a photo on show with its pictures, cut out again but not read again."""
        opened = self.analyser.open(shown.path, shown.box, mask=shown.mask)
        photo, cut = same_frame(opened.picture, opened.cutout)
        return replace(shown.report, photo=photo, cut=cut, mask=opened.cutout.mask)

    def project(self, source: ImageSource) -> tuple[DesignRecipe, GarmentReport]:
        """The nearest design of a photo, and what was read of the photo.

        Raises:
            ToileError: there is no garment in it, or nothing that could find a design.
        """
        return self._nearest(self.analyser.open(source))

    def _nearest(
        self, photo: Photo, tell: Progress | None = None, report: GarmentReport | None = None
    ) -> tuple[DesignRecipe, GarmentReport]:
        if self.projector is None:
            raise ToileError(wording.NO_PROJECTOR)
        return self.projector.project(photo, tell, report)


def _steps(work: Callable[[Progress], Result]) -> Iterator[Step | Result]:
    """Do work in a thread: first its steps as they begin (name, number, of how many), then what comes of it."""
    progress: queue.Queue[Step | Result | BaseException] = queue.Queue()

    def run() -> None:
        try:
            progress.put(work(lambda *step: progress.put(step)))
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            progress.put(error)

    threading.Thread(target=run, daemon=True).start()
    while isinstance(item := progress.get(), tuple):
        yield item
    if isinstance(item, BaseException):
        raise item
    yield item


def _projector(designer: Designer, root: Path) -> Projector | None:
    """What finds designs of a generator; the page goes without where a checkpoint of it is missing."""
    try:
        return Projector.load(designer, root)
    except CheckpointError as error:
        log.warning("No design can be found for a photo: %s", error)
        return None


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Show a user's mistakes as their sentence and everything else as an apology; log the latter."""
    try:
        yield
    except ToileError as error:
        raise gr.Error(str(error), print_exception=False) from None
    except gr.Error:
        raise
    except Exception:
        log.exception("unexpected")
        raise gr.Error(wording.UNEXPECTED, print_exception=False) from None
