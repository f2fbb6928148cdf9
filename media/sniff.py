"""What a file is, by its content, and how many pixels it claims, before any decoder is given the bytes."""

from __future__ import annotations

import struct

from media.buffers import Buffer
from media.errors import (
    AnimatedNotAllowed,
    EmptyFile,
    FileTooLarge,
    ImageDamaged,
    ImageTooSmall,
    TooManyPixels,
    TypeNotAllowed,
)
from media.formats import bmff, jpeg, png, webp
from media.formats.header import Header, Malformed
from media.limits import Limits

_OTHERS = (
    (b"%PDF", "pdf"),
    (b"GIF8", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"BM", "bmp"),
    (b"PK\x03\x04", "zip"),
    (b"<svg", "svg"),
    (b"<", "markup"),
    (b"\x00\x00\x00\x0cjP", "jpeg2000"),
)
_MIME_OF_EXTENSION = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "jpe": "image/jpeg",
    "jfif": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "heic": "image/heic",
    "heif": "image/heic",
    "hif": "image/heic",
    "avif": "image/avif",
}
_SAME = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png", "image/heif": "image/heic"}
_NO_CLAIM = frozenset({"", "application/octet-stream", "binary/octet-stream", "image/*"})


def sniff(data: Buffer) -> Header:
    """The type by content, and what the header says.

    Raises `EmptyFile`, `TypeNotAllowed`, or `ImageDamaged` when the structure is too broken to state a size.
    """
    if not data:
        raise EmptyFile
    try:
        if data[:3] == b"\xff\xd8\xff":
            return jpeg.read(data)
        if data[:8] == png.SIGNATURE:
            return png.read(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return webp.read(data)
        if bmff.mime_of(data):
            return bmff.read(data)
    except Malformed as broken:
        raise ImageDamaged(why=str(broken)) from broken
    except struct.error as broken:
        raise ImageDamaged(why="cut_short") from broken
    raise TypeNotAllowed(looks_like=_looks_like(data))


def _looks_like(data: Buffer) -> str:
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return next((name for magic, name in _OTHERS if start.startswith(magic)), "unknown")


def refuse_by_weight(data: Buffer, limits: Limits) -> None:
    """Raise `EmptyFile` or `FileTooLarge`."""
    if not data:
        raise EmptyFile
    if len(data) > limits.max_bytes:
        raise FileTooLarge(byte_size=len(data), max_bytes=limits.max_bytes)


def refuse_by_header(header: Header, limits: Limits) -> None:
    """Raise `TooManyPixels`, `AnimatedNotAllowed`, `ImageTooSmall` or `ImageDamaged` (its end is missing)."""
    allowed = limits.pixels_for(header.mime)
    if header.most_pixels > allowed:
        raise TooManyPixels(pixels=header.most_pixels, max_pixels=allowed)
    if header.animated:
        raise AnimatedNotAllowed(mime=header.mime)
    if min(header.width, header.height) < limits.min_side:
        raise ImageTooSmall(width=header.width, height=header.height, min_side=limits.min_side)
    if not header.complete:
        raise ImageDamaged(why="cut_short")


def odd_about(header: Header, name: str, claimed_type: str) -> tuple[str, ...]:
    """Flags: `bytes_after_image` (not for gain maps, movie tails and padding), `type_mismatch`."""
    flags = []
    if header.foreign_tail:
        flags.append("bytes_after_image")
    if not (_name_fits(header, name) and _claim_fits(header, claimed_type)):
        flags.append("type_mismatch")
    return tuple(flags)


def _name_fits(header: Header, name: str) -> bool:
    """A name without a known picture's extension claims nothing."""
    claimed = _MIME_OF_EXTENSION.get(name.rpartition(".")[2].strip().lower())
    return claimed is None or claimed == _SAME.get(header.mime, header.mime)


def _claim_fits(header: Header, claimed_type: str) -> bool:
    claimed = claimed_type.partition(";")[0].strip().lower()
    return claimed in _NO_CLAIM or _SAME.get(claimed, claimed) == _SAME.get(header.mime, header.mime)
