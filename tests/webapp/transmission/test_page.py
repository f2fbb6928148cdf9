"""The outbox page: who sees it, what it says, and asking for a try at once."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from tests import factories
from tests.factories import KABUPATEN, KOTA
from tests.webapp.conftest import Opener
from tests.webapp.transmission.conftest import SECRET, SENT_AT
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.reporting.models import QuarterlyReport
from webapp.transmission import services
from webapp.transmission.centre import Centre
from webapp.transmission.models import Transmission

PAGE = "/laporan/pengiriman/"


def failed_once(sessions: sessionmaker[Session]) -> None:
    services.send_due(sessions, Centre("http://127.0.0.1:9/", SECRET, read_s=0.5), lambda: SENT_AT)


def connect(app: Flask, settings: Settings) -> None:
    told = Settings(**{**vars(settings), "centre_url": "https://pusat.example/", "centre_secret": SECRET})
    app.extensions["petabukti_settings"] = told


def test_the_secretariat_sees_what_waits_and_why_and_lets_it_go_at_once(
    session: Session, app: Flask, settings: Settings, opened: Opener, sessions: sessionmaker[Session],
    secretariat: Account, report: QuarterlyReport,
) -> None:  # fmt: skip
    failed_once(sessions)
    connect(app, settings)
    try:
        browser = opened(secretariat)
        page = browser.open(PAGE)
        assert "Gagal kirim, dicoba lagi" in page.text
        assert "Pusat tidak dapat dihubungi" in page.text
        row = session.scalars(select(Transmission)).one()
        due = row.due_at
        browser.send(page, "/sekarang")
        session.commit()
        session.refresh(row)
        assert row.due_at != due
        assert row.due_at > SENT_AT + timedelta(days=1)  # the page's own clock
    finally:
        app.extensions["petabukti_settings"] = settings


def test_without_a_centre_the_page_says_so_and_offers_nothing(
    opened: Opener, sessions: sessionmaker[Session], secretariat: Account, report: QuarterlyReport
) -> None:
    failed_once(sessions)
    page = opened(secretariat).open(PAGE)
    assert "Alamat pusat belum diatur" in page.text
    assert "Kirim sekarang" not in page.text


def test_another_government_and_the_camat_do_not_see_it(
    session: Session, opened: Opener, sessions: sessionmaker[Session], camat: Account, report: QuarterlyReport
) -> None:
    failed_once(sessions)
    stranger = factories.account(session, (Role.SECRETARIAT, KOTA))
    leader = factories.account(session, (Role.LEADER, KABUPATEN))
    assert report.unit.name not in opened(stranger).open(PAGE).text
    assert opened(camat).open(PAGE).status == 403
    seen = opened(leader).open(PAGE)
    assert report.unit.name in seen.text
    assert "Kirim sekarang" not in seen.text
