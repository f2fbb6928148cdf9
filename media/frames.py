"""How the two sides of a pipe talk: a head of plain words (JSON), then parts of plain bytes.

Nothing that is received is ever run or unpickled: whoever breaks a decoder gains no hold on its reader.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from struct import calcsize, pack, unpack
from typing import Any, BinaryIO

_LENGTH = ">I"
_MOST_WORDS = 100_000
MOST_BYTES = 200_000_000
"""Of all parts of one message together."""


class Garbled(Exception):
    """What came is no message."""


def send(pipe: BinaryIO, head: Mapping[str, Any], *parts: bytes) -> None:
    """Write one message. Raises `OSError` when nobody reads any more."""
    words = json.dumps({**head, "parts": [len(part) for part in parts]}).encode()
    pipe.write(pack(_LENGTH, len(words)) + words)
    for part in parts:
        pipe.write(part)
    pipe.flush()


def receive(pipe: BinaryIO) -> tuple[dict[str, Any], list[bytes]]:
    """Read one message: its head and its parts. Raises `EOFError` where the other side ended, `Garbled`."""
    size: int = unpack(_LENGTH, _exactly(pipe, calcsize(_LENGTH)))[0]
    if size > _MOST_WORDS:
        raise Garbled
    try:
        head = json.loads(_exactly(pipe, size))
        sizes = [int(part) for part in head.pop("parts")]
    except (ValueError, KeyError, TypeError, AttributeError) as broken:
        raise Garbled from broken
    if min(sizes, default=0) < 0 or sum(sizes) > MOST_BYTES:
        raise Garbled
    return head, [_exactly(pipe, size) for size in sizes]


def _exactly(pipe: BinaryIO, size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data
