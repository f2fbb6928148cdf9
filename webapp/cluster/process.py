"""PostgreSQL's programs as processes of ours: made, started, ended."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from webapp.cluster.address import OWNER, PORT
from webapp.cluster.binaries import Binaries
from webapp.cluster.errors import ServerDied
from webapp.cluster.osuser import ServerUser

_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1

_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "jit": "off",
    "max_connections": "60",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def create(binaries: Binaries, user: ServerUser, data_dir: Path, *, durable: bool) -> None:
    """initdb aside, then rename, so that a power cut never leaves half a cluster under the real name."""
    fresh = data_dir.with_name(data_dir.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    user.take_over(fresh)
    command = [binaries.path("initdb"), "-D", str(fresh), "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    command += ["--no-instructions"] if durable else ["--no-instructions", "--no-sync"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd="/", env=_plain_environment(), **user.run_as
    )
    if done.returncode:
        raise ServerDied(f"PostgreSQL tidak dapat menyiapkan {data_dir}: {_last_words(done.stderr)}")
    if data_dir.exists():
        data_dir.rmdir()  # an empty folder made by hand is fine; anything else is not ours to remove
    fresh.rename(data_dir)


def launch(
    binaries: Binaries, user: ServerUser, data_dir: Path, sockets: Path, *, durable: bool
) -> subprocess.Popen[bytes]:
    """The server as our direct child, writing to `log/postgres.log` beside the data directory."""
    options = {**_OPTIONS, **({} if durable else _FORGETFUL), "unix_socket_directories": str(sockets)}
    settings = [f"--{name}={value}" for name, value in options.items()]
    with _fresh_log(data_dir).open("wb") as log:
        return subprocess.Popen(
            [binaries.path("postgres"), "-D", str(data_dir), *settings],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=_plain_environment(),
            start_new_session=True,  # Ctrl-C is for us; we stop the server after the last request
            preexec_fn=_stop_when_the_parent_dies,  # noqa: PLW1509 - one prctl call, made before any thread of ours
            **user.run_as,
        )


def end(process: subprocess.Popen[bytes]) -> None:
    """Fast shutdown; if something hangs, immediate shutdown, from which the next start recovers."""
    for request, patience_s in ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
        if process.poll() is not None:
            return
        process.send_signal(request)
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            continue


def last_words(data_dir: Path) -> str:
    """The end of the server's log, as one line."""
    return _last_words(_log(data_dir).read_text(errors="replace"))


def _log(data_dir: Path) -> Path:
    return data_dir.parent / "log" / "postgres.log"


def _fresh_log(data_dir: Path) -> Path:
    current = _log(data_dir)
    current.parent.mkdir(mode=0o700, exist_ok=True)
    if current.exists():
        current.replace(current.with_name("postgres.log.1"))
    return current


def _last_words(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " / ".join(lines[-3:]) or "tanpa penjelasan"


def _stop_when_the_parent_dies() -> None:
    """Runs in the child, after it changed user and before it becomes the server.

    The kernel then asks it to stop when we die, so not even `kill -9` leaves a server behind.
    """
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def _plain_environment() -> dict[str, str]:
    """PG* variables of the caller must not steer the private server."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
