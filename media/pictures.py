"""What becomes of a photo's pixels, and who may make it so. Importing this loads no decoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from media.buffers import Buffer
from media.formats.header import Header
from media.limits import Limits
from media.store import Name

SIZES: tuple[Name, ...] = ("large", "medium", "small")


@dataclass(frozen=True, slots=True)
class Derivatives:
    """Three upright sRGB JPEGs, and what was learnt on the way."""

    files: dict[Name, bytes]
    """`large`, `medium` (half of it) and `small` (longest edge 320)."""
    width: int
    """Pixels of the whole photo, upright."""
    height: int
    dhash: str
    flags: tuple[str, ...]


class Decoding(Protocol):
    """Whoever opens pictures: `media.decoding.Decoder`, in children that are limited in memory and time."""

    def derive(self, data: Buffer, header: Header, orientation: int, limits: Limits) -> Derivatives:
        """The pictures of `data`, whose header has been read and allowed. Raises a `media.errors.Refused`."""
        ...
