"""What an earlier run left behind: a server still shutting down, or a pid file whose number is someone else's now."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from webapp.cluster.errors import DataInUse

# The order of lines in postmaster.pid is part of PostgreSQL's own protocol with pg_ctl (miscadmin.h).
_PID, _SOCKET_FOLDER = 0, 4


@dataclass(frozen=True)
class PidFile:
    """What PostgreSQL wrote about itself when it started."""

    pid: int
    socket_folder: str


def read_pid_file(data_dir: Path) -> PidFile | None:
    """None when there is none, or when it is torn."""
    try:
        lines = (data_dir / "postmaster.pid").read_text().splitlines()
        return PidFile(int(lines[_PID]), lines[_SOCKET_FOLDER].strip())
    except (FileNotFoundError, IndexError, ValueError):
        return None


def clear(data_dir: Path, patience_s: float = 60.0) -> None:
    """Wait for an earlier server to end (asking it to), then drop a pid file that no longer means anything.

    Raises `DataInUse` when a server is still there after `patience_s` seconds.
    """
    deadline = time.monotonic() + patience_s
    asked = False
    while alive := survivors(data_dir):
        if time.monotonic() > deadline:
            raise DataInUse(
                f"PostgreSQL dari sesi sebelumnya (pid {alive[0]}) masih memakai {data_dir}; "
                f"hentikan dengan: kill {alive[0]}"
            )
        if not asked:
            _ask_to_stop(data_dir, alive)
            asked = True
        time.sleep(0.05)
    if sys.platform == "linux":
        # PostgreSQL trusts any living process of that number; in a container numbers come round within minutes.
        # No process works in the directory any more, so the file is certainly stale.
        (data_dir / "postmaster.pid").unlink(missing_ok=True)


def survivors(data_dir: Path) -> list[int]:
    """Processes working in `data_dir`: the postmaster and all it forked. Empty where /proc is missing."""
    where = str(data_dir.resolve())
    return [int(each.name) for each in Path("/proc").glob("[0-9]*") if _working_directory(each) == where]


def _working_directory(process: Path) -> str | None:
    try:
        return str((process / "cwd").readlink())
    except OSError:
        return None


def _ask_to_stop(data_dir: Path, alive: list[int]) -> None:
    left = read_pid_file(data_dir)
    if left is not None and left.pid in alive:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(left.pid, signal.SIGINT)
