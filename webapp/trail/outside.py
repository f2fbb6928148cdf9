"""The place outside where heads are written down once: a folder or a bucket that keeps what it was given."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from media.errors import StoreUnavailable
from webapp.trail.errors import OtherCheckpoint


class Shelf:
    """Checkpoints by size. A name is written once and never again."""

    def __init__(self, place: str) -> None:
        """`place`: a folder, `file:///folder` or `s3://bucket/prefix` (credentials as for photos)."""
        self._objects = _opened(place)

    def put(self, size: int, note: str) -> None:
        """Write one down; the same again changes nothing. Raises `OtherCheckpoint`, `StoreUnavailable`."""
        name = f"{size:012d}.txt"
        try:
            obstore.put(self._objects, name, note.encode(), mode="create")
        except AlreadyExistsError as there:
            if self._read(name) != note:
                raise OtherCheckpoint from there
        except (BaseError, OSError) as down:
            raise StoreUnavailable from down

    def notes(self) -> Iterator[tuple[str, str]]:
        """Every checkpoint by its name. Raises `StoreUnavailable`."""
        try:
            names = sorted(entry["path"] for batch in obstore.list(self._objects) for entry in batch)
        except (BaseError, OSError) as down:
            raise StoreUnavailable from down
        for name in names:
            yield name, self._read(name)

    def _read(self, name: str) -> str:
        try:
            return obstore.get(self._objects, name).bytes().to_bytes().decode(errors="replace")
        except (BaseError, OSError) as down:
            raise StoreUnavailable from down


def _opened(place: str) -> ObjectStore:
    parts = urlsplit(place)
    if parts.scheme in ("", "file"):
        folder = Path(unquote(parts.path) if parts.scheme else place)
        folder.mkdir(parents=True, exist_ok=True)
        return LocalStore(folder.absolute())
    return from_url(place)
