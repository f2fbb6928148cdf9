"""How long pages and layers take with many cases: `.venv/bin/python -m bench.pages [cases] [rounds]`.

A private PostgreSQL of its own is filled with cases (10,000 unless told) and thrown away; the real app is served by
waitress in a second process on a free port of the loopback; the pages are asked for one after the other by people who
signed in through the real form. Milliseconds as the client sees them, bytes as they cross the wire (gzip accepted).
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bench.country import CAMAT, CITY, CROWDED, DESK, LEADER, PASSWORD, PROVINCE, UNIT, fill
from config import Settings
from tests import factories
from webapp import db, schema
from webapp.accounts import totp
from webapp.app import create_app
from webapp.cluster import DATABASE, Cluster
from webapp.serving import address_of, reserve, serve

ROUNDS, WARM_UP, SLOW_MS, PATIENCE_S = 30, 3, 500.0, 60.0

# what is measured, by whom it is asked for, where
PAGES = (
    ("home", LEADER, "/"),
    ("map page, country", LEADER, "/peta/"),
    ("map page, province", LEADER, f"/peta/{PROVINCE}"),
    ("map page, city", LEADER, f"/peta/{CITY}"),
    ("map page, kecamatan", LEADER, f"/peta/{UNIT}"),
    ("map page, country, text filter", LEADER, "/peta/?cari=nomor+7"),
    ("list behind a number, country", LEADER, "/peta/daftar?kelompok=verified"),
    ("regions layer, country", LEADER, "/peta/wilayah.geojson"),
    ("regions layer, province", LEADER, f"/peta/{PROVINCE}/wilayah.geojson"),
    ("regions layer, city", LEADER, f"/peta/{CITY}/wilayah.geojson"),
    ("cases layer, kecamatan", LEADER, f"/peta/{UNIT}/kasus.geojson"),
    ("cases layer, crowded: cells", LEADER, f"/peta/{CROWDED}/kasus.geojson?bbox=107.5,-7,107.7,-6.8&zoom=13"),
    ("basemap, country", LEADER, "/wilayah/lapisan/dasar.geojson?bbox=94,-12,142,7&zoom=5"),
    ("basemap, city", LEADER, "/wilayah/lapisan/dasar.geojson?bbox=107.4,-7.1,107.9,-6.7&zoom=11"),
    ("desk queue page", DESK, "/verifikasi/"),
    ("desk queue layer", DESK, "/verifikasi/antrean.geojson"),
    ("own evidence list", CAMAT, "/bukti/"),
)


@dataclass(frozen=True)
class Measured:
    p50_ms: float
    p95_ms: float
    wire: int
    plain: int
    revalidated_ms: float | None  # the same layer asked again with its ETag


class Visitor:
    """Somebody with a cookie jar who asks one host only."""

    def __init__(self, host: str) -> None:
        self._host = host
        direct = urllib.request.ProxyHandler({})
        self._opener = urllib.request.build_opener(direct, urllib.request.HTTPCookieProcessor(CookieJar()))

    def sign_in(self, name: str, secret: str | None) -> None:
        """By the real forms; `secret`: of the second factor, where there is one."""
        self._send("/masuk", username=name, password=PASSWORD)
        if secret is not None:
            self._send("/masuk/kode", code=totp.code_of(secret, totp.step_at(db.utcnow())))
        assert b'action="/keluar"' in self.ask("/")[1], f"{name} could not sign in"

    def _send(self, path: str, **fields: str) -> None:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.ask(path)[1].decode())
        assert token, f"no form at {path}"
        self.ask(path, data=urllib.parse.urlencode({"csrf_token": token[1], **fields}).encode())

    def ask(self, path: str, data: bytes | None = None, etag: str | None = None) -> tuple[int, bytes, str | None]:
        """Bytes on the wire, the body as it reads, and its ETag. Raises on an error of the server."""
        headers = {"Accept-Encoding": "gzip", "Accept-Language": "id"} | ({"If-None-Match": etag} if etag else {})
        request = urllib.request.Request(self._host + path, data=data, headers=headers)  # noqa: S310  (our own port)
        try:
            with self._opener.open(request, timeout=PATIENCE_S) as answer:
                wire = answer.read()
                zipped = answer.headers.get("Content-Encoding") == "gzip"
                return len(wire), gzip.decompress(wire) if zipped else wire, answer.headers.get("ETag")
        except urllib.error.HTTPError as why:
            if why.code != 304:
                raise
            return 0, b"", etag


def measure(visitor: Visitor, path: str, rounds: int) -> Measured:
    """Median and 95th percentile of `rounds` askings, after a few that warm the caches."""
    for _ in range(WARM_UP):
        wire, body, etag = visitor.ask(path)
    times = sorted(_timed(visitor, path) for _ in range(rounds))
    again = statistics.median(_timed(visitor, path, etag) for _ in range(5)) if etag else None
    return Measured(statistics.median(times), times[min(len(times) - 1, int(0.95 * rounds))], wire, len(body), again)


def _timed(visitor: Visitor, path: str, etag: str | None = None) -> float:
    start = time.perf_counter()
    visitor.ask(path, etag=etag)
    return (time.perf_counter() - start) * 1000


@contextmanager
def served(url: str, home: Path) -> Iterator[str]:
    """The app in a process of its own; its address. It ends when our pipe to it does, so also when we are killed."""
    command = [sys.executable, "-m", "bench.pages", "serve", url, str(home)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(20)


def serve_until_stopped(url: str, home: str) -> None:
    threading.Thread(target=_end_with_pipe, daemon=True).start()
    settings = Settings(
        data_dir=Path(home), database_url=url, secret_key=factories.SECRET_KEY, host="127.0.0.1", port=0
    )
    door = reserve(settings)
    serve(create_app(settings), settings, door, opened=lambda: print(address_of(door), flush=True))


def _end_with_pipe() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def main(cases: int, rounds: int) -> None:
    home = Path(tempfile.mkdtemp(prefix="petabukti-bench-"))
    home.chmod(0o711)
    try:
        with Cluster(home / "pg", durable=False) as cluster:
            url = cluster.url(DATABASE)
            phones = _prepare(url, cases)
            with served(url, home) as address:
                _report(address, phones, rounds)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _prepare(url: str, cases: int) -> dict[str, str]:
    start = time.perf_counter()
    schema.upgrade(url)
    engine = create_engine(url)
    with Session(engine) as session:
        phones = fill(session, cases)
    engine.dispose()
    print(f"{cases} cases made in {time.perf_counter() - start:.1f} s\n")
    return phones


def _report(address: str, phones: dict[str, str], rounds: int) -> None:
    visitors = {name: Visitor(address) for name in (LEADER, DESK, CAMAT)}
    for name, visitor in visitors.items():
        visitor.sign_in(name, phones.get(name))
    print(f"{'':34}{'p50 ms':>8}{'p95 ms':>8}{'304 ms':>8}{'wire kB':>9}{'plain kB':>9}")
    for what, who, path in PAGES:
        found = measure(visitors[who], path, rounds)
        again = f"{found.revalidated_ms:8.0f}" if found.revalidated_ms is not None else f"{'–':>8}"
        sizes = f"{found.wire / 1000:9.1f}{found.plain / 1000:9.1f}"
        slow = "  slow" if found.p95_ms > SLOW_MS else ""
        print(f"{what:34}{found.p50_ms:8.0f}{found.p95_ms:8.0f}{again}{sizes}{slow}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve_until_stopped(*sys.argv[2:4])
    else:
        numbers = [int(word) for word in sys.argv[1:3]]
        main(*(numbers + [10_000, ROUNDS][len(numbers) :]))
