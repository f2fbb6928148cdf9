"""Where files for download lie: one directory (0700), files of mode 0600, named by the download's own random number.

A file is written beside its place and moved there when it is whole. Nothing from outside becomes part of a path.
"""

import errno
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from config import Settings
from webapp.exchange.errors import NoRoom

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True)
class Shelf:
    """`keep_free`: bytes of the disk that stay free, for evidence arrives there too."""

    root: Path
    keep_free: int

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(settings.downloads_dir, settings.keep_free_mb * 1_000_000)

    def path(self, download_id: uuid.UUID) -> Path:
        """Where the file of that download lies; it may not be there."""
        return self.root / str(download_id)

    def check_room(self) -> None:
        """Raises `NoRoom`."""
        if shutil.disk_usage(self.root).free < self.keep_free:
            raise NoRoom

    @contextmanager
    def beside(self, download_id: uuid.UUID, ending: str) -> Iterator[Path]:
        """A place to write to, this try's own; what is still there at the end is removed. Raises `NoRoom`.

        `ending`: of its name, for GDAL minds it. The file in its place has none.
        """
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.check_room()
        place = self.root / f"{download_id}-{uuid.uuid4().hex}.{ending}"
        place.touch(mode=0o600, exist_ok=False)
        try:
            yield place
        except OSError as failed:
            if failed.errno in _NO_ROOM:
                raise NoRoom from failed
            raise
        finally:
            for left in self.root.glob(f"{place.name}*"):  # a GeoPackage has journals while it grows
                left.unlink(missing_ok=True)

    def keep(self, beside: Path, download_id: uuid.UUID) -> None:
        """Put a whole file in its place."""
        beside.chmod(0o600)
        beside.replace(self.path(download_id))

    def remove(self, download_id: uuid.UUID) -> None:
        self.path(download_id).unlink(missing_ok=True)

    def entries(self) -> Iterator[tuple[Path, datetime]]:
        """Every file here and when it was last written."""
        for found in sorted(self.root.glob("*")):
            try:
                yield found, datetime.fromtimestamp(found.stat().st_mtime, UTC)
            except FileNotFoundError:
                continue
