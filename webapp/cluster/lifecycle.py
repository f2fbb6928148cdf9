"""The private PostgreSQL: made once, started with us, stopped with us, and recovered when we were killed."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from webapp.cluster import address, leftovers, place, process
from webapp.cluster.address import DATABASE
from webapp.cluster.binaries import find_binaries
from webapp.cluster.errors import ClusterError, ServerDied
from webapp.cluster.lock import Lock
from webapp.cluster.osuser import server_user


class Cluster:
    """One PostgreSQL cluster in `data_dir`, reachable only through a socket that its owner alone can open.

    `durable=False` is for tests: nothing is synced to disk. Files beside it: `<data_dir>.lock` and `log/postgres.log`.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True, binaries: Path | None = None) -> None:
        self.data_dir = data_dir.absolute()
        self._durable = durable
        self._preferred = binaries
        self._lock = Lock(self.data_dir.with_name(self.data_dir.name + ".lock"))
        self._process: subprocess.Popen[bytes] | None = None
        self._sockets: Path | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> str:
        """Make the cluster if it is not there, start it, and answer the URL of its database. Raises `ClusterError`."""
        user = server_user()
        binaries = find_binaries(self.data_dir, self._preferred)
        self._lock.acquire()
        try:
            place.require_reachable(self.data_dir, user)
            if not (self.data_dir / "PG_VERSION").exists():
                process.create(binaries, user, self.data_dir, durable=self._durable)
            leftovers.clear(self.data_dir)
            self._sockets = place.socket_folder(self.data_dir, user)
            self._process = process.launch(binaries, user, self.data_dir, self._sockets, durable=self._durable)
            self._wait_for(self._process, self._sockets)
            address.ensure_database(self._sockets)
        except BaseException:
            self.stop()
            raise
        return self.url(DATABASE)

    def stop(self) -> None:
        """Shut the server down cleanly and wait for it; a second call is harmless."""
        if self._process is not None:
            process.end(self._process)
            self._process = None
        if self._sockets is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._sockets = None
        self._lock.release()

    def url(self, database: str) -> str:
        """SQLAlchemy URL of a database in this running cluster."""
        if self._sockets is None:
            raise ClusterError("Basis data belum dijalankan.")
        return address.url(self._sockets, database)

    def _wait_for(self, server: subprocess.Popen[bytes], sockets: Path, patience_s: float = 300.0) -> None:
        """Recovery after a crash may take a while; a dead process never comes back."""
        deadline = time.monotonic() + patience_s
        while not address.answers(sockets, "postgres"):
            if server.poll() is not None or time.monotonic() > deadline:
                raise ServerDied(f"PostgreSQL tidak mau berjalan: {process.last_words(self.data_dir)}")
            time.sleep(0.02)


@contextmanager
def private_database(data_dir: Path, *, join: bool = True, binaries: Path | None = None) -> Iterator[str]:
    """URL of the private database of `data_dir`.

    When a running copy serves it we join that one (unless told not to: who stays long must not lean on a passer-by),
    else it runs for as long as we need it. Raises `ClusterError`.
    """
    folder = place.cluster_folder(data_dir)
    running = leftovers.read_pid_file(folder) if join else None
    if running is not None and address.answers(Path(running.socket_folder), DATABASE):
        yield address.url(Path(running.socket_folder), DATABASE)
        return
    cluster = Cluster(folder, binaries=binaries)
    try:
        yield cluster.start()
    finally:
        cluster.stop()
