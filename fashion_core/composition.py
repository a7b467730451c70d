"""How a cloth is laid on a form, as data: the print of the sleeves, borders, and what lace is lined with."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from fashion_core.errors import ClothError
from fashion_core.fields import HEX, check_names, number

if TYPE_CHECKING:
    from collections.abc import Mapping

NONE, HEM, NECKLINE, BOTH = "none", "hem", "neckline", "both"
#: Where a border may run.
BORDERS = (NONE, HEM, NECKLINE, BOTH)
#: What each number of a composition may be: degrees, and millimetres.
RANGES = {"sleeve_angle": (-90.0, 90.0), "border_width": (10.0, 120.0)}


@dataclass(frozen=True)
class Composition:
    """What is done with a cloth beyond laying it flat; the default does nothing.

    Attributes:
        sleeve_angle: degrees by which the print of the sleeves is turned against the body's of a photo, and
            against the arm's of a design, outwards; left and right are mirrored, as cut pieces are. -90 to 90.
        border: one of :data:`BORDERS`: the edges that a band runs along.
        border_width: of the band with its lines, in millimetres, 10 to 120.
        contrast: hex colour of the band; if empty, the palette's colour that is furthest from the ground.
        lining: hex colour seen through lace; if empty, a shade of the thread under the body, and sleeves are
            sheer.

    Raises:
        ClothError: a field is out of its range; the message says which is right.
    """

    sleeve_angle: float = 0.0
    border: str = NONE
    border_width: float = 40.0
    contrast: str = ""
    lining: str = ""

    def __post_init__(self) -> None:
        if self.border not in BORDERS:
            raise ClothError(
                f"The border of a composition is {', '.join(BORDERS[:-1])} or {BOTH}, "
                f"and {str(self.border)[:40]!r} is not."
            )
        for name, bounds in RANGES.items():
            object.__setattr__(self, name, number("composition", name, getattr(self, name), bounds))
        for name in ("contrast", "lining"):
            object.__setattr__(self, name, _colour(name, getattr(self, name)))

    @property
    def edges(self) -> tuple[str, ...]:
        """The edges that get a border: ``hem``, ``neckline``, both or none."""
        return {NONE: (), BOTH: (HEM, NECKLINE)}.get(self.border, (self.border,))

    def to_dict(self) -> dict[str, Any]:
        """As in a recipe's JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Composition:
        """A composition from what a stranger sent.

        Raises:
            ClothError: an unknown field, or one that is out of range.
        """
        check_names(cls, "composition", content)
        return cls(**content)

    def with_(self, **changes: Any) -> Composition:
        """The same composition with some fields changed."""
        return replace(self, **changes)


def _colour(name: str, value: object) -> str:
    if value == "":
        return ""
    if not isinstance(value, str) or not HEX.fullmatch(value):
        raise ClothError(
            f"The {name} of a composition is a hex colour such as #1b2a49 or nothing, "
            f"and {str(value)[:40]!r} is not."
        )
    return "#" + value.removeprefix("#").lower()


#: The cloth laid flat, and nothing else.
FLAT = Composition()
