"""The files of ``expected/``: compared with what is found, or written anew (see the package's docstring)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from fashion_core import Analyser

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPECTED = Path(__file__).with_name("expected")
CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"
REWRITE = "If that is meant: python -m pytest tests/golden --write-golden"
HEX = re.compile(r"#[0-9a-f]{6}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="write tests/golden/expected anew")


@dataclass(frozen=True)
class Golden:
    """Compares what a test found with a file of ``expected/``; writes that file instead when asked to."""

    writing: bool

    def check_json(
        self, name: str, found: Any, *, absolute: float = 0.0, relative: float = 0.0
    ) -> None:
        """Fractions may differ by ``absolute`` or ``relative``, hex colours by one level a channel.

        Everything else must be equal: whole numbers, words, and the order of keys.
        """
        path = EXPECTED / f"{name}.json"
        if self.writing:
            path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
            return
        expected = json.loads(path.read_text(encoding="utf-8"))
        # As the file has it: tuples are lists there.
        read_back = json.loads(json.dumps(found))
        changed = list(_differences(expected, read_back, name, absolute, relative))
        assert not changed, "\n".join([*changed[:20], REWRITE])

    def check_picture(self, name: str, found: np.ndarray) -> None:
        """RGB uint8 ``[H, W, 3]``; every value may differ by one level."""
        path = EXPECTED / f"{name}.png"
        if self.writing:
            Image.fromarray(found).save(path, optimize=True)
            return
        with Image.open(path) as image:
            expected = np.asarray(image.convert("RGB"))
        assert found.shape == expected.shape, REWRITE
        apart = np.abs(found.astype(int) - expected)
        assert apart.max() <= 1, (
            f"{name}: {(apart > 1).mean():.2%} of the values differ by up to {apart.max()}. {REWRITE}"
        )


def _differences(
    expected: Any, found: Any, place: str, absolute: float, relative: float
) -> Iterator[str]:
    """A line for each value of two JSON contents that is not the same."""
    if isinstance(expected, dict) and isinstance(found, dict):
        yield from (f"{place}.{key} is gone" for key in expected if key not in found)
        yield from (f"{place}.{key} is new" for key in found if key not in expected)
        both = [key for key in expected if key in found]
        if both != [key for key in found if key in expected]:
            yield f"{place} has its keys in another order"
        for key in both:
            yield from _differences(expected[key], found[key], f"{place}.{key}", absolute, relative)
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for i, (a, b) in enumerate(zip(expected, found, strict=True)):
            yield from _differences(a, b, f"{place}[{i}]", absolute, relative)
    elif not _same(expected, found, absolute, relative):
        yield f"{place}: {expected!r} is now {found!r}"


def _same(expected: Any, found: Any, absolute: float, relative: float) -> bool:
    if type(expected) is not type(found):
        return False
    if isinstance(expected, float):
        # Two numbers that are rounded to four decimals may be a last decimal and a rounding error apart.
        return abs(expected - found) <= max(absolute, relative * abs(expected)) + 1e-9
    if isinstance(expected, str) and HEX.fullmatch(expected) and HEX.fullmatch(found):
        pairs = zip(bytes.fromhex(expected[1:]), bytes.fromhex(found[1:]), strict=True)
        return all(abs(a - b) <= 1 for a, b in pairs)
    return bool(expected == found)


@pytest.fixture(scope="session")
def golden(request: pytest.FixtureRequest) -> Golden:
    # The option is not known when this folder is only one of those collected.
    return Golden(request.config.getoption("--write-golden", default=False))


@pytest.fixture(scope="session")
def full() -> Analyser:
    return Analyser.load(CHECKPOINTS, "cpu", "full")


@pytest.fixture(scope="session")
def fast() -> Analyser:
    return Analyser.load(CHECKPOINTS, "cpu", "fast")
