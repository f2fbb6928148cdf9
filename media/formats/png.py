"""PNG: chunks, size, EXIF, compressed texts that explode, and rows that were never sent."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import replace
from struct import unpack_from

from media.buffers import Buffer, past_padding
from media.formats.header import MOST_PARTS, Header, Malformed, without_prefix

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_FOR_DECODER = frozenset({b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"sRGB", b"IDAT", b"IEND"})
_MOST_INFLATED = 1_000_000
"""Bytes that all compressed texts and the colour profile of one file may have together."""
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def read(data: Buffer) -> Header:
    """Walk the chunks of a PNG; raises `Malformed` when it has no size or a compressed part explodes."""
    header: Header | None = None
    kept: list[slice] = [slice(0, 8)]
    inflated, end = 0, len(data)
    for kind, body, at in _chunks(data):
        if header is None:
            header = _from_ihdr(kind, data[body])
        elif kind == b"acTL" and len(data[body]) >= 4 and unpack_from(">I", data, body.start)[0] > 1:
            header = replace(header, animated=True)
        elif kind == b"eXIf":
            header = replace(header, exif=without_prefix(data[body]))
        elif kind in (b"zTXt", b"iTXt", b"iCCP"):
            inflated += _inflated_size(kind, data[body], _MOST_INFLATED - inflated)
        if kind in _FOR_DECODER:
            kept.append(slice(at, body.stop + 4))
        if kind == b"IEND":
            end = body.stop + 4
            header = replace(header, complete=True, foreign_tail=past_padding(data, end) < len(data))
    if header is None:
        raise Malformed("no_size")
    return replace(header, kept=tuple(kept))


def _chunks(data: Buffer) -> Iterator[tuple[bytes, slice, int]]:
    """(kind, where its body lies, where the chunk begins) up to IEND, or up to where the file was cut."""
    at = 8
    for _ in range(MOST_PARTS):
        if at + 12 > len(data):
            return
        length, kind = unpack_from(">I4s", data, at)
        if at + 12 + length > len(data):
            return
        yield kind, slice(at + 8, at + 8 + length), at
        if kind == b"IEND":
            return
        at += 12 + length
    raise Malformed("too_many_chunks")


def _from_ihdr(kind: bytes, body: bytes) -> Header:
    if kind != b"IHDR" or len(body) < 13:
        raise Malformed("no_size")
    width, height = unpack_from(">II", body)
    return Header("image/png", width, height, most_pixels=width * height, complete=False)


def _inflated_size(kind: bytes, body: bytes, at_most: int) -> int:
    """Bytes a compressed text or profile unpacks to. Stops unpacking, and raises `Malformed`, above `at_most`."""
    _, _, rest = body.partition(b"\x00")
    if kind == b"iTXt":
        if rest[:1] != b"\x01":
            return 0
        rest = b"\x00" + rest[2:].split(b"\x00", 2)[-1]
    unpack = zlib.decompressobj()
    try:
        size = len(unpack.decompress(rest[1:], max(at_most, 0) + 1))
    except zlib.error:
        return 0
    if size > at_most:
        raise Malformed("compressed_part_too_large")
    return size


def rows_are_missing(data: Buffer) -> bool:
    """Does the compressed data unpack to less than the header promises? (Decoders fill such rows without a word.)"""
    expected, got = 0, 0
    unpack = zlib.decompressobj()
    try:
        for kind, body, _ in _chunks(data):
            if kind == b"IHDR":
                expected = _raw_size(data[body])
            elif kind == b"IDAT" and got < expected:
                got += _unpacked(unpack, data[body])
    except zlib.error:
        return True
    return got < expected


def _unpacked(unpack: zlib._Decompress, piece: bytes) -> int:
    size = 0
    while piece:
        size += len(unpack.decompress(piece, 1 << 20))
        piece = unpack.unconsumed_tail
    return size


def _raw_size(ihdr: bytes) -> int:
    """Bytes of all rows with their filter byte, before compression."""
    width, height, depth, colour, _, _, interlaced = unpack_from(">IIBBBBB", ihdr)
    bits = depth * _SAMPLES.get(colour, 1)
    if not interlaced:
        return int(height * (1 + (width * bits + 7) // 8))
    passes = ((-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in _ADAM7)
    return sum(rows * (1 + (columns * bits + 7) // 8) for columns, rows in passes if columns > 0 and rows > 0)
