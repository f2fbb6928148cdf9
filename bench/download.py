"""What a download costs: `.venv/bin/python -m bench.download [cases]`.

A private PostgreSQL of its own is filled with cases (10,000 unless told) and thrown away. Each format is made as a
worker makes it, by a process of its own, whose peak memory is the number printed; the report on paper as a request
makes it. The archive holds one photo of 250 kB for each of the first 10,000 cases.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session, sessionmaker

from bench.country import LEADER, fill
from config import Settings
from media.store import Store
from webapp import db, schema
from webapp.accounts.models import Account
from webapp.app import create_app
from webapp.cluster import DATABASE, Cluster
from webapp.evidence.rules import STATE_LABELS
from webapp.exchange import pages, queries, report, services
from webapp.exchange.columns import COLUMNS
from webapp.exchange.models import Download
from webapp.exchange.queries import Order
from webapp.exchange.rules import TABLES, Format, Phrases, Scope
from webapp.exchange.shelf import Shelf

CASES, PHOTOS, PHOTO_BYTES = 10_000, 10_000, 250_000
SAID = Phrases(
    locale="id", link="https://peta.example/bukti/", place="Indonesia", zone="Asia/Jakarta", personal=False,
    filters=(), attribution=(), states={str(state): str(state) for state in STATE_LABELS}, tags={},
    labels={**{one.key: one.key for one in COLUMNS}, "sheet": "Bukti", "about": "Keterangan"},
    about={name: name for name in ("place", "filters", "count", "as_of", "zone", "version", "source")},
)  # fmt: skip


def main(cases: int) -> None:
    home = Path(tempfile.mkdtemp(prefix="petabukti-bench-"))
    home.chmod(0o711)
    try:
        with Cluster(home / "pg", durable=False) as cluster:
            url = cluster.url(DATABASE)
            _prepare(url, home, cases)
            print(f"{cases} cases, load {os.getloadavg()[0]:.1f}")
            print(f"{'format':10}{'cases':>10}{'s':>8}{'MB':>10}{'peak RSS MB':>14}")
            for kind in (*TABLES, Format.PDF, Format.ZIP):
                subprocess.run([sys.executable, "-m", "bench.download", "one", url, str(home), kind], check=True)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _prepare(url: str, home: Path, cases: int) -> None:
    engine = create_engine(url)
    schema.upgrade(url)
    data = os.urandom(PHOTO_BYTES)
    sha256 = hashlib.sha256(data).hexdigest()
    Store.open(_settings(home, url).media_place).put(sha256, "large", data)
    with Session(engine) as session:
        fill(session, cases)
    with Session(engine) as session, session.begin():
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("DELETE FROM photo WHERE id % 3 <> 0 OR id > :most"), {"most": 3 * PHOTOS})
        session.execute(text("UPDATE photo SET sha256 = :sha256, pictures_at = now()"), {"sha256": sha256})
    engine.dispose()


def _settings(home: Path, url: str) -> Settings:
    return Settings(data_dir=home / "data", database_url=url)


def one(url: str, home: Path, kind: Format) -> None:
    """Make one file in this process, and say what it cost."""
    settings = _settings(home, url)
    sessions = sessionmaker(db.engine_for(url), expire_on_commit=False)
    shelf = Shelf.of(settings)
    shop = services.Workshop(sessions, Store.open(settings.media_place), shelf, settings.time_zone, db.utcnow)
    order = Order(Scope.REGION, None, {})
    if kind is Format.PDF:
        _on_paper(create_app(settings, sessions), sessions, order)
        return
    with db.transaction(sessions) as session:
        leader = session.scalars(select(Account).where(Account.username == LEADER)).one().as_of(shop.today())
        number = services.ask(session, order, kind, SAID, originals=False, actor=leader, at=db.utcnow()).id
    began = time.monotonic()
    services.make(shop, number)
    spent = time.monotonic() - began
    with sessions() as session:
        made = session.get_one(Download, number)
    _tell(kind, made.cases or 0, spent, made.byte_size or 0, made.code or "")
    shelf.remove(number)


def _on_paper(app: Flask, sessions: sessionmaker[Session], order: Order) -> None:
    began = time.monotonic()
    with app.test_request_context("/unduh/"), sessions() as session:
        today = db.utcnow().date()
        leader = session.scalars(select(Account).where(Account.username == LEADER)).one().as_of(today)
        asked = pages.asked(session, leader, order)
        made = report.pdf(session, leader, order, asked, queries.stand(session, db.utcnow()))
    _tell(Format.PDF, asked.count, time.monotonic() - began, len(made), "")


def _tell(kind: Format, cases: int, seconds: float, size: int, code: str) -> None:
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    peak = int(found[1]) / 1024 if found else 0.0  # not ru_maxrss, which begins with what the parent had
    print(f"{kind:10}{cases:>10}{seconds:>8.1f}{size / 1_000_000:>10.1f}{peak:>14.0f}", code)


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        one(sys.argv[2], Path(sys.argv[3]), Format(sys.argv[4]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES)
