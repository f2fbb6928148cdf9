"""Zips as people make them, those who mean harm too: nothing climbs, nothing swells, memory stays small."""

from __future__ import annotations

import tracemalloc
import zipfile
from pathlib import Path

import pytest

from tests.webapp.bulk.making import claiming, encrypted, many_entries, with_raw_name, zipped
from webapp.bulk import archives
from webapp.bulk.archives import ArchiveRefused, MemberRefused
from webapp.bulk.naming import clean_path, is_furniture

LARGEST = 2_000_000


def put(folder: Path, data: bytes) -> Path:
    path = folder / "berkas.part"
    path.write_bytes(data)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ArchiveRefused) as why, archives.opened(path, largest=LARGEST):
        pass
    return why.value.code


def refusal_of_only_member(path: Path) -> str:
    with (
        archives.opened(path, largest=LARGEST) as archive,
        pytest.raises(MemberRefused) as why,
        archive.read(archive.members[0]),
    ):
        pass
    return why.value.code


def test_members_are_read_one_by_one_and_nothing_is_left_beside(tmp_path: Path) -> None:
    files = {"foto/1.jpg": b"satu" * 1000, "foto/2.jpg": b"", "3.jpg": b"tiga"}
    with archives.opened(put(tmp_path, zipped(files)), largest=LARGEST) as archive:
        for member in archive.members:
            with archive.read(member) as data:
                assert bytes(data[:]) == files[member.path]
    assert [path.name for path in tmp_path.iterdir()] == ["berkas.part"]


def test_what_a_computer_put_there_by_itself_is_passed_over(tmp_path: Path) -> None:
    files = dict.fromkeys(
        ("__MACOSX/._1.jpg", ".DS_Store", "a/.hidden.jpg", "Thumbs.db", "desktop.ini", "a/", "a/1.jpg"), b"x"
    )
    with archives.opened(put(tmp_path, zipped(files)), largest=LARGEST) as archive:
        assert [member.path for member in archive.members] == ["a/1.jpg"]


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("..\\..\\windows\\win.ini", "windows/win.ini"),
        ("C:\\foto\\1.jpg", "C:/foto/1.jpg"),
        ("a/./../b//1.jpg", "a/b/1.jpg"),
        ("foto\x001.jpg", "foto/1.jpg"),
        ("kiri\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe", "kirigpj.exe"),
        ("a/" * 20 + "1.jpg", "a/a/a/a/a/a/a/1.jpg"),
        ("", ""),
        ("../..", ""),
    ],
)
def test_a_name_is_a_label_and_never_climbs(raw: str, label: str) -> None:
    assert clean_path(raw) == label


def test_a_member_that_wants_to_climb_is_an_ordinary_photo(tmp_path: Path) -> None:
    path = put(tmp_path, zipped({"../../../tmp/jahat.jpg": b"x"}))
    with archives.opened(path, largest=LARGEST) as archive, archive.read(archive.members[0]) as data:
        assert (archive.members[0].path, bytes(data[:])) == ("tmp/jahat.jpg", b"x")
    assert not is_furniture("../1.jpg")


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("désa.jpg".encode("cp437"), "désa.jpg"),
        ("désa — 村.jpg".encode(), "désa — 村.jpg"),
        (b"biasa.jpg", "biasa.jpg"),
    ],
)
def test_names_without_a_word_on_their_encoding_are_read_as_they_were_meant(
    tmp_path: Path, raw: bytes, read: str
) -> None:
    with archives.opened(put(tmp_path, with_raw_name(raw, b"x")), largest=LARGEST) as archive:
        assert archive.members[0].path == read


def test_an_archive_that_is_none_is_refused(tmp_path: Path) -> None:
    whole = zipped({"1.jpg": b"satu" * 1000}, zipfile.ZIP_STORED)
    for data in (b"PK\x03\x04", b"PK\x03\x04" + b"x" * 1000, whole[:-30], whole[: len(whole) // 2]):
        assert refusal(put(tmp_path, data)) == "archive_damaged"


def test_too_many_members_are_refused_before_anybody_makes_a_list_of_them(tmp_path: Path) -> None:
    assert refusal(put(tmp_path, many_entries(archives.MOST_MEMBERS + 1))) == "archive_too_many"
    path = put(tmp_path, many_entries(600_000))  # 30 MB of names: half a gigabyte as objects
    tracemalloc.start()
    assert refusal(path) == "archive_too_many"
    assert tracemalloc.get_traced_memory()[1] < 10 * 1024**2
    tracemalloc.stop()


def test_an_archive_that_would_fill_the_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_UNPACKED", 5_000)
    assert refusal(put(tmp_path, zipped({"1.jpg": b"x" * 3_000, "2.jpg": b"x" * 3_000}))) == "archive_too_large"


def test_a_member_that_swells_is_refused_without_being_unpacked(tmp_path: Path) -> None:
    bomb = zipped({"1.jpg": bytes(1_900_000)})
    assert len(bomb) < 3_000
    assert refusal_of_only_member(put(tmp_path, bomb)) == "member_swells"


def test_a_member_larger_than_a_photo_may_be_is_refused(tmp_path: Path) -> None:
    assert refusal_of_only_member(put(tmp_path, zipped({"1.jpg": bytes(LARGEST + 1)}))) == "file_too_large"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (encrypted("1.jpg", b"rahasia"), "member_encrypted"),
        (zipped({"1.jpg": b"x" * 100}, zipfile.ZIP_LZMA), "member_method_unknown"),
        (zipped({"1.jpg": b"x" * 100}, zipfile.ZIP_BZIP2), "member_method_unknown"),
        (zipped({"dalam.zip": zipped({"1.jpg": b"x"})}), "nested_archive"),
        (zipped({"1.jpg": zipped({"1.jpg": b"x"})}), "nested_archive"),
        (zipped({"1.jpg": b"Rar!\x1a\x07\x00 isi"}), "nested_archive"),
        (claiming(50), "member_damaged"),
        (zipped({"1.jpg": b"satu" * 100}, zipfile.ZIP_STORED).replace(b"satusatu", b"satuSATU", 1), "member_damaged"),
    ],
    ids=["encrypted", "lzma", "bzip2", "nested", "nested under another name", "rar", "lies about its size", "flipped"],
)
def test_a_member_that_cannot_be_read_says_why(tmp_path: Path, data: bytes, code: str) -> None:
    assert refusal_of_only_member(put(tmp_path, data)) == code
