"""A zip that came from outside, read member by member. Nothing is unpacked to a path, and nothing whole into memory."""

from __future__ import annotations

import mmap
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from media.buffers import Buffer
from webapp.bulk.naming import clean_path, is_furniture

MOST_MEMBERS = 5_000
MOST_UNPACKED = 4 * 1024**3  # bytes of all members together; photos hardly shrink
MOST_SHRUNK = 100  # times smaller than what comes out; a photo by a tenth, a table by ten times
_MAY_SHRINK = 1024 * 1024  # bytes below which nobody minds
_LARGEST_READ = 4 * 1024**2  # what is read at once while an archive is opened: the list of 5,000 members, at most
_PIECE = 256 * 1024
_ENCRYPTED, _UTF8 = 0x1, 0x800  # bits of a member's flags
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # others may ask for gigabytes to unpack
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")
_TROUBLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


class ArchiveRefused(Exception):
    """The archive is not read at all; `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class MemberRefused(Exception):
    """This member is not read, the others are; `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Member:
    """A file in an archive. `position` counts all entries from 1; `path` is a clean label."""

    position: int
    path: str
    byte_size: int
    info: zipfile.ZipInfo


class Archive:
    """An opened archive; see `opened`."""

    def __init__(self, packed: zipfile.ZipFile, largest: int, workshop: Path) -> None:
        self._packed, self._largest, self._workshop = packed, largest, workshop
        listed = packed.infolist()
        if len(listed) > MOST_MEMBERS:
            raise ArchiveRefused("archive_too_many")
        if sum(info.file_size for info in listed) > MOST_UNPACKED:
            raise ArchiveRefused("archive_too_large")
        self.members = [
            Member(position, clean_path(name), info.file_size, info)
            for position, info in enumerate(listed, start=1)
            if not info.is_dir() and not is_furniture(name := _name(info))
        ]

        self._named = {member.path: member for member in reversed(self.members)}

    def named(self, path: str) -> Member | None:
        """The member of exactly that name; of several the first."""
        return self._named.get(path)

    @contextmanager
    def read(self, member: Member) -> Iterator[Buffer]:
        """What a member holds, in a file without a name. Raises `MemberRefused`."""
        self._must_be_harmless(member.info)
        with tempfile.TemporaryFile(dir=self._workshop) as aside:
            try:
                with self._packed.open(member.info) as packed:
                    while piece := packed.read(_PIECE):
                        aside.write(piece)
            except _TROUBLE as broken:
                raise MemberRefused("member_damaged") from broken
            if aside.tell() == 0:
                yield b""
                return
            aside.flush()
            with mmap.mmap(aside.fileno(), 0, access=mmap.ACCESS_READ) as view:
                if view[:8].startswith(_ARCHIVES) and not _is_table(member.path):
                    raise MemberRefused("nested_archive")
                yield view

    def _must_be_harmless(self, info: zipfile.ZipInfo) -> None:
        if info.flag_bits & _ENCRYPTED:
            raise MemberRefused("member_encrypted")
        if info.compress_type not in _METHODS:
            raise MemberRefused("member_method_unknown")
        if info.file_size > self._largest:
            raise MemberRefused("file_too_large")
        if info.file_size > max(_MAY_SHRINK, MOST_SHRUNK * info.compress_size):
            raise MemberRefused("member_swells")


@contextmanager
def opened(path: Path, *, largest: int) -> Iterator[Archive]:
    """The archive at `path`; members of more than `largest` bytes are refused. Raises `ArchiveRefused`.

    What is read is put aside beside it, in files without a name.
    """
    with path.open("rb") as file:
        try:
            packed = zipfile.ZipFile(cast(BinaryIO, _Wary(file)))
        except _TROUBLE as broken:
            raise ArchiveRefused("archive_damaged") from broken
        with packed:
            yield Archive(packed, largest, path.parent)


class _Wary:
    """The file, but for reads so large that only a list of far too many members can be meant.

    `ZipFile` reads that list at once and makes an object of each entry, before anybody can count them.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1, /) -> bytes:
        """As of any file. Raises `ArchiveRefused`."""
        came = self._file.read(_LARGEST_READ + 1 if size < 0 else min(size, _LARGEST_READ + 1))
        if len(came) > _LARGEST_READ:
            raise ArchiveRefused("archive_too_many")
        return came


def _name(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: UTF-8 where it says so, and where it can be read so although it says nothing."""
    name = info.orig_filename
    if info.flag_bits & _UTF8:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def is_zip(data: Buffer) -> bool:
    """Whether it begins as a zip does."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def _is_table(path: str) -> bool:
    return path.casefold().endswith((".xlsx", ".ods"))
