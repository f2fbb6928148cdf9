"""One process at a time per directory: an advisory lock that the kernel lets go of when its holder dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from webapp.cluster.errors import DataInUse


class Lock:
    """An exclusive flock on `path`, which is created and never deleted (deleting a lock file races)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None

    def acquire(self) -> None:
        """Take the lock and write our process id into the file. Raises `DataInUse`."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Not inheritable (PEP 446), so a server that outlives us for a second does not keep the lock.
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as busy:
            holder = os.read(fd, 20).decode("ascii", "replace").strip() or "?"
            os.close(fd)
            raise DataInUse(
                f"Direktori data {self._path.parent} sedang dipakai oleh proses lain (pid {holder}); "
                "hentikan proses itu dulu, atau pilih direktori lain dengan --data."
            ) from busy
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        self._fd = fd

    def release(self) -> None:
        """Let go; doing so twice is harmless."""
        if self._fd is not None:
            os.ftruncate(self._fd, 0)
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> Lock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
