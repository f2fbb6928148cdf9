"""The map with a whole country in it: `.venv/bin/python -m bench.map [cases …]`, unless told 10,000 and 1,000,000.

A private PostgreSQL (durable writes) with 7,285 kecamatan is filled to each number in turn (`bench.archipelago`) and
thrown away; the app is served by waitress in a process of its own and asked over HTTP by a leader of the whole country,
who signed in by the real form; the page is opened in Chromium. Cold: the first time after the database was started
again (the system's own cache of files stays). The place is the densest town there is. Goals: P6–P11 of quality.md.
Prints Markdown.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import HTTPCookieProcessor

import psycopg
from playwright.sync_api import sync_playwright
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from bench import archipelago
from bench.country import LEADER
from bench.pages import Visitor, served
from geo.tiles import Tile, column_of, row_of
from geo.values import BBox, LonLat
from webapp import db, schema
from webapp.cluster import DATABASE, Cluster, libpq_url
from webapp.evidence import services

SIZES, ROUNDS, INSERTS, HOT_S = (10_000, 1_000_000), 20, 400, 4.0
_FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
_KINDS = {
    "": "",
    "kind": "jenis=inovasi",
    "state": "keadaan=verified_field",
    "period": "periode={period}",
    "text": "cari=nomor+77",
}
_CROWDED = "SELECT region_code FROM evidence GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
_PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
_READY = "() => document.querySelector('.folium-map')?.dataset.ready === 'true'"


@dataclass(frozen=True)
class Stage:
    """A country of so many cases: how to ask it, and where most of them lie."""

    cases: int
    engine: Engine
    url: str
    home: Path
    phone: str
    town: LonLat
    period: int
    crowded: str  # the kecamatan with most cases


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def line(*cells: object) -> None:
    print(f"| {' | '.join(f'{one:,.1f}' if isinstance(one, float) else str(one) for one in cells)} |", flush=True)


def heading(title: str, *columns: str) -> None:
    print(f"\n**{title}**\n")
    line(*columns)
    print("|" + "--|" + "--:|" * (len(columns) - 1), flush=True)


def timed(work: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


# ---- what is asked over HTTP ---------------------------------------------------------------------------------------


def paths(stage: Stage) -> Iterator[tuple[str, str]]:
    """What, and its address: tiles and views with each filter, then pages."""
    for name, asked in _KINDS.items():
        query = asked.format(period=stage.period)
        for zoom in (5, 8, 12, 15):
            tile = Tile(zoom, column_of(stage.town.lon, zoom), row_of(stage.town.lat, zoom))
            yield f"tile z{zoom} {name}", f"/peta/ubin/{zoom}/{tile.column}/{tile.row}.mvt?{query}"
        for zoom in (5, 8, 12):
            box = view(stage.town, zoom)
            yield f"view z{zoom} {name}", f"/peta/kasus.geojson?bbox={box}&zoom={zoom}&{query}"
    for zoom in (8, 12, 15):
        yield f"list beside the map z{zoom}", f"/peta/terlihat.geojson?bbox={view(stage.town, zoom)}"
    yield "regions, country", "/peta/wilayah.geojson"
    yield "page, country", "/peta/"
    yield "page, country, text", "/peta/?cari=nomor+77"
    yield "list, text", "/peta/daftar?cari=nomor+77"
    yield "list, all", "/peta/daftar"
    yield from _leadership(stage)


def _leadership(stage: Stage) -> Iterator[tuple[str, str]]:
    """The desk and the map in time, from the country down to the kecamatan with most cases."""
    levels = {"country": "", "province": stage.crowded[:2], "kabupaten": stage.crowded[:5], "kecamatan": stage.crowded}
    for name, code in levels.items():
        yield f"desk, {name}", f"/dasbor/{code}"
        yield f"time, {name}", f"/peta/{code}/waktu" if code else "/peta/waktu"
        yield f"time.json, {name}", f"/peta/{code}/waktu.json" if code else "/peta/waktu.json"
    yield "desk, country, kind", f"/dasbor/?{_KINDS['kind']}"
    yield "desk, country, period", f"/dasbor/?{_KINDS['period'].format(period=stage.period)}"
    yield "desk, country, state (counted)", f"/dasbor/?{_KINDS['state']}"
    yield "time, country, state", f"/peta/waktu?{_KINDS['state']}"
    yield "time, country, quarters", "/peta/waktu?langkah=triwulan"
    yield "regions of a quarter, country", f"/peta/wilayah.geojson?dari={datetime.now(UTC) - timedelta(days=200):%Y-%m}"


def view(town: LonLat, zoom: int) -> BBox:
    """What a map of 1280 × 800 px asks for, its margin included."""
    wide, high = 1.0 * 2 * 1280 / 256 / 2**zoom * 180, 1.0 * 2 * 800 / 256 / 2**zoom * 180
    return BBox(
        max(-180.0, town.lon - wide), max(-85.0, town.lat - high), min(180.0, town.lon + wide),
        min(85.0, town.lat + high),
    )  # fmt: skip


def cold_and_warm(stage: Stage) -> None:
    cold: dict[str, float] = {}
    with served(stage.url, stage.home) as address:
        visitor = signed_in(address, stage)
        for what, path in paths(stage):
            cold[what] = timed(lambda path=path: visitor.ask(path))  # type: ignore[misc]
        heading(
            f"{stage.cases:,} cases, over HTTP",
            "request",
            "cold ms",
            "p50 ms",
            "p95 ms",
            "304 ms",
            "kB",
            "kB on the wire",
        )
        for what, path in paths(stage):
            wire, body, etag = visitor.ask(path)
            warm = [timed(lambda path=path: visitor.ask(path)) for _ in range(ROUNDS)]  # type: ignore[misc]
            again = timed(lambda path=path, etag=etag: visitor.ask(path, etag=etag)) if etag else float("nan")  # type: ignore[misc]
            line(
                what, cold[what], statistics.median(warm), percentile(warm, 0.95), again, len(body) / 1000, wire / 1000
            )


def signed_in(address: str, stage: Stage) -> Visitor:
    with stage.engine.begin() as connection:  # a code may be used once: as if the last one were long ago
        connection.execute(text("UPDATE second_factor SET last_step = 0"))
    visitor = Visitor(address)
    visitor.sign_in(LEADER, stage.phone)
    return visitor


# ---- sums against counting -----------------------------------------------------------------------------------------

_SUMMED = """
SELECT region_code, sum(claimed), sum(verified) FROM (
    SELECT region_code, submitted + under_review + returned + rejection_proposed + rejected + verified_desk
        + awaiting_field + verified_field + mismatch + objected AS claimed, verified_desk + verified_field AS verified
    FROM case_tally WHERE kind_code = '' AND period_id = 0 AND depth = 3
    UNION ALL SELECT left(region_code, 8), n, n * (state LIKE 'verified%')::int FROM case_journal WHERE n <> 0
) AS lines GROUP BY region_code
"""
_COUNTED = """
SELECT left(region_code, 8), count(*), count(*) FILTER (WHERE state LIKE 'verified%') FROM evidence
WHERE state NOT IN ('draft', 'withdrawn') AND study_assignment_id IS NULL AND region_result <> 'luar_negeri' GROUP BY 1
"""


def aggregates(stage: Stage) -> None:
    heading(f"{stage.cases:,} cases, all kecamatan: claimed and verified", "way", "p50 ms", "ratio")
    taken: dict[str, list[float]] = {"GROUP BY": [], "sums and journal": []}
    with stage.engine.connect() as connection:
        for _ in range(ROUNDS):
            for way, asked in (("GROUP BY", _COUNTED), ("sums and journal", _SUMMED)):
                taken[way].append(timed(lambda asked=asked: connection.execute(text(asked)).all()))  # type: ignore[misc]
        same = sorted(map(tuple, connection.execute(text(_COUNTED)))) == sorted(
            (code, claimed, verified) for code, claimed, verified in connection.execute(text(_SUMMED)) if claimed
        )
    base = statistics.median(taken["GROUP BY"])
    for way, times in taken.items():
        line(way, statistics.median(times), f"{statistics.median(times) / base:.3f}")
    print(f"\nThe same numbers: {same}.")


# ---- what keeping them costs ---------------------------------------------------------------------------------------

_INSERT = """
INSERT INTO evidence (client_id, period_id, region_code, owner_id, kind_code, title, occurred_from, occurred_to,
    consent, state, version, submitted_at, submitted_by, pin_place, place, place_source, grade, region_result)
SELECT gen_random_uuid(), period_id, region_code, owner_id, kind_code, %s, occurred_from, occurred_to, consent,
    'submitted', 1, submitted_at, submitted_by, place, place, 'pin', 'D', 'cocok' FROM evidence WHERE id = %s
"""
_TITLES = {False: "ukur tanpa jurnal", True: "ukur dengan jurnal"}


def write_cost(stage: Stage) -> None:
    """Rows into the hottest region, each committed; all other triggers off; without and with the journal."""
    with stage.engine.connect() as connection:
        hottest = connection.scalar(
            text(
                "SELECT min(id) FROM evidence WHERE place IS NOT NULL AND region_code = "
                "(SELECT region_code FROM evidence WHERE place IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 1)"
            )
        )
    one: dict[bool, list[float]] = {False: [], True: []}
    four: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(3):
        for kept in (False, True):
            _journal(stage.engine, kept)
            row = (_TITLES[kept], int(hottest or 0))
            one[kept].append(_one_client(stage.url, row))
            four[kept].append(_four_clients(stage, row, folding=kept))
    heading(f"{stage.cases:,} cases, cost of a row", "", "plain", "with the journal", "ratio")
    a, b = (_in_one_transaction(stage.engine, stage.url, kept, row[1]) for kept in (False, True))
    line("one client, one transaction, ms a row", f"{a:.3f}", f"{b:.3f}", f"{b / a:.2f}")
    a, b = statistics.median(one[False]), statistics.median(one[True])
    line("one client, ms a row", f"{a:.2f}", f"{b:.2f}", f"{b / a:.2f}")
    a, b = statistics.median(four[False]), statistics.median(four[True])
    line("four clients, 5 ms transactions, rows/s (folded meanwhile)", a, b, f"{b / a:.2f}")
    _journal(stage.engine, True)
    _take_back(stage.engine)


def _take_back(engine: Engine) -> None:
    """The rows of this measurement, each as it came: what was never counted is not taken off either."""
    for kept, verb in ((False, "DISABLE"), (True, "ENABLE ALWAYS")):
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(f"ALTER TABLE evidence {verb} TRIGGER journal_cases_delete"))
            connection.execute(text("DELETE FROM evidence WHERE title = :title"), {"title": _TITLES[kept]})
    archipelago.fold(engine)


def _journal(engine: Engine, kept: bool) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(f"ALTER TABLE evidence {'ENABLE ALWAYS' if kept else 'DISABLE'} TRIGGER journal_cases_insert")
        )


@contextmanager
def _writer(url: str) -> Iterator[psycopg.Connection[object]]:
    with psycopg.connect(libpq_url(url), autocommit=True, options="-c session_replication_role=replica") as connection:
        yield connection


def _one_client(url: str, row: tuple[str, int]) -> float:
    """Milliseconds a row."""
    with _writer(url) as connection:
        for _ in range(20):
            connection.execute(_INSERT, row)
        return timed(lambda: [connection.execute(_INSERT, row) for _ in range(INSERTS)]) / INSERTS


def _in_one_transaction(engine: Engine, url: str, kept: bool, pattern: int) -> float:
    """Milliseconds a row without the wait for the disk; nothing of it stays."""
    _journal(engine, kept)
    with _writer(url) as connection, connection.transaction(force_rollback=True):
        return min(
            timed(lambda: [connection.execute(_INSERT, (_TITLES[kept], pattern)) for _ in range(INSERTS)]) / INSERTS
            for _ in range(3)
        )


def _four_clients(stage: Stage, row: tuple[str, int], *, folding: bool) -> float:
    """Rows a second."""
    end, done = time.monotonic() + HOT_S, [0] * 4

    def work(number: int) -> None:
        with _writer(stage.url) as connection:
            while time.monotonic() < end:
                with connection.transaction():
                    connection.execute(_INSERT, row)
                    connection.execute("SELECT pg_sleep(0.005)")
                done[number] += 1

    def fold() -> None:
        while time.monotonic() < end:
            with Session(stage.engine) as session, session.begin():
                services.fold(session)
            time.sleep(1)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    threads += [threading.Thread(target=fold)] if folding else []
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / HOT_S


# ---- in a browser --------------------------------------------------------------------------------------------------


def browser(stage: Stage) -> None:
    heading(
        f"{stage.cases:,} cases, in Chromium, 1280 × 800, medians of 5", "page", "first paint ms", "settled ms",
        "kB of HTML", "kB of data on the wire", "requests", "heap MB", "of it held",
    )  # fmt: skip
    with served(stage.url, stage.home) as address, sync_playwright() as playwright:
        visitor = signed_in(address, stage)
        host = urllib.parse.urlsplit(address).hostname
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_FLAGS)
        context = chromium.new_context(viewport={"width": 1280, "height": 800})
        context.add_cookies([{"name": n, "value": v, "domain": host, "path": "/"} for n, v in cookies(visitor)])  # type: ignore[typeddict-item]
        context.new_page().goto(address + "/peta/")  # what is static is in the cache from now on
        for what, path, blocked in (("country", "/peta/", False), ("country, its layers blocked", "/peta/", True)):
            seen = [visit(context, address + path, blocked=blocked) for _ in range(5)]
            line(what, *(statistics.median(values) for values in zip(*seen, strict=True)))
        chromium.close()


def cookies(visitor: Visitor) -> list[tuple[str, str]]:
    jars = (one.cookiejar for one in visitor._opener.handlers if isinstance(one, HTTPCookieProcessor))  # type: ignore[attr-defined] # noqa: SLF001
    return [(cookie.name, cookie.value or "") for jar in jars for cookie in jar]


def visit(context: object, address: str, *, blocked: bool) -> tuple[float, ...]:
    """First paint, settled (ms); kB of the page and of its layers; requests; MB of heap, with garbage, without."""
    page = context.new_page()  # type: ignore[attr-defined]
    told = page.context.new_cdp_session(page)
    told.send("Network.enable")
    kinds: dict[str, str] = {}
    sizes: dict[str, float] = {"page": 0.0, "data": 0.0, "other": 0.0}

    def answered(event: dict[str, object]) -> None:
        url = str(event["response"]["url"])  # type: ignore[index]
        kinds[str(event["requestId"])] = (
            "page" if url == address else "data" if ".geojson" in url or ".mvt" in url else "other"
        )

    def finished(event: dict[str, object]) -> None:
        sizes[kinds.get(str(event["requestId"]), "other")] += float(str(event["encodedDataLength"]))

    told.on("Network.responseReceived", answered)
    told.on("Network.loadingFinished", finished)
    if blocked:
        page.route("**/peta/*.geojson*", lambda route: route.abort())
    began = time.perf_counter()
    page.goto(address)
    page.wait_for_function(_READY)
    settled = (time.perf_counter() - began) * 1000
    painted = float(page.evaluate(_PAINTED) or 0.0)
    heap = told.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    told.send("HeapProfiler.collectGarbage")
    held = told.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    page.close()
    return painted, settled, sizes["page"] / 1000, sizes["data"] / 1000, float(len(kinds)), heap, held


# ---- all of it -----------------------------------------------------------------------------------------------------


def sizes(stage: Stage) -> None:
    heading(f"{stage.cases:,} cases, in the database", "table", "rows", "MB with indexes")
    with stage.engine.connect() as connection:
        for table in ("evidence", "case_tally", "case_month", "case_signal", "case_cell", "case_journal"):
            rows = connection.scalar(text(f"SELECT count(*) FROM {table}"))  # nosec B608 # our own names
            line(
                table,
                f"{rows:,}",
                float(connection.scalar(text(f"SELECT pg_total_relation_size('{table}')")) or 0) / 1e6,
            )
        line("all", "", float(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0) / 1e6)


def fill(engine: Engine, number: int) -> None:
    filled = timed(lambda: archipelago.cases(engine, number)) / 1000
    folded = timed(lambda: archipelago.fold(engine)) / 1000
    settled = timed(lambda: archipelago.settle(engine)) / 1000
    print(
        f"\n## {number:,} cases\n\nFilled in {filled:.0f} s, folded in {folded:.0f} s, analysed in {settled:.0f} s; ",
        end="",
    )
    print(f"load {os.getloadavg()[0]:.1f}.", flush=True)


def stage_of(cluster: Cluster, home: Path, phone: str, number: int) -> Stage:
    url = cluster.url(DATABASE)
    engine = db.engine_for(url)
    with engine.connect() as connection:
        lon, lat = connection.execute(text("SELECT lon, lat FROM bench_share ORDER BY spread, upto LIMIT 1")).one()
        period = connection.scalar(text("SELECT min(id) FROM period"))
        crowded = connection.scalar(text(_CROWDED))
    return Stage(number, engine, url, home, phone, LonLat(lon, lat), int(period or 0), str(crowded))


def run(numbers: Sequence[int], measures: Sequence[Callable[[Stage], None]]) -> None:
    """Fill a country to each of the numbers in turn, and measure."""
    with tempfile.TemporaryDirectory(prefix="petabukti-bench-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        with Cluster(home / "pg") as cluster:
            schema.upgrade(cluster.url(DATABASE))
            engine = db.engine_for(cluster.url(DATABASE))
            with Session(engine) as session, session.begin():
                phone = archipelago.regions(session)[LEADER]
            for number in numbers:
                fill(engine, number)
                engine.dispose()
                cluster.stop()
                cluster.start()
                stage = stage_of(cluster, home, phone, number)
                for measure in measures:
                    measure(stage)
                engine = stage.engine
            engine.dispose()


if __name__ == "__main__":
    run(sorted(int(one) for one in sys.argv[1:]) or SIZES, (cold_and_warm, aggregates, browser, write_cost, sizes))
