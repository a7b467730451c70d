"""A drawn data set in the public layout: 60 little dresses, no photo."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from tests.drawing import draw_dress
from training.data.garments import CATEGORIES
from training.data.shop import SHOP_CLASSES
from training.data.splits import TEST_BOUNDARY
from training.data.teacher import teacher_file

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = ["img_path"] + [f"{a}_{c}" for a, cs in SHOP_CLASSES.items() for c in cs]
BOUNDARY = TEST_BOUNDARY


def draw(index: int, panel: bool = False) -> np.ndarray:
    """A trapezoid dress on white; every second one is striped."""
    image = np.full((256, 256, 3), 255, np.uint8)
    if panel:
        image[:, 40:216] = 245
    colour = np.random.default_rng(index).integers(20, 200, 3).tolist()
    shape = np.array([[100, 20], [156, 20], [190, 236], [66, 236]])
    cv2.fillPoly(image, [shape], colour)
    if index % 2:
        for y in range(30, 230, 24):
            cv2.line(image, (80, y), (176, y), (250, 250, 250), 6)
    return image


def record(image: str, **labels: str) -> dict[str, str]:
    row = dict.fromkeys(COLUMNS, "0")
    row["img_path"] = image
    for attribute, label in labels.items():
        row[f"{attribute}_{label}"] = "1"
    return row


def write_zip(path: Path, rows: list[dict[str, str]], images: dict[str, bytes]) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("images/fashion/img_attr_dresses.csv", text.getvalue())
        for name, content in images.items():
            archive.writestr(f"images/fashion/{name}", content)
    return path


def encode(image: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", image[..., ::-1])[1].tobytes()


@pytest.fixture(scope="session")
def drawn_rows() -> tuple[list[dict[str, str]], dict[str, bytes]]:
    rows, images = [], {}
    sleeves = SHOP_CLASSES["sleeve_length"]
    for i in range(60):
        name = f"dresses/TTT{i:03d}C{i:02d}-Q11.jpg"
        labels = {"pattern": "stripes" if i % 2 else "unicolors", "color": "blue"}
        if i % 3:
            labels["sleeve_length"] = sleeves[i % 4]
        rows.append(record(name, **labels))
        images[name] = encode(draw(i, panel=i % 5 == 0))
    rows[50]["img_path"], images[BOUNDARY] = BOUNDARY, images.pop(rows[50]["img_path"])
    return rows, images


@pytest.fixture(scope="session")
def drawn_zip(drawn_rows, tmp_path_factory) -> Path:
    return write_zip(tmp_path_factory.mktemp("data") / "dresses.zip", *drawn_rows)


SENDERS = ("a", "b", "c", "d", "e", "f")


@pytest.fixture(scope="session")
def real_sources(drawn_zip, tmp_path_factory):
    """The four files of data and the folder of packs, with the teacher's masks in it already."""
    folder = tmp_path_factory.mktemp("cutout")
    rows, teacher = [], {}
    with zipfile.ZipFile(folder / "photos.zip", "w") as archive:
        for i in range(24):
            image, mask = draw_dress((20 + 9 * i, 80, 150), ground="wood", size=(150, 200))
            name = f"{i}.jpg"
            archive.writestr(f"garment-photos/{name}", encode(np.asarray(image)))
            category = list(CATEGORIES)[i % len(CATEGORIES)]
            row = [name, category, "0", SENDERS[i % len(SENDERS)], "train"]
            rows.append(row)
            small = np.asarray(mask[:: 200 // 100, :: 150 // 75]).astype(np.uint8) * 255
            teacher[name] = np.kron(small, np.ones((4, 5), np.uint8))[:320, :320]
        archive.writestr("garment-photos/photos.csv", table("image category kids sender set", rows))
    (folder / "packs").mkdir()
    padded = [np.pad(m, [(0, 320 - m.shape[0]), (0, 320 - m.shape[1])]) for m in teacher.values()]
    (folder / "teacher.onnx").write_bytes(b"never run: its masks are there already")
    kept = teacher_file(folder / "photos.zip", folder / "teacher.onnx", folder / "packs")
    np.savez(kept, names=list(teacher), masks=np.stack(padded))
    stems = [f"street-{i}" for i in range(24)]
    with zipfile.ZipFile(folder / "worn.zip", "w") as archive:
        for i, stem in enumerate(stems):
            image, mask = draw_dress((150, 9 * i, 40), ground="wood", size=(120, 180))
            archive.writestr(f"worn-dresses/photos/{stem}.jpg", encode(np.asarray(image)))
            three = np.repeat(mask[..., None].astype(np.uint8) * 255, 3, 2)
            archive.writestr(f"worn-dresses/masks/{stem}.png", encode_png(three))
    return {"dresses": drawn_zip, "folder": folder, "stems": stems}


def table(columns: str, rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([columns.split(), *rows])
    return text.getvalue()


def encode_png(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()
