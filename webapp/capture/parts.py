"""The bytes of unfinished uploads: one file each, on this machine's own disk. How far an upload has come is its length.

A piece is on the disk before it is acknowledged, and whatever came of a piece that broke off is kept: the length says
so. Names are made from the upload's UUID alone.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from media.buffers import Buffer, mapped
from webapp.capture.errors import ChecksumMismatch, NoRoom, StoreAway, UploadBusy, WrongOffset

ALGORITHMS = ("sha1", "sha256")
_PIECE = 256 * 1024  # bytes in memory at once
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_PATIENCE_S = 1.0  # for a piece that is being written: the last of a cut connection takes milliseconds
_SUFFIX = ".part"


class Stream(Protocol):
    """What a request's body is read from."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Checksum:
    """What a piece must hash to: one of `ALGORITHMS`, and the digest's bytes."""

    algorithm: str
    digest: bytes


class Parts:
    """The files of unfinished uploads in one directory (0700, made when first needed); files have mode 0600."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, upload_id: uuid.UUID) -> Path:
        """Where the bytes of that upload lie; they may not be there."""
        return self._root / f"{upload_id}{_SUFFIX}"

    def length(self, upload_id: uuid.UUID) -> int:
        """How many bytes have come; waits for a piece that is being written. Raises `UploadBusy`."""
        try:
            with self._held(upload_id, os.O_RDONLY) as handle:
                return os.fstat(handle).st_size
        except FileNotFoundError:
            return 0

    def append(
        self, upload_id: uuid.UUID, stream: Stream, *, offset: int, most: int, checksum: Checksum | None = None
    ) -> int:
        """Write at most `most` bytes behind the first `offset`; the new length, once they are on the disk.

        Raises `WrongOffset` unless exactly `offset` bytes are there, `UploadBusy`, `NoRoom` (what fitted is kept),
        `StoreAway` and `ChecksumMismatch` (nothing of the piece is kept).
        """
        try:
            self._make()
            with self._held(upload_id, os.O_RDWR | os.O_CREAT) as handle:
                if os.fstat(handle).st_size != offset:
                    raise WrongOffset
                if offset == 0:
                    self._sync()
                _write(handle, stream, offset, most, checksum)
                return os.fstat(handle).st_size
        except OSError as failed:
            raise (NoRoom if failed.errno in _NO_ROOM else StoreAway) from failed

    def mapped(self, upload_id: uuid.UUID) -> AbstractContextManager[Buffer]:
        """The bytes so far, mapped into memory and not read. Raises `FileNotFoundError` on entering."""
        return mapped(self.path(upload_id))

    def remove(self, upload_id: uuid.UUID) -> None:
        """Remove the bytes of an upload; what is not there stays not there."""
        self.path(upload_id).unlink(missing_ok=True)

    def left_before(self, moment: datetime) -> list[uuid.UUID]:
        """Uploads with a file here that nobody has written to since `moment`."""
        found = []
        for path in self._root.glob(f"*{_SUFFIX}"):
            number = _number(path)
            if number is not None and _written(path) < moment:
                found.append(number)
        return found

    def _make(self) -> None:
        if not self._root.is_dir():
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _sync(self) -> None:
        """Let a new file's name survive a power cut too."""
        handle = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    @contextmanager
    def _held(self, upload_id: uuid.UUID, mode: int) -> Iterator[int]:
        """The open file, nobody else's for as long. Raises `UploadBusy`, `FileNotFoundError`."""
        handle = os.open(self.path(upload_id), mode, 0o600)
        try:
            _lock(handle, fcntl.LOCK_EX if mode & os.O_RDWR else fcntl.LOCK_SH)
            if os.fstat(handle).st_nlink == 0:
                raise UploadBusy  # removed while we waited: the upload has ended
            yield handle
        finally:
            os.close(handle)


def _lock(handle: int, kind: int) -> None:
    last = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError as held:
            if time.monotonic() > last:
                raise UploadBusy from held
            time.sleep(0.02)


def _write(handle: int, stream: Stream, start: int, most: int, checksum: Checksum | None) -> None:
    """Write what comes, to the disk. Whatever ends it, what came stays, unless it had to hash to something."""
    digest = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
    at = start
    try:
        while at - start < most and (piece := stream.read(min(_PIECE, most - at + start))):
            if digest:
                digest.update(piece)
            at = _put(handle, piece, at)
        if checksum and digest and digest.digest() != checksum.digest:
            raise ChecksumMismatch
    except BaseException:
        if checksum:
            os.ftruncate(handle, start)
        raise
    finally:
        _settle(handle, start)


def _put(handle: int, piece: bytes, at: int) -> int:
    rest = memoryview(piece)
    while rest:
        written = os.pwrite(handle, rest, at)
        rest, at = rest[written:], at + written
    return at


def _settle(handle: int, start: int) -> None:
    """What the disk cannot promise to keep must not count as having come."""
    try:
        os.fdatasync(handle)
    except OSError:
        os.ftruncate(handle, start)
        raise


def _number(path: Path) -> uuid.UUID | None:
    try:
        return uuid.UUID(path.stem)
    except ValueError:
        return None


def _written(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return datetime.max.replace(tzinfo=UTC)
