"""Pictures for everybody: what must not be seen is under solid boxes, and nothing but pixels is left of the file.

A light blur can be reversed, a solid box cannot: under it there is nothing. Drawn by a process of its own, confined
like those that decode, started for the few photos that are made public.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from media.asking import ask
from media.errors import ImageDamaged

LONGEST = 1600
"""Longest edge of a public picture, pixels."""
GROWN = 0.2
"""By how much of its own width and height a box is made larger, half of it on either side."""
_MEMORY, _SECONDS = 600_000_000, 20

Part = tuple[float, float, float, float]
"""x, y, width, height of a box, in fractions of the picture, from its upper left corner."""


@dataclass(frozen=True, slots=True)
class Covered:
    """A JPEG of at most `LONGEST` pixels with the boxes drawn in it, a small one made of it, and its size."""

    picture: bytes
    small: bytes
    width: int
    height: int


def pixels(part: Part, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is covered: the box grown by `GROWN`, rounded outwards, inside the picture."""
    x, y, w, h = part
    left, top = math.floor((x - w * GROWN / 2) * width), math.floor((y - h * GROWN / 2) * height)
    right, bottom = math.ceil((x + w + w * GROWN / 2) * width), math.ceil((y + h + h * GROWN / 2) * height)
    return max(0, left), max(0, top), min(width, right), min(height, bottom)


class Redactor:
    """Asks a child for each picture."""

    def cover(self, jpeg: bytes, parts: Sequence[Part]) -> Covered:
        """The picture with those parts covered. `jpeg`: one of our own. Raises a `media.errors.Refused`."""
        head = {"boxes": [list(part) for part in parts]}
        said, made = ask(
            "media.redact_child", jpeg, head=head, memory=_MEMORY, seconds=_SECONDS, failing="redaction_failed"
        )
        return _plain(said, made)


def _plain(said: dict[str, object], made: list[bytes]) -> Covered:
    """What the child said, taken only as what it should be."""
    width, height = said.get("width"), said.get("height")
    if len(made) != 2 or not isinstance(width, int) or not isinstance(height, int):
        raise ImageDamaged(why="redaction_failed")
    return Covered(made[0], made[1], width, height)
