"""A centre that answers, answers late, or does not; and a unit that reports to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session, sessionmaker

from tests import factories
from tests.factories import KABUPATEN, MINE
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.reporting import queries as reports
from webapp.reporting import services as reporting
from webapp.reporting.models import QuarterlyReport
from webapp.reporting.services import NewEntry, NewLine
from webapp.territory.models import Region
from webapp.transmission.centre import Centre
from webapp.transmission.receiver import Receiver

SECRET = "rahasia bersama untuk uji"
SENT_AT = datetime(2019, 10, 8, 2, tzinfo=UTC)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None: ...


class TestCentre:
    """The small receiver on a real port. `mood`: called before each answer; what it raises cuts the line."""

    __test__ = False

    def __init__(self, store: Path) -> None:
        self.receiver = Receiver(store, SECRET)
        self.mood: Callable[[], None] = lambda: None
        self.tail: Callable[[], None] = lambda: None
        self.server: WSGIServer = make_server("127.0.0.1", 0, self._answer, handler_class=_Quiet)
        self.url = f"http://127.0.0.1:{self.server.server_port}/laporan"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.mood()
        said = self.receiver(environ, start)
        self.tail()
        return said

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[TestCentre]:
    made = TestCentre(tmp_path / "pusat.sqlite")
    yield made
    made.close()


@pytest.fixture
def asked(centre: TestCentre) -> Centre:
    """The centre as the product speaks to it; it waits half a second for an answer."""
    return Centre(centre.url, SECRET, read_s=0.5)


@pytest.fixture
def sessions(connection: Connection) -> sessionmaker[Session]:
    """What a worker opens its transactions with, inside the test's own."""
    return sessionmaker(connection, join_transaction_mode="create_savepoint")


@pytest.fixture
def secretariat(session: Session) -> Account:
    factories.territory(session)
    return factories.account(session, (Role.SECRETARIAT, KABUPATEN))


@pytest.fixture
def camat(session: Session) -> Account:
    factories.territory(session)
    return factories.account(session, (Role.CAMAT, MINE))


@pytest.fixture
def report(session: Session, secretariat: Account, camat: Account) -> QuarterlyReport:
    """The third quarter of a kecamatan, sent."""
    region = session.get_one(Region, KABUPATEN)
    year = reporting.make_year(session, region, 2019, actor=secretariat, at=SENT_AT - timedelta(days=200))
    unit = reporting.add_unit(session, year, session.get_one(Region, MINE), actor=secretariat, at=year.made_at)
    quarters = [Decimal(25)] * 4
    line = reporting.add_line(session, unit, NewLine("Jalan desa", quarters, quarters), actor=secretariat, at=SENT_AT)
    done = NewEntry(SENT_AT.date() - timedelta(days=20), "Pengerasan", physical=Decimal(25), money=Decimal(25))
    reporting.log_activity(session, line, done, actor=camat, at=SENT_AT)
    found = next(one for one in unit.reports if one.quarter == 3)
    made = reports.report(session, camat, found.id)
    reporting.submit(session, made, actor=camat, at=SENT_AT)
    session.commit()
    return made


def too_slow() -> None:
    """Longer than the product waits."""
    time.sleep(0.8)
