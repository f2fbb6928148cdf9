"""Where the cluster and its socket go. The server's user must reach both, and a socket's path must be short."""

from __future__ import annotations

import contextlib
import hashlib
import re
import tempfile
from pathlib import Path

from webapp.cluster.errors import DataUnreachable
from webapp.cluster.osuser import ServerUser, server_user

ELSEWHERE = Path("/var/lib/petabukti")
_SOCKET_NAME = "/.s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 107  # bytes in sockaddr_un, less the closing zero
_SHARED = ("/tmp", "/var/tmp")  # noqa: S108 # nosec B108 # everyone's: `_own_folder` looks who owns what it finds
_PLAIN = re.compile(r"[A-Za-z0-9/_.+-]+")  # the server's option is a comma-separated list with quotes


def cluster_folder(data_dir: Path) -> Path:
    """`data_dir/pg`; or, for root with a closed home, a folder under /var/lib that `data_dir/pg-place` names.

    The place is written down, not computed, so that a fresh clone never meets the database of an older one.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    noted = data_dir / "pg-place"
    if noted.exists():
        return Path(noted.read_text().strip())
    if (data_dir / "pg").exists() or server_user().closed_folder(data_dir.resolve()) is None:
        return data_dir / "pg"
    ELSEWHERE.mkdir(parents=True, exist_ok=True)
    ELSEWHERE.chmod(0o711)
    home = Path(tempfile.mkdtemp(prefix=f"{data_dir.resolve().parent.name[:20]}-", dir=ELSEWHERE))
    home.chmod(0o711)
    noted.write_text(f"{home / 'pg'}\n")
    return home / "pg"


def require_reachable(data_dir: Path, user: ServerUser) -> None:
    """Raises `DataUnreachable` with the folder that stands in the way."""
    closed = user.closed_folder(data_dir.resolve().parent)
    if closed is not None:
        raise DataUnreachable(
            f"PostgreSQL berjalan sebagai pengguna 'postgres', yang tidak boleh memasuki {closed}; "
            f"pilih direktori lain dengan --data {ELSEWHERE}, atau izinkan dengan: chmod o+x '{closed}'"
        )


def socket_folder(data_dir: Path, user: ServerUser) -> Path:
    """An empty folder (0700) of the server's user, the same one for the same cluster where possible."""
    name = f"petabukti-{hashlib.sha256(bytes(data_dir.resolve())).hexdigest()[:10]}"
    for parent in dict.fromkeys((tempfile.gettempdir(), *_SHARED)):
        if _fits(f"{parent}/{name}") and user.closed_folder(Path(parent)) is None:
            return _own_folder(Path(parent), name, user)
    raise DataUnreachable(
        "Tidak ada direktori sementara (/tmp, /var/tmp) yang dapat dipakai PostgreSQL untuk soketnya."
    )


def _fits(folder: str) -> bool:
    return len(folder.encode()) + len(_SOCKET_NAME) + len("-12345678") <= _LONGEST_SOCKET_PATH and bool(
        _PLAIN.fullmatch(folder)
    )


def _own_folder(parent: Path, name: str, user: ServerUser) -> Path:
    """The temporary directory is everyone's: a folder of that name counts only if it is truly ours."""
    folder = parent / name
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        user.take_over(folder)
    if folder.is_symlink() or not folder.is_dir() or folder.stat().st_uid != user.uid or folder.stat().st_mode & 0o077:
        folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=parent))
        user.take_over(folder)
    for stale in folder.iterdir():  # a killed server's socket and its lock, which names a process id of long ago
        stale.unlink()
    return folder
