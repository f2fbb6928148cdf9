"""Photos a second through the intake and through the HTTP door: `.venv/bin/python -m bench.intake [rounds]`.

A throw-away cluster that syncs its commits, photos on this disk, and `petabukti serve` as a process of its own. A photo
counts when its small picture answers 200. Rounds are interleaved; the figures are medians. No new round is begun after
four minutes, and nothing listens but on 127.0.0.1.
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

from bench.door import Browser, forget_peak, memory_mb, server, tree_cpu_ms
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
        yield _House(home, engine, cluster.pid, process, port, names)


@contextmanager
def running() -> Iterator[Bench]:
    """All that a measurement needs; gone afterwards."""
    with _house(CLIENTS) as house, Decoder() as decoder:
        browsers = [Browser(house.port, name) for name in house.names]
        intake = Intake(Store.open((house.home / "direct").as_uri()), decoder)
        yield Bench(house.home, house.engine, house.postgres, house.server, browsers, intake)


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
        yard = shown[kind, "take_in, 1 thread"]
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


def main(rounds: int = 3) -> None:
    sorts = kinds()
    started = time.monotonic()
    with running() as bench:
        print(f"{machine()} before; up to {rounds} interleaved rounds\n", flush=True)
        first = memory(bench, sorts[0])  # also warms everything up
        results: dict[tuple[str, str], list[Figures]] = {}
        for number in range(1, rounds + 1):
            for place, measure in plan(bench, sorts).items():
                results.setdefault(place, []).append(measure())
            print(f"round {number}: {machine()}", flush=True)
            if time.monotonic() - started > PATIENCE_S:
                break
        later = memory(bench, sorts[0])
        print(f"\n{table(results)}\n\nServer memory with {CLIENTS} uploads of {sorts[0].name} at once")
        print(f"  freshly started: {first}\n  after all rounds: {later}")
        print(f"{min(len(one) for one in results.values())} rounds, {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
