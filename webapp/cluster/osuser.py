"""Whom the server runs as. PostgreSQL refuses root, so root starts its programs as the user `postgres`.

Only those programs change user, never Python.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from webapp.cluster.errors import ClusterError

# Prints the first folder that the user cannot enter.
_FIRST_CLOSED = 'for folder; do test -x "$folder" || { printf %s "$folder"; exit 0; }; done'


class RunAs(TypedDict, total=False):
    """The part of `subprocess`'s arguments that names the user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class ServerUser:
    """The operating-system user of the server; `run_as` is empty when that is ourselves."""

    uid: int
    gid: int
    run_as: RunAs

    def take_over(self, folder: Path) -> None:
        """Make `folder` the server's own, closed to everyone else."""
        folder.chmod(0o700)
        if self.run_as:
            os.chown(folder, self.uid, self.gid)

    def closed_folder(self, folder: Path) -> Path | None:
        """The first of `folder` and its parents, from the root down, that the server's user cannot enter."""
        if not self.run_as:
            return None
        way = [str(each) for each in [*reversed(folder.parents), folder]]
        said = subprocess.run(
            ["/bin/sh", "-c", _FIRST_CLOSED, "sh", *way],
            capture_output=True,
            text=True,
            check=True,
            cwd="/",
            **self.run_as,
        ).stdout
        return Path(said) if said else None


def server_user() -> ServerUser:
    """Ourselves, or `postgres` when we are root. Raises `ClusterError` when root has no such user to lend to."""
    if os.geteuid() != 0:
        return ServerUser(os.geteuid(), os.getegid(), {})
    try:
        entry = pwd.getpwnam("postgres")
    except KeyError as missing:
        raise ClusterError(
            "PostgreSQL menolak berjalan sebagai root dan pengguna sistem 'postgres' tidak ada; "
            "buat dengan 'useradd --system postgres', atau jalankan sebagai pengguna biasa."
        ) from missing
    return ServerUser(entry.pw_uid, entry.pw_gid, {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []})
