"""Dresses in colours that the shops hardly sell, so that a generator learns to be asked for them.

Of 9,571 training pictures about fifty each are orange, purple or brown. A dress keeps its cut and its folds
when it is dyed: its colours are moved to those of another garment (Reinhard et al., "Color transfer between
images", IEEE CG&A 2001), and what came of it is named by the Analyser's rule like any other picture.
"""

from __future__ import annotations

import cv2
import numpy as np
from tqdm import tqdm

from fashion_core.cutout import border_mask
from fashion_core.taxonomy import COLOUR, WISHES
from training.data.conditions import shown_colour

#: Families with fewer pictures get dyed ones until they have as many.
WANTED = 500
#: What is dyed: garments of one colour that is neither too dark nor too light to show their folds in another.
DYED = ("blue", "red", "pink", "green", "gray")
#: A garment of many colours cannot be dyed into.
NO_DYE = ("multi",)
#: Attempts for each picture that is wanted; some come out as a neighbouring family.
ATTEMPTS = 4


def with_dyed(
    pictures: np.ndarray, conditions: np.ndarray, wanted: int = WANTED, seed: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Pictures and conditions, and behind them dyed ones of the families that are rare.

    Args:
        pictures: uint8 ``[N, S, S, 3]``, dresses on white.
        conditions: int64 ``[N, K]``, what each shows.
        wanted: pictures that each family shall have.
        seed: of the choices.
    """
    column = list(WISHES).index(COLOUR.key)
    families = conditions[:, column]
    random = np.random.default_rng(seed)
    sources = np.flatnonzero(np.isin(families, [COLOUR.classes.index(name) for name in DYED]))
    dyed_pictures, shown = [], []
    for family, name in enumerate(tqdm(COLOUR.classes, desc="dyeing", unit="colour")):
        models = np.flatnonzero(families == family)
        missing = wanted - len(models)
        if missing <= 0 or name in NO_DYE or not len(models) or not len(sources):
            continue
        kept = 0
        for _ in range(missing * ATTEMPTS):
            source, model = int(random.choice(sources)), int(random.choice(models))
            picture = dyed(np.asarray(pictures[source]), np.asarray(pictures[model]))
            if picture is None or shown_colour(picture) != name:
                continue
            row = conditions[source].copy()
            row[column] = family
            dyed_pictures.append(picture)
            shown.append(row)
            kept += 1
            if kept == missing:
                break
    if not dyed_pictures:
        return pictures, conditions
    return np.concatenate([pictures, np.stack(dyed_pictures)]), np.concatenate(
        [conditions, np.stack(shown)]
    )


def dyed(picture: np.ndarray, model: np.ndarray) -> np.ndarray | None:
    """``picture`` in the colours of ``model``, uint8 ``[S, S, 3]`` on white; None without a garment.

    Means of L, a and b are moved to the model's; folds stay as deep as they were, hues get no wider.
    """
    masks = [border_mask(p)[0] for p in (picture, model)]
    if not all(mask.any() for mask in masks):
        return None
    lab, other = (
        cv2.cvtColor(p.astype(np.float32) / 255, cv2.COLOR_RGB2LAB) for p in (picture, model)
    )
    own, theirs = lab[masks[0]], other[masks[1]]
    spread = np.minimum(1, (theirs.std(0) + 1) / (own.std(0) + 1))
    spread[0] = 1.0
    changed = lab.copy()
    changed[masks[0]] = (own - own.mean(0)) * spread + theirs.mean(0)
    rgb = (cv2.cvtColor(changed, cv2.COLOR_LAB2RGB) * 255).round().clip(0, 255)
    # The edge is a mixture of garment and ground: only what is surely garment changes fully.
    share = cv2.GaussianBlur(masks[0].astype(np.float32), (3, 3), 0.6)[..., None]
    return np.asarray(picture + (rgb - picture) * share, np.float32).round().astype(np.uint8)
