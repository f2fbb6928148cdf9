"""Where PostgreSQL and PostGIS live on this machine."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from webapp.cluster.errors import NoServer, WrongMajor

_USUAL_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/local/pgsql/bin",
)


@dataclass(frozen=True)
class Binaries:
    """The programs of one PostgreSQL major that has PostGIS beside it."""

    folder: Path
    major: int

    def path(self, program: str) -> str:
        return str(self.folder / program)


def find_binaries(data_dir: Path, preferred: Path | None = None) -> Binaries:
    """The highest major installed, or the one that made `data_dir`. Raises `NoServer`, `WrongMajor`."""
    found = {each.major: each for each in _installed(preferred)}
    if not found:
        raise NoServer(
            "PostgreSQL dengan PostGIS tidak ditemukan; pasang dengan: "
            "sudo apt-get install --no-install-recommends postgresql-postgis "
            "(atau setel DATABASE_URL ke server PostgreSQL 15+ dengan PostGIS 3.3+)."
        )
    pinned = _pinned_major(data_dir)
    if pinned is None:
        return found[max(found)]
    if pinned not in found:
        raise WrongMajor(
            f"Basis data di {data_dir} dibuat oleh PostgreSQL {pinned}, tetapi yang terpasang hanya "
            f"{', '.join(str(major) for major in sorted(found))}; pasang PostgreSQL {pinned} dengan PostGIS, "
            f"atau pindahkan isinya dengan pg_dump dari versi {pinned} dan pg_restore ke direktori data yang baru."
        )
    return found[pinned]


def _pinned_major(data_dir: Path) -> int | None:
    version = data_dir / "PG_VERSION"
    return int(version.read_text().strip()) if version.exists() else None


def _installed(preferred: Path | None) -> Iterator[Binaries]:
    for folder in _candidates(preferred):
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            major = _major(folder)
            if any((share / "postgis.control").is_file() for share in _extension_folders(folder, major)):
                yield Binaries(folder, major)


def _candidates(preferred: Path | None) -> Iterator[Path]:
    if preferred is not None:
        yield preferred
        return
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    for pattern in _USUAL_PLACES:
        yield from sorted(Path("/").glob(pattern.lstrip("/")))


def _major(folder: Path) -> int:
    said = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=True, cwd="/"
    ).stdout
    number = re.search(r"(\d+)", said)
    return int(number.group(1)) if number else 0


def _extension_folders(folder: Path, major: int) -> Iterator[Path]:
    yield Path(f"/usr/share/postgresql/{major}/extension")
    for share in (
        "share/extension",
        "share/postgresql/extension",
        f"share/postgresql@{major}/extension",
        "share/pgsql/extension",
    ):
        yield folder.parent / share
    if (folder / "pg_config").is_file():
        said = subprocess.run(
            [folder / "pg_config", "--sharedir"], capture_output=True, text=True, check=False, cwd="/"
        ).stdout
        yield Path(said.strip()) / "extension"
