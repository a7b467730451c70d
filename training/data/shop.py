"""The dress data set: its public layout, and a packed copy for fast epochs.

The layout is that of the public ``images.zip``: ``images/fashion/dresses/*.jpg`` beside
``images/fashion/img_attr_dresses.csv`` with one-hot columns ``pattern_*``, ``sleeve_length_*``, ...
(all zeros in a group: not labelled). Zip and unpacked folder both do.
Which rows are learnt from is decided by :mod:`training.data.splits`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from fashion_core.checkpoint import write_atomically
from fashion_core.preprocess import resize_square
from fashion_core.taxonomy import SHOP_NECKLINES
from training.data.splits import TEST_BOUNDARY, shop_split, style_of
from training.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

#: What the table tags: attribute -> classes, in the logit order of benchmarks. The taxonomy may have more.
SHOP_CLASSES: dict[str, tuple[str, ...]] = {
    "pattern": ("floral", "lace", "polkadots", "print", "stripes", "unicolors"),
    "sleeve_length": ("half", "long", "short", "sleeveless"),
    "length": ("3-4", "knee", "long", "normal", "short"),
    "neckline": SHOP_NECKLINES,
    "fit": ("loose", "normal", "tight"),
    "color": ("beige", "black", "blue", "gray", "green", "pink", "red", "white", "yellow"),
    "occasion": ("casual", "party"),
}


@dataclass(frozen=True)
class Row:
    """One image: its path in the CSV, its labels (attribute -> class) and its place in the splits."""

    image: str
    labels: dict[str, str]
    style: str
    split: str


class _Source:
    """The files of a zip or of an unpacked folder, read by their path below ``images/fashion``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._zip = zipfile.ZipFile(path) if path.is_file() else None
        self.names = self._index()

    def _index(self) -> dict[str, str]:
        if self._zip:
            names = [i.filename for i in self._zip.infolist() if not i.is_dir()]
        else:
            names = [p.relative_to(self.path).as_posix() for p in self.path.rglob("*.*")]
        tables = [n for n in names if PurePosixPath(n).name == "img_attr_dresses.csv"]
        if len(tables) != 1:
            raise DataError(
                f"{self.path} should hold one images/fashion/img_attr_dresses.csv; found {len(tables)}."
            )
        base = str(PurePosixPath(tables[0]).parent)
        prefix = "" if base == "." else base + "/"
        return {n.removeprefix(prefix): n for n in names if n.startswith(prefix)}

    def read(self, name: str) -> bytes:
        if self._zip:
            return self._zip.read(self.names[name])
        return (self.path / self.names[name]).read_bytes()


def _check_columns(columns: Sequence[str]) -> None:
    wanted = {f"{a}_{c}" for a, classes in SHOP_CLASSES.items() for c in classes} | {"img_path"}
    missing = sorted(wanted - set(columns))
    if missing:
        raise DataError(f"img_attr_dresses.csv lacks the columns {', '.join(missing)}.")


def _labels(record: dict[str, str], line: int) -> dict[str, str]:
    labels: dict[str, str] = {}
    for attribute, classes in SHOP_CLASSES.items():
        ones = [c for c in classes if _flag(record, f"{attribute}_{c}", line)]
        if len(ones) > 1:
            raise DataError(
                f"Row {line} ({record['img_path']}) has two labels for {attribute}: {', '.join(ones)}."
            )
        if ones:
            labels[attribute] = ones[0]
    return labels


def _flag(record: dict[str, str], column: str, line: int) -> bool:
    value = record[column]
    if value not in {"0", "1", "0.0", "1.0"}:
        raise DataError(
            f"Row {line} ({record['img_path']}): {column} should be 0 or 1, not {value!r}."
        )
    return value.startswith("1")


def read_rows(source: Path, *, boundary: str = TEST_BOUNDARY) -> list[Row]:
    """The labelled rows in file order.

    Args:
        source: the zip or the unpacked folder.
        boundary: the first test image.

    Raises:
        DataError: wrong layout or columns, two labels in one group, an image that is missing.
    """
    return _read_rows(_open(source), boundary)


def _open(source: Path) -> _Source:
    if not source.exists():
        raise DataError(f"{source} does not exist.")
    try:
        return _Source(source)
    except zipfile.BadZipFile:
        raise DataError(
            f"{source} is not a zip file; give the zip or the unpacked folder."
        ) from None


def _read_rows(files: _Source, boundary: str) -> list[Row]:
    text = io.StringIO(files.read("img_attr_dresses.csv").decode("utf-8-sig"))
    reader = csv.DictReader(text)
    _check_columns(reader.fieldnames or [])
    rows: list[Row] = []
    test = False
    for line, record in enumerate(reader, start=2):
        image = record["img_path"]
        if image not in files.names:
            raise DataError(f"Row {line}: the image {image} is missing.")
        test = test or image == boundary
        style = style_of(image)
        split = shop_split(style, behind_boundary=test)
        rows.append(Row(image, _labels(record, line), style, split))
    return rows


def describe(rows: Sequence[Row], digests: Sequence[str] | None = None) -> dict[str, Any]:
    """Counts, missing labels and duplicates, ready for JSON."""
    styles = Counter(row.style for row in rows)
    report: dict[str, Any] = {
        "images": len(rows),
        "splits": dict(Counter(row.split for row in rows)),
        "images that share a style": sum(n for n in styles.values() if n > 1),
        "attributes": {},
    }
    for attribute, classes in SHOP_CLASSES.items():
        counts = Counter(row.labels.get(attribute) for row in rows)
        report["attributes"][attribute] = {
            **{c: counts.get(c, 0) for c in classes},
            "not labelled": counts.get(None, 0),
        }
    if digests is not None:
        seen: dict[str, list[str]] = {}
        for row, digest in zip(rows, digests, strict=True):
            seen.setdefault(digest, []).append(row.image)
        report["exact duplicates"] = [names for names in seen.values() if len(names) > 1]
    return report


def decode(content: bytes, place: str) -> np.ndarray:
    """JPEG bytes to RGB uint8 ``[H, W, 3]``; a :class:`DataError` that names ``place`` otherwise."""
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise DataError(f"{place} is corrupt or not a picture.")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def find_panel(image: np.ndarray) -> slice | None:
    """Columns of the light-grey centre panel between white strips, or None.

    Read from the first and last rows of a 256 px shop photo, which the garment seldom reaches. Most
    panels lie at 40..216.
    """
    rim = np.concatenate([image[:3], image[-3:]]).astype(np.float32)
    profile = np.median(rim, axis=0).mean(1)
    grey = np.flatnonzero((profile > 238) & (profile < 250.5))
    if len(grey) < 0.5 * len(profile):
        return None
    start, stop = int(grey[0]), int(grey[-1]) + 1
    strips = np.concatenate([profile[4 : start - 2], profile[stop + 2 : -4]])
    inside = 20 <= start <= 64 and 192 <= stop <= 236
    return slice(start, stop) if inside and np.median(strips) > 252.5 else None


def whiten_panel(image: np.ndarray) -> np.ndarray:
    """Raise the grey panel to white. ``[256, 256, 3]`` uint8 to the same; others come back as they are.

    The panel is scaled as a whole, so that no seam is left at the garment's edge.
    """
    panel = find_panel(image) if image.shape[:2] == (256, 256) else None
    if panel is None:
        return image
    whitened = image.copy()
    ground = float(np.median(np.concatenate([image[:3, panel], image[-3:, panel]])))
    whitened[:, panel] = np.minimum(image[:, panel].astype(np.float32) * (256 / ground), 255)
    # JPEG smears the panel's edge over a column or two.
    for edge in (panel.start, panel.stop):
        seam = whitened[:, edge - 2 : edge + 2]
        seam[seam.min(2) > 236] = 255
    return whitened


@dataclass(frozen=True)
class Packed:
    """The packed data: rows in file order and their pictures.

    Attributes:
        rows: as read from the CSV.
        images: uint8 ``[N, S, S, 3]``, panel whitened; memory-mapped.
        report: counts, duplicates and missing labels.
        fingerprint: of the source, kept in every checkpoint trained on it.
    """

    rows: list[Row]
    images: np.ndarray
    report: dict[str, Any] = field(repr=False)
    fingerprint: str = ""

    def select(self, split: str) -> np.ndarray:
        """Indices of the rows of ``split``."""
        return np.array(
            [i for i, row in enumerate(self.rows) if row.split == split], dtype=np.int64
        )


def _fingerprint(files: _Source, size: int, encoding: str) -> str:
    content = hashlib.sha256(files.read("img_attr_dresses.csv"))
    content.update(f"{len(files.names)} {size} {encoding} 3".encode())
    return content.hexdigest()


def prepare(
    source: Path,
    target: Path,
    size: int = 128,
    encoding: str = "uint8",
    boundary: str = TEST_BOUNDARY,
    progress: Callable[[Sequence[Row]], Iterator[Row]] | None = None,
) -> Packed:
    """Decode once, whiten the panel, resize to ``size`` and pack; a second run reads what is there.

    Args:
        source: zip or folder.
        target: folder of the packs; this one goes to ``target/dresses-<size>-<encoding>``.
        size: pixels a side, 16..256.
        encoding: ``uint8`` (``images.npy``, memory-mapped) or ``webp`` (quality 75, for travel).
        boundary: the first test image.
        progress: wraps the rows, for a progress bar; tqdm by default.

    Raises:
        DataError: a row that cannot be read, named.
    """
    if not 16 <= size <= 256:
        raise DataError(f"--size {size}: 16 to 256 pixels a side, the photos have no more.")
    if encoding not in {"uint8", "webp"}:
        raise DataError(f"--encoding {encoding}: uint8 or webp.")
    files = _open(source)
    fingerprint = _fingerprint(files, size, encoding)
    folder = target / f"dresses-{size}-{encoding}"
    if _is_packed(folder, fingerprint):
        return load_packed(folder)
    from tqdm import tqdm

    rows = _read_rows(files, boundary)
    wrap = progress or (lambda r: tqdm(r, desc=f"packing at {size} px", unit="image"))
    pictures, digests = [], []
    for row in wrap(rows):
        content = files.read(row.image)
        digests.append(hashlib.sha256(content).hexdigest())
        image = whiten_panel(decode(content, row.image))
        pictures.append(_encode(resize_square(image, size), encoding))
    _write_pack(folder, rows, pictures, describe(rows, digests), fingerprint, encoding)
    return load_packed(folder)


def _encode(image: np.ndarray, encoding: str) -> np.ndarray:
    if encoding == "uint8":
        return image
    done, data = cv2.imencode(".webp", image[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, 75])
    if not done:
        raise DataError("WebP encoding failed.")
    return data.ravel()


def _write_pack(
    folder: Path,
    rows: Sequence[Row],
    pictures: list[np.ndarray],
    report: dict[str, Any],
    fingerprint: str,
    encoding: str,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.json").unlink(missing_ok=True)
    if encoding == "uint8":
        # Beside and then replaced: a run that has the old pack mapped keeps it whole.
        np.save(folder / "images.part.npy", np.stack(pictures))
        (folder / "images.part.npy").replace(folder / "images.npy")
    else:
        np.save(folder / "sizes.npy", np.array([len(p) for p in pictures]))
        np.concatenate(pictures).tofile(folder / "images.webp.bin")
    content = {
        "fingerprint": fingerprint,
        "encoding": encoding,
        "report": report,
        "rows": [[r.image, r.labels, r.style, r.split] for r in rows],
    }
    write_atomically(folder / "pack.json", json.dumps(content).encode())


def _is_packed(folder: Path, fingerprint: str) -> bool:
    try:
        content = json.loads((folder / "pack.json").read_text())
    except (OSError, ValueError):
        return False
    return bool(content.get("fingerprint") == fingerprint)


def load_packed(folder: Path) -> Packed:
    """What :func:`prepare` wrote to ``folder``."""
    try:
        content = json.loads((folder / "pack.json").read_text())
    except FileNotFoundError:
        raise DataError(
            f"{folder} holds no packed data; run `python -m training prepare`."
        ) from None
    if content["encoding"] == "uint8":
        images = np.load(folder / "images.npy", mmap_mode="r")
    else:
        blob = np.fromfile(folder / "images.webp.bin", np.uint8)
        parts = np.split(blob, np.cumsum(np.load(folder / "sizes.npy"))[:-1])
        images = np.stack([decode(p.tobytes(), f"picture {i}") for i, p in enumerate(parts)])
    rows = [Row(*row) for row in content["rows"]]
    return Packed(rows, images, content["report"], content["fingerprint"])
