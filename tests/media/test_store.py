"""Where the bytes live, and how nobody gets out of there."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from media.disk import Disk
from media.errors import BadKey, NotStored, StoreFull
from media.store import NAMES, Store

DATA = b"bukti" * 100
KEY = hashlib.sha256(DATA).hexdigest()


class Bucket(BaseHTTPRequestHandler):
    """As much of S3 as the store uses: a stand-in for somebody else's machine."""

    objects: dict[str, bytes]

    def do_PUT(self) -> None:
        self.objects[self._key()] = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200, b"")

    def do_GET(self) -> None:
        if "list-type" in parse_qs(urlsplit(self.path).query):
            self._answer(200, self._listing())
        elif self._key() in self.objects:
            self._answer(200, self.objects[self._key()])
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        keys = [part.split("</Key>")[0] for part in asked.split("<Key>")[1:]]
        for key in keys:
            self.objects.pop(key, None)
        gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())

    def do_DELETE(self) -> None:
        self.objects.pop(self._key(), None)
        self._answer(204, b"")

    def _key(self) -> str:
        return urlsplit(self.path).path.removeprefix("/foto/")

    def _listing(self) -> bytes:
        rows = "".join(
            f"<Contents><Key>{key}</Key><LastModified>2018-08-06T02:30:15.000Z</LastModified>"
            f'<ETag>"{len(data)}"</ETag><Size>{len(data)}</Size></Contents>'
            for key, data in self.objects.items()
        )
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode()

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Mon, 06 Aug 2018 02:30:15 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    handler = type("OneBucket", (Bucket,), {"objects": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    settings = {
        "AWS_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
        "AWS_ALLOW_HTTP": "true",
        "AWS_SKIP_SIGNATURE": "true",
        "AWS_REGION": "local",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    yield "s3://foto"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(params=["disk", "memory", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "disk":
        return Store.open((tmp_path / "foto dan bukti").as_uri())
    return Store.open("memory:///" if request.param == "memory" else request.getfixturevalue("bucket"))


def test_what_is_put_is_there_until_it_is_deleted(store: Store) -> None:
    assert not store.exists(KEY)
    store.put_all(KEY, {"original": DATA, "small": b"kecil"})
    assert store.get(KEY, "original") == DATA
    assert store.get(KEY, "small") == b"kecil"
    assert store.exists(KEY, "small") and not store.exists(KEY, "large")
    assert sorted(store.keys()) == [(KEY, "original"), (KEY, "small")]
    store.delete(KEY, "small")
    assert list(store.keys()) == [(KEY, "original")]
    store.delete(KEY)
    store.delete(KEY)
    assert list(store.keys()) == []


def test_what_is_not_there_is_said_so(store: Store) -> None:
    with pytest.raises(NotStored):
        store.get(KEY, "original")


def test_putting_twice_changes_nothing(store: Store) -> None:
    store.put(KEY, "original", DATA)
    store.put(KEY, "original", DATA)
    assert list(store.keys()) == [(KEY, "original")]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("../" * 20 + "etc/passwd", "original"),
        ("/etc/passwd", "original"),
        ("A" * 64, "original"),
        ("a" * 63, "original"),
        ("a" * 64 + "\n", "original"),
        ("", "original"),
        (KEY, "../../original"),
        (KEY, ""),
        (KEY, "thumb"),
    ],
)
def test_no_key_leads_anywhere_else(key: str, name: str, store: Store) -> None:
    for attempt in (
        lambda: store.put(key, name, b"x"),  # type: ignore[arg-type]
        lambda: store.get(key, name),  # type: ignore[arg-type]
        lambda: store.exists(key, name),  # type: ignore[arg-type]
    ):
        with pytest.raises(BadKey):
            attempt()


def test_files_on_the_disk_are_private(tmp_path: Path) -> None:
    store = Store.open((tmp_path / "foto").as_uri())
    store.put_all(KEY, dict.fromkeys(NAMES, DATA))
    modes = {oct(path.stat().st_mode & 0o777) for path in (tmp_path / "foto").rglob("*") if path.is_file()}
    folders = {oct(path.stat().st_mode & 0o777) for path in [tmp_path / "foto", *(tmp_path / "foto").iterdir()]}
    assert (modes, folders) == ({"0o600"}, {"0o700"})


def test_bytes_are_on_the_disk_before_their_name_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    for name in ("fdatasync", "fsync", "rename"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *args, _name=name, _real=real: (steps.append(_name), _real(*args))[1])
    Disk(tmp_path).write({"ab/satu": b"1", "ab/dua": b"2"})
    assert steps == ["fsync", "fdatasync", "fdatasync", "rename", "rename", "fsync"]


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = iter([None])

    def full(_: int) -> None:
        if next(done, "full") == "full":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdatasync", full)
    store = Store.open(tmp_path.as_uri())
    with pytest.raises(StoreFull):
        store.put_all(KEY, {"small": b"kecil", "original": DATA})
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_files_of_others_in_the_folder_are_not_photos(tmp_path: Path) -> None:
    store = Store.open(tmp_path.as_uri())
    store.put(KEY, "original", DATA)
    (tmp_path / "catatan.txt").write_text("bukan foto")
    (tmp_path / KEY[:2] / f".{KEY}.large.0011").write_bytes(b"left behind by a crash")
    assert list(store.keys()) == [(KEY, "original")]


def test_many_at_once_put_the_same_photo(tmp_path: Path) -> None:
    store = Store.open(tmp_path.as_uri())
    threads = [threading.Thread(target=store.put, args=(KEY, "original", DATA)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [f"{KEY}.original"]


@pytest.mark.parametrize(
    "url", ["", "/var/foto", "http://contoh.id/foto", "file:///", "file://lain/foto", "s3:///foto", "gs://x"]
)
def test_only_three_kinds_of_address_are_stores(url: str) -> None:
    with pytest.raises(ValueError, match="photo store"):
        Store.open(url)
