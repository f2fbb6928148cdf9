"""Photos a second through the intake, the form and the wire: `.venv/bin/python -m bench.intake [rounds] [wire]`.

A throw-away cluster that syncs its commits, photos on this disk, `petabukti serve` and `petabukti worker` as processes
of their own. By the form a photo's pictures are made in the request; by the wire (`bench.by_wire`) the worker makes
them. A photo counts when its small picture answers 200. Rounds are interleaved; the figures are medians. No new round
is begun after four minutes, and nothing listens but on 127.0.0.1. With `wire` only what its tables show is measured.
"""

from __future__ import annotations

import io
import itertools
import os
import shutil
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from struct import pack

from PIL import Image
from pillow_heif import from_pillow
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from bench import by_wire
from bench.by_wire import Passage, Wire
from bench.door import Browser, Program, forget_peak, memory_mb, server, tree_cpu_ms
from bench.photos import phone_photo
from media.decoding import Decoder
from media.intake import Intake
from media.store import Store
from tests import factories, photos
from webapp import db, schema
from webapp.access import Role
from webapp.cluster import Cluster
from webapp.evidence import services

PATIENCE_S = 240
YARD = "take_in, 1 thread"
CLIENTS = 4


# --- photos, each with bytes of its own so that no duplicate check cuts the work short --------------------------------


def heic_photo(jpeg: bytes) -> bytes:
    out = io.BytesIO()
    from_pillow(Image.open(io.BytesIO(jpeg))).save(out, quality=60)
    return out.getvalue()


def other_bytes(data: bytes) -> bytes:
    """The same picture with a comment (JPEG) or an empty box (HEIC) that nobody else has."""
    note = uuid.uuid4().bytes
    if data.startswith(b"\xff\xd8"):
        return photos.with_segment(data, 0xFE, note)
    return data + pack(">I4s", 8 + len(note), b"free") + note


@dataclass(frozen=True)
class Kind:
    """A sort of photo, and how many of them one measurement takes."""

    name: str
    extension: str
    data: bytes
    count: int

    def fresh(self) -> list[bytes]:
        return [other_bytes(self.data) for _ in range(self.count)]


def kinds() -> tuple[Kind, Kind, Kind]:
    big = phone_photo()
    small = photos.phone_jpeg(size=(640, 480))
    return (
        Kind(f"JPEG 12 MP, {len(big) / 1e6:.1f} MB", "jpg", big, 12),
        Kind(f"JPEG 640 × 480, {len(small) / 1e3:.0f} kB", "jpg", small, 40),
        Kind(f"HEIC 12 MP, {len(heic := heic_photo(big)) / 1e6:.1f} MB", "heic", heic, 4),
    )


# --- measuring --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """Of one measurement, or the medians of several. `app`, `base`: CPU ms a photo of the product and of PostgreSQL."""

    rate: float
    p50: float
    p95: float
    app: float
    base: float

    @property
    def cpu(self) -> float:
        return self.app + self.base


def median(several: Sequence[Figures]) -> Figures:
    columns = zip(*((one.rate, one.p50, one.p95, one.app, one.base) for one in several), strict=True)
    return Figures(*map(statistics.median, columns))


def measured(jobs: Sequence[Sequence[Callable[[], float]]], app: Callable[[], float], postgres: int) -> Figures:
    """Each sequence of jobs in a thread of its own; a job answers its own milliseconds."""
    before, base_before, started = app(), tree_cpu_ms(postgres), time.perf_counter()
    with ThreadPoolExecutor(len(jobs)) as pool:
        lists = list(pool.map(lambda own: [job() for job in own], jobs))
    wall, cpu, base = time.perf_counter() - started, app() - before, tree_cpu_ms(postgres) - base_before
    took = sorted(itertools.chain.from_iterable(lists))
    p95 = took[min(len(took) - 1, int(0.95 * len(took)))]
    return Figures(len(took) / wall, statistics.median(took), p95, cpu / len(took), base / len(took))


def own_cpu_ms() -> float:
    return tree_cpu_ms(os.getpid())


def clocked(job: Callable[[bytes], object], data: bytes) -> float:
    started = time.perf_counter()
    job(data)
    return 1000 * (time.perf_counter() - started)


@dataclass
class Bench:
    """Everything that runs while we measure."""

    home: Path
    engine: Engine
    postgres: int
    server: int
    browsers: list[Browser]
    intake: Intake
    wire: Wire

    def floor(self, kind: Kind) -> Figures:
        """The least a durable intake can do: the bytes synced to a file, and one row committed."""
        folder = Path(tempfile.mkdtemp(dir=self.home))

        def keep(data: bytes) -> None:
            with (folder / uuid.uuid4().hex).open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            with self.engine.begin() as connection:
                connection.execute(text("INSERT INTO floor (name) VALUES (:name)"), {"name": file.name})

        jobs = [partial(clocked, keep, data) for data in kind.fresh()]
        figures = measured([jobs], own_cpu_ms, self.postgres)
        shutil.rmtree(folder)
        return figures

    def direct(self, kind: Kind, threads: int) -> Figures:
        """`take_in` in this process and its decoding children, to this disk."""
        jobs = [partial(clocked, self.intake.take_in, data) for data in kind.fresh()]
        return measured([jobs[number::threads] for number in range(threads)], own_cpu_ms, self.postgres)

    def by_http(self, kind: Kind, clients: int) -> Figures:
        """Through the door; each client is a camat with a new case of their own."""
        photos_to_send, jobs = kind.fresh(), []
        for number, browser in enumerate(self.browsers[:clients]):
            browser.open_case(new_case(self.engine, number + 1))
            own = photos_to_send[number::clients]
            jobs.append([partial(browser.upload, data, kind.extension) for data in own])
        return measured(jobs, partial(tree_cpu_ms, self.server), self.postgres)


def unit(number: int) -> str:
    return f"{factories.KABUPATEN}.{(number - 1) % CLIENTS + 1:02d}"


def people(engine: Engine, count: int = CLIENTS) -> list[str]:
    """Regions, an open period, and a camat for each client (they share four units); answers their user names."""
    with Session(engine) as session, session.begin():
        factories.period(session)
        session.execute(text("CREATE TABLE floor (id bigserial PRIMARY KEY, name text NOT NULL)"))
        return [factories.camat(session, unit(number)).username for number in range(1, count + 1)]


def new_case(engine: Engine, number: int) -> int:
    """A new draft in the unit of the `number`th camat (another person of that unit made it)."""
    with Session(engine) as session, session.begin():
        camat = factories.account(session, (Role.CAMAT, unit(number)))
        made = services.create(
            session, actor=camat, region_code=unit(number), client_id=uuid.uuid4(), fields=factories.fields(),
            at=factories.NOW,
        )  # fmt: skip
        session.flush()
        return int(made.id)


@contextmanager
def people_and_server(clients: int) -> Iterator[tuple[Engine, int, list[str]]]:
    """Cluster, schema, so many camat and a server, for another benchmark: engine, port, user names."""
    with _house(clients) as house:
        yield house.engine, house.port, house.names


@dataclass(frozen=True)
class _House:
    home: Path
    url: str
    engine: Engine
    postgres: int
    server: int
    port: int
    names: list[str]


@contextmanager
def _house(clients: int) -> Iterator[_House]:
    home = Path(tempfile.mkdtemp(prefix="petabukti-bench-"))
    home.chmod(0o711)  # as root the database server is another user and must get through
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        cluster = stack.enter_context(Cluster(home / "pg", durable=True))
        url = cluster.url("petabukti")
        schema.upgrade(url)
        engine = db.engine_for(url)
        stack.callback(engine.dispose)
        names = people(engine, clients)
        process, port = stack.enter_context(server(url, home))
        assert cluster.pid is not None
        yield _House(home, url, engine, cluster.pid, process, port, names)


@contextmanager
def running() -> Iterator[Bench]:
    """All that a measurement needs; gone afterwards."""
    with _house(CLIENTS) as house, _worker(house) as worker, Decoder() as decoder:
        browsers = [Browser(house.port, name) for name in house.names]
        intake = Intake(Store.open((house.home / "direct").as_uri()), decoder)
        phones = by_wire.phones_of(house.port, browsers)
        wire = Wire(house.engine, house.postgres, house.server, worker, phones)
        yield Bench(house.home, house.engine, house.postgres, house.server, browsers, intake, wire)


@contextmanager
def _worker(house: _House) -> Iterator[int]:
    program = Program(house.url, house.home, "worker")
    program.start()
    try:
        yield program.pid
    finally:
        program.end()


# --- the table --------------------------------------------------------------------------------------------------------


def plan(bench: Bench, sorts: Sequence[Kind]) -> dict[tuple[str, str], Callable[[], Figures]]:
    """Every measurement of a round, by photo and way in."""
    ways: dict[tuple[str, str], Callable[[], Figures]] = {}
    for kind in sorts:
        ways[kind.name, "floor: file + fsync + one INSERT"] = partial(bench.floor, kind)
        for count, many in ((1, ""), (CLIENTS, "s")):
            ways[kind.name, f"take_in, {count} thread{many}"] = partial(bench.direct, kind, count)
        for count, many in ((1, ""), (CLIENTS, "s")):
            ways[kind.name, f"HTTP until visible, {count} client{many}"] = partial(bench.by_http, kind, count)
    return ways


def table(results: dict[tuple[str, str], list[Figures]]) -> str:
    """Markdown; the ratios are to `take_in` with one thread on the same sort of photo."""
    lines = [
        "| photo | way in | photos/s | p50 ms | p95 ms | CPU ms app | CPU ms PG | rate ratio | CPU ratio |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    shown = {place: median(several) for place, several in results.items()}
    for (kind, way), one in shown.items():
        yard = shown[kind, YARD]
        lines.append(
            f"| {kind} | {way} | {one.rate:.1f} | {one.p50:.0f} | {one.p95:.0f} | {one.app:.0f} | {one.base:.1f} "
            f"| {one.rate / yard.rate:.2f} | {one.cpu / yard.cpu:.2f} |"
        )
    return "\n".join(lines)


def memory(bench: Bench, kind: Kind) -> str:
    before = memory_mb(bench.server, "VmRSS")
    forget_peak(bench.server)
    bench.by_http(kind, CLIENTS)
    peak, after = memory_mb(bench.server, "VmHWM"), memory_mb(bench.server, "VmRSS")
    return f"{before:.0f} MB before, {peak:.0f} MB at most, {after:.0f} MB after"


def machine() -> str:
    return f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}"


# --- by the wire ------------------------------------------------------------------------------------------------------


WIRE_COUNT, LARGE = 12, 12_000_000
_GOALS = "goals (figures of others: of another day)"


def wire_table(passages: dict[str, list[Passage]], yard: list[Figures]) -> str:
    """Markdown; the ratios are to `take_in` with one thread, of the same rounds."""
    columns = (
        "accepted/s", "visible/s", "accepted p50 ms", "visible p50 ms", "p95 ms", "CPU ms server", "worker", "PG",
        "visible ratio", "CPU ratio",
    )  # fmt: skip
    lines = [f"| by the wire | {' | '.join(columns)} |", f"|---|{'--:|' * len(columns)}"]
    direct = median(yard)
    for way, several in passages.items():
        one = by_wire.median(several)
        lines.append(
            f"| {way} | {one.accepted:.1f} | {one.visible:.1f} | {one.accept_ms:.0f} | {one.visible_ms:.0f} "
            f"| {one.visible_p95:.0f} | {one.server:.0f} | {one.worker:.0f} | {one.base:.1f} "
            f"| {one.visible / direct.rate:.2f} | {one.cpu / direct.cpu:.2f} |"
        )
    return "\n".join(lines)


def goals(passages: dict[str, list[Passage]], peaks: list[tuple[str, float]], growth: float) -> str:
    """P1, P2, P3 and P13 beside what they are measured by."""
    many, alone = by_wire.median(passages[f"whole, {CLIENTS} clients"]), by_wire.median(passages["one alone"])
    decoder = max((most for name, most in peaks if name == "decoder of the worker"), default=0.0)
    rows = [
        ("P1", "photos/s visible, 4 clients", many.visible, 6.5, True, "GeoVisio 2.6 (preprocessing), 5.0; floor 8.0"),
        ("P2", "CPU ms a photo, all", many.cpu, 272.0, False, "GeoVisio 615; floor 218"),
        ("P3", "one alone, visible, ms", alone.visible_ms, 346.0, False, "GeoVisio 461–494; floor 260–324"),
        ("P3", "one alone, accepted, ms", alone.accept_ms, 62.0, False, "GeoVisio 75–116; floor 48–57"),
        ("P13", f"MB more for each {LARGE / 1e6:.0f} MB upload", growth, 2.0, False, "GeoVisio: the whole file"),
        ("P13", "MB of a decoder at most", decoder, 150.0, False, "–"),
    ]
    lines = [f"| {_GOALS} | measured | goal | | others |", "|---|--:|--:|---|---|"]
    for goal, what, measured, wanted, more, others in rows:
        met = measured >= wanted if more else measured <= wanted
        shown = f"{'≥' if more else '≤'} {wanted:g}"
        lines.append(f"| {goal} {what} | {measured:.1f} | {shown} | {'met' if met else 'NOT met'} | {others} |")
    return "\n".join(lines)


def pass_through(bench: Bench, kind: Kind) -> dict[str, Passage]:
    """Every way through the wire, once."""
    found = {
        way: bench.wire.passage(Kind(kind.name, kind.extension, kind.data, WIRE_COUNT).fresh(), *how)
        for way, how in by_wire.ways(CLIENTS).items()
    }
    found["one alone"] = bench.wire.alone(Kind(kind.name, kind.extension, kind.data, by_wire.ALONE).fresh())
    return found


def large(data: bytes) -> bytes:
    """The same picture with a tail, as some cameras append one."""
    return other_bytes(data) + os.urandom(LARGE - len(data))


def main(rounds: int = 3, *, wire_only: bool = False) -> None:
    sorts = kinds()
    started = time.monotonic()
    with running() as bench:
        print(f"{machine()} before; up to {rounds} interleaved rounds\n", flush=True)
        first = memory(bench, sorts[0])  # also warms everything up
        bench.wire.passage(sorts[0].fresh(), CLIENTS, by_wire.WHOLE)
        results: dict[tuple[str, str], list[Figures]] = {}
        passages: dict[str, list[Passage]] = {}
        chosen = sorts[:1] if wire_only else sorts
        for number in range(1, rounds + 1):
            for place, measure in plan(bench, chosen).items():
                if not wire_only or place[1] == YARD:
                    results.setdefault(place, []).append(measure())
            for way, passage in pass_through(bench, sorts[0]).items():
                passages.setdefault(way, []).append(passage)
            print(f"round {number}: {machine()}", flush=True)
            if time.monotonic() - started > PATIENCE_S:
                break
        later = memory(bench, sorts[0])
        peaks = bench.wire.memory(sorts[0].fresh())
        growth = bench.wire.growth([large(sorts[0].data) for _ in range(CLIENTS)])
        print(f"\n{table(results)}\n\n{wire_table(passages, results[sorts[0].name, YARD])}\n")
        print(goals(passages, peaks, growth))
        print(f"\nMost memory of each process, {CLIENTS} clients by the wire, MB")
        print("  " + ", ".join(f"{name} {most:.0f}" for name, most in peaks[:12]))
        print(f"Server memory with {CLIENTS} uploads of {sorts[0].name} at once by the form")
        print(f"  freshly started: {first}\n  after all rounds: {later}")
        print(f"{min(len(one) for one in results.values())} rounds, {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:] if word.isdigit()), wire_only="wire" in sys.argv)
