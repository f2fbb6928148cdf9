"""The recap page, and freezing it into a meeting."""

from __future__ import annotations

from datetime import date, time

from sqlalchemy.orm import Session

from tests import factories
from tests.webapp.conftest import Opener
from tests.webapp.rows.test_l1 import belitung, rapim
from webapp.access import Role


def test_the_secretariat_freezes_what_it_sees_and_everybody_at_the_meeting_reads_it(
    session: Session, opened: Opener
) -> None:
    made = belitung(session)
    rapim(session, made)
    browser = opened(made.secretariat)
    page = browser.open(f"/rekap/{made.year.id}")
    assert "Diam 4 triwulan" in page.text or "Diam 3 triwulan" in page.text  # by today's clock the whole year is over
    assert "Di bawah target: keuangan" in page.text
    frozen = browser.send(page, "/lampiran")
    assert frozen.status == 200
    assert "/rekap/lampiran/" in frozen.path
    assert "Di bawah target: keuangan" in frozen.text
    assert "tidak lagi sama" not in frozen.text
    invited = made.offices["19.02.01"].head
    assert opened(invited).open(frozen.path).status == 200
    stranger = factories.account(session, (Role.CAMAT, "19.02.04"))
    assert opened(stranger).open(frozen.path).status == 404


def test_without_an_open_meeting_there_is_nothing_to_freeze_into(session: Session, opened: Opener) -> None:
    made = belitung(session)
    page = opened(made.secretariat).open(f"/rekap/{made.year.id}")
    assert "Belum ada rapat daerah ini yang masih terbuka." in page.text
    assert not page.offers("/lampiran")
    assert not opened(made.leader).open(f"/rekap/{made.year.id}").offers("/lampiran")


def test_a_meeting_of_elsewhere_is_not_offered(session: Session, opened: Opener) -> None:
    made = belitung(session)
    meeting = rapim(session, made)
    browser = opened(made.secretariat)
    page = browser.open(f"/rekap/{made.year.id}")
    refused = browser.force(f"/rekap/{made.year.id}/lampiran", page, meeting_id=str(meeting.id + 1))
    assert (refused.status, refused.code) == (422, "field_invalid") or refused.status == 422
    assert (meeting.held_on, meeting.starts_at) == (date(2019, 10, 8), time(9))
