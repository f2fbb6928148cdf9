"""L5 (Belitung, 2019): what is sent enters the centre within hours; while it is away nothing is lost or doubled."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests import factories
from tests.webapp.transmission.conftest import SECRET, TestCentre
from webapp.access import Role
from webapp.reporting import queries as reports
from webapp.reporting import services as reporting
from webapp.reporting.models import QuarterlyReport, ReportingYear
from webapp.reporting.services import NewEntry, NewLine
from webapp.territory.models import Region
from webapp.transmission import services
from webapp.transmission.centre import Centre
from webapp.transmission.models import Transmission
from webapp.transmission.rules import delay

PLACES = {"19": "Kepulauan Bangka Belitung", "19.02": "Belitung", "19.02.01": "Tanjungpandan", "19.02.04": "Sijuk"}
LEVELS = {2: "provinsi", 5: "kabupaten", 8: "kecamatan"}
PROMISE = timedelta(minutes=60)  # a proposal: the article says "by the hour"


def belitung(session: Session) -> ReportingYear:
    for code, name in PLACES.items():
        upper = code.rpartition(".")[0] or None
        session.add(
            Region(code=code, name=name, level=LEVELS[len(code)], parent_code=upper, time_zone="Asia/Jakarta")
        )  # fmt: skip
        session.flush()
    clerk = factories.account(session, (Role.SECRETARIAT, "19.02"))
    begun = datetime(2019, 1, 2, tzinfo=UTC)
    return reporting.make_year(session, session.get_one(Region, "19.02"), 2019, actor=clerk, at=begun)


def sent(session: Session, year: ReportingYear, code: str, quarter: int, at: datetime) -> QuarterlyReport:
    """A report of that quarter with everything done."""
    clerk = factories.account(session, (Role.SECRETARIAT, "19.02"))
    camat = factories.account(session, (Role.CAMAT, code))
    unit = reporting.add_unit(session, year, session.get_one(Region, code), actor=clerk, at=year.made_at)
    quarters = [Decimal(25)] * 4
    line = reporting.add_line(session, unit, NewLine("Kegiatan fisik", quarters, quarters), actor=clerk, at=at)
    day = date(2019, 3 * quarter - 1, 20)
    done = NewEntry(day, "Selesai sesuai rencana", physical=Decimal(25), money=Decimal(25))
    reporting.log_activity(session, line, done, actor=camat, at=at)
    made = reports.report(session, camat, next(one.id for one in unit.reports if one.quarter == quarter))
    reporting.submit(session, made, actor=camat, at=at)
    session.commit()
    return made


def test_l5_a_report_is_at_the_centre_within_the_hour_and_survives_an_outage(
    session: Session,
    sessions: sessionmaker[Session],
    centre: TestCentre,
) -> None:
    year, there = belitung(session), Centre(centre.url, SECRET)
    third = datetime(2019, 10, 1, 3, tzinfo=UTC)
    tanjungpandan = sent(session, year, "19.02.01", 3, third)
    assert services.send_due(sessions, there, lambda: third + timedelta(minutes=12)) == 1
    row = session.scalars(select(Transmission)).one()
    way = delay(row.queued_at, row.received_at, third + timedelta(days=1), PROMISE)
    assert (way.minutes, way.late, row.receipt) == (12, False, "TT-000001")  # BLT-01: received after 12 minutes

    # BLT-06: late for TW II, and the centre does not answer; it arrives with the third try, once.
    second = datetime(2019, 7, 15, 3, tzinfo=UTC)
    sijuk = sent(session, year, "19.02.04", 2, second)
    away = Centre("http://127.0.0.1:9/", SECRET, read_s=0.5)
    assert services.send_due(sessions, away, lambda: second) == 0
    assert services.send_due(sessions, away, lambda: second + timedelta(minutes=2)) == 0
    session.refresh(sijuk)
    assert (sijuk.state, sijuk.late) == ("send_failed", True)
    assert services.send_due(sessions, there, lambda: second + timedelta(minutes=150)) == 1
    rows = {one.revision.report_id: one for one in session.scalars(select(Transmission))}
    assert rows[sijuk.id].tries == 3
    assert delay(second, rows[sijuk.id].received_at, second, PROMISE).late
    session.refresh(sijuk)
    session.refresh(tanjungpandan)
    assert (sijuk.state, sijuk.late) == ("received", True)
    assert (tanjungpandan.state, tanjungpandan.late) == ("received", False)
    assert services.send_due(sessions, there, lambda: second + timedelta(days=9)) == 0
    assert [one["unit"]["name"] for one in centre.receiver.kept()] == ["Tanjungpandan", "Sijuk"]
