"""Where the bytes of photos live: on this disk, in memory, or in an S3 bucket, chosen by URL.

A photo is kept under its SHA-256 and one of four names. The same bytes have the same place, so putting them twice
changes nothing, and no name from outside ever becomes part of a path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal, Protocol, Self, cast, get_args
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import MemoryStore, ObjectStore, from_url

from media.disk import Disk
from media.errors import BadKey, NotStored

Name = Literal["original", "large", "medium", "small"]
NAMES: tuple[Name, ...] = get_args(Name)

_SHA256 = re.compile(r"[0-9a-f]{64}")
_PATH = re.compile(r"[0-9a-f]{2}/([0-9a-f]{64})\.(original|large|medium|small)")


class Backend(Protocol):
    """Bytes under relative paths. `write` is atomic for each path; `read` raises `FileNotFoundError`."""

    def write(self, files: Mapping[str, bytes]) -> None: ...
    def read(self, path: str) -> bytes: ...
    def has(self, path: str) -> bool: ...
    def paths(self) -> Iterator[str]: ...
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
            return cls(_Objects(from_url(url)))
        raise ValueError("A photo store is file:///directory, memory:/// or s3://bucket/prefix.")

    def put(self, sha256: str, name: Name, data: bytes) -> None:
        """Keep `data`; when this returns, it survives a power cut (local disk) or is acknowledged (S3)."""
        self.put_all(sha256, {name: data})

    def put_all(self, sha256: str, files: Mapping[Name, bytes]) -> None:
        """Keep several files of one photo; each appears whole or not at all, `original` last."""
        in_order = sorted(files, key=lambda name: name == "original")
        self._backend.write({_path(sha256, name): files[name] for name in in_order})

    def get(self, sha256: str, name: Name) -> bytes:
        """The bytes. Raises `NotStored`."""
        try:
            return self._backend.read(_path(sha256, name))
        except FileNotFoundError as missing:
            raise NotStored(sha256, name) from missing

    def exists(self, sha256: str, name: Name = "original") -> bool:
        """Is this file here?"""
        return self._backend.has(_path(sha256, name))

    def keys(self) -> Iterator[tuple[str, Name]]:
        """Every (sha256, name) that is kept, in no particular order."""
        for path in self._backend.paths():
            if found := _PATH.fullmatch(path):
                yield found[1], cast(Name, found[2])

    def delete(self, sha256: str, name: Name | None = None) -> None:
        """Remove one file of a photo, or all of them. What is not there stays not there."""
        for each in (name,) if name else NAMES:
            self._backend.remove(_path(sha256, each))


def _path(sha256: str, name: str) -> str:
    """The only place where a path is made. Raises `BadKey`."""
    if not _SHA256.fullmatch(sha256) or name not in NAMES:
        raise BadKey(f"not a photo's key: {sha256!r} {name!r}")
    return f"{sha256[:2]}/{sha256}.{name}"


class _Objects:
    """A memory or S3 store. S3 itself promises that an object appears whole and stays."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def write(self, files: Mapping[str, bytes]) -> None:
        for path, data in files.items():
            obstore.put(self._objects, path, data)

    def read(self, path: str) -> bytes:
        return obstore.get(self._objects, path).bytes().to_bytes()

    def has(self, path: str) -> bool:
        try:
            obstore.head(self._objects, path)
        except (FileNotFoundError, NotFoundError):
            return False
        return True

    def paths(self) -> Iterator[str]:
        for batch in obstore.list(self._objects):
            yield from (entry["path"] for entry in batch)

    def remove(self, path: str) -> None:
        try:
            obstore.delete(self._objects, path)
        except (FileNotFoundError, NotFoundError):
            return
