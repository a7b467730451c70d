"""Checks of data that strangers send: the fields of a cloth and of a composition."""

from __future__ import annotations

import math
import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from fashion_core.errors import ClothError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A hex colour, with or without its hash.
HEX = re.compile(r"#?[0-9a-fA-F]{6}")


def check_names(data: type[Any], what: str, content: Mapping[str, Any]) -> None:
    """Refuse what the dataclass ``data``, called ``what``, has no field for.

    Raises:
        ClothError: naming the field and those that there are.
    """
    known = {field.name for field in fields(data)}
    unknown = sorted(str(key) for key in content if key not in known)
    if unknown:
        raise ClothError(f"A {what} has no {unknown[0][:40]!r}; it has {', '.join(sorted(known))}.")


def number(what: str, name: str, value: object, bounds: tuple[float, float]) -> float:
    """The number of a field ``name`` of ``what``, within ``bounds``.

    Raises:
        ClothError: it is none, or out of them.
    """
    low, high = bounds
    field = f"The {name.replace('_', ' ')} of a {what}"
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ClothError(f"{field} is a number from {low:g} to {high:g}.")
    if not low <= value <= high:
        raise ClothError(f"{field} is {low:g} to {high:g}, and {value:g} is not.")
    return float(value)
