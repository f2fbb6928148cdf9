"""Ours beside tipg and pygeoapi, over the same cases: `.venv/bin/python -m bench.peers [cases]`, unless told 10,000.

The two are installed, never as part of the project, into an environment that this run makes and throws away (with `uv`
where it is on the path); they read the cases of `bench.archipelago` through one thin view, without anybody's areas, and
with nobody to sign in. We are asked as a leader of the country who is signed in, behind row-level security. All three
are asked the same in turn, in every round. Our view answers a box with single cases or, where there are more than 300,
with their numbers by cells; the others with the first 100 cases. Prints Markdown.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine, make_url, text

from bench import map as own
from bench.pages import served
from geo.tiles import column_of, row_of

WHEELS = (
    "tipg==1.6.1",
    "uvicorn>=0.30",
    "pygeoapi==0.21.0",
    "gunicorn>=22",
    "geoalchemy2>=0.17",
    "psycopg2-binary>=2.9",
)
PATIENCE_S, WORKERS = 120.0, 2
ENOUGH_MS, FEWEST = 60_000.0, 3  # a server this slow is asked no more often
VIEW = """
CREATE SCHEMA peer;
CREATE VIEW peer.cases AS SELECT id, title, state, kind_code, region_code, place FROM evidence WHERE place IS NOT NULL
"""

Box = tuple[float, float, float, float]  # west, south, east, north; degrees
Tile = tuple[int, int, int]  # zoom, x, y


@dataclass(frozen=True)
class Peer:
    """A server by its address, and the paths of what we ask of it."""

    address: str
    items: Callable[[Box, int], str]  # cases of a box, so many at most
    tile: Callable[[Tile], str]

    def ask(self, path: str) -> int:
        """Bytes of one answer. Raises on an error of the server."""
        with urllib.request.urlopen(self.address + path, timeout=600) as answer:  # noqa: S310 # nosec B310 # our own port
            return len(answer.read())


@contextmanager
def peers(engine: Engine, url: str, home: Path) -> Iterator[Mapping[str, Peer]]:
    """Both servers over the cases of the database at `url`, ready to answer; ended with the block."""
    python = _environment(home / "peers")
    with engine.begin() as connection:
        connection.execute(text(VIEW))
    with ExitStack() as stack:
        yield {
            "tipg": stack.enter_context(_tipg(python, url, home)),
            "pygeoapi": stack.enter_context(_pygeoapi(python, url, home)),
        }


def _environment(folder: Path) -> Path:
    python, uv = folder / "bin" / "python", shutil.which("uv")
    make = [uv, "venv", "--quiet"] if uv else [sys.executable, "-m", "venv"]
    install = (
        [uv, "pip", "install", "--quiet", "--python", str(python)]
        if uv
        else [str(python), "-m", "pip", "install", "-q"]
    )
    subprocess.run([*make, str(folder)], check=True)
    subprocess.run([*install, *WHEELS], check=True)
    return python


@contextmanager
def _tipg(python: Path, url: str, home: Path) -> Iterator[Peer]:
    parts, port = make_url(url), _free_port()
    host = f"{quote(str(parts.query['host']), safe='')}:{parts.query['port']}"
    said = {
        "DATABASE_URL": f"postgresql://{parts.username}@{host}/{parts.database}",
        "TIPG_DB_SCHEMAS": '["peer"]',
        "TIPG_DB_SPATIAL_EXTENT": "false",
        "TIPG_TABLE_CONFIG__peer_cases__pk": "id",
    }
    command = ["-m", "uvicorn", "tipg.main:app", "--port", str(port), "--workers", str(WORKERS), "--log-level", "error"]
    with _running(python, command, said, port, home / "tipg.log", "/collections/peer.cases"):
        yield Peer(
            f"http://127.0.0.1:{port}",
            lambda box, most: f"/collections/peer.cases/items?bbox={_box(box)}&limit={most}&f=geojson",
            lambda at: f"/collections/peer.cases/tiles/WebMercatorQuad/{at[0]}/{at[1]}/{at[2]}",
        )


@contextmanager
def _pygeoapi(python: Path, url: str, home: Path) -> Iterator[Peer]:
    port, config, openapi = _free_port(), home / "pygeoapi.json", home / "openapi.json"
    config.write_text(json.dumps(_pygeoapi_config(url, port)))
    said = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)}
    made = subprocess.run(
        [str(python.with_name("pygeoapi")), "openapi", "generate", str(config), "--format", "json"],
        env={**os.environ, **said}, check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    openapi.write_bytes(made.stdout)
    command = [
        "-m",
        "gunicorn",
        "pygeoapi.flask_app:APP",
        "-b",
        f"127.0.0.1:{port}",
        "-w",
        str(WORKERS),
        "--threads",
        "4",
    ]
    command += ["--timeout", "600", "--log-level", "error"]
    with _running(python, command, said, port, home / "pygeoapi.log", "/collections/cases?f=json"):
        yield Peer(
            f"http://127.0.0.1:{port}",
            lambda box, most: f"/collections/cases/items?bbox={_box(box)}&limit={most}&f=json",
            # pygeoapi says row before column
            lambda at: f"/collections/cases/tiles/WebMercatorQuad/{at[0]}/{at[2]}/{at[1]}?f=mvt",
        )


def _pygeoapi_config(url: str, port: int) -> dict[str, object]:
    parts, address = make_url(url), f"http://127.0.0.1:{port}"
    data = {
        "host": parts.query["host"], "port": int(str(parts.query["port"])), "dbname": parts.database,
        "user": parts.username, "password": "", "search_path": ["peer", "public"],
    }  # fmt: skip
    table = {"data": data, "id_field": "id", "table": "cases", "geom_field": "place"}
    shape = {"name": "pbf", "mimetype": "application/vnd.mapbox-vector-tile"}
    tiles = {
        "type": "tile", "name": "MVT-postgresql", **table, "format": shape, "options": {"zoom": {"min": 0, "max": 16}},
        "storage_crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
    }  # fmt: skip
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port}, "url": address, "mimetype": "application/json",
            "encoding": "utf-8", "gzip": False, "languages": ["en-US"],
            "limits": {"max_items": 1000, "default_items": 10}, "map": {"url": "/", "attribution": "-"},
            "admin": False, "templates": {},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": "-", "description": "-", "keywords": ["-"], "keywords_type": "theme", "terms_of_service": "-",
                "url": address,
            },
            "license": {"name": "-", "url": address}, "provider": {"name": "-", "url": address},
            "contact": {"name": "-", "email": "-", "url": address},
        },
        "resources": {
            "cases": {
                "type": "collection", "title": "Cases", "description": "Cases", "keywords": ["cases"], "links": [],
                "extents": {"spatial": {"bbox": [94, -12, 142, 7]}},
                "providers": [{"type": "feature", "name": "PostgreSQL", **table}, tiles],
            }
        },
    }  # fmt: skip


@contextmanager
def _running(
    python: Path, command: list[str], said: dict[str, str], port: int, log: Path, ready: str
) -> Iterator[None]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(python), *command], env={**os.environ, **said}, stdout=out, stderr=out, start_new_session=True
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}{ready}", process, log)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            urllib.request.urlopen(address, timeout=PATIENCE_S).close()  # noqa: S310 # nosec B310 # our own port
        except OSError as why:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{address} does not answer:\n{log.read_text()[-2000:]}") from why
            time.sleep(0.3)
        else:
            return


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def _box(box: Box) -> str:
    return ",".join(map(str, box))


# ---- the same requests to all three --------------------------------------------------------------------------------

ROUNDS = 15
_SPOTS = "SELECT lon, lat FROM bench_share WHERE spread < 0.03 ORDER BY md5(code) LIMIT :number"


@dataclass(frozen=True)
class Request:
    """What is asked, and how each server calls it at a place (lon, lat); without a path, one is not asked."""

    name: str
    paths: Callable[[float, float], Mapping[str, str]]


def requests(known: Mapping[str, Peer]) -> Iterator[Request]:
    for degrees in (0.02, 0.5):
        yield Request(f"box of {degrees}°", lambda lon, lat, wide=degrees: _in_box(known, lon, lat, wide))  # type: ignore[misc]
    for zoom, asked in ((15, ("tipg", "pygeoapi")), (12, ("tipg",)), (8, ("tipg",)), (5, ("tipg",))):
        yield Request(f"tile z{zoom}", lambda lon, lat, z=zoom, a=asked: _in_tile(known, lon, lat, z, a))  # type: ignore[misc]


def _in_box(known: Mapping[str, Peer], lon: float, lat: float, wide: float) -> Mapping[str, str]:
    box = (lon - wide / 2, lat - wide / 2, lon + wide / 2, lat + wide / 2)
    zoom = 15 if wide < 0.1 else 11
    return {"ours": f"/peta/kasus.geojson?bbox={_box(box)}&zoom={zoom}"} | {
        name: peer.items(box, 100) for name, peer in known.items()
    }


def _in_tile(known: Mapping[str, Peer], lon: float, lat: float, zoom: int, asked: tuple[str, ...]) -> Mapping[str, str]:
    at = (zoom, column_of(lon, zoom), row_of(lat, zoom))
    return {"ours": f"/peta/ubin/{zoom}/{at[1]}/{at[2]}.mvt"} | {name: known[name].tile(at) for name in asked}


def compare(stage: own.Stage) -> None:
    with stage.engine.connect() as connection:
        spots = [tuple(row) for row in connection.execute(text(_SPOTS), {"number": ROUNDS})]
    columns = [f"{name} {unit}" for name in ("ours", "tipg", "pygeoapi") for unit in ("ms", "kB")]
    own.heading(f"{stage.cases:,} cases, p50 of {ROUNDS} towns", "request", *columns, "ours / tipg", "ours / pygeoapi")
    with served(stage.url, stage.home) as address, peers(stage.engine, stage.url, stage.home) as known:
        visitor = own.signed_in(address, stage)
        ask = {"ours": lambda path: visitor.ask(path)[0]} | {name: peer.ask for name, peer in known.items()}
        for request in requests(known):
            took: dict[str, list[float]] = {name: [] for name in ask}
            size: dict[str, list[int]] = {name: [] for name in ask}
            for lon, lat in [stage_spot(stage), *spots]:  # the first warms up
                for name, path in request.paths(lon, lat).items():
                    if sum(took[name]) > ENOUGH_MS and len(took[name]) > FEWEST:
                        continue
                    began = time.perf_counter()
                    size[name].append(ask[name](path))
                    took[name].append((time.perf_counter() - began) * 1000)
            _tell(request.name, {name: values[1:] for name, values in took.items()}, size)


def stage_spot(stage: own.Stage) -> tuple[float, float]:
    return stage.town.lon, stage.town.lat


def _tell(what: str, took: Mapping[str, list[float]], size: Mapping[str, list[int]]) -> None:
    middle = {name: statistics.median(values) for name, values in took.items() if values}
    cells: list[object] = []
    for name in ("ours", "tipg", "pygeoapi"):
        cells += [middle[name], statistics.median(size[name]) / 1000] if name in middle else ["–", "–"]
    ratios = [f"{middle['ours'] / middle[name]:.2f}" if name in middle else "–" for name in ("tipg", "pygeoapi")]
    own.line(what, *cells, *ratios)


if __name__ == "__main__":
    own.run([int(sys.argv[1]) if sys.argv[1:] else 10_000], (compare,))
