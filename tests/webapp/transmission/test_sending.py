"""What a unit sends is at the centre, once, however the centre behaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from config import BadSetting, Settings
from tests.webapp.transmission.conftest import SECRET, SENT_AT, TestCentre, too_slow
from webapp.accounts.models import Account
from webapp.reporting import services as reporting
from webapp.reporting.models import QuarterlyReport
from webapp.transmission import services
from webapp.transmission.centre import Centre, signature
from webapp.transmission.models import Transmission
from webapp.transmission.rules import LONGEST_PAUSE, delay, pause_after

Sessions = sessionmaker[Session]


def at(minutes: float) -> Callable[[], datetime]:
    return lambda: SENT_AT + timedelta(minutes=minutes)


def row_of(session: Session) -> Transmission:
    session.commit()
    session.expire_all()
    return session.scalars(select(Transmission).order_by(Transmission.revision_id.desc())).first() or pytest.fail()


def outcomes(session: Session) -> list[str]:
    return [one.outcome for one in row_of(session).log]


def test_a_report_is_received_once_with_its_receipt(
    session: Session, report: QuarterlyReport, sessions: Sessions, centre: TestCentre, asked: Centre
) -> None:
    assert services.send_due(sessions, asked, at(12)) == 1
    assert services.send_due(sessions, asked, at(30)) == 0
    row = row_of(session)
    assert (row.state, row.receipt, row.received_at) == ("received", "TT-000001", at(12)())
    assert delay(row.queued_at, row.received_at, at(99)(), timedelta(minutes=60)).minutes == 12
    session.refresh(report)
    assert report.state == "received"
    (kept,) = centre.receiver.kept()
    assert (kept["quarter"], kept["physical_pct"], kept["unit"]["code"]) == (3, "100", report.unit.region_code)


def test_while_the_centre_is_away_a_report_waits_and_is_lost_nowhere(
    session: Session, report: QuarterlyReport, sessions: Sessions, centre: TestCentre
) -> None:
    away = Centre("http://127.0.0.1:9/laporan", SECRET, read_s=0.5)
    assert [services.send_due(sessions, away, at(minute)) for minute in (0, 0.5, 1)] == [0, 0, 0]
    assert outcomes(session) == ["unreachable", "unreachable"]  # at once, and after a minute
    session.refresh(report)
    assert report.state == "send_failed"
    assert services.send_due(sessions, Centre(centre.url, SECRET), at(3)) == 1
    assert outcomes(session) == ["unreachable", "unreachable", "received"]
    assert len(centre.receiver.kept()) == 1


def test_an_answer_that_comes_too_late_doubles_nothing(
    session: Session, report: QuarterlyReport, sessions: Sessions, centre: TestCentre, asked: Centre
) -> None:
    """The centre has it, and says so too late: the next try gets the same receipt."""
    centre.tail = too_slow
    assert services.send_due(sessions, asked, at(0)) == 0
    assert outcomes(session) == ["too_slow"]
    centre.tail = lambda: None
    assert services.send_due(sessions, asked, at(1)) == 1
    assert (row_of(session).receipt, len(centre.receiver.kept())) == ("TT-000001", 1)


def test_whoever_dies_in_the_middle_is_followed_by_another(
    session: Session, report: QuarterlyReport, sessions: Sessions, centre: TestCentre, asked: Centre
) -> None:
    with sessions() as dying, dying.begin():
        services.queue_new(dying, at=at(0)())
        taken = services.take_due(dying, at=at(0)())
    assert taken is not None
    asked.deliver(taken.content, key=taken.key, sha256=taken.sha256)  # arrived, and nobody wrote it down
    assert services.send_due(sessions, asked, at(1)) == 0  # somebody may still be at it
    assert services.send_due(sessions, asked, at(4)) == 1
    assert (outcomes(session), len(centre.receiver.kept())) == (["started", "received"], 1)


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b"<html>"), (200, b'{"receipt": "", "sha256": ""}'), (200, b'{"receipt": "x", "sha256": "other"}'),
     (200, b"[]"), (302, b""), (500, b"{}"), (401, b"{}")],
)  # fmt: skip
def test_what_is_no_receipt_is_not_taken_for_one(
    session: Session, report: QuarterlyReport, sessions: Sessions, centre: TestCentre, asked: Centre,
    status: int, body: bytes, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def odd(_environ: object, start: Callable[..., None]) -> list[bytes]:
        start(f"{status} Odd", [("Content-Type", "text/html"), ("Location", "http://127.0.0.1:9/")])
        return [body]

    monkeypatch.setattr(centre.server, "application", odd)
    assert services.send_due(sessions, asked, at(0)) == 0
    assert outcomes(session) == ["nonsense" if status == 200 else "refused"]
    assert row_of(session).received_at is None


def test_a_correction_waits_for_what_it_corrects(
    session: Session, report: QuarterlyReport, camat: Account, sessions: Sessions, centre: TestCentre
) -> None:
    away = Centre("http://127.0.0.1:9/laporan", SECRET, read_s=0.5)
    services.send_due(sessions, away, at(0))
    reporting.submit(session, report, actor=camat, at=at(0.5)(), note="Angka keuangan salah ketik.")
    session.commit()
    assert services.send_due(sessions, Centre(centre.url, SECRET), at(2)) == 2
    assert [one["revision"] for one in centre.receiver.kept()] == [1, 2]
    session.refresh(report)
    assert report.state == "received"


def test_the_receipt_of_an_earlier_revision_says_nothing_of_the_later_one(
    session: Session, report: QuarterlyReport, camat: Account, sessions: Sessions, asked: Centre
) -> None:
    with sessions() as first, first.begin():
        services.queue_new(first, at=at(0)())
        taken = services.take_due(first, at=at(0)()) or pytest.fail()
    receipt = asked.deliver(taken.content, key=taken.key, sha256=taken.sha256)
    reporting.submit(session, report, actor=camat, at=at(1)(), note="Dikirim ulang.")
    session.commit()
    with sessions() as late, late.begin():
        services.settle(late, taken, receipt, at=at(2)())
    session.refresh(report)
    assert report.state == "sent"


def test_the_centre_refuses_what_somebody_else_signed_and_other_content_under_a_known_key(centre: TestCentre) -> None:
    first, second = b'{"a":1}', b'{"a":2}'
    assert centre.receiver.answer(first, "k", signature(first, "another secret"))[0] == 401
    assert centre.receiver.answer(first, "", signature(first, SECRET))[0] == 400
    assert centre.receiver.answer(first, "k", signature(first, SECRET))[0] == 200
    assert centre.receiver.answer(second, "k", signature(second, SECRET))[0] == 409


@given(st.integers(1, 10_000))
def test_pauses_grow_and_never_end(tries: int) -> None:
    assert timedelta(minutes=1) <= pause_after(tries) <= pause_after(tries + 1) <= LONGEST_PAUSE


@pytest.mark.parametrize("url", ["http://pusat.example/laporan", "ftp://pusat.example", "pusat", "https://"])
def test_reports_never_travel_in_the_open(url: str) -> None:
    with pytest.raises(BadSetting):
        Settings(centre_url=url, centre_secret=SECRET).checked()


def test_a_centre_needs_a_secret_worth_the_name() -> None:
    with pytest.raises(BadSetting):
        Settings(centre_url="https://pusat.example/", centre_secret="pendek").checked()
    assert Settings(centre_url="https://pusat.example/", centre_secret=SECRET).checked()
