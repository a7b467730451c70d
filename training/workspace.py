"""Where the data, packs, runs and checkpoints of one call lie, and what was read of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from fashion_core.checkpoint import read_config
from training.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fashion_core.cutout import GarmentFinder
    from training.data.real import Real
    from training.data.shop import Packed
    from training.data.street import WornExamples

PACKS, RUNS, ROOT = Path("packed"), Path("runs"), Path("checkpoints")
#: Pixels a side of the pack that everything but the small networks reads.
LARGE = 256


@dataclass
class Workspace:
    """Paths, and sources that are read once.

    Attributes:
        data: the dresses zip, or its unpacked folder.
        labels: clean-labels.csv.
        photos: garment-photos.zip.
        worn: worn-dresses.zip.
        imagenet: folder of initial weights.
        packs: folder of packed data and of what takes minutes to make.
        runs: folder of runs.
        root: folder of finished checkpoints.
    """

    data: Path | None = None
    labels: Path | None = None
    photos: Path | None = None
    worn: Path | None = None
    imagenet: Path | None = None
    packs: Path = PACKS
    runs: Path = RUNS
    root: Path = ROOT
    _packed: dict[int, Packed] = field(default_factory=dict, repr=False)

    def needed(self, name: str) -> Path:
        """A path that was given.

        Raises:
            DataError: it was not.
        """
        path: Path | None = getattr(self, name)
        if path is None:
            raise DataError(f"This needs --{name}.")
        return path

    def packed(self, size: int = LARGE) -> Packed:
        """The dresses at ``size`` pixels; packed now if they were not."""
        from training.data.shop import prepare

        if size not in self._packed:
            self._packed[size] = prepare(self.needed("data"), self.packs, size)
        return self._packed[size]

    @cached_property
    def clean(self) -> dict[str, dict[str, str]]:
        """Image -> clean labels of dresses; none without ``labels``."""
        from training.data.labels import read_clean_labels

        return read_clean_labels(self.labels, "dresses") if self.labels else {}

    @cached_property
    def finder(self) -> GarmentFinder:
        """The shipped cut-out."""
        from fashion_core.cutout import GarmentFinder

        return GarmentFinder.load(self.root)

    @cached_property
    def real(self) -> Real | None:
        """Phone photos, and shop photos as a phone would see them; None without ``photos`` or ``labels``."""
        from training.data.real import read_real

        if not self.photos or not self.labels:
            return None
        return read_real(self.packed(), self.photos, self.labels, self.finder, self.packs)

    @cached_property
    def worn_examples(self) -> WornExamples | None:
        """Worn dresses, cut out and framed; None without ``worn`` or ``labels``."""
        from training.data.street import read_worn_examples
        from training.tasks.segmenter import teaching_finders

        if not self.worn or not self.labels:
            return None
        finders = teaching_finders(self.root, self.runs)
        return read_worn_examples(self.packed(), self.worn, self.labels, finders, self.packs)

    def digests(self, *names: str) -> dict[str, str]:
        """Name -> sha256 of those of these paths that were given."""
        from training.data.cache import file_digest

        paths = {name: getattr(self, name) for name in names}
        return {name: file_digest(path) for name, path in paths.items() if path is not None}

    def checkpoint_digests(self, names: Sequence[str]) -> dict[str, str]:
        """Name -> sha256 of the weights of those of these checkpoints that are there."""
        there = [name for name in names if (self.root / name / "config.json").exists()]
        return {name: read_config(self.root / name)["sha256"] for name in there}
