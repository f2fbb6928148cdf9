"""WebP: the chunks of its RIFF container. Thirty-two bytes can claim 13000 × 13000 pixels, so sizes come first."""

from __future__ import annotations

from collections.abc import Iterator
from struct import unpack_from

from media.buffers import Buffer, past_padding
from media.formats.header import MOST_PARTS, Header, Malformed, without_prefix


def read(data: Buffer) -> Header:
    """Walk the chunks of a WebP; raises `Malformed` when none of them states a size."""
    sizes: list[tuple[int, int]] = []
    exif: bytes | None = None
    animated = has_pixels = False
    end = min(len(data), 8 + unpack_from("<I", data, 4)[0])
    for kind, body in _chunks(data, end):
        if kind in (b"VP8 ", b"VP8L"):
            has_pixels = has_pixels or body.stop <= end
            sizes.extend(_frame_size(kind, data[body]))
        elif kind == b"VP8X" and len(data[body]) >= 10:
            sizes.append(_canvas_size(data[body]))
            animated = animated or bool(data[body][0] & 0x02)
        elif kind in (b"ANIM", b"ANMF"):
            animated = True
        elif kind == b"EXIF" and exif is None:
            exif = without_prefix(data[body])
    if not sizes:
        raise Malformed("no_size")
    return Header(
        mime="image/webp",
        width=sizes[0][0],
        height=sizes[0][1],
        most_pixels=max(width * height for width, height in sizes),
        animated=animated,
        complete=has_pixels and end == 8 + unpack_from("<I", data, 4)[0],
        exif=exif,
        foreign_tail=past_padding(data, end) < len(data),
        kept=(slice(0, end),),
    )


def _chunks(data: Buffer, end: int) -> Iterator[tuple[bytes, slice]]:
    """(kind, where its body lies). The last body may reach beyond the file: then the file was cut."""
    at = 12
    for _ in range(MOST_PARTS):
        if at + 8 > end:
            return
        kind, length = unpack_from("<4sI", data, at)
        yield kind, slice(at + 8, at + 8 + length)
        at += 8 + length + length % 2
    raise Malformed("too_many_chunks")


def _frame_size(kind: bytes, body: bytes) -> list[tuple[int, int]]:
    if kind == b"VP8L" and len(body) >= 5 and body[0] == 0x2F:
        bits: int = unpack_from("<I", body, 1)[0]
        return [((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)]
    if kind == b"VP8 " and len(body) >= 10 and body[3:6] == b"\x9d\x01\x2a":
        width, height = unpack_from("<HH", body, 6)
        return [(width & 0x3FFF, height & 0x3FFF)]
    return []


def _canvas_size(body: bytes) -> tuple[int, int]:
    return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
