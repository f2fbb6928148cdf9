"""Where the bytes of photos live: on this disk, in memory, or in an S3 bucket, chosen by URL.

A photo is kept under its SHA-256 and one of five names. The same bytes have the same place, so putting them twice
changes nothing, and no name from outside ever becomes part of a path.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, Self, cast, get_args
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import MemoryStore, ObjectStore, from_url

from media.buffers import Buffer
from media.disk import Disk
from media.errors import BadKey, NotStored, StoreUnavailable

Name = Literal["original", "large", "medium", "small", "redacted"]
NAMES: tuple[Name, ...] = get_args(Name)
OF_PHOTOS: tuple[Name, ...] = ("original", "large", "medium", "small")
"""What a photo has once its pictures are made. `redacted` is a picture of its own, kept under its own digest."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FILE = r"([0-9a-f]{2})/%s(\1[0-9a-f]{62})\.(original|large|medium|small|redacted)%s"
_PATH = re.compile(_FILE % ("", ""))
_BESIDE = re.compile(_FILE % (r"\.", r"\.[0-9a-f]{16}"))  # as `media.disk` names what it is still writing


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in the store. `key`: (sha256, name) of a photo's own; `is_leftover`: of a write that was cut off.

    Neither: it is somebody else's, and no business of ours.
    """

    path: str
    written: datetime
    key: tuple[str, Name] | None = None
    is_leftover: bool = False

    @property
    def sha256(self) -> str | None:
        """The photo it belongs to; None for anything but a photo's own file."""
        return self.key[0] if self.key else None


class Backend(Protocol):
    """Bytes under relative paths. `write` is atomic for each path; `read`, `opened`, `size` raise `FileNotFoundError`.

    Every method may raise `StoreUnavailable`; `entries` are (path, when it was written), sorted by path.
    """

    def write(self, files: Mapping[str, Buffer]) -> None: ...
    def read(self, path: str) -> bytes: ...
    def opened(self, path: str) -> AbstractContextManager[Buffer]: ...
    def has(self, path: str) -> bool: ...
    def size(self, path: str) -> int: ...
    def entries(self) -> Iterator[tuple[str, datetime]]: ...
    def remove(self, path: str) -> None: ...


class Store:
    """Photos by SHA-256 and name. Safe to use from several threads and processes."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    @classmethod
    def open(cls, url: str) -> Self:
        """`file:///directory` (made when missing), `memory:///` (for tests), or `s3://bucket/prefix`.

        S3 takes its credentials, region and endpoint from the usual AWS_… environment variables.
        Raises `ValueError` for any other URL.
        """
        parts = urlsplit(url)
        if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path.strip("/"):
            return cls(Disk(unquote(parts.path)))
        if parts.scheme == "memory":
            return cls(_Objects(MemoryStore()))
        if parts.scheme == "s3" and parts.netloc:
            return cls(_Objects(from_url(url, **_patient())))
        raise ValueError("A photo store is file:///directory, memory:/// or s3://bucket/prefix.")

    def put(self, sha256: str, name: Name, data: Buffer) -> None:
        """Keep `data`; when this returns, it survives a power cut (local disk) or is acknowledged (S3).

        Raises `StoreFull`, `StoreUnavailable`; then nothing has been kept.
        """
        self.put_all(sha256, {name: data})

    def put_all(self, sha256: str, files: Mapping[Name, Buffer]) -> None:
        """Keep several files of one photo; each appears whole or not at all, `original` last."""
        in_order = sorted(files, key=lambda name: name == "original")
        self._backend.write({_path(sha256, name): files[name] for name in in_order})

    def get(self, sha256: str, name: Name) -> bytes:
        """The bytes. Raises `NotStored`."""
        try:
            return self._backend.read(_path(sha256, name))
        except FileNotFoundError as missing:
            raise NotStored(sha256, name) from missing

    @contextmanager
    def opened(self, sha256: str, name: Name) -> Iterator[Buffer]:
        """The file to look into, as far as possible without reading it whole. Raises `NotStored`."""
        try:
            found = self._backend.opened(_path(sha256, name))
            data = found.__enter__()
        except FileNotFoundError as missing:
            raise NotStored(sha256, name) from missing
        try:
            yield data
        finally:
            found.__exit__(None, None, None)

    def exists(self, sha256: str, name: Name = "original") -> bool:
        """Is this file here?"""
        return self._backend.has(_path(sha256, name))

    def size(self, sha256: str, name: Name) -> int:
        """How many bytes a file has. Raises `NotStored`."""
        try:
            return self._backend.size(_path(sha256, name))
        except FileNotFoundError as missing:
            raise NotStored(sha256, name) from missing

    def entries(self) -> Iterator[Kept]:
        """Everything that is kept, in the order of the photos' digests; the files of one photo follow each other."""
        for path, written in self._backend.entries():
            found = _PATH.fullmatch(path)
            key = (found[2], cast(Name, found[3])) if found else None
            yield Kept(path, written, key, is_leftover=_BESIDE.fullmatch(path) is not None)

    def keys(self) -> Iterator[tuple[str, Name]]:
        """Every (sha256, name) that is kept, in the order of the digests."""
        return (one.key for one in self.entries() if one.key is not None)

    def remove_leftover(self, path: str) -> None:
        """Remove what a write left behind that was cut off. Raises `BadKey` for any other file."""
        if not _BESIDE.fullmatch(path):
            raise BadKey(path)
        self._backend.remove(path)

    def delete(self, sha256: str, name: Name | None = None) -> None:
        """Remove one file of a photo, or all of them. What is not there stays not there."""
        for each in (name,) if name else NAMES:
            self._backend.remove(_path(sha256, each))


def _path(sha256: str, name: str) -> str:
    """The only place where a path is made. Raises `BadKey`."""
    if not _SHA256.fullmatch(sha256) or name not in NAMES:
        raise BadKey(f"not a photo's key: {sha256!r} {name!r}")
    return f"{sha256[:2]}/{sha256}.{name}"


def _patient() -> dict[str, Any]:
    """Somebody waits in front of the page: a bucket that does not answer within eight seconds counts as down.

    What fails within the first two is tried once more.
    """
    plain = os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("1", "true", "yes")  # options given here replace it
    return {
        "client_options": {"timeout": "6s", "connect_timeout": "3s", "allow_http": plain},
        "retry_config": {"max_retries": 1, "retry_timeout": timedelta(seconds=2)},
    }


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotFoundError):
        raise
    except (BaseError, OSError) as down:
        raise StoreUnavailable from down


class _Objects:
    """A memory or S3 store. S3 itself promises that an object appears whole and stays."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def write(self, files: Mapping[str, Buffer]) -> None:
        with _reachable():
            for path, data in files.items():
                obstore.put(self._objects, path, data[:])

    def read(self, path: str) -> bytes:
        with _reachable():
            return obstore.get(self._objects, path).bytes().to_bytes()

    @contextmanager
    def opened(self, path: str) -> Iterator[Buffer]:
        yield self.read(path)

    def has(self, path: str) -> bool:
        try:
            with _reachable():
                obstore.head(self._objects, path)
        except (FileNotFoundError, NotFoundError):
            return False
        return True

    def size(self, path: str) -> int:
        with _reachable():
            return int(obstore.head(self._objects, path)["size"])

    def entries(self) -> Iterator[tuple[str, datetime]]:
        with _reachable():
            for batch in obstore.list(self._objects):
                yield from ((entry["path"], entry["last_modified"]) for entry in batch)

    def remove(self, path: str) -> None:
        try:
            with _reachable():
                obstore.delete(self._objects, path)
        except (FileNotFoundError, NotFoundError):
            return
