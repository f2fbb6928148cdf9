"""Explaining a signal by the page, and marking the stage of a work by the photo's page."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, NOW
from tests.webapp.browsing import Browser, Page
from tests.webapp.conftest import Opener
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.rules import State
from webapp.signals import services
from webapp.signals.models import Finding


def post(browser: Browser, way: str, page: str, **said: str) -> Page:
    """Send a form by hand, with the token of a page."""
    return browser.force(way, browser.open(page), **said)


def signal(session: Session, case: Evidence) -> int:
    case.photos[0].software = "GIMP 2.10"
    services.look(session, case.id, at=NOW)
    return session.scalars(select(Finding.id).where(Finding.evidence_id == case.id, Finding.code == "edited")).one()


def explained(session: Session, number: int) -> str | None:
    session.commit()
    session.expire_all()
    return session.get_one(Finding, number).explained_reason


def test_the_desk_explains_a_signal_and_takes_it_back(session: Session, opened: Opener) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.SUBMITTED)
    number = signal(session, case)
    desk, page = opened(people.desk), f"/verifikasi/{case.id}"
    way = f"{page}/sinyal/{number}/jelaskan"
    answer = post(desk, way, page, reason="Dicerahkan humas.")
    assert (answer.status, answer.headers["Location"]) == (303, f"{page}#sinyal")
    assert explained(session, number) == "Dicerahkan humas."
    assert post(desk, way, page, reason="", lifted="1").status == 422
    assert explained(session, number) == "Dicerahkan humas."
    assert post(desk, way, page, reason="Ternyata bukan.", lifted="1").status == 303
    assert explained(session, number) is None


def test_a_signal_is_reached_by_its_own_case_alone(session: Session, opened: Opener) -> None:
    people = factories.team(session)
    case, other = (factories.case(session, people, State.SUBMITTED) for _ in range(2))
    number = signal(session, case)
    answer = post(
        opened(people.desk),
        f"/verifikasi/{other.id}/sinyal/{number}/jelaskan",
        f"/verifikasi/{other.id}",
        reason="Wajar.",
    )
    assert answer.status == 404
    assert explained(session, number) is None


def test_another_kabupatens_desk_and_nobody_find_no_signal(session: Session, opened: Opener) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.SUBMITTED)
    way = f"/verifikasi/{case.id}/sinyal/{signal(session, case)}/jelaskan"
    stranger = factories.desk(session, factories.KOTA)
    assert post(opened(stranger), way, "/verifikasi/", reason="Wajar.").status == 404
    assert post(opened(None), way, "/masuk", reason="Wajar.").status in (303, 400)


def test_the_camat_marks_the_stage_of_a_work_on_the_photos_page(session: Session, opened: Opener) -> None:
    people = factories.team(session)
    works = factories.case(session, people, kind_code="infrastruktur", activity_code="pembangunan_bertahap")
    plain = factories.case(session, people)
    camat, page = opened(people.camat), f"/bukti/foto/{works.photos[0].id}"
    assert "Tahap pekerjaan" in camat.open(page).text
    assert "Tahap pekerjaan" not in camat.open(f"/bukti/foto/{plain.photos[0].id}").text
    assert post(camat, f"{page}/tahap", page, progress="50").status == 303
    assert post(camat, f"{page}/tahap", page, progress="33").status == 422
    session.commit()
    session.expire_all()
    assert session.get_one(Photo, works.photos[0].id).progress == 50
    neighbour = opened(factories.camat(session, f"{KABUPATEN}.02"))
    assert post(neighbour, f"{page}/tahap", "/bukti/", progress="0").status == 404
