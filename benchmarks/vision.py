"""Cut-out and colours: ours beside u2netp, GrabCut from the centre box, and the 2020 study's k-means."""

from __future__ import annotations

import json
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import Image
from tqdm import tqdm

from benchmarks.timing import example_photo
from fashion_core.analyser import Analyser
from fashion_core.colour import garment_lab, palette
from fashion_core.colour.family import garment_family, load_family_network
from fashion_core.cutout import GarmentFinder, box_iou, box_of, iou
from training.data.cutout_material import draw_composite
from training.data.framed import framed
from training.data.labels import read_clean_labels, read_worn_labels
from training.data.masks import sane_border_mask
from training.data.phone import read_photos
from training.data.shop import decode
from training.data.splits import CUTOUT_FOLDS, is_validation, worn_fold
from training.data.street import read_worn
from training.data.synthetic.backgrounds import Backgrounds, backgrounds_of
from training.data.synthetic.composites import foreground_of
from training.data.teacher import Teacher, squeeze
from training.evaluation.metrics import mean_interval, wilson_interval
from training.tasks.segmenter import fold_finders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fashion_core.networks.colour_family import ColourFamily
    from training.data.shop import Packed

    Pixels = np.ndarray
    Masker = Callable[[Pixels], np.ndarray]

BOXES = Path(__file__).with_name("garment-boxes.json")
COMPOSITES, COMPOSITE_SIDE, SHOP = 300, 320, 400
#: Families that people mix up at their border: navy and black, teal.
NEIGHBOURS = ({"blue", "black"}, {"blue", "green"})


@dataclass(frozen=True)
class Sources:
    """Where the data lies."""

    packed: Packed
    photos: Path
    worn: Path
    labels: Path

    def photo_pixels(self, keep: Callable[[Any], bool]) -> Iterator[tuple[str, Pixels]]:
        """Names and RGB of the phone photos that ``keep`` wants."""
        with zipfile.ZipFile(self.photos) as archive:
            for photo in read_photos(archive):
                if keep(photo):
                    yield (
                        photo.image,
                        decode(archive.read(f"garment-photos/{photo.image}"), photo.image),
                    )

    def annotated(self, attribute: str, split: str) -> Iterator[tuple[str, Pixels]]:
        """Labels and RGB of the annotated photos of ``dev``, or of set ``train`` of validation senders."""
        clean = read_clean_labels(self.labels, "photos")
        kind = "dev" if split == "dev" else "train"
        for name, pixels in self.photo_pixels(
            lambda p: p.set == kind and p.split == split and attribute in clean.get(p.image, {})
        ):
            yield clean[name][attribute], pixels


def grabcut_from_centre(pixels: Pixels) -> np.ndarray:
    """OpenCV's GrabCut, five rounds, started from a box a tenth inside the picture, at 256 px."""
    scale = min(1.0, 256 / max(pixels.shape[:2]))
    size = round(pixels.shape[1] * scale), round(pixels.shape[0] * scale)
    small = np.ascontiguousarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)[..., ::-1])
    labels = np.zeros(small.shape[:2], np.uint8)
    box = size[0] // 10, size[1] // 10, size[0] * 8 // 10, size[1] * 8 // 10
    cv2.setRNGSeed(1)
    cv2.grabCut(small, labels, box, np.zeros((1, 65)), np.zeros((1, 65)), 5, cv2.GC_INIT_WITH_RECT)
    foreground = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.uint8)
    mask: np.ndarray = cv2.resize(
        foreground, pixels.shape[1::-1], interpolation=cv2.INTER_NEAREST
    ).astype(np.bool_)
    return mask


def maskers(finders: dict[str, GarmentFinder], teacher: Teacher) -> dict[str, Masker]:
    """Name -> picture to mask of its shape."""

    def ours(finder: GarmentFinder) -> Masker:
        return lambda pixels: _fit(finder.find_pixels(pixels).mask, pixels)

    def u2netp(pixels: Pixels) -> np.ndarray:
        soft = teacher.soft_mask(pixels)
        return cv2.resize(soft, pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR) > 127

    return {
        **{f"ours, {name}": ours(finder) for name, finder in finders.items()},
        "u2netp": u2netp,
        "GrabCut, centre box": grabcut_from_centre,
    }


def _fit(mask: np.ndarray, pixels: Pixels) -> np.ndarray:
    if mask.shape == pixels.shape[:2]:
        return mask
    soft = cv2.resize(mask.astype(np.float32), pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return soft > 0.5


def validation_composites(
    packed: Packed, sources: Sources, teacher: Teacher, count: int = COMPOSITES
) -> list[tuple[Pixels, np.ndarray]]:
    """Validation dresses on backgrounds of validation senders, with their exact masks."""
    random = np.random.default_rng(20261124)
    rows = random.permutation(packed.select("validation"))
    foregrounds = []
    for i in rows:
        picture = np.asarray(packed.images[i])
        mask = sane_border_mask(picture)
        if mask is not None:
            foregrounds.append(foreground_of(picture, mask))
        if len(foregrounds) == count:
            break
    pictures = [
        squeeze(p)
        for _, p in sources.photo_pixels(lambda p: p.set != "dev" and is_validation(p.sender))
    ]
    soft = [squeeze(teacher.soft_mask(p)) for p in pictures]
    backgrounds = Backgrounds(backgrounds_of(np.stack(pictures), np.stack(soft), random))
    drawn = [
        draw_composite(foregrounds, i, backgrounds, COMPOSITE_SIDE, random) for i in range(count)
    ]
    return [(picture, alpha > 127) for picture, alpha in drawn]


def iou_table(
    title: str, pictures: list[tuple[Pixels, np.ndarray]], methods: dict[str, Masker]
) -> Iterator[str]:
    """A line a method: mean IoU over pictures and masks, its interval, the share below .8."""
    yield f"{title} (n = {len(pictures)}): mean IoU, 95 % interval, share below .8"
    for name, method in methods.items():
        overlaps = [iou(method(p), mask) for p, mask in tqdm(pictures, desc=name, leave=False)]
        mean, low, high = mean_interval(overlaps)
        poor = np.mean(np.array(overlaps) < 0.8)
        yield f"  {name:22} {mean:.3f}  ({low:.3f}..{high:.3f})  {poor:.3f}"


def box_table(sources: Sources, methods: dict[str, Masker]) -> Iterator[str]:
    """Upright boxes against those that were marked by eye."""
    marked = json.loads(BOXES.read_text())
    pictures = [(marked[n], p) for n, p in sources.photo_pixels(lambda p: p.image in marked)]
    yield f"boxes marked by eye, photos of validation senders (n = {len(pictures)}): mean IoU, interval"
    for name, method in methods.items():
        mean, low, high = mean_interval(box_iou(box_of(method(p)), box) for box, p in pictures)
        yield f"  {name:22} {mean:.3f}  ({low:.3f}..{high:.3f})"


def shop_table(packed: Packed, finders: dict[str, GarmentFinder]) -> Iterator[str]:
    """How well the network alone agrees with the border mask where that is sane."""
    rows = np.random.default_rng(2).permutation(packed.select("validation"))
    pictures = [np.asarray(packed.images[i]) for i in rows[: SHOP * 6 // 5]]
    masks = [sane_border_mask(p) for p in pictures]
    sane = [(p, m) for p, m in zip(pictures, masks, strict=True) if m is not None][:SHOP]
    left_out = sum(m is None for m in masks)
    yield (
        f"shop photos of validation styles, network alone against sane border mask (n = {len(sane)}; "
        f"{left_out} of {len(masks)} had no sane mask)"
    )
    for name, finder in finders.items():
        mean, low, high = mean_interval(iou(finder.segment(p)[0], m) for p, m in sane)
        yield f"  ours, {name:16} {mean:.3f}  ({low:.3f}..{high:.3f})"


def pattern_table(
    sources: Sources, root: Path, methods: dict[str, Masker], split: str
) -> Iterator[str]:
    """Pattern accuracy of the shipped stack on photos framed by each cut-out, and paired differences."""
    photos = list(sources.annotated("pattern", split))
    pictures, truth = [pixels for _, pixels in photos], np.array([label for label, _ in photos])
    analyser = Analyser.load(root, "cpu")
    hits = {}
    methods = {**methods, "whole picture": lambda p: np.ones(p.shape[:2], np.bool_)}
    for name, method in methods.items():
        if name == "ours, fast":
            continue
        pictures_framed = [framed(p, method(p)) for p in tqdm(pictures, desc=name, leave=False)]
        read = [r["pattern"].label for r in analyser.read_framed(pictures_framed)]
        hits[name] = np.array(read) == truth
    known = " (the stack learnt from these)" if split == "validation" else ""
    yield f"pattern accuracy of the shipped stack, {split} photos{known} (n = {len(truth)}), by cut-out"
    ours = hits["ours, full"].astype(float)
    for name, hit in hits.items():
        low, high = wilson_interval(int(hit.sum()), len(hit))
        line = f"  {name:22} {hit.mean():.3f}  ({low:.3f}..{high:.3f})"
        if name != "ours, full":
            mean, low, high = mean_interval(ours - hit)
            line += f"   ours less this {mean:+.3f}  ({low:+.3f}..{high:+.3f})"
        yield line


def colour_table(title: str, rows: list[tuple[str, str, str]]) -> Iterator[str]:
    """Family accuracy of ours and of the 2020 study's algorithm; rows of truth, ours, the study's."""
    yield f"colour family, {title} (n = {len(rows)})"
    for name, index in (("ours", 1), ("k-means of 2020", 2)):
        wrong = [(r[0], r[index]) for r in rows if r[0] != r[index]]
        near = sum({t, f} in NEIGHBOURS for t, f in wrong)
        right = len(rows) - len(wrong)
        low, high = wilson_interval(right, len(rows))
        yield (
            f"  {name:22} {right / len(rows):.3f}  ({low:.3f}..{high:.3f})  "
            f"wrong by neighbour {near}, else {len(wrong) - near}"
        )


def _families(
    pixels: Pixels, finder: GarmentFinder, network: ColourFamily | None = None
) -> tuple[str, str]:
    cut = finder.find_pixels(pixels)
    ours = garment_family(*garment_lab(cut.pixels, cut.mask), network)
    return ours, palette(Image.fromarray(pixels), mode="baseline2020").family


def dress_colours(sources: Sources, finder: GarmentFinder) -> list[tuple[str, str, str, str]]:
    """Truth, ours, the 2020 study's and how the row was drawn, for dresses of validation styles."""
    clean = read_clean_labels(sources.labels, "dresses")
    rows = []
    for i in tqdm(sources.packed.select("validation"), desc="colours", leave=False):
        labels = clean.get(sources.packed.rows[i].image, {})
        if "colour" in labels:
            pixels = np.asarray(sources.packed.images[i])
            rows.append((labels["colour"], *_families(pixels, finder), labels["sample"]))
    return rows


def photo_colours(
    sources: Sources, finder: GarmentFinder, split: str
) -> list[tuple[str, str, str]]:
    """The same for phone photos: ``dev``, or those of set ``train`` of validation senders."""
    return [
        (label, *_families(pixels, finder)) for label, pixels in sources.annotated("colour", split)
    ]


def worn_colours(sources: Sources, root: Path, runs: Path) -> list[tuple[str, str, str]]:
    """The same for the labelled worn dresses, read by the two networks of a fold that never saw it."""
    clean = read_worn_labels(sources.labels)
    folds = fold_finders(root, runs)
    people = read_worn(sources.worn, training=True)
    worn = [w for w in people if "colour" in clean.get(w.stem, {})]
    networks = [load_family_network(runs / f"colour-fold-{i}") for i in range(CUTOUT_FOLDS)]
    rows = []
    for w in worn:
        fold = worn_fold(w.stem)
        rows.append((clean[w.stem]["colour"], *_families(w.pixels, folds[fold], networks[fold])))
    return rows


def speed_table(root: Path, rounds: int = 31) -> Iterator[str]:
    """Milliseconds for a 12-megapixel picture after decoding; profiles in turn."""
    photo = example_photo()
    finders = {name: GarmentFinder.load(root, "cpu", name) for name in ("full", "fast")}
    spent: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds + 2):
        for name, finder in finders.items():
            start = time.perf_counter()
            cut = finder.find(photo)
            middle = time.perf_counter()
            palette(Image.fromarray(cut.pixels), cut.mask, profile=name)
            spent.setdefault((name, "cut-out"), []).append(middle - start)
            spent.setdefault((name, "palette"), []).append(time.perf_counter() - middle)
    yield "12-megapixel picture after decoding, median milliseconds on this machine's CPU"
    for (name, step), seconds in spent.items():
        yield f"  {name:5} {step:8} {np.median(seconds[2:]) * 1000:6.1f}"


TABLES = ("composites", "shop", "boxes", "pattern", "colour", "worn-colour", "worn", "dev", "speed")
#: Scored once a release candidate, and only when asked for.
ONCE = ("worn", "dev")


def report(
    sources: Sources,
    teacher: Teacher,
    finders: dict[str, GarmentFinder],
    root: Path,
    tables: Sequence[str],
    runs: Path,
) -> Iterator[str]:
    """The ``tables``, a line at a time; ``runs`` holds the folds' networks for ``worn-colour``."""
    methods, full = maskers(finders, teacher), finders["full"]
    if "composites" in tables:
        drawn = validation_composites(sources.packed, sources, teacher)
        yield from iou_table(
            "composites of validation dresses, validation backgrounds", drawn, methods
        )
    if "shop" in tables:
        yield from shop_table(sources.packed, finders)
    if "boxes" in tables:
        yield from box_table(sources, methods)
    if "pattern" in tables:
        yield from pattern_table(sources, root, methods, "validation")
    if "colour" in tables:
        dresses = dress_colours(sources, full)
        yield from colour_table("dresses of validation styles", [d[:3] for d in dresses])
        random = [d[:3] for d in dresses if d[3] == "random"]
        yield from colour_table("the random rows of them", random)
        photos = photo_colours(sources, full, "validation")
        yield from colour_table("phone photos of validation senders", photos)
    if "worn-colour" in tables:
        yield from colour_table("worn dresses, in folds", worn_colours(sources, root, runs))
    if "worn" in tables:
        people = [(w.pixels, w.mask > 127) for w in read_worn(sources.worn, training=False)]
        yield from iou_table("worn dresses, test part", people, methods)
    if "dev" in tables:
        yield from pattern_table(sources, root, methods, "dev")
        yield from colour_table("dev photos", photo_colours(sources, full, "dev"))
    if "speed" in tables:
        yield from speed_table(root)
