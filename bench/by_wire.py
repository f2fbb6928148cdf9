"""12-megapixel photos by the wire: how many are accepted and how many can be seen in a second, what one takes alone,
what each costs server, worker and database, and the most memory that any of them had. Part of `bench.intake`.

A photo is accepted when its last byte is acknowledged, and visible when its small picture answers as a real one. When
that is worth asking is looked up in the database: asking the server all the time would be a load of its own.
"""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, text

from bench.door import Browser, forget_peak, memory_mb, parent_of, tree_cpu_ms
from bench.wire import PIECE, Case, Phone, Photo
from tests import factories

WHOLE = 1 << 40  # bytes of a piece that is the whole photo
PATIENCE_S, ALONE = 120.0, 5
_LOOK_S, _LOOK_CLOSELY_S = 0.05, 0.005
_READY = text("SELECT upload_id, id FROM photo WHERE id > :after AND pictures_at IS NOT NULL")
_LAST = text("SELECT coalesce(max(id), 0) FROM photo")


@dataclass(frozen=True)
class Passage:
    """Of several photos. Rates in photos a second, times in ms from the first byte, CPU in ms a photo."""

    accepted: float
    visible: float
    accept_ms: float
    visible_ms: float
    visible_p95: float
    server: float
    worker: float
    base: float

    @property
    def cpu(self) -> float:
        return self.server + self.worker + self.base


def median(several: Sequence[Passage]) -> Passage:
    return Passage(*map(statistics.median, zip(*map(astuple, several), strict=True)))


@dataclass(eq=False)
class Sent:
    """A photo and its moments."""

    photo: Photo
    begun: float = 0.0
    accepted: float = 0.0
    seen: float = 0.0


def phones_of(port: int, browsers: Sequence[Browser]) -> list[tuple[Phone, Phone]]:
    """For each person one that sends and one that looks."""
    keys = [browser.key() for browser in browsers]
    return [
        (Phone(port, browser.cookies, key), Phone(port, browser.cookies, key))
        for browser, key in zip(browsers, keys, strict=True)
    ]


@dataclass
class Wire:
    """What is measured, by process id, and who sends."""

    engine: Engine
    postgres: int
    server: int
    worker: int
    people: list[tuple[Phone, Phone]]

    def passage(self, data: Sequence[bytes], clients: int, piece: int) -> Passage:
        """Each client sends its share of the photos into a new case, one after the other."""
        lots = [self._lot(number, data[number::clients]) for number in range(clients)]
        after, cpu, started = self._last(), self._cpu(), time.perf_counter()
        with ThreadPoolExecutor(clients + 1) as pool:
            looking = pool.submit(self._look, lots, after, _LOOK_S)
            for sending in [pool.submit(self._send, number, lot, piece, looking) for number, lot in enumerate(lots)]:
                sending.result()
            looking.result()
        spent = [(now - before) / len(data) for now, before in zip(self._cpu(), cpu, strict=True)]
        return _passage([one for lot in lots for one in lot], started, *spent)

    def alone(self, data: Sequence[bytes]) -> Passage:
        """One photo after the other, each only when the one before can be seen."""
        [lot], cpu = [self._lot(0, data)], self._cpu()
        started = time.perf_counter()
        with ThreadPoolExecutor(1) as pool:
            for one in lot:
                looking = pool.submit(self._look, [[one]], self._last(), _LOOK_CLOSELY_S)
                self._send(0, [one], WHOLE, looking)
                looking.result()
        spent = [(now - before) / len(data) for now, before in zip(self._cpu(), cpu, strict=True)]
        return _passage(lot, started, *spent)

    def _lot(self, number: int, data: Sequence[bytes]) -> list[Sent]:
        case = Case(f"{factories.KABUPATEN}.{number + 1:02d}")
        answer = self.people[number][0].put_case(case)
        if answer.status != 201:
            raise SystemExit(f"the case was answered {answer.status}: {answer.body.decode()[:500]}")
        return [Sent(Photo(case, one)) for one in data]

    def _send(self, number: int, lot: list[Sent], piece: int, looking: Future[None]) -> None:
        phone = self.people[number][0]
        for one in lot:
            if looking.done():
                looking.result()  # nobody looks any more: why
            one.begun, offset = time.perf_counter(), 0
            answer = phone.begin(one.photo)
            while answer.status in (201, 204) and offset < one.photo.size:
                answer = phone.piece(one.photo, offset, piece)
                offset = answer.offset if answer.status == 204 else offset
            if answer.status != 204:
                raise SystemExit(f"the wire answered {answer.status}: {answer.body.decode()[:500]}")
            one.accepted = time.perf_counter()

    def _look(self, lots: list[list[Sent]], after: int, pause_s: float) -> None:
        """Until the small picture of each was seen."""
        waiting = {one.photo.number: (number, one) for number, lot in enumerate(lots) for one in lot}
        until = time.monotonic() + PATIENCE_S
        while waiting:
            for upload, photo_id in self._ready(after):
                if upload in waiting:
                    number, one = waiting.pop(upload)
                    self._see(number, photo_id)
                    one.seen = time.perf_counter()
            if time.monotonic() > until:
                raise SystemExit(f"{len(waiting)} photos were not visible after {PATIENCE_S:.0f} s")
            time.sleep(pause_s)

    def _ready(self, after: int) -> list[tuple[UUID, int]]:
        with self.engine.connect() as connection:
            return [(row.upload_id, row.id) for row in connection.execute(_READY, {"after": after})]

    def _see(self, number: int, photo_id: int) -> None:
        answer = self.people[number][1].ask("GET", f"/bukti/foto/{photo_id}/small")
        if answer.status != 200 or answer.headers["Content-Type"] != "image/jpeg":
            raise SystemExit(f"the small picture answered {answer.status} {answer.headers['Content-Type']}")

    def _last(self) -> int:
        with self.engine.connect() as connection:
            return int(connection.scalar(_LAST) or 0)

    def _cpu(self) -> tuple[float, float, float]:
        return tree_cpu_ms(self.server), tree_cpu_ms(self.worker), tree_cpu_ms(self.postgres)

    def memory(self, data: Sequence[bytes]) -> list[tuple[str, float]]:
        """The most MB of each process, by what it is, the largest first, while clients send at once."""
        ours = {pid: name for name, pid in self._processes()}
        for pid in ours:
            forget_peak(pid)
        self.passage(data, len(self.people), WHOLE)
        peaks = [(name, memory_mb(pid, "VmHWM")) for pid, name in ours.items() if Path(f"/proc/{pid}").exists()]
        return sorted(peaks, key=lambda peak: -peak[1])

    def growth(self, data: Sequence[bytes]) -> float:
        """How many MB of its own the server needs more for each of so many uploads that come at once.

        Without pages of files it has mapped: those are the system's cache, whoever maps them.
        """
        before, seen, over = memory_mb(self.server, "RssAnon"), [], threading.Event()

        def watch() -> None:
            while not over.wait(0.002):
                seen.append(memory_mb(self.server, "RssAnon"))

        watching = threading.Thread(target=watch)
        watching.start()
        self.passage(data, len(self.people), WHOLE)
        over.set()
        watching.join()
        return (max(seen) - before) / len(self.people)

    def _processes(self) -> list[tuple[str, int]]:
        """Server, worker, the decoders of both, and what serves them in the database."""
        whose = {self.server: "decoder of the server", self.worker: "decoder of the worker", self.postgres: "database"}
        found = [("server", self.server), ("worker", self.worker)]
        for entry in Path("/proc").glob("[0-9]*"):
            parent = parent_of(int(entry.name))
            if parent in whose and entry.name != str(os.getpid()):
                found.append((whose[parent], int(entry.name)))
        return found


def _passage(sent: Sequence[Sent], started: float, server: float, worker: float, base: float) -> Passage:
    accept = [1000 * (one.accepted - one.begun) for one in sent]
    visible = sorted(1000 * (one.seen - one.begun) for one in sent)
    return Passage(
        accepted=len(sent) / (max(one.accepted for one in sent) - started),
        visible=len(sent) / (max(one.seen for one in sent) - started),
        accept_ms=statistics.median(accept),
        visible_ms=statistics.median(visible),
        visible_p95=visible[min(len(visible) - 1, int(0.95 * len(visible)))],
        server=server,
        worker=worker,
        base=base,
    )


def ways(clients: int) -> dict[str, tuple[int, int]]:
    """How photos are sent: by name, how many clients and in pieces of how many bytes."""
    return {
        f"{form}, {count} client{'s' if count > 1 else ''}": (count, piece)
        for form, piece in (("whole", WHOLE), (f"pieces of {PIECE // 1024} kB", PIECE))
        for count in (1, clients)
    }
