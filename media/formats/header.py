"""The one answer that every format reader gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from media.buffers import Buffer

Mime = Literal["image/jpeg", "image/png", "image/webp", "image/heic", "image/heif", "image/avif"]

MOST_PARTS = 100_000
"""A file with more segments, chunks or boxes than this was made to keep us busy."""


class Malformed(Exception):
    """The structure breaks off or contradicts itself. Says where in one English word, for the log."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the bytes say about themselves, by walking their structure only."""

    mime: Mime
    width: int
    """As stored in the file, before any turning."""
    height: int
    most_pixels: int
    """The largest picture that any part of the file claims: the figure a decoder could be fooled with."""
    scans: int = 1
    """How often a decoder goes over the whole picture (progressive JPEG)."""
    animated: bool = False
    complete: bool = True
    """False when the end of the picture is missing."""
    exif: bytes | None = None
    """The TIFF block of the EXIF data, without the `Exif` prefix."""
    foreign_tail: bool = False
    """Bytes follow the picture which no camera puts there."""
    kept: tuple[slice, ...] | None = None
    """The parts a decoder needs, when the rest (texts, metadata, tails) can be left out; None: all."""
    blanked: tuple[slice, ...] = ()
    """Metadata inside the file that a decoder must find empty, because its place cannot be cut out."""


_EMPTY_TIFF = b"MM\x00*\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00"


def for_decoder(data: Buffer, header: Header) -> bytes:
    """The bytes of the picture alone, so that no decoder ever parses metadata, comments or tails."""
    if header.kept is not None:
        with memoryview(data) as view:
            return b"".join(view[part] for part in header.kept)
    if not header.blanked:
        return data[:]
    blank = bytearray(data)
    for part in header.blanked:
        length = len(blank[part])
        blank[part] = (b"\x00\x00\x00\x00" + _EMPTY_TIFF).ljust(length, b"\x00")[:length]
    return bytes(blank)


def without_prefix(exif: bytes) -> bytes:
    """The TIFF block itself: some writers put `Exif` and two zero bytes before it."""
    return exif[6:] if exif[:4] == b"Exif" else exif
