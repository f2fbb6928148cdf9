"""A whole file as something to look into: bytes, or a file mapped into memory, of which only what is read is there."""

from __future__ import annotations

import hashlib
import mmap
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Buffer = bytes | mmap.mmap
_PIECE = 1 << 20
_SOMETHING = re.compile(rb"[^\x00]")


@contextmanager
def mapped(path: Path) -> Iterator[Buffer]:
    """The file at `path` without reading it. An empty file cannot be mapped: it is empty bytes. Raises `OSError`."""
    with path.open("rb") as file:
        if file.seek(0, 2) == 0:
            yield b""
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
            yield view


def sha256_of(data: Buffer) -> str:
    """The digest as 64 lower-case hexadecimal digits."""
    digest = hashlib.sha256()
    with memoryview(data) as view:
        for at in range(0, len(view), _PIECE):
            digest.update(view[at : at + _PIECE])
    return digest.hexdigest()


def past_padding(data: Buffer, at: int) -> int:
    """The first position at or behind `at` that is no zero byte; the length when there is none."""
    found = _SOMETHING.search(data, at)
    return found.start() if found else len(data)
