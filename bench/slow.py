"""How others are answered while slow senders hold connections: `.venv/bin/python -m bench.slow [seconds] [senders …]`.

`petabukti serve` as a process of its own, on a throw-away cluster with a small set. Half of the senders never end
their head, the others never their body; each sends one byte every two seconds, and whoever was ended comes again.
Visitors ask for /sehat and, signed in, for their list of cases: from another address than the senders, and from the
same (an office behind one). Nothing listens but on 127.0.0.1.
"""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.door import cpu_ms, memory_mb, server
from config import Settings
from tests import factories
from webapp import db, schema
from webapp.accounts.models import Account
from webapp.accounts.services import begin_session
from webapp.app import create_app
from webapp.cluster import Cluster

HEAD = b"GET /sehat HTTP/1.1\r\nHost: localhost\r\nX-Lambat: "
BODY = (
    b"POST /masuk HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data\r\nContent-Length: 1000000\r\n\r\n"
)
PAUSE_S = 2.0
SAME, OTHER = "127.0.0.1", "127.0.0.2"  # the address of the senders, and that of anybody else


class Flood:
    """So many slow senders, kept up: one that was ended comes again when its next byte is due."""

    def __init__(self, port: int, senders: int) -> None:
        self.ended = 0
        self._port, self._stop = port, threading.Event()
        self._lines = [self._call(number) for number in range(senders)]
        self._thread = threading.Thread(target=self._drip)
        self._thread.start()

    def _call(self, number: int) -> socket.socket:
        line = socket.create_connection((SAME, self._port), timeout=10)
        line.sendall(HEAD if number % 2 else BODY)
        return line

    def _drip(self) -> None:
        """One byte on each line in every pause, evenly spread."""
        while not self._stop.is_set():
            for number, line in enumerate(self._lines):
                try:
                    line.sendall(b"a")
                except OSError:  # ended; known at the second byte after it
                    line.close()
                    self.ended += 1
                    self._lines[number] = self._call(number)
                self._stop.wait(PAUSE_S / len(self._lines))
            if not self._lines:
                self._stop.wait(PAUSE_S)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        for line in self._lines:
            line.close()


@contextmanager
def flooded(port: int, senders: int) -> Iterator[Flood]:
    flood = Flood(port, senders)
    try:
        yield flood
    finally:
        flood.stop()


def visits(port: int, path: str, cookie: str, seconds: float, address: str = OTHER) -> list[float]:
    """Milliseconds of each visit, on a connection of its own, as somebody who has just come."""
    taken, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.perf_counter()
        line = HTTPConnection("127.0.0.1", port, timeout=60, source_address=(address, 0))
        line.request("GET", path, headers={"Cookie": cookie})
        answer = line.getresponse()
        answer.read()
        line.close()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
        taken.append(1000 * (time.perf_counter() - began))
        time.sleep(0.1)
    return taken


def show(label: str, taken: list[float], note: str = "") -> None:
    p50, p95 = quantiles(taken, n=20)[9], quantiles(taken, n=20)[18]
    print(f"{label:<38}{len(taken):>6}{p50:>9.1f}{p95:>9.1f}{max(taken):>9.1f}   {note}", flush=True)


def measure(pid: int, port: int, cookie: str, senders: int, seconds: float) -> None:
    with flooded(port, senders) as flood:
        before, began = cpu_ms(pid), time.monotonic()
        time.sleep(1)
        asked = [("/sehat", "", OTHER), ("/bukti/", cookie, OTHER), ("/sehat", "", SAME), ("/bukti/", cookie, SAME)]
        for path, who, address in asked:
            taken = visits(port, path, who, seconds / len(asked), address)
            spent = (cpu_ms(pid) - before) / (time.monotonic() - began) / 10
            note = f"{flood.ended} ended; the server used {spent:.0f} % of a core, {memory_mb(pid, 'VmRSS'):.0f} MB"
            where = "same address" if address == SAME else "another"
            show(f"{senders} slow, {path} from {where}", taken, note)


def signed_in(url: str, home: Path) -> str:
    """A camat with a few cases; answers the cookie of an open session."""
    settings = Settings(data_dir=home / "data", database_url=url, secret_key=factories.SECRET_KEY)
    with Session(db.engine_for(url), expire_on_commit=False) as session, session.begin():
        people = factories.team(session)
        for _ in range(3):
            factories.case(session, people)
        camat = people.camat.id
    app = create_app(settings)
    with app.extensions["petabukti_sessions"]() as session:
        opened = begin_session(
            session, session.get_one(Account, camat), address="127.0.0.1", browser="", at=db.utcnow(),
            second_factor=True,
        )  # fmt: skip
        session.commit()
    client = app.test_client()
    with client.session_transaction() as kept:
        kept.update({"_user_id": opened[1]})
    app.extensions["petabukti_decoder"].close()
    cookie = client.get_cookie("petabukti")
    assert cookie is not None
    return f"petabukti={cookie.value}"


def main(seconds: float, floods: list[int]) -> None:
    home = Path(tempfile.mkdtemp(prefix="petabukti-slow-"))
    home.chmod(0o711)
    try:
        with Cluster(home / "pg", durable=False) as cluster:
            url = cluster.url("postgres")
            with db.engine_for(url).begin() as connection:
                connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
            schema.upgrade(url)
            cookie = signed_in(url, home)
            with server(url, home) as (pid, port):
                visits(port, "/bukti/", cookie, 2)
                print(f"{'milliseconds':<38}{'n':>6}{'p50':>9}{'p95':>9}{'max':>9}")
                for senders in floods:
                    measure(pid, port, cookie, senders, seconds)
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 60, [int(n) for n in sys.argv[2:]] or [0, 200, 600])
