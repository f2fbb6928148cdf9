"""A worker that is killed, and a disk that is full, while a file grows."""

from __future__ import annotations

import hashlib
import resource
import uuid
import zipfile
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.orm import Session

from config import Settings
from media.store import Store
from tests import factories
from tests.factories import KABUPATEN, MINE
from tests.webapp.insight.conftest import evidence, placing
from tests.webapp.test_worker import A_MINUTE_PASSES
from tests.webapp.working import eventually, worker_process
from webapp.db import utcnow
from webapp.evidence.models import Photo
from webapp.evidence.rules import State
from webapp.exchange import services
from webapp.exchange.columns import COLUMNS
from webapp.exchange.models import Download
from webapp.exchange.queries import Order
from webapp.exchange.rules import KEPT, Format, Phrases, Scope
from webapp.exchange.shelf import Shelf

MANY = 3_000
SAID = Phrases(
    locale="id", link="https://peta.test/bukti/", place="Uji", zone="Asia/Jakarta", personal=False, filters=(),
    attribution=(), states={}, tags={},
    labels={**{one.key: one.key for one in COLUMNS}, "sheet": "Bukti", "about": "Keterangan"},
    about={name: name for name in ("place", "filters", "count", "as_of", "zone", "version", "source")},
)  # fmt: skip


def asked(engine: Engine, folder: Path, cases: int) -> uuid.UUID:
    """A leader has asked for an archive of so many cases, each with the same photo."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        people = factories.team(session)
        people.store = Store.open(Settings(data_dir=folder).media_place)
        first = factories.case(session, people, State.SUBMITTED)
        session.flush()
        known = {c.key: getattr(first.photos[0], c.key) for c in inspect(Photo).column_attrs}
        for _ in range(cases - 1):
            other = evidence(session, people, State.SUBMITTED, MINE)
            copy = Photo(**{**known, "id": None, "evidence_id": other.id, "upload_id": uuid.uuid4()})
            with placing(session):
                session.add(copy)
                session.flush()
        leader = people.leader.as_of(utcnow().date())
        order = Order(Scope.REGION, KABUPATEN, {})
        return services.ask(session, order, Format.ZIP, SAID, originals=False, actor=leader, at=utcnow()).id


def row(engine: Engine, number: uuid.UUID) -> Download:
    with Session(engine, expire_on_commit=False) as session:
        return session.get_one(Download, number)


def test_a_download_whose_worker_was_killed_is_taken_up_again_and_whole(fresh_database: Engine, tmp_path: Path) -> None:
    number, shelf = asked(fresh_database, tmp_path, MANY), Shelf.of(Settings(data_dir=tmp_path))
    with worker_process(fresh_database, tmp_path) as worker:
        eventually(lambda: row(fresh_database, number).done > 0)
        worker.kill()
        worker.wait()
    cut = row(fresh_database, number)
    assert (cut.state, cut.total) == ("running", MANY)
    assert 0 < cut.done < MANY
    assert not shelf.path(number).exists()
    with fresh_database.begin() as connection:
        connection.execute(A_MINUTE_PASSES)
    with worker_process(fresh_database, tmp_path):
        eventually(lambda: row(fresh_database, number).state == "ready", 120)
    made = row(fresh_database, number)
    assert (made.cases, made.done) == (MANY, MANY)
    assert hashlib.sha256(shelf.path(number).read_bytes()).hexdigest() == made.sha256
    with zipfile.ZipFile(shelf.path(number)) as archive:
        assert sum(name.endswith(".jpg") for name in archive.namelist()) == MANY
    with Session(fresh_database) as session, session.begin():  # what the killed one left goes with the file itself
        services.tidy_up(session, shelf, at=utcnow() + KEPT + timedelta(minutes=1))
    assert list(shelf.root.iterdir()) == []


def test_a_disk_that_fills_up_meanwhile_is_said_and_nothing_of_the_file_is_left(
    fresh_database: Engine, tmp_path: Path
) -> None:
    number, shelf = asked(fresh_database, tmp_path, 40), Shelf.of(Settings(data_dir=tmp_path))
    with worker_process(fresh_database, tmp_path) as worker:
        # No file may grow beyond this: the system then answers as it does on a full disk.
        resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, (250_000, resource.RLIM_INFINITY))
        eventually(lambda: row(fresh_database, number).state not in ("waiting", "running"))
        failed = row(fresh_database, number)
        assert (failed.state, failed.code) == ("failed", "storage_full")
        assert list(shelf.root.iterdir()) == []
        resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    with fresh_database.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM photo")) == 40


def test_what_was_asked_for_and_never_heard_of_is_asked_for_again(fresh_database: Engine, tmp_path: Path) -> None:
    number = asked(fresh_database, tmp_path, 1)
    with fresh_database.begin() as connection:
        connection.execute(text("SET search_path = jobs, public"))
        connection.execute(text("DELETE FROM procrastinate_jobs"))
    with Session(fresh_database) as session, session.begin():
        assert services.ask_again(session, before=utcnow()) == 1
        assert services.ask_again(session, before=utcnow()) == 0  # there is a job for it
    with Session(fresh_database) as session:
        waiting = session.scalar(select(Download.state).where(Download.id == number))
    assert waiting == "waiting"
