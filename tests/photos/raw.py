"""Files written chunk by chunk, for what no encoder would write."""

from __future__ import annotations

import zlib
from struct import pack, unpack_from

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, body: bytes) -> bytes:
    return pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body))


def ihdr(width: int, height: int, *, interlaced: bool = False, depth: int = 8, colour: int = 0) -> bytes:
    return chunk(b"IHDR", pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced)))


def png_of(
    width: int,
    height: int,
    *,
    rows: int | None = None,
    interlaced: bool = False,
    extra: bytes = b"",
) -> bytes:
    """A grey PNG. With `rows` only so many are in it, whatever the header says; `extra` chunks follow the header."""
    raw = _interlaced(width, height) if interlaced else (b"\x00" + b"\x80" * width) * (height if rows is None else rows)
    header = ihdr(width, height, interlaced=interlaced)
    return PNG_SIGNATURE + header + extra + chunk(b"IDAT", zlib.compress(raw, 1)) + chunk(b"IEND", b"")


def _interlaced(width: int, height: int) -> bytes:
    raw = b""
    for x, y, dx, dy in (
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
    ):  # fmt: skip
        columns, rows = -(-(width - x) // dx), -(-(height - y) // dy)
        raw += (b"\x00" + b"\x80" * columns) * rows
    return raw


def with_chunk(png: bytes, kind: bytes, body: bytes) -> bytes:
    """`png` with one more chunk right behind its header."""
    return png[:33] + chunk(kind, body) + png[33:]


def zeros_deflated(megabytes: int) -> bytes:
    """A small piece of compressed data that unpacks to many zeros."""
    pack_ = zlib.compressobj(9)
    piece = b"\x00" * 1_000_000
    return b"".join(pack_.compress(piece) for _ in range(megabytes)) + pack_.flush()


def swapped_profile(srgb: bytes) -> bytes:
    """An sRGB colour profile in which red and green have changed places, under another name."""
    out = bytearray(srgb.replace("sRGB".encode("utf-16-be"), "tRGB".encode("utf-16-be")))
    entries = {out[at : at + 4].decode(): at for at in range(132, 132 + 12 * unpack_from(">I", out, 128)[0], 12)}
    red, green = entries["rXYZ"] + 4, entries["gXYZ"] + 4
    out[red : red + 8], out[green : green + 8] = out[green : green + 8], out[red : red + 8]
    return bytes(out)
