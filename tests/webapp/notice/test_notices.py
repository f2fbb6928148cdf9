"""Who hears of what, in which words; and that nobody hears more than they may see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import MINE, NEXT_DOOR, NOW
from tests.webapp.verification.conftest import Browser
from webapp.access import Role
from webapp.accounts.models import Account, Appointment
from webapp.conflict.rules import Tie
from webapp.conflict.services import NewTie, declare
from webapp.evidence import services as evidence
from webapp.evidence.rules import Move, State
from webapp.fieldwork.models import FieldPlan, PlannedVisit
from webapp.notice import queries
from webapp.notice.services import mark_read
from webapp.notice.words import sentence
from webapp.verification import services
from webapp.verification.rules import Answer, ReturnReason

Opens = Callable[[Account | None], Browser]


@pytest.fixture
def people(session: Session) -> factories.Team:
    return factories.team(session)


def heard(session: Session, person: Account) -> list[str]:
    """What the person is told, oldest first."""
    session.flush()
    return [one.move for one in reversed(queries.listing(session, person, NOW))]


def test_every_move_is_told_to_whom_it_concerns_and_to_nobody_else(session: Session, people: factories.Team) -> None:
    case = factories.case(session, people, State.REJECTED)
    evidence.object_to(session, case, actor=people.camat, at=NOW, reason="Ada di sana.")
    services.answer_objection(
        session, case.id, actor=people.chair, at=NOW, answer=Answer.GRANT_TO_DESK, note="Fotonya berbeda."
    )
    decided = [Move.OBJECT, Move.GRANT_TO_DESK]
    assert heard(session, people.camat) == [Move.PROPOSE_REJECTION, Move.CONFIRM_REJECTION, Move.GRANT_TO_DESK]
    assert heard(session, people.desk) == [Move.CONFIRM_REJECTION, *decided]  # who proposed
    assert heard(session, people.second) == decided
    assert heard(session, people.chair) == [Move.OBJECT]
    third = factories.desk(session)
    assert heard(session, third) == [Move.OBJECT]  # may answer it
    neighbour, stranger = factories.camat(session, NEXT_DOOR), factories.account(session)
    for other in (neighbour, stranger, people.leader, people.assessor, people.surveyor):
        assert heard(session, other) == []


def test_who_drafted_hears_too_and_nobody_of_their_own_deed(session: Session, people: factories.Team) -> None:
    clerk = factories.account(session, (Role.CONTRIBUTOR, MINE))
    case = factories.case(session, people, State.DRAFT)
    case.owner_id = clerk.id
    evidence.submit(session, case, actor=people.camat, at=NOW)
    assert heard(session, clerk) == [Move.SUBMIT]
    assert heard(session, people.camat) == []


def test_a_visitor_is_told_when_another_was_faster_and_a_desk_when_its_lock_ran_out(
    session: Session, people: factories.Team
) -> None:
    case = factories.case(session, people, State.AWAITING_FIELD)
    other = factories.surveyor(session)
    factories.visit(session, case, other, None)
    evidence.move(session, case, Move.CONFIRM_ON_SITE, actor=people.surveyor, at=NOW + timedelta(hours=1))
    assert heard(session, other) == [Move.CONFIRM_ON_SITE]
    taken = factories.case(session, people, State.UNDER_REVIEW)
    evidence.move(session, taken, Move.RELEASE, actor=None, at=NOW)
    assert heard(session, people.desk) == [Move.CONFIRM_ON_SITE, Move.RELEASE]
    assert heard(session, people.second) == []


def test_who_is_planned_to_go_hears_what_happens_from_then_on(session: Session, people: factories.Team) -> None:
    case = factories.case(session, people, State.AWAITING_FIELD)
    plan = FieldPlan(
        region_code=factories.KABUPATEN, day=NOW.date(), number=1, secret="0" * 64, seed="0" * 64, share=Decimal(10),
        candidates=[], made_by=people.chair.id, made_at=NOW + timedelta(hours=1),
    )  # fmt: skip
    session.add(plan)
    session.flush()
    goes = {"plan_id": plan.id, "evidence_id": case.id, "assessor_id": people.surveyor.id, "position": 1}
    session.add(PlannedVisit(**goes, reason="required"))
    assert heard(session, people.surveyor) == []  # what came before is history
    factories.visit(session, case, factories.account(session, (Role.FIELD_VERIFIER, factories.KABUPATEN)))
    evidence.move(session, case, Move.CONFIRM_ON_SITE, actor=people.chair, at=NOW + timedelta(hours=2))
    assert heard(session, people.surveyor) == [Move.CONFIRM_ON_SITE]


def test_whoever_has_a_tie_hears_nothing_of_that_unit(session: Session, people: factories.Team) -> None:
    case = factories.case(session, people, State.REJECTED)
    kin, former = factories.desk(session), factories.desk(session)
    declare(session, people.period, [NewTie(MINE, Tie.KIN)], actor=kin, at=NOW)
    declare(session, people.period, [NewTie(MINE, Tie.KIN)], actor=people.desk, at=NOW)
    former.appointments.append(
        Appointment(role=Role.CAMAT, region_code=MINE, starts_on=date(2015, 1, 1), ends_on=date(2018, 1, 1))
    )
    evidence.object_to(session, case, actor=people.camat, at=NOW, reason="Ada di sana.")
    for silent in (kin, former, people.desk):
        assert heard(session, silent) == []


def test_the_words_can_be_forwarded(session: Session, people: factories.Team, app: Flask) -> None:
    case = factories.case(session, people, State.UNDER_REVIEW, title="Subuh keliling, hubungi 081234567890")
    services.return_for_repair(
        session,
        case.id,
        actor=people.desk,
        at=NOW,
        note="Wajah Bu Ani terpotong.",
        reason_code=ReturnReason.PHOTO_UNCLEAR,
    )
    told = queries.listing(session, people.camat, NOW)[0]
    with app.test_request_context():
        assert sentence(told, NOW) == (
            "Subuh keliling, hubungi ••••, Kecamatan 99.01.01: dikembalikan – foto kurang jelas atau kurang "
            "lengkap. Perbaiki sebelum Senin, 13 Agustus 2018 23.59 WIB."
        )
        assert sentence(told, NOW + timedelta(days=8)).endswith("Batas perbaikan sudah lewat.")
    evidence.submit(session, case, actor=people.camat, at=NOW)
    session.flush()
    old = next(one for one in queries.listing(session, people.camat, NOW) if one.move == Move.RETURN)
    with app.test_request_context():
        assert "Perbaiki" not in sentence(old, NOW)  # done already


def test_the_bell_counts_until_all_is_read_and_a_mark_never_goes_back(
    session: Session, people: factories.Team, browser: Opens
) -> None:
    now = datetime.now(UTC)
    case = factories.case(session, people, State.RETURNED, at=now)
    session.commit()
    camat = browser(people.camat)
    assert '<span class="count">1<span class="vh"> baru</span></span>' in camat.get("/").text
    page = camat.get("/pemberitahuan/").text
    assert f'href="/bukti/{case.id}"' in page
    assert f"http://localhost/bukti/{case.id}" in page
    last = case.moves[-1].id
    assert camat.post("/pemberitahuan/dibaca", "/pemberitahuan/", sampai=str(last)).status_code == 303
    assert 'class="count"' not in camat.get("/bukti/nihil").text.split("<main")[0]
    mark_read(session, last - 1, actor=people.camat, at=now)
    assert queries.mark(session, people.camat) == last
    assert queries.unread(session, people.camat, now) == 0
    assert browser(people.desk).get("/pemberitahuan/").text.count('<li class="card') == 0


def test_an_objection_leads_whoever_may_answer_to_both_sides(
    session: Session, people: factories.Team, browser: Opens
) -> None:
    now = datetime.now(UTC)
    case = factories.case(session, people, State.REJECTED, at=now)
    evidence.object_to(session, case, actor=people.camat, at=now, reason="Ada di sana.")
    session.commit()
    assert f'href="/verifikasi/{case.id}/sanggahan"' in browser(people.chair).get("/pemberitahuan/").text


def test_the_bell_costs_one_query_however_much_happened(session: Session, people: factories.Team) -> None:
    from tests.webapp.counting import statements

    for _ in range(3):
        factories.case(session, people, State.RETURNED)
    session.flush()
    with statements(session.connection()) as seen:
        assert queries.unread(session, people.desk, NOW) == 0
        assert queries.unread(session, people.camat, NOW) == 3
    assert len(seen) == 2
