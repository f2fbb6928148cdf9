"""What a unit may do after a return or a rejection, until when, and who answers it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, MINE, NOW
from tests.webapp.verification.conftest import Browser
from webapp.access import Role
from webapp.accounts.models import Account, Appointment
from webapp.conflict.errors import DeclarationMissing, DeclaredTie, OwnUnit
from webapp.conflict.rules import Tie
from webapp.conflict.services import NewTie, declare
from webapp.errors import NotAllowed
from webapp.evidence import services as evidence
from webapp.evidence.errors import (
    AlreadyObjected,
    IllegalMove,
    NoteMissing,
    ObjectionWindowPassed,
    RepairWindowPassed,
)
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Move, State, days_left, end_of_day
from webapp.programme.rules import PeriodState
from webapp.scoring.queries import blockers, standings
from webapp.verification import services
from webapp.verification.errors import DecidedBefore, ReasonMissing, VisitedBefore
from webapp.verification.rules import Answer, ReturnReason
from webapp.verification.services.site import CheckIn, check_in

Opens = Callable[[Account | None], Browser]
ZONES = st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "UTC", "America/Lima"])
LAST = datetime(2018, 8, 13, 16, 59, 59, tzinfo=UTC)  # Senin, 13 Agustus 2018, 23.59.59 WIB


@given(
    at=st.datetimes(datetime(2001, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    days=st.integers(0, 365),
    zone=ZONES,
)
def test_a_deadline_is_the_last_moment_of_its_day_in_its_zone(at: datetime, days: int, zone: str) -> None:
    until = end_of_day(at, days, zone)
    there, tick = ZoneInfo(zone), timedelta(microseconds=1)
    assert (until.astimezone(there).date() - at.astimezone(there).date()).days == days
    assert (until + tick).astimezone(there).date() > until.astimezone(there).date()
    assert days_left(until, at, zone) == days
    assert days_left(until, until, zone) == 0
    assert days_left(until, until + tick, zone) < 0


@pytest.fixture
def people(session: Session) -> factories.Team:
    return factories.team(session)


def returned(session: Session, people: factories.Team) -> Evidence:
    case = factories.case(session, people, State.UNDER_REVIEW)
    services.return_for_repair(
        session, case.id, actor=people.desk, at=NOW, note="Foto buram.", reason_code=ReturnReason.PHOTO_UNCLEAR
    )
    return case


def send(session: Session, case: Evidence, people: factories.Team, at: datetime) -> None:
    evidence.submit(session, case, actor=people.camat, at=at)


def test_a_return_says_why_and_gives_seven_days(session: Session, people: factories.Team) -> None:
    case = returned(session, people)
    assert case.moves[-1].reason_code == "photo_unclear"
    assert case.repair_until == LAST.replace(microsecond=999999)
    other = factories.case(session, people, State.UNDER_REVIEW)
    with pytest.raises(ReasonMissing):
        services.return_for_repair(session, other.id, actor=people.desk, at=NOW, note="x", reason_code="malas")


def test_within_the_window_the_deadline_of_the_period_does_not_count(session: Session, people: factories.Team) -> None:
    people.period.closes_at = NOW + timedelta(hours=1)
    case = returned(session, people)
    send(session, case, people, LAST)
    assert (case.stands, case.repair_until) == (State.SUBMITTED, None)


def test_after_the_window_only_an_extension_with_a_reason_helps(session: Session, people: factories.Team) -> None:
    case, late = returned(session, people), LAST + timedelta(seconds=1)
    with pytest.raises(RepairWindowPassed):
        send(session, case, people, late)
    with pytest.raises(NoteMissing):
        services.extend_repair(session, case.id, actor=people.second, at=late, note=" ")
    with pytest.raises(NotAllowed):
        services.extend_repair(session, case.id, actor=people.chair, at=late, note="Banjir.")
    services.extend_repair(session, case.id, actor=people.second, at=late, note="Banjir, jalan putus.")
    assert case.moves[-1].move == Move.EXTEND_REPAIR
    send(session, case, people, late + timedelta(days=6))
    assert case.stands is State.SUBMITTED


def rejected(session: Session, people: factories.Team, at: datetime = NOW) -> Evidence:
    return factories.case(session, people, State.REJECTED, at=at)


def test_a_camat_objects_once_in_time_and_with_a_reason(session: Session, people: factories.Team) -> None:
    case = rejected(session, people)
    with pytest.raises(NoteMissing):
        evidence.object_to(session, case, actor=people.camat, at=NOW, reason="")
    with pytest.raises(NotAllowed):
        evidence.object_to(session, case, actor=factories.camat(session, "99.01.02"), at=NOW, reason="x")
    with pytest.raises(ObjectionWindowPassed):
        evidence.object_to(session, case, actor=people.camat, at=LAST + timedelta(seconds=1), reason="Ada di sana.")
    assert case.dismissed_at == NOW
    evidence.object_to(session, case, actor=people.camat, at=LAST, reason="Ada di sana.")
    assert case.dismissed_at is None
    services.answer_objection(
        session, case.id, actor=people.chair, at=LAST, answer=Answer.UPHOLD, note="Sama persis dengan foto lain."
    )
    assert (case.stands, case.objection_until, case.dismissed_at) == (State.REJECTED, None, LAST)
    with pytest.raises(AlreadyObjected):
        evidence.object_to(session, case, actor=people.camat, at=LAST, reason="Lagi.")
    with pytest.raises(IllegalMove):
        evidence.object_to(
            session, factories.case(session, people, State.SUBMITTED), actor=people.camat, at=NOW, reason="x"
        )


def objected(session: Session, people: factories.Team, state: State = State.REJECTED) -> Evidence:
    case = factories.case(session, people, state)
    evidence.object_to(session, case, actor=people.camat, at=NOW, reason="Ada di sana.")
    return case


def answer(session: Session, case: Evidence, by: Account, what: Answer = Answer.UPHOLD) -> Evidence:
    return services.answer_objection(session, case.id, actor=by, at=NOW, answer=what, note="Sudah dilihat lagi.")


def test_whoever_decided_before_does_not_answer_and_others_do(session: Session, people: factories.Team) -> None:
    case = objected(session, people)
    for before in (people.desk, people.second):  # the proposer and the second person
        with pytest.raises(DecidedBefore):
            answer(session, case, before)
    with pytest.raises(NotAllowed):
        answer(session, case, people.surveyor)
    assert answer(session, case, factories.desk(session), Answer.GRANT_TO_DESK).stands is State.SUBMITTED


def test_no_tie_and_a_declaration_for_who_answers(session: Session, people: factories.Team) -> None:
    case = objected(session, people)
    declare(session, people.period, [NewTie(MINE, Tie.KIN)], actor=people.chair, at=NOW)
    with pytest.raises(DeclaredTie):
        answer(session, case, people.chair)
    mighty = factories.account(session, (Role.DESK_VERIFIER, KABUPATEN), (Role.ADMINISTRATOR, None))
    mighty.appointments.append(Appointment(role=Role.CAMAT, region_code=MINE, starts_on=datetime(2017, 1, 1).date()))  # noqa: DTZ001
    session.flush()
    with pytest.raises(OwnUnit):
        answer(session, case, mighty)
    with pytest.raises(DeclarationMissing):
        answer(session, case, factories.account(session, (Role.CHAIR, KABUPATEN), declares=False))


def test_a_mismatch_upheld_is_a_mismatch_and_granted_is_visited_by_another(
    session: Session, people: factories.Team
) -> None:
    kept = answer(session, objected(session, people, State.MISMATCH), people.chair)
    assert (kept.stands, kept.moves[-1].move) == (State.MISMATCH, Move.UPHOLD_MISMATCH)
    case = answer(session, objected(session, people, State.MISMATCH), people.chair, Answer.GRANT_TO_FIELD)
    fix = CheckIn(factories.middle(MINE), 8.0, NOW)
    with pytest.raises(VisitedBefore):
        check_in(session, case.id, fix, actor=people.surveyor, at=NOW, radius_m=100)
    assert check_in(session, case.id, fix, actor=factories.surveyor(session), at=NOW, radius_m=100).id


def test_an_objection_blocks_the_gate_and_a_final_period_refuses_it(session: Session, people: factories.Team) -> None:
    case = objected(session, people)
    waiting = blockers(session, people.period, standings(session, people.period))
    assert [(one.evidence_id, one.state) for one in waiting if one.evidence_id] == [(case.id, State.OBJECTED)]
    dismissed = rejected(session, people)
    people.period.state, people.period.finalised_at = PeriodState.FINAL, NOW
    session.flush()
    with pytest.raises(Exception, match="evidence_locked"):
        evidence.object_to(session, dismissed, actor=people.camat, at=NOW, reason="x")


@pytest.mark.parametrize(
    ("who", "move", "became", "rule"),
    [
        ("desk", "grant_to_desk", "submitted", "objection_needs_another_decider"),
        ("second", "uphold_rejection", "rejected", "objection_needs_another_decider"),
        ("camat", "grant_to_desk", "submitted", "nobody_reviews_own_work"),
        ("chair", "uphold_mismatch", "mismatch", "what_is_upheld_is_what_was_decided"),
        ("camat", "object", "objected", "case_is_objected_to_once"),
    ],
)
def test_raw_sql_answers_no_objection_for_the_wrong_person(
    session: Session, people: factories.Team, who: str, move: str, became: str, rule: str
) -> None:
    case = objected(session, people)
    with pytest.raises(IntegrityError) as why, session.begin_nested():
        session.execute(
            text(
                "INSERT INTO evidence_move (evidence_id, actor_id, move, was, became, note, at) "
                "VALUES (:case, :who, :move, 'objected', :became, 'x', :at)"
            ),
            {"case": case.id, "who": getattr(people, who).id, "move": move, "became": became, "at": NOW},
        )
    assert why.value.orig.diag.constraint_name == rule  # type: ignore[union-attr]


def test_the_pages_say_how_long_and_lead_through_an_objection(session: Session, browser: Opens) -> None:
    people = factories.team(session)
    today = datetime.now(UTC)
    case, mended = rejected(session, people, at=today), factories.case(session, people, State.RETURNED, at=today)
    overdue = returned(session, people)
    session.commit()
    camat, page = browser(people.camat), f"/bukti/{case.id}"
    assert "Sisa 7 hari perbaikan" in camat.get(f"/bukti/{mended.id}").text
    assert "Lewat batas perbaikan" in camat.get(f"/bukti/{overdue.id}").text
    listed = camat.get("/bukti/?keadaan=overdue").text
    assert overdue.title in listed
    assert mended.title not in listed
    queue = browser(people.desk).get("/verifikasi/?keadaan=overdue").text
    assert overdue.title in queue
    assert mended.title not in queue
    desk = f"/verifikasi/{overdue.id}"
    assert browser(people.desk).post(f"{desk}/perpanjang-perbaikan", desk, note="Banjir.").status_code == 303
    assert "Sisa 7 hari perbaikan" in camat.get(f"/bukti/{overdue.id}").text

    assert camat.post(f"{page}/sanggah", page, reason="Kami ada di sana.").status_code == 303
    door = f"/verifikasi/{case.id}/sanggahan"
    before = browser(people.second).get(door).text
    assert "Kami ada di sana." in before
    assert "Anda sudah pernah memutuskan bukti ini" in before
    chair = browser(people.chair)
    assert case.title in chair.get("/verifikasi/sanggahan").text
    refused = chair.post(door, door, answer="uphold", note=" ")
    assert (refused.status_code, refused.headers["X-Problem-Code"]) == (422, "text_empty")
    assert chair.post(door, door, answer="grant_to_desk", note="Fotonya memang berbeda.").status_code == 303
    session.refresh(case)
    assert case.stands is State.SUBMITTED
    assert "Sanggahan diterima, diperiksa lagi di meja" in chair.get(door).text
    assert browser(people.leader).get(door).status_code == 403
