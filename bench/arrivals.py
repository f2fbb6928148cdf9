"""What is lost or doubled when things die: `.venv/bin/python -m bench.arrivals [rounds] [seed]`.

A throw-away cluster that syncs its commits, `petabukti serve` and `petabukti worker` as processes of their own, and
four phones that send cases and photos over a line that breaks every connection after a random number of bytes. In each
round the web server, the worker or all of PostgreSQL is ended by `kill -9` while photos are on their way, and started
again while the phones go on. What a phone has once been told to have arrived must in the end be in the database and in
the store, once, bit for bit. Ends with 1 when it is not. No new round is begun after seventeen minutes; nothing listens
but on 127.0.0.1. A killed process keeps what it gave to the system, so this says nothing of power cuts.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bench.door import Browser, Program, free_port
from bench.line import Line
from bench.wire import Answer, Broken, Case, Phone, Photo
from media.errors import NotStored
from media.store import NAMES, Name, Store
from tests import factories, photos
from webapp import db, schema
from webapp.cluster import Cluster
from webapp.cluster.leftovers import survivors

ROUNDS, PHONES = 200, 4
NO_NEW_ROUND_AFTER_S, PATIENCE_S = 17 * 60, 180
SERVER, WORKER, DATABASE = "web server", "worker", "database"
_OF_TEN = (SERVER,) * 6 + (WORKER,) * 3 + (DATABASE,)  # what is killed in ten rounds, in an order of chance
_SIZES = ((640, 480), (800, 600), (1280, 960), (1600, 1200))
_TAIL = 60_000  # the most that one segment of a JPEG holds of what makes it longer
_AGAIN_S = (0.02, 0.25)  # between two tries of a phone


# --- what is sent -----------------------------------------------------------------------------------------------------


class Album:
    """Small photos, 23 to 145 kB and a few of 450 kB, each with bytes of its own."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._pictures = [photos.without_gps(seed=seed + n, size=size) for n, size in enumerate(_SIZES)]

    def photo(self) -> bytes:
        segments = 6 if self._dice.random() < 0.1 else 1
        data = self._dice.choice(self._pictures)
        for _ in range(segments):
            data = photos.with_segment(data, 0xFE, self._dice.randbytes(self._dice.randint(16, _TAIL)))
        return data


@dataclass
class Seen:
    """What one phone was told, kept as a phone keeps it."""

    cases: set[UUID] = field(default_factory=set)  # acknowledged
    begun: list[Photo] = field(default_factory=list)
    arrived: dict[UUID, Photo] = field(default_factory=dict)  # acknowledged: its last piece, or its receipt
    receipts: dict[UUID, tuple[str, str]] = field(default_factory=dict)  # sha256 and code
    furthest: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    broken: int = 0
    faults: list[str] = field(default_factory=list)  # what no phone should ever be told


class Sender(threading.Thread):
    """Takes photos of one case after the other and sends them, until told to stop; then what is begun is finished."""

    def __init__(self, phone: Phone, quiet: Phone, unit: str, album: Album, seed: int) -> None:
        super().__init__(daemon=True)
        self.seen, self.on_the_way = Seen(), threading.Event()
        self.phone, self._quiet = phone, quiet  # over the bad line, and past it
        self._unit, self._album, self._dice = unit, album, random.Random(seed)
        self._over, self._hurry = threading.Event(), time.monotonic() + 3600

    def stop(self) -> None:
        self._over.set()
        self._hurry = time.monotonic() + PATIENCE_S

    def run(self) -> None:
        try:
            while not self._over.is_set():
                self._one_case()
                self._over.wait(self._dice.uniform(0, 0.5))
        except TimeoutError as never:
            self.seen.faults.append(str(never))
        finally:
            self.phone.hang_up()

    def _one_case(self) -> None:
        case = Case(self._unit)
        self._insist("PUT case", lambda: self.phone.put_case(case), 200, 201)
        self.seen.cases.add(case.number)
        taken = [Photo(case, self._album.photo()) for _ in range(self._dice.randint(2, 6))]
        if self._dice.random() < 0.2:  # the same once more, as after the data of the app were lost
            taken.append(Photo(case, taken[0].data))
        for photo in taken:
            self.seen.begun.append(photo)
            self._send(photo)
        answer = self._insist("GET receipts", lambda: self.phone.receipts(*taken), 200)
        self._note(taken, answer)
        for photo in taken:
            photo.data = b""

    def _send(self, photo: Photo) -> None:
        """As tus says: begin, ask how far it is wherever that is not certain, go on from there."""
        begun = self._insist("POST", lambda: self.phone.begin(photo), 200, 201)
        offset = 0 if begun.status == 201 else None
        self.on_the_way.set()
        while offset != photo.size:
            offset = self._asked(photo) if offset is None else self._piece(photo, offset)
        self.on_the_way.clear()
        self.seen.arrived[photo.number] = photo

    def _asked(self, photo: Photo) -> int:
        answer = self._insist("HEAD", lambda: self.phone.offset(photo), 200, 404)
        if answer.status == 404:
            self.seen.faults.append(f"upload {photo.number} was begun and is not known")
            self._insist("POST", lambda: self.phone.begin(photo), 200, 201)
            return 0
        came = answer.offset
        if came < self.seen.furthest[photo.number]:
            self.seen.faults.append(f"upload {photo.number} went back {self.seen.furthest[photo.number]} → {came}")
        return came

    def _piece(self, photo: Photo, offset: int) -> int | None:
        """The new offset; None when it has to be asked for."""
        answer = self._tried("PATCH", lambda: self.phone.piece(photo, offset))
        if answer is None or answer.status != 204:
            self._pause()
            return None
        came = answer.offset
        self.seen.furthest[photo.number] = came
        return came

    def _tried(self, what: str, ask: Callable[[], Answer]) -> Answer | None:
        """The answer; None when the line broke."""
        if time.monotonic() > self._hurry:
            raise TimeoutError(f"{self._unit}: not finished after {PATIENCE_S} s without any fault")
        try:
            answer = ask()
        except Broken:
            self.seen.broken += 1
            return None
        self.seen.answers[what, answer.status] += 1
        return answer

    def _insist(self, what: str, ask: Callable[[], Answer], *good: int) -> Answer:
        while True:
            answer = self._tried(what, ask)
            if answer is not None and answer.status in good:
                return answer
            if answer is not None and answer.status < 500 and answer.status not in (409, 423):
                self.seen.faults.append(
                    f"{what} answered {answer.status}: {answer.body[:200].decode(errors='replace')}"
                )
            self._pause()

    def _pause(self) -> None:
        time.sleep(self._dice.uniform(*_AGAIN_S))

    def _note(self, sent: list[Photo], answer: Answer) -> None:
        told = {UUID(one["id"]): one for one in answer.json["uploads"]}
        for photo in sent:
            one = told.get(photo.number)
            if one is None or one["receipt"] is None or one["shown"] == "refused":
                self.seen.faults.append(f"photo {photo.number} has arrived and is told to be {one and one['code']}")
                continue
            now, before = (one["sha256"], one["receipt"]), self.seen.receipts.get(photo.number)
            if before not in (None, now) or one["sha256"] != photo.sha256:
                self.seen.faults.append(f"the receipt of {photo.number} is another one now")
            self.seen.receipts[photo.number] = now

    def look_again(self) -> int:
        """In the end, past the bad line: the receipts once more. Answers how many photos have no pictures."""
        sent, waiting = list(self.seen.arrived.values()), 0
        for at in range(0, len(sent), 100):
            answer = self._quiet.receipts(*sent[at : at + 100])
            self._note(sent[at : at + 100], answer)
            waiting += sum(one["shown"] not in ("accepted", "same") for one in answer.json["uploads"])
        return waiting


# --- the house, and who strikes ---------------------------------------------------------------------------------------


@dataclass
class House:
    home: Path
    cluster: Cluster
    engine: Engine
    server: Program
    worker: Program
    port: int
    names: list[str]
    kills: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)  # programs that ended without being killed

    @property
    def data(self) -> Path:
        return self.home / "data"

    def kill(self, what: str) -> None:
        self.kills[what] += 1
        if what == DATABASE:
            self._kill_database()
        else:
            self._program(what).kill()

    def _kill_database(self) -> None:
        """The postmaster first, so that it cannot tidy up, then all its children."""
        assert self.cluster.pid is not None
        os.kill(self.cluster.pid, signal.SIGKILL)
        for _ in range(200):
            left = survivors(self.cluster.data_dir)
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if not left:
                return
            time.sleep(0.01)

    def start(self, what: str) -> None:
        if what == DATABASE:
            self.cluster.stop()
            self.cluster.start()
        else:
            self._program(what).start()

    def tend(self) -> None:
        """Start again what ended by itself, as whoever supervises a service does."""
        for what in (SERVER, WORKER):
            if not self._program(what).lives:
                self.ended[what] += 1
                self._program(what).start()

    def _program(self, what: str) -> Program:
        return self.server if what == SERVER else self.worker

    def count(self, query: str) -> int | None:
        """None while the database cannot be asked."""
        try:
            with self.engine.connect() as connection:
                return int(connection.scalar(text(query)) or 0)
        except DBAPIError:
            return None


def people(engine: Engine) -> list[str]:
    with Session(engine) as session, session.begin():
        factories.period(session)
        return [factories.camat(session, unit(number)).username for number in range(1, PHONES + 1)]


def unit(number: int) -> str:
    return f"{factories.KABUPATEN}.{number:02d}"


@contextmanager
def house() -> Iterator[House]:
    """Cluster, schema, people, server and worker; all gone afterwards, the data too."""
    home = Path(tempfile.mkdtemp(prefix="petabukti-bench-"))
    home.chmod(0o711)  # as root the database server is another user and must get through
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        cluster = stack.enter_context(Cluster(home / "pg", durable=True))
        url = cluster.url("petabukti")
        schema.upgrade(url)
        engine = db.engine_for(url)
        stack.callback(engine.dispose)
        names, port = people(engine), free_port()
        server, worker = Program(url, home, "serve", "--port", str(port)), Program(url, home, "worker")
        for program in (server, worker):
            stack.callback(program.end)
            program.start()
        server.wait_for(port)
        yield House(home, cluster, engine, server, worker, port, names)


@dataclass
class Soak:
    house: House
    senders: list[Sender]
    dice: random.Random

    def strike(self, what: str) -> None:
        """Kill it at a moment of chance while photos are on their way, start it again, and see that things go on."""
        self._wait(lambda: any(sender.on_the_way.is_set() for sender in self.senders), "photos on their way")
        time.sleep(self.dice.uniform(0, 1.0))
        self.house.kill(what)
        before = self._progress(what)
        time.sleep(self.dice.uniform(0, 0.3))
        self.house.start(what)
        self._wait(lambda: self._progress(what) > before, f"anything new after the {what} was killed")

    def _progress(self, what: str) -> int:
        """What grows only when that part works."""
        if what == WORKER:
            return self.house.count("SELECT count(*) FROM photo WHERE pictures_at IS NOT NULL") or 0
        return sum(len(sender.seen.arrived) for sender in self.senders)

    def _wait(self, fact: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + PATIENCE_S
        while not fact():
            self.house.tend()
            if time.monotonic() > until:
                raise SystemExit(f"waited {PATIENCE_S} s for {what}; the logs lie in {self._keep()}")
            time.sleep(0.05)

    def _keep(self) -> Path:
        kept = Path(tempfile.mkdtemp(prefix="petabukti-bench-logs-"))
        for log in self.house.home.glob("*.log"):
            shutil.copy(log, kept)
        return kept

    def drain(self) -> None:
        """Let the phones finish what they have begun, and the worker everything that waits."""
        until = time.monotonic() + PATIENCE_S
        for sender in self.senders:
            sender.stop()
        self._wait(lambda: not any(sender.is_alive() for sender in self.senders), "the phones to finish")
        waiting = "SELECT count(*) FROM photo WHERE pictures_at IS NULL"
        while self.house.count(waiting) != 0 and time.monotonic() < until:
            self.house.tend()
            time.sleep(0.2)


def plan(rounds: int, dice: random.Random) -> list[str]:
    """What is killed in each round: of every ten one is the database, three the worker, six the web server."""
    order: list[str] = []
    while len(order) < rounds:
        order += dice.sample(_OF_TEN, len(_OF_TEN))
    return order[:rounds]


# --- what is left -----------------------------------------------------------------------------------------------------


@dataclass
class Found:
    """The end of it, counted in the database and in the bytes of the store."""

    stored: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    without_file: list[str] = field(default_factory=list)
    without_row: int = 0
    leftovers: int = 0
    parts: int = 0
    without_pictures: int = 0


def compare(house: House, senders: list[Sender]) -> Found:
    """Against what the phones were told."""
    found, store = Found(), Store.open((house.data / "media").as_uri())
    with house.engine.connect() as connection:
        rows = connection.execute(text("SELECT id, upload_id, evidence_id, sha256, pictures_at FROM photo")).all()
        uploads = {
            row.id: row
            for row in connection.execute(text("SELECT id, sha256, receipt_code, verdict, photo_id FROM upload"))
        }
        cases = Counter(connection.scalars(text("SELECT client_id FROM evidence")))
        added = Counter(connection.scalars(text("SELECT detail->>'sha256' FROM audit_event WHERE action='photo.add'")))
    kept = {row.id: digest(store, row.sha256) for row in rows}
    by_id = {row.id: row for row in rows}
    for sender in senders:
        for photo in sender.seen.arrived.values():
            row = uploads.get(photo.number)
            receipt = sender.seen.receipts.get(photo.number)
            whole = (
                row is not None
                and row.sha256 == photo.sha256
                and row.photo_id in by_id
                and kept[row.photo_id] == photo.sha256
                and receipt in (None, (row.sha256, row.receipt_code))
            )
            if whole:
                found.stored += 1
            else:
                found.lost.append(f"photo {photo.number}: {row}")
        found.lost += [f"case {case}" for case in sender.seen.cases if case not in cases]
    found.doubled += [f"case {case}" for case, count in cases.items() if count > 1]
    for name, values in (
        ("upload", [row.upload_id for row in rows]),
        ("content", [row.sha256 for row in rows]),  # the phones send the same again in the same case only
    ):
        found.doubled += [f"{name} {value}" for value, count in Counter(values).items() if count > 1]
    found.doubled += [f"history of {sha256}" for sha256, count in added.items() if count > 1]
    found.without_file = [row.sha256 for row in rows if kept[row.id] != row.sha256]
    found.without_file += [
        f"{row.sha256} {name}"
        for row in rows
        for name in NAMES
        if name != "original" and row.pictures_at is not None and not store.exists(row.sha256, name)
    ]
    known = {row.sha256 for row in rows}
    entries = list(store.entries())
    found.without_row = sum(
        one.key is not None and one.key[1] == "original" and one.sha256 not in known for one in entries
    )
    found.leftovers = sum(one.is_leftover for one in entries)
    found.parts = sum(1 for _ in (house.data / "uploads").glob("*"))
    found.without_pictures = sum(row.pictures_at is None for row in rows)
    return found


def digest(store: Store, sha256: str, name: Name = "original") -> str | None:
    try:
        return hashlib.sha256(store.get(sha256, name)).hexdigest()
    except NotStored:
        return None


def sent_twice(line: Line, senders: list[Sender]) -> float:
    """Bytes of photos that passed the line, beyond those of the photos that arrived, as a share of these."""
    size = sum(photo.size for sender in senders for photo in sender.seen.arrived.values())
    passed = sum(max(0, line.passed.get(port, 0) - plain) for one in senders for port, plain in one.phone.ended)
    return (passed - size) / size if size else 0.0


# --- the table --------------------------------------------------------------------------------------------------------


def report(
    house: House, senders: list[Sender], line: Line, found: Found, waiting: int, took_s: tuple[float, float]
) -> bool:
    """Prints it; whether everything is as it must be."""
    begun = sum(len(sender.seen.begun) for sender in senders)
    arrived = sum(len(sender.seen.arrived) for sender in senders)
    size = sum(photo.size for sender in senders for photo in sender.seen.arrived.values())
    faults = [fault for sender in senders for fault in sender.seen.faults]
    kills = ", ".join(f"{what} {house.kills[what]}" for what in (SERVER, WORKER, DATABASE))
    print(f"\n{'':46}{'figure':>10}   must be")
    lines: list[tuple[str, object, str]] = [
        (f"kills ({kills})", house.kills.total(), ""),
        ("cases acknowledged", sum(len(sender.seen.cases) for sender in senders), ""),
        (f"photos begun ({size / max(1, arrived) / 1000:.0f} kB each)", begun, ""),
        ("photos acknowledged", arrived, "all begun"),
        ("of them stored, sha256 equal", found.stored, "all acknowledged"),
        ("LOST", len(found.lost), "0"),
        ("DOUBLED (rows, uploads, history)", len(found.doubled), "0"),
        ("rows without file, or with another", len(found.without_file), "0"),
        ("photos still without pictures", found.without_pictures + waiting, "0"),
        ("told what no phone should be told", len(faults), "0"),
        ("originals without row", found.without_row, "swept after 24 h"),
        ("files left beside / parts of uploads", f"{found.leftovers} / {found.parts}", "swept"),
        ("programs that ended unasked", house.ended.total(), ""),
        ("connections broken, as the phones saw it", sum(sender.seen.broken for sender in senders), ""),
        ("bytes of photos sent twice", f"{100 * sent_twice(line, senders):.1f} %", ""),
        ("photos a second, outages included", f"{arrived / took_s[0]:.1f}", ""),
        ("seconds: rounds / until nothing waited", f"{took_s[0]:.0f} / {took_s[1]:.0f}", ""),
    ]
    for name, figure, must in lines:
        print(f"{name:46}{figure:>10}   {must}")
    print("\nbreaks of the line: " + ", ".join(f"{kind} {count}" for kind, count in line.breaks.most_common()))
    answers = sum((sender.seen.answers for sender in senders), Counter())
    print("answers: " + ", ".join(f"{what} {status}: {n}" for (what, status), n in sorted(answers.items())))
    print("ended unasked: " + (", ".join(f"{what} {count}" for what, count in house.ended.items()) or "none"))
    wrong = [*found.lost, *found.doubled, *found.without_file, *faults]
    for one in wrong[:20]:
        print(f"  ! {one}")
    return not wrong and not found.without_pictures and not waiting and begun == arrived == found.stored


def machine() -> str:
    return f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}"


def main(rounds: int, seed: int) -> bool:
    dice = random.Random(seed)
    print(f"seed {seed}; {machine()}; up to {rounds} rounds", flush=True)
    with house() as here:
        line = Line(here.port, seed)
        senders = []
        for number, name in enumerate(here.names, 1):
            browser = Browser(here.port, name)
            key = browser.key()
            phones = [
                Phone(port, browser.cookies, key, patience_s=wait) for port, wait in ((line.port, 3), (here.port, 60))
            ]
            senders.append(Sender(*phones, unit(number), Album(seed * 100 + number), seed * 100 + number))
        soak, started = Soak(here, senders, dice), time.monotonic()
        for sender in senders:
            sender.start()
        for number, what in enumerate(plan(rounds, dice), 1):
            if time.monotonic() - started > NO_NEW_ROUND_AFTER_S:
                print(f"no time for rounds {number} to {rounds}")
                break
            soak.strike(what)
            if number % max(1, rounds // 10) == 0:
                arrived = sum(len(sender.seen.arrived) for sender in senders)
                print(f"round {number}: {time.monotonic() - started:.0f} s, {arrived} photos; {machine()}", flush=True)
        seconds = time.monotonic() - started
        soak.drain()
        drained = time.monotonic() - started - seconds
        waiting = sum(sender.look_again() for sender in senders)
        line.close()
        return report(here, senders, line, compare(here, senders), waiting, (seconds, drained))


if __name__ == "__main__":
    chosen = [int(word) for word in sys.argv[1:3]]
    sys.exit(0 if main(*(chosen + [ROUNDS, random.randrange(10_000)][len(chosen) :])) else 1)
