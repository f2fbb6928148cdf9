"""JPEG: markers, size, EXIF segment, the real end of the picture and what lies behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from struct import unpack_from

from media.buffers import Buffer, past_padding
from media.formats.header import Header, Malformed

_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""The next marker behind compressed data, where 0xFF00 is a stuffed byte and D0–D7 only restart the decoder."""

_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_END, _SCAN, _COMMENT = 0xD9, 0xDA, 0xFE
_MOST_SEGMENTS = 4_000
_MOST_SCANS = 100
"""Encoders write about ten; each costs the decoder a walk over the whole picture."""


@dataclass(slots=True)
class _Walk:
    size: tuple[int, int] | None = None
    most_pixels: int = 0
    exif: bytes | None = None
    several_pictures: bool = False
    moving: bool = False
    scans: int = 0
    progressive: bool = False
    end: int | None = None
    kept: list[slice] = field(default_factory=list)


def read(data: Buffer) -> Header:
    """Walk a JPEG from marker to marker; raises `Malformed` when it has no size or too many segments."""
    walk = _walk(data, 0)
    if walk.size is None:
        raise Malformed("no_size")
    width, height = walk.size
    if walk.progressive and walk.scans > _MOST_SCANS:
        raise Malformed("too_many_scans")
    tail = _is_foreign(data, walk) if walk.end is not None else False
    return Header(
        mime="image/jpeg",
        width=width,
        height=height,
        most_pixels=walk.most_pixels,
        scans=walk.scans if walk.progressive else 1,
        complete=walk.scans > 0 and walk.end is not None,
        exif=walk.exif,
        foreign_tail=tail,
        kept=tuple(walk.kept),
    )


def _walk(data: Buffer, start: int) -> _Walk:
    walk = _Walk(kept=[slice(start, start + 2)])
    at = start + 2
    for _ in range(_MOST_SEGMENTS):
        marker, at = _next_marker(data, at)
        if marker is None:
            return walk
        if marker == _END:
            walk.kept.append(slice(at - 2, at))
            walk.end = at
            return walk
        if marker not in _ALONE:
            at = _segment(data, marker, at, walk)
    raise Malformed("too_many_segments")


def _next_marker(data: Buffer, at: int) -> tuple[int | None, int]:
    """The next marker at or behind `at` (fill bytes and rubbish are stepped over) and the position after it."""
    found = _AFTER_SCAN.search(data, at)
    return (data[found.end() - 1], found.end()) if found else (None, len(data))


def _segment(data: Buffer, marker: int, at: int, walk: _Walk) -> int:
    if at + 2 > len(data):
        return len(data)
    length: int = unpack_from(">H", data, at)[0]
    end = at + length
    if length < 2 or end > len(data):
        return len(data)
    walk.progressive = walk.progressive or marker in _PROGRESSIVE
    if marker in _SIZES and length >= 8:
        _note_size(data, at, walk)
    if 0xE0 <= marker <= 0xEF or marker == _COMMENT:
        if _note_metadata(data[at + 2 : end], marker, walk):
            walk.kept.append(slice(at - 2, end))
        return end
    if marker == _SCAN:
        walk.scans += 1
        found = _AFTER_SCAN.search(data, end)
        end = found.start() if found else len(data)
    walk.kept.append(slice(at - 2, end))
    return end


def _note_size(data: Buffer, at: int, walk: _Walk) -> None:
    height, width = unpack_from(">HH", data, at + 3)
    walk.most_pixels = max(walk.most_pixels, width * height)
    if walk.size is None:
        walk.size = (width, height)


def _note_metadata(body: bytes, marker: int, walk: _Walk) -> bool:
    """Remember what an application segment says; True when the decoder needs it (JFIF, colour profile, Adobe)."""
    if marker == 0xE1:
        if walk.exif is None and body.startswith(b"Exif\x00"):
            walk.exif = body[6:]
        walk.moving = walk.moving or b"MotionPhoto" in body or b"MicroVideo" in body or b"GContainer" in body
    if marker == 0xE2 and body.startswith(b"MPF\x00"):
        walk.several_pictures = True
    return marker in (0xE0, 0xEE) or (marker == 0xE2 and body.startswith(b"ICC_PROFILE\x00"))


def _is_foreign(data: Buffer, walk: _Walk) -> bool:
    """Is there something behind the picture that is no second picture, gain map, movie or padding of a camera?"""
    at = past_padding(data, walk.end or len(data))
    while walk.several_pictures or walk.moving:
        end = _walk(data, at).end if data[at : at + 3] == b"\xff\xd8\xff" else None
        if end is None:
            break
        at = past_padding(data, end)
    movie = data.find(b"ftyp", at, at + 8) if walk.moving else -1
    if movie >= 0:
        # The box begins four bytes before its name; its leading zeros have been taken for padding.
        at = past_padding(data, _end_of_movie(data, movie - 4))
    return at < len(data) and not _is_samsung_trailer(data)


def _end_of_movie(data: Buffer, at: int) -> int:
    """Where the boxes of a movie end that begins at `at`."""
    while at + 8 <= len(data):
        size, kind = unpack_from(">I4s", data, at)
        if size == 1 and at + 16 <= len(data):
            size = unpack_from(">Q", data, at + 8)[0]
        if not kind.isalnum() or size < 8 or at + size > len(data):
            break
        at += size
    return at


def _is_samsung_trailer(data: Buffer) -> bool:
    """Samsung phones end their files with a directory that names its own length; movies of motion photos are in it."""
    if len(data) < 8 or data[-4:] != b"SEFT":
        return False
    length: int = unpack_from("<I", data, len(data) - 8)[0]
    start = max(0, len(data) - 8 - length)
    return data[start : start + 4] == b"SEFH"
