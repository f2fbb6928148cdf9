"""What becomes of a photo's pixels, and who may make it so. Importing this loads no decoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from media.buffers import Buffer
from media.formats.header import Header
from media.limits import Limits
from media.store import Name

SIZES: tuple[Name, ...] = ("large", "medium", "small")


Preview = Literal["none", "same", "differs", "unreadable"]
SEARCHED = ("whole", "centre_95", "centre_90", "centre_80", "upper", "lower")
"""Hashes under which a photo is found: of all of it, of its middle 95, 90, 80 % of width and height, and without the
lowest or the highest 15 %, where captions are put."""
LYING = ("left_right", "top_bottom", "half", "left", "right", "transposed", "transversed")
ASKING = (*LYING, "centre_97", "centre_92", "centre_85")
"""Further hashes with which a photo asks for others: mirrored and turned, crops between those (97.5, 92.5, 85 %)."""


@dataclass(frozen=True, slots=True)
class Print:
    """What a picture looks like: perceptual hashes (`media.pdq`) by their names in `SEARCHED` and `ASKING`."""

    quality: int
    """How much there is to see, 0 to 100; below `media.pdq.PLAIN` the hashes say nothing."""
    hashes: dict[str, str]
    """64 hexadecimal digits each. Parts that are too plain are missing, `whole` never is."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What the picture itself tells, beside what its camera wrote."""

    print: Print
    preview: Preview
    """The small picture inside the EXIF, held beside the photo; `unreadable` when nothing can be said."""
    preview_distance: int | None = None
    """In how many of 256 bits the two differ; None where they were not compared."""
    digital_source: str | None = None
    """As the file's XMP declares; see `media.xmp`."""
    credentials: dict[str, Any] | None = None
    """C2PA verdict of this moment; see `media.credentials`. None: no manifest."""


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
    looks: Looks


class Decoding(Protocol):
    """Whoever opens pictures: `media.decoding.Decoder`, in children that are limited in memory and time."""

    def derive(self, data: Buffer, header: Header, orientation: int, limits: Limits) -> Derivatives:
        """The pictures of `data`, whose header has been read and allowed. Raises a `media.errors.Refused`.

        Digital source and credentials are not read here.
        """
        ...
