"""Pieces of uploads on the disk: what came stays, and nothing that was not promised."""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from webapp.capture.errors import ChecksumMismatch, StoreAway, UploadBusy, WrongOffset
from webapp.capture.parts import Checksum, Parts

ROOT = Path(__file__).resolve().parents[3]
ONE = uuid.UUID("11111111-2222-4333-8444-555555555555")


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(tmp_path / "uploads")


def sent(parts: Parts, data: bytes, offset: int = 0, **more: Checksum) -> int:
    return parts.append(ONE, io.BytesIO(data), offset=offset, most=len(data), **more)


def held(parts: Parts) -> bytes:
    with parts.mapped(ONE) as data:
        return data[:]


def test_pieces_become_the_file_in_private(parts: Parts) -> None:
    assert parts.length(ONE) == 0
    assert sent(parts, b"abc") == 3
    assert sent(parts, b"defg", 3) == 7 == parts.length(ONE)
    assert held(parts) == b"abcdefg"
    path = parts.path(ONE)
    assert path.name == f"{ONE}.part"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_no_more_is_taken_than_the_file_still_needs(parts: Parts) -> None:
    assert parts.append(ONE, io.BytesIO(b"x" * 1_000_000), offset=0, most=600_000) == 600_000


@pytest.mark.parametrize("offset", [0, 2, 4, 10])
def test_a_piece_that_is_no_continuation_changes_nothing(parts: Parts, offset: int) -> None:
    sent(parts, b"abc")
    with pytest.raises(WrongOffset):
        sent(parts, b"zzz", offset)
    assert held(parts) == b"abc"


def test_a_piece_that_was_damaged_on_its_way_leaves_nothing(parts: Parts) -> None:
    sent(parts, b"abc")
    for algorithm in ("sha1", "sha256"):
        good = Checksum(algorithm, hashlib.new(algorithm, b"d" * 700_000, usedforsecurity=False).digest())
        with pytest.raises(ChecksumMismatch):
            sent(parts, b"d" * 699_999 + b"e", 3, checksum=good)
        assert held(parts) == b"abc"
        assert sent(parts, b"d" * 700_000, 3, checksum=good) == 700_003
        os.truncate(parts.path(ONE), 3)


class Broken(io.BytesIO):
    """A body that breaks off after its first read."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise ConnectionResetError
        return super().read(4)


def test_what_came_before_a_body_broke_off_is_kept_unless_it_had_to_hash_to_something(parts: Parts) -> None:
    with pytest.raises(StoreAway):
        parts.append(ONE, Broken(b"a" * 100), offset=0, most=100)
    assert parts.length(ONE) == 4
    with pytest.raises(StoreAway):
        parts.append(ONE, Broken(b"a" * 100), offset=4, most=96, checksum=Checksum("sha1", b""))
    assert parts.length(ONE) == 4


def test_while_one_writes_another_is_told_to_wait(parts: Parts) -> None:
    sent(parts, b"abc")
    with parts.path(ONE).open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(UploadBusy):
            sent(parts, b"def", 3)
    assert sent(parts, b"def", 3) == 6


def test_a_full_disk_keeps_what_fitted_and_says_so(parts: Parts) -> None:
    """In a process of its own, which may write files of 300 kB: the same answer of the system as a full disk's."""
    script = f"""
import io, resource, signal, uuid
from pathlib import Path
from webapp.capture.errors import NoRoom
from webapp.capture.parts import Parts
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
parts, one = Parts(Path({str(parts.path(ONE).parent)!r})), uuid.UUID({str(ONE)!r})
try:
    parts.append(one, io.BytesIO(b"a" * 900_000), offset=0, most=900_000)
except NoRoom:
    print(parts.length(one))
"""
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, cwd=ROOT, text=True)
    assert told.stdout == "300000\n"
    assert sent(parts, b"b" * 600_000, 300_000) == 900_000


def test_a_directory_that_cannot_be_written_is_a_store_that_is_away(tmp_path: Path) -> None:
    (tmp_path / "uploads").write_text("a file where the directory should be")
    with pytest.raises(StoreAway):
        sent(Parts(tmp_path / "uploads"), b"abc")


def test_what_nobody_wrote_to_for_long_is_found_and_strangers_are_not(parts: Parts) -> None:
    sent(parts, b"abc")
    (parts.path(ONE).parent / "catatan.part").write_text("nobody's")
    now = datetime.now(UTC)
    assert parts.left_before(now - timedelta(hours=1)) == []
    os.utime(parts.path(ONE), (0, 0))
    assert parts.left_before(now - timedelta(hours=1)) == [ONE]
    parts.remove(ONE)
    parts.remove(ONE)
    assert parts.length(ONE) == 0
    assert parts.left_before(now) == []
