"""Files on the local disk, private and durable.

obstore's local store neither syncs files to the disk nor makes them private (0644), so this is our own: write beside,
sync, rename, sync the directory. Whoever reads sees the old state or the new one, also after a power cut.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from media.buffers import Buffer, mapped
from media.errors import StoreFull, StoreUnavailable

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Disk:
    """Bytes under relative paths within one directory of mode 0700; files have mode 0600."""

    def __init__(self, root: str | Path) -> None:
        self._root = Path(root)
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(self, files: Mapping[str, Buffer]) -> None:
        """Write all files beside their places, then move them there in the order given.

        Raises `StoreFull`, `StoreUnavailable` (also when the disk does not confirm); nothing then remains beside.
        """
        try:
            self._write(files)
        except OSError as failed:
            raise (StoreFull if failed.errno in _NO_ROOM else StoreUnavailable) from failed

    def _write(self, files: Mapping[str, Buffer]) -> None:
        waiting: list[tuple[Path, Path]] = []
        try:
            for path, data in files.items():
                if not self._holds(path, len(data)):
                    waiting.append((self._write_beside(self._root / path, data), self._root / path))
            for beside, place in waiting:
                beside.rename(place)
        except BaseException:
            for beside, _ in waiting:
                beside.unlink(missing_ok=True)
            raise
        for directory in {(self._root / path).parent for path in files}:
            _sync(directory)

    def _holds(self, path: str, size: int) -> bool:
        """Names come from the photo's digest, so a file of the same size is the same one: a retry writes nothing."""
        try:
            return (self._root / path).stat().st_size == size
        except FileNotFoundError:
            return False

    def _write_beside(self, place: Path, data: Buffer) -> Path:
        self._make(place.parent)
        beside = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fdatasync(file.fileno())
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        return beside

    def _make(self, directory: Path) -> None:
        """Make a shard so that it survives a power cut: its parent must know of it."""
        if not directory.is_dir():
            directory.mkdir(mode=0o700, exist_ok=True)
            _sync(directory.parent)

    def read(self, path: str) -> bytes:
        """Raises `FileNotFoundError`."""
        return (self._root / path).read_bytes()

    def opened(self, path: str) -> AbstractContextManager[Buffer]:
        """Mapped, not read. Raises `FileNotFoundError` on entering."""
        return mapped(self._root / path)

    def has(self, path: str) -> bool:
        try:
            return (self._root / path).is_file()
        except OSError as failed:
            raise StoreUnavailable from failed

    def size(self, path: str) -> int:
        """How many bytes the file has. Raises `FileNotFoundError`."""
        try:
            return (self._root / path).stat().st_size
        except FileNotFoundError:
            raise
        except OSError as failed:
            raise StoreUnavailable from failed

    def entries(self) -> Iterator[tuple[str, datetime]]:
        """Every file below by its path's order, what was left beside included; one that goes meanwhile is passed over.

        Raises `StoreUnavailable` for a directory that cannot be read: its files are not to be taken for missing.
        """
        for folder, below, names in os.walk(self._root, onerror=_unreadable):
            below.sort()
            for name in sorted(names):
                place = Path(folder) / name
                try:
                    written = datetime.fromtimestamp(place.stat().st_mtime, UTC)
                except FileNotFoundError:
                    continue
                yield place.relative_to(self._root).as_posix(), written

    def remove(self, path: str) -> None:
        (self._root / path).unlink(missing_ok=True)


def _unreadable(failed: OSError) -> None:
    if not isinstance(failed, FileNotFoundError):
        raise StoreUnavailable from failed


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
